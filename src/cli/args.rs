//! The command line: the commands, and the options of most of them; those of the others stand in
//! the `…_args` files beside it.

pub use super::audit_args::AuditArgs;
use super::changes_args::{DiffArgs, SimulateArgs, VerifyArgs};
use super::first_day_args::{CheckTablesArgs, InitArgs, UpcomingArgs};
use super::ledger_args::{LedgerArgs, LedgerOptions};
use super::memory::MemoryArgs;
use super::packaging::{CompletionsArgs, ManArgs};
use super::remit::args::RemitArgs;
use super::values::{parse_date, parse_delimiter, parse_size};
use crate::model::NaiveDate;
use crate::report::OptionFacts;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Checks Mississippi Medicaid peer-support claims (H0038) before they are billed, or after.
#[derive(Parser)]
#[command(
    name = "peerclaims",
    version,
    about,
    long_about = "Checks Mississippi Medicaid peer-support claims (HCPCS H0038): limits of units, \
        credentials, supervision, service plans, duplicates and corrections. Reads X12 837P and \
        claim CSV, joins them with six tables, and says which service lines do not hold, why, and \
        what to do next.",
    after_help = "Examples:\n  \
        peerclaims validate claims.837 --tables tables --history history\n  \
        peerclaims validate claims.837 --tables tables --out results\n  \
        peerclaims explain U001\n  \
        peerclaims init tables\n\n\
        Exit codes: 0 nothing found, 1 findings, 2 not done, 3 done, but part was left out.",
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Colours in what people read
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: ColorArg,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Check claims before they are billed
    Validate(Box<ValidateArgs>),
    /// Audit years of claims: overpayment, profiles, a sample to review
    Audit(Box<AuditArgs>),
    /// Say what a file is and where it is broken; shows nothing of a member
    Inspect(InspectArgs),
    /// Print a rule's page: what, why, source, examples, what to do
    Explain(ExplainArgs),
    /// List all rules
    Rules(RulesArgs),
    /// Print the built-in policy, or check one
    Policy(PolicyArgs),
    /// Take what payers say of claims (835 remittances) into the ledger
    Remit(RemitArgs),
    /// Look at the nightly ledger, correct it, keep it
    Ledger(LedgerArgs),
    /// Make a claim set of any size whose findings are known
    Generate(GenerateArgs),
    /// The first day: a commented configuration, templates of the tables, a page of their columns
    Init(InitArgs),
    /// Say what looks wrong in the tables, before any claim is there
    CheckTables(Box<CheckTablesArgs>),
    /// Say what ends or falls due in the days to come
    Upcoming(Box<UpcomingArgs>),
    /// Completions for a shell
    Completions(CompletionsArgs),
    /// Manual pages
    Man(ManArgs),
    /// Say whether the results in a folder are as the run wrote them
    Verify(VerifyArgs),
    /// Say which findings came, went or changed between two runs
    Diff(DiffArgs),
    /// Say what would change under another policy
    Simulate(Box<SimulateArgs>),
}

/// Check claims before they are billed.
#[derive(Args)]
#[command(
    mut_arg("deidentify", |arg| arg.help("Replace member ids in all results by a hash that takes \
        this key; not with --split or --acks (see docs/deidentify.md)")),
    after_help = "Examples:\n  \
    peerclaims validate claims.837 --tables tables --history history\n  \
    peerclaims validate night/*.csv --tables tables --out results --format csv,json\n  \
    zcat claims.837.gz | peerclaims validate - --tables tables --out - > findings.csv\n\n\
    Exit codes: 0 nothing found; 1 findings (--fail-on says which count); 2 not done; 3 done, but \
    some input had to be left out."
)]
pub struct ValidateArgs {
    /// Claim files: X12 837P or CSV, plain, .gz or .zst; a folder, a pattern, or - (standard input)
    #[arg(required = true, value_name = "CLAIMS")]
    pub claims: Vec<PathBuf>,
    /// Write acknowledgements of the X12 files into DIR/acks: 999, 277CA, and TA1 where it is asked
    /// for
    #[arg(long, help_heading = "Output")]
    pub acks: bool,
    /// Split each claim file by claim: release/ holds what may leave, hold/ what must wait
    /// (needs --out DIR; see docs/split.md)
    #[arg(long, help_heading = "Output")]
    pub split: bool,
    /// Where --split puts claims that a person must look at
    #[arg(
        long,
        value_name = "PART",
        default_value = "release",
        requires = "split",
        help_heading = "Output"
    )]
    pub review_to: ReviewTo,
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(flatten)]
    pub ledger: LedgerOptions,
}

/// `--review-to`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReviewTo {
    /// With the clean claims
    Release,
    /// With those that wait
    Hold,
}

