//! `peerclaims explain RULE`

use super::args::ExplainArgs;
use super::error::CliError;
use super::exit::Exit;
use super::{policy, select};
use crate::rules::{page, registry};
use std::io::{self, Write};

/// Prints the page of a rule.
pub fn run(args: &ExplainArgs) -> Result<Exit, CliError> {
    let rule =
        registry::find(&args.rule).ok_or_else(|| CliError::Usage(select::unknown(&args.rule)))?;
    let loaded = policy::load(args.policy.as_deref())?;
    io::stdout().write_all(page::page(rule, &loaded.policy).as_bytes())?;
    Ok(Exit::Clean)
}
