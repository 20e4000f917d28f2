//! What the commands that check claims (`validate`, `audit`, `simulate`) have in common: what clap
//! cannot tell of their options, what they read, what is said of it, and how they end.

use super::args::{CommonArgs, FailOn, FormatArg};
use super::configuration::Configuration;
use super::error::CliError;
use super::exit::Exit;
use super::policy::LoadedPolicy;
use super::{deidentify, desk, standard_input, table_args, values, warnings};
use crate::deidentify::Key;
use crate::model::{Reject, Severity};
use crate::outcome::RunOutcome;
use crate::pipeline::{self, ReadOutcome, Request};
use crate::report::{self, Format, OptionFacts, PolicyFacts, TableFacts};
use crate::source::input::{self, InputPath};
use crate::tables::{self, CsvForm, Loaded, TablePaths};
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread;

/// Bad rows shown where there are too many.
const BAD_ROWS_SHOWN: usize = 10;

/// What clap cannot tell, of the options of all commands that check claims.
pub(super) fn check_usage(claims: &[PathBuf], common: &CommonArgs) -> Result<(), CliError> {
    let tables = named_tables(common);
    let paths = claims.iter().chain(&common.history).map(PathBuf::as_path);
    standard_input::check(paths.chain(tables.all().into_iter().flatten()))?;
    let to_stdout = common.out.as_ref().is_some_and(|out| out.as_os_str() == "-");
    deidentify::check_mask(common)?;
    if common.unmask && !common.format.contains(&FormatArg::Html) {
        let what = "--unmask is of report.html: add --format html";
        return Err(CliError::Usage(what.to_owned()));
    }
    let wants_parquet = common.format.contains(&FormatArg::Parquet);
    if wants_parquet && !cfg!(feature = "parquet") {
        return Err(CliError::Usage(desk::NO_PARQUET.to_owned()));
    }
    let wants_file = wants_parquet || desk::is_wanted(common);
    if wants_file && common.out.as_ref().is_none_or(|out| out.as_os_str() == "-") {
        let what = "--format html, xlsx and parquet write a file: pass --out DIR";
        return Err(CliError::Usage(what.to_owned()));
    }
    if to_stdout && common.summary_line {
        let what = "--summary-line and --out - both write to standard output: pass --out DIR";
        return Err(CliError::Usage(what.to_owned()));
    }
    if to_stdout && common.format.len() > 1 {
        let what = "--out - writes one format: pass --format csv or --format json";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(())
}

/// The claim files that were named; at least one.
pub(super) fn inputs(arguments: &[PathBuf]) -> Result<Vec<InputPath>, CliError> {
    let found = input::expand(arguments)?;
    if found.is_empty() { Err(no_claim_file(arguments)) } else { Ok(found) }
}

/// Why nothing is checked where folders hold no claims.
pub(super) fn no_claim_file(arguments: &[PathBuf]) -> CliError {
    let named: Vec<_> = arguments.iter().map(|path| path.display().to_string()).collect();
    CliError::Usage(format!("{}: no claim file there", named.join(", ")))
}

/// The tables that are given, by name or in a folder.
pub(super) fn table_paths(common: &CommonArgs) -> Result<TablePaths, CliError> {
    table_args::found(named_tables(common), common.tables.as_deref())
}

fn named_tables(common: &CommonArgs) -> TablePaths {
    TablePaths {
        credentials: common.credentials.clone(),
        employment: common.employment.clone(),
        plans: common.plans.clone(),
        supervision: common.supervision.clone(),
        supervisors: common.supervisors.clone(),
        authorizations: common.authorizations.clone(),
    }
}

/// How the tables are written: as the claim CSVs, but for their columns.
pub(super) fn table_form(request: &Request<'_>, configuration: &Configuration) -> CsvForm {
    CsvForm {
        delimiter: request.csv.delimiter,
        columns: configuration.table_columns(),
        max_decompressed: request.max_decompressed,
        wants_hash: request.wants_hash,
    }
}

/// As many as were asked for, else as there are cores. What is done outside of the pipeline, which
/// has threads of its own (masks, rows of the outputs), keeps to that number from here on.
pub(super) fn threads(common: &CommonArgs) -> usize {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let threads = common.threads.map_or_else(cores, usize::from);
    // It fails where that was said before, by the same run.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    threads
}

/// Bytes of all files, for the progress bar; 0 if one of them has no size.
pub(super) fn total_bytes<'a>(mut inputs: impl Iterator<Item = &'a InputPath>) -> u64 {
    inputs
        .try_fold(0, |sum, input| {
            let name = input.path.to_string_lossy();
            if name == "-" || name.ends_with(".gz") || name.ends_with(".zst") {
                return None;
            }
            std::fs::metadata(&input.path).ok().map(|meta| sum + meta.len())
        })
        .unwrap_or(0)
}

/// Reads claims and tables beside each other, then checks what `amend` left of the claims.
pub(super) fn check(
    request: &Request<'_>,
    paths: &TablePaths,
    form: &CsvForm,
    amend: impl FnOnce(&mut ReadOutcome) -> Result<(), CliError>,
) -> Result<(RunOutcome, Loaded), CliError> {
    let load =
        || request.progress.stage("load tables", || tables::load(paths, form, request.threads));
    let (loaded, read) = if request.threads > 1 {
        thread::scope(|scope| {
            let loader = scope.spawn(load);
            let read = pipeline::read(request);
            (loader.join().unwrap_or_else(|panic| resume_unwind(panic)), read)
        })
    } else {
        (load(), pipeline::read(request))
    };
    let loaded = loaded?;
    let mut read = read?;
    amend(&mut read)?;
    let outcome = pipeline::check(request, read, &loaded.tables)?;
    Ok((outcome, loaded))
}

