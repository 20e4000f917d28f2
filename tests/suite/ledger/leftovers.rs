//! What killed runs leave beside results of other names: half results go, and whole ones that a
//! ledger is still to put in place stay until it has.

use super::Nights;
use super::kill::wait_for;
use crate::support::{Place, Ran};
use std::process::{Child, Command, Stdio};

const ROW: &str = "A1,1,M1,1234567893,H0038,4,2025-09-03\n";

/// A run that waits at the beginning of `phase`, and is killed there.
fn killed(nights: &Nights, line: &str, phase: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.current_dir(nights.place.path("")).args(line.split(' '));
    command.env("PEERCLAIMS_TEST_PHASES", format!("phases,{phase}=60000"));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child: Child = command.spawn().expect("the program starts");
    wait_for(&nights.place, phase);
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    std::fs::remove_file(nights.place.path("phases")).expect("removable");
}

fn left(place: &Place, folder: &str) -> Vec<String> {
    let mut names = place.names(folder);
    names.retain(|name| name.contains("peerclaims-"));
    names
}

fn run(nights: &Nights, line: &str) -> Ran {
    let ran = nights.place.run(&format!("{line} --as-of 2025-09-30"));
    assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
    ran
}

#[test]
fn a_night_removes_what_a_killed_one_of_another_name_left() {
    for phase in ["write", "commit"] {
        let nights = Nights::new();
        nights.place.write("one.csv", format!("{}{ROW}", crate::support::HEADER));
        run(&nights, "validate one.csv --ledger year.db --out results/monday");
        nights.place.write(
            "two.csv",
            format!("{}{ROW}", crate::support::HEADER)
                .replace("A1", "A2")
                .replace("09-03", "09-04"),
        );
        killed(&nights, "validate two.csv --ledger year.db --out results/tuesday", phase);
        let names = left(&nights.place, "results");
        assert!(names.len() == 1 && names[0].starts_with(".tuesday.peerclaims-tmp-"), "{names:?}");
        // Whole results, of which somebody else cannot tell whether they are awaited.
        let ran = run(&nights, "validate two.csv --out results/other");
        let is_kept = ran.stderr.contains("not in place: kept.");
        assert_eq!(is_kept, phase == "commit", "{phase}: {}", ran.stderr);
        let ran = run(&nights, "validate two.csv --ledger year.db --out results/wednesday");
        let is_said =
            ran.stderr.contains(&format!("{}: left by a killed run, was removed", names[0]));
        assert_eq!(is_said, phase == "commit", "{phase}: {}", ran.stderr);
        assert_eq!(left(&nights.place, "results"), [""; 0], "{phase}");
        assert_eq!(nights.status("net"), 2, "{phase}");
    }
}

#[test]
fn results_that_another_ledger_awaits_are_not_taken_for_leftovers() {
    let nights = Nights::new();
    nights.place.write("one.csv", format!("{}{ROW}", crate::support::HEADER));
    run(&nights, "validate one.csv --ledger year.db --out results/zero");
    nights.place.write(
        "two.csv",
        format!("{}{ROW}", crate::support::HEADER).replace("A1", "A2").replace("09-03", "09-04"),
    );
    killed(&nights, "validate two.csv --ledger year.db --out results/one", "committed");
    let policy = crate::support::repository().join("src/policy/builtin.toml");
    std::fs::copy(policy, nights.place.path("policy.toml")).expect("a copy");
    let staged = left(&nights.place, "results");
    assert_eq!(staged.len(), 1, "{staged:?}");
    std::fs::copy(nights.place.path("year.db"), nights.place.path("copy.db")).expect("a copy");
    for line in [
        "validate two.csv --out results/two",
        "validate two.csv --ledger other.db --out results/three",
        "validate two.csv --ledger copy.db --dry-run --out results/four",
        "validate two.csv --ledger year.db --dry-run --out results/five",
        "audit two.csv --out results/six",
        "simulate two.csv --policy policy.toml --ledger year.db --out results/seven",
        "diff results/two results/three --quiet --out results/eight",
    ] {
        let as_of = if line.starts_with("diff") { "" } else { " --as-of 2025-09-30" };
        let ran = nights.place.run(&format!("{line}{as_of}"));
        assert!(matches!(ran.code, Some(0 | 1)), "{line}: {}", ran.stderr);
        let is_there = left(&nights.place, "results") == staged;
        // A look at the ledger puts them in place itself.
        assert!(is_there || nights.place.path("results/one/manifest.json").exists(), "{line}");
    }
    let ran = run(&nights, "validate two.csv --ledger year.db --out results/last");
    assert_eq!(
        nights.place.json("results/one/manifest.json")["ledger"]["run"],
        2,
        "{}",
        ran.stderr
    );
    assert_eq!(left(&nights.place, "results"), [""; 0]);
}

#[test]
fn what_cannot_be_said_after_the_results_are_in_place_changes_no_exit_code() {
    let fixture = crate::support::repository().join("fixtures/nightly/claims.837");
    let mut codes = Vec::new();
    for to in ["/dev/null", "/dev/full", "&-"] {
        let nights = Nights::new();
        std::fs::copy(&fixture, nights.place.path("claims.837")).expect("a copy");
        for command in [
            "validate claims.837 --out out --ledger year.db --split --acks -v",
            "validate claims.837 --out out --ledger year.db --split --acks -v",
            "audit claims.837 --out papers -v",
            "ledger seed --history claims.837 --ledger seeded.db",
        ] {
            let program = env!("CARGO_BIN_EXE_peerclaims");
            let line = format!("exec {program} {command} 2>{to} >{to}");
            let mut shell = Command::new("sh");
            shell.args(["-c", &line]).current_dir(nights.place.path("")).stdin(Stdio::null());
            let done = shell.status().expect("a shell");
            codes.push((to, command, done.code()));
        }
        assert_eq!(nights.place.json("out/manifest.json")["ledger"]["run"], 2, "{to}");
    }
    let heard = codes[..4].to_vec();
    for (number, (to, command, code)) in codes.into_iter().enumerate() {
        assert_eq!(code, heard[number % 4].2, "{command} to {to}");
        assert_ne!(code, Some(2), "{command} to {to}");
    }
}

#[test]
fn a_fault_of_the_program_itself_changes_nothing_and_shows_nothing() {
    let nights = Nights::new();
    nights.place.write("one.csv", format!("{}{ROW}", crate::support::HEADER));
    run(&nights, "validate one.csv --ledger year.db --out out");
    let before = nights.content();
    nights.place.write("claims", "claims of somebody\n");
    for (file, phase) in [("phases", "write"), ("phases", "commit"), ("claims", "prepare")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
        command.current_dir(nights.place.path("")).stdin(Stdio::null());
        command.args("validate one.csv --ledger year.db --out out --as-of 2025-09-30".split(' '));
        command.env("PEERCLAIMS_TEST_PHASES", format!("{file},{phase}=panic"));
        let done = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{phase}: {said}");
        assert!(said.contains("a fault of the program itself, at src/"), "{phase}: {said}");
        assert!(!said.contains("CANARY") && !said.contains("JANE"), "{phase}: {said}");
        assert_eq!(nights.content(), before, "{phase}");
        assert_eq!(left(&nights.place, "."), [""; 0], "{phase}");
    }
    assert_eq!(nights.place.read("claims"), "claims of somebody\n", "no other file is added to");
}
