//! `findings.parquet`: the rows of `findings.csv` with types.
//!
//! Days are days, dollars decimals of two places, excess units whole numbers; all else is text as
//! it was read (`units` too: it need not be a number), without the guard against formulas. What is
//! empty there is null here.

use super::parquet_rows::{Kind, ParquetRows};
use super::{findings_csv, source_name};
use crate::finding::{Finding, FindingLine, Place};
use crate::outcome::FileOutcome;
use std::io::{self, Write};

/// The file's name in the output folder.
pub const FILE_NAME: &str = "findings.parquet";

fn kind(column: &str) -> Kind {
    match column {
        "service_date" => Kind::Day,
        "excess_units" => Kind::Count,
        "amount_at_issue" => Kind::Amount,
        _ => Kind::Text,
    }
}

/// Writes `findings` as they stand; `files` are the run's, that their places name.
pub fn write(out: &mut dyn Write, findings: &[Finding], files: &[FileOutcome]) -> io::Result<()> {
    let columns = findings_csv::COLUMNS.map(|column| (column, kind(column)));
    let mut rows = ParquetRows::begin(Vec::new(), &columns)?;
    for finding in findings {
        let line = finding.line.as_deref();
        let of_line =
            |text: fn(&FindingLine) -> &String| line.map_or("", |line| text(line).as_str());
        rows.text(finding.rule.id);
        rows.text(finding.severity.as_str());
        rows.text(finding.outcome.as_str());
        rows.text(of_line(|line| &line.claim_id));
        rows.text(of_line(|line| &line.line_text));
        rows.text(of_line(|line| &line.member_id));
        rows.text(of_line(|line| &line.billing_npi));
        rows.text(of_line(|line| &line.rendering_npi));
        rows.day(line.and_then(|line| line.service_date));
        rows.text(of_line(|line| &line.units_text));
        rows.count(finding.excess_units.map(u64::from));
        rows.amount(finding.amount_at_issue);
        rows.text(finding.carc);
        rows.text(finding.rarc);
        rows.text(&finding.message);
        match &finding.place {
            Place::Input { file, position } => {
                rows.text(source_name(files, *file));
                rows.text(&position.to_string());
            }
            Place::Supervisor(_) => {
                rows.text("");
                rows.text("");
            }
        }
        rows.end_row()?;
    }
    out.write_all(&rows.finish()?)
}
