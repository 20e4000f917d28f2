//! What becomes of each claim, and the counts: every line in one bucket, every unit disallowed
//! once.

use super::net::{ClaimNo, Net, Verdict};
use crate::finding::Finding;
use crate::model::{Cents, Outcome, Severity, record};
use crate::normalize::RecordKey;
use crate::outcome::{Bucket, ClaimOutcome, Counts, Disposition, ReportedDays, Waits};
use crate::policy::{AnnualCounts, Policy};
use crate::rules::{Disallows, RuleSet};
use crate::store::{RecordId, Store};
use rayon::prelude::*;
use std::mem;

/// The current claims with peer-support lines, in input order.
pub struct Claims {
    /// The claims.
    pub outcomes: Vec<ClaimOutcome>,
    /// Units disallowed on the days reported, each once.
    pub units_disallowed: u64,
    /// Dollars of those.
    pub amount_disallowed: Cents,
    /// Index into the outcomes by number of the claim; [`NONE`]: not among them.
    index_of: Vec<u32>,
}

const NONE: u32 = u32::MAX;
/// Blocks whose claims are decided at once.
const BLOCKS_AT_ONCE: usize = 32;

/// Sums of a claim while its lines are added.
#[derive(Clone, Copy, Default)]
struct Sums {
    lines: u64,
    units: u64,
    billed: Cents,
}

impl Sums {
    fn add(&mut self, other: Sums) {
        self.lines += other.lines;
        self.units += other.units;
        self.billed += other.billed;
    }
}

/// Lines of one claim that follow each other; mostly the whole claim.
#[derive(Clone, Copy)]
struct Run {
    claim: ClaimNo,
    /// The first line that is counted in `sums`.
    record: RecordId,
    /// Of the lines that stand after step 2; while there is none, of all.
    sums: Sums,
    /// One of the lines stands after step 2.
    stands: bool,
    has_conflict: bool,
    /// Every line is in the ledger.
    is_posted: bool,
    /// A line is in the ledger.
    has_posted: bool,
}

/// Gathers the claims, before any finding is known.
pub fn gather(store: &Store, net: &Net) -> Claims {
    let blocks: Vec<usize> = (0..store.blocks.len()).collect();
    let mut runs: Vec<Vec<Run>> = blocks.par_iter().map(|block| runs(store, net, *block)).collect();
    let (mut index_of, mut count) = (vec![NONE; net.claim_states.len()], 0);
    // Claims before each block, and runs of claims that began before: mostly none.
    let (mut before, mut later) = (Vec::with_capacity(runs.len()), Vec::new());
    for of_block in &mut runs {
        before.push(count);
        of_block.retain(|run| {
            let index = &mut index_of[run.claim as usize];
            if *index != NONE {
                later.push((*index, *run));
                return false;
            }
            *index = count;
            count += 1;
            true
        });
    }
    for (index, run) in later {
        let block = before.partition_point(|before| *before <= index) - 1;
        runs[block][(index - before[block]) as usize].add(&run);
    }
    // Some blocks at a time: there are millions of claims, and they stand here twice.
    let mut outcomes = Vec::with_capacity(count as usize);
    for some in runs.chunks_mut(BLOCKS_AT_ONCE) {
        let made = some.par_iter_mut().map(|of_block| -> Vec<ClaimOutcome> {
            mem::take(of_block).iter().map(|claim| claim.outcome(net)).collect()
        });
        outcomes.extend(made.collect::<Vec<_>>().into_iter().flatten());
    }
    Claims { outcomes, units_disallowed: 0, amount_disallowed: Cents(0), index_of }
}

/// The runs of one block.
fn runs(store: &Store, net: &Net, block: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let stored = &store.blocks[block];
    for (index, key) in stored.keys.iter().enumerate() {
        let id = store.id(block, index);
        let verdict = net.verdicts[id as usize];
        let is_counted = key.is(RecordKey::PEER_SUPPORT)
            && !key.is(RecordKey::HISTORY)
            && !matches!(verdict, Verdict::Denied | Verdict::Ignored);
        if !is_counted {
            continue;
        }
        let sums = record::sums(&stored.records[key.offset as usize..]);
        let run = Run::of(net.claim_of[id as usize], id, sums, verdict);
        match runs.last_mut() {
            Some(last) if last.claim == run.claim => last.add(&run),
            _ => runs.push(run),
        }
    }
    runs
}

