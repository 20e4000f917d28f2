//! A claim set from a seed, with its tables and the findings that a run on it must give.
//!
//! Nobody can share real claims. A set made here looks like Mississippi's peer support and contains
//! nothing real; what must be found in it follows from how it is made: ordinary lines break no rule
//! by construction, and every violation is told as a small *story* that knows its findings. This
//! room never calls the rules or the join, so that it can be held against them.
//!
//! A set is made of *cells* (a team of one agency with its members), each from its own seed and on
//! any thread; they are written in order. So memory does not grow with the set, and one request
//! gives the same bytes on any machine.

mod calendar;
mod cell;
mod claim_rows;
mod edi837p;
mod expected;
mod faults;
mod files;
mod names;
mod ordinary;
mod others;
mod people;
mod planner;
mod produce;
mod random;
mod set;
mod stories;
mod tables;
mod team;
mod text;
mod world;

#[cfg(test)]
mod checks;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

pub use files::Compress;
pub use world::{RULES, UNIT_RULES, Violations};

/// Nights at most: services of a night lie within the filing limit.
pub const MOST_NIGHTS: u16 = 60;

/// What to make.
#[derive(Clone, Debug)]
pub struct Request {
    /// Service lines, denied ones and those of other procedures included.
    pub lines: u64,
    /// Members; `None`: as many as the lines suggest.
    pub members: Option<u64>,
    /// Years of services before the as-of date.
    pub years: u32,
    /// The last day of the set, and the as-of date of a run on it.
    pub as_of: NaiveDate,
    /// Share of the service lines that are peer support, 0 to 1.
    pub peer_share: f64,
    /// The same seed gives the same set.
    pub seed: u64,
    /// Write the claims as CSV.
    pub csv: bool,
    /// Write the same claims as X12 837P.
    pub x12: bool,
    /// How the files of claims are packed.
    pub compress: Compress,
    /// Which rules to break, and how often.
    pub violations: Violations,
    /// A history and so many nightly files, instead of one file.
    pub nights: Option<u16>,
}

impl Default for Request {
    fn default() -> Request {
        Request {
            lines: 20_000,
            members: None,
            years: 3,
            // Just after a four-year September 30, in a month that is not over.
            as_of: NaiveDate::from_ymd_opt(2025, 10, 17).unwrap_or_default(),
            peer_share: 0.1,
            seed: 1,
            csv: true,
            x12: false,
            compress: Compress::None,
            violations: Violations::every(0.001),
            nights: None,
        }
    }
}

/// What was made.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Service lines, and the peer-support lines among them.
    pub lines: u64,
    /// Peer-support lines among them.
    pub peer_lines: u64,
    /// Claims, corrections and repeated records included.
    pub claims: u64,
    /// Members.
    pub members: u64,
    /// Agencies, the small partners of some of them left out.
    pub agencies: u64,
    /// Bytes of all files, as they stand on the disk.
    pub bytes: u64,
    /// Findings that a run on the CSV must give, by rule.
    pub expected_csv: BTreeMap<&'static str, u64>,
    /// Findings that a run on the X12 must give, by rule.
    pub expected_x12: BTreeMap<&'static str, u64>,
    /// Violations that found no room in a set this small, by rule.
    pub unplaced: Vec<(&'static str, u64)>,
    /// All files, in the order in which they were begun.
    pub files: Vec<PathBuf>,
}

/// Why a set could not be made.
#[derive(Debug)]
pub enum Error {
    /// The request contradicts itself; the text says how, and what to change.
    Request(String),
    /// A file or folder could not be written.
    Write(PathBuf, std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Request(text) => out.write_str(text),
            Error::Write(path, error) => {
                write!(out, "cannot write {}: {error}; ", path.display())?;
                out.write_str("choose another folder with --out, or make room on the disk")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Makes a set in a folder, which is created if need be. `progress` is told, now and then, how many
/// service lines are written.
///
/// Files: `claims.csv`, `claims.x12` (with nights: `history.…`, `night_01.…` and so on), `tables/`
/// with the six tables, `expected_findings.csv` and `expected_findings_x12.csv` (with nights one of
/// each a night: `expected_findings_night_01.csv`), and `faults.x12` where damage is planted, whose
/// findings stand after those of `claims.x12`.
///
/// # Errors
/// A request that cannot be met, before anything is written; or the file that could not be written.
pub fn generate(
    request: &Request,
    out_dir: &Path,
    progress: &dyn Fn(u64),
) -> Result<Summary, Error> {
    set::generate(request, out_dir, progress)
}
