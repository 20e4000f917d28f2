//! `peerclaims validate CLAIMS…`

use super::acks;
use super::args::{CommonArgs, FailOn, FormatArg, InputHash, ValidateArgs};
use super::configuration::{self, Configuration};
use super::error::CliError;
use super::exit::Exit;
use super::night::Night;
use super::policy::{self, LoadedPolicy};
use super::split::{self, Splitter};
use super::{phases, progress, select, standard_input, width};
use crate::model::{Reject, Severity};
use crate::outcome::RunOutcome;
use crate::pipeline::{self, ClaimCsvForm, Progress, Request};
use crate::report::{
    self, Format, ManifestFacts, OptionFacts, PolicyFacts, RunClock, StagedFolder, TableFacts,
    TerminalOptions,
};
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input::{self, InputPath};
use crate::tables::{self, CsvForm, Loaded, TablePaths};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

/// Findings shown with the summary where nothing is written.
const FINDINGS_SHOWN: usize = 20;
/// Bad rows shown where there are too many.
const BAD_ROWS_SHOWN: usize = 10;

/// Where the results go.
enum Destination {
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
    check_usage(args)?;
    let clock = RunClock::start();
    let configuration = configuration::load(common.config.as_deref())?;
    let loaded_policy = policy::load(common.policy.as_deref())?;
    let rules = select::rules(&common.select, &common.ignore)?;
    let delimiter = configuration.delimiter_or(common.delimiter)?;
    let claims = inputs(&args.claims)?;
    let history = input::expand(&common.history)?;
    let splitter = Splitter::of(args, &configuration, &claims)?;
    let paths = table_paths(common)?;
    let progress = Progress::default();
    let mut night = Night::begin(&args.ledger, common.quiet, &progress)?;
    let destination = destination(args, &claims, &history, &paths)?;
    let total_bytes = total_bytes(history.iter().chain(&claims));
    let threads = threads(common);
    let request = Request {
        claims,
        history,
        policy: &loaded_policy.policy,
        rules,
        as_of: common.as_of,
        today: chrono::Utc::now().date_naive(),
        csv: ClaimCsvForm {
            delimiter,
            renamed: configuration.claim_columns(),
            codes: configuration.claim_codes(),
        },
        threads,
        block_bytes: common.block_bytes.unwrap_or(BLOCK_BYTES),
        max_decompressed: common.max_decompressed,
        wants_hash: common.input_hash == InputHash::Sha256 || args.acks,
        wants_evidence: common.format.contains(&FormatArg::Json),
        ledger: Night::request(night.as_ref(), split::releases_review(args))?,
        progress: &progress,
    };
    let table_form = table_form(&request, &configuration);
    let (mut outcome, loaded) = progress::during(&progress, total_bytes, common.quiet, || {
        check(&request, &paths, &table_form, night.as_mut())
    })?;
    if outcome.counts.files == 0 {
        // Folders with files of another kind only: nothing was looked at, so nothing is clean.
        return Err(no_claim_file(&args.claims));
    }
    add_tables(&mut outcome, &loaded, &configuration);
    too_many_bad_rows(&outcome, common.max_bad_rows)?;
    if let Some(night) = &mut night {
        night.prepare(&mut outcome)?;
    }
    let facts = ManifestFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        policy: policy_facts(&loaded_policy),
        options: options(args),
        tables: table_facts(&loaded),
        threads,
        clock,
        ledger: night.as_ref().map(|night| night.manifest(&outcome)),
        config: configuration.origin.clone(),
    };
    let beside = Beside { args, settings: &configuration.acks, splitter };
    let (destination, acknowledged) = beside.write(destination, &request, &mut outcome)?;
    let destination = keep(&outcome, &facts, common, destination, &progress, night.as_mut())?;
    tell(&outcome, common, &destination, &progress, clock.elapsed())?;
    acks::tell(acknowledged.as_ref(), common)?;
    let exit = exit(&outcome, common.fail_on);
    // The process ends here: giving back every record and table row first would only take time.
    std::mem::forget((outcome, loaded));
    Ok(exit)
}

/// How the tables are written: as the claim CSVs, but for their columns.
fn table_form(request: &Request<'_>, configuration: &Configuration) -> CsvForm {
    CsvForm {
        delimiter: request.csv.delimiter,
        columns: configuration.table_columns(),
        max_decompressed: request.max_decompressed,
        wants_hash: request.wants_hash,
    }
}

/// What is written beside the reports: the work list, acknowledgements, the parts of a split.
struct Beside<'a> {
    args: &'a ValidateArgs,
    settings: &'a crate::acks::Settings,
    splitter: Option<Splitter>,
}

