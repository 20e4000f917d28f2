//! The reports: what a run found, written out, one file a format. This room computes nothing.
//!
//! ```text
//! StagedFolder::stage(out, inputs, …)   before anything is read
//!   └─ write_results(outcome, …)        findings.csv, claims.csv, rejects.csv, summary.json,
//!        │                              [findings.jsonl]
//!        ├─ html, xlsx, working_papers  report.html, findings.xlsx, the papers of `audit`
//!        └─ seal(…)                     manifest.json
//!             └─ SealedFolder::exchange()    all in place at once
//! ```
//!
//! The same outcome gives the same bytes; clock times stand in `manifest.json` and on the terminal
//! alone. The writers of single files take any `Write`, so that `--out -` can use them too.

pub mod audit_summary;
pub mod claims_csv;
mod csv_rows;
mod desk;
pub mod differences;
mod error;
pub mod estimate_text;
pub mod findings_csv;
pub mod findings_jsonl;
#[cfg(feature = "parquet")]
pub mod findings_parquet;
pub mod html;
pub mod inspection;
pub mod manifest;
pub mod output_folder;
#[cfg(feature = "parquet")]
pub mod parquet_rows;
pub mod parted;
mod plain_text;
pub mod queue_csv;
pub mod rejects_csv;
#[cfg(test)]
mod samples;
mod split;
pub mod summary_json;
pub mod table_check;
pub mod terminal;
mod text_table;
pub mod upcoming;
pub mod verification;
pub mod working_papers;
pub mod xlsx;

pub use desk::{Desk, DrawnSample};
pub use error::ReportError;
pub use manifest::{ManifestFacts, OptionFacts, PolicyFacts, RunClock, TableFacts};
pub use output_folder::{
    Awaiting, Exchanged, IsAwaited, Leftovers, OutputFile, Resumed, SealedFolder, StagedFolder,
    WrittenFile, resume,
};
pub use plain_text::{hanging, paragraph, plain};
pub use terminal::TerminalOptions;

use crate::outcome::{FileOutcome, RunOutcome};

/// A format of `--format`. CSV is always written with `--out`; the others come beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// `findings.csv`
    Csv,
    /// `findings.jsonl`
    Json,
    /// `findings.parquet`; nothing in a build without the feature `parquet`
    Parquet,
}

impl Format {
    /// All that can be written, in the order of the help.
    pub const ALL: [Format; 3] = [Format::Csv, Format::Json, Format::Parquet];

    /// The word of `--format`.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Parquet => "parquet",
        }
    }
}

/// Writes all outputs of a run into `folder`, the manifest last, and waits until they are on the
/// disk. They are in place only after [`SealedFolder::exchange`].
pub fn write_all(
    outcome: &RunOutcome,
    facts: &ManifestFacts,
    formats: &[Format],
    mut folder: StagedFolder,
) -> Result<SealedFolder, ReportError> {
    write_results(outcome, formats, &mut folder)?;
    seal(outcome, facts, folder)
}

/// Writes what every run over claims writes, but for the manifest.
pub fn write_results(
    outcome: &RunOutcome,
    formats: &[Format],
    folder: &mut StagedFolder,
) -> Result<(), ReportError> {
    folder.write("findings.csv", |out| findings_csv::write_all(out, outcome))?;
    if formats.contains(&Format::Json) {
        folder.write("findings.jsonl", |out| findings_jsonl::write_all(out, outcome))?;
    }
    #[cfg(feature = "parquet")]
    if formats.contains(&Format::Parquet) {
        folder.write(findings_parquet::FILE_NAME, |out| {
            findings_parquet::write(out, &outcome.findings, &outcome.files)
        })?;
    }
    folder.write("claims.csv", |out| claims_csv::write_all(out, outcome))?;
    folder.write("rejects.csv", |out| rejects_csv::write(out, &outcome.rejects))?;
    folder.write("summary.json", |out| summary_json::write(out, outcome))
}

/// Writes the manifest over all that is written, and waits until it is on the disk.
pub fn seal(
    outcome: &RunOutcome,
    facts: &ManifestFacts,
    mut folder: StagedFolder,
) -> Result<SealedFolder, ReportError> {
    let mut outputs = folder.written().to_vec();
    // Some are written at the same time, and end in any order.
    outputs.sort_by(|left, right| left.name.cmp(&right.name));
    folder.write(manifest::FILE_NAME, |out| manifest::write(out, outcome, facts, &outputs))?;
    folder.seal()
}

/// The file that a place names, as the user did.
fn source_name(files: &[FileOutcome], index: u32) -> &str {
    files.get(index as usize).map_or("", |file| &*file.name)
}