/// The record stands after step 2: it is neither repeated nor in conflict.
fn stands(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Net | Verdict::CorrectedAway)
}

impl Run {
    fn of(
        claim: ClaimNo,
        id: RecordId,
        (units, charge): (u32, Option<Cents>),
        verdict: Verdict,
    ) -> Run {
        let is_posted = verdict.is_posted();
        Run {
            claim,
            record: id,
            sums: Sums { lines: 1, units: u64::from(units), billed: charge.unwrap_or_default() },
            stands: stands(verdict),
            has_conflict: verdict == Verdict::Conflicting,
            is_posted,
            has_posted: is_posted,
        }
    }

    fn add(&mut self, later: &Run) {
        self.has_conflict |= later.has_conflict;
        self.is_posted &= later.is_posted;
        self.has_posted |= later.has_posted;
        match (self.stands, later.stands) {
            (false, true) => {
                (self.record, self.sums, self.stands) = (later.record, later.sums, true);
            }
            (true, false) => {}
            _ => self.sums.add(later.sums),
        }
    }

    fn outcome(&self, net: &Net) -> ClaimOutcome {
        let state = net.claim_states[self.claim as usize];
        let disposition = match (state.is_void, state.is_superseded) {
            // Whatever it is: it went out already, and must not go out again.
            _ if self.is_posted => Disposition::AlreadyPosted,
            (true, _) => Disposition::Void,
            (_, true) => Disposition::Superseded,
            _ if !self.stands && !self.has_conflict => Disposition::Repeated,
            _ => Disposition::Release,
        };
        let pays_nothing = disposition != Disposition::Release;
        let is_partly_posted = self.has_posted && !pays_nothing;
        ClaimOutcome {
            record: self.record,
            disposition,
            pays_nothing,
            rules: RuleSet::default(),
            service_lines: self.sums.lines,
            units_billed: self.sums.units,
            units_payable: if pays_nothing { 0 } else { self.sums.units },
            amount_billed: self.sums.billed,
            amount_at_issue: Cents(0),
            waits: is_partly_posted.then_some(Waits::PartlyPosted),
        }
    }
}

impl Claims {
    /// Decides what becomes of each claim from the findings on all its lines, which are sorted by
    /// place. What is disallowed on the days `reported` is summed up apart.
    pub fn decide(
        &mut self,
        store: &Store,
        net: &Net,
        policy: &Policy,
        findings: &[Finding],
        reported: ReportedDays,
    ) {
        let (mut disallowed_units, mut disallowed_amount) = (0, Cents(0));
        let seq = |finding: &Finding| finding.line.as_ref().map(|line| line.seq);
        for of_line in findings.chunk_by(|left, right| seq(left) == seq(right)) {
            let Some(line) = of_line[0].line.as_ref() else { continue };
            let Some(id) = store.id_of(line.seq) else { continue };
            let Some(outcome) = self.of_record(net, id) else { continue };
            for finding in of_line {
                outcome.rules.insert(finding.rule);
                outcome.disposition = worse(outcome.disposition, finding);
            }
            // A conflicting record is no part of the sums of a claim that has a line that stands:
            // there is nothing of it to disallow either.
            let has_line_that_stands = stands(net.verdicts[outcome.record as usize]);
            let is_counted = stands(net.verdicts[id as usize]) || !has_line_that_stands;
            if outcome.pays_nothing || !is_counted {
                continue;
            }
            let (units, amount) = disallowed(policy, of_line);
            if reported.holds(line.service_date) {
                disallowed_units += units;
                disallowed_amount += amount;
            }
            outcome.units_payable -= units.min(outcome.units_payable);
            outcome.amount_at_issue += amount;
        }
        (self.units_disallowed, self.amount_disallowed) = (disallowed_units, disallowed_amount);
    }