impl Beside<'_> {
    /// Writes them, where there is a folder.
    fn write(
        &self,
        destination: Destination,
        request: &Request<'_>,
        outcome: &mut RunOutcome,
    ) -> Result<(Destination, Option<crate::acks::Tally>), CliError> {
        let Destination::Folder(mut folder) = destination else { return Ok((destination, None)) };
        let tally = acks::write_all(self.args, outcome, request, self.settings, &mut folder)?;
        let folder = split::split(self.splitter.as_ref(), request, outcome, *folder)?;
        Ok((Destination::Folder(Box::new(folder)), tally))
    }
}

/// Writes the results and posts to the ledger; says where the summary goes.
fn keep(
    outcome: &RunOutcome,
    facts: &ManifestFacts,
    common: &CommonArgs,
    destination: Destination,
    progress: &Progress,
    mut night: Option<&mut Night>,
) -> Result<Destination, CliError> {
    let destination = match destination {
        Destination::Folder(folder) => {
            write(outcome, facts, common, *folder, progress, night.as_deref_mut())?;
            Destination::Terminal
        }
        other => {
            if let Some(night) = night.as_deref_mut() {
                let mut manifest = Vec::new();
                report::manifest::write(&mut manifest, outcome, facts, &[])?;
                let manifest = String::from_utf8_lossy(&manifest);
                night.commit(outcome, facts.clock.started(), &manifest, None)?;
            }
            other
        }
    };
    if let Some(night) = night {
        progress.stage("close ledger", || night.end());
    }
    Ok(destination)
}

/// Writes the results and puts them in place.
fn write(
    outcome: &RunOutcome,
    facts: &ManifestFacts,
    common: &CommonArgs,
    folder: StagedFolder,
    progress: &Progress,
    night: Option<&mut Night>,
) -> Result<(), CliError> {
    let write = || -> Result<_, CliError> {
        phases::begin_if(night.is_some(), "write");
        let sealed = report::write_all(outcome, facts, &formats(common), folder)?;
        let Some(night) = night else { return Ok(sealed.exchange()?) };
        let manifest = std::fs::read_to_string(sealed.path().join(report::manifest::FILE_NAME))?;
        let named = common.out.as_deref().unwrap_or(sealed.path());
        night.commit(outcome, facts.clock.started(), &manifest, Some((&sealed, named)))?;
        night.settle(sealed.exchange().map_err(CliError::from))
    };
    let exchanged = progress.stage("write results", write)?;
    if let Some(old) = exchanged.leftover {
        let old = old.display();
        let what = "the earlier results could not be removed; the next run tries again";
        writeln!(io::stderr(), "peerclaims: {old}: {what}")?;
    }
    Ok(())
}

/// Says what the run came to. A reader who has seen enough (`| head`) changes nothing of it.
fn tell(
    outcome: &RunOutcome,
    common: &CommonArgs,
    destination: &Destination,
    progress: &Progress,
    elapsed: Duration,
) -> Result<(), CliError> {
    let mut told = show(outcome, common, destination, elapsed);
    if told.is_ok() && common.verbose {
        told = show_stages(progress, elapsed).map_err(CliError::from);
    }
    match told {
        Err(error) if error.is_closed_pipe() => Ok(()),
        told => told,
    }
}

/// Reads claims and tables beside each other, then checks.
fn check(
    request: &Request<'_>,
    paths: &TablePaths,
    form: &CsvForm,
    night: Option<&mut Night>,
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
    if let Some(night) = night {
        request.progress.stage("ask ledger", || night.join(request, &mut read))?;
    }
    let outcome = pipeline::check(request, read, &loaded.tables)?;
    Ok((outcome, loaded))
}

