//! `peerclaims validate CLAIMS…`

use super::acks;
use super::args::{CommonArgs, FailOn, FormatArg, InputHash, ValidateArgs};
use super::beside::Beside;
use super::configuration::{self, Configuration};
use super::desk;
use super::error::CliError;
use super::exit::Exit;
use super::leftovers::{self, is_awaited};
use super::memory::{self, Within};
use super::night::Night;
use super::policy::{self, LoadedPolicy};
use super::progress::Show;
use super::results::{Checked, keep};
use super::split::{self, Splitter};
use super::{deidentify, progress, select, standard_input, warnings};
use crate::deidentify::Key;
use crate::model::{Reject, Severity};
use crate::outcome::RunOutcome;
use crate::pipeline::{self, Progress, ReadOutcome, Request};
use crate::report::{
    self, Format, ManifestFacts, OptionFacts, PolicyFacts, RunClock, StagedFolder, TableFacts,
};
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input::{self, InputPath};
use crate::tables::{self, CsvForm, Loaded, TablePaths};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

/// Bad rows shown where there are too many.
const BAD_ROWS_SHOWN: usize = 10;

/// Where the results go.
pub(super) enum Destination {
    /// Summary and first findings to standard output.
    Terminal,
    /// Findings to standard output.
    Stdout,
    /// Everything into a folder.
    Folder(Box<StagedFolder>),
}

/// Checks claims.
pub fn run(args: &ValidateArgs) -> Result<Exit, CliError> {
    let common = &args.common;
    check_own_usage(args)?;
    let (clock, key) = (RunClock::start(), deidentify::key(common.deidentify.as_deref())?);
    let configuration = configuration::load(common.config.as_deref())?;
    let loaded_policy = policy::load(common.policy.as_deref())?;
    let rules = select::rules(&common.select, &common.ignore)?;
    let csv = configuration.claim_form(common.delimiter)?;
    let claims = inputs(&args.claims)?;
    let history = input::expand(&common.history)?;
    let splitter = Splitter::of(args, &configuration, &claims)?;
    let paths = table_paths(common)?;
    let progress = Progress::default();
    let mut night = Night::begin(&args.ledger, common.quiet, &progress)?;
    let kept = args.ledger.ledger.as_ref();
    let destination = destination(&args.claims, common, kept, &claims, &history, &paths)?;
    let total_bytes = total_bytes(history.iter().chain(&claims));
    let threads = threads(common);
    let mut request = Request {
        claims,
        history,
        rules,
        as_of: common.as_of,
        csv,
        threads,
        block_bytes: common.block_bytes.unwrap_or(BLOCK_BYTES),
        max_decompressed: common.max_decompressed,
        wants_hash: common.input_hash == InputHash::Sha256,
        wants_evidence: desk::wants_evidence(common),
        ledger: Night::request(night.as_ref(), split::releases_review(args), args.acks)?,
        ..Request::new(&loaded_policy.policy, &progress)
    };
    let table_form = table_form(&request, &configuration);
    let within = Within::of(args, &destination);
    let work = || match &within {
        Some(within) => memory::check(&mut request, within, &paths, &table_form, &formats(common)),
        None => {
            let ask = |read: &mut ReadOutcome| ask_ledger(&request, night.as_mut(), read);
            check(&request, &paths, &table_form, ask)
        }
    };
    let during = progress::during(&progress, total_bytes, Show::of(common), work);
    let (mut outcome, mut loaded) = during?;
    if outcome.counts.files == 0 {
        // Folders with files of another kind only: nothing was looked at, so nothing is clean.
        return Err(no_claim_file(&args.claims));
    }
    add_tables(&mut outcome, &loaded, &configuration, common);
    too_many_bad_rows(&outcome, common.max_bad_rows)?;
    deidentify::apply(key.as_ref(), &mut outcome, &mut loaded)?;
    let beside = Beside { args, settings: &configuration.acks, splitter };
    let write = || beside.write(destination, &request, &mut outcome);
    let (destination, acknowledged) = progress::later(&progress, Show::of(common), write)?;
    if let Some(night) = &mut night {
        // What the split holds is not posted, so it comes first.
        night.prepare(&mut outcome)?;
    }
    let facts = ManifestFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        policy: policy_facts(&loaded_policy),
        options: own_options(args, key.as_ref()),
        tables: table_facts(&loaded),
        threads,
        clock,
        ledger: night.as_ref().map(|night| night.manifest(&outcome)),
        config: configuration.facts(&common.from_config),
    };
    let (policy, tables, rules) = (&loaded_policy.policy, &loaded.tables, &request.rules);
    let checked = Checked { outcome: &outcome, policy, tables, rules };
    keep(&checked, &facts, common, destination, &progress, night.as_mut())?;
    acks::tell(acknowledged.as_ref(), common);
    memory::say_if_over(common);
    let exit = exit(&outcome, common.fail_on);
    // The process ends here: giving back every record and table row first would only take time.
    std::mem::forget((outcome, loaded));
    Ok(exit)
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

