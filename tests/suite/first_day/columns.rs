//! Optional columns under other names: nothing fails of them, so every command says them.

use super::{WELL, well};
use crate::support::{HEADER, Place};
use serde_json::Value;

/// Suspended, and past its end, under names that are not read.
const CREDENTIALS: &str = "\
    practitioner_npi,designation,effective_date,expiry_date,stauts,nickname\n\
    1234567893,A,2024-01-15,2025-01-14,suspended,Bo\n1245319599,CPSSP-A,2024-01-15,,,\n";

fn slipped() -> Place {
    let place = well();
    place.write("tables/credentials.csv", CREDENTIALS);
    let header = HEADER.trim_end().to_owned() + ",rendering_npi,patient_paid_amt,recieved_date\n";
    let row = "A,1,M,1245319599,H0038,1,2025-09-12,1234567893,20.00,2025-09-20\n";
    place.write("claims.csv", format!("{header}{row}"));
    place
}

#[test]
fn every_command_over_claims_says_columns_that_were_perhaps_meant() {
    let place = slipped();
    place.write("policy.toml", "[units]\nnear_annual_percent = 80\n");
    place.write("more.csv", place.read("claims.csv").replace("\nA,", "\nB,"));
    let options = "--tables tables --as-of 2025-09-30 --out";
    for command in [
        format!("validate claims.csv more.csv {options} out-1"),
        format!("audit claims.csv more.csv {options} out-2"),
        format!("simulate claims.csv more.csv --policy policy.toml {options} out-3"),
    ] {
        let ran = place.run(&command);
        let said = |text: &str| assert!(ran.stderr.contains(text), "{text}: {ran:?}");
        said("WARNING: tables/credentials.csv: the columns ");
        said("expiry_date (is it expiration_date?)");
        said("stauts (is it status?)");
        said("under [columns.credentials] of the configuration");
        said("WARNING: claims.csv and one file more: the columns ");
        said("recieved_date (is it received_date?)");
        said("patient_paid_amt (is it patient_paid_amount?)");
        assert!(!ran.stderr.contains("nickname ("), "like nothing: {}", ran.stderr);
    }
    for summary in ["out-1/summary.json", "out-2/summary.json"] {
        let notes = place.json(summary)["notes"].to_string();
        let all = "passed over: expiry_date, stauts, nickname";
        assert!(notes.contains(all), "{notes}");
        assert!(notes.contains("credentials.csv: no column expiration_date, status, "), "{notes}");
        assert!(!notes.contains("supervisors.csv: "), "it lacks none: {notes}");
        assert_eq!(notes.matches("claims.csv and one file more: no column").count(), 1);
    }
    let quiet = place.run("validate claims.csv --tables tables --out out-4 --quiet");
    assert_eq!(quiet.stderr, "");
    let line = place.run("validate claims.csv --tables tables --out out-4 --summary-line");
    assert!(line.stdout.contains("warning"), "{line:?}");
}

#[test]
fn the_tables_are_looked_at_for_them() {
    let place = slipped();
    let ran = place.run("check-tables tables --as-of 2025-09-30 --format json");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let doubts = report["doubts"].as_array().expect("a list");
    let found = |theirs: &str, ours: &str| {
        doubts.iter().any(|doubt| {
            doubt["check"] == "column-not-read"
                && doubt["column"] == theirs
                && doubt["detail"].as_str().is_some_and(|detail| detail.contains(ours))
        })
    };
    assert!(found("stauts", "status") && found("expiry_date", "expiration_date"), "{report}");
    assert!(!doubts.iter().any(|doubt| doubt["column"] == "nickname"), "{report}");
    let absent = report["tables"][0]["columns_absent"].to_string();
    assert!(absent.contains("\"status_date\""), "{absent}");
    let ran = place.run("check-tables tables --as-of 2025-09-30");
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("passed over: expiry_date, stauts, nickname"), "{words}");
}

#[test]
fn inspect_names_what_is_passed_over() {
    let place = slipped();
    let ran = place.run("inspect claims.csv");
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("2 columns: patient_paid_amt, recieved_date"), "{words}");
    assert!(words.contains("recieved_date (is it received_date?)"), "{words}");
    assert!(words.contains("optional, not there frequency_code, "), "{words}");
    let ran = place.run("inspect claims.csv --format json");
    let seen: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(seen["columns_unread"].to_string(), r#"["patient_paid_amt","recieved_date"]"#);
}

#[test]
fn a_column_that_is_mapped_is_no_slip() {
    let place = slipped();
    let map = "[columns.credentials]\nexpiration_date = 'expiry_date'\nstatus = 'stauts'\n\
        [columns.claims]\npatient_paid_amount = 'patient_paid_amt'\n\
        received_date = 'recieved_date'\n";
    place.write("peerclaims.toml", map);
    let ran = place.run("validate claims.csv --tables tables --out out");
    assert!(!ran.stderr.contains("is it"), "{ran:?}");
    assert_eq!(place.rules_found("out").iter().filter(|rule| *rule == "K003").count(), 1);
}

#[test]
fn the_nearest_is_none_that_is_found_already() {
    let place = well();
    let header = "practitioner_npi,billing_npi,start,end_date\n";
    let rows = WELL[1].1.lines().skip(1).map(|row| row.rsplitn(3, ',').last().unwrap_or_default());
    let rows: Vec<&str> = rows.collect();
    place.write("tables/employment.csv", format!("{header}{}\n", rows.join("\n")));
    let ran = place.run("check-tables tables");
    assert!(ran.stderr.contains("`start_date` (did you mean `start`?)"), "{ran:?}");
    assert_eq!(ran.code, Some(2));
    place.write("tables/employment.csv", format!("{}{}", header.replace("start", "zz"), rows[0]));
    let ran = place.run("check-tables tables");
    assert!(ran.stderr.contains("`start_date`") && !ran.stderr.contains("did you"), "{ran:?}");
}
