//! Real X12 files from other projects: every one goes through, the 837Ps give their claims, and the
//! findings on what they bill are those of the reference.
//!
//! The files lie beside the repository and are no part of it; without them the tests say so and
//! end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::agreement::difference;
use crate::reference::model::{ClaimFile, ClaimSet, Policy, TABLES};
use crate::reference::value::csv_cell;
use crate::reference::{CLAIM_COLUMNS, Expected, FINDING_COLUMNS, evaluate};
use crate::slow_x12::{self, SlowFile};
use crate::support::{Place, columns, repository};

/// Nothing in the samples is newer.
const AS_OF: &str = "2025-09-30";

/// Files that are not read whole: file; claims, lines and F002 that they give; and why.
const DAMAGED: [(&str, [u64; 3], &str); 2] = [
    ("x12_no_isa_line.txt", [0, 0, 0], "begins with GS: by its content no X12 file (exit 2)"),
    ("ts214_ellipses_segterm.edi", [0, 0, 0], "a 214 with a terminator of three bytes (F004)"),
];

/// One row of samples.tsv.
struct Sample {
    path: PathBuf,
    name: String,
    kind: String,
    version: String,
    sets: u64,
    claims: u64,
    service_lines: u64,
}

impl Sample {
    fn is_read(&self) -> bool {
        let known = ["005010X222", "005010X298"];
        self.kind == "837" && known.iter().any(|start| self.version.starts_with(start))
    }

    fn damage(&self) -> Option<([u64; 3], &'static str)> {
        let mut listed = DAMAGED.iter().filter(|(name, ..)| *name == self.name);
        listed.next().map(|(_, counts, why)| (*counts, *why))
    }

    /// Claims, lines and F002 that it must give.
    fn expected(&self) -> [u64; 3] {
        match (self.damage(), self.is_read()) {
            (Some((counts, _)), _) => counts,
            (None, true) => [self.claims, self.service_lines, 0],
            (None, false) => [0, 0, self.sets],
        }
    }
}

/// The folder with the samples, if it is there.
fn folder() -> Option<PathBuf> {
    let folder = repository().parent()?.join("shared/samples");
    if !folder.is_dir() {
        eprintln!("not run: there are no samples beside the repository");
        return None;
    }
    Some(folder)
}

fn samples(folder: &Path) -> Vec<Sample> {
    let list = std::fs::read_to_string(folder.join("samples.tsv")).expect("samples.tsv");
    let read = |row: &str| {
        let cells: Vec<&str> = row.split('\t').collect();
        let number = |place: usize| cells[place].parse().expect("a count");
        Sample {
            path: folder.join(cells[0]).join(cells[1]),
            name: cells[1].to_string(),
            kind: cells[2].to_string(),
            version: cells[3].to_string(),
            sets: number(6),
            claims: number(7),
            service_lines: number(8),
        }
    };
    list.lines().skip(1).map(read).collect()
}

fn all_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            all_files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn every_sample_goes_through_whatever_the_blocks() {
    let Some(folder) = folder() else { return };
    let mut paths = Vec::new();
    all_files(&folder, &mut paths);
    for path in &paths {
        let place = Place::new();
        let line = format!("validate {} --as-of {AS_OF} --out - --quiet", path.display());
        let ran = place.run(&line);
        assert!(matches!(ran.code, Some(0..=3)), "{}: {ran:?}", path.display());
        assert!(!ran.stderr.contains("panicked"), "{}: {ran:?}", path.display());
        assert_eq!(ran.code == Some(2), !ran.stderr.is_empty(), "{}: {ran:?}", path.display());
        let small = place.run(&format!("{line} --block-bytes 64 --threads 2"));
        assert_eq!((small.code, small.stdout), (ran.code, ran.stdout), "{}", path.display());
    }
}

/// What the program read of a sample.
struct Read {
    code: Option<i32>,
    claims: u64,
    service_lines: u64,
    rules: Vec<String>,
}

fn read(sample: &Sample) -> Read {
    let place = Place::new();
    let ran = place.run(&format!("validate {} --as-of {AS_OF} --out out", sample.path.display()));
    if ran.code == Some(2) {
        return Read { code: ran.code, claims: 0, service_lines: 0, rules: Vec::new() };
    }
    let summary = place.json("out/summary.json");
    let count = |key: &str| summary[key].as_u64().expect("a count");
    Read {
        code: ran.code,
        claims: count("claims"),
        service_lines: count("service_lines"),
        rules: place.rules_found("out"),
    }
}

