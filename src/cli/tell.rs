//! What a run over claims says: summary, first findings, and where the time went.

use super::args::{CommonArgs, FormatArg};
use super::destination::Destination;
use super::error::CliError;
use super::talk::Talk;
use super::{exit, paint, summary_line, warnings, width};
use crate::outcome::RunOutcome;
use crate::pipeline::Progress;
use crate::report::{self, TerminalOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Findings shown with the summary where nothing is written.
const FINDINGS_SHOWN: usize = 20;

/// Says what the run came to. A reader who has seen enough (`| head`) changes nothing of it.
pub(super) fn tell(
    command: &str,
    outcome: &RunOutcome,
    common: &CommonArgs,
    destination: &Destination,
    progress: &Progress,
    elapsed: Duration,
) -> Result<(), CliError> {
    let mut told = show(command, outcome, common, destination, elapsed);
    if told.is_ok() && !common.quiet {
        told = warnings::say(outcome).map_err(CliError::from);
    }
    if told.is_ok() && common.verbose {
        told = show_stages(progress, elapsed).map_err(CliError::from);
    }
    match told {
        Err(error) if error.is_closed_pipe() => Ok(()),
        // The results are in their folder: that nobody can be told takes nothing of it back.
        Err(error) if common.out.as_ref().is_some_and(|out| out.as_os_str() != "-") => {
            let _ = exit::done(Err(error));
            Ok(())
        }
        told => told,
    }
}

/// Says what the run came to: on standard output where nothing was written, else as talk.
fn show(
    command: &str,
    outcome: &RunOutcome,
    common: &CommonArgs,
    destination: &Destination,
    elapsed: Duration,
) -> Result<(), CliError> {
    let folder = common.out.as_deref().filter(|out| out.as_os_str() != "-");
    if let Destination::Stdout = destination {
        let mut out = BufWriter::new(io::stdout().lock());
        if common.format.contains(&FormatArg::Json) {
            report::findings_jsonl::write_all(&mut out, outcome)?;
        } else {
            report::findings_csv::write_all(&mut out, outcome)?;
        }
        out.flush()?;
    }
    if common.summary_line {
        let exit = super::claim_run::exit(outcome, common.fail_on);
        writeln!(io::stdout().lock(), "{}", summary_line::of(command, outcome, common, exit))?;
        return Ok(());
    }
    if common.quiet {
        return Ok(());
    }
    let is_result = common.out.is_none();
    let options = TerminalOptions {
        command,
        width: width::of_terminal(is_result).unwrap_or(width::PLAIN),
        findings_shown: if is_result { FINDINGS_SHOWN } else { 0 },
        out: folder,
        // A summary on standard output is a result: the same input gives the same bytes.
        elapsed: (!is_result || io::stdout().is_terminal()).then_some(elapsed),
    };
    if is_result && common.format.contains(&FormatArg::Json) {
        let mut out = BufWriter::new(io::stdout().lock());
        report::summary_json::write(&mut out, outcome)?;
        out.flush()?;
    } else if is_result {
        let mut out = paint::stdout();
        report::terminal::write(&mut out, outcome, &options)?;
        out.flush()?;
    } else {
        let mut out = paint::stderr();
        report::terminal::write(&mut out, outcome, &options)?;
        out.flush()?;
    }
    Ok(())
}

/// `--verbose`: where the time went. Tables are loaded while claims are read.
pub(super) fn show_stages(progress: &Progress, elapsed: Duration) -> io::Result<()> {
    let stages = progress.stages.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = Talk;
    for (name, time) in stages.iter() {
        writeln!(out, "{name:18} {:8.3} s", time.as_secs_f64())?;
    }
    let spilled = progress.spilled.load(Ordering::Relaxed);
    if spilled > 0 {
        let megabytes = spilled as f64 / 1e6;
        writeln!(out, "{:18} {megabytes:8.1} MB went to temporary files", "spilled")?;
    }
    let bytes = progress.bytes_read.load(Ordering::Relaxed) as f64;
    let seconds = elapsed.as_secs_f64();
    writeln!(out, "{:18} {seconds:8.3} s, {:.0} MB/s of claims", "all", bytes / 1e6 / seconds)
}
