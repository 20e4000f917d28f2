//! Checks an 837P (or a claim CSV) against a folder of tables and prints what does not hold:
//! `cargo run --example validate_837p -- claims.837 tables`

use peerclaims::outcome::Disposition;
use peerclaims::pipeline::{self, Progress, Request};
use peerclaims::rules::registry::RULES;
use peerclaims::tables::{self, CsvForm, TablePaths};
use peerclaims::{policy, source::input};
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let claims = arguments.next().ok_or("usage: validate_837p CLAIMS TABLES")?;
    let tables = arguments.next().ok_or("usage: validate_837p CLAIMS TABLES")?;
    validate(claims, tables, &mut std::io::stdout())
}

/// Writes the findings, and what becomes of the claims.
pub fn validate(
    claims: PathBuf,
    tables: PathBuf,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let (policy, progress) = (policy::builtin(), Progress::default());
    let claims = input::expand(&[claims])?;
    let request = Request { claims, rules: RULES.to_vec(), ..Request::new(&policy, &progress) };
    let loaded = tables::load(&TablePaths::in_dir(&tables)?, &CsvForm::default(), request.threads)?;
    let outcome = pipeline::run(&request, &loaded.tables)?;
    for finding in &outcome.findings {
        let claim = finding.line.as_ref().map_or("-", |line| &line.claim_id);
        let severity = finding.severity.as_str();
        writeln!(out, "{} {severity} claim {claim}: {}", finding.rule.id, finding.message)?;
    }
    let held = outcome.claims.iter().filter(|claim| claim.disposition == Disposition::Hold).count();
    writeln!(out, "{} claims, {held} to hold", outcome.claims.len())?;
    Ok(())
}
