//! Stage 2: which lines count. Drops denied, repeated and conflicting records, follows corrections,
//! and looks at claims as wholes (rules.md, "Which lines count").
//!
//! Records are grouped by the hash of their claim's key; everything here works on a group, but for
//! the corrections, which are few and tied to each other (`corrections.rs`).

use super::by_hash;
use super::corrections::{self, Resolved};
use crate::join::CorrectionStanding;
use crate::model::ServiceLine;
use crate::normalize::RecordKey;
use crate::outcome::{CorrectionLink, Tie};
use crate::store::{RecordId, Store};
use rayon::prelude::*;

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is net.
    Net,
    /// Denied by the payer.
    Denied,
    /// The same as one before.
    Repeated,
    /// The same as one of the ledger: posted already.
    Posted,
    /// Posted from this very file, and denied by the payer since: it went out once, and does not go
    /// out again because somebody runs the same file again.
    Returned,
    /// The same key as one before, with other content.
    Conflicting,
    /// A void, or taken out by a void or replacement.
    CorrectedAway,
    /// In a history file that is the same as a current one.
    Ignored,
}

impl Verdict {
    /// The payer denied it: as its row says, or as the ledger knows.
    pub(super) fn is_denied(self) -> bool {
        matches!(self, Verdict::Denied | Verdict::Returned)
    }

    /// It went out on an earlier night, and must not go out again.
    pub(super) fn is_posted(self) -> bool {
        matches!(self, Verdict::Posted | Verdict::Returned)
    }
}

/// Number of a claim among all claims of the run.
pub type ClaimNo = u32;

/// What the net stage found.
pub struct Net {
    /// By record.
    pub verdicts: Vec<Verdict>,
    /// The claim of each record.
    pub claim_of: Vec<ClaimNo>,
    /// Records that conflict with an earlier one: the later, the earlier.
    pub conflicts: Vec<(RecordId, RecordId)>,
    /// Claims to be looked at as wholes, by the number of the claim.
    pub special_claims: Vec<SpecialClaim>,
    /// Whether each claim is a void or superseded.
    pub claim_states: Vec<ClaimState>,
    /// What corrected what.
    pub links: Vec<CorrectionLink>,
    /// What ties corrections to the claims that they took out.
    pub ties: Vec<Tie>,
}

/// What the corrections made of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClaimState {
    /// It is a void.
    pub is_void: bool,
    /// A correction took it out.
    pub is_superseded: bool,
}

impl ClaimState {
    /// Neither void nor superseded.
    pub fn is_net(self) -> bool {
        !self.is_void && !self.is_superseded
    }
}

/// A claim that a rule must look at as a whole.
pub struct SpecialClaim {
    /// Its number.
    pub claim: ClaimNo,
    /// Its peer-support records that stand after step 2, in input order.
    pub records: Vec<RecordId>,
    /// Of a 7 or 8: what it names.
    pub correction: Option<CorrectionStanding>,
}

/// One record, as it is sorted into claims.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Hash of the claim's key.
    pub claim: u128,
    /// The record.
    pub id: RecordId,
    /// LX01.
    pub line_number: u32,
    /// [`RecordKey`] flags.
    pub flags: u8,
}

