//! Writes a set to a folder: claims and tables as CSV, the policy as TOML where it is not the own.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::reference::model::{ClaimFile, ClaimRow, ClaimSet, FileKind, Policy, RowShape, TABLES};

use super::{Rng, write_x12};

/// Where a set was written: one path a claim file, the folder of tables, the policy if any.
pub struct Written {
    pub claim_files: Vec<PathBuf>,
    pub tables: PathBuf,
    pub policy: Option<PathBuf>,
}

pub fn write(set: &ClaimSet, seed: u64, folder: &Path) -> Written {
    let rng = &mut Rng::new(seed ^ 0xc5);
    let put = |path: &Path, bytes: &[u8]| fs::write(path, bytes).expect("the folder is writable");
    let mut written =
        Written { claim_files: Vec::new(), tables: folder.join("tables"), policy: None };
    let mut twin_bytes = None;
    for (number, file) in set.files.iter().enumerate().rev() {
        let bytes = match file.kind {
            FileKind::X12 => write_x12::file(rng, file, number),
            FileKind::Csv => claim_csv(rng, file),
        };
        // The twin stands first in the set, and copies the first current file.
        let bytes = if file.twin_of_current {
            twin_bytes.take().expect("a current file follows its twin")
        } else {
            bytes
        };
        if !file.history {
            twin_bytes = Some(bytes.clone());
        }
        let kind = if file.history { "history" } else { "claims" };
        let ending = if file.kind == FileKind::X12 { "837" } else { "csv" };
        let path = folder.join(format!("{kind}_{number}.{ending}"));
        put(&path, &bytes);
        written.claim_files.insert(0, path);
    }
    fs::create_dir(&written.tables).expect("the folder is writable");
    for (name, columns) in TABLES {
        if set.tables.contains_key(name) {
            let path = written.tables.join(format!("{name}.csv"));
            put(&path, &table_csv(rng, set, name, columns));
        }
    }
    if set.policy != Policy::default() {
        let path = folder.join("policy.toml");
        put(&path, policy_toml(&set.policy).as_bytes());
        written.policy = Some(path);
    }
    written
}

/// A cell quoted where it must be, and at times where it need not be.
fn cell(rng: &mut Rng, text: &str) -> String {
    if text.contains([',', '"', '\n']) || rng.chance(2) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}

fn record(rng: &mut Rng, cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(rng, text)).collect();
    cells.join(",")
}

pub fn claim_csv(rng: &mut Rng, file: &ClaimFile) -> Vec<u8> {
    let names: Vec<&str> = ClaimRow::default().columns().iter().map(|column| column.0).collect();
    // Columns are found by name; rows of a wrong shape need the contract's order.
    let mut order: Vec<usize> = (0..names.len()).collect();
    if file.rows.iter().all(|row| row.shape == RowShape::Whole) && rng.chance(50) {
        for place in (1..order.len()).rev() {
            order.swap(place, rng.below(place + 1));
        }
    }
    let line_end = if rng.chance(25) { "\r\n" } else { "\n" };
    let extra = rng.chance(20);
    let mut text = String::new();
    if rng.chance(15) {
        text.push('\u{feff}');
    }
    let mut header: Vec<String> = order.iter().map(|place| names[*place].to_string()).collect();
    if rng.chance(15) {
        header = header.iter().map(|name| name.to_uppercase()).collect();
    }
    if extra {
        header.push("remarks".to_string());
    }
    text.push_str(&header.join(","));
    text.push_str(line_end);
    for row in &file.rows {
        text.push_str(&line_end.repeat(row.blank_lines_before));
        let columns = row.columns();
        let mut cells: Vec<&str> = order.iter().map(|place| columns[*place].1).collect();
        if extra {
            cells.push("see \"file\", page 2");
        }
        match row.shape {
            RowShape::Whole => {}
            RowShape::TooLong => cells.push("more"),
            RowShape::Short => cells.truncate(15 + rng.below(8)),
            RowShape::TooShortForProcedure => cells.truncate(3 + rng.below(9)),
        }
        text.push_str(&record(rng, &cells));
        text.push_str(line_end);
    }
    if rng.chance(20) {
        text.truncate(text.len() - line_end.len());
    }
    text.into_bytes()
}

fn table_csv(rng: &mut Rng, set: &ClaimSet, name: &str, columns: &[&str]) -> Vec<u8> {
    let mut text = columns.join(",") + "\n";
    for row in &set.tables[name] {
        let mut cells: Vec<&str> = columns.iter().map(|column| row.get(column)).collect();
        if row.wrong_field_count {
            cells.push("more");
        }
        text.push_str(&record(rng, &cells));
        text.push('\n');
    }
    text.into_bytes()
}

/// Numbers, words and lists alike print as TOML by their debug text.
fn policy_toml(policy: &Policy) -> String {
    let mut text = String::new();
    let mut put = |line: std::fmt::Arguments| {
        text.write_fmt(line).expect("a string takes any text");
        text.push('\n');
    };
    put(format_args!("procedures = {:?}", policy.procedures));
    put(format_args!("benefit_began = {}", policy.benefit_began));
    for limit in &policy.limits {
        put(format_args!("[[limits]]\nfrom = {}", limit.from));
        put(format_args!("daily_units = {}", limit.daily_units));
        put(format_args!("annual_units = {}", limit.annual_units));
    }
    let (month, day) = policy.limit_year_starts;
    put(format_args!("[units]\nlimit_year_starts = \"{month:02}-{day:02}\""));
    let counts = if policy.annual_counts_billed { "billed" } else { "payable" };
    put(format_args!("annual_counts = \"{counts}\""));
    put(format_args!("near_annual_percent = {}", policy.near_annual_percent));
    put(format_args!("practitioner_daily_units = {}", policy.practitioner_daily_units));
    put(format_args!("group_modifiers = {:?}", policy.group_modifiers));
    put(format_args!("epsdt_under_age = {}", policy.epsdt_under_age));
    put(format_args!("[claims]\nfiling_days = {}", policy.filing_days));
    put(format_args!("inpatient_places_of_service = {:?}", policy.inpatient_places));
    put(format_args!("[supervision]\nfirst_stage_months = {}", policy.first_stage_months));
    put(format_args!("first_stage_days = {}", policy.first_stage_days));
    put(format_args!("second_stage_months = {}", policy.second_stage_months));
    put(format_args!("last_stage_days = {}", policy.last_stage_days));
    put(format_args!("face_to_face_modes = {:?}", policy.face_to_face_modes));
    put(format_args!("supervisor_fte_ratio = {}", policy.supervisor_fte_ratio));
    put(format_args!("[plans]\nsigner_roles = {:?}", policy.signer_roles));
    put(format_args!("[severity]"));
    for (rule, severity) in &policy.severity {
        put(format_args!("{rule} = {severity:?}"));
    }
    text
}
