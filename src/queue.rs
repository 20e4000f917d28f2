//! The morning's work list: one row a held claim, with the day by which it must be filed, what is
//! at stake, why it is held and what to do; what is lost first stands first.

use crate::finding::Finding;
use crate::model::{NaiveDate, Position, ServiceLine, Severity, date};
use crate::normalize::RecordKey;
use crate::outcome::{ClaimKeys, ClaimOutcome, Decision, Disposition, RunOutcome, Waits};
use crate::policy::Policy;
use crate::store::RecordId;
use rayon::prelude::*;

/// One held claim.
pub struct QueueRow<'o> {
    /// The claim.
    pub claim: &'o ClaimOutcome,
    /// The last day on which all of it can still be filed: the earliest of its lines' last service
    /// days and the policy's filing days. `None`: no line has a date that can be read.
    pub deadline: Option<NaiveDate>,
    /// Days from the as-of date to the deadline; negative: past.
    pub days_left: Option<i64>,
    /// First and last day of its lines that can be read.
    pub service: Option<(NaiveDate, NaiveDate)>,
    /// Its findings of severity deny (of a claim that a person must look at first: review), in the
    /// order of `findings.csv`.
    pub findings: Vec<&'o Finding>,
    /// File and position of its first line.
    pub place: (u32, Position),
}

/// Service days of lines of one claim.
#[derive(Clone, Copy)]
struct Days {
    first: NaiveDate,
    last: NaiveDate,
    /// The earliest last day of a line.
    earliest_last: NaiveDate,
}

impl Days {
    fn of(line: &ServiceLine<'_>) -> Option<Days> {
        let first = line.first_day.day()?;
        let last = line.last_day.day().unwrap_or(first).max(first);
        Some(Days { first, last, earliest_last: last })
    }

    fn and(self, other: Days) -> Days {
        Days {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            earliest_last: self.earliest_last.min(other.earliest_last),
        }
    }
}

/// The held claims, and how they are found by their records.
struct Held<'o> {
    outcome: &'o RunOutcome,
    /// In input order.
    claims: Vec<&'o ClaimOutcome>,
    /// Index into them, by number of the claim; [`NONE`]: not held.
    index_of: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl<'o> Held<'o> {
    fn of(outcome: &'o RunOutcome) -> Held<'o> {
        let claims = outcome.claims.par_iter().filter(|claim| is_held(outcome, claim));
        let claims: Vec<&ClaimOutcome> = claims.collect();
        let mut held = Held { outcome, claims, index_of: Vec::new() };
        let claim_of = &outcome.standings.claim_of;
        for (index, claim) in held.claims.iter().enumerate() {
            let number = claim_of[claim.record as usize] as usize;
            if number >= held.index_of.len() {
                held.index_of.resize(number + 1, NONE);
            }
            held.index_of[number] = index as u32;
        }
        held
    }

    /// The held claim of a record.
    fn index(&self, record: RecordId) -> Option<usize> {
        let claim = self.outcome.standings.claim_of[record as usize];
        let index = self.index_of.get(claim as usize)?;
        (*index != NONE).then_some(*index as usize)
    }

    /// The service days of lines in one block that are of held claims.
    fn days_in(&self, block: usize) -> Vec<(usize, Days)> {
        let store = &self.outcome.store;
        let first = store.id(block, 0);
        let keys = store.blocks[block].keys.iter().zip(first..);
        let counted = keys.filter(|(key, _)| {
            key.is(RecordKey::PEER_SUPPORT)
                && !key.is(RecordKey::HISTORY)
                && !key.is(RecordKey::DENIED)
        });
        let days = counted.filter_map(|(_, id)| {
            let index = self.index(id)?;
            Some((index, Days::of(&store.line(id))?))
        });
        days.collect()
    }

    /// The service days of each.
    fn days(&self) -> Vec<Option<Days>> {
        let blocks = (0..self.outcome.store.blocks.len()).into_par_iter();
        let found: Vec<Vec<(usize, Days)>> = blocks.map(|block| self.days_in(block)).collect();
        let mut days: Vec<Option<Days>> = vec![None; self.claims.len()];
        for (index, of_line) in found.into_iter().flatten() {
            let of_claim = &mut days[index];
            *of_claim = Some(of_claim.map_or(of_line, |days| days.and(of_line)));
        }
        days
    }

    /// The findings on each that hold it.
    fn findings(&self) -> Vec<Vec<&'o Finding>> {
        let mut findings = vec![Vec::new(); self.claims.len()];
        for finding in &self.outcome.findings {
            let id = finding.line.as_ref().and_then(|line| self.outcome.store.id_of(line.seq));
            let Some(index) = id.and_then(|id| self.index(id)) else { continue };
            let holds = match self.claims[index].disposition {
                Disposition::Review => finding.severity != Severity::Info,
                _ => finding.severity == Severity::Deny,
            };
            if holds {
                findings[index].push(finding);
            }
        }
        findings
    }
}

/// The held claims: by deadline (none last), then dollars at issue (most first), then input order.
pub fn rows<'o>(outcome: &'o RunOutcome, policy: &Policy) -> Vec<QueueRow<'o>> {
    let store = &outcome.store;
    let held = Held::of(outcome);
    let filing_days = i64::from(policy.claims.filing_days);
    let gathered = (&held.claims, held.days(), held.findings());
    let rows = gathered.into_par_iter().map(|(claim, days, findings)| {
        let deadline = days.map(|days| date::add_days(days.earliest_last, filing_days));
        QueueRow {
            claim,
            deadline,
            days_left: deadline.map(|day| (day - outcome.as_of).num_days()),
            service: days.map(|days| (days.first, days.last)),
            findings,
            place: store.position(&store.line(claim.record)),
        }
    });
    let mut rows: Vec<QueueRow<'o>> = rows.collect();
    // A stable sort keeps the input order of equals.
    rows.par_sort_by_key(|row| {
        (row.deadline.is_none(), row.deadline, std::cmp::Reverse(row.claim.amount_at_issue))
    });
    rows
}

/// Whether the claim waits for somebody: by its disposition, or because the split put it into
/// `hold/` (a claim of which part could not be read, or for review where those are held). What is
/// out anyway (void, superseded, repeated) needs nobody.
fn is_held(outcome: &RunOutcome, claim: &ClaimOutcome) -> bool {
    match claim.disposition {
        Disposition::Hold => true,
        Disposition::Release | Disposition::Review => {
            let is_in =
                |held: &ClaimKeys| held.contains(&{ outcome.store.key(claim.record).claim });
            claim.waits == Some(Waits::PartUnread) || outcome.split.held.as_ref().is_some_and(is_in)
        }
        _ => false,
    }
}

/// Why a claim waits besides its findings, and what to do.
pub fn in_words(waits: &Waits) -> (String, &'static str) {
    match waits {
        Waits::Decided(decision) => {
            let Decision { decided_by, decided_at, reason, .. } = &**decision;
            let day = decided_at.get(..10).unwrap_or(decided_at);
            (
                format!("held by {decided_by} on {day}: {reason}"),
                "When it may go: peerclaims ledger release CLAIM --reason TEXT",
            )
        }
        Waits::PartlyPosted => (
            "some of its lines went out before and others did not: as it is, it would go out twice"
                .to_owned(),
            "To change a claim that went out, bill a replacement (frequency 7); bill what is new \
             alone, as a claim of its own",
        ),
        Waits::PartUnread => (
            "part of the claim, or of what stands around it in the file, could not be read"
                .to_owned(),
            "See F001 to F005 of this file in findings.csv, correct it there and send it again",
        ),
    }
}
