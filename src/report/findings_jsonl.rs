//! `findings.jsonl`: the fields of `findings.csv` and the evidence, one JSON object a finding.
//!
//! The keys are those of the CSV and always all there; `null` stands where the CSV is empty. Line
//! numbers and excess units are numbers; amounts, and units as they were read, are strings.

use super::source_name;
use crate::evidence::Evidence;
use crate::finding::{Finding, Place};
use crate::model::{Cents, NaiveDate, Outcome, Position, Severity};
use crate::outcome::{FileOutcome, RunOutcome};
use serde::{Serialize, Serializer};
use std::fmt::Display;
use std::io::{self, Write};

/// Bytes collected before they are handed on.
const FLUSH_BYTES: usize = 256 * 1024;

/// Writes `findings` as they stand; `files` are the run's, that their places name.
pub fn write(out: &mut dyn Write, findings: &[Finding], files: &[FileOutcome]) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(FLUSH_BYTES + 4096);
    for finding in findings {
        write_row(&mut buffer, finding, files)?;
        if buffer.len() >= FLUSH_BYTES {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    out.write_all(&buffer)
}

/// Writes the findings of a run, wherever they are.
pub fn write_all(out: &mut dyn Write, outcome: &RunOutcome) -> io::Result<()> {
    match &outcome.elsewhere {
        None => write(out, &outcome.findings, &outcome.files),
        Some(elsewhere) => elsewhere.json.as_ref().map_or(Ok(()), |sorted| sorted.merge(out)),
    }
}

/// Appends the line of one finding.
pub(super) fn write_row(
    buffer: &mut Vec<u8>,
    finding: &Finding,
    files: &[FileOutcome],
) -> io::Result<()> {
    serde_json::to_writer(&mut *buffer, &Row::of(finding, files))?;
    buffer.push(b'\n');
    Ok(())
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    severity: Severity,
    outcome: Outcome,
    claim_id: Option<&'a str>,
    line_number: Option<u32>,
    member_id: Option<&'a str>,
    billing_npi: Option<&'a str>,
    rendering_npi: Option<&'a str>,
    service_date: Option<NaiveDate>,
    units: Option<&'a str>,
    excess_units: Option<u32>,
    #[serde(serialize_with = "as_text")]
    amount_at_issue: Option<Cents>,
    carc: Option<&'a str>,
    rarc: Option<&'a str>,
    message: &'a str,
    source: Option<&'a str>,
    #[serde(serialize_with = "as_text")]
    position: Option<Position>,
    evidence: Option<&'a Evidence>,
}

impl<'a> Row<'a> {
    fn of(finding: &'a Finding, files: &'a [FileOutcome]) -> Row<'a> {
        let line = finding.line.as_deref();
        let (source, position) = match &finding.place {
            Place::Input { file, position } => (source_name(files, *file), Some(*position)),
            Place::Supervisor(_) => ("", None),
        };
        Row {
            rule: finding.rule.id,
            severity: finding.severity,
            outcome: finding.outcome,
            claim_id: line.and_then(|line| filled(&line.claim_id)),
            line_number: line.map(|line| line.line_number),
            member_id: line.and_then(|line| filled(&line.member_id)),
            billing_npi: line.and_then(|line| filled(&line.billing_npi)),
            rendering_npi: line.and_then(|line| filled(&line.rendering_npi)),
            service_date: line.and_then(|line| line.service_date),
            units: line.and_then(|line| filled(&line.units_text)),
            excess_units: finding.excess_units,
            amount_at_issue: finding.amount_at_issue,
            carc: filled(finding.carc),
            rarc: filled(finding.rarc),
            message: &finding.message,
            source: filled(source),
            position,
            evidence: finding.evidence.as_deref(),
        }
    }
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn as_text<S: Serializer>(value: &Option<impl Display>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{findings_csv, samples};
    use serde_json::{Value, json};

    #[test]
    fn says_what_the_csv_says() {
        let outcome = samples::outcome();
        let mut out = Vec::new();
        write(&mut out, &outcome.findings, &outcome.files).expect("memory takes it");
        let text = String::from_utf8(out).expect("JSON is UTF-8");
        let rows: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        assert_eq!(rows.len(), 3);
        for row in &rows {
            let keys: Vec<_> = row.as_object().expect("an object").keys().collect();
            let mut expected = findings_csv::COLUMNS.to_vec();
            expected.push("evidence");
            assert_eq!(keys, expected);
        }
        assert_eq!(rows[0]["amount_at_issue"], json!("27.50"));
        assert_eq!(rows[0]["line_number"], json!(2));
        assert_eq!(rows[0]["units"], json!("4.0"));
        assert_eq!(rows[0]["excess_units"], json!(2));
        assert_eq!(rows[0]["service_date"], json!("2025-09-03"));
        assert_eq!(rows[0]["rendering_npi"], Value::Null);
        assert_eq!(rows[0]["evidence"]["kind"], json!("limit"));
        assert_eq!(rows[1]["claim_id"], json!("=HYPERLINK(\"http://x\",\"y\")"), "no guard here");
        assert_eq!(rows[1]["position"], json!("segment 120, byte 4533"));
        assert_eq!(rows[1]["evidence"], Value::Null);
        assert_eq!(rows[2]["outcome"], json!("fail"));
        assert_eq!(rows[2]["source"], Value::Null);
    }
}