/// Adds what the tables came to, and what is to be said loudly; ends the run where nothing was
/// looked at, or too much was bad.
pub(super) fn take_stock(
    outcome: &mut RunOutcome,
    loaded: &Loaded,
    configuration: &Configuration,
    (claims, common): (&[PathBuf], &CommonArgs),
) -> Result<(), CliError> {
    if outcome.counts.files == 0 {
        // Folders with files of another kind only: nothing was looked at, so nothing is clean.
        return Err(no_claim_file(claims));
    }
    warnings::history_not_there(outcome, &common.history);
    warnings::what_is_reported(outcome, common);
    add_tables(outcome, loaded, configuration, common);
    too_many_bad_rows(outcome, common.max_bad_rows)
}

fn add_tables(
    outcome: &mut RunOutcome,
    loaded: &Loaded,
    configuration: &Configuration,
    common: &CommonArgs,
) {
    outcome.notes.extend(configuration.note(&common.from_config));
    outcome.notes.extend(warnings::configuration_not_read(configuration, common));
    if let Some(folder) = common.tables.as_ref().filter(|_| loaded.files.is_empty()) {
        let names: Vec<&str> = tables::TABLES.iter().map(|form| form.file).collect();
        let (folder, names) = (folder.display().to_string(), names.join(", "));
        outcome.notes.push(format!("{} holds none of the tables {names}", report::plain(&folder)));
    }
    outcome.rejects.extend(loaded.rejects.iter().cloned());
    outcome.bad_rows += loaded.bad_rows();
    outcome.is_partial |= loaded.bad_rows() > 0;
    warnings::add(outcome, loaded);
}

/// `--max-bad-rows`: ends the run, and names the first of them.
fn too_many_bad_rows(outcome: &RunOutcome, most: Option<u64>) -> Result<(), CliError> {
    let Some(most) = most.filter(|most| outcome.bad_rows > *most) else { return Ok(()) };
    let bad = outcome.rejects.iter().filter(|reject| reject.is_bad_row);
    let shown: Vec<String> = bad.take(BAD_ROWS_SHOWN).map(bad_row).collect();
    Err(CliError::Usage(format!(
        "{} bad rows, --max-bad-rows allows {most}: nothing was written. The first of them:\n{}",
        outcome.bad_rows,
        shown.join("\n"),
    )))
}

fn bad_row(reject: &Reject) -> String {
    let column =
        if reject.column.is_empty() { String::new() } else { format!(", {}", reject.column) };
    format!("  {}, {}{column}: {}", reject.source, reject.position, reject.reason)
}

/// The policy in the manifest.
pub(super) fn policy_facts(loaded: &LoadedPolicy) -> PolicyFacts {
    let LoadedPolicy { policy, text, origin } = loaded;
    PolicyFacts { name: policy.name.clone(), text: text.clone(), origin: origin.clone() }
}

/// The tables in the manifest.
pub(super) fn table_facts(loaded: &Loaded) -> Vec<TableFacts> {
    let facts = loaded.files.iter().map(|file| TableFacts {
        table: file.table.to_owned(),
        name: file.path.clone(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
        rows: file.rows,
    });
    facts.collect()
}

/// The options that decide what the results say, for the manifest.
pub(super) fn options(common: &CommonArgs, key: Option<&Key>) -> Vec<OptionFacts> {
    let mut list = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            list.push(OptionFacts { name: name.to_owned(), value: Some(value) });
        }
    };
    let joined = |words: &[String]| (!words.is_empty()).then(|| words.join(","));
    add("--as-of", common.as_of.map(|day| day.to_string()));
    add("--select", joined(&common.select));
    add("--ignore", joined(&common.ignore));
    add("--fail-on", Some(values::word(common.fail_on)));
    add("--input-hash", Some(values::word(common.input_hash)));
    add("--max-bad-rows", common.max_bad_rows.map(|rows| rows.to_string()));
    add("--deidentify", key.map(|key| format!("key {}", key.name())));
    list
}

/// The formats of findings that go row by row.
pub(super) fn formats(common: &CommonArgs) -> Vec<Format> {
    let formats = common.format.iter().filter_map(|format| match format {
        FormatArg::Csv => Some(Format::Csv),
        FormatArg::Json => Some(Format::Json),
        FormatArg::Parquet => Some(Format::Parquet),
        FormatArg::Html | FormatArg::Xlsx => None, // by the desk
    });
    formats.collect()
}

/// How the run ends: the first that fits.
pub(super) fn exit(outcome: &RunOutcome, fail_on: FailOn) -> Exit {
    if outcome.is_partial {
        return Exit::Partial;
    }
    let least = match fail_on {
        FailOn::Deny => Severity::Deny,
        FailOn::Review => Severity::Review,
        FailOn::Never => return Exit::Clean,
    };
    let count = |severity: &Severity| outcome.counts.severities.get(severity.as_str()).copied();
    let found = [Severity::Deny, Severity::Review, Severity::Info];
    let mut found = found.iter().filter(|severity| **severity >= least).filter_map(count);
    if found.any(|count| count > 0) { Exit::Findings } else { Exit::Clean }
}
