//! What a user types about the ledger.

use super::args::ListFormat;
use super::values::{parse_date, parse_delimiter};
use crate::model::NaiveDate;
use crate::outcome::Post;
use clap::{Args, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// The ledger of a run over claims.
#[derive(Args)]
pub struct LedgerOptions {
    /// The nightly ledger: past nights' lines use up units, and this night's are posted to it. Made
    /// where it is not there
    #[arg(long, value_name = "FILE", help_heading = "Ledger")]
    pub ledger: Option<PathBuf>,
    /// Which claims of this run use up the year
    #[arg(
        long,
        value_name = "CLAIMS",
        default_value = "released",
        requires = "ledger",
        help_heading = "Ledger"
    )]
    pub post: PostArg,
    /// Change nothing in the ledger; say what would be posted
    #[arg(long, requires = "ledger", help_heading = "Ledger")]
    pub dry_run: bool,
    /// Wait so long for another run that has the ledger
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        requires = "ledger",
        help_heading = "Ledger"
    )]
    pub wait: u64,
}

/// `--post`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PostArg {
    /// Claims that the run releases
    Released,
    /// All claims, held ones too
    All,
    /// None; the files count as seen
    None,
}

impl From<PostArg> for Post {
    fn from(post: PostArg) -> Post {
        match post {
            PostArg::Released => Post::Released,
            PostArg::All => Post::All,
            PostArg::None => Post::None,
        }
    }
}

