//! What a user types behind `peerclaims audit`.

use super::args::{CommonArgs, ListFormat};
use super::values::parse_date;
use crate::model::NaiveDate;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Audit years of claims: overpayment, profiles, a sample to review.
///
/// The engine is that of `validate`; the claims are taken as billed or paid. With --out the folder
/// gets working papers as CSV beside the files of `validate` (docs/audit.md).
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    group(ArgGroup::new("size").args(["sample", "precision"])),
    after_help = "Examples:\n  \
    peerclaims audit extract/ --tables tables --out papers\n  \
    peerclaims audit extract/ --tables tables --from 2024-07-01 --to 2025-06-30 --out papers\n  \
    peerclaims audit extract/ --tables tables --sample 100 --seed A --out papers\n  \
    peerclaims audit estimate papers-reviewed.csv\n\n\
    Exit codes: 0 nothing found; 1 findings (--fail-on says which count); 2 not done; 3 done, but \
    some input had to be left out."
)]
pub struct AuditArgs {
    #[command(subcommand)]
    pub command: Option<AuditCommand>,
    /// Claim files: X12 837P or CSV, plain, .gz or .zst; a folder, a pattern, or - (standard input)
    #[arg(required = true, value_name = "CLAIMS")]
    pub claims: Vec<PathBuf>,
    #[command(flatten)]
    pub common: CommonArgs,
    /// Report services of this day and later; earlier ones still use up units
    #[arg(long, value_name = "DATE", value_parser = parse_date, help_heading = "Audit")]
    pub from: Option<NaiveDate>,
    /// Report services up to this day; later ones are still read
    #[arg(long, value_name = "DATE", value_parser = parse_date, help_heading = "Audit")]
    pub to: Option<NaiveDate>,
    /// Prices of lines without a paid amount: a CSV of code, modifier, from, through, rate
    #[arg(long, value_name = "FILE", help_heading = "Audit")]
    pub rates: Option<PathBuf>,
    /// Draw a sample of so many lines of the frame
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..),
        help_heading = "Sample")]
    pub sample: Option<u64>,
    /// Draw as many as plan a 90 % interval this wide either way, as a share (0.1) of the
    /// overpayment that the findings show
    #[arg(long, value_name = "SHARE", value_parser = parse_share, help_heading = "Sample")]
    pub precision: Option<f64>,
    /// Cut the frame into strata
    #[arg(
        long,
        value_name = "BY",
        default_value = "none",
        requires = "size",
        help_heading = "Sample"
    )]
    pub stratify: StratifyArg,
    /// Strata by dollars [default: 4]
    #[arg(long, value_name = "H", value_parser = clap::value_parser!(u32).range(2..=100),
        requires = "size", help_heading = "Sample")]
    pub strata: Option<u32>,
    /// Any text; the same seed draws the same lines
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "1",
        requires = "size",
        help_heading = "Sample"
    )]
    pub seed: String,
    /// Spares drawn behind the sample of each stratum
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        requires = "size",
        help_heading = "Sample"
    )]
    pub spares: u64,
}

/// `--stratify`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StratifyArg {
    /// One stratum
    None,
    /// Strata of about equal dollars, from small amounts to large
    Dollars,
    /// One stratum an agency
    Agency,
}

fn parse_share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok();
    share.filter(|share| *share > 0.0 && *share < 1.0).ok_or_else(|| "a share, as 0.1".to_owned())
}

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Estimate the overpayment of the frame from a reviewed sample
    Estimate(EstimateArgs),
}

/// Estimate the overpayment of the frame from a reviewed sample.
#[derive(Args)]
#[command(after_help = "Example: peerclaims audit estimate papers-reviewed.csv --format json\n\n\
    Exit codes: 0 done; 2 not done.")]
pub struct EstimateArgs {
    /// The sample.csv that audit wrote, with overpaid_amount filled in
    #[arg(value_name = "SAMPLE")]
    pub sample: PathBuf,
    /// Of the two-sided interval
    #[arg(long, value_name = "SHARE", default_value_t = 0.90, value_parser = parse_share)]
    pub confidence: f64,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ListFormat,
}
