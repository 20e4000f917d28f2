//! `peerclaims rules`

use super::args::{ListFormat, RulesArgs};
use super::error::CliError;
use super::exit::Exit;
use super::{policy, width};
use crate::rules::{catalogue, registry};
use std::io::{self, Write};

/// Prints the catalogue.
pub fn run(args: &RulesArgs) -> Result<Exit, CliError> {
    let loaded = policy::load(args.policy.as_deref())?;
    let rows = catalogue::rows(registry::RULES, &loaded.policy);
    let mut out = io::stdout().lock();
    match args.format {
        ListFormat::Table => {
            // In a pipe each rule stays on its line.
            let width = width::of_terminal(true);
            out.write_all(catalogue::table(&rows, width).as_bytes())?;
        }
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &rows).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(Exit::Clean)
}
