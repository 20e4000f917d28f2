//! What a run leaves out because it was asked to, or because a name is wrong, is said: no summary
//! of a part looks like one of the whole.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::repository;

fn peerclaims(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.current_dir(folder).args(arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The fixture's night, by paths that hold from anywhere.
fn night() -> [String; 2] {
    let path = |name: &str| repository().join("fixtures/nightly").join(name).display().to_string();
    [path("claims.837"), path("tables")]
}

#[test]
fn days_that_hold_no_claim_are_a_warning_and_stand_in_the_line() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let [claims, tables] = night();
    let audit = |from: &str| {
        let line = ["audit", &claims, "--tables", &tables, "--ignore", "C003", "--summary-line"];
        peerclaims(folder.path(), &[&line[..], &["--from", from, "--out", "papers"]].concat())
    };
    let said = audit("2052-09-01");
    let (line, errors) = (text(&said.stdout), text(&said.stderr));
    assert!(line.contains("; from 2052-09-01 on alone; --ignore C003"), "{line}");
    assert!(
        errors.contains("WARNING: no dated service from 2052-09-01 on: the claims are of"),
        "{errors}"
    );
    let summary = std::fs::read_to_string(folder.path().join("papers/summary.json")).expect("it");
    assert!(summary.contains("from 2052-09-01 on alone are reported"), "{summary}");
    let said = audit("2025-09-01");
    assert!(!text(&said.stderr).contains("WARNING: no "), "{}", text(&said.stderr));
}

#[test]
fn rules_that_were_not_asked_for_are_named() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let [claims, tables] = night();
    let validate = |options: &[&str]| {
        let line = ["validate", &claims, "--tables", &tables];
        text(&peerclaims(folder.path(), &[&line[..], options].concat()).stdout)
    };
    let shown = validate(&["--select", "F,U001"]);
    assert!(shown.contains("--select: only the rules F, U001 are reported"), "{shown}");
    let line = validate(&["--select", "F,U001", "--summary-line"]);
    assert!(line.contains("; --select F,U001; exit"), "{line}");
    assert!(!validate(&["--summary-line"]).contains("--select"));
}

#[test]
fn history_that_is_not_there_is_said_and_no_ledger_begins_without_it() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let [claims, tables] = night();
    std::fs::create_dir(folder.path().join("wrong")).expect("the folder is writable");
    let seeds = [["wrong"], [tables.as_str()]];
    for [history] in seeds {
        let said = peerclaims(
            folder.path(),
            &["ledger", "seed", "--history", history, "--ledger", "z.db"],
        );
        let errors = text(&said.stderr);
        assert_eq!(said.status.code(), Some(2), "{errors}");
        assert!(errors.contains("no claim file there"), "{errors}");
        assert!(!folder.path().join("z.db").exists());
    }
    let line = ["validate", &claims, "--tables", &tables, "--history", "wrong", "--summary-line"];
    let errors = text(&peerclaims(folder.path(), &line).stderr);
    assert!(errors.contains("WARNING: --history wrong: no claim file there"), "{errors}");
}
