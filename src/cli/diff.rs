//! `peerclaims diff RUN_A RUN_B`

use super::changes_args::{DiffArgs, DiffFormat};
use super::error::CliError;
use super::exit::{self, Exit};
use super::leftovers::{self, is_awaited};
use super::width;
use crate::changes::{self, Changes, EarlierRun};
use crate::report::differences::{self, CLAIMS_FILE, DifferenceText, FINDINGS_FILE, SUMMARY_FILE};
use crate::report::{RunClock, StagedFolder, manifest};
use serde_json::{Value, json};
use std::io::{self, BufWriter, Write};

/// Findings shown one by one.
const FINDINGS_SHOWN: usize = 20;

/// Compares two runs.
pub fn run(args: &DiffArgs) -> Result<Exit, CliError> {
    let clock = RunClock::start();
    let before = EarlierRun::find(&args.before)?;
    let after = EarlierRun::find(&args.after)?;
    let is_stdout = args.out.as_ref().is_some_and(|out| out.as_os_str() == "-");
    let folder = match &args.out {
        Some(out) if !is_stdout => {
            let inputs = [args.before.clone(), args.after.clone()];
            let folder = StagedFolder::stage(out, &inputs, &|left| is_awaited(None, left))?;
            leftovers::say(folder.leftovers(), args.quiet);
            Some(folder)
        }
        _ => None,
    };
    let changes = changes::between(&before, &after)?;
    let is_written = folder.is_some();
    if let Some(mut folder) = folder {
        write_files(&changes, &mut folder)?;
        let facts = json!({ "command": "diff", "before": facts(&before), "after": facts(&after) });
        let outputs = folder.written().to_vec();
        folder.write(manifest::FILE_NAME, |out| {
            manifest::write_plain(out, &facts, &clock, &outputs)
        })?;
        leftovers::say_exchanged(&folder.seal()?.exchange()?);
    }
    let format = match args.format {
        DiffFormat::Table if is_stdout => DiffFormat::Csv,
        format => format,
    };
    let told = if args.quiet { Ok(()) } else { show("diff", &changes, format) };
    exit::after(if is_written { exit::done(told) } else { told }, exit(&changes))
}

/// 0 the same, 1 different.
pub(super) fn exit(changes: &Changes) -> Exit {
    if changes.is_same() { Exit::Clean } else { Exit::Findings }
}

fn facts(run: &EarlierRun) -> Value {
    let hash = run.manifest.as_ref().map(|(_, hash)| hash);
    json!({ "name": run.name, "manifest_sha256": hash })
}

/// Writes the rows that differ, and the sums.
pub(super) fn write_files(changes: &Changes, folder: &mut StagedFolder) -> Result<(), CliError> {
    let findings = &changes.findings.pairs;
    folder.write(FINDINGS_FILE, |out| differences::write_findings(out, findings))?;
    if let Some(claims) = &changes.claims {
        folder.write(CLAIMS_FILE, |out| differences::write_claims(out, &claims.pairs))?;
    }
    Ok(folder.write(SUMMARY_FILE, |out| differences::write_summary(out, changes))?)
}

/// Writes a diff to standard output.
pub(super) fn show(command: &str, changes: &Changes, format: DiffFormat) -> Result<(), CliError> {
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        DiffFormat::Csv => differences::write_findings(&mut out, &changes.findings.pairs)?,
        DiffFormat::Json => differences::write_json(&mut out, changes)?,
        DiffFormat::Table => {
            let text = DifferenceText {
                command,
                width: width::of_results(),
                shown: FINDINGS_SHOWN,
                more: " (--out DIR writes all)",
            };
            differences::write(&mut out, changes, &text)?;
        }
    }
    Ok(out.flush()?)
}