/// Joins what the ledger knows to what was read.
fn ask_ledger(
    request: &Request<'_>,
    night: Option<&mut Night>,
    read: &mut ReadOutcome,
) -> Result<(), CliError> {
    let Some(night) = night else { return Ok(()) };
    request.progress.stage("ask ledger", || night.join(request, read))
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

/// What clap cannot tell.
fn check_own_usage(args: &ValidateArgs) -> Result<(), CliError> {
    if args.acks {
        acks::check_usage(&args.claims, args.common.out.as_deref())?;
    }
    split::check_usage(args)?;
    deidentify::check_usage(args)?;
    check_usage(&args.claims, &args.common)
}

/// What clap cannot tell, of the options of all commands that check claims.
pub(super) fn check_usage(claims: &[PathBuf], common: &CommonArgs) -> Result<(), CliError> {
    let tables = [
        &common.credentials,
        &common.employment,
        &common.plans,
        &common.supervision,
        &common.supervisors,
        &common.authorizations,
    ];
    let named = claims.iter().chain(&common.history).chain(tables.into_iter().flatten());
    standard_input::check(named)?;
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

pub(super) fn inputs(arguments: &[PathBuf]) -> Result<Vec<InputPath>, CliError> {
    let found = input::expand(arguments)?;
    if found.is_empty() { Err(no_claim_file(arguments)) } else { Ok(found) }
}

pub(super) fn no_claim_file(arguments: &[PathBuf]) -> CliError {
    let named: Vec<_> = arguments.iter().map(|path| path.display().to_string()).collect();
    CliError::Usage(format!("{}: no claim file there", named.join(", ")))
}

pub(super) fn table_paths(common: &CommonArgs) -> Result<TablePaths, CliError> {
    let named = TablePaths {
        credentials: common.credentials.clone(),
        employment: common.employment.clone(),
        plans: common.plans.clone(),
        supervision: common.supervision.clone(),
        supervisors: common.supervisors.clone(),
        authorizations: common.authorizations.clone(),
    };
    Ok(match &common.tables {
        Some(dir) => named.or(TablePaths::in_dir(dir)?).without_slips(dir)?,
        None => named,
    })
}

/// Where the results go: not onto what was named, what was read or what is kept (a ledger).
pub(super) fn destination(
    named: &[PathBuf],
    common: &CommonArgs,
    kept: Option<&PathBuf>,
    claims: &[InputPath],
    history: &[InputPath],
    tables: &TablePaths,
) -> Result<Destination, CliError> {
    let Some(out) = &common.out else { return Ok(Destination::Terminal) };
    if out.as_os_str() == "-" {
        return Ok(Destination::Stdout);
    }
    let mut inputs: Vec<PathBuf> =
        claims.iter().chain(history).map(|input| input.path.clone()).collect();
    // Folders too: results inside one would be read as claims the next time.
    inputs.extend(named.iter().chain(&common.history).cloned());
    inputs.retain(|path| path.as_os_str() != "-");
    inputs.extend(tables.all().into_iter().flatten().map(Path::to_owned));
    inputs.extend(
        common.policy.iter().chain(&common.config).chain(&common.deidentify).chain(kept).cloned(),
    );
    let ledger = kept.map(PathBuf::as_path);
    let folder = StagedFolder::stage(out, &inputs, &|left| is_awaited(ledger, left))?;
    leftovers::say(folder.leftovers(), common.quiet);
    Ok(Destination::Folder(Box::new(folder)))
}

pub(super) fn threads(common: &CommonArgs) -> usize {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    common.threads.map_or_else(cores, usize::from)
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

/// Adds what the tables came to, and what is to be said loudly.
pub(super) fn add_tables(
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

pub(super) fn too_many_bad_rows(outcome: &RunOutcome, most: Option<u64>) -> Result<(), CliError> {
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

pub(super) fn policy_facts(loaded: &LoadedPolicy) -> PolicyFacts {
    let LoadedPolicy { policy, text, origin } = loaded;
    PolicyFacts { name: policy.name.clone(), text: text.clone(), origin: origin.clone() }
}

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

/// The options that decide what the results say.
fn own_options(args: &ValidateArgs, key: Option<&Key>) -> Vec<OptionFacts> {
    let mut list = options(&args.common, key);
    if args.acks {
        list.push(OptionFacts { name: "--acks".to_owned(), value: None });
    }
    list.extend(split::options(args));
    list
}

/// Those of them that all commands that check claims have.
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
    add("--fail-on", Some(format!("{:?}", common.fail_on).to_lowercase()));
    add("--input-hash", Some(format!("{:?}", common.input_hash).to_lowercase()));
    add("--max-bad-rows", common.max_bad_rows.map(|rows| rows.to_string()));
    add("--deidentify", key.map(|key| format!("key {}", key.name())));
    list
}

pub(super) fn formats(common: &CommonArgs) -> Vec<Format> {
    let formats = common.format.iter().filter_map(|format| match format {
        FormatArg::Csv => Some(Format::Csv),
        FormatArg::Json => Some(Format::Json),
        FormatArg::Parquet => Some(Format::Parquet),
        FormatArg::Html | FormatArg::Xlsx => None, // by the desk
    });
    formats.collect()
}

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
