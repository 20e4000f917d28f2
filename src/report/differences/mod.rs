//! What differs between two runs, written out: a table for people, CSV and JSON for programs.

mod rows;
mod summary;
mod text;

pub use rows::{write_claims, write_findings};
pub use summary::{write_json, write_summary};
pub use text::{DifferenceText, write};

/// The findings that differ, in the output folder.
pub const FINDINGS_FILE: &str = "diff.csv";
/// The claims that differ.
pub const CLAIMS_FILE: &str = "diff_claims.csv";
/// The sums.
pub const SUMMARY_FILE: &str = "diff.json";
