//! What a user types on the first day, and each morning.

use super::args::ListFormat;
use super::values::{parse_date, parse_delimiter, parse_size};
use crate::model::NaiveDate;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The first day: a commented configuration, templates of the tables, a page of their columns.
///
/// Makes peerclaims.toml (every key there is, none in force yet), the six tables with a header and
/// an example row each, and README.md, which says what each column holds. A file that is there is
/// never overwritten: then nothing is made, and the exit code is 2.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims init tables\n  \
    peerclaims check-tables tables")]
pub struct InitArgs {
    /// Folder for the files; it is made if it is not there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Where tables stand, for commands that look at tables alone.
#[derive(Args)]
pub struct TableArgs {
    /// Folder with the tables by their names (credentials.csv, employment.csv, …)
    #[arg(long, value_name = "DIR", help_heading = "Tables")]
    pub tables: Option<PathBuf>,
    /// Designations of practitioners
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    pub credentials: Option<PathBuf>,
    /// Stints of practitioners at agencies
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    pub employment: Option<PathBuf>,
    /// Individual Service Plans (ISP)
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    pub plans: Option<PathBuf>,
    /// The supervision log
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    pub supervision: Option<PathBuf>,
    /// Supervisors and their training
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    pub supervisors: Option<PathBuf>,
    /// Prior authorizations (EPSDT)
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    pub authorizations: Option<PathBuf>,
    /// Delimiter of the CSV files: , ; | or \t
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter, help_heading = "Tables")]
    pub delimiter: Option<u8>,
    /// A compressed file may unpack to at most this (bytes, or 500M, 20G, 1T)
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "256G",
        help_heading = "Tables")]
    pub max_decompressed: u64,
    /// Other numbers than Mississippi's (see `peerclaims policy`)
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Column names, delimiter, paths, defaults [default: peerclaims.toml in the working folder, if
    /// there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The day for which is asked [default: today (UTC)]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_of: Option<NaiveDate>,
}

/// Say what looks wrong in the tables, before any claim is there.
///
/// Each table for itself (rows that cannot be used, the same row twice, NPIs with a wrong check
/// digit, rows that overlap, an old export) and against the others (who is employed without a
/// credential, sessions without employment, unknown supervisors). Names files, rows and columns,
/// and no value of them (docs/first-day.md).
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims check-tables tables\n  \
    peerclaims check-tables tables --as-of 2025-09-30 --format json\n  \
    peerclaims check-tables --credentials credentials.csv --employment staff.csv\n\n\
    Exit codes: 0 nothing looks wrong, 1 something does, 2 could not look.")]
pub struct CheckTablesArgs {
    /// Folder with the tables by their names; the same as --tables
    #[arg(value_name = "DIR", conflicts_with = "tables")]
    pub folder: Option<PathBuf>,
    #[command(flatten)]
    pub tables: TableArgs,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
}

/// Say what ends or falls due in the days to come: for the desk, each morning.
///
/// Credentials and service plans that end and are not renewed, supervision that falls due (as
/// S001-S004 count), and with --ledger members with few units left this year, and claims, held or
/// denied by the payer, that can soon be filed no more. The answer names members where they are the
/// point (docs/first-day.md).
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims upcoming --tables tables\n  \
    peerclaims upcoming --tables tables --ledger year.db --days 14\n  \
    peerclaims upcoming --tables tables --ledger year.db --format csv > desk.csv\n\n\
    Exit codes: 0 done, 2 not done, 3 done, but rows of the tables had to be left out.")]
pub struct UpcomingArgs {
    #[command(flatten)]
    pub tables: TableArgs,
    /// Days to look ahead
    #[arg(long, value_name = "N", default_value_t = 30,
        value_parser = clap::value_parser!(u32).range(0..=3660))]
    pub days: u32,
    /// The nightly ledger: units used this year, claims that the payer denied, the newest results
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// Members with at most so many units left this year
    #[arg(long, value_name = "UNITS", default_value_t = 20)]
    pub near: u64,
    /// Results of a run, for its held claims [default: where the newest run of the ledger wrote]
    #[arg(long, value_name = "DIR")]
    pub results: Option<PathBuf>,
    /// Replace member ids by a hash that takes this key (see docs/deidentify.md)
    #[arg(long, value_name = "KEYFILE")]
    pub deidentify: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: UpcomingFormat,
}

/// Form of what is upcoming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UpcomingFormat {
    /// For people
    Table,
    /// A row each, for a spreadsheet
    Csv,
    /// For programs
    Json,
}
