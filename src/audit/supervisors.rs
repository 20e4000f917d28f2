//! The load of each supervisor over the days reported.

use super::Subject;
use super::ledger::Ledger;
use crate::join::supervision::obstacle;
use crate::model::{NaiveDate, date, text};
use crate::tables::{ById, EmploymentStint, SupervisionLog};
use std::collections::{BTreeMap, BTreeSet};

/// One supervisor.
#[derive(Clone, Debug, Default)]
pub struct Supervisor {
    /// Who.
    pub supervisor_id: String,
    /// Has a row in `supervisors.csv`; `None`: there is no such table.
    pub is_listed: Option<bool>,
    /// A mental health professional, by that row.
    pub is_professional: bool,
    /// The supervisor's training, by that row.
    pub training: Option<NaiveDate>,
    /// Own `fte` in ten-thousandths.
    pub fte: Option<u32>,
    /// Ratio of the policy times own `fte`, in ten-thousandths.
    pub capacity: Option<u64>,
    /// Practitioners whose stints name the supervisor.
    pub practitioners: u64,
    /// The highest load, in ten-thousandths.
    pub peak_load: u64,
    /// The first day of it.
    pub peak_day: Option<NaiveDate>,
    /// The first day over capacity.
    pub first_day_over: Option<NaiveDate>,
    /// Days over capacity.
    pub days_over: u64,
    /// Sessions of the log in the period.
    pub sessions: u64,
    /// Of them, those that qualify.
    pub qualifying_sessions: u64,
}

type Stints<'a> = Vec<(&'a [u8], &'a EmploymentStint)>;

/// All supervisors that a table names, by id; none where no line is reported.
pub fn supervisors(subject: &Subject<'_>, ledger: &Ledger) -> Vec<Supervisor> {
    let Some((first, last)) = service_days(ledger) else { return Vec::new() };
    let tables = subject.tables;
    let mut stints_of: BTreeMap<&[u8], Stints<'_>> = BTreeMap::new();
    for id in tables.supervisors.iter().flatten().map(|(id, _)| id) {
        stints_of.entry(id).or_default();
    }
    for (practitioner, stints) in tables.employment.iter().flat_map(ById::iter) {
        for stint in stints.iter().filter(|stint| !stint.supervisor_id.is_empty()) {
            stints_of.entry(&stint.supervisor_id).or_default().push((practitioner, stint));
        }
    }
    let mut sessions: BTreeMap<&[u8], (u64, u64)> = BTreeMap::new();
    for (practitioner, log) in tables.supervision.iter().flat_map(SupervisionLog::iter) {
        for session in log.between(first, last).iter() {
            stints_of.entry(session.supervisor_id()).or_default();
            let counts = sessions.entry(session.supervisor_id()).or_default();
            counts.0 += 1;
            let qualifies = obstacle(&subject.context(), practitioner, session).is_none();
            counts.1 += u64::from(qualifies);
        }
    }
    let supervisor = |(id, stints): (&[u8], Stints<'_>)| {
        let (all, qualifying) = sessions.get(id).copied().unwrap_or_default();
        Supervisor {
            sessions: all,
            qualifying_sessions: qualifying,
            ..load(subject, id, &stints, first, last)
        }
    };
    stints_of.into_iter().map(supervisor).collect()
}

/// From the first to the last good service date of the lines reported, as S005 takes them.
fn service_days(ledger: &Ledger) -> Option<(NaiveDate, NaiveDate)> {
    let periods = ledger.reported().filter_map(|line| {
        let (first, days) = (line.good_day()?, line.days?);
        Some((first, date::add_days(first, i64::from(days) - 1)))
    });
    periods.reduce(|all, own| (all.0.min(own.0), all.1.max(own.1)))
}

fn load(
    subject: &Subject<'_>,
    id: &[u8],
    stints: &[(&[u8], &EmploymentStint)],
    first: NaiveDate,
    last: NaiveDate,
) -> Supervisor {
    let row = subject.tables.supervisors.as_ref().and_then(|table| table.get(id));
    let ratio = u64::from(subject.policy.supervision.supervisor_fte_ratio);
    let mut found = Supervisor {
        supervisor_id: text::decode(id).into_owned(),
        is_listed: subject.tables.supervisors.as_ref().map(|_| row.is_some()),
        is_professional: row.is_some_and(|row| row.mental_health_professional),
        training: row.and_then(|row| row.training),
        fte: row.map(|row| row.fte),
        capacity: row.map(|row| ratio * u64::from(row.fte)),
        ..Supervisor::default()
    };
    let mut changes: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    let mut practitioners = BTreeSet::new();
    for (practitioner, stint) in stints {
        let (from, through) = (stint.start.max(first), stint.end.map_or(last, |end| end.min(last)));
        if from > through {
            continue;
        }
        practitioners.insert(*practitioner);
        *changes.entry(from).or_default() += i64::from(stint.fte);
        *changes.entry(date::add_days(through, 1)).or_default() -= i64::from(stint.fte);
    }
    found.practitioners = practitioners.len() as u64;
    let mut load = 0_i64;
    let mut steps = changes.into_iter().peekable();
    while let Some((day, change)) = steps.next() {
        load += change;
        let open = load.max(0).unsigned_abs();
        if open > found.peak_load {
            (found.peak_load, found.peak_day) = (open, Some(day));
        }
        if found.capacity.is_some_and(|capacity| open > capacity) {
            found.first_day_over = found.first_day_over.or(Some(day));
            let next = steps.peek().map_or(day, |(next, _)| *next);
            found.days_over += (next - day).num_days().unsigned_abs();
        }
    }
    found
}
