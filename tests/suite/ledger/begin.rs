//! A ledger is begun where a run is posted, and nowhere else; and it is said.

use super::Nights;
use crate::support::HEADER;

const ROW: &str = "A,1,M1,1234567893,H0038,4,2025-09-03\n";

#[test]
fn a_run_that_could_not_be_done_begins_no_ledger() {
    let nights = Nights::new();
    nights.place.write("bad.csv", "claim_id,line_number\n1,1\n");
    nights.place.write("good.csv", format!("{HEADER}{ROW}"));
    for line in [
        "validate missing.csv --ledger new.db",
        "validate bad.csv --ledger new.db --out out",
        "validate good.csv --ledger new.db --tables missing",
        "validate good.csv --ledger new.db --out good.csv",
        "ledger seed --history missing.csv --ledger new.db",
        "ledger seed --history bad.csv --ledger new.db",
    ] {
        let ran = nights.place.run(line);
        assert_eq!(ran.code, Some(2), "{line}: {}", ran.stderr);
        assert_eq!(nights.place.names("."), ["bad.csv", "good.csv"], "{line}");
    }
}

#[test]
fn a_new_ledger_is_said() {
    let nights = Nights::new();
    let said = "year.db: there was none; a new ledger was begun";
    let first = nights.run("one.csv", ROW, "");
    assert!(first.stderr.contains(said), "{}", first.stderr);
    let noted = |nights: &Nights| nights.place.read("out/summary.json").contains("new ledger was");
    assert!(noted(&nights));
    let second = nights.again("one.csv", "");
    assert!(!second.stderr.contains(said) && !noted(&nights), "{}", second.stderr);
    std::fs::remove_file(nights.place.path("year.db")).expect("removable");
    let quiet = nights.again("one.csv", "--quiet");
    assert!(quiet.stderr.is_empty() && noted(&nights), "{}", quiet.stderr);
    let seeded = nights.place.run("ledger seed --history one.csv --ledger other.db");
    assert!(seeded.stderr.contains("a new ledger was begun"), "{}", seeded.stderr);
}

#[test]
fn a_link_to_no_ledger_yet_is_where_it_points() {
    let nights = Nights::new();
    nights.place.write("real/keep", "");
    let link = nights.place.path("year.db");
    std::os::unix::fs::symlink("real/year.db", &link).expect("a link");
    nights.run("one.csv", ROW, "");
    assert!(std::fs::symlink_metadata(&link).expect("it is there").is_symlink());
    assert_eq!(nights.place.names("real"), ["keep", "year.db", "year.db-lock"]);
    assert_eq!((nights.status("lines"), nights.ledger("check").code), (1, Some(0)));
}

#[test]
fn a_missing_folder_is_said() {
    let nights = Nights::new();
    nights.place.write("one.csv", format!("{HEADER}{ROW}"));
    let ran = nights.place.run("validate one.csv --ledger missing/year.db");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("there is no folder"), "{}", ran.stderr);
    assert!(ran.stderr.contains("missing; make it"), "{}", ran.stderr);
}
