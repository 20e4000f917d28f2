//! What a run read, looked at again where it can be found.

use crate::earlier::{EarlierError, Manifest};
use crate::source::hash;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputState {
    /// Byte for byte as it was read.
    Same,
    /// The run kept no hash of it; it has the size that it had.
    SameSize,
    /// Other bytes.
    Changed,
    /// Not there: it was not looked at.
    NotFound,
    /// Standard input: there is nothing to look at.
    NotKept,
}

impl InputState {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            InputState::Same => "same",
            InputState::SameSize => "same_size",
            InputState::Changed => "changed",
            InputState::NotFound => "not_found",
            InputState::NotKept => "not_kept",
        }
    }
}

/// One input.
#[derive(Clone, Debug)]
pub struct VerifiedInput {
    /// `claims`, `history`, `policy`, `configuration`, or the table.
    pub what: String,
    /// As the user named it then.
    pub name: String,
    /// What became of it.
    pub state: InputState,
}

impl VerifiedInput {
    /// Whether it is there with other bytes.
    pub fn is_changed(&self) -> bool {
        self.state == InputState::Changed
    }
}

/// Looks at every input that the manifest names, from the working folder as the run did.
/// `builtin_sha256` is the hash of this program's built-in policy.
pub fn check(
    manifest: &Manifest,
    builtin_sha256: &str,
) -> Result<Vec<VerifiedInput>, EarlierError> {
    let mut found = Vec::new();
    for input in &manifest.inputs {
        let what = if input.is_history { "history" } else { "claims" };
        found.push(file(what, &input.name, Some(input.bytes), input.sha256.as_deref())?);
    }
    for table in &manifest.tables {
        found.push(file(&table.table, &table.name, Some(table.bytes), table.sha256.as_deref())?);
    }
    if let Some(policy) = &manifest.policy {
        found.push(if policy.origin == "built-in" {
            let is_same = policy.sha256 == builtin_sha256;
            let state = if is_same { InputState::Same } else { InputState::NotFound };
            let name = format!("built-in policy of version {}", manifest.version);
            VerifiedInput { what: "policy".to_owned(), name, state }
        } else {
            file("policy", &policy.origin, None, Some(&policy.sha256))?
        });
    }
    if let Some(config) = &manifest.config {
        found.push(file("configuration", &config.name, None, Some(&config.sha256))?);
    }
    Ok(found)
}

fn file(
    what: &str,
    name: &str,
    bytes: Option<u64>,
    sha256: Option<&str>,
) -> Result<VerifiedInput, EarlierError> {
    let state = state(name, bytes, sha256)?;
    Ok(VerifiedInput { what: what.to_owned(), name: name.to_owned(), state })
}

fn state(name: &str, bytes: Option<u64>, sha256: Option<&str>) -> Result<InputState, EarlierError> {
    if name == "-" || name == "standard input" {
        return Ok(InputState::NotKept);
    }
    if !Path::new(name).exists() && name.contains(char::REPLACEMENT_CHARACTER) {
        // The manifest cannot say a name that is not UTF-8 as it is: any that reads so may be it.
        let mut states = Vec::new();
        for path in read_so(Path::new(name)) {
            states.push(of_path(&path, bytes, sha256)?);
        }
        let is_same =
            |state: &&InputState| matches!(state, InputState::Same | InputState::SameSize);
        let best = states.iter().find(is_same).or(states.first());
        return Ok(best.copied().unwrap_or(InputState::NotFound));
    }
    of_path(Path::new(name), bytes, sha256)
}

/// The paths that are shown as `name`, though they are not UTF-8.
fn read_so(name: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in name.components() {
        let part = part.as_os_str();
        if !part.to_string_lossy().contains(char::REPLACEMENT_CHARACTER) {
            found.iter_mut().for_each(|path| path.push(part));
            continue;
        }
        let below = |path: PathBuf| {
            let folder = if path.as_os_str().is_empty() { Path::new(".") } else { &path };
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let alike = entries
                .filter(|entry| entry.file_name().to_string_lossy() == part.to_string_lossy());
            alike.map(|entry| path.join(entry.file_name())).collect::<Vec<_>>()
        };
        found = found.into_iter().flat_map(below).collect();
    }
    found
}

fn of_path(
    path: &Path,
    bytes: Option<u64>,
    sha256: Option<&str>,
) -> Result<InputState, EarlierError> {
    let there = match fs::metadata(path) {
        // A pipe or a device gives other bytes each time, or none for ever.
        Ok(there) if !there.is_file() => return Ok(InputState::NotKept),
        Ok(there) => there,
        Err(error) if is_absent(&error) => return Ok(InputState::NotFound),
        Err(error) => return Err(EarlierError::io(path)(error)),
    };
    if bytes.is_some_and(|bytes| bytes != there.len()) {
        return Ok(InputState::Changed);
    }
    let Some(sha256) = sha256 else { return Ok(InputState::SameSize) };
    let found = hash::of_file(path).map_err(EarlierError::io(path))?;
    let is_same = found.sha256.as_deref() == Some(sha256);
    Ok(if is_same { InputState::Same } else { InputState::Changed })
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
