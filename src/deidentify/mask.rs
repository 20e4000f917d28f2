//! What is said of a run without a member's id: some agencies make claim ids of it, and messages
//! name claims.

use crate::model::member_ids::MemberIds;
use crate::model::within::masked;
use crate::outcome::RunOutcome;
use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};
use std::borrow::Cow;
use std::sync::OnceLock;

/// Takes the ids out of the messages of all findings. The columns of ids stay as they are. `all`:
/// the ids of the run, where its records are those of a part of it.
pub fn mask(outcome: &mut RunOutcome, all: Option<&MemberIds>) {
    let store = &outcome.store;
    outcome.findings.par_iter_mut().for_each(|finding| {
        let Some(line) = &finding.line else { return };
        if let Cow::Owned(message) = masked(&finding.message, &line.member_id) {
            finding.message = message;
        }
    });
    // A message may name a claim of another member: the rule says so, and a correction names one.
    let of_run = OnceLock::new();
    let ids = || all.unwrap_or_else(|| of_run.get_or_init(|| MemberIds::masked(store.members())));
    outcome.findings.par_iter_mut().for_each(|finding| {
        let Some(line) = &finding.line else { return };
        let original = masked(&line.original_claim_id, &line.member_id);
        let named = finding.rule.names.and_then(|named| named(&finding.message));
        let numbers = [named, Some(&*original)].into_iter().flatten();
        let shown = numbers.filter(|number| !number.is_empty()).filter_map(|number| {
            let shown = ids().without(number.as_bytes())?;
            Some((number.to_owned(), String::from_utf8_lossy(&shown).into_owned()))
        });
        for (number, shown) in shown.collect::<Vec<_>>() {
            finding.message = finding.message.replace(&number, &shown);
        }
    });
}
