//! Which folder may be written: not an input, and nothing that is not our own to replace.

use crate::report::error::{ReportError, at};
use crate::report::manifest;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// The output folder by its real name, and the folder that it stands in.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// As the user named it.
    pub(super) named: PathBuf,
    /// Absolute, without symbolic links.
    pub(super) path: PathBuf,
    /// The folder that it stands in.
    pub(super) parent: PathBuf,
    /// Its name there.
    pub(super) name: OsString,
    /// Folders above it that are not there yet, outermost first.
    pub(super) missing: Vec<PathBuf>,
}

impl Target {
    /// Finds the real place of `named`. Creates nothing.
    pub(super) fn resolve(named: &Path) -> Result<Target, ReportError> {
        let absolute = std::path::absolute(named).map_err(at("find", named))?;
        let path = match fs::symlink_metadata(named) {
            Ok(_) => fs::canonicalize(named).map_err(at("follow the link", named))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => absolute,
            Err(error) => return Err(at("look at", named)(error)),
        };
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(ReportError::NotNameable { target: named.to_owned() });
        };
        let mut missing = Vec::new();
        let mut there = parent;
        while !there.exists() {
            missing.insert(0, there.to_owned());
            let Some(above) = there.parent() else { break };
            there = above;
        }
        // `missing/../out` would be another folder once `missing` is there.
        let below = path.strip_prefix(there).unwrap_or(&path);
        if below.components().any(|part| part == Component::ParentDir) {
            return Err(ReportError::NotNameable { target: named.to_owned() });
        }
        let real = fs::canonicalize(there).map_err(at("find", there))?;
        let moved = |path: &Path| real.join(path.strip_prefix(there).unwrap_or(path));
        Ok(Target {
            named: named.to_owned(),
            path: moved(&path),
            parent: moved(parent),
            name: name.to_owned(),
            missing: missing.iter().map(|path| moved(path)).collect(),
        })
    }

    /// An error if the folder is an input, holds one, or lies in one.
    pub(super) fn check_inputs(&self, inputs: &[PathBuf]) -> Result<(), ReportError> {
        for input in inputs {
            // What is not there cannot be harmed; the reader says so.
            let Ok(real) = fs::canonicalize(input) else { continue };
            let how = if real == self.path {
                "is"
            } else if real.starts_with(&self.path) {
                "holds"
            } else if self.path.starts_with(&real) {
                "lies inside"
            } else {
                continue;
            };
            return Err(ReportError::TargetIsInput {
                target: self.named.clone(),
                how,
                input: input.clone(),
            });
        }
        Ok(())
    }

    /// An error if the folder is the one that the process is in: after an exchange, a shell there
    /// would stand in a folder that is no more.
    pub(super) fn check_current(&self) -> Result<(), ReportError> {
        let current = std::env::current_dir().and_then(fs::canonicalize);
        match current.is_ok_and(|current| current.starts_with(&self.path)) {
            true => Err(ReportError::IsCurrent { target: self.named.clone() }),
            false => Ok(()),
        }
    }

    /// Whether there is something to replace; an error if that must not be replaced.
    pub(super) fn check_replaceable(&self) -> Result<bool, ReportError> {
        let there = match fs::symlink_metadata(&self.path) {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(at("look at", &self.named)(error)),
        };
        if !there.is_dir() {
            return Err(ReportError::NotAFolder { target: self.named.clone() });
        }
        let above = fs::metadata(&self.parent).map_err(at("look at", &self.parent))?;
        if above.dev() != there.dev() {
            return Err(ReportError::MountPoint { target: self.named.clone() });
        }
        match foreign_entry(&self.path).map_err(at("look at", &self.named))? {
            Foreign::Nothing => Ok(true),
            Foreign::Folder => Err(ReportError::NotResults { target: self.named.clone() }),
            Foreign::Entry(entry) => {
                Err(ReportError::HoldsForeign { target: self.named.clone(), entry: entry.into() })
            }
        }
    }
}

/// What in a folder is not ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    /// It is empty, or holds what its manifest lists.
    Nothing,
    /// It holds something, and no manifest of ours.
    Folder,
    /// Our results, and this beside them.
    Entry(OsString),
}

/// Tells whether `folder` is empty or an earlier output of this program, with nothing of others in
/// it: the user's notes beside the results would be lost with them.
pub(super) fn foreign_entry(folder: &Path) -> io::Result<Foreign> {
    if fs::read_dir(folder)?.next().is_none() {
        return Ok(Foreign::Nothing);
    }
    let Some(outputs) = listed_outputs(&folder.join(manifest::FILE_NAME)) else {
        return Ok(Foreign::Folder);
    };
    let mut ours: BTreeSet<PathBuf> =
        outputs.into_iter().map(|output| output.name.into()).collect();
    ours.insert(manifest::FILE_NAME.into());
    Ok(foreign_below(folder, Path::new(""), &ours)?.map_or(Foreign::Nothing, Foreign::Entry))
}

/// The first entry of `folder`/`inside` that is none of `ours`; `release/night.837` makes the
/// folder `release` ours, and nothing else in it.
fn foreign_below(
    folder: &Path,
    inside: &Path,
    ours: &BTreeSet<PathBuf>,
) -> io::Result<Option<OsString>> {
    let mut entries = BTreeSet::new();
    for entry in fs::read_dir(folder.join(inside))? {
        let entry = entry?;
        entries.insert((inside.join(entry.file_name()), entry.file_type()?.is_dir()));
    }
    for (entry, is_folder) in entries {
        let is_above =
            || ours.range(entry.clone()..).next().is_some_and(|own| own.starts_with(&entry));
        if is_folder && is_above() {
            if let Some(foreign) = foreign_below(folder, &entry, ours)? {
                return Ok(Some(foreign));
            }
        } else if is_folder || !ours.contains(&entry) {
            return Ok(Some(entry.into()));
        }
    }
    Ok(None)
}

#[derive(Deserialize)]
struct EarlierManifest {
    program: String,
    outputs: Vec<EarlierOutput>,
}

#[derive(Deserialize)]
struct EarlierOutput {
    name: String,
}

/// The outputs that a manifest of this program lists; `None` if it is not one.
fn listed_outputs(path: &Path) -> Option<Vec<EarlierOutput>> {
    // A link or a pipe under that name is none of ours.
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let file = BufReader::new(File::open(path).ok()?);
    let earlier: EarlierManifest = serde_json::from_reader(file).ok()?;
    (earlier.program == manifest::PROGRAM).then_some(earlier.outputs)
}