/// What every run over claims takes.
#[derive(Args)]
pub struct CommonArgs {
    /// Folder with the tables by their names (credentials.csv, employment.csv, …)
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    pub tables: Option<PathBuf>,
    /// Designations of practitioners
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub credentials: Option<PathBuf>,
    /// Stints of practitioners at agencies
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub employment: Option<PathBuf>,
    /// Individual Service Plans (ISP)
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub plans: Option<PathBuf>,
    /// The supervision log
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub supervision: Option<PathBuf>,
    /// Supervisors and their training
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub supervisors: Option<PathBuf>,
    /// Prior authorizations (EPSDT)
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub authorizations: Option<PathBuf>,
    /// Claims of earlier days: they use up units and are never reported. Takes all paths behind it,
    /// so name CLAIMS first
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Input")]
    pub history: Vec<PathBuf>,
    /// Other numbers than Mississippi's (see `peerclaims policy`)
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub policy: Option<PathBuf>,
    /// Column names, codes, delimiter, paths, defaults [default: peerclaims.toml in the working
    /// folder, if there]
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub config: Option<PathBuf>,
    /// The result is that of this day: later services, sessions and dates are not known yet
    /// [default: newest received or group date of the input, else today (UTC)]
    #[arg(long, value_name = "DATE", value_parser = parse_date, help_heading = "Rules")]
    pub as_of: Option<NaiveDate>,
    /// Report only these rules, by id or prefix: U units, C claim content, D duplicates and
    /// corrections, K credentials, S supervision, P service plan, F files (U001,K,S)
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub select: Vec<String>,
    /// Do not report these rules, by id or prefix
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// Exit with 1 when a finding is at least this grave
    #[arg(long, value_name = "SEVERITY", default_value = "deny", help_heading = "Output")]
    pub fail_on: FailOn,
    /// Write the results into this folder; - writes findings to standard output
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub out: Option<PathBuf>,
    /// Formats of the findings; with --out DIR, findings.csv is always written
    #[arg(
        long,
        value_name = "FORMATS",
        value_delimiter = ',',
        default_value = "csv",
        help_heading = "Output"
    )]
    pub format: Vec<FormatArg>,
    /// Show member ids in report.html
    #[arg(long, help_heading = "Output")]
    pub unmask: bool,
    /// Replace member ids in all results by a hash that takes this key (see docs/deidentify.md)
    #[arg(long, value_name = "KEYFILE", help_heading = "Output")]
    pub deidentify: Option<PathBuf>,
    /// Threads [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    #[command(flatten)]
    pub memory: MemoryArgs,
    /// End the run (exit 2) with more bad rows than this [default: no limit]
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub max_bad_rows: Option<u64>,
    /// A compressed file may unpack to at most this (bytes, or 500M, 20G, 1T)
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "256G",
        help_heading = "Input")]
    pub max_decompressed: u64,
    /// Delimiter of the CSV files: , ; | or \t
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter, help_heading = "Input")]
    pub delimiter: Option<u8>,
    /// Hash of the claim files in the manifest
    #[arg(long, value_name = "HASH", default_value = "sha256", help_heading = "Output")]
    pub input_hash: InputHash,
    /// No summary, no progress, errors only: which rules did not run, summary.json alone says then
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say where the time went
    #[arg(short, long)]
    pub verbose: bool,
    /// One line on standard output instead of the summary: counts, holds, dollars, what the exit
    /// code means
    #[arg(long, help_heading = "Output")]
    pub summary_line: bool,
    /// How far the run is, on standard error: a bar on a terminal, or a JSON object a line
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub progress: ProgressArg,
    /// Bytes of a block of input: for tests of block boundaries
    #[arg(long, value_name = "BYTES", hide = true)]
    pub block_bytes: Option<usize>,
    /// Options that the configuration gave, as nobody typed them.
    #[arg(skip)]
    pub from_config: Vec<OptionFacts>,
}

/// `--fail-on`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Deny findings
    Deny,
    /// Review and deny findings
    Review,
    /// Never
    Never,
}

/// `--format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// findings.csv
    Csv,
    /// findings.jsonl, with evidence
    Json,
    /// report.html, one page with charts, tables and what stands behind them
    Html,
    /// findings.xlsx, working papers as a workbook
    Xlsx,
    /// findings.parquet, the columns of findings.csv with types
    Parquet,
}

/// `--progress`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressArg {
    /// A bar on a terminal, nothing with --quiet
    Auto,
    /// A bar on a terminal, also with --quiet
    Bar,
    /// Lines of JSON: stage, bytes, total_bytes, seconds
    Json,
    /// Nothing
    None,
}

