//! Takes the members' ids out of what a run came to, and out of the tables that name members.

use super::key::Key;
use crate::finding::{Finding, FindingLine};
use crate::model::member_ids::MemberIds;
use crate::model::text;
use crate::model::within::{is_edge, without};
use crate::outcome::{ClaimOutcome, RunOutcome, Waits};
use crate::store::pseudonyms::{Pseudonyms, Replacements, shown_texts};
use crate::store::{RecordId, Store};
use crate::tables::{ById, Id, Tables};
use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// From now on `outcome` and `tables` name members by their pseudonyms; only
/// [`Store::line_as_read`] gives an id. Within the numbers of claims the ids of all members of
/// claims and tables are looked for, and those of `others`.
///
/// # Errors
/// Where more claim ids hold member ids than can be looked for at once.
pub fn deidentify(
    outcome: &mut RunOutcome,
    tables: &mut Tables,
    others: &[Vec<u8>],
    key: &Key,
) -> Result<(), BuildError> {
    let others = members_of(tables).chain(others.iter().map(|id| &id[..]));
    let pseudonyms = pseudonyms(&outcome.store, others, key);
    let texts = Texts::new(&pseudonyms)?;
    outcome.store.show_as(pseudonyms);
    for finding in &mut outcome.findings {
        change(finding, &outcome.store, key, &texts);
    }
    // What people wrote, who may have written an id.
    for decision in &mut outcome.ledger.decided {
        let is_its = |claim: &&ClaimOutcome| {
            outcome.store.line_as_read(claim.record).claim_id == decision.claim_id
        };
        if let Some(claim) = outcome.claims.iter().find(is_its) {
            let own = Own::of(&outcome.store, claim.record, &texts);
            own.clean(&mut decision.reason);
            decision.claim_id = outcome.store.line(claim.record).claim_id.to_vec();
        }
    }
    for claim in &mut outcome.claims {
        if let Some(Waits::Decided(decision)) = &mut claim.waits {
            let own = Own::of(&outcome.store, claim.record, &texts);
            own.clean(&mut decision.reason);
        }
    }
    tables.plans = tables.plans.take().map(|table| renamed(table, key));
    tables.authorizations = tables.authorizations.take().map(|table| renamed(table, key));
    Ok(())
}

/// The members that tables name; one may come several times.
pub fn members_of(tables: &Tables) -> impl Iterator<Item = &[u8]> {
    let plans = tables.plans.iter().flat_map(|table| table.ids());
    let authorizations = tables.authorizations.iter().flat_map(|table| table.ids());
    plans.chain(authorizations)
}

/// The pseudonyms of all members of the store, and of the texts that hold one's id or that of one
/// of the `others`.
fn pseudonyms<'o>(store: &Store, others: impl Iterator<Item = &'o [u8]>, key: &Key) -> Pseudonyms {
    let mut all = Pseudonyms::default();
    for id in 0..store.len() as RecordId {
        let mut line = store.line_as_read(id);
        let member = line.member_id;
        if member.is_empty() {
            continue;
        }
        if !all.members.contains_key(member) {
            let pseudonym = key.pseudonym(member).into_bytes();
            all.members.insert(member.into(), pseudonym.into());
        }
        let Pseudonyms { members, texts } = &mut all;
        let pseudonym = &members[member];
        for text in shown_texts(&mut line) {
            let shown = without(text, member, pseudonym);
            if *shown != **text {
                texts.insert((*text).into(), shown.into());
            }
        }
    }
    let mut known: BTreeMap<&[u8], Vec<u8>> = BTreeMap::new();
    for id in others.filter(|id| !all.members.contains_key(*id)) {
        known.entry(id).or_insert_with(|| key.pseudonym(id).into_bytes());
    }
    let of_others = of_others(store, &all, &known);
    all.texts.extend(of_others);
    all
}

