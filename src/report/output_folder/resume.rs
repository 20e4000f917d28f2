//! The exchange of a run that was killed: finished at the next start, or known to be lost.

use super::SealedFolder;
use super::disk::{Disk, lock_folder};
use super::staging::Staging;
use super::target::Target;
use crate::report::error::ReportError;
use crate::report::manifest;
use crate::source::hash::sha256;
use std::fs;
use std::path::Path;

/// What became of the results of a killed run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// They were in place already.
    WasInPlace,
    /// They are now.
    NowInPlace,
    /// They are nowhere: what has the final name, if anything, is of another run.
    Lost,
}

/// Puts the results that a killed run left at `staged` in place as `target`, if they are there.
/// They are known by the SHA-256 of their manifest, which is written last. After an error they are
/// removed, and the earlier results are as they were.
pub fn resume(staged: &Path, target: &Path, manifest_sha256: &str) -> Result<Resumed, ReportError> {
    let is_in = |folder: &Path| {
        let text = fs::read(folder.join(manifest::FILE_NAME));
        text.is_ok_and(|text| sha256(&text) == manifest_sha256)
    };
    if is_in(target) {
        return Ok(Resumed::WasInPlace);
    }
    if !is_in(staged) {
        return Ok(Resumed::Lost);
    }
    let target = Target::resolve(target)?;
    let lock = lock_folder(staged).ok().flatten();
    let staging = Staging::of_killed_run(target, Disk::default(), staged, lock);
    staging.exchange()?;
    Ok(Resumed::NowInPlace)
}

impl SealedFolder {
    /// Where the results are to be, without links.
    pub fn target(&self) -> &Path {
        &self.staging.target().path
    }
}
