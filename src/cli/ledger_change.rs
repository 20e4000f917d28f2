//! `peerclaims ledger undo | seed | prune`: what changes the ledger by hand. What people decide on
//! claims is in `ledger_decide.rs`.

use super::configuration;
use super::error::CliError;
use super::exit::{Exit, say_done};
use super::ledger::from_here;
use super::ledger_args::SeedArgs;
use super::talk::Talk;
use super::{claim_run, night, phases, policy, progress};
use crate::ledger::{LAST_CONTROL_NUMBER, Ledger, NewFile, Prepared, RunFacts};
use crate::model::{FaultKind, FileFault, NaiveDate};
use crate::normalize::RecordKey;
use crate::outcome::Post;
use crate::pipeline::past::standings;
use crate::pipeline::{self, LedgerRequest, Progress, Request};
use crate::report::plain;
use crate::store::RecordId;
use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;

/// Takes the newest run back.
pub fn undo(mut ledger: Ledger, run: i64) -> Result<Exit, CliError> {
    let undone = ledger.undo(run)?;
    ledger.checkpoint();
    let mut said = format!(
        "run {run} was taken back: {} lines are gone, {} earlier ones are what they were",
        undone.lines, undone.restored
    );
    if let Some(folder) = &undone.out_folder {
        said.push_str(&format!(
            "\nits results are still in {}: they are of a run that is not in the ledger any more; \
             send nothing of them, and run the files again",
            plain(&from_here(folder))
        ));
    }
    say_done(&said)?;
    Ok(Exit::Clean)
}

fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The manifest of a run that has no output folder.
pub(super) fn manifest(
    facts: &RunFacts,
    prepared: &Prepared,
    mut ledger: Value,
    inputs: Value,
) -> String {
    if let Value::Object(keys) = &mut ledger {
        keys.insert("run".to_owned(), json!(prepared.run));
        keys.insert("lines_sha256".to_owned(), json!(prepared.lines_sha256));
        keys.insert("previous_manifest_sha256".to_owned(), json!(prepared.previous_sha256));
    }
    let manifest = json!({
        "program": "peerclaims",
        "version": env!("CARGO_PKG_VERSION"),
        "kind": facts.kind,
        "started": facts.started,
        "as_of": facts.as_of,
        "inputs": inputs,
        "ledger": ledger,
    });
    format!("{manifest:#}\n")
}

pub(super) fn facts(kind: &'static str) -> RunFacts {
    RunFacts { kind, started: now(), as_of: None, post: None, out_folder: None }
}

/// Posts claims of the past as they are.
pub fn seed(mut ledger: Ledger, args: &SeedArgs, config: Option<&Path>) -> Result<Exit, CliError> {
    let mut facts = facts("seed");
    let configuration = configuration::load(config)?;
    let loaded_policy = policy::load(args.policy.as_deref())?;
    let progress = Progress::default();
    let request = Request {
        claims: claim_run::inputs(&args.history)?,
        csv: configuration.claim_form(args.delimiter)?,
        wants_hash: true,
        ledger: Some(LedgerRequest::default()),
        ..Request::new(&loaded_policy.policy, &progress)
    };
    let read = || pipeline::read(&request);
    let mut read = progress::during(&progress, 0, progress::Show::unless(args.quiet), read)?;
    if read.files.is_empty() {
        return Err(claim_run::no_claim_file(&args.history));
    }
    night::say_seen(&ledger, &mut read)?;
    let mut bearing = read.bearing(&loaded_policy.policy);
    // Nothing is checked, so no limit matters; what claims the numbers tie together does.
    bearing.members.clear();
    bearing.practitioner_days.clear();
    let mut loaded = ledger.load(&bearing)?;
    read.take_past(std::mem::take(&mut loaded.lines), loaded.newest);
    let files = night::files(&read, true);
    let seed = read.as_past();
    let ids = 0..seed.store.len() as RecordId;
    let own: Vec<RecordId> = ids.filter(|id| !seed.store.key(*id).is(RecordKey::LEDGER)).collect();
    let prepared = ledger.prepare(&loaded, &seed.store, &own, standings)?;
    let exit = say_faults(&seed.faults, &files)?;
    if is_known(&ledger, &prepared, &files)? {
        if !args.quiet {
            writeln!(io::stdout(), "nothing new: the ledger has these files already; no run")?;
        }
        return Ok(exit);
    }
    (facts.as_of, facts.post) = (seed.newest, Some(Post::All));
    let inputs = files.iter().map(|file| {
        json!({ "name": file.name, "kind": file.kind, "bytes": file.bytes, "sha256": file.sha256 })
    });
    let inputs: Value = inputs.collect();
    let lines = json!({ "post": "all", "lines_posted": prepared.lines() });
    let manifest = manifest(&facts, &prepared, lines, inputs);
    phases::begin("commit");
    ledger.commit(&facts, &prepared, &seed.store, &files, &manifest, None)?;
    phases::begin("committed");
    ledger.checkpoint();
    if !args.quiet {
        if ledger.is_new() {
            say_new(&ledger.path().display().to_string());
        }
        say_done(&format!(
            "run {}: {} of {} service lines posted, {} of them net; {} earlier ones changed{}",
            prepared.run,
            prepared.lines(),
            own.len(),
            prepared.net_lines(),
            prepared.changed_lines(),
            not_posted(&prepared)
        ))?;
    }
    Ok(exit)
}

