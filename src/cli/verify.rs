//! `peerclaims verify DIR`

use super::args::ListFormat;
use super::changes_args::VerifyArgs;
use super::error::CliError;
use super::exit::{self, Exit};
use super::width;
use crate::ledger::Ledger;
use crate::policy::BUILTIN_TEXT;
use crate::report::verification;
use crate::source::hash;
use crate::verify::{self, InputState, LedgerWord, Verdict, VerifiedInput};
use std::io::{self, Write};
use std::path::Path;

/// Looks at a folder of results.
pub fn run(args: &VerifyArgs) -> Result<Exit, CliError> {
    let mut verdict = verify::verify(&args.folder)?;
    verdict.noted_sha256.clone_from(&args.manifest_sha256);
    if args.inputs {
        verdict.inputs = Some(inputs(&verdict)?);
    }
    if let Some(path) = &args.ledger {
        verdict.ledger = Some(ask(path, &verdict)?);
    }
    let exit = if verdict.is_well() { Exit::Clean } else { Exit::Findings };
    exit::after(say(args.format, &verdict), exit)
}

fn say(format: ListFormat, verdict: &Verdict) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match format {
        ListFormat::Table => verification::write(&mut out, verdict, width::of_results())?,
        ListFormat::Json => verification::write_json(&mut out, verdict)?,
    }
    Ok(out.flush()?)
}

fn inputs(verdict: &Verdict) -> Result<Vec<VerifiedInput>, CliError> {
    let builtin = hash::sha256(BUILTIN_TEXT.as_bytes());
    let found = verify::check_inputs(&verdict.manifest, &builtin)?;
    let mut files = found.iter().filter(|input| !input.name.starts_with("built-in "));
    let is_nothing_there = files.all(|input| input.state == InputState::NotFound);
    // Nothing was looked at, so nothing is well.
    if is_nothing_there && !verdict.manifest.inputs.is_empty() {
        return Err(CliError::Usage(format!(
            "{}: none of the inputs that its manifest names can be found from here: go to the \
             folder in which the run was started, or leave --inputs out",
            verdict.folder.display()
        )));
    }
    Ok(found)
}

/// What the ledger says of the manifest.
fn ask(path: &Path, verdict: &Verdict) -> Result<LedgerWord, CliError> {
    let mut ledger = Ledger::open_to_read(path)?;
    ledger.let_go();
    let chain = ledger.chain()?;
    let mut faults = chain.faults;
    let own = chain.runs.iter().find(|run| run.manifest_sha256 == verdict.manifest_sha256);
    if own.is_none() {
        faults.insert(0, why_unknown(verdict));
    }
    Ok(LedgerWord {
        name: path.display().to_string(),
        run: own.map(|run| run.run),
        runs: chain.runs.len(),
        faults,
    })
}

fn why_unknown(verdict: &Verdict) -> String {
    match &verdict.manifest.ledger {
        None => "manifest.json names no ledger: the run used none, or the manifest was changed"
            .to_owned(),
        Some(own) if own.is_dry_run => {
            "the run was a dry run: nothing of it is in a ledger".to_owned()
        }
        Some(own) => format!(
            "manifest.json says that it is of run {}, but no run of this ledger has it: it was \
             changed, the run was undone, or it is another ledger",
            own.run
        ),
    }
}
