//! The program against the reference, on random claim sets: equal findings, claims and sums.
//!
//! `PEERCLAIMS_SEEDS=n` changes how many sets are tried, `PEERCLAIMS_SEED=n` tries one alone and
//! leaves its files in place; of many seeds the files of the first few that differ stay.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::random_sets::generate;
use crate::random_sets::wire::as_carried_by_the_wire;
use crate::random_sets::write_csv::{Written, write};
use crate::reference::model::{ClaimFile, ClaimSet, FileKind, TABLES};
use crate::reference::value::csv_cell;
use crate::reference::{
    CLAIM_COLUMNS, Coverage, Expected, FINDING_COLUMNS, RULES, Summary, evaluate,
};
use crate::slow_x12;

const DEFAULT_SEEDS: u64 = 200;
/// Over the default seeds each rule must fire, and stay silent at its edge, this often.
const LEAST_COVERAGE: usize = 20;
const ROWS_SHOWN: usize = 4;
const SEEDS_SHOWN: usize = 3;

/// How many folders of failed seeds were left in place.
static KEPT: AtomicUsize = AtomicUsize::new(0);

fn number_from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("the variable holds a number"))
}

/// The seeds to try; a test asks for a share of them.
fn seeds(share: u64) -> Vec<u64> {
    match number_from_environment("PEERCLAIMS_SEED") {
        Some(one) => vec![one],
        None => {
            let count = number_from_environment("PEERCLAIMS_SEEDS").unwrap_or(DEFAULT_SEEDS);
            (1..=count.div_ceil(share)).collect()
        }
    }
}

