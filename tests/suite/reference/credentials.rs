//! K001 to K007: who rendered the service line, and was this person certified for it on the day?

use std::collections::BTreeSet;

use super::Run;
use super::date::Date;
use super::line::ServiceLine;
use super::report::Report;
use super::tables::{Credential, covers};
use super::value::is_npi;

/// Does a designation serve the member, or was a fact missing to tell?
#[derive(Clone, Copy, PartialEq)]
enum Fit {
    Yes,
    No,
    FactMissing,
}

fn may_practise(row: &Credential, date: Date) -> bool {
    let status_holds = row.status_date.is_none_or(|from| from <= date);
    !status_holds || row.status == "current" || row.status == "limited"
}

fn in_force(row: &Credential, date: Date) -> bool {
    covers(row.effective, row.expiration, date) && may_practise(row, date)
}

/// Runs the K rules; lines that pass K001 and K002 are handed on to the S rules.
pub fn check(run: &Run, report: &mut Report) -> Vec<usize> {
    let Some(credentials) = &run.tables.credentials else { return Vec::new() };
    let mut passed = Vec::new();
    for (index, line) in run.current_net_lines() {
        if !line.is_tested() {
            report.edge("K001", line.row.rendering_npi.is_empty());
            continue;
        }
        if line.row.rendering_npi.is_empty() {
            report.not_evaluable("K001", index);
            continue;
        }
        report.edge("K001", !is_npi(&line.row.rendering_npi));
        let rows: Vec<&Credential> =
            credentials.iter().filter(|row| row.practitioner == line.row.rendering_npi).collect();
        if rows.is_empty() {
            report.fail("K002", index);
            continue;
        }
        passed.push(index);
        let date = line.date();
        let good: Vec<&Credential> =
            rows.iter().copied().filter(|row| in_force(row, date)).collect();
        report.edge("K002", good.is_empty());
        if good.is_empty() {
            report.fail("K003", index);
        } else {
            report.edge("K003", good.iter().any(|row| barely_in_force(row, date)));
            designation(index, line, &good, report);
            youth_age(index, date, &good, report);
            training(index, date, &good, report);
        }
        employment(run, index, line, report);
    }
    passed
}

fn barely_in_force(row: &Credential, date: Date) -> bool {
    let ends = [row.expiration, row.status_date.map(Date::yesterday)];
    row.effective == date || ends.contains(&Some(date))
}

fn age_fit(line: &ServiceLine, fits: fn(i64) -> bool) -> Fit {
    match line.birth {
        None => Fit::FactMissing,
        Some(birth) if fits(line.date().age_of(birth)) => Fit::Yes,
        Some(_) => Fit::No,
    }
}

fn substance_fit(line: &ServiceLine) -> Fit {
    let substance = |code: &String| {
        let number = code.strip_prefix("F1").and_then(|rest| rest.bytes().next());
        number.is_some_and(|digit| digit.is_ascii_digit())
    };
    if line.modifiers.contains("HF") || line.diagnoses.iter().any(substance) {
        Fit::Yes
    } else if line.diagnoses.is_empty() {
        Fit::FactMissing
    } else {
        Fit::No
    }
}

fn fit(designation: &str, line: &ServiceLine) -> Fit {
    match designation {
        "A" | "MH" => age_fit(line, |age| age >= 18),
        "Y" => age_fit(line, |age| age <= 26),
        "P" => age_fit(line, |age| age <= 20),
        _ => substance_fit(line),
    }
}

/// K004: one designation that fits is enough.
fn designation(index: usize, line: &ServiceLine, good: &[&Credential], report: &mut Report) {
    let fits: Vec<Fit> = good.iter().map(|row| fit(&row.designation, line)).collect();
    if fits.contains(&Fit::Yes) {
        let last_age = line.birth.map(|birth| line.date().age_of(birth));
        let by_a_year = [Some(18), Some(20), Some(26)].contains(&last_age);
        report.edge("K004", by_a_year || fits.contains(&Fit::No));
    } else if fits.contains(&Fit::FactMissing) {
        report.not_evaluable("K004", index);
    } else {
        report.fail("K004", index);
    }
}

/// K005: youth is the only designation, so the practitioner must be young too.
fn youth_age(index: usize, date: Date, good: &[&Credential], report: &mut Report) {
    let held: BTreeSet<&str> = good.iter().map(|row| row.designation.as_str()).collect();
    let birth = good.iter().find_map(|row| row.birth);
    let age = birth.map(|birth| date.age_of(birth));
    if held != BTreeSet::from(["Y"]) {
        let old = age.is_some_and(|age| age > 26);
        report.edge("K005", held.contains("Y") && old);
        return;
    }
    match age {
        None => report.not_evaluable("K005", index),
        Some(age) if (18..=26).contains(&age) => report.edge("K005", age == 18 || age == 26),
        Some(_) => report.fail("K005", index),
    }
}

/// K007: a training date on or before the service date, in any row in force.
fn training(index: usize, date: Date, good: &[&Credential], report: &mut Report) {
    let trained = |row: &&&Credential| row.training.is_some_and(|training| training <= date);
    if good.iter().any(|row| trained(&row)) {
        let lacking = good.iter().any(|row| !trained(&row));
        report.edge("K007", lacking || good.iter().any(|row| row.training == Some(date)));
    } else {
        report.fail("K007", index);
    }
}

/// K006: a stint at the billing provider covers the day.
fn employment(run: &Run, index: usize, line: &ServiceLine, report: &mut Report) {
    let Some(stints) = &run.tables.employment else { return };
    let date = line.date();
    let mut at_agency = stints.iter().filter(|stint| {
        stint.practitioner == line.row.rendering_npi
            && stint.billing == line.row.billing_npi
            && covers(stint.start, stint.end, date)
    });
    match at_agency.next() {
        None => report.fail("K006", index),
        Some(stint) => {
            report.edge("K006", stint.start == date || stint.end == Some(date));
        }
    }
}
