//! `peerclaims check-tables DIR`

use super::args::ListFormat;
use super::error::CliError;
use super::exit::{self, Exit};
use super::first_day_args::CheckTablesArgs;
use super::{paint, policy, table_args, width};
use crate::report;
use crate::rules::registry::RULES;
use crate::table_check::{self, TableReport};
use crate::tables::TableKind;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Looks at the tables.
pub fn run(args: &CheckTablesArgs) -> Result<Exit, CliError> {
    let loaded = table_args::load(&args.tables, args.folder.as_deref())?;
    let policy = policy::load(args.tables.policy.as_deref())?.policy;
    let rules = |kind: TableKind| {
        let needing = RULES.iter().filter(|rule| rule.needs.contains(&kind));
        needing.map(|rule| rule.id).collect()
    };
    let seen = table_check::look(&loaded, &policy, table_args::as_of(&args.tables), rules);
    let is_well = seen.doubts.is_empty();
    exit::after(
        say(args.format, &seen, is_well),
        if is_well { Exit::Clean } else { Exit::Findings },
    )
}

fn say(format: ListFormat, seen: &TableReport, is_well: bool) -> Result<(), CliError> {
    let mut out = paint::stdout();
    match format {
        ListFormat::Table => {
            let width = width::of_results();
            report::table_check::write(&mut out, seen, width)?;
        }
        ListFormat::Json => {
            let mut value = serde_json::to_value(seen).map_err(io::Error::from)?;
            if let Value::Object(keys) = &mut value {
                keys.insert("is_well".to_owned(), json!(is_well));
            }
            serde_json::to_writer_pretty(&mut out, &value).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(out.flush()?)
}