#[test]
fn each_837p_gives_its_claims_and_every_other_set_none() {
    let Some(folder) = folder() else { return };
    let mut wrong = Vec::new();
    eprintln!("exit  claims  lines  F001  F002  F004  version        file");
    for sample in samples(&folder) {
        let read = read(&sample);
        let of = |rule: &str| read.rules.iter().filter(|found| *found == rule).count();
        let why = sample.damage().map_or("", |(_, why)| why);
        let code = read.code.unwrap_or(-1);
        eprintln!(
            "{code:>4}  {:>6}  {:>5}  {:>4}  {:>4}  {:>4}  {:13}  {} {why}",
            read.claims,
            read.service_lines,
            of("F001"),
            of("F002"),
            of("F004"),
            sample.version,
            sample.name
        );
        let (expected, found) =
            (sample.expected(), [read.claims, read.service_lines, of("F002") as u64]);
        if found != expected {
            wrong.push(format!("{}: {expected:?} expected, {found:?} found", sample.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The reference on the same claims, with every table given and empty.
fn reference_on(file: ClaimFile, procedures: Vec<String>) -> Expected {
    let tables = TABLES.iter().map(|(name, _)| (*name, Vec::new()));
    evaluate(&ClaimSet {
        files: vec![file],
        tables: tables.collect(),
        as_of: Some(AS_OF.to_string()),
        policy: Policy { procedures, ..Policy::default() },
        ..ClaimSet::default()
    })
}

/// Where the program and the reference differ on a sample, with a policy of all that it bills.
fn findings_differ(path: &Path, name: &str, file: &SlowFile) -> Vec<String> {
    let codes = file.rows.iter().map(|row| row.procedure_code.to_uppercase());
    let codes: BTreeSet<String> = codes.filter(|code| !code.is_empty()).collect();
    let mut procedures: Vec<String> = codes.into_iter().collect();
    if procedures.is_empty() {
        procedures.push("H0038".to_string());
    }
    let place = Place::new();
    place.write("policy.toml", format!("procedures = {procedures:?}\n"));
    for (table, columns) in TABLES {
        place.write(&format!("tables/{table}.csv"), columns.join(",") + "\n");
    }
    let ran = place.run(&format!(
        "validate {} --as-of {AS_OF} --policy policy.toml --tables tables --ignore F001,F004 \
         --out out",
        path.display()
    ));
    assert!(matches!(ran.code, Some(0 | 1 | 3)), "{name}: {ran:?}");
    let expected = reference_on(file.as_claim_file(), procedures);
    let as_csv = |row: &Vec<String>| row.iter().map(|text| csv_cell(text)).collect();
    let findings: Vec<Vec<String>> =
        expected.findings.iter().map(|finding| as_csv(&finding.columns)).collect();
    let claims: Vec<Vec<String>> = expected.claims.iter().map(as_csv).collect();
    let found = |name: &str, names: &[&str]| columns(&place.read(&format!("out/{name}")), names);
    let texts = [
        difference("findings.csv", &findings, &found("findings.csv", &FINDING_COLUMNS)),
        difference("claims.csv", &claims, &found("claims.csv", &CLAIM_COLUMNS)),
    ];
    let mut texts: Vec<String> = texts.into_iter().flatten().collect();
    let places = found("findings.csv", &["claim_id", "line_number", "position"]);
    for place in places.iter().filter(|place| !place[0].is_empty()) {
        let lines = file.rows.iter().zip(&file.positions);
        let mut own =
            lines.filter(|(row, _)| row.claim_id == place[0] && row.line_number == place[1]);
        if !own.any(|(_, position)| *position == place[2]) {
            texts.push(format!("no line stands there: {}", place.join(" ")));
        }
    }
    texts.into_iter().map(|text| format!("{name}: {text}")).collect()
}

#[test]
fn what_real_837ps_bill_gives_the_findings_of_the_reference() {
    let Some(folder) = folder() else { return };
    let mut wrong = Vec::new();
    let mut compared = 0;
    for sample in samples(&folder).iter().filter(|sample| sample.is_read()) {
        if sample.damage().is_some() {
            continue;
        }
        let file = slow_x12::read(&std::fs::read(&sample.path).expect("a sample"));
        let counts = (file.claims as u64, file.rows.len() as u64);
        if counts != (sample.claims, sample.service_lines) {
            wrong.push(format!("{}: the slow reader gives {counts:?}", sample.name));
        } else if !file.rows.is_empty() {
            wrong.extend(findings_differ(&sample.path, &sample.name, &file));
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    eprintln!("{compared} samples agree with the reference");
}

/// 500 claims of the PyPI package `x12sdk` (X222A2, no rendering provider). `.ci/run` installs it
/// and names its program in `PEERCLAIMS_X12SDK`.
#[test]
fn claims_of_another_writer_give_the_findings_of_the_reference() {
    let Some(program) = std::env::var_os("PEERCLAIMS_X12SDK") else {
        eprintln!("not run: PEERCLAIMS_X12SDK does not name x12sdk-generate");
        return;
    };
    let place = Place::new();
    let path = place.path("x12sdk.837");
    let made = std::process::Command::new(program)
        .args(["837p", "--claims", "500", "--seed", "7", "--out"])
        .arg(&path)
        .status()
        .expect("x12sdk-generate runs");
    assert!(made.success());
    let file = slow_x12::read(&std::fs::read(&path).expect("the claims"));
    assert_eq!((file.claims, file.rows.len()), (500, 1010));
    assert_eq!(findings_differ(&path, "x12sdk", &file), Vec::<String>::new());
}
