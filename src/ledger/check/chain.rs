//! The runs: each holds the hash of its manifest and names that of the run before it; and what the
//! tables say of a run is what its manifest says.

use super::CheckReport;
use crate::ledger::post::RunId;
use crate::ledger::row::Day;
use crate::source::hash::sha256;
use rusqlite::{Connection, Row};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A run, for the other checks.
pub(in crate::ledger) struct Run {
    pub id: RunId,
    pub kind: String,
    pub manifest_sha256: String,
    /// Its manifest; null where a prune took it away.
    pub stated: Value,
    /// The hash of its lines; none where a prune took some of them away.
    pub lines_sha256: Option<String>,
    /// A prune took payments of it away.
    pub has_lost_payments: bool,
    /// A prune took its manifest away, and the decision of it.
    pub has_lost_manifest: bool,
}

/// What prunes say that they took, by the runs that it was of.
#[derive(Default)]
struct Pruned {
    lines: HashSet<RunId>,
    payments: HashSet<RunId>,
    manifests: HashSet<RunId>,
}

/// A file as a run read it: name, bytes, SHA-256.
type File = (String, i64, String);

pub(in crate::ledger) fn follow(
    connection: &Connection,
    report: &mut CheckReport,
) -> rusqlite::Result<Vec<Run>> {
    let (pruned, mut files) = (pruned(connection)?, files(connection)?);
    let mut statement = connection.prepare(
        "SELECT id, manifest, manifest_sha256, previous_sha256, lines_sha256, kind, started, \
         as_of, post FROM run ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut runs = Vec::new();
    let mut previous: Option<String> = None;
    let mut next: RunId = 1;
    while let Some(row) = rows.next()? {
        let run: RunId = row.get(0)?;
        let (manifest, hash): (String, String) = (row.get(1)?, row.get(2)?);
        let named: Option<String> = row.get(3)?;
        let stated: Value = serde_json::from_str(&manifest).unwrap_or_default();
        let has_lost_manifest = manifest.is_empty() && pruned.manifests.contains(&run);
        if run != next {
            report.faults.push(format!("run {next} is missing"));
        }
        let mut follows = named == previous;
        if !has_lost_manifest {
            if sha256(manifest.as_bytes()) != hash {
                report.faults.push(format!("the manifest of run {run} is not the one it had"));
            }
            let in_manifest = stated["ledger"]["previous_manifest_sha256"].as_str();
            follows &= in_manifest == previous.as_deref();
            compare(run, row, &stated, pruned.lines.contains(&run), report)?;
            if !has_files(&stated, files.remove(&run).unwrap_or_default()) {
                report.faults.push(format!("run {run} has other files than its manifest says"));
            }
        }
        if !follows {
            report.faults.push(format!("run {run} does not follow the run before it"));
        }
        previous = Some(hash.clone());
        next = run + 1;
        report.runs += 1;
        runs.push(Run {
            id: run,
            kind: row.get(5)?,
            manifest_sha256: hash,
            stated,
            lines_sha256: row.get(4)?,
            has_lost_payments: pruned.payments.contains(&run),
            has_lost_manifest,
        });
    }
    Ok(runs)
}

/// Holds the columns of a run against its manifest.
fn compare(
    run: RunId,
    row: &Row<'_>,
    stated: &Value,
    has_lost_lines: bool,
    report: &mut CheckReport,
) -> rusqlite::Result<()> {
    let ledger = &stated["ledger"];
    let text = |column: usize| row.get::<_, Option<String>>(column);
    let (lines, kind) = (text(4)?, text(5)?);
    let is_without_hash = lines.is_none() && has_lost_lines;
    if !is_without_hash && lines.as_deref() != ledger["lines_sha256"].as_str() {
        report.faults.push(format!("run {run} has other lines than its manifest says"));
    }
    // The manifest of a nightly run is that of its results, which names no kind.
    let stated_kind = stated["kind"].as_str().or(stated["command"].as_str()).unwrap_or("validate");
    let as_of = row.get::<_, Option<Day>>(7)?.map(|day| day.0.to_string());
    let is_same = ledger["run"].as_i64() == Some(run)
        && kind.as_deref() == Some(stated_kind)
        && text(6)?.as_deref() == stated["started"].as_str()
        && as_of.as_deref() == stated["as_of"].as_str()
        && text(8)?.as_deref() == ledger["post"].as_str();
    if !is_same {
        report.faults.push(format!(
            "run {run} has another kind, start, as-of date or --post than its manifest says"
        ));
    }
    Ok(())
}

/// Whether the files are those of the manifest; history files are in no table.
fn has_files(stated: &Value, mut files: Vec<File>) -> bool {
    let inputs = stated["inputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    for input in inputs.iter().filter(|input| input["is_history"] != Value::Bool(true)) {
        let is_it = |(name, bytes, sha256): &File| {
            input["name"].as_str() == Some(name)
                && input["bytes"].as_i64() == Some(*bytes)
                && input["sha256"].as_str().is_none_or(|stated| stated == sha256)
        };
        let Some(place) = files.iter().position(is_it) else { return false };
        files.swap_remove(place);
    }
    files.is_empty()
}

fn files(connection: &Connection) -> rusqlite::Result<HashMap<RunId, Vec<File>>> {
    let mut files: HashMap<RunId, Vec<File>> = HashMap::new();
    let mut statement = connection.prepare("SELECT run, name, bytes, sha256 FROM file")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        files.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?, row.get(3)?));
    }
    Ok(files)
}

fn pruned(connection: &Connection) -> rusqlite::Result<Pruned> {
    let mut pruned = Pruned::default();
    let mut statement = connection.prepare("SELECT manifest FROM run WHERE kind = 'prune'")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let manifest: Value = serde_json::from_str(&row.get::<_, String>(0)?).unwrap_or_default();
        let said = |key: &str| {
            let runs = manifest["ledger"][key].as_array().cloned().unwrap_or_default();
            runs.into_iter().filter_map(|run| run.as_i64()).collect::<Vec<RunId>>()
        };
        pruned.lines.extend(said("lines_of_runs"));
        pruned.payments.extend(said("payments_of_runs"));
        pruned.manifests.extend(said("manifests_of_runs"));
    }
    Ok(pruned)
}
