//! The working papers of `audit`: one CSV a table, beside the files that every run writes.
//!
//! docs/audit.md says what each column holds. Member ids stand in them as in the findings.

mod agencies_csv;
mod chains_csv;
mod ledger_csv;
mod overpayment_csv;
mod practitioners_csv;
pub(super) mod sampling_csv;
mod supervisors_csv;
mod totals_csv;
mod universe;

use super::csv_rows::CsvRows;
use super::error::at;
use super::output_folder::StagedFolder;
use super::{DrawnSample, ReportError, source_name};
use crate::audit::sampling::{Design, Sample};
use crate::audit::totals::By;
use crate::audit::{Audit, Subject};
use crate::model::{ServiceLine, text};
use std::io;

/// Writes all working papers into `folder`, and gives the hash of the frame.
pub fn write(
    folder: &mut StagedFolder,
    subject: &Subject<'_>,
    audit: &Audit,
    drawn: Option<(&Design, &Sample)>,
) -> Result<String, ReportError> {
    folder.write("overpayment.csv", |out| overpayment_csv::write(out, subject, audit))?;
    for by in By::ALL {
        let name = format!("overpayment_by_{}.csv", by.as_str());
        folder.write(&name, |out| totals_csv::write(out, audit, by))?;
    }
    folder.write("universe.csv", |out| universe::write_csv(out, audit))?;
    folder.write("universe.json", |out| universe::write_json(out, subject, audit))?;
    folder.write("chains.csv", |out| chains_csv::write(out, subject, audit))?;
    folder.write("member_ledger.csv", |out| ledger_csv::write_lines(out, subject, audit))?;
    folder.write("member_years.csv", |out| ledger_csv::write_years(out, subject, audit))?;
    folder.write("practitioners.csv", |out| practitioners_csv::write(out, audit))?;
    folder.write("practitioner_timeline.csv", |out| practitioners_csv::write_events(out, audit))?;
    folder.write("supervisor_load.csv", |out| supervisors_csv::write(out, audit))?;
    folder.write("agencies.csv", |out| agencies_csv::write(out, audit))?;
    let frame = &audit.frame;
    folder.write("frame.csv", |out| sampling_csv::write_frame(out, subject, frame))?;
    let written = folder.written().iter().find(|file| file.name == "frame.csv");
    let Some(sha256) = written.map(|file| file.sha256.clone()) else {
        let lost = io::Error::other("its hash is not known");
        return Err(at("hash", folder.path().join("frame.csv"))(lost));
    };
    if let Some((design, sample)) = drawn {
        let drawn = DrawnSample { design, sample, frame_sha256: &sha256 };
        folder.write("sample.csv", |out| sampling_csv::write_sample(out, subject, frame, drawn))?;
        folder.write("sample.json", |out| sampling_csv::write_design(out, frame, drawn))?;
    }
    Ok(sha256)
}

/// Where the amount of a line comes from.
pub(super) fn priced_by(line: &ServiceLine<'_>) -> &'static str {
    match (line.paid, line.is_priced, line.charge) {
        (Some(_), true, _) => "rate",
        (Some(_), false, _) => "paid",
        (None, _, Some(_)) => "charge",
        (None, _, None) => "none",
    }
}

/// Bytes of the input as a cell.
fn bytes(rows: &mut CsvRows<'_>, text: &[u8]) {
    rows.text(&text::decode(text));
}

/// The columns `source` and `position`.
fn place(rows: &mut CsvRows<'_>, subject: &Subject<'_>, line: &ServiceLine<'_>) {
    let (file, position) = subject.store().position(line);
    rows.file_name(source_name(&subject.outcome.files, file));
    rows.position(position);
}

/// Ten-thousandths as a decimal.
fn ten_thousandths(rows: &mut CsvRows<'_>, value: u64) {
    let text = format!("{}.{:04}", value / 10_000, value % 10_000);
    rows.word(text.trim_end_matches('0').trim_end_matches('.'));
}

/// A number, or an empty cell.
fn optional(rows: &mut CsvRows<'_>, value: Option<u64>) {
    match value {
        Some(value) => rows.number(value),
        None => rows.empty(),
    }
}

/// `yes`, or an empty cell.
fn flag(rows: &mut CsvRows<'_>, value: bool) {
    rows.word(if value { "yes" } else { "" });
}
