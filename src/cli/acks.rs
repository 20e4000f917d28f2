//! `--acks`: the answers to the X12 files of a run.

use super::args::CommonArgs;
use super::beside::Shared;
use super::error::CliError;
use super::talk::Talk;
use crate::acks::{self, AckError, Context, Numbers, Pass, Planned, Settings, Tally, Verdicts};
use crate::outcome::RunOutcome;
use crate::pipeline::Request;
use crate::report::{self, ReportError};
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

/// Writes the acknowledgements of all current X12 files into `acks/`; gives the last control number
/// too. `snapshots` are how the files were before they were read.
pub fn write(
    outcome: &RunOutcome,
    request: &Request<'_>,
    (settings, snapshots): (&Settings, &[Option<Snapshot>]),
    folder: &Shared,
) -> Result<(Tally, Option<u32>), CliError> {
    request.progress.stage("acknowledge", || {
        let verdicts = Verdicts::of(outcome);
        let spools = folder.path();
        let as_of = outcome.as_of;
        let context = Context { as_of, settings, verdicts: &verdicts, folder: &spools };
        let reading = InOrder { threads: request.threads, block_bytes: request.block_bytes };
        let pass = Pass {
            policy: request.policy,
            today: request.today,
            reading,
            max_decompressed: request.max_decompressed,
        };
        let mut numbers = Numbers::new(settings, as_of, outcome.ledger.last_control_number);
        let mut tally = Tally::default();
        for planned in acks::plan(outcome, &request.claims, snapshots) {
            tally.add(&file(&planned, &pass, &context, &mut numbers, folder)?);
        }
        Ok((tally, numbers.last()))
    })
}

/// Answers one file.
fn file(
    planned: &Planned<'_>,
    pass: &Pass<'_>,
    context: &Context<'_>,
    numbers: &mut Numbers,
    folder: &Shared,
) -> Result<Tally, CliError> {
    let name = |kind: &str| format!("acks/{}.{kind}", planned.stem);
    let answers = if planned.outcome.claims > 0 {
        let mut claims = folder.open(&name("277"))?;
        let answers = acks::answer(planned, pass, context, numbers, &mut claims);
        let answers = answers.map_err(|error| match error {
            // Where it could not be written, it says which file.
            AckError::Output(error) => match error.downcast::<ReportError>() {
                Ok(error) => CliError::from(error),
                Err(error) => AckError::Output(error).into(),
            },
            other => other.into(),
        })?;
        folder.close(claims)?;
        answers
    } else {
        let mut claims = Vec::new();
        let answers = acks::answer(planned, pass, context, numbers, &mut claims)?;
        if !claims.is_empty() {
            folder.put(&name("277"), &claims)?;
        }
        answers
    };
    for (kind, bytes) in [("999", &answers.syntax), ("ta1", &answers.interchanges)] {
        if !bytes.is_empty() {
            folder.put(&name(kind), bytes)?;
        }
    }
    Ok(answers.tally)
}

/// Says what was acknowledged. It is in place, whether that can be said or not.
pub fn tell(tally: Option<&Tally>, common: &CommonArgs) {
    if let (Some(tally), Some(out), false) = (tally, &common.out, common.quiet) {
        let _ = say(tally, out);
    }
}

fn say(tally: &Tally, out: &Path) -> io::Result<()> {
    let mut to = Talk;
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
