//! Findings of an earlier run: `findings.csv` or `findings.jsonl`, row by row.

use super::error::EarlierError;
use super::rows::{self, Row};
use serde::Deserialize;
use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The columns of `findings.csv`, in order; JSON lines have the same names.
pub const COLUMNS: [&str; 17] = [
    "rule",
    "severity",
    "outcome",
    "claim_id",
    "line_number",
    "member_id",
    "billing_npi",
    "rendering_npi",
    "service_date",
    "units",
    "excess_units",
    "amount_at_issue",
    "carc",
    "rarc",
    "message",
    "source",
    "position",
];

/// Places among [`COLUMNS`].
pub mod column {
    #![allow(missing_docs)]
    pub const RULE: usize = 0;
    pub const SEVERITY: usize = 1;
    pub const OUTCOME: usize = 2;
    pub const CLAIM_ID: usize = 3;
    pub const LINE_NUMBER: usize = 4;
    pub const MEMBER_ID: usize = 5;
    pub const BILLING_NPI: usize = 6;
    pub const RENDERING_NPI: usize = 7;
    pub const SERVICE_DATE: usize = 8;
    pub const UNITS: usize = 9;
    pub const EXCESS_UNITS: usize = 10;
    pub const AMOUNT_AT_ISSUE: usize = 11;
    pub const CARC: usize = 12;
    pub const RARC: usize = 13;
    pub const MESSAGE: usize = 14;
    pub const SOURCE: usize = 15;
    pub const POSITION: usize = 16;
}

/// A finding as it was written.
pub type FindingRow = Row<17>;

/// A finding as JSON lines have it; its evidence is passed over.
#[derive(Deserialize)]
struct JsonRow<'a> {
    #[serde(borrow)]
    rule: Cow<'a, str>,
    #[serde(borrow)]
    severity: Cow<'a, str>,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
    #[serde(borrow)]
    claim_id: Option<Cow<'a, str>>,
    line_number: Option<u64>,
    #[serde(borrow)]
    member_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    billing_npi: Option<Cow<'a, str>>,
    #[serde(borrow)]
    rendering_npi: Option<Cow<'a, str>>,
    #[serde(borrow)]
    service_date: Option<Cow<'a, str>>,
    #[serde(borrow)]
    units: Option<Cow<'a, str>>,
    excess_units: Option<u64>,
    #[serde(borrow)]
    amount_at_issue: Option<Cow<'a, str>>,
    #[serde(borrow)]
    carc: Option<Cow<'a, str>>,
    #[serde(borrow)]
    rarc: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    position: Option<Cow<'a, str>>,
}

/// Hands over each finding in the file at `path`, of either form.
pub fn each(path: &Path, take: &mut dyn FnMut(&FindingRow)) -> Result<(), EarlierError> {
    if is_json_lines(path)? {
        return json_lines(path, take);
    }
    rows::each(path, &COLUMNS, &mut |row| {
        straighten(row);
        take(row);
    })
}

/// A line number as a number, where it is one: the CSV has it as it was written (`01`).
pub fn straighten(row: &mut FindingRow) {
    let number = row.cell(column::LINE_NUMBER);
    if number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit()) {
        let plain = number.trim_start_matches('0');
        let plain = if plain.is_empty() { "0" } else { plain }.to_owned();
        row.put(column::LINE_NUMBER, &plain);
    }
}

fn is_json_lines(path: &Path) -> Result<bool, EarlierError> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if ["jsonl", "ndjson", "json"].contains(&ending.as_str()) {
        return Ok(true);
    }
    let mut first = [0];
    let count = rows::open(path)?.read(&mut first).map_err(EarlierError::io(path))?;
    Ok(first[..count] == *b"{")
}

fn json_lines(path: &Path, take: &mut dyn FnMut(&FindingRow)) -> Result<(), EarlierError> {
    let mut reader = BufReader::with_capacity(1 << 18, rows::open(path)?);
    let (mut line, mut number, mut row) = (Vec::new(), 0_u64, FindingRow::default());
    loop {
        line.clear();
        number += 1;
        let most = rows::MAX_ROW_BYTES as u64 + 1;
        let read = reader.by_ref().take(most).read_until(b'\n', &mut line);
        if read.map_err(EarlierError::io(path))? == 0 {
            return Ok(());
        }
        rows::check_length(path, line.len())?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let json: JsonRow<'_> = serde_json::from_slice(&line).map_err(|error| {
            let category = match error.classify() {
                serde_json::error::Category::Eof => "is cut off",
                serde_json::error::Category::Data => "is no finding",
                _ => "is no JSON",
            };
            let advice = "run peerclaims again, or take another copy";
            EarlierError::content(path, format!("line {number} {category}: {advice}"))
        })?;
        fill(&mut row, &json);
        take(&row);
    }
}

fn fill(row: &mut FindingRow, json: &JsonRow<'_>) {
    let number = |value: Option<u64>| value.map_or_else(String::new, |value| value.to_string());
    let (line_number, excess) = (number(json.line_number), number(json.excess_units));
    fn text<'a>(value: &'a Option<Cow<'_, str>>) -> &'a str {
        value.as_deref().unwrap_or_default()
    }
    let cells: [&str; COLUMNS.len()] = [
        &json.rule,
        &json.severity,
        &json.outcome,
        text(&json.claim_id),
        &line_number,
        text(&json.member_id),
        text(&json.billing_npi),
        text(&json.rendering_npi),
        text(&json.service_date),
        text(&json.units),
        &excess,
        text(&json.amount_at_issue),
        text(&json.carc),
        text(&json.rarc),
        &json.message,
        text(&json.source),
        text(&json.position),
    ];
    row.clear();
    for (column, cell) in cells.iter().enumerate() {
        row.put(column, cell);
    }
}