    /// What becomes of a claim; `None`: it has no current peer-support line that counts.
    pub fn of_claim(&self, claim: ClaimNo) -> Option<&ClaimOutcome> {
        let index = *self.index_of.get(claim as usize)?;
        self.outcomes.get(index as usize)
    }

    /// Leaves out the claims none of whose lines is of the days `reported`. Claims are not found by
    /// number after it.
    pub fn keep_reported(&mut self, store: &Store, net: &Net, reported: ReportedDays) {
        if reported.is_all() {
            return;
        }
        let mut is_kept = vec![false; self.outcomes.len()];
        for id in 0..store.len() as RecordId {
            let key = store.key(id);
            let claim = net.claim_of[id as usize];
            if claim == ClaimNo::MAX || key.is(RecordKey::HISTORY) {
                continue;
            }
            let kept = is_kept.get_mut(self.index_of[claim as usize] as usize);
            let Some(kept) = kept.filter(|kept| !**kept && key.is(RecordKey::PEER_SUPPORT)) else {
                continue;
            };
            *kept = reported.holds(store.line(id).first_day.day());
        }
        let mut places = is_kept.into_iter();
        self.outcomes.retain(|_| places.next().unwrap_or(true));
    }

    fn of_record(&mut self, net: &Net, id: RecordId) -> Option<&mut ClaimOutcome> {
        let claim = net.claim_of[id as usize];
        self.outcomes.get_mut(self.index_of[claim as usize] as usize)
    }
}

/// A deny finding holds the claim whatever it was; a review finding marks one that was clean.
fn worse(disposition: Disposition, finding: &Finding) -> Disposition {
    match (finding.severity, disposition) {
        (Severity::Deny, _) => Disposition::Hold,
        (Severity::Review, Disposition::Release) => Disposition::Review,
        (_, disposition) => disposition,
    }
}

/// Units and dollars that the findings of one line take from it, each once: the whole line for a
/// deny rule that disallows it, else the excess units.
fn disallowed(policy: &Policy, findings: &[Finding]) -> (u64, Cents) {
    let Some(line) = &findings[0].line else { return (0, Cents(0)) };
    let units = u64::from(line.units.unwrap_or_default());
    let denied =
        |finding: &&Finding| finding.severity == Severity::Deny && finding.outcome == Outcome::Fail;
    let mut excess = 0;
    for finding in findings.iter().filter(denied) {
        match finding.rule.disallows {
            Disallows::WholeLine => return (units, line.amount.unwrap_or_default()),
            Disallows::ExcessUnits => {
                let own = u64::from(finding.excess_units.unwrap_or_default());
                excess = match policy.units.annual_counts {
                    AnnualCounts::Payable => excess + own,
                    AnnualCounts::Billed => excess.max(own),
                };
            }
            Disallows::Nothing => {}
        }
    }
    (excess, line.amount.unwrap_or_default().share(excess, units))
}

/// Puts each peer-support record in its bucket; `history` and `current` hold the rest already.
/// Gives the buckets by record.
pub fn count_buckets(
    store: &Store,
    net: &Net,
    current: &mut Counts,
    history: &mut Counts,
) -> Vec<Option<Bucket>> {
    let mut buckets = vec![None; store.len()];
    let keys = store.blocks.iter().flat_map(|block| &block.keys);
    for ((key, verdict), own) in keys.zip(&net.verdicts).zip(&mut buckets) {
        if !key.is(RecordKey::PEER_SUPPORT) {
            continue;
        }
        let bucket = match verdict {
            Verdict::Net => Bucket::Checked,
            Verdict::Denied => Bucket::Denied,
            Verdict::Repeated | Verdict::Posted | Verdict::Returned => Bucket::Repeated,
            Verdict::Conflicting => Bucket::Conflicting,
            Verdict::CorrectedAway => Bucket::CorrectedAway,
            Verdict::Ignored => continue,
        };
        let counts = if key.is(RecordKey::HISTORY) { &mut *history } else { &mut *current };
        counts.add(bucket);
        *own = Some(bucket);
    }
    buckets
}
