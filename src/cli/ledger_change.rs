//! `peerclaims ledger undo | seed | release | hold | prune`: what changes the ledger by hand.

use super::configuration;
use super::error::CliError;
use super::exit::{Exit, done};
use super::ledger_args::{DecideArgs, SeedArgs};
use super::{night, phases, policy, progress};
use crate::ledger::{Ledger, Prepared, RunFacts};
use crate::model::{FaultKind, NaiveDate};
use crate::normalize::RecordKey;
use crate::outcome::{Decision, Post};
use crate::pipeline::past::standings;
use crate::pipeline::{self, LedgerRequest, Progress, Request};
use crate::source::input;
use crate::store::RecordId;
use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;

/// Takes the newest run back.
pub fn undo(mut ledger: Ledger, run: i64) -> Result<Exit, CliError> {
    let undone = ledger.undo(run)?;
    ledger.checkpoint();
    done(
        writeln!(
            io::stdout(),
            "run {run} was taken back: {} lines are gone, {} earlier ones are what they were",
            undone.lines,
            undone.restored
        )
        .map_err(CliError::from),
    )?;
    Ok(Exit::Clean)
}

fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The manifest of a run that has no output folder.
fn manifest(facts: &RunFacts, prepared: &Prepared, mut ledger: Value, inputs: Value) -> String {
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
        "inputs": inputs,
        "ledger": ledger,
    });
    format!("{manifest:#}\n")
}

fn facts(kind: &'static str) -> RunFacts {
    RunFacts { kind, started: now(), as_of: None, post: None, out_folder: None }
}

/// Posts claims of the past as they are.
pub fn seed(mut ledger: Ledger, args: &SeedArgs, config: Option<&Path>) -> Result<Exit, CliError> {
    let mut facts = facts("seed");
    let configuration = configuration::load(config)?;
    let loaded_policy = policy::load(args.policy.as_deref())?;
    let progress = Progress::default();
    let request = Request {
        claims: input::expand(&args.history)?,
        csv: configuration.claim_form(args.delimiter)?,
        wants_hash: true,
        ledger: Some(LedgerRequest::default()),
        ..Request::new(&loaded_policy.policy, &progress)
    };
    let read = || pipeline::read(&request);
    let mut read = progress::during(&progress, 0, progress::Show::unless(args.quiet), read)?;
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
    let damage = |kind: &FaultKind| matches!(kind, FaultKind::Damage | FaultKind::UnusableRow);
    let left_out = seed.faults.iter().filter(|fault| damage(&fault.kind)).count();
    for fault in seed.faults.iter().filter(|fault| fault.kind != FaultKind::Unsupported) {
        let name =
            &files.iter().find(|file| file.index == fault.file).map_or("", |file| &file.name);
        writeln!(io::stderr(), "peerclaims: {name}, {}: {}", fault.position, fault.message)?;
    }
    if !args.quiet {
        done(
            writeln!(
                io::stdout(),
                "run {}: {} of {} service lines posted, {} of them net; {} earlier ones changed",
                prepared.run,
                prepared.lines(),
                own.len(),
                prepared.net_lines(),
                prepared.changed_lines()
            )
            .map_err(CliError::from),
        )?;
    }
    Ok(if left_out > 0 { Exit::Partial } else { Exit::Clean })
}

/// Records the decision of a person; it holds from the next run on.
pub fn decide(mut ledger: Ledger, args: &DecideArgs, releases: bool) -> Result<Exit, CliError> {
    let (kind, effect) = if releases {
        ("release", "goes out when it comes again, whatever is found on it")
    } else {
        ("hold", "is held when it comes again, whatever is found on it")
    };
    let claim_id = args.claim.trim().as_bytes();
    let billing_npi = args.billing_npi.as_deref().map(|npi| npi.trim().as_bytes());
    if args.reason.trim().is_empty() || claim_id.is_empty() {
        return Err(CliError::Usage("a claim and a --reason are needed".to_owned()));
    }
    if let Some(run) = ledger.posted_by(claim_id, billing_npi)? {
        return Err(CliError::Usage(format!(
            "claim {}: run {run} posted it, so it went out already; to take it back, bill a void \
             (frequency 8) or take the run back (`peerclaims ledger undo`)",
            args.claim
        )));
    }
    let facts = facts(kind);
    let prepared = ledger.next_run()?;
    let decision = Decision {
        run: prepared.run,
        releases,
        claim_id: claim_id.to_vec(),
        billing_npi: billing_npi.map(<[u8]>::to_vec),
        reason: args.reason.trim().to_owned(),
        decided_by: args.by.clone().unwrap_or_else(user),
        decided_at: facts.started.clone(),
    };
    let said = json!({ "claim_id": args.claim, "billing_npi": args.billing_npi, "decision": kind,
        "by": decision.decided_by, "at": decision.decided_at, "reason": decision.reason });
    let manifest = manifest(&facts, &prepared, said, json!([]));
    ledger.decide(&facts, &prepared, &manifest, &decision)?;
    ledger.checkpoint();
    done(
        writeln!(io::stdout(), "run {}: claim {} {effect}", prepared.run, args.claim)
            .map_err(CliError::from),
    )?;
    Ok(Exit::Clean)
}

/// Who types this.
fn user() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw()))
}

/// Takes old claims away for good.
pub fn prune(mut ledger: Ledger, before: NaiveDate) -> Result<Exit, CliError> {
    let facts = facts("prune");
    let prepared = ledger.next_run()?;
    let lines = ledger.before(before)?;
    let said = json!({ "before": before, "lines_removed": lines.len() });
    let manifest = manifest(&facts, &prepared, said, json!([]));
    ledger.prune(&facts, &prepared, &manifest, &lines, before)?;
    ledger.checkpoint();
    done(writeln!(
        io::stdout(),
        "run {}: {} service lines of claims before {before} are gone for good; remove backups of \
         that time too",
        prepared.run,
        lines.len()
    ).map_err(CliError::from))?;
    Ok(Exit::Clean)
}
