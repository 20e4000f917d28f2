//! Where what is said cannot be written: the exit code says what was done all the same.

use super::well;
use crate::support::Place;
use std::fs::OpenOptions;
use std::process::{Command, Stdio};

const FULL: &str = "/dev/full";

fn command(place: &Place, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.current_dir(place.path("")).args(line.split_whitespace());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn code(command: &mut Command) -> Option<i32> {
    command.status().expect("the program starts").code()
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open(FULL).expect("a full device").into()
}

/// A pipe of which nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

/// Two runs that differ, tables with a fault, a file with damage, and a policy that is none.
fn place() -> Place {
    let place = well();
    let row = |units: u32| format!("A,1,M,1245319599,H0038,{units},2025-09-12\nx\n");
    for (name, units) in [("a", 1), ("b", 9)] {
        place.write(&format!("{name}.csv"), format!("{}{}", crate::support::HEADER, row(units)));
        place.run(&format!("validate {name}.csv --tables tables --as-of 2025-09-30 --out {name}"));
    }
    place.write("faulty/employment.csv", "practitioner_npi,billing_npi,start_date\n1,2,3\n");
    place.write("policy.toml", "nonsense = 1\n");
    place.write("other.toml", "[[limits]]\nfrom = 2012-01-01\ndaily_units = 3\nannual_units = 9\n");
    place
}

#[test]
fn a_reader_who_has_seen_enough_does_not_change_the_exit_code() {
    let place = place();
    place.write("changed/manifest.json", place.read("a/manifest.json"));
    for (line, expected) in [
        ("diff a b", 1),
        ("diff a b --format csv", 1),
        ("diff a b --format json", 1),
        ("check-tables faulty", 1),
        ("check-tables faulty --format json", 1),
        ("upcoming --tables faulty", 3),
        ("verify changed", 1),
        ("inspect a.csv", 3),
        ("simulate b.csv --tables tables --policy other.toml", 3),
        ("policy check policy.toml", 1),
        ("policy check policy.toml --format json", 1),
        ("validate b.csv --tables tables", 3),
        ("audit b.csv --tables tables", 3),
        ("rules", 0),
    ] {
        assert_eq!(code(&mut command(&place, line)), Some(expected), "{line}");
        let ended = code(command(&place, line).stdout(closed()));
        assert_eq!(ended, Some(expected), "{line} | head");
    }
}

#[test]
fn what_is_done_is_no_failure_because_nobody_can_be_told() {
    let place = place();
    for (line, expected, made) in [
        ("validate a.csv --tables tables --out r --ledger l.db", 3, "r/manifest.json"),
        ("audit a.csv --tables tables --out p", 3, "p/manifest.json"),
        ("generate --lines 100 --out set", 0, "set/claims.csv"),
        ("init new", 0, "new/credentials.csv"),
        ("diff a b --out d", 1, "d/manifest.json"),
        ("simulate b.csv --tables tables --policy other.toml --out s", 3, "s/manifest.json"),
    ] {
        let ended = code(command(&place, line).stdout(full()).stderr(full()));
        assert_eq!(ended, Some(expected), "{line}");
        assert!(place.path(made).is_file(), "{line}: {made}");
    }
    // A result that nobody got is one that was not done.
    let ended = code(command(&place, "validate a.csv --tables tables --out -").stdout(full()));
    assert_eq!(ended, Some(2));
    assert_eq!(code(command(&place, "diff a b").stdout(full())), Some(2));
}

#[test]
fn a_version_or_a_help_that_nobody_got_is_said() {
    let place = Place::new();
    for line in ["--version", "--help", "validate --help", "ledger --help"] {
        assert_eq!(code(&mut command(&place, line)), Some(0), "{line}");
        assert_eq!(code(command(&place, line).stdout(closed())), Some(0), "{line} | head");
        let ran = command(&place, line).stdout(full()).stderr(Stdio::piped()).output();
        let ran = ran.expect("the program starts");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{line} > {FULL}: {said}");
        assert!(said.contains("No space left"), "{line}: {said}");
    }
}

#[test]
fn a_summary_line_that_is_lost_is_said() {
    let place = place();
    for (line, expected) in [
        ("validate a.csv --tables tables --out r --summary-line", 3),
        ("audit a.csv --tables tables --out r --summary-line", 3),
        ("simulate b.csv --tables tables --policy other.toml --out r --summary-line", 3),
    ] {
        let ran = command(&place, line).stdout(full()).stderr(Stdio::piped()).output();
        let ran = ran.expect("the program starts");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(expected), "{line}: {said}");
        assert!(said.contains("done, but standard output cannot be written"), "{line}: {said}");
    }
}
