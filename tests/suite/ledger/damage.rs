//! Files that are no ledger, newer, cut short or damaged: a clear error, and the file untouched.

use super::Nights;
use rusqlite::Connection;

fn with_ledger() -> Nights {
    let nights = Nights::new();
    let rows = |first: u32| -> String {
        let rows = (first..first + 400)
            .map(|number| format!("C{number},1,M{number},1234567893,H0038,4,2025-09-03\n"));
        rows.collect()
    };
    assert_eq!(nights.run("one.csv", &rows(0), "").code, Some(0));
    assert_eq!(nights.run("two.csv", &rows(1000), "").code, Some(0));
    nights
}

/// Runs what changes and what looks, and holds that nothing was touched.
fn refused(nights: &Nights, said: &str) {
    let path = nights.place.path("year.db");
    let before = std::fs::read(&path).expect("the file");
    for ran in [nights.again("one.csv", ""), nights.ledger("status"), nights.ledger("check")] {
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert!(std::fs::read(&path).expect("the file") == before, "{said}: the file was touched");
}

#[test]
fn other_files_are_refused() {
    let nights = with_ledger();
    let ledger = std::fs::read(nights.place.path("year.db")).expect("a ledger");
    nights.place.write("year.db", "claim_id,line_number\n");
    refused(&nights, "not a ledger of peerclaims; it was not touched");
    nights.place.write("year.db", "");
    refused(&nights, "an empty file, not a ledger");
    nights.place.write("year.db", &ledger[..ledger.len() / 2]);
    refused(&nights, "this ledger is damaged (it is cut short)");
    nights.place.write("year.db", &ledger[..50]);
    refused(&nights, "this ledger is damaged (it is cut short)");
    std::fs::remove_file(nights.place.path("year.db")).expect("removable");
    let other = Connection::open(nights.place.path("year.db")).expect("an SQLite file");
    other.execute_batch("CREATE TABLE t (a)").expect("a table");
    drop(other);
    refused(&nights, "an SQLite file of another program");
    nights.place.write("year.db", &ledger);
    let newer = Connection::open(nights.place.path("year.db")).expect("the ledger");
    newer.pragma_update(None, "user_version", 99).expect("a version");
    drop(newer);
    refused(&nights, "written by a newer peerclaims (schema 99, this program knows 1)");
}

#[test]
fn a_missing_ledger_is_said_by_what_only_looks() {
    let nights = Nights::new();
    for line in
        ["status", "runs", "check", "export", "members", "undo 1", "prune --before 2020-01-01"]
    {
        let ran = nights.ledger(line);
        assert_eq!(ran.code, Some(2), "{line}");
        assert!(ran.stderr.contains("there is no such ledger"), "{line}: {}", ran.stderr);
    }
    assert!(!nights.place.path("year.db").exists());
    assert_eq!(nights.place.run("ledger status").code, Some(2), "it must be named");
}

/// A page that is overwritten with noise: a run that meets it posts nothing, and `check` sees it.
#[test]
fn a_damaged_page_is_never_taken_for_data() {
    let nights = with_ledger();
    let path = nights.place.path("year.db");
    let ledger = std::fs::read(&path).expect("a ledger");
    let pages = ledger.len() / 4096;
    let mut seen = 0;
    for page in 1..pages {
        let mut damaged = ledger.clone();
        damaged[page * 4096..page * 4096 + 200].fill(0xa5);
        std::fs::write(&path, &damaged).expect("writable");
        let check = nights.ledger("check");
        if check.code == Some(0) {
            continue; // bytes that nothing uses
        }
        seen += 1;
        let ran = nights.again("one.csv", "");
        match ran.code {
            // Met: said, nothing posted.
            Some(2) => {
                assert!(ran.stderr.contains("damaged"), "page {page}: {}", ran.stderr);
                assert!(std::fs::read(&path).expect("the file") == damaged, "page {page}");
            }
            // Not met: this run had no need of the page.
            Some(0) => {}
            other => panic!("page {page}: {other:?} {}", ran.stderr),
        }
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    }
    assert!(seen > pages / 2, "{seen} of {pages}");
}
