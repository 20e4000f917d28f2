//! `ledger prune`: what is old goes for good, and nothing of this year by mistake.

use super::Nights;
use super::commands::two_nights;
use crate::support::columns;

#[test]
fn prune_takes_old_families_away_for_good() {
    let nights = two_nights();
    let ran = nights.ledger("prune --before 2025-01-01 --even-this-year");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("2 service lines"), "{}", ran.stdout);
    for name in ["year.db", "year.db-wal"] {
        let bytes = std::fs::read(nights.place.path(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("MEMBER-1"), "{name} still holds what was pruned");
    }
    assert_eq!((nights.status("lines"), nights.status("runs")), (1, 3));
    let check = nights.ledger("check");
    assert_eq!(check.code, Some(0), "{}", check.stdout);
    let undo = nights.ledger("undo 3");
    assert_eq!(undo.code, Some(2));
    assert!(undo.stderr.contains("is a prune"), "{}", undo.stderr);
    let export = nights.ledger("export").stdout;
    assert_eq!(columns(&export, &["claim_id"]), [["B"]]);
}

#[test]
fn what_people_said_of_pruned_claims_goes_too() {
    let nights = Nights::new();
    let held = "SECRET-CLAIM,1,MEMBER-1,1234567893,H0038,9,2024-09-03\n";
    nights.run("one.csv", held, "--ignore C007");
    let decided = nights.ledger("release SECRET-CLAIM --reason REASON-TEXT --by me");
    assert_eq!(decided.code, Some(0), "{}", decided.stderr);
    nights.again("one.csv", "--ignore C007");
    assert_eq!(nights.dispositions(), ["SECRET-CLAIM release"]);
    let kept = "KEPT,1,MEMBER-2,1234567893,H0038,9,2025-09-04\n";
    nights.run("two.csv", kept, "");
    assert_eq!(nights.ledger("hold KEPT --reason OTHER-TEXT").code, Some(0));
    let ran = nights.ledger("prune --before 2025-01-01 --even-this-year");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("1 decisions on them"), "{}", ran.stdout);
    let bytes = std::fs::read(nights.place.path("year.db")).expect("the ledger");
    let text = String::from_utf8_lossy(&bytes);
    for gone in ["SECRET-CLAIM", "REASON-TEXT", "MEMBER-1"] {
        assert!(!text.contains(gone), "{gone} is still there");
    }
    assert!(text.contains("OTHER-TEXT"), "a decision that still counts stays");
    let check = nights.ledger("check");
    assert_eq!(check.code, Some(0), "{}", check.stdout);
    // What no prune took away is missed.
    let ledger = rusqlite::Connection::open(nights.place.path("year.db")).expect("it opens");
    ledger.execute("UPDATE run SET manifest = '' WHERE id = 4", []).expect("it is ours");
    drop(ledger);
    assert_eq!(nights.ledger("check").code, Some(1));
}

#[test]
fn this_year_is_pruned_only_by_name() {
    let nights = two_nights();
    let before = nights.content();
    let ran = nights.ledger("prune --before 2200-01-01");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--even-this-year"), "{}", ran.stderr);
    let ran = nights.ledger("prune --before 2001-01-01");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("nothing is as old as that"), "{}", ran.stdout);
    assert_eq!(nights.content(), before, "no run that did nothing");
    assert_eq!(nights.ledger("prune --before 2200-01-01 --even-this-year").code, Some(0));
    assert_eq!(nights.status("lines"), 0);
}

/// The counter of acknowledgements stands in manifests, which a prune may take.
#[test]
fn the_counter_of_acknowledgements_outlives_a_prune() {
    let nights = Nights::new();
    let fixtures = crate::support::repository().join("fixtures/nightly");
    let bytes = std::fs::read(fixtures.join("claims.837")).expect("a fixture");
    nights.place.write("claims.837", bytes);
    let line = "validate claims.837 --acks --out out --ledger year.db --quiet";
    assert_eq!(nights.place.run(line).code, Some(1));
    assert_eq!(nights.ledger("release N004 --reason looked").code, Some(0));
    assert_eq!(nights.place.run(line).code, Some(1));
    let numbers = |nights: &Nights| -> Vec<Option<i64>> {
        let ledger = rusqlite::Connection::open(nights.place.path("year.db")).expect("it opens");
        let select = "SELECT CASE WHEN json_valid(manifest) THEN \
             json_extract(manifest, '$.ledger.last_control_number') END FROM run ORDER BY id";
        let mut statement = ledger.prepare(select).expect("SQL");
        let found = statement.query_map([], |row| row.get(0)).expect("rows");
        found.map(|number| number.expect("a number")).collect()
    };
    let before = numbers(&nights);
    assert!(before[2].is_some() && before[2] > before[0], "{before:?}");
    let ran = nights.ledger("prune --before 2200-01-01 --even-this-year");
    assert!(ran.stdout.contains("and 1 decisions on them"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(numbers(&nights)[2..], [None, before[2]], "that run's manifest named the decision");
    let check = nights.ledger("check");
    assert_eq!(check.code, Some(0), "{}", check.stdout);
}
