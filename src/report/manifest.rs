//! `manifest.json`: what went in, what came out, by which program and policy, when.
//!
//! The only output that holds clock times. It is written last, so that it can name the hash of
//! every other one; `peerclaims verify` and the check whether a folder may be replaced read it.

use super::output_folder::WrittenFile;
use super::summary_json::{kind_name, records_name};
use crate::model::NaiveDate;
use crate::outcome::{FileOutcome, RunOutcome};
use crate::source::hash;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::time::{Duration, Instant};

pub use crate::earlier::{FILE_NAME, PROGRAM};

/// What the manifest says beyond the outcome of the run.
pub struct ManifestFacts {
    /// The program's version.
    pub version: String,
    /// The policy used.
    pub policy: PolicyFacts,
    /// The options in force, in the order to be shown; no value: a switch.
    pub options: Vec<OptionFacts>,
    /// The tables given.
    pub tables: Vec<TableFacts>,
    /// Threads used.
    pub threads: usize,
    /// When the run began.
    pub clock: RunClock,
    /// What a ledger adds: its run, what was posted, the manifest before.
    pub ledger: Option<Value>,
    /// The configuration in force, named or found.
    pub config: Option<ConfigFacts>,
}

/// The configuration file of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigFacts {
    /// The file.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// The options that were in force because it gives them, and nobody typed them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionFacts>,
}

/// The policy of a run.
pub struct PolicyFacts {
    /// Its name.
    pub name: String,
    /// Its text, as read; the manifest holds its hash.
    pub text: String,
    /// `built-in`, or the file as the user named it.
    pub origin: String,
}

/// One option of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionFacts {
    /// `--fail-on`
    pub name: String,
    /// As given.
    pub value: Option<String>,
}

/// One table of a run.
#[derive(Clone, Debug, Serialize)]
pub struct TableFacts {
    /// `credentials`, `employment`, …
    pub table: String,
    /// The file as the user named it.
    pub name: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// SHA-256 of those bytes, in hex; `None` with `--input-hash none`.
    pub sha256: Option<String>,
    /// Rows used.
    pub rows: u64,
}

/// When a run began, on the wall and by a clock that never goes back.
#[derive(Clone, Copy, Debug)]
pub struct RunClock {
    started: DateTime<Utc>,
    ticking: Instant,
}

impl RunClock {
    /// Starts now.
    pub fn start() -> RunClock {
        RunClock { started: Utc::now(), ticking: Instant::now() }
    }

    /// The start (UTC, RFC 3339).
    pub fn started(&self) -> String {
        self.started.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Since the start.
    pub fn elapsed(&self) -> Duration {
        self.ticking.elapsed()
    }
}

#[derive(Serialize)]
struct Manifest<'a> {
    program: &'static str,
    version: &'a str,
    policy: Value,
    as_of: NaiveDate,
    options: &'a [OptionFacts],
    inputs: Vec<Value>,
    tables: &'a [TableFacts],
    outputs: &'a [WrittenFile],
    started: String,
    finished: String,
    seconds: f64,
    threads: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<&'a ConfigFacts>,
}

/// Writes the manifest; `outputs` are the files written before it.
pub fn write(
    out: &mut dyn Write,
    outcome: &RunOutcome,
    facts: &ManifestFacts,
    outputs: &[WrittenFile],
) -> io::Result<()> {
    let elapsed = facts.clock.elapsed();
    // Added to the start, so that a clock set back in between cannot end a run before it began.
    let finished = facts.clock.started + TimeDelta::from_std(elapsed).unwrap_or_default();
    let stamp = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Millis, true);
    let manifest = Manifest {
        program: PROGRAM,
        version: &facts.version,
        policy: json!({
            "name": facts.policy.name,
            "sha256": hash::sha256(facts.policy.text.as_bytes()),
            "origin": facts.policy.origin,
        }),
        as_of: outcome.as_of,
        options: &facts.options,
        inputs: outcome.files.iter().map(input).collect(),
        tables: &facts.tables,
        outputs,
        started: stamp(facts.clock.started),
        finished: stamp(finished),
        seconds: elapsed.as_millis() as f64 / 1000.0,
        threads: facts.threads,
        ledger: facts.ledger.as_ref(),
        config: facts.config.as_ref(),
    };
    serde_json::to_writer_pretty(&mut *out, &manifest)?;
    out.write_all(b"\n")
}

/// Writes the manifest of a command that checks no claims: what it says of itself, and its outputs.
pub fn write_plain(
    out: &mut dyn Write,
    facts: &Value,
    clock: &RunClock,
    outputs: &[WrittenFile],
) -> io::Result<()> {
    let mut manifest = json!({ "program": PROGRAM, "version": env!("CARGO_PKG_VERSION") });
    if let (Some(own), Some(facts)) = (manifest.as_object_mut(), facts.as_object()) {
        own.extend(facts.clone());
        own.insert("outputs".to_owned(), json!(outputs));
        own.insert("started".to_owned(), json!(clock.started()));
    }
    serde_json::to_writer_pretty(&mut *out, &manifest)?;
    out.write_all(b"\n")
}

fn input(file: &FileOutcome) -> Value {
    json!({
        "name": *file.name,
        "kind": kind_name(file.kind),
        "is_history": file.is_history,
        "is_same_as_current": file.is_same_as_current,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "records": file.records,
        "records_are": records_name(file.kind),
        "claims": file.claims,
        "service_lines": file.service_lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn names_everything_that_went_in_and_out() {
        let outputs = [WrittenFile {
            name: "findings.csv".to_owned(),
            bytes: 3,
            sha256: hash::sha256(b"abc"),
        }];
        let mut out = Vec::new();
        write(&mut out, &samples::outcome(), &samples::manifest_facts(), &outputs)
            .expect("memory takes it");
        let manifest: Value = serde_json::from_slice(&out).expect("JSON");
        let keys: Vec<_> = manifest.as_object().expect("an object").keys().collect();
        let expected = [
            "program", "version", "policy", "as_of", "options", "inputs", "tables", "outputs",
            "started", "finished", "seconds", "threads",
        ];
        assert_eq!(keys, expected);
        assert_eq!(manifest["program"], json!("peerclaims"));
        // The hash of "abc", from FIPS 180-2.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(manifest["outputs"][0]["sha256"], json!(hash));
        assert_eq!(manifest["policy"]["sha256"], json!(hash));
        assert_eq!(manifest["inputs"][0]["sha256"], Value::Null);
        assert_eq!(manifest["inputs"][1]["records_are"], json!("segments"));
        assert_eq!(manifest["options"][1], json!({ "name": "--quiet", "value": null }));
        assert_eq!(manifest["tables"][0]["rows"], json!(12));
        let time = |key: &str| {
            let text = manifest[key].as_str().expect("a time");
            DateTime::parse_from_rfc3339(text).expect("RFC 3339")
        };
        assert!(time("started") <= time("finished"));
    }
}
