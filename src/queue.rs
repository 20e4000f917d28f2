//! The morning's work list: one row a held claim, with the day by which it must be filed, what is
//! at stake, why it is held and what to do; what is lost first stands first.

use crate::finding::Finding;
use crate::model::{Cents, NaiveDate, Position, Severity, date};
use crate::normalize::RecordKey;
use crate::outcome::{ClaimOutcome, Disposition, RunOutcome};
use crate::policy::Policy;
use crate::store::RecordId;
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
    /// Its findings of severity deny, in the order of `findings.csv`.
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

/// The held claims: by deadline (none last), then dollars at issue (most first), then input order.
pub fn rows<'o>(
    outcome: &'o RunOutcome,
    policy: &Policy,
    is_held: fn(Disposition) -> bool,
) -> Vec<QueueRow<'o>> {
    let store = &outcome.store;
    let held = || outcome.claims.iter().filter(|claim| is_held(claim.disposition));
    let mut gathered: ByClaim<Gathered<'_>> = ByClaim::default();
    for claim in held() {
        gathered.insert(store.key(claim.record).claim, Gathered::default());
    }
    if gathered.is_empty() {
        return Vec::new();
    }
    for id in 0..store.len() as RecordId {
        let key = store.key(id);
        let counts = key.is(RecordKey::PEER_SUPPORT)
            && !key.is(RecordKey::HISTORY)
            && !key.is(RecordKey::DENIED);
        let Some(claim) = gathered.get_mut(&key.claim).filter(|_| counts) else { continue };
        let line = store.line(id);
        let Some(first) = line.first_day.day() else { continue };
        let last = line.last_day.day().unwrap_or(first).max(first);
        claim.days = Some(match claim.days {
            None => (first, last, last),
            Some((begin, end, earliest)) => (begin.min(first), end.max(last), earliest.min(last)),
        });
    }
    for finding in outcome.findings.iter().filter(|found| found.severity == Severity::Deny) {
        let id = finding.line.as_ref().and_then(|line| store.id_of(line.seq));
        let Some(id) = id else { continue };
        if let Some(claim) = gathered.get_mut(&store.key(id).claim) {
            claim.findings.push(finding);
        }
    }
    let filing_days = i64::from(policy.claims.filing_days);
    let mut rows: Vec<QueueRow<'o>> = held()
        .map(|claim| {
            let found = gathered.remove(&store.key(claim.record).claim).unwrap_or_default();
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

/// Dollars at issue of all rows.
pub fn at_issue(rows: &[QueueRow<'_>]) -> Cents {
    rows.iter().map(|row| row.claim.amount_at_issue).sum()
}