/// `--color`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// On a terminal; NO_COLOR, CLICOLOR=0 and CLICOLOR_FORCE=1 say otherwise
    Auto,
    /// Always, in a pipe too
    Always,
    /// None
    Never,
}

/// `--input-hash`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InputHash {
    /// SHA-256
    Sha256,
    /// No hash
    None,
}

/// Say what a file is and where it is broken: envelope, delimiters, counts, first faults.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims inspect claims.837\n  \
    peerclaims inspect claims.837.gz --format json\n\n\
    Exit codes: 0 nothing had to be left out (a table and an 835 hold no claims); 3 something had \
    (F004, F005), or nothing can be read of it; 2 could not look.")]
pub struct InspectArgs {
    /// Any file, plain, .gz or .zst; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
    /// Faults that are shown
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub faults: usize,
    /// Whose procedures are peer support
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Column names [default: peerclaims.toml in the working folder, if there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Delimiter of a CSV: , ; | or \t [default: told from its header]
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter)]
    pub delimiter: Option<u8>,
    /// A compressed file may unpack to at most this (bytes, or 500M, 20G, 1T)
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "256G")]
    pub max_decompressed: u64,
    /// Bytes of a block of input: for tests of block boundaries
    #[arg(long, value_name = "BYTES", hide = true)]
    pub block_bytes: Option<usize>,
}

/// Print a rule's page: what, why, source, examples, what to do.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims explain U001\n  \
    peerclaims explain daily-units-exceeded --policy policy.toml")]
pub struct ExplainArgs {
    /// Id or name of the rule, e.g. U001
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// Form of the page
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
    /// With the numbers of this policy
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Where the policy stands [default: peerclaims.toml in the working folder, if there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// List all rules.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims rules\n  \
    peerclaims rules --format json")]
pub struct RulesArgs {
    /// Form of the list
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
    /// With the severities of this policy
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Where the policy stands [default: peerclaims.toml in the working folder, if there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Print the built-in policy as commented TOML, or check one.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  \
    peerclaims policy > policy.toml\n  \
    peerclaims policy check policy.toml\n  \
    peerclaims validate CLAIMS --policy policy.toml"
)]
pub struct PolicyArgs {
    #[command(subcommand)]
    pub command: Option<PolicyCommand>,
    /// Form: table is TOML
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
}

#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Check a policy file: exit 0 well, 1 not, 2 could not look
    #[command(after_help = "Example: peerclaims policy check policy.toml")]
    Check {
        /// The policy; `-` for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Form of the answer
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: ListFormat,
    },
}

/// Make a claim set of any size, with its tables and the findings that it must give.
///
/// Nothing in it is real. The same arguments give the same bytes on any machine.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims generate --lines 20000 --seed 1 --out set\n  \
    peerclaims generate --lines 10000000 --peer-share 0.1 --format csv,x12 --out big\n  \
    peerclaims generate --lines 20000 --violations U001=0.01,S=0.005 --out some\n  \
    peerclaims generate --lines 50000 --nights 5 --out nights")]
pub struct GenerateArgs {
    /// Folder for the set; it must be empty or not there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Service lines, those of other procedures included
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub lines: u64,
    /// Members [default: as many as the lines suggest]
    #[arg(long, value_name = "N")]
    pub members: Option<u64>,
    /// Years of services before the as-of date
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub years: u32,
    /// Last day of the set, and as-of date of a run on it [default: 2025-10-17]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_of: Option<NaiveDate>,
    /// Share of the service lines that are peer support, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    pub peer_share: f64,
    /// Another seed gives another set
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Formats of the claims: both carry the same ones
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_value = "csv")]
    pub format: Vec<SetFormat>,
    /// Pack the claim files
    #[arg(long, value_name = "KIND")]
    pub compress: Option<CompressArg>,
    /// Violations planted a peer-support line: a rate, or by rule or prefix (U001=0.01,S=0.005)
    #[arg(long, value_name = "RATE", default_value = "0.001")]
    pub violations: String,
    /// A history and so many nightly files, instead of one file
    #[arg(long, value_name = "K")]
    pub nights: Option<u16>,
    /// Threads [default: as many as there are cores]; the bytes are the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// No summary, no progress
    #[arg(short, long)]
    pub quiet: bool,
}

/// Formats of a generated set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SetFormat {
    /// Claim CSV
    Csv,
    /// X12 837P
    X12,
}

impl SetFormat {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            SetFormat::Csv => "the CSV",
            SetFormat::X12 => "the 837P",
        }
    }
}

/// `--compress`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompressArg {
    /// gzip
    Gz,
    /// Zstandard
    Zst,
}