/// Look at the nightly ledger, correct it, keep it.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims ledger status --ledger year.db\n  \
    peerclaims ledger seed --history 2025/*.csv --ledger year.db\n  \
    peerclaims ledger undo 12 --ledger year.db\n  \
    peerclaims ledger members --near 20 --ledger year.db\n\n\
    Exit codes: 0 done, 2 not done; check: 0 well, 1 not, 2 could not look.")]
pub struct LedgerArgs {
    /// The ledger
    #[arg(long, value_name = "FILE", global = true)]
    pub ledger: Option<PathBuf>,
    /// Wait so long for a run that has the ledger
    #[arg(long, value_name = "SECONDS", default_value_t = 60, global = true)]
    pub wait: u64,
    /// Ledger, policy, column names, delimiter [default: peerclaims.toml in the working folder, if
    /// there]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: LedgerCommand,
}

impl LedgerArgs {
    /// The ledger, wherever it is named.
    pub fn path(&self) -> Option<&Path> {
        let positional = match &self.command {
            LedgerCommand::Status(known) | LedgerCommand::Runs(known) => &known.file,
            LedgerCommand::Members(members) => &members.known.file,
            LedgerCommand::Export { file, .. } | LedgerCommand::Check { file, .. } => file,
            _ => &None,
        };
        self.ledger.as_deref().or(positional.as_deref())
    }
}

#[derive(Subcommand)]
pub enum LedgerCommand {
    /// The ledger at a glance
    #[command(after_help = "Example: peerclaims ledger status --ledger year.db")]
    Status(KnownArgs),
    /// The runs, oldest first
    #[command(after_help = "Example: peerclaims ledger runs --ledger year.db --format json")]
    Runs(KnownArgs),
    /// Take the newest run back
    #[command(after_help = "Example: peerclaims ledger undo 12 --ledger year.db")]
    Undo {
        /// Its number; `ledger runs` lists them
        #[arg(value_name = "RUN")]
        run: i64,
    },
    /// Every posted line, as a claim CSV with what the ledger knows of it
    #[command(after_help = "Example: peerclaims ledger export --ledger year.db \
            --as-known-on 2025-09-30 > lines.csv")]
    Export {
        /// Form
        #[arg(long, value_name = "FORMAT", default_value = "csv")]
        format: ExportFormat,
        /// As it was known at the end of this day (UTC)
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        as_known_on: Option<NaiveDate>,
        /// Replace member ids by a hash that takes this key, and birth dates by their year (see
        /// docs/deidentify.md)
        #[arg(long, value_name = "KEYFILE")]
        deidentify: Option<PathBuf>,
        /// The ledger, if --ledger does not name it
        #[arg(value_name = "LEDGER", conflicts_with = "ledger")]
        file: Option<PathBuf>,
    },
    /// Is the ledger as its runs left it: file, chain of manifests, lines, balances
    #[command(after_help = "Example: peerclaims ledger check --ledger year.db")]
    Check {
        /// Form of the answer
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: ListFormat,
        /// The ledger, if --ledger does not name it
        #[arg(value_name = "LEDGER", conflicts_with = "ledger")]
        file: Option<PathBuf>,
    },
    /// Who runs out of units this year: member ids and what is left
    #[command(after_help = "Example: peerclaims ledger members --near 20 --ledger year.db")]
    Members(MembersArgs),
    /// The first day: post claims of the past as they are, unchecked
    #[command(after_help = "Example: peerclaims ledger seed --history 2025/*.csv --ledger year.db")]
    Seed(SeedArgs),
    /// Decide that a claim goes out, whatever is found on it
    #[command(after_help = "Example: peerclaims ledger release N004 --reason 'checked \
            with the agency' --ledger year.db")]
    Release(DecideArgs),
    /// Decide that a claim is held, whatever is found on it
    #[command(after_help = "Example: peerclaims ledger hold N004 --reason 'record \
            requested' --ledger year.db")]
    Hold(DecideArgs),
    /// Take back what was decided on a claim: what is found on it decides again
    #[command(after_help = "Example: peerclaims ledger withdraw N004 --reason 'wrong claim' \
            --ledger year.db\n\nThe decision and its withdrawal stay in the ledger; \
            `ledger status` lists what is in force.")]
    Withdraw(DecideArgs),
    /// Copy the ledger, as it is now, to a new file
    #[command(after_help = "Example: peerclaims ledger backup copy.db --ledger year.db")]
    Backup {
        /// The new file
        #[arg(value_name = "FILE")]
        to: PathBuf,
    },
    /// Take away for good the claims whose services are all before a day
    #[command(after_help = "Example: peerclaims ledger prune --before 2019-07-01 --ledger year.db")]
    Prune {
        /// The day; at the latest the first of this limit year (July 1)
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        before: NaiveDate,
        /// Take claims of this limit year too, and with them the units that members used
        #[arg(long)]
        even_this_year: bool,
    },
}

#[derive(Args)]
pub struct KnownArgs {
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
    /// As it was known at the end of this day (UTC)
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_known_on: Option<NaiveDate>,
    /// The ledger, if --ledger does not name it
    #[arg(value_name = "LEDGER", conflicts_with = "ledger")]
    pub file: Option<PathBuf>,
}

/// Form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A claim CSV, with columns of the ledger behind
    Csv,
    /// A JSON object a line
    Json,
    /// Parquet: the columns of the CSV, dollars and runs as numbers
    Parquet,
}

#[derive(Args)]
pub struct MembersArgs {
    /// Only those with at most so many units left
    #[arg(long, value_name = "UNITS")]
    pub near: Option<u64>,
    /// Replace member ids by a hash that takes this key (see docs/deidentify.md)
    #[arg(long, value_name = "KEYFILE")]
    pub deidentify: Option<PathBuf>,
    /// The limit year that this day is in [default: today (UTC)]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_of: Option<NaiveDate>,
    /// With the limits of this policy
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    #[command(flatten)]
    pub known: KnownArgs,
}

#[derive(Args)]
pub struct SeedArgs {
    /// Claim files of the past, in the order in which they came
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    pub history: Vec<PathBuf>,
    /// Whose procedures are peer support
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Delimiter of the CSV files: , ; | or \t
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter)]
    pub delimiter: Option<u8>,
    /// No summary, no progress
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Args)]
pub struct DecideArgs {
    /// The claim, by its claim id
    #[arg(value_name = "CLAIM")]
    pub claim: String,
    /// Why. It stays in the ledger and in manifests: name no person, and say nothing of a member
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Only the claim of this agency
    #[arg(long, value_name = "NPI")]
    pub billing_npi: Option<String>,
    /// Who decided [default: the user who types this]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}
