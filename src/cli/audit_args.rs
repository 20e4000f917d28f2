//! What a user types behind `peerclaims audit`.

use super::args::{CommonArgs, parse_date};
use crate::model::NaiveDate;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Audit years of claims: overpayment, profiles, a sample to review.
///
/// The engine is that of `validate`; the claims are taken as billed or paid. With --out the folder
/// gets working papers as CSV beside the files of `validate` (docs/audit.md).
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  \
    peerclaims audit extract/ --tables tables --out papers\n  \
    peerclaims audit extract/ --tables tables --from 2024-07-01 --to 2025-06-30 --out papers"
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
}

#[derive(Subcommand)]
pub enum AuditCommand {}
