//! `peerclaims inspect FILE`: what a file is, and where it is broken.
//!
//! Exit code: 0 looked, and nothing had to be left out; 3 looked, and something had (F004, F005),
//! or it is of a kind of which nothing can be read (a table and an 835 are no such); 2 could not
//! look.

use super::args::{InspectArgs, ListFormat};
use super::error::CliError;
use super::exit::{self, Exit};
use super::{configuration, policy, width};
use crate::inspect::{self, Inspection, Wishes};
use crate::report;
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input::InputPath;
use std::io::{self, BufWriter, Write};

/// Looks at a file.
pub fn run(args: &InspectArgs) -> Result<Exit, CliError> {
    let configuration = configuration::load(args.config.as_deref())?;
    let loaded = policy::load(args.policy.as_deref())?;
    let delimiter = configuration.delimiter.as_deref().and_then(|text| text.bytes().next());
    let wishes = Wishes {
        policy: &loaded.policy,
        today: chrono::Utc::now().date_naive(),
        delimiter: args.delimiter.or(delimiter),
        renamed: configuration.claim_columns(),
        codes: configuration.claim_codes(),
        max_decompressed: args.max_decompressed,
        faults: args.faults,
        block_bytes: args.block_bytes.unwrap_or(BLOCK_BYTES),
    };
    let name = args.file.to_string_lossy().into_owned();
    if args.file.is_dir() {
        return Err(CliError::Usage(format!("{name}: a folder; name one file")));
    }
    let input =
        InputPath { path: args.file.clone(), name, is_from_folder: false, is_special: false };
    let seen = inspect::look(&input, &wishes)?;
    let exit = if seen.is_whole() { Exit::Clean } else { Exit::Partial };
    exit::after(say(args.format, &seen), exit)
}

fn say(format: ListFormat, seen: &Inspection) -> Result<(), CliError> {
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        ListFormat::Table => {
            let width = width::of_results();
            report::inspection::write(&mut out, seen, width)?;
        }
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, seen).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(out.flush()?)
}
