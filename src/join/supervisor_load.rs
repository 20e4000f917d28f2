//! How many practitioners each supervisor has, day by day (rule S005).

use super::Context;
use crate::model::{NaiveDate, date};
use crate::tables::EmploymentStint;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};

/// Stints, each with its practitioner.
type Stints<'a> = Vec<(&'a [u8], &'a EmploymentStint)>;

/// One supervisor on the day on which the load is first over capacity.
pub struct SupervisorLoad<'a> {
    /// What the run shares.
    pub context: Context<'a>,
    /// Who.
    pub supervisor_id: &'a [u8],
    /// The first such day.
    pub day: NaiveDate,
    /// Σ `fte` of the stints open that day that name the supervisor, in ten-thousandths.
    pub load: u64,
    /// The supervisor's own `fte`, in ten-thousandths.
    pub own: u32,
    /// The stints, by practitioner.
    pub stints: Stints<'a>,
}

/// Supervisors over capacity in `first..=last`, by id. Empty if a table that it needs is missing.
pub fn over_capacity<'a>(
    context: Context<'a>,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<SupervisorLoad<'a>> {
    let (Some(employment), Some(supervisors)) =
        (context.tables.employment.as_ref(), context.tables.supervisors.as_ref())
    else {
        return Vec::new();
    };
    let mut stints_of: HashMap<&[u8], Stints<'_>, RandomState> = HashMap::default();
    for (practitioner, stints) in employment.iter() {
        for stint in stints.iter().filter(|stint| !stint.supervisor_id.is_empty()) {
            stints_of.entry(&stint.supervisor_id).or_default().push((practitioner, stint));
        }
    }
    let mut found = Vec::new();
    for (supervisor_id, mut stints) in stints_of {
        let Some(supervisor) = supervisors.get(supervisor_id) else { continue };
        stints.sort_by_key(|(_, stint)| stint.row);
        let ratio = u64::from(context.policy.supervision.supervisor_fte_ratio);
        let capacity = ratio * u64::from(supervisor.fte);
        let Some((day, load)) = first_day_over(&stints, capacity, first, last) else { continue };
        stints.retain(|(_, stint)| crate::tables::covers(stint.start, stint.end, day));
        let own = supervisor.fte;
        found.push(SupervisorLoad { context, supervisor_id, day, load, own, stints });
    }
    found.sort_unstable_by_key(|load| load.supervisor_id);
    found
}

/// The first day of `first..=last` on which the open stints sum to more than `capacity`.
fn first_day_over(
    stints: &[(&[u8], &EmploymentStint)],
    capacity: u64,
    first: NaiveDate,
    last: NaiveDate,
) -> Option<(NaiveDate, u64)> {
    let mut changes: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for (_, stint) in stints {
        let start = stint.start.max(first);
        if stint.start > last || stint.end.is_some_and(|end| end < start) {
            continue;
        }
        *changes.entry(start).or_default() += i64::from(stint.fte);
        if let Some(end) = stint.end {
            *changes.entry(date::add_days(end, 1)).or_default() -= i64::from(stint.fte);
        }
    }
    let mut load = 0_i64;
    for (day, change) in changes {
        load += change;
        let over = load.unsigned_abs() > capacity && load > 0;
        if over && day <= last {
            return Some((day, load.unsigned_abs()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stints_count_on_their_first_and_last_days() {
        let day = |text: &str| date::parse(text.as_bytes()).expect("a date in a test");
        let stint = |start: &str, end: Option<&str>| EmploymentStint {
            row: 2,
            billing_npi: b"1234567893"[..].into(),
            start: day(start),
            end: end.map(day),
            fte: 10_000,
            supervisor_id: b"SV1"[..].into(),
        };
        let over = |stints: &[EmploymentStint]| {
            let stints: Vec<(&[u8], &EmploymentStint)> =
                stints.iter().map(|stint| (&b"1999900016"[..], stint)).collect();
            first_day_over(&stints, 10_000, day("2025-09-01"), day("2025-09-30"))
        };
        let always = stint("2024-01-01", None);
        let two = |day_of: &str| Some((day(day_of), 20_000));
        let allowed = std::slice::from_ref(&always);
        assert_eq!(over(allowed), None, "exactly what the ratio allows");
        assert_eq!(over(&[always.clone(), stint("2025-09-10", None)]), two("2025-09-10"));
        assert_eq!(over(&[always.clone(), stint("2025-09-30", None)]), two("2025-09-30"));
        assert_eq!(over(&[always.clone(), stint("2025-10-01", None)]), None);
        let until = |end| stint("2024-06-01", Some(end));
        assert_eq!(over(&[always.clone(), until("2025-09-01")]), two("2025-09-01"));
        assert_eq!(over(&[always.clone(), until("2025-08-31")]), None);
        let [first, second] = [stint("2025-09-05", Some("2025-09-09")), stint("2025-09-10", None)];
        assert_eq!(over(&[first, second]), None, "one ends the day before the other begins");
    }
}
