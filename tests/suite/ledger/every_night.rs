//! `contrib/peerclaims-night`, which cron and systemd start.

use super::Nights;
use crate::support::{HEADER, Ran, repository};
use std::process::Command;

/// Runs the script over the place.
fn night(nights: &Nights) -> Ran {
    let ran = Command::new("sh")
        .arg(repository().join("contrib/peerclaims-night"))
        .arg(nights.place.path("."))
        .env("PEERCLAIMS", env!("CARGO_BIN_EXE_peerclaims"))
        .output()
        .expect("there is a shell");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: ran.status.code(), stdout: text(ran.stdout), stderr: text(ran.stderr) }
}

/// The results of the only night so far, taken away so that the next may come in the same minute.
fn take_results(nights: &Nights) -> Vec<String> {
    let names = nights.place.names("results");
    assert_eq!(names.len(), 1, "{names:?}");
    let folder = nights.place.path("results").join(&names[0]);
    let there = |part: &str| {
        let claims = std::fs::read_to_string(folder.join(part).join("tuesday.csv"));
        let claims = claims.unwrap_or_default();
        claims.lines().skip(1).filter_map(|row| row.split(',').next()).collect::<Vec<_>>().join(" ")
    };
    let parts = vec![there("release"), there("hold")];
    std::fs::remove_dir_all(folder).expect("removable");
    parts
}

#[test]
fn the_script_checks_what_is_there_and_says_only_what_somebody_should_look_at() {
    let nights = Nights::new();
    let fixture =
        |name: &str| std::fs::read(repository().join("fixtures").join(name)).expect("a fixture");
    let ran = night(&nights);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("there is no outbox/"), "{}", ran.stderr);

    std::fs::create_dir_all(nights.place.path("outbox")).expect("writable");
    let ran = night(&nights);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "nothing to do");

    nights.place.write("outbox/tuesday.csv", fixture("three-nights/tuesday.csv"));
    std::fs::create_dir_all(nights.place.path("tables")).expect("writable");
    let ran = night(&nights);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("there is no ledger/year.db"), "{}", ran.stderr);
    assert_eq!(nights.place.names("ledger"), [""; 0], "it begins none");

    nights.place.write("past.csv", fixture("three-nights/monday.csv"));
    std::fs::create_dir_all(nights.place.path("ledger")).expect("writable");
    let seeded = nights.place.run("ledger seed --history past.csv --ledger ledger/year.db");
    assert_eq!(seeded.code, Some(0), "{}", seeded.stderr);
    let ran = night(&nights);
    assert_eq!((ran.code, &*ran.stdout), (Some(0), ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("rules that did not run, for want of a table"), "{}", ran.stderr);
    assert!(ran.stderr.contains("K002") && ran.stderr.lines().count() == 1, "{}", ran.stderr);
    assert_eq!(take_results(&nights), ["T101 T102", "T103"]);

    // What was left in outbox is checked again, and nothing goes out twice.
    assert_eq!(night(&nights).code, Some(0));
    assert_eq!(take_results(&nights), ["", "T103"]);

    nights.place.write("outbox/damaged.837", fixture("damaged/wrong-se01.837"));
    nights.place.write("outbox/cut.837", &fixture("nightly/claims.837")[..2000]);
    let ran = night(&nights);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("could not be read"), "{}", ran.stderr);
    take_results(&nights);

    let ledger = rusqlite::Connection::open(nights.place.path("ledger/year.db")).expect("it opens");
    ledger.execute("UPDATE line SET units = 1 WHERE id = 1", []).expect("it is ours");
    drop(ledger);
    let ran = night(&nights);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("not well"), "{}", ran.stderr);
}

#[test]
fn the_script_removes_what_a_killed_night_left() {
    let nights = Nights::new();
    nights.place.write("outbox/a.csv", format!("{HEADER}A1,1,M1,1234567893,H0038,4,2025-09-03\n"));
    for folder in ["tables", "ledger", "results/.2025-09-02T0100.peerclaims-tmp-4000000000"] {
        std::fs::create_dir_all(nights.place.path(folder)).expect("writable");
    }
    nights.place.write("results/.2025-09-02T0100.peerclaims-tmp-4000000000/findings.csv", "half");
    nights.place.write("past.csv", format!("{HEADER}P1,1,M1,1234567893,H0038,4,2025-08-03\n"));
    let seeded = nights.place.run("ledger seed --history past.csv --ledger ledger/year.db");
    assert_eq!(seeded.code, Some(0), "{}", seeded.stderr);
    assert_eq!(night(&nights).code, Some(0));
    let names = nights.place.names("results");
    assert!(names.len() == 1 && !names[0].starts_with('.'), "{names:?}");
}

#[test]
fn claims_that_no_ledger_knows_go_out_again_and_are_said() {
    let nights = Nights::new();
    let header = HEADER;
    let own = "T1,1,M1,1245319599,H0038,1,2025-09-12\n";
    let other = "T2,1,M2,1245319599,99213,1,2025-09-12\n";
    for (rows, expected) in [(format!("{own}{other}"), "T2"), (own.to_owned(), "")] {
        nights.place.write("tuesday.csv", format!("{header}{rows}"));
        let line = "validate tuesday.csv --ledger l.db --split --out results --as-of 2025-09-30";
        let first = nights.place.run(line);
        assert!(!first.stderr.contains("processed before, and"), "{first:?}");
        let again = nights.place.run(line);
        let released = nights.place.names("results/release");
        assert_eq!(released.is_empty(), expected.is_empty(), "{released:?}");
        let said =
            "WARNING: tuesday.csv: this file was processed before, and release/ holds claims";
        assert_eq!(again.stderr.contains(said), !expected.is_empty(), "{again:?}");
        std::fs::remove_file(nights.place.path("l.db")).expect("removed");
    }
    // The script says it too, though it says little.
    std::fs::create_dir_all(nights.place.path("tables")).expect("writable");
    nights.place.write("outbox/tuesday.csv", format!("{header}{own}{other}"));
    nights.place.run("validate outbox --ledger ledger/year.db --split --out first");
    std::fs::create_dir_all(nights.place.path("ledger")).expect("writable");
    nights.place.run("validate outbox --ledger ledger/year.db --split --out first");
    let ran = night(&nights);
    assert!(ran.stderr.contains("outbox/tuesday.csv: this file was processed before"), "{ran:?}");
}
