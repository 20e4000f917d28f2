//! Where the findings and claims of an earlier run stand: in an output folder, or in one file.

use crate::earlier::{EarlierError, FILE_NAME, Manifest};
use std::fs;
use std::path::{Path, PathBuf};

/// An earlier run, as far as it can be found.
pub struct EarlierRun {
    /// As it was named.
    pub name: String,
    /// A folder was named, and no file.
    pub is_folder: bool,
    /// `findings.csv` or `findings.jsonl`.
    pub findings: PathBuf,
    /// `claims.csv`, where there is one.
    pub claims: Option<PathBuf>,
    /// What it says of itself, and the hash of that, where it does.
    pub manifest: Option<(Manifest, String)>,
}

impl EarlierRun {
    /// The run that `path` names.
    pub fn find(path: &Path) -> Result<EarlierRun, EarlierError> {
        let name = path.to_string_lossy().into_owned();
        let there = fs::metadata(path).map_err(EarlierError::io(path))?;
        if !there.is_dir() {
            let findings = path.to_owned();
            let (is_folder, claims, manifest) = (false, None, None);
            return Ok(EarlierRun { name, is_folder, findings, claims, manifest });
        }
        let inside = |name: &str| Some(path.join(name)).filter(|path| path.exists());
        let findings = inside("findings.csv").or_else(|| inside("findings.jsonl"));
        let findings = findings.ok_or_else(|| EarlierError::NoResults {
            path: path.to_owned(),
            why: "there is neither findings.csv nor findings.jsonl in it".to_owned(),
        })?;
        let manifest = inside(FILE_NAME).map(|_| Manifest::read(path)).transpose()?;
        let claims = inside("claims.csv");
        Ok(EarlierRun { name, is_folder: true, findings, claims, manifest })
    }
}
