//! `peerclaims remit FILE… --ledger FILE`: what payers say of claims, into the ledger.
//!
//! Exit code: 0 done, whatever the ledger does not know (it is listed: most remittances pay for
//! other services too); 2 not done, nothing written; 3 done, but some input could not be read.

pub mod args;
mod json;
mod outcome;
mod table;

use super::args::ListFormat;
use super::error::CliError;
use super::exit::Exit;
use super::exit::done;
use super::talk::Talk;
use super::{night, policy, standard_input};
use crate::ledger::{Ledger, LedgerError, Opening, Remitted, Remitting, RunFacts};
use crate::pipeline::past::standings;
use crate::remittance::file::{self, FileRead};
use crate::remittance::{Fault, Met};
use crate::report::{RunClock, plain};
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input::{self, InputError, InputPath};
use args::RemitArgs;
use outcome::{FileOutcome, RemitOutcome};
use std::io::{self, BufWriter, Write};
use std::time::Duration;

/// Faults that are said; all are in the JSON.
const FAULTS_SAID: usize = 20;

/// Records remittances.
pub fn run(args: &RemitArgs) -> Result<Exit, CliError> {
    let clock = RunClock::start();
    standard_input::check(&args.files)?;
    let loaded = policy::load(args.policy.as_deref())?;
    let inputs = input::expand(&args.files)?;
    let opening = Opening { creates: false, wait: Duration::from_secs(args.wait) };
    let ledger = night::open(&args.ledger, opening, args.quiet)?;
    let facts = RunFacts {
        kind: "remit",
        started: clock.started(),
        as_of: None,
        post: None,
        out_folder: None,
    };
    let is_peer_support = |procedure: &[u8]| loaded.policy.is_peer_support(procedure);
    let mut outcome = RemitOutcome::default();
    let mut remitting = ledger.remit(&facts, &is_peer_support)?;
    for input in &inputs {
        read(args, input, &ledger, &mut remitting, &mut outcome)?;
    }
    if outcome.files.is_empty() {
        let named: Vec<_> = args.files.iter().map(|path| path.display().to_string()).collect();
        return Err(CliError::Usage(format!("{}: no 835 remittance there", named.join(", "))));
    }
    let manifest = |remitted: &Remitted| json::manifest(args, &clock, &outcome, remitted);
    let remitted = remitting.finish(standings, manifest, args.dry_run)?;
    ledger.checkpoint();
    let is_said = !outcome.unmatched.is_empty() || !outcome.unmatched_services.is_empty();
    outcome.mask(&if is_said { ledger.members()? } else { Vec::new() });
    drop(ledger);
    done(tell(args, &outcome, &remitted))?;
    Ok(if outcome.is_partial { Exit::Partial } else { Exit::Clean })
}

/// Reads a file, and hands its payments to the ledger.
fn read(
    args: &RemitArgs,
    input: &InputPath,
    ledger: &Ledger,
    remitting: &mut Remitting<'_>,
    outcome: &mut RemitOutcome,
) -> Result<(), CliError> {
    remitting.begin_file(&input.name)?;
    let mut failed: Option<LedgerError> = None;
    // Faults of a file that turns out to be no remittance are none.
    let mut early: Vec<Fault> = Vec::new();
    let mut is_remittance = false;
    let block_bytes = args.block_bytes.unwrap_or(BLOCK_BYTES);
    let read = file::read(input, args.max_decompressed, block_bytes, &mut |met| match met {
        _ if failed.is_some() => {}
        Met::Fault(fault) if !is_remittance && early.len() < outcome::MOST_FAULTS => {
            early.push(fault);
        }
        Met::Fault(fault) => outcome.fault(&input.name, fault),
        Met::Adjustment(_, adjustment) => outcome.adjusted(&adjustment),
        Met::Claim(remittance, payment) => {
            is_remittance = true;
            early.drain(..).for_each(|fault| outcome.fault(&input.name, fault));
            match remitting.take(remittance, &payment) {
                Ok(taken) => outcome.took(&input.name, &payment, taken),
                Err(error) => failed = Some(error),
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let why = match read {
        FileRead::Read { totals, passed } if totals.sets > 0 => {
            for fault in early {
                outcome.fault(&input.name, fault);
            }
            let sha256 = passed.sha256.clone().unwrap_or_default();
            let seen = ledger.file_seen(&sha256)?;
            remitting.end_file(&passed)?;
            let (name, bytes) = (input.name.clone(), passed.bytes);
            let seen_in_run = seen.map(|seen| seen.run);
            outcome.read(FileOutcome { name, bytes, sha256, totals, seen_in_run });
            return Ok(());
        }
        FileRead::Read { totals, .. } => no_set(totals.other_sets, early.first()),
        FileRead::OtherKind(why) => why,
    };
    if !input.is_from_folder {
        return Err(InputError::NotClaims { name: input.name.clone(), why }.into());
    }
    remitting.drop_file()?;
    outcome.skipped.push(input.name.clone());
    Ok(())
}

fn no_set(other_sets: u64, first: Option<&Fault>) -> String {
    match (other_sets, first) {
        (0, Some(fault)) => {
            format!("no 835 remittance in it ({}: {})", fault.position, fault.message)
        }
        (0, None) => "no 835 remittance in it".to_owned(),
        (count, _) => format!(
            "no 835 remittance (005010X221) in it, but {count} other transaction sets; \
             `peerclaims inspect` says which"
        ),
    }
}

/// Says what the run came to: what could not be read on standard error, the rest on standard
/// output.
fn tell(args: &RemitArgs, outcome: &RemitOutcome, remitted: &Remitted) -> Result<(), CliError> {
    let mut talk = Talk;
    for (source, fault) in outcome.faults.iter().take(FAULTS_SAID) {
        let (source, position, message) = (plain(source), fault.position, &fault.message);
        writeln!(talk, "peerclaims: {source}, {position}: {message}")?;
    }
    let more = outcome.fault_count.saturating_sub(FAULTS_SAID as u64);
    if more > 0 {
        writeln!(talk, "peerclaims: and {more} faults more; --format json lists them")?;
    }
    if args.quiet && args.format == ListFormat::Table {
        return Ok(());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        ListFormat::Table => table::write(&mut out, args, outcome, remitted)?,
        ListFormat::Json => json::write(&mut out, args, outcome, remitted)?,
    }
    out.flush()?;
    Ok(())
}
