//! Generated sets: the engine finds exactly what was planted, in CSV and X12, night by night.
//!
//! `PEERCLAIMS_GENERATED_SEEDS=n` sets how many seeds are tried (default 50); a failure names its
//! seed, and `peerclaims generate --lines 20000 --seed N --format csv,x12` makes the set again.

use peerclaims::synthetic::{self, Request};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Rules that a claim CSV can break; damage of the envelope is planted in X12 alone, F003 needs a
/// ledger, C010 a total of its own.
const NOT_IN_CSV: [&str; 5] = ["C010", "F001", "F002", "F003", "F004"];
/// Rules that the wire cannot break: it has no received date, and a row is always long enough.
const NOT_IN_X12: [&str; 2] = ["C007", "F003"];

type Row = [String; 6];

/// Rule, outcome, claim id, line number, billing NPI, excess units of each row of a CSV.
fn rows(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().expect("a header").clone();
    let place = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let places =
        ["rule", "outcome", "claim_id", "line_number", "billing_npi", "excess_units"].map(place);
    let read = |record: csv::StringRecord| {
        let row = places.map(|place| record[place].to_owned());
        // What damage is expected says no claim.
        if row[0].starts_with('F') {
            [&row[0], &row[1], "", "", "", ""].map(str::to_owned)
        } else {
            row
        }
    };
    reader.records().map(|record| read(record.expect("a row"))).collect()
}

fn found(folder: &Path, claims: &[&str], history: &[String]) -> Vec<Row> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.current_dir(folder).arg("validate").args(claims).args(["--tables", "tables"]);
    if !history.is_empty() {
        command.arg("--history").args(history);
    }
    let output = command.args(["--out", "-", "--quiet"]).output().expect("the program runs");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() != Some(2), "{claims:?}: {talk}");
    rows(&output.stdout)
}

fn expected(folder: &Path, name: &str) -> Vec<Row> {
    rows(&std::fs::read(folder.join(name)).expect("expected findings"))
}

fn compare(what: &str, expected: &[Row], found: &[Row]) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let only = |left: &[Row], right: &[Row]| -> Vec<Row> {
        left.iter().filter(|row| !right.contains(row)).take(5).cloned().collect()
    };
    Err(format!(
        "{what}: {} findings expected, {} found\n  expected only {:?}\n  found only {:?}",
        expected.len(),
        found.len(),
        only(expected, found),
        only(found, expected),
    ))
}

fn all_rules_but(left_out: &[&str]) -> BTreeSet<String> {
    let ids = peerclaims::rules::registry::RULES.iter().map(|rule| rule.id.to_owned());
    ids.filter(|id| !left_out.contains(&id.as_str())).collect()
}

/// Whether every rule but those is planted, and none of those.
fn all_planted(shape: &str, rows: &[Row], left_out: &[&str]) -> Result<(), String> {
    let planted: BTreeSet<String> = rows.iter().map(|row| row[0].clone()).collect();
    let wanted = all_rules_but(left_out);
    let missing: Vec<_> = wanted.difference(&planted).cloned().collect();
    if !missing.is_empty() {
        return Err(format!(
            "{} in the registry, but no story plants it in {shape}: add one to \
             src/synthetic/stories and the id to RULES in src/synthetic/world.rs, or say here why \
             {shape} cannot break it (CONTRIBUTING.md, \"Add a rule\")",
            missing.join(", ")
        ));
    }
    let surplus: Vec<_> = planted.difference(&wanted).cloned().collect();
    if surplus.is_empty() {
        return Ok(());
    }
    Err(format!("{} planted in {shape}, which cannot break it", surplus.join(", ")))
}

#[test]
fn a_rule_without_a_story_is_named_with_what_to_do() {
    let row = |id: &str| [id, "fail", "", "", "", ""].map(str::to_owned);
    let mut rows: Vec<Row> = all_rules_but(&NOT_IN_CSV).iter().map(|id| row(id)).collect();
    assert_eq!(all_planted("the CSV", &rows, &NOT_IN_CSV), Ok(()));
    let taken_out = rows.remove(2)[0].clone();
    let said = all_planted("the CSV", &rows, &NOT_IN_CSV).expect_err("a rule is not planted");
    let expected = format!("{taken_out} in the registry, but no story plants it in the CSV");
    assert!(said.starts_with(&expected), "{said}");
    rows.extend([row(&taken_out), row("F003")]);
    let said = all_planted("the CSV", &rows, &NOT_IN_CSV).expect_err("one too many");
    assert_eq!(said, "F003 planted in the CSV, which cannot break it");
}

fn one_seed(seed: u64) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    let request = Request { seed, csv: true, x12: true, ..Request::default() };
    synthetic::generate(&request, folder.path(), &|_| {}).map_err(|error| error.to_string())?;
    let in_csv = expected(folder.path(), "expected_findings.csv");
    let in_x12 = expected(folder.path(), "expected_findings_x12.csv");
    all_planted("the CSV", &in_csv, &NOT_IN_CSV)?;
    all_planted("X12", &in_x12, &NOT_IN_X12)?;
    compare("CSV", &in_csv, &found(folder.path(), &["claims.csv"], &[]))?;
    compare("X12", &in_x12, &found(folder.path(), &["claims.x12", "faults.x12"], &[]))
}

fn nights(seed: u64) -> Result<(), String> {
    const NIGHTS: u16 = 4;
    let folder = tempfile::tempdir().expect("a folder");
    let request = Request { seed, nights: Some(NIGHTS), ..Request::default() };
    synthetic::generate(&request, folder.path(), &|_| {}).map_err(|error| error.to_string())?;
    let mut history = vec!["history.csv".to_owned()];
    for night in 1..=NIGHTS {
        let file = format!("night_{night:02}.csv");
        let name = format!("expected_findings_night_{night:02}.csv");
        let planted = expected(folder.path(), &name);
        compare(&file, &planted, &found(folder.path(), &[&file], &history))?;
        history.push(file);
    }
    Ok(())
}

/// Runs `check` for seeds 1 to `count` on two threads; panics with what failed.
fn for_seeds(count: u64, check: fn(u64) -> Result<(), String>) {
    let next = AtomicU64::new(1);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > count {
                        return;
                    }
                    if let Err(what) = check(seed) {
                        failed.lock().expect("no thread panics here").push((seed, what));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("no thread panics here");
    assert!(failed.is_empty(), "{} of {count} seeds differ: {failed:#?}", failed.len());
}

fn seeds(default: u64) -> u64 {
    let set = std::env::var("PEERCLAIMS_GENERATED_SEEDS").ok();
    set.and_then(|seeds| seeds.parse().ok()).unwrap_or(default)
}

#[test]
fn every_planted_finding_is_found_and_nothing_else() {
    for_seeds(seeds(50), one_seed);
}

#[test]
fn every_night_finds_what_was_planted() {
    for_seeds(seeds(50) / 10, nights);
}

#[test]
fn a_set_without_violations_has_only_what_cannot_be_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let request = Request { violations: synthetic::Violations::every(0.0), ..Request::default() };
    synthetic::generate(&request, folder.path(), &|_| {}).expect("a set");
    assert_eq!(found(folder.path(), &["claims.csv"], &[]), Vec::<Row>::new());
}
