//! The chain of manifests: each run holds its own, and names the one before.

use super::check::CheckReport;
use super::check::chain::follow;
use super::error::LedgerError;
use super::open::Ledger;
use super::post::RunId;

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
    /// Looks at the manifest of every run: it has the hash that the run holds, run and manifest
    /// both name that of the run before, and the run is what its manifest says.
    pub fn chain(&self) -> Result<Chain, LedgerError> {
        let mut report = CheckReport::default();
        let runs = follow(&self.connection, &mut report).map_err(self.sql())?;
        let runs = runs
            .into_iter()
            .map(|run| ChainedRun { run: run.id, manifest_sha256: run.manifest_sha256 })
            .collect();
        Ok(Chain { runs, faults: report.faults })
    }
}
