//! `findings.csv`: one row a finding.

use super::csv_rows::{CsvRows, merged, write_rows};
use super::source_name;
use crate::finding::{Finding, FindingLine, Place};
use crate::outcome::{FileOutcome, RunOutcome};
use std::io::{self, Write};

pub use crate::earlier::findings::COLUMNS;

/// Columns that say something of the service line.
const LINE_COLUMNS: usize = 7;

/// Writes the header and `findings` as they stand; `files` are the run's, that their places name.
pub fn write(out: &mut dyn Write, findings: &[Finding], files: &[FileOutcome]) -> io::Result<()> {
    write_rows(out, &COLUMNS, findings, |rows, finding| write_row(rows, finding, files))
}

/// Writes the findings of a run, wherever they are.
pub fn write_all(out: &mut dyn Write, outcome: &RunOutcome) -> io::Result<()> {
    match &outcome.elsewhere {
        None => write(out, &outcome.findings, &outcome.files),
        Some(elsewhere) => merged(out, &COLUMNS, elsewhere.findings.as_ref()),
    }
}

/// The cells of one finding.
pub(super) fn write_row(rows: &mut CsvRows<'_>, finding: &Finding, files: &[FileOutcome]) {
    rows.word(finding.rule.id);
    rows.word(finding.severity.as_str());
    rows.word(finding.outcome.as_str());
    match &finding.line {
        Some(line) => write_line(rows, line),
        None => (0..LINE_COLUMNS).for_each(|_| rows.empty()),
    }
    match finding.excess_units {
        Some(units) => rows.number(u64::from(units)),
        None => rows.empty(),
    }
    match finding.amount_at_issue {
        Some(amount) => rows.amount(amount),
        None => rows.empty(),
    }
    rows.word(finding.carc);
    rows.word(finding.rarc);
    rows.text(&finding.message);
    match &finding.place {
        Place::Input { file, position } => {
            rows.file_name(source_name(files, *file));
            rows.position(*position);
        }
        Place::Supervisor(_) => {
            rows.empty();
            rows.empty();
        }
    }
}

fn write_line(rows: &mut CsvRows<'_>, line: &FindingLine) {
    rows.text(&line.claim_id);
    rows.text(&line.line_text);
    rows.text(&line.member_id);
    rows.text(&line.billing_npi);
    rows.text(&line.rendering_npi);
    rows.day(line.service_date);
    rows.text(&line.units_text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn read_back(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let rows = reader.records().map(|row| row.expect("a row as long as the header"));
        rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn every_field_comes_back() {
        let outcome = samples::outcome();
        let mut out = Vec::new();
        write(&mut out, &outcome.findings, &outcome.files).expect("memory takes it");
        let rows = read_back(&out);
        assert_eq!(rows[0], COLUMNS);
        let message = outcome.findings[0].message.as_str();
        let expected = [
            "U001",
            "deny",
            "fail",
            "A1",
            "2",
            "M1",
            "1234567893",
            "",
            "2025-09-03",
            "4.0",
            "2",
            "27.50",
            "119",
            "N362",
            message,
            "night.csv",
            "row 3",
        ];
        assert_eq!(rows[1], expected);
        assert_eq!(rows[2][3], "'=HYPERLINK(\"http://x\",\"y\")", "guarded, and quoted");
        assert_eq!(rows[2][9], "'-1", "units as read are text");
        assert_eq!(rows[2][11], "-5.00", "an amount is none");
        assert_eq!(rows[2][16], "segment 120, byte 4533");
        let supervisor = &rows[3];
        assert!(supervisor[3..14].iter().all(String::is_empty), "{supervisor:?}");
        assert_eq!(supervisor[15..], ["", ""]);
        assert_eq!(rows.len(), 4);
    }

    #[test]
    fn no_finding_is_a_header_alone() {
        let mut out = Vec::new();
        write(&mut out, &[], &[]).expect("memory takes it");
        assert_eq!(out, format!("{}\n", COLUMNS.join(",")).as_bytes());
    }

    /// `cargo test --release -- --ignored --nocapture` prints the time a row takes.
    #[test]
    #[ignore = "a measurement"]
    fn nanoseconds_a_row() {
        let outcome = samples::outcome();
        let findings = vec![outcome.findings[0].clone(); 1_000_000];
        for (name, rows) in [("cold", findings.len()), ("warm", 1000)] {
            let start = std::time::Instant::now();
            for part in findings[..rows].iter().cycle().take(1_000_000 / rows) {
                std::hint::black_box(part);
                write(&mut io::sink(), &findings[..rows], &outcome.files).expect("a sink takes it");
            }
            println!("{name}: {} ns a row", start.elapsed().as_nanos() / 1_000_000);
        }
    }
}
