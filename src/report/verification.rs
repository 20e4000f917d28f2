//! What `verify` found, for people and for programs.

use super::plain_text::{counted, hanging, plain, wrap};
use crate::verify::{InputState, LedgerWord, OutputState, Verdict, VerifiedInput};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Things of one kind that are listed for people.
const MOST_LISTED: usize = 20;

/// What a look at a folder cannot say, whatever it finds.
pub const NOT_PROVED: &str = "whoever can write this folder can change an output and manifest.json \
    together, and this look at it would not tell. Note the SHA-256 of manifest.json elsewhere and \
    pass it as --manifest-sha256, or pass --ledger FILE: a ledger keeps the manifest of each run";

/// Writes it for people, in lines of at most `width` characters.
pub fn write(out: &mut dyn Write, verdict: &Verdict, width: usize) -> io::Result<()> {
    let folder = verdict.folder.to_string_lossy();
    let word = if verdict.is_well() { "as the run wrote it" } else { "NOT as the run wrote it" };
    hanging(out, 0, &format!("{folder}: {word}"), width)?;
    let facts = &verdict.manifest;
    let started = facts.started.as_deref().map(|time| format!(", begun {}", plain(time)));
    let as_of = facts.as_of.as_deref().map(|day| format!(", as of {}", plain(day)));
    let (as_of, started) = (as_of.unwrap_or_default(), started.unwrap_or_default());
    let run = format!("run of peerclaims {}{as_of}{started}", facts.version);
    hanging(out, 2, &run, width)?;
    let same = verdict.outputs.iter().filter(|output| output.state == OutputState::Same).count();
    let of = counted(verdict.outputs.len() as u64, "outputs");
    writeln!(out, "  {same} of {of} as written")?;
    list(out, &output_faults(verdict), width)?;
    if let Some(inputs) = &verdict.inputs {
        write_inputs(out, inputs, width)?;
    }
    if let Some(word) = &verdict.ledger {
        write_ledger(out, word, width)?;
    }
    let hash = format!("SHA-256 of manifest.json: {}", verdict.manifest_sha256);
    hanging(out, 2, &hash, width)?;
    if let Some(noted) = verdict.noted_sha256.as_ref().filter(|_| !verdict.is_noted()) {
        hanging(out, 4, &format!("is not the one noted: {noted}"), width)?;
    }
    let is_vouched = verdict.ledger.as_ref().is_some_and(|word| word.faults.is_empty());
    if !is_vouched && (verdict.noted_sha256.is_none() || !verdict.is_noted()) {
        for line in wrap(&format!("Not proved: {NOT_PROVED}."), width) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn output_faults(verdict: &Verdict) -> Vec<String> {
    let outputs = verdict.outputs.iter().filter_map(|output| {
        let name = plain(&output.name);
        Some(match &output.state {
            OutputState::Same => return None,
            OutputState::Missing => format!("{name} is missing"),
            OutputState::Changed { bytes, .. } if *bytes != output.bytes => {
                format!("{name} was changed: {bytes} bytes, written were {}", output.bytes)
            }
            OutputState::Changed { .. } => format!("{name} was changed (its size is the same)"),
            OutputState::NotAFile => format!("{name} is no file: something was put in its place"),
            OutputState::Outside => {
                format!("{name} is no name of an output: manifest.json was changed")
            }
        })
    });
    let extra = verdict.extra.iter().map(|name| format!("{} was added", plain(name)));
    outputs.chain(extra).collect()
}

fn list(out: &mut dyn Write, lines: &[String], width: usize) -> io::Result<()> {
    for line in lines.iter().take(MOST_LISTED) {
        hanging(out, 4, line, width)?;
    }
    if lines.len() > MOST_LISTED {
        writeln!(out, "    and {} more (--format json lists all)", lines.len() - MOST_LISTED)?;
    }
    Ok(())
}

fn write_inputs(out: &mut dyn Write, inputs: &[VerifiedInput], width: usize) -> io::Result<()> {
    let count = |state| inputs.iter().filter(|input| input.state == state).count();
    let same = count(InputState::Same);
    let of = counted(inputs.len() as u64, "inputs");
    writeln!(out, "  {same} of {of} as they were read")?;
    let word = |state| match state {
        InputState::Same => None,
        InputState::SameSize => Some("has its size; the run kept no hash of it"),
        InputState::Changed => Some("was changed since"),
        InputState::NotFound => Some("was not found, and not looked at"),
        InputState::NotKept => Some("cannot be looked at again"),
    };
    let lines = inputs.iter().filter_map(|input| {
        let word = word(input.state)?;
        Some(format!("{} ({}) {word}", plain(&input.name), plain(&input.what)))
    });
    list(out, &lines.collect::<Vec<_>>(), width)
}

fn write_ledger(out: &mut dyn Write, word: &LedgerWord, width: usize) -> io::Result<()> {
    let name = plain(&word.name);
    let says = match word.run {
        Some(run) => {
            format!("run {run} of {} of the ledger {name} has this manifest", word.runs)
        }
        None => format!("the ledger {name} does not know this manifest"),
    };
    hanging(out, 2, &says, width)?;
    let lines: Vec<String> = word.faults.iter().map(|fault| plain(fault).into_owned()).collect();
    list(out, &lines, width)
}

/// Writes it as an indented JSON object.
pub fn write_json(out: &mut dyn Write, verdict: &Verdict) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &value(verdict))?;
    out.write_all(b"\n")
}

fn value(verdict: &Verdict) -> Value {
    let outputs = verdict.outputs.iter().map(|output| {
        let mut value = json!({
            "name": output.name,
            "state": output.state.as_str(),
            "bytes": output.bytes,
            "sha256": output.sha256,
        });
        if let OutputState::Changed { bytes, sha256 } = &output.state {
            value["found"] = json!({ "bytes": bytes, "sha256": sha256 });
        }
        value
    });
    let inputs = verdict.inputs.as_ref().map(|inputs| {
        let inputs = inputs.iter().map(|input| {
            json!({ "what": input.what, "name": input.name, "state": input.state.as_str() })
        });
        inputs.collect::<Vec<_>>()
    });
    let ledger = verdict.ledger.as_ref().map(|word| {
        json!({ "name": word.name, "run": word.run, "runs": word.runs, "faults": word.faults })
    });
    json!({
        "folder": verdict.folder.to_string_lossy(),
        "is_well": verdict.is_well(),
        "version": verdict.manifest.version,
        "as_of": verdict.manifest.as_of,
        "started": verdict.manifest.started,
        "manifest_sha256": verdict.manifest_sha256,
        "noted_sha256": verdict.noted_sha256,
        "outputs": outputs.collect::<Vec<_>>(),
        "extra": verdict.extra,
        "inputs": inputs,
        "ledger": ledger,
        "not_proved": NOT_PROVED,
    })
}