/// A folder for one set: kept where a single seed was asked for.
pub fn in_folder(
    name: &str,
    seed: u64,
    test: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<(), String> {
    let folder = tempfile::Builder::new().prefix(&format!("peerclaims-{name}-{seed}-")).tempdir();
    let mut folder = folder.expect("the temporary folder is writable");
    let result = test(folder.path());
    let kept = result.is_err() && KEPT.fetch_add(1, Ordering::Relaxed) < SEEDS_SHOWN;
    if kept || number_from_environment("PEERCLAIMS_SEED").is_some() {
        folder.disable_cleanup(true);
    }
    result.map_err(|difference| format!("seed {seed}, {}:\n{difference}", folder.path().display()))
}

/// Runs the test for each seed on two threads, and fails with the first few differences.
pub fn for_each_seed(share: u64, test: impl Fn(u64) -> Result<(), String> + Sync) {
    let seeds = seeds(share);
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(seed) = seeds.get(place) else { break };
                    if let Err(difference) = test(*seed) {
                        failures.lock().expect("no test panics").insert(*seed, difference);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no test panics");
    let shown: Vec<String> = failures.values().take(SEEDS_SHOWN).cloned().collect();
    let count = failures.len();
    let failed: Vec<&u64> = failures.keys().collect();
    assert!(
        failures.is_empty(),
        "{count} of {} seeds differ: {failed:?}\n{}",
        seeds.len(),
        shown.join("\n")
    );
}

/// What the program wrote, in the columns that the reference knows.
pub struct Outcome {
    pub findings: Vec<Vec<String>>,
    pub places: Vec<(String, String)>,
    pub claims: Vec<Vec<String>>,
    pub summary: Value,
    exit_code: Option<i32>,
}

pub fn command(set: &ClaimSet, written: &Written, out: &Path, single_options: bool) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.arg("validate").arg("--quiet").arg("--out").arg(out);
    for (file, path) in set.files.iter().zip(&written.claim_files) {
        if !file.history {
            command.arg(path);
        }
    }
    for (file, path) in set.files.iter().zip(&written.claim_files) {
        if file.history {
            command.arg("--history").arg(path);
        }
    }
    if single_options {
        for (name, _) in TABLES.iter().filter(|(name, _)| set.tables.contains_key(name)) {
            let option = if *name == "service_plans" { "plans" } else { name };
            let path = written.tables.join(format!("{name}.csv"));
            command.arg(format!("--{option}")).arg(path);
        }
    } else {
        command.arg("--tables").arg(&written.tables);
    }
    for (option, value) in [("--select", set.select.join(",")), ("--ignore", set.ignore.join(","))]
    {
        if !value.is_empty() {
            command.arg(option).arg(value);
        }
    }
    if let Some(as_of) = &set.as_of {
        command.arg("--as-of").arg(as_of);
    }
    if let Some(policy) = &written.policy {
        command.arg("--policy").arg(policy);
    }
    command
}

/// The named columns of a CSV file.
fn read_csv(path: &Path, columns: &[&str]) -> Result<Vec<Vec<String>>, String> {
    let mut reader =
        csv::Reader::from_path(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut places = Vec::new();
    for column in columns {
        let place = header.iter().position(|name| name == *column);
        places.push(place.ok_or(format!("{} has no column {column}", path.display()))?);
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        rows.push(places.iter().map(|place| record[*place].to_string()).collect());
    }
    Ok(rows)
}

pub fn run(command: &mut Command, out: &Path) -> Result<Outcome, String> {
    let output = command.output().map_err(|error| format!("the program did not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).to_string();
    let exit_code = output.status.code();
    if !matches!(exit_code, Some(0 | 1 | 3)) {
        return Err(format!("{command:?}\nended with {exit_code:?}: {said}"));
    }
    let findings = out.join("findings.csv");
    let text = std::fs::read_to_string(out.join("summary.json"))
        .map_err(|error| format!("summary.json: {error}"))?;
    let places = read_csv(&findings, &["source", "position"])?;
    Ok(Outcome {
        findings: read_csv(&findings, &FINDING_COLUMNS)?,
        places: places.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect(),
        claims: read_csv(&out.join("claims.csv"), &CLAIM_COLUMNS)?,
        summary: serde_json::from_str(&text).map_err(|error| format!("summary.json: {error}"))?,
        exit_code,
    })
}

/// The first rows that stand on one side only, and the first place where the order differs.
pub fn difference(name: &str, expected: &[Vec<String>], found: &[Vec<String>]) -> Option<String> {
    if expected == found {
        return None;
    }
    let mut text = format!("{name}: {} rows expected, {} found\n", expected.len(), found.len());
    let mut spare: Vec<&Vec<String>> = found.iter().collect();
    let mut missing = Vec::new();
    for row in expected {
        match spare.iter().position(|other| *other == row) {
            Some(place) => drop(spare.remove(place)),
            None => missing.push(row),
        }
    }
    for (mark, rows) in [("expected only", missing), ("found only", spare)] {
        for row in rows.iter().take(ROWS_SHOWN) {
            text.push_str(&format!("  {mark}: {}\n", row.join(",")));
        }
    }
    if let Some(place) = expected.iter().zip(found).position(|(one, other)| one != other) {
        let (one, other) = (expected[place].join(","), found[place].join(","));
        text.push_str(&format!("  row {place}: expected {one}\n  row {place}: found    {other}\n"));
    }
    Some(text)
}

/// The cells of the reference as a CSV shows them.
fn as_csv(rows: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    rows.map(|row| row.iter().map(|text| csv_cell(text)).collect()).collect()
}

fn places_differ(expected: &Expected, paths: &[PathBuf], found: &Outcome) -> Option<String> {
    for (finding, (source, position)) in expected.findings.iter().zip(&found.places) {
        let Some((file, row)) = finding.place else { continue };
        let path = paths[file].display().to_string();
        let right_row = row.is_none_or(|row| *position == format!("row {row}"));
        if *source != path || !right_row {
            let shown = finding.columns.join(",");
            return Some(format!(
                "place of {shown}: {path} row {row:?}, found {source} {position}"
            ));
        }
    }
    None
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(-1)
}

/// An object of counts against the expected ones; a key that is not there counts as zero.
fn counts_differ(name: &str, expected: &BTreeMap<String, i64>, found: &Value) -> Vec<String> {
    let Some(object) = found.as_object() else { return vec![format!("{name} is no object")] };
    let mut lines = Vec::new();
    for key in expected.keys().chain(object.keys()).collect::<BTreeSet<_>>() {
        let wanted = expected.get(key).copied().unwrap_or(0);
        let got = object.get(key).map_or(0, number);
        if wanted != got {
            lines.push(format!("{name}.{key}: expected {wanted}, found {got}"));
        }
    }
    lines
}

fn whole(count: &usize) -> i64 {
    i64::try_from(*count).expect("a small count")
}

fn summary_differs(expected: &Summary, found: &Value, rules_chosen: bool) -> Option<String> {
    let mut lines = Vec::new();
    for (place, counts) in [(found, &expected.counts), (&found["history"], &expected.history)] {
        for (key, count) in counts {
            if number(&place[*key]) != whole(count) {
                lines.push(format!("{key}: expected {count}, found {}", place[*key]));
            }
        }
    }
    for (key, text) in [("as_of", &expected.as_of), ("amount_at_issue", &expected.amount_at_issue)]
    {
        if found[key].as_str() != Some(text.as_str()) {
            lines.push(format!("{key}: expected {text}, found {}", found[key]));
        }
    }
    let widened = |counts: &BTreeMap<String, usize>| {
        counts.iter().map(|(key, count)| (key.clone(), whole(count))).collect()
    };
    lines.extend(counts_differ("findings", &widened(&expected.findings), &found["findings"]));
    lines.extend(counts_differ("severities", &widened(&expected.severities), &found["severities"]));
    lines.extend(counts_differ("excess_units", &expected.excess_units, &found["excess_units"]));
    let listed = found["rules_not_run"].as_array().cloned().unwrap_or_default();
    let listed = listed.iter().filter_map(|entry| entry["rule"].as_str());
    let of_tables = |rule: &&str| *rule == "EPSDT" || rule.starts_with(['K', 'S', 'P']);
    let mut not_run: Vec<&str> = listed.filter(of_tables).collect();
    not_run.sort_unstable();
    if !rules_chosen && not_run != expected.rules_not_run {
        lines.push(format!(
            "rules_not_run: expected {:?}, found {not_run:?}",
            expected.rules_not_run
        ));
    }
    (!lines.is_empty()).then(|| format!("summary.json: {}\n", lines.join("\n  ")))
}

/// Everything that differs between the reference and one run of the program.
pub fn compare(
    set: &ClaimSet,
    expected: &Expected,
    paths: &[PathBuf],
    found: &Outcome,
) -> Result<(), String> {
    let findings = as_csv(expected.findings.iter().map(|finding| finding.columns.clone()));
    let claims = as_csv(expected.claims.iter().cloned());
    let rules_chosen = !set.select.is_empty() || !set.ignore.is_empty();
    let mut parts: Vec<String> = Vec::new();
    match difference("findings.csv", &findings, &found.findings) {
        Some(text) => parts.push(text),
        None => parts.extend(places_differ(expected, paths, found)),
    }
    parts.extend(difference("claims.csv", &claims, &found.claims));
    parts.extend(summary_differs(&expected.summary, &found.summary, rules_chosen));
    if found.exit_code != Some(expected.exit_code) {
        let wanted = expected.exit_code;
        parts.push(format!("exit code: expected {wanted}, found {:?}", found.exit_code));
    }
    if parts.is_empty() { Ok(()) } else { Err(parts.join("\n")) }
}

fn agrees(set: &ClaimSet, seed: u64, folder: &Path) -> Result<(), String> {
    let written = write(set, seed, folder);
    let out = folder.join("out");
    let found = run(&mut command(set, &written, &out, seed.is_multiple_of(3)), &out)?;
    compare(set, &evaluate(set), &written.claim_files, &found)
}

#[test]
fn the_program_agrees_with_the_reference() {
    for_each_seed(1, |seed| in_folder("csv", seed, |folder| agrees(&generate(seed), seed, folder)));
}

#[test]
fn the_program_agrees_with_the_reference_on_x12() {
    for_each_seed(1, |seed| {
        let set = as_carried_by_the_wire(&generate(seed), seed);
        in_folder("x12", seed, |folder| agrees(&set, seed, folder))
    });
}

#[test]
fn csv_and_x12_of_the_same_claims_give_the_same_findings() {
    for_each_seed(2, |seed| {
        let mut x12 = as_carried_by_the_wire(&generate(seed), seed);
        // A CSV has no group date and no claim total: the day is given, C010 is left aside.
        x12.as_of = Some(evaluate(&x12).summary.as_of);
        x12.ignore.push("C010".to_string());
        let mut csv = x12.clone();
        csv.files.iter_mut().for_each(|file| file.kind = FileKind::Csv);
        in_folder("both", seed, |folder| {
            let mut outcomes = Vec::new();
            for (name, set) in [("x12", &x12), ("csv", &csv)] {
                let own = folder.join(name);
                std::fs::create_dir(&own).expect("the folder is writable");
                let written = write(set, seed, &own);
                let out = own.join("out");
                outcomes.push(run(&mut command(set, &written, &out, false), &out)?);
            }
            let texts = [
                difference("findings.csv", &outcomes[1].findings, &outcomes[0].findings),
                difference("claims.csv", &outcomes[1].claims, &outcomes[0].claims),
            ];
            let texts: Vec<String> = texts.into_iter().flatten().collect();
            if texts.is_empty() { Ok(()) } else { Err(texts.join("\n")) }
        })
    });
}

/// The slow 837 reader, which other tests rest on, reads back what the writer of the sets wrote.
#[test]
fn the_slow_x12_reader_gives_the_claims_that_were_written() {
    for_each_seed(4, |seed| {
        let set = as_carried_by_the_wire(&generate(seed), seed);
        in_folder("slow", seed, |folder| {
            let written = write(&set, seed, folder);
            let mut read_back = set.clone();
            for (file, path) in read_back.files.iter_mut().zip(&written.claim_files) {
                if file.kind == FileKind::X12 {
                    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
                    let history = file.history;
                    *file = ClaimFile { history, ..slow_x12::read(&bytes).as_claim_file() };
                }
            }
            let (expected, found) = (evaluate(&set), evaluate(&read_back));
            let columns = |expected: &Expected| -> Vec<Vec<String>> {
                expected.findings.iter().map(|finding| finding.columns.clone()).collect()
            };
            let texts = [
                difference("findings", &columns(&expected), &columns(&found)),
                difference("claims", &expected.claims, &found.claims),
            ];
            let texts: Vec<String> = texts.into_iter().flatten().collect();
            if texts.is_empty() { Ok(()) } else { Err(texts.join("\n")) }
        })
    });
}

/// Damage of a file is no matter of claims: the reference starts from rows and does not know it.
const NOT_IN_REFERENCE: [&str; 4] = ["F001", "F002", "F003", "F004"];

/// A rule that stands in the registry alone would be compared with nothing.
#[test]
fn every_rule_is_stated_a_second_time() {
    let registered = peerclaims::rules::registry::RULES.iter().map(|rule| rule.id);
    let registered: BTreeSet<&str> = registered.collect();
    let stated: BTreeSet<&str> =
        RULES.iter().map(|facts| facts.0).chain(NOT_IN_REFERENCE).collect();
    let missing: Vec<_> = registered.difference(&stated).collect();
    assert!(
        missing.is_empty(),
        "{missing:?} in the registry, but not in RULES of tests/suite/reference/report.rs: state \
         the rule there too (CONTRIBUTING.md, \"Add a rule\")"
    );
    let unknown: Vec<_> = stated.difference(&registered).collect();
    assert!(unknown.is_empty(), "{unknown:?} in the reference, but not in the registry");
}

/// The sets are worth running: each rule fires, and each stays silent at its edge.
#[test]
fn random_sets_reach_every_rule_and_its_edge() {
    let mut total: Coverage = Coverage::new();
    for seed in 1..=DEFAULT_SEEDS {
        let csv = generate(seed);
        let x12 = as_carried_by_the_wire(&csv, seed);
        for (rule, (fired, silent)) in
            evaluate(&csv).coverage.into_iter().chain(evaluate(&x12).coverage)
        {
            let counters = total.entry(rule).or_default();
            counters.0 += fired;
            counters.1 += silent;
        }
    }
    eprintln!("rule   fired  silent at its edge");
    let mut short = Vec::new();
    for (rule, ..) in RULES {
        let (fired, silent) = total.get(rule).copied().unwrap_or_default();
        eprintln!("{rule}  {fired:>6}  {silent:>6}");
        if fired < LEAST_COVERAGE || silent < LEAST_COVERAGE {
            short.push(rule);
        }
    }
    assert!(short.is_empty(), "too seldom met: {short:?}");
}