impl Entry {
    pub(super) fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// The records of one claim, in input order.
pub(super) type Group<'e> = &'e [Entry];

/// Works out what counts. `is_ignored` says of a file that its records are to be left aside.
/// `is_seen` of a current file that the ledger has seen these very bytes before.
pub fn net(store: &Store, is_ignored: &[bool], is_seen: &[bool]) -> Net {
    let entries = entries(store, is_ignored, is_seen);
    let same_claim = |a: &Entry, b: &Entry| a.claim == b.claim;
    let groups: Vec<Group<'_>> =
        entries.iter().flat_map(|part| part.chunk_by(same_claim)).collect();
    let mut verdicts = vec![Verdict::Net; store.len()];
    mark_ignored(store, is_ignored, &mut verdicts);
    let mut claim_of = vec![ClaimNo::MAX; store.len()];
    for (number, group) in groups.iter().enumerate() {
        for entry in *group {
            claim_of[entry.id as usize] = number as ClaimNo;
        }
    }
    let mut conflicts = Vec::new();
    let dropped: Vec<Dropped> =
        groups.par_iter().flat_map_iter(|group| drop_records(store, group)).collect();
    for dropped in dropped {
        verdicts[dropped.id as usize] = dropped.verdict;
        if let (Verdict::Conflicting, Some(first)) = (dropped.verdict, dropped.first) {
            conflicts.push((dropped.id, first));
        }
    }
    let resolved = corrections::resolve(store, &groups, &verdicts, &claim_of);
    let claim_states = apply(&groups, &resolved, &mut verdicts);
    let special_claims = special_claims(&groups, &verdicts, &resolved);
    let (links, ties) = (resolved.links, resolved.ties);
    Net { verdicts, claim_of, conflicts, special_claims, claim_states, links, ties }
}

/// The records of each claim one after the other, in input order.
fn entries(store: &Store, is_ignored: &[bool], is_seen: &[bool]) -> Vec<Vec<Entry>> {
    let of_block = |number: usize| {
        let block = &store.blocks[number];
        let keys = if is_ignored[block.file as usize] { &[][..] } else { &block.keys };
        let seen = if is_seen[block.file as usize] { RecordKey::SEEN } else { 0 };
        (store.id(number, 0)..).zip(keys).map(move |(id, key)| Entry {
            claim: key.claim,
            id,
            line_number: key.line_number,
            flags: key.flags | seen,
        })
    };
    let hash = |entry: &Entry| (entry.claim >> 64) as u64;
    by_hash::sorted(store.blocks.len(), of_block, hash, |entry| (entry.claim, entry.id))
}

fn mark_ignored(store: &Store, is_ignored: &[bool], verdicts: &mut [Verdict]) {
    for (number, block) in store.blocks.iter().enumerate() {
        if is_ignored[block.file as usize] {
            let first = store.id(number, 0) as usize;
            verdicts[first..first + block.keys.len()].fill(Verdict::Ignored);
        }
    }
}

struct Dropped {
    id: RecordId,
    verdict: Verdict,
    first: Option<RecordId>,
}

/// Steps 1 and 2: denied, repeated and conflicting records of one claim.
fn drop_records(store: &Store, group: Group<'_>) -> Vec<Dropped> {
    let mut dropped = Vec::new();
    if let [entry] = group {
        if entry.is(RecordKey::DENIED) {
            dropped.push(Dropped { id: entry.id, verdict: Verdict::Denied, first: None });
        }
        return dropped;
    }
    let mut by_line: Vec<&Entry> = Vec::with_capacity(group.len());
    for entry in group {
        if entry.is(RecordKey::DENIED) {
            dropped.push(Dropped { id: entry.id, verdict: Verdict::Denied, first: None });
        } else if is_returned(store, group, entry) {
            dropped.push(Dropped { id: entry.id, verdict: Verdict::Returned, first: None });
        } else if entry.is(RecordKey::PEER_SUPPORT) {
            by_line.push(entry);
        }
    }
    by_line.sort_unstable_by_key(|entry| (entry.line_number, entry.id));
    for records in by_line.chunk_by(|a, b| a.line_number == b.line_number) {
        let (first, later) = (records[0], &records[1..]);
        if later.is_empty() {
            continue;
        }
        let stands = store.line(first.id);
        for entry in later {
            let same = stands.same_content(&store.line(entry.id));
            let is_posted = first.is(RecordKey::LEDGER) && !entry.is(RecordKey::HISTORY);
            let verdict = match (same, is_posted) {
                (true, true) => Verdict::Posted,
                (true, false) => Verdict::Repeated,
                (false, _) => Verdict::Conflicting,
            };
            dropped.push(Dropped { id: entry.id, verdict, first: Some(first.id) });
        }
    }
    dropped
}

/// The ledger has it from an earlier run of the same file, and the payer denied it. Where it went
/// out once more since, in another file, the ledger has a line that is not denied: that one counts.
fn is_returned(store: &Store, group: Group<'_>, entry: &Entry) -> bool {
    let is_same_line = |other: &&Entry| {
        other.is(RecordKey::LEDGER)
            && other.line_number == entry.line_number
            && other.is(RecordKey::PEER_SUPPORT) == entry.is(RecordKey::PEER_SUPPORT)
    };
    entry.is(RecordKey::SEEN)
        && group.iter().filter(is_same_line).any(|other| {
            other.is(RecordKey::DENIED) && store.line(other.id).same_content(&store.line(entry.id))
        })
        && group.iter().filter(is_same_line).all(|other| other.is(RecordKey::DENIED))
}

/// Step 3: takes out what the corrections take out.
fn apply(groups: &[Group<'_>], resolved: &Resolved, verdicts: &mut [Verdict]) -> Vec<ClaimState> {
    let mut states = vec![ClaimState::default(); groups.len()];
    for claim in &resolved.voids {
        states[*claim as usize].is_void = true;
    }
    for claim in &resolved.superseded {
        states[*claim as usize].is_superseded = true;
    }
    for claim in resolved.voids.iter().chain(&resolved.superseded) {
        for entry in groups[*claim as usize] {
            let verdict = &mut verdicts[entry.id as usize];
            if *verdict == Verdict::Net {
                *verdict = Verdict::CorrectedAway;
            }
        }
    }
    states
}

/// One of the records of a claim that is looked at as a whole has one of these flags.
const SPECIAL: u8 = RecordKey::CLAIM_FACTS | RecordKey::REPLACEMENT | RecordKey::VOID;

fn special_claims(
    groups: &[Group<'_>],
    verdicts: &[Verdict],
    resolved: &Resolved,
) -> Vec<SpecialClaim> {
    let is_left = |entry: &&Entry| {
        let verdict = verdicts[entry.id as usize];
        entry.is(RecordKey::PEER_SUPPORT)
            && matches!(verdict, Verdict::Net | Verdict::CorrectedAway)
    };
    let look = |(number, group): (usize, &Group<'_>)| {
        if !group.iter().any(|entry| entry.is(SPECIAL)) {
            return None;
        }
        let claim = number as ClaimNo;
        let correction = resolved.standings.get(&claim).copied();
        if correction.is_none() && !group.iter().any(|entry| entry.is(RecordKey::CLAIM_FACTS)) {
            return None;
        }
        let left = || group.iter().filter(is_left);
        let has_current = left().any(|entry| !entry.is(RecordKey::HISTORY));
        has_current.then(|| SpecialClaim {
            claim,
            records: left().map(|entry| entry.id).collect(),
            correction,
        })
    };
    groups.par_iter().enumerate().filter_map(look).collect()
}

impl SpecialClaim {
    /// Its lines that stand after step 2.
    pub fn lines<'s>(&self, store: &'s Store) -> Vec<ServiceLine<'s>> {
        self.records.iter().map(|id| store.line(*id)).collect()
    }
}