/// What clap cannot tell.
fn check_usage(args: &ValidateArgs) -> Result<(), CliError> {
    let common = &args.common;
    if args.acks {
        acks::check_usage(&args.claims, common.out.as_deref())?;
    }
    let tables = [
        &common.credentials,
        &common.employment,
        &common.plans,
        &common.supervision,
        &common.supervisors,
        &common.authorizations,
    ];
    let named = args.claims.iter().chain(&common.history).chain(tables.into_iter().flatten());
    standard_input::check(named)?;
    split::check_usage(args)?;
    let to_stdout = common.out.as_ref().is_some_and(|out| out.as_os_str() == "-");
    if to_stdout && common.format.len() > 1 {
        let what = "--out - writes one format: pass --format csv or --format json";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(())
}

fn inputs(arguments: &[PathBuf]) -> Result<Vec<InputPath>, CliError> {
    let found = input::expand(arguments)?;
    if found.is_empty() { Err(no_claim_file(arguments)) } else { Ok(found) }
}

fn no_claim_file(arguments: &[PathBuf]) -> CliError {
    let named: Vec<_> = arguments.iter().map(|path| path.display().to_string()).collect();
    CliError::Usage(format!("{}: no claim file there", named.join(", ")))
}

fn table_paths(common: &CommonArgs) -> Result<TablePaths, CliError> {
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

fn destination(
    args: &ValidateArgs,
    claims: &[InputPath],
    history: &[InputPath],
    tables: &TablePaths,
) -> Result<Destination, CliError> {
    let common = &args.common;
    let Some(out) = &common.out else { return Ok(Destination::Terminal) };
    if out.as_os_str() == "-" {
        return Ok(Destination::Stdout);
    }
    let mut inputs: Vec<PathBuf> =
        claims.iter().chain(history).map(|input| input.path.clone()).collect();
    // Folders too: results inside one would be read as claims the next time.
    inputs.extend(args.claims.iter().chain(&common.history).cloned());
    inputs.retain(|path| path.as_os_str() != "-");
    inputs.extend(tables.all().into_iter().flatten().map(Path::to_owned));
    inputs.extend(common.policy.iter().chain(&common.config).chain(&args.ledger.ledger).cloned());
    let folder = StagedFolder::stage(out, &inputs)?;
    Ok(Destination::Folder(Box::new(folder)))
}

fn threads(common: &CommonArgs) -> usize {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    common.threads.map_or_else(cores, usize::from)
}

/// Bytes of all files, for the progress bar; 0 if one of them has no size.
fn total_bytes<'a>(mut inputs: impl Iterator<Item = &'a InputPath>) -> u64 {
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

fn add_tables(outcome: &mut RunOutcome, loaded: &Loaded, configuration: &Configuration) {
    outcome.notes.extend(configuration.note());
    outcome.rejects.extend(loaded.rejects.iter().cloned());
    outcome.bad_rows += loaded.bad_rows();
    outcome.is_partial |= loaded.bad_rows() > 0;
}

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

fn policy_facts(loaded: &LoadedPolicy) -> PolicyFacts {
    let LoadedPolicy { policy, text, origin } = loaded;
    PolicyFacts { name: policy.name.clone(), text: text.clone(), origin: origin.clone() }
}

fn table_facts(loaded: &Loaded) -> Vec<TableFacts> {
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
fn options(args: &ValidateArgs) -> Vec<OptionFacts> {
    let common = &args.common;
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
    if args.acks {
        list.push(OptionFacts { name: "--acks".to_owned(), value: None });
    }
    list.extend(split::options(args));
    list
}

fn formats(common: &CommonArgs) -> Vec<Format> {
    let formats = common.format.iter().map(|format| match format {
        FormatArg::Csv => Format::Csv,
        FormatArg::Json => Format::Json,
    });
    formats.collect()
}

/// Says what the run came to: on standard output where nothing was written, else as talk.
fn show(
    outcome: &RunOutcome,
    common: &CommonArgs,
    destination: &Destination,
    elapsed: Duration,
) -> Result<(), CliError> {
    let folder = common.out.as_deref().filter(|out| out.as_os_str() != "-");
    if let Destination::Stdout = destination {
        let mut out = BufWriter::new(io::stdout().lock());
        if common.format.contains(&FormatArg::Json) {
            report::findings_jsonl::write(&mut out, &outcome.findings, &outcome.files)?;
        } else {
            report::findings_csv::write(&mut out, &outcome.findings, &outcome.files)?;
        }
        out.flush()?;
    }
    if common.quiet {
        return Ok(());
    }
    let is_result = common.out.is_none();
    let options = TerminalOptions {
        command: "validate",
        width: width::of_terminal(is_result).unwrap_or(width::PLAIN),
        findings_shown: if is_result { FINDINGS_SHOWN } else { 0 },
        out: folder,
        // A summary on standard output is a result: the same input gives the same bytes.
        elapsed: (!is_result || io::stdout().is_terminal()).then_some(elapsed),
    };
    if is_result {
        let mut out = BufWriter::new(io::stdout().lock());
        report::terminal::write(&mut out, outcome, &options)?;
        out.flush()?;
    } else {
        let mut out = BufWriter::new(io::stderr().lock());
        report::terminal::write(&mut out, outcome, &options)?;
        out.flush()?;
    }
    Ok(())
}

/// `--verbose`: where the time went. Tables are loaded while claims are read.
fn show_stages(progress: &Progress, elapsed: Duration) -> io::Result<()> {
    let stages = progress.stages.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = io::stderr().lock();
    for (name, time) in stages.iter() {
        writeln!(out, "{name:18} {:8.3} s", time.as_secs_f64())?;
    }
    let bytes = progress.bytes_read.load(Ordering::Relaxed) as f64;
    let seconds = elapsed.as_secs_f64();
    writeln!(out, "{:18} {seconds:8.3} s, {:.0} MB/s of claims", "all", bytes / 1e6 / seconds)
}

fn exit(outcome: &RunOutcome, fail_on: FailOn) -> Exit {
    if outcome.is_partial {
        return Exit::Partial;
    }
    let least = match fail_on {
        FailOn::Deny => Severity::Deny,
        FailOn::Review => Severity::Review,
        FailOn::Never => return Exit::Clean,
    };
    if outcome.findings.iter().any(|finding| finding.severity >= least) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}
