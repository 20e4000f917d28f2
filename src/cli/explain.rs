//! `peerclaims explain RULE`

use super::args::{ExplainArgs, ListFormat};
use super::error::CliError;
use super::exit::Exit;
use super::{policy, select, width};
use crate::rules::{catalogue, page, registry};
use std::io::{self, Write};

/// Lines narrower than this cannot be read.
const MIN_WIDTH: usize = 30;

/// Prints the page of a rule.
pub fn run(args: &ExplainArgs) -> Result<Exit, CliError> {
    let rule =
        registry::find(&args.rule).ok_or_else(|| CliError::Usage(select::unknown(&args.rule)))?;
    let loaded = policy::load(args.policy.as_deref())?;
    let mut out = io::stdout().lock();
    match args.format {
        ListFormat::Table => {
            // No wider than a page reads well, however wide the terminal.
            let width = width::of_results().clamp(MIN_WIDTH, page::WIDTH);
            let page = page::page_within(rule, &loaded.policy, width);
            out.write_all(page.as_bytes())?;
        }
        ListFormat::Json => {
            let page = catalogue::page(rule, &loaded.policy);
            serde_json::to_writer_pretty(&mut out, &page).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(Exit::Clean)
}
