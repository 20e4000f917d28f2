//! The chain of manifests: each run holds its own, and names the one before.

use super::error::LedgerError;
use super::open::Ledger;
use super::post::RunId;
use crate::source::hash::sha256;
use serde_json::Value;

/// The runs of a ledger by their manifests.
#[derive(Debug, Default)]
pub struct Chain {
    /// Oldest first.
    pub runs: Vec<ChainedRun>,
    /// Where the chain does not hold, in words; nothing of a member.
    pub faults: Vec<String>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainedRun {
    /// Its number.
    pub run: RunId,
    /// Of its manifest, in hex.
    pub manifest_sha256: String,
}

impl Ledger {
    /// Looks at the manifest of every run: it has the hash that the run holds, and run and manifest
    /// both name that of the run before.
    pub fn chain(&self) -> Result<Chain, LedgerError> {
        let sql = self.sql();
        let select = "SELECT id, manifest, manifest_sha256, previous_sha256, lines_sha256 \
             FROM run ORDER BY id";
        let mut statement = self.connection.prepare(select).map_err(&sql)?;
        let mut rows = statement.query([]).map_err(&sql)?;
        let mut chain = Chain::default();
        let mut previous: Option<String> = None;
        let mut next: RunId = 1;
        while let Some(row) = rows.next().map_err(&sql)? {
            let run: RunId = row.get(0).map_err(&sql)?;
            let manifest: String = row.get(1).map_err(&sql)?;
            let hash: String = row.get(2).map_err(&sql)?;
            let named: Option<String> = row.get(3).map_err(&sql)?;
            let lines: Option<String> = row.get(4).map_err(&sql)?;
            let stated: Value = serde_json::from_str(&manifest).unwrap_or_default();
            let stated = &stated["ledger"];
            let in_manifest = stated["previous_manifest_sha256"].as_str();
            if run != next {
                chain.faults.push(format!("run {next} is missing"));
            }
            if sha256(manifest.as_bytes()) != hash {
                chain.faults.push(format!("the manifest of run {run} is not the one it had"));
            }
            if named != previous || in_manifest != previous.as_deref() {
                chain.faults.push(format!("run {run} does not follow the run before it"));
            }
            // Where a prune took lines away, there is nothing to compare.
            if lines.is_some() && lines.as_deref() != stated["lines_sha256"].as_str() {
                chain.faults.push(format!("run {run} has other lines than its manifest says"));
            }
            previous = Some(hash.clone());
            next = run + 1;
            chain.runs.push(ChainedRun { run, manifest_sha256: hash });
        }
        Ok(chain)
    }
}
