//! Why a command could not be done, in words for whoever typed it.

use crate::acks::AckError;
use crate::audit::AuditError;
use crate::deidentify::KeyError;
use crate::earlier::EarlierError;
use crate::ledger::LedgerError;
use crate::pipeline::RunError;
use crate::policy::PolicyError;
use crate::report::ReportError;
use crate::source::input::InputError;
use crate::split::SplitError;
use crate::tables::TableError;
use std::io;
use thiserror::Error;

/// An error that ends a command with exit code 2.
#[derive(Debug, Error)]
pub enum CliError {
    /// An input cannot be read, or is no claim file.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A table cannot be used.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A run could not be done.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A file could not be acknowledged.
    #[error(transparent)]
    Acks(#[from] AckError),
    /// The results could not be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Results of an earlier run cannot be read.
    #[error(transparent)]
    Earlier(#[from] EarlierError),
    /// An audit could not be done.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The ledger could not be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The key of `--deidentify` cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The claim files cannot be split.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A policy that is none.
    #[error("{name}: this policy cannot be used:\n{error}")]
    Policy {
        /// The file as the user named it.
        name: String,
        /// What is wrong, line by line.
        error: PolicyError,
    },
    /// Standard output is closed or full.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    /// Anything else, said whole.
    #[error("{0}")]
    Usage(String),
}

impl CliError {
    /// Whether the reader of our output went away.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