/// Why lines were not posted, one reason a line.
fn not_posted(prepared: &Prepared) -> String {
    let reasons = [
        (prepared.lines_said_before(), "say what a record before them says (repeated records)"),
        (
            prepared.conflicting_lines(),
            "conflict with a record before them of the same claim and line number (D005: \
             `peerclaims validate` names them)",
        ),
    ];
    let said = reasons.into_iter().filter(|(count, _)| *count > 0);
    said.map(|(count, why)| format!("\nnot posted: {count} that {why}")).collect()
}

/// Says what is wrong with the files, and whether something was left out.
fn say_faults(faults: &[FileFault], files: &[NewFile]) -> io::Result<Exit> {
    for fault in faults.iter().filter(|fault| fault.kind != FaultKind::Unsupported) {
        let name =
            &files.iter().find(|file| file.index == fault.file).map_or("", |file| &file.name);
        writeln!(Talk, "peerclaims: {name}, {}: {}", fault.position, fault.message)?;
    }
    let damage = |kind: &FaultKind| matches!(kind, FaultKind::Damage | FaultKind::UnusableRow);
    let is_partial = faults.iter().any(|fault| damage(&fault.kind));
    Ok(if is_partial { Exit::Partial } else { Exit::Clean })
}

/// Whether a run would add nothing: all of the files were read before, and no line is new.
fn is_known(ledger: &Ledger, prepared: &Prepared, files: &[NewFile]) -> Result<bool, CliError> {
    if prepared.lines() > 0 || prepared.changed_lines() > 0 {
        return Ok(false);
    }
    for file in files {
        if ledger.file_seen(&file.sha256)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Says on standard error that there was no ledger before.
pub fn say_new(ledger: &str) {
    let ledger = plain(ledger);
    // The run is posted: that nobody can be told takes nothing of it back.
    let _ = writeln!(Talk, "peerclaims: {ledger}: there was none; a new ledger was begun");
}

/// Units of this year that are taken away could be billed twice: that is asked for by name.
pub fn check_prune(before: NaiveDate, even_this_year: bool) -> Result<(), CliError> {
    let year = pipeline::past::limit_year(&crate::policy::builtin(), Utc::now().date_naive());
    let Some((first, _)) = year.filter(|(first, _)| before > *first && !even_this_year) else {
        return Ok(());
    };
    Err(CliError::Usage(format!(
        "--before {before} reaches into the limit year that began on {first}: its units would be \
         given back, and members could be billed past their limit. Name {first} or a day before \
         it, or pass --even-this-year; nothing was changed"
    )))
}

/// Takes old claims away for good.
pub fn prune(mut ledger: Ledger, before: NaiveDate) -> Result<Exit, CliError> {
    let facts = facts("prune");
    let prepared = ledger.next_run()?;
    let pruning = ledger.before(before)?;
    if pruning.is_empty() {
        writeln!(io::stdout(), "nothing is as old as that: nothing was changed, no run")?;
        return Ok(Exit::Clean);
    }
    // `ledger check` knows by it what may be missing.
    let mut said = json!({
        "before": before,
        "lines_removed": pruning.lines.len(),
        "decisions_removed": pruning.decisions.len(),
        "lines_of_runs": pruning.runs,
        "payments_of_runs": pruning.payments,
        "manifests_of_runs": pruning.manifests,
    });
    // The counter of acknowledgements stands in manifests, of which some go now.
    if let Some(number) = ledger.last_control_number()? {
        said[LAST_CONTROL_NUMBER] = json!(number);
    }
    let manifest = manifest(&facts, &prepared, said, json!([]));
    ledger.prune(&facts, &prepared, &manifest, &pruning)?;
    ledger.checkpoint();
    say_done(&format!(
        "run {}: {} service lines of claims before {before}, and {} decisions on them, are gone \
         for good; remove backups of that time too",
        prepared.run,
        pruning.lines.len(),
        pruning.decisions.len()
    ))?;
    Ok(Exit::Clean)
}
