//! What a user types for `remit`.

use crate::cli::args::ListFormat;
use crate::cli::values::parse_size;
use clap::Args;
use std::path::PathBuf;

/// Take what payers say of claims (835 remittances) into the ledger: their numbers, status, paid
/// amounts.
///
/// A denied claim or service gives its units back, a reversal takes a payment back, and later
/// corrections (REF*F8) find their claim by the payer's number. A payment is recorded once, however
/// often and in whatever order files are read. `peerclaims ledger undo` takes the run back.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims remit payments/*.835 --ledger ledger.db\n  \
    peerclaims remit payments --ledger ledger.db --dry-run\n  \
    zcat weekly.835.gz | peerclaims remit - --ledger ledger.db --format json > weekly.json\n\n\
    Exit codes: 0 done (claims that the ledger does not know are listed), 2 not done, 3 done, but \
    some input could not be read.")]
pub struct RemitArgs {
    /// Remittances: X12 835 (005010X221), plain, .gz or .zst; a folder, a pattern, or -
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The ledger that holds the claims
    #[arg(long, value_name = "FILE", required = true)]
    pub ledger: PathBuf,
    /// Say what would be recorded, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
    /// Wait so long for another run that has the ledger
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u64,
    /// Whose procedures are peer support
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Ledger, policy, defaults [default: peerclaims.toml in the working folder, if there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A compressed file may unpack to at most this (bytes, or 500M, 20G, 1T)
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "256G")]
    pub max_decompressed: u64,
    /// No table; errors and what could not be read only
    #[arg(short, long)]
    pub quiet: bool,
    /// Bytes of a block of input: for tests of block boundaries
    #[arg(long, value_name = "BYTES", hide = true)]
    pub block_bytes: Option<usize>,
}
