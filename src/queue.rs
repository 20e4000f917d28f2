//! The morning's work list: one row a held claim, with the day by which it must be filed, what is
//! at stake, why it is held and what to do; what is lost first stands first.

use crate::finding::Finding;
use crate::model::{NaiveDate, Position, ServiceLine, Severity, date};
use crate::normalize::RecordKey;
use crate::outcome::{ClaimOutcome, Decision, Disposition, RunOutcome, Waits};
use crate::policy::Policy;
use std::collections::HashMap;

type ByClaim<T> = HashMap<u128, T, foldhash::fast::RandomState>;

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

#[derive(Default)]
struct Gathered<'o> {
    /// First day, last day, and the earliest last day of a line.
    days: Option<(NaiveDate, NaiveDate, NaiveDate)>,
    findings: Vec<&'o Finding>,
}

impl Gathered<'_> {
    fn add(&mut self, line: &ServiceLine<'_>) {
        let Some(first) = line.first_day.day() else { return };
        let last = line.last_day.day().unwrap_or(first).max(first);
        self.days = Some(match self.days {
            None => (first, last, last),
            Some((begin, end, earliest)) => (begin.min(first), end.max(last), earliest.min(last)),
        });
    }
}

/// The held claims: by deadline (none last), then dollars at issue (most first), then input order.
pub fn rows<'o>(outcome: &'o RunOutcome, policy: &Policy) -> Vec<QueueRow<'o>> {
    let store = &outcome.store;
    let held = || outcome.claims.iter().filter(|claim| is_held(outcome, claim));
    let mut gathered: ByClaim<Gathered<'_>> = ByClaim::default();
    for claim in held() {
        gathered.insert(store.key(claim.record).claim, Gathered::default());
    }
    if gathered.is_empty() {
        return Vec::new();
    }
    for (number, block) in store.blocks.iter().enumerate() {
        for (index, key) in block.keys.iter().enumerate() {
            let counts = key.is(RecordKey::PEER_SUPPORT)
                && !key.is(RecordKey::HISTORY)
                && !key.is(RecordKey::DENIED);
            let Some(claim) = gathered.get_mut(&key.claim).filter(|_| counts) else { continue };
            claim.add(&store.line(store.id(number, index)));
        }
    }
    for finding in outcome.findings.iter().filter(|found| found.severity != Severity::Info) {
        let id = finding.line.as_ref().and_then(|line| store.id_of(line.seq));
        let Some(id) = id else { continue };
        if let Some(claim) = gathered.get_mut(&store.key(id).claim) {
            claim.findings.push(finding);
        }
    }
    let filing_days = i64::from(policy.claims.filing_days);
    let mut rows: Vec<QueueRow<'o>> = held()
        .map(|claim| {
            let mut found = gathered.remove(&store.key(claim.record).claim).unwrap_or_default();
            if claim.disposition != Disposition::Review {
                found.findings.retain(|finding| finding.severity == Severity::Deny);
            }
            let deadline = found.days.map(|(_, _, last)| date::add_days(last, filing_days));
            QueueRow {
                claim,
                deadline,
                days_left: deadline.map(|day| (day - outcome.as_of).num_days()),
                service: found.days.map(|(first, last, _)| (first, last)),
                findings: found.findings,
                place: store.position(&store.line(claim.record)),
            }
        })
        .collect();
    // A stable sort keeps the input order of equals.
    rows.sort_by_key(|row| {
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
            let key = outcome.store.key(claim.record).claim;
            claim.waits == Some(Waits::PartUnread) || outcome.split.is_held(key)
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
