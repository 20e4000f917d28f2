//! What a user types to look at earlier runs: `verify`, `diff`, `simulate`.

use super::args::{CommonArgs, FormatArg, ListFormat};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Say whether the results in a folder are as the run wrote them.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims verify results\n  \
    peerclaims verify results --inputs --ledger year.db\n  \
    peerclaims verify results --format json\n\n\
    Exit codes: 0 as written; 1 not; 2 could not look (no manifest.json, not of peerclaims).")]
pub struct VerifyArgs {
    /// The folder that a run wrote with --out
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Look at the claim files, tables, policy and configuration too, where they can be found
    /// (paths are taken from the working folder, as the run took them)
    #[arg(long)]
    pub inputs: bool,
    /// Ask the ledger whether the manifest is that of one of its runs, and whether its chain of
    /// manifests holds
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// The SHA-256 that manifest.json must have, noted elsewhere on the day of the run
    #[arg(long, value_name = "HASH", value_parser = parse_sha256)]
    pub manifest_sha256: Option<String>,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
}

/// Say which findings came, went or changed between two runs.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims diff results-monday results-tuesday\n  \
    peerclaims diff old/findings.csv new/findings.jsonl --format csv > diff.csv\n  \
    peerclaims diff old new --out difference\n\n\
    A finding is known by rule, claim, line, billing provider, member and service date; file and \
    position are no difference.\n\n\
    Exit codes: 0 the same; 1 different; 2 could not look.")]
pub struct DiffArgs {
    /// The run before: a folder that a run wrote with --out, or its findings.csv or findings.jsonl
    #[arg(value_name = "RUN_A")]
    pub before: PathBuf,
    /// The run after
    #[arg(value_name = "RUN_B")]
    pub after: PathBuf,
    /// Form of the answer on standard output
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: DiffFormat,
    /// Write diff.csv, diff_claims.csv and diff.json into this folder; - writes what --format says
    /// (csv, unless it says json) to standard output
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Say nothing but by the exit code
    #[arg(short, long)]
    pub quiet: bool,
}

/// `--format` of `diff`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    Table,
    /// The findings that differ, a row each
    Csv,
    /// Sums, findings and claims
    Json,
}

/// Those of the formats of a run that a comparison is written in.
fn formats() -> impl TypedValueParser<Value = FormatArg> {
    PossibleValuesParser::new(["csv", "json"]).map(|word| match word.as_str() {
        "json" => FormatArg::Json,
        _ => FormatArg::Csv,
    })
}

/// Say what would change under another policy.
#[derive(Args)]
#[command(
    mut_arg("fail_on", |arg| arg.hide(true)),
    mut_arg("unmask", |arg| arg.hide(true)),
    mut_arg("policy", |arg| arg.required(true).help("The policy that is tried")),
    mut_arg("out", |arg| arg.help("Write diff.csv, diff_claims.csv and diff.json into this \
        folder; - writes the findings that differ to standard output")),
    mut_arg("format", |arg| arg.value_parser(formats()).help("Of standard output: csv is a table \
        without --out, and rows with --out -; json has all")),
    after_help = "Examples:\n  \
    peerclaims simulate 2025/*.837 --tables tables --policy eight-a-day.toml\n  \
    peerclaims simulate claims.csv --policy new.toml --against old.toml --out what-if\n\n\
    The claims are read once and checked twice; nothing is written but with --out.\n\n\
    Exit codes: 0 the same; 1 different; 2 not done; 3 done, but some input had to be left out."
)]
pub struct SimulateArgs {
    /// Claim files: X12 837P or CSV, plain, .gz or .zst; a folder or a pattern
    #[arg(required = true, value_name = "CLAIMS")]
    pub claims: Vec<PathBuf>,
    /// The policy that --policy is held against [default: the built-in one]
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub against: Option<PathBuf>,
    /// Past nights' lines use up units; the ledger stays as it is
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub ledger: Option<PathBuf>,
    #[command(flatten)]
    pub common: CommonArgs,
}

fn parse_sha256(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { Ok(text) } else { Err("not a SHA-256: 64 hexadecimal digits".to_owned()) }
}
