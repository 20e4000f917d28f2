//! The invented nights in `fixtures/`: what the program finds is what was worked out by hand.

use crate::support::{Place, Ran, assert_words, columns, repository};

/// What the lists of expected findings hold.
const FINDING: [&str; 5] = ["rule", "outcome", "claim_id", "line_number", "excess_units"];
const TABLES: &str = "--tables fixtures/nightly/tables";
const HISTORY: &str = "--history fixtures/nightly/history";

/// Runs `validate` where the fixtures can be seen under their names.
fn validate(arguments: &str) -> (Place, Ran) {
    let place = Place::new();
    std::os::unix::fs::symlink(repository().join("fixtures"), place.path("fixtures"))
        .expect("the folder is writable");
    let ran = place.run(&format!("validate --out out {arguments}"));
    (place, ran)
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(repository().join("fixtures").join(name)).expect("a fixture")
}

fn findings(place: &Place) -> Vec<Vec<String>> {
    columns(&place.read("out/findings.csv"), &FINDING)
}

fn expected(name: &str) -> Vec<Vec<String>> {
    columns(&fixture(name), &FINDING)
}

/// No talk names a member: every member id of the fixtures begins alike.
fn assert_discreet(ran: &Ran) {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("MSM0"), "a member id was said: {said}");
}

#[test]
fn the_night_as_x12() {
    let (place, ran) = validate(&format!("fixtures/nightly/claims.837 {TABLES} {HISTORY}"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(findings(&place), expected("nightly/expected.csv"));
    assert_discreet(&ran);
    let names = ["claim_id", "disposition"];
    let dispositions = columns(&fixture("nightly/expected-dispositions.csv"), &names);
    assert_eq!(columns(&place.read("out/claims.csv"), &names), dispositions);
}

/// Word for word, with the evidence; `UPDATE_WORDS=1` writes them anew.
#[test]
fn the_words_of_the_night() {
    let line = format!("fixtures/nightly/claims.837 {TABLES} {HISTORY} --format csv,json");
    let (place, _) = validate(&line);
    assert_words("fixtures/nightly/expected-findings.jsonl", &place.read("out/findings.jsonl"));
}

#[test]
fn the_counts_of_the_night() {
    let (place, _) = validate(&format!("fixtures/nightly/claims.837 {TABLES} {HISTORY}"));
    let summary = place.json("out/summary.json");
    let current = [
        ("claims", 76),
        ("service_lines", 167),
        ("peer_support_lines", 163),
        ("left_out", 0),
        ("passed_over", 4),
        ("denied_records", 0),
        ("repeated_records", 1),
        ("conflicting_records", 1),
        ("corrected_away", 1),
        ("checked", 160),
        ("untested_filing", 150),
        ("bad_rows", 0),
    ];
    for (key, count) in current {
        assert_eq!(summary[key], count, "{key}");
    }
    let history = [
        ("service_lines", 113),
        ("passed_over", 1),
        ("denied_records", 2),
        ("repeated_records", 5),
        ("corrected_away", 4),
        ("checked", 101),
    ];
    for (key, count) in history {
        assert_eq!(summary["history"][key], count, "history {key}");
    }
    assert_eq!(summary["as_of"], "2025-09-15");
    let excess = serde_json::json!({ "P004": 3, "U001": 9, "U002": 9 });
    assert_eq!(summary["excess_units"], excess);
    assert_eq!(summary["rules_not_run"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_night_as_csv_gives_the_same_but_for_c010() {
    let claims = "fixtures/nightly/claims.csv --as-of 2025-09-15";
    let (place, ran) = validate(&format!("{claims} {TABLES} {HISTORY}"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let mut of_x12 = expected("nightly/expected.csv");
    of_x12.retain(|row| row[0] != "C010");
    assert_eq!(findings(&place), of_x12);
    let names = ["claim_id", "disposition"];
    let mut dispositions = columns(&fixture("nightly/expected-dispositions.csv"), &names);
    for row in dispositions.iter_mut().filter(|row| row[0] == "N021") {
        row[1] = "release".to_string();
    }
    assert_eq!(columns(&place.read("out/claims.csv"), &names), dispositions);
    assert_discreet(&ran);
}

#[test]
fn late_claims_and_records_that_repeat() {
    let (place, ran) = validate(&format!("fixtures/nightly/late.csv {TABLES}"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(findings(&place), expected("nightly/late.expected.csv"));
    let summary = place.json("out/summary.json");
    let counts = [
        ("service_lines", 10),
        ("denied_records", 1),
        ("repeated_records", 1),
        ("conflicting_records", 1),
        ("corrected_away", 1),
        ("checked", 6),
        ("untested_filing", 1),
    ];
    for (key, count) in counts {
        assert_eq!(summary[key], count, "{key}");
    }
    assert_discreet(&ran);
}

#[test]
fn damaged_files_are_read_as_far_as_they_can_be() {
    let list = columns(&fixture("damaged/expected.csv"), &["file"]);
    let all = expected("damaged/expected.csv");
    let cases = [
        ("bad-row.csv", 3, "row 3"),
        ("wrong-se01.837", 0, "segment 33"),
        ("missing-iea.837", 3, ""),
        ("institutional-set.837", 0, ""),
    ];
    for (file, code, position) in cases {
        let (place, ran) = validate(&format!("fixtures/damaged/{file} {TABLES}"));
        assert_eq!(ran.code, Some(code), "{file}: {}", ran.stderr);
        let of_file = list.iter().zip(&all).filter(|(name, _)| name[0] == file);
        let wanted: Vec<Vec<String>> = of_file.map(|(_, row)| row.clone()).collect();
        assert_eq!(findings(&place), wanted, "{file}");
        let places = columns(&place.read("out/findings.csv"), &["position"]);
        assert!(places[0][0].starts_with(position), "{file}: {}", places[0][0]);
        assert_discreet(&ran);
    }
}

#[test]
fn the_night_without_out_is_a_page_that_names_no_member() {
    let place = Place::new();
    let root = repository().display();
    let fixtures = format!("{root}/fixtures/nightly");
    let ran = place.run(&format!(
        "validate {fixtures}/claims.837 --tables {fixtures}/tables --history {fixtures}/history"
    ));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stdout.contains("as of 2025-09-15"), "{}", ran.stdout);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    assert_discreet(&ran);
    assert!(place.names(".").is_empty(), "something was written");
}