/// Numbers of claims that hold the id of another member than their own.
fn of_others(store: &Store, all: &Pseudonyms, others: &BTreeMap<&[u8], Vec<u8>>) -> Replacements {
    let others = others.iter().map(|(id, shown)| (*id, &**shown));
    let own = all.members.iter().map(|(id, shown)| (&**id, &**shown));
    let ids = MemberIds::of(own.chain(others));
    let mut found = Replacements::default();
    let mut seen: [&[u8]; 4] = [b""; 4];
    for id in 0..store.len() as RecordId {
        let line = store.line_as_read(id);
        let numbers =
            [line.claim_id, line.original_claim_id, line.payer_claim_number, line.authorization];
        for (number, seen) in numbers.into_iter().zip(&mut seen) {
            // The lines of a claim follow each other.
            if number == std::mem::replace(seen, number) {
                continue;
            }
            let own = all.texts.get(number).map_or(number, |own| own);
            if let Some(shown) = ids.without(own) {
                found.insert(number.into(), shown.into());
            }
        }
    }
    found
}

/// Changes a finding's own texts.
fn change(finding: &mut Finding, store: &Store, key: &Key, texts: &Texts) {
    let Some(line) = &finding.line else { return };
    let Some(id) = store.id_of(line.seq) else {
        // Findings are made of records; one that is not shows less instead of more.
        let mut changed = FindingLine::clone(line);
        changed.member_id = key.pseudonym(line.member_id.as_bytes());
        finding.line = Some(Arc::new(changed));
        return;
    };
    let own = Own::of(store, id, texts);
    own.clean(&mut finding.message);
    if let Some(evidence) = &mut finding.evidence {
        evidence.texts_mut().into_iter().for_each(|text| own.clean(text));
    }
    finding.line = Some(Arc::new(FindingLine::of(&store.line(id))));
}

/// The member of a record, and what is known to hold ids.
struct Own<'a> {
    member: &'a [u8],
    pseudonym: &'a [u8],
    texts: &'a Texts,
}

impl<'a> Own<'a> {
    fn of(store: &'a Store, id: RecordId, texts: &'a Texts) -> Own<'a> {
        let member = store.line_as_read(id).member_id;
        Own { member, pseudonym: store.line(id).member_id, texts }
    }

    fn clean(&self, text: &mut String) {
        let changed = self.texts.changed(text);
        let changed = without(changed.as_bytes(), self.member, self.pseudonym);
        if *changed != *text.as_bytes() {
            *text = String::from_utf8_lossy(&changed).into_owned();
        }
    }
}

/// The texts that hold a member's id, to be found within others: messages name other claims.
struct Texts {
    found: Option<AhoCorasick>,
    shown: Vec<String>,
}

impl Texts {
    fn new(pseudonyms: &Pseudonyms) -> Result<Texts, BuildError> {
        let (mut hidden, mut shown) = (Vec::new(), Vec::new());
        for (hold, changed) in &pseudonyms.texts {
            hidden.push(text::decode(hold).into_owned());
            shown.push(text::decode(changed).into_owned());
        }
        if hidden.is_empty() {
            return Ok(Texts { found: None, shown });
        }
        let found = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(hidden)?;
        Ok(Texts { found: Some(found), shown })
    }

    fn changed(&self, text: &str) -> String {
        let Some(found) = &self.found else { return text.to_owned() };
        let mut changed = String::with_capacity(text.len());
        found.replace_all_with(text, &mut changed, |hit, hidden, out| {
            let is_word =
                is_edge(text.as_bytes(), hit.start()) && is_edge(text.as_bytes(), hit.end());
            out.push_str(if is_word { &self.shown[hit.pattern().as_usize()] } else { hidden });
            true
        });
        changed
    }
}

/// The rows of `table` under pseudonyms.
fn renamed<T>(table: ById<T>, key: &Key) -> ById<T> {
    table.renamed(|id| Id::from(key.pseudonym(id).into_bytes()))
}
