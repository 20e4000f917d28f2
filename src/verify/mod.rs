//! Whether the results of an earlier run are as it wrote them.
//!
//! Every output has its SHA-256 in `manifest.json`. So a file that was changed, lost or added
//! shows; what it cannot show is that somebody changed a file and the manifest with it. Two things
//! can: the manifest's own SHA-256, noted where the one who may write the folder cannot, and a
//! ledger, which holds the manifest of each of its runs and chains them.

mod inputs;
mod outputs;

pub use inputs::{InputState, VerifiedInput, check as check_inputs};
pub use outputs::{OutputState, VerifiedOutput};

use crate::earlier::{EarlierError, Manifest};
use std::path::{Path, PathBuf};

/// What a look at a folder came to.
#[derive(Debug)]
pub struct Verdict {
    /// The folder as it was named.
    pub folder: PathBuf,
    /// What the run wrote of itself.
    pub manifest: Manifest,
    /// Of `manifest.json`, in hex.
    pub manifest_sha256: String,
    /// The files that the manifest lists.
    pub outputs: Vec<VerifiedOutput>,
    /// What stands beside them, by path in the folder, sorted.
    pub extra: Vec<String>,
    /// What the run read; `None`: not asked for.
    pub inputs: Option<Vec<VerifiedInput>>,
    /// What a ledger says; `None`: not asked for.
    pub ledger: Option<LedgerWord>,
    /// The SHA-256 that the manifest was to have; `None`: not asked for.
    pub noted_sha256: Option<String>,
}

/// What a ledger says of the manifest.
#[derive(Debug, Default)]
pub struct LedgerWord {
    /// The ledger as it was named.
    pub name: String,
    /// The run that has this manifest.
    pub run: Option<i64>,
    /// Runs of the chain.
    pub runs: usize,
    /// What does not hold, in words.
    pub faults: Vec<String>,
}

/// Looks at every output of the results in `folder`.
pub fn verify(folder: &Path) -> Result<Verdict, EarlierError> {
    let (manifest, manifest_sha256) = Manifest::read(folder)?;
    let outputs = outputs::check(folder, &manifest.outputs)?;
    let extra = outputs::extra(folder, &manifest.outputs)?;
    Ok(Verdict {
        folder: folder.to_owned(),
        manifest,
        manifest_sha256,
        outputs,
        extra,
        inputs: None,
        ledger: None,
        noted_sha256: None,
    })
}

impl Verdict {
    /// Whether all is as it was written.
    pub fn is_well(&self) -> bool {
        self.outputs.iter().all(|output| output.state == OutputState::Same)
            && self.extra.is_empty()
            && self.is_noted()
            && !self.inputs.iter().flatten().any(VerifiedInput::is_changed)
            && self.ledger.as_ref().is_none_or(|ledger| ledger.faults.is_empty())
    }

    /// Whether the manifest has the hash that somebody noted, if one was given.
    pub fn is_noted(&self) -> bool {
        self.noted_sha256.as_ref().is_none_or(|noted| *noted == self.manifest_sha256)
    }
}
