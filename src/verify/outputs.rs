//! The files of an output folder beside those that its manifest lists.

use crate::earlier::manifest::Output;
use crate::earlier::{EarlierError, FILE_NAME};
use crate::source::hash;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Component, Path};

/// What became of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputState {
    /// Byte for byte as it was written.
    Same,
    /// Not there.
    Missing,
    /// Other bytes.
    Changed {
        /// Its size now.
        bytes: u64,
        /// Its hash now, in hex.
        sha256: String,
    },
    /// A link, a folder or something else has its name.
    NotAFile,
    /// The manifest names a file outside of the folder: this program writes none such.
    Outside,
}

impl OutputState {
    /// The word in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            OutputState::Same => "same",
            OutputState::Missing => "missing",
            OutputState::Changed { .. } => "changed",
            OutputState::NotAFile => "not_a_file",
            OutputState::Outside => "outside",
        }
    }
}

/// One output.
#[derive(Clone, Debug)]
pub struct VerifiedOutput {
    /// Its path in the folder.
    pub name: String,
    /// Its size when it was written.
    pub bytes: u64,
    /// Its hash when it was written.
    pub sha256: String,
    /// What became of it.
    pub state: OutputState,
}

pub(super) fn check(folder: &Path, listed: &[Output]) -> Result<Vec<VerifiedOutput>, EarlierError> {
    let look = |output: &Output| {
        Ok(VerifiedOutput {
            name: output.name.clone(),
            bytes: output.bytes,
            sha256: output.sha256.clone(),
            state: state(folder, output)?,
        })
    };
    listed.iter().map(look).collect()
}

fn state(folder: &Path, output: &Output) -> Result<OutputState, EarlierError> {
    let relative = Path::new(&output.name);
    let is_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_inside || output.name.is_empty() {
        return Ok(OutputState::Outside);
    }
    // Folder by folder: none of them may be a link to somewhere else.
    let mut path = folder.to_owned();
    let mut parts = relative.components().peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        let there = match fs::symlink_metadata(&path) {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(OutputState::Missing);
            }
            Err(error) => return Err(EarlierError::io(&path)(error)),
        };
        let is_as_it_must = if parts.peek().is_some() { there.is_dir() } else { there.is_file() };
        if !is_as_it_must {
            return Ok(OutputState::NotAFile);
        }
    }
    let found = hash::of_file(&path).map_err(EarlierError::io(&path))?;
    let (bytes, sha256) = (found.bytes, found.sha256.unwrap_or_default());
    Ok(if bytes == output.bytes && sha256 == output.sha256 {
        OutputState::Same
    } else {
        OutputState::Changed { bytes, sha256 }
    })
}

/// What the manifest does not list, folders only where they hold nothing listed.
pub(super) fn extra(folder: &Path, listed: &[Output]) -> Result<Vec<String>, EarlierError> {
    let mut known: HashSet<&str> = listed.iter().map(|output| output.name.as_str()).collect();
    known.insert(FILE_NAME);
    let mut folders: HashSet<&str> = HashSet::new();
    for output in listed {
        folders.extend(output.name.match_indices('/').map(|(at, _)| &output.name[..at]));
    }
    let mut extra = Vec::new();
    let mut waiting = vec![(folder.to_owned(), String::new())];
    while let Some((path, prefix)) = waiting.pop() {
        for entry in fs::read_dir(&path).map_err(EarlierError::io(&path))? {
            let entry = entry.map_err(EarlierError::io(&path))?;
            let kind = entry.file_type().map_err(EarlierError::io(&entry.path()))?;
            let file_name = entry.file_name();
            let name = format!("{prefix}{}", file_name.to_string_lossy());
            if kind.is_dir() && folders.contains(name.as_str()) {
                waiting.push((entry.path(), format!("{name}/")));
            } else if file_name.to_str().is_none() || !known.contains(name.as_str()) {
                extra.push(if kind.is_dir() { format!("{name}/") } else { name });
            }
        }
    }
    extra.sort();
    Ok(extra)
}
