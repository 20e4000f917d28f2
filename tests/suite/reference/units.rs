//! U001 to U004: units by member and day, by member and year, by practitioner and day.

use std::collections::BTreeMap;

use super::Run;
use super::date::Date;
use super::line::ServiceLine;
use super::model::Policy;
use super::report::Report;
use super::tables::covers;

/// Daily and annual units by the service date; a date before the first limit has none.
pub fn limit_on(policy: &Policy, date: Date) -> Option<(i64, i64)> {
    let mut limit = None;
    for table in &policy.limits {
        if Date::parse(&table.from).is_some_and(|from| from <= date) {
            limit = Some((table.daily_units, table.annual_units));
        }
    }
    limit
}

/// The calendar year in which the limit year of a day began.
pub fn limit_year(policy: &Policy, date: Date) -> i64 {
    let begun = (date.month, date.day) >= policy.limit_year_starts;
    if begun { date.year } else { date.year - 1 }
}

/// Under 21 on the service date, with an authorization that covers it.
pub fn is_epsdt(run: &Run, line: &ServiceLine) -> bool {
    let Some(authorizations) = &run.tables.authorizations else { return false };
    let date = line.date();
    let young = line.birth.is_some_and(|birth| date.age_of(birth) < run.policy.epsdt_under_age);
    let named = &line.row.authorization_number;
    young
        && authorizations.iter().any(|row| {
            let number_fits = named.is_empty() || *named == row.number;
            row.member_id == line.row.member_id && number_fits && covers(row.start, row.end, date)
        })
}

pub fn check(run: &Run, report: &mut Report) {
    let subject: Vec<usize> = run
        .tested_in_order()
        .into_iter()
        .filter(|line| !is_epsdt(run, &run.lines[*line]))
        .collect();
    let daily = daily_excess(run, &subject, report);
    annual_excess(run, &subject, &daily, report);
    practitioner_days(run, report);
}

/// U001: the excess of each line, history too; only current lines are reported.
fn daily_excess(run: &Run, subject: &[usize], report: &mut Report) -> BTreeMap<usize, i64> {
    let mut day_totals: BTreeMap<(String, Date), i64> = BTreeMap::new();
    let mut excess_of = BTreeMap::new();
    for index in subject {
        let line = &run.lines[*index];
        let units = line.good_units();
        let Some((daily, _)) = limit_on(run.policy, line.date()) else { continue };
        let days = line.days_covered();
        let (excess, exact) = if days > 1 {
            ((units - daily * days).max(0), units == daily * days)
        } else {
            let total = day_totals.entry((line.row.member_id.clone(), line.date())).or_default();
            *total += units;
            (units.min((*total - daily).max(0)), *total == daily)
        };
        excess_of.insert(*index, excess);
        if excess > 0 && !line.history {
            report.fail_with_excess("U001", *index, excess);
        }
        report.edge("U001", exact && !line.history);
    }
    excess_of
}

/// U002 and U003: the running total of the member's limit year.
fn annual_excess(run: &Run, subject: &[usize], daily: &BTreeMap<usize, i64>, report: &mut Report) {
    let mut totals: BTreeMap<(String, i64), i64> = BTreeMap::new();
    let mut near_decided: BTreeMap<(String, i64), bool> = BTreeMap::new();
    for index in subject {
        let line = &run.lines[*index];
        let year = (line.row.member_id.clone(), limit_year(run.policy, line.date()));
        let mut units = line.good_units();
        if !run.policy.annual_counts_billed {
            units -= daily.get(index).copied().unwrap_or(0);
        }
        let total = totals.entry(year.clone()).or_default();
        *total += units;
        let Some((_, annual)) = limit_on(run.policy, line.date()) else { continue };
        let excess = units.min((*total - annual).max(0));
        if excess > 0 && !line.history {
            report.fail_with_excess("U002", *index, excess);
        }
        report.edge("U002", *total == annual && !line.history);

        // The percentage, rounded up to whole units.
        let threshold = (annual * run.policy.near_annual_percent + 99) / 100;
        let decided = near_decided.entry(year).or_default();
        if *total >= threshold && !*decided {
            *decided = true;
            if !line.history && *total <= annual {
                report.fail("U003", *index);
            } else {
                report.edge("U003", true);
            }
        }
        report.edge("U003", *total == threshold - 1);
    }
}

/// U004: over all members, group sessions and lines of several days left out.
fn practitioner_days(run: &Run, report: &mut Report) {
    let most = run.policy.practitioner_daily_units;
    let group: Vec<String> =
        run.policy.group_modifiers.iter().map(|code| code.to_uppercase()).collect();
    let mut totals: BTreeMap<(String, Date), (i64, i64)> = BTreeMap::new();
    for index in run.tested_in_order() {
        let line = &run.lines[index];
        if line.row.rendering_npi.is_empty() || line.days_covered() > 1 {
            continue;
        }
        let day = (line.row.rendering_npi.clone(), line.date());
        let (alone, with_groups) = totals.entry(day).or_default();
        *with_groups += line.good_units();
        if group.iter().any(|code| line.modifiers.contains(code)) {
            report.edge("U004", *alone <= most && *with_groups > most);
            continue;
        }
        *alone += line.good_units();
        if *alone > most && !line.history {
            report.fail("U004", index);
        }
        report.edge("U004", *alone == most);
    }
}
