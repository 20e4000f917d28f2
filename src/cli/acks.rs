//! `--acks` and the work list: what `validate` writes for others than itself.

use super::args::{CommonArgs, ValidateArgs};
use super::error::CliError;
use crate::acks::{self, AckError, Context, Numbers, Pass, Settings, Tally, Verdicts};
use crate::outcome::RunOutcome;
use crate::pipeline::Request;
use crate::queue;
use crate::report::{self, StagedFolder, queue_csv};
use crate::source::in_order::InOrder;
use crate::source::snapshot::Snapshot;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What clap cannot tell of `--acks`.
pub fn check_usage(claims: &[PathBuf], out: Option<&Path>) -> Result<(), CliError> {
    let usage = |what: &str| Err(CliError::Usage(what.to_owned()));
    if out.is_none_or(|out| out.as_os_str() == "-") {
        return usage("--acks writes files: name a folder with --out DIR");
    }
    if claims.iter().any(|path| path.as_os_str() == "-") {
        return usage(
            "--acks reads the claims twice, and standard input (-) can be read once: name files \
             instead",
        );
    }
    Ok(())
}

/// Writes what stands beside the reports: the work list, and the acknowledgements if they are asked
/// for. `snapshots` are how the files were before they were read.
pub fn write_all(
    args: &ValidateArgs,
    outcome: &mut RunOutcome,
    request: &Request<'_>,
    (settings, snapshots): (&Settings, &[Option<Snapshot>]),
    folder: &mut StagedFolder,
) -> Result<Option<Tally>, CliError> {
    let rows = queue::rows(outcome, request.policy);
    folder.write(queue_csv::FILE_NAME, |out| {
        queue_csv::write(out, &rows, &outcome.store, &outcome.files)
    })?;
    if !args.acks {
        return Ok(None);
    }
    let write = || write(outcome, request, (settings, snapshots), folder);
    let (tally, last) = request.progress.stage("acknowledge", write)?;
    outcome.ledger.last_control_number = last;
    Ok(Some(tally))
}

/// Writes the acknowledgements of all current X12 files into `acks/`; gives the last control number
/// too.
fn write(
    outcome: &RunOutcome,
    request: &Request<'_>,
    (settings, snapshots): (&Settings, &[Option<Snapshot>]),
    folder: &mut StagedFolder,
) -> Result<(Tally, Option<u32>), CliError> {
    let verdicts = Verdicts::of(outcome);
    let spools = folder.path().to_owned();
    let context = Context { as_of: outcome.as_of, settings, verdicts: &verdicts, folder: &spools };
    let pass = Pass {
        policy: request.policy,
        today: request.today,
        reading: InOrder { threads: request.threads, block_bytes: request.block_bytes },
        max_decompressed: request.max_decompressed,
    };
    let mut numbers = Numbers::new(settings, outcome.as_of, outcome.ledger.last_control_number);
    let mut tally = Tally::default();
    for planned in acks::plan(outcome, &request.claims, snapshots) {
        let name = |kind: &str| format!("acks/{}.{kind}", planned.stem);
        let mut answered = Err(AckError::Output(io::ErrorKind::Other.into()));
        let mut claims = Vec::new();
        if planned.outcome.claims > 0 {
            let written = folder.write(&name("277"), |out| {
                answered = acks::answer(&planned, &pass, &context, &mut numbers, out);
                let failed = |_: &AckError| io::Error::other("the acknowledgement failed");
                answered.as_ref().map(|_| ()).map_err(failed)
            });
            // An error of ours says more than that the file could not be filled.
            if written.is_ok() || matches!(answered, Ok(_) | Err(AckError::Output(_))) {
                written?;
            }
        } else {
            answered = acks::answer(&planned, &pass, &context, &mut numbers, &mut claims);
        }
        let answers = answered?;
        let others = [("277", &claims), ("999", &answers.syntax), ("ta1", &answers.interchanges)];
        for (kind, bytes) in others.into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
            folder.write(&name(kind), |out| out.write_all(bytes))?;
        }
        tally.add(&answers.tally);
    }
    Ok((tally, numbers.last()))
}

/// Says what was acknowledged.
pub fn tell(tally: Option<&Tally>, common: &CommonArgs) -> io::Result<()> {
    let (Some(tally), Some(out), false) = (tally, &common.out, common.quiet) else {
        return Ok(());
    };
    let mut to = io::stderr().lock();
    let folder = out.join("acks");
    if *tally == Tally::default() {
        return writeln!(to, "Acknowledgements: none, for there is no X12 among the claims");
    }
    let Tally { interchanges, groups, claim_sets, accepted, rejected, nameless } = tally;
    writeln!(
        to,
        "Acknowledgements in {}: 999 for {groups} groups; 277CA for {claim_sets} transaction sets, \
         {accepted} claims accepted, {rejected} not; TA1 for {interchanges} interchanges",
        report::plain(&folder.to_string_lossy()),
    )?;
    if *nameless > 0 {
        writeln!(
            to,
            "  {nameless} interchanges could not be answered: their ISA does not say who sent them",
        )?;
    }
    Ok(())
}
