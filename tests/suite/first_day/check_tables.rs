//! `check-tables`: every check finds what it looks for, at its rows, and nothing else does.

use super::{WELL, well};
use crate::support::Place;
use peerclaims::table_check::CHECKS;
use serde_json::Value;
use std::collections::BTreeSet;

const RUN: &str = "check-tables tables --as-of 2025-09-30";

/// What is done to a table, and what must then look wrong: check, column, rows.
type Break =
    (&'static str, fn(&str) -> String, &'static [(&'static str, &'static str, &'static [u64])]);

fn adds(text: &str, row: &str) -> String {
    format!("{text}{row}\n")
}

const BREAKS: [Break; 26] = [
    (
        "credentials.csv",
        |text| text.replace("expiration_date", "exp_date"),
        &[("column-not-read", "exp_date", &[])],
    ),
    (
        "credentials.csv",
        |text| adds(text, "1234567893,Z,2024-01-01,,"),
        &[("row-left-out", "designation", &[4])],
    ),
    (
        "employment.csv",
        |text| adds(text, "1234567893,1679576722,2024-02-01,2024-01-31,1,"),
        &[("row-left-out", "end_date", &[4])],
    ),
    (
        "supervision.csv",
        |text| text.replacen(",60", ",x", 1),
        &[("value-blanked", "minutes", &[2])],
    ),
    (
        "authorizations.csv",
        |text| text.lines().next().unwrap_or_default().to_owned() + "\n",
        &[("no-rows", "", &[])],
    ),
    ("supervisors.csv", |text| adds(text, "SUP-1,true,2023-06-01,1"), &[("example-row", "", &[3])]),
    (
        "supervision.csv",
        |text| adds(text, "1234567893,SUP-9,2025-09-10,S1,in_person,individual,60"),
        &[("duplicate-row", "", &[2, 4])],
    ),
    (
        "authorizations.csv",
        |text| text.replace("2026-06-30", "2025-07-31"),
        &[("nothing-in-force", "end_date", &[])],
    ),
    (
        "supervision.csv",
        |text| text.replace("2025-09", "2025-07"),
        &[("ends-early", "session_date", &[])],
    ),
    (
        "employment.csv",
        |text| adds(text, "1234567893,1245319590,2024-02-01,,1,"),
        &[("npi-invalid", "billing_npi", &[4])],
    ),
    (
        "supervision.csv",
        |text| adds(text, "1234567890,SUP-9,2025-09-10,S3,in_person,individual,60"),
        &[
            ("npi-invalid", "practitioner_npi", &[4]),
            ("session-without-employment", "session_date", &[4]),
        ],
    ),
    (
        "credentials.csv",
        |text| adds(text, "1234567893,CPSSP-A,2026-01-14,2026-12-31,"),
        &[("overlap", "effective_date", &[2, 4])],
    ),
    (
        "employment.csv",
        |text| adds(text, "1234567893,1245319599,2025-01-01,,1,"),
        &[("overlap", "start_date", &[2, 4])],
    ),
    (
        "employment.csv",
        |text| adds(text, "1679576722,1245319599,2024-02-01,,1,SUP-9"),
        &[("no-credential", "practitioner_npi", &[4])],
    ),
    (
        "credentials.csv",
        |text| adds(text, "1679576722,A,2024-02-01,,"),
        &[("no-employment", "practitioner_npi", &[4])],
    ),
    (
        "credentials.csv",
        |text| text.replace("2026-01-14", "2025-09-29"),
        &[("credential-ended", "expiration_date", &[2])],
    ),
    (
        "supervision.csv",
        |text| text.replace("SUP-9,2025-09-11", "SUP-8,2025-09-11"),
        &[("unknown-supervisor", "supervisor_id", &[3])],
    ),
    (
        "employment.csv",
        |text| text.replacen("SUP-9", "SUP-8", 1),
        &[("unknown-supervisor", "supervisor_id", &[2])],
    ),
    (
        "supervisors.csv",
        |text| text.replace("true", "false"),
        &[("supervisor-not-qualified", "mental_health_professional", &[2])],
    ),
    (
        "supervisors.csv",
        |text| text.replace("2023-06-01", "2025-09-11"),
        &[("supervisor-not-qualified", "training_date", &[2])],
    ),
    (
        "credentials.csv",
        |text| adds(text, "1234567893,A,2024-01-15,2026-01-14,2023-11-10"),
        &[("duplicate-row", "", &[2, 4])],
    ),
    (
        "supervision.csv",
        |text| text.replace("1245319599,SUP-9", "1245319599,1245319599"),
        &[("unknown-supervisor", "supervisor_id", &[3]), ("own-supervisor", "supervisor_id", &[3])],
    ),
    (
        "supervision.csv",
        |text| adds(text, "1234567893,SUP-9,2025-10-01,S3,phone,group,60"),
        &[("session-in-future", "session_date", &[4])],
    ),
    ("supervision.csv", |text| text.replace("video", "skype"), &[("unknown-mode", "mode", &[3])]),
    (
        "service_plans.csv",
        |text| text.replace("H0038", "H2015"),
        &[("plan-without-procedure", "services", &[2])],
    ),
    (
        "service_plans.csv",
        |text| text.replace("physician,2025-07-01", "nurse,"),
        &[("plan-not-approved", "signer_role", &[2])],
    ),
];

fn report(place: &Place) -> Value {
    let ran = place.run(&format!("{RUN} --format json"));
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[test]
fn nothing_looks_wrong_where_nothing_is() {
    let place = well();
    let ran = place.run(RUN);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("Nothing looks wrong."), "{}", ran.stdout);
    let report = report(&place);
    assert_eq!(report["is_well"], true);
    assert_eq!(report["tables"].as_array().map(Vec::len), Some(6));
    let log = &report["tables"][3];
    assert_eq!((&log["first_day"], &log["last_day"]), (&"2025-09-10".into(), &"2025-09-11".into()));
    assert_eq!(report["tables"][1]["open_rows"], 2);
}

#[test]
fn every_check_finds_what_it_looks_for_and_nothing_else_does() {
    let mut found = BTreeSet::new();
    for (file, change, expected) in BREAKS {
        let place = well();
        let (_, text) = WELL.into_iter().find(|(name, _)| *name == file).expect("a table");
        let changed = change(text);
        assert_ne!(changed, text, "{file}: {expected:?}");
        place.write(&format!("tables/{file}"), changed);
        let report = report(&place);
        let doubts = report["doubts"].as_array().expect("a list");
        let seen: Vec<_> = doubts
            .iter()
            .map(|doubt| {
                let text = |key: &str| doubt[key].as_str().expect("a text").to_owned();
                let rows = doubt["rows"].as_array().expect("a list");
                let rows: Vec<u64> = rows.iter().filter_map(Value::as_u64).collect();
                (text("file"), text("check"), text("column"), rows)
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(check, column, rows)| {
                let (check, column) = ((*check).to_owned(), (*column).to_owned());
                (format!("tables/{file}"), check, column, rows.to_vec())
            })
            .collect();
        assert_eq!(seen, expected, "{file}");
        assert_eq!(report["is_well"], false);
        let ran = place.run(RUN);
        assert_eq!(ran.code, Some(1));
        assert!(ran.stdout.contains("Looks wrong"), "{}", ran.stdout);
        for text in [&ran.stdout, &ran.stderr, &report.to_string()] {
            assert!(!text.contains("MEMBER7"), "{text}");
        }
        found.extend(expected.into_iter().map(|(_, check, ..)| check));
    }
    let known: BTreeSet<String> = CHECKS.iter().map(|check| check.id.to_owned()).collect();
    assert_eq!(found, known, "every check is tried");
    let page = crate::support::repository().join("docs/first-day.md");
    let page = std::fs::read_to_string(page).expect("the page");
    for check in CHECKS {
        assert!(page.contains(&format!("| `{}` | {} |", check.id, check.says)), "{}", check.id);
    }
}

#[test]
fn an_end_the_day_before_is_no_overlap_and_a_revoked_row_ends() {
    let place = well();
    let (_, text) = WELL[0];
    let rows = "1234567893,CPSSP-A,2026-01-15,2026-12-31,\n1234567893,R,2024-01-15,,\n";
    place.write("tables/credentials.csv", format!("{text}{rows}"));
    assert_eq!(place.run(RUN).code, Some(0));
    let header = "practitioner_npi,designation,effective_date,status,status_date\n";
    let rows = "1234567893,A,2024-01-15,revoked,2025-01-01\n1234567893,A,2025-01-01,,\n\
        1245319599,A,2024-01-15,,\n";
    place.write("tables/credentials.csv", format!("{header}{rows}"));
    assert_eq!(place.run(RUN).code, Some(0), "{:?}", place.run(RUN));
}

#[test]
fn tables_that_are_not_given_are_said_and_those_named_are_looked_at() {
    let place = well();
    let ran = place.run("check-tables --credentials tables/credentials.csv --as-of 2025-09-30");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("service_plans not given: P001, P002"), "{}", ran.stdout);
    std::fs::create_dir(place.path("empty")).expect("a folder");
    for run in ["check-tables empty", "check-tables nowhere", "check-tables"] {
        let ran = place.run(run);
        assert!(ran.code == Some(2) && !ran.stderr.is_empty(), "{run}: {ran:?}");
    }
    place.write("tables/credentials.csv", "a,b\n1,2\n");
    assert_eq!(place.run(RUN).code, Some(2));
}

#[test]
fn a_supervisor_trained_late_is_said_with_the_sessions_before_that_and_none_on_the_day() {
    let place = well();
    let trained = |day: &str| WELL[4].1.replace("2023-06-01", day);
    place.write("tables/supervisors.csv", trained("2025-09-10"));
    assert_eq!(place.run(RUN).code, Some(0), "the day of the training counts");
    place.write("tables/supervisors.csv", trained("2025-09-11"));
    let ran = place.run(RUN);
    let says = "1 of 2 sessions before it, the first in row 2 of the log";
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(ran.code == Some(1) && said.contains(says), "{ran:?}");
}

#[test]
fn an_unknown_supervisor_matters_to_the_rule_of_the_table_that_names_it() {
    for (file, from, rule) in
        [("supervision.csv", "SUP-9,2025-09-11", "S003"), ("employment.csv", ",1,SUP-9", "S005")]
    {
        let place = well();
        let (_, text) = WELL.into_iter().find(|(name, _)| *name == file).expect("a table");
        place.write(&format!("tables/{file}"), text.replacen(from, &from.replace('9', "8"), 1));
        let said = place.run(RUN).stdout;
        let other = if rule == "S003" { "S005" } else { "S003" };
        assert!(said.contains(rule) && !said.contains(other), "{file}: {said}");
    }
}
