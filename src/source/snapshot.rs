//! That a file is the same when it is read again.

use super::input::InputPath;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What tells that a file was changed, or another put in its place: the time of its last change is
/// set by the system and cannot be set back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    place: (u64, u64),
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Snapshot {
    /// How the file is now.
    pub fn take(path: &Path) -> io::Result<Snapshot> {
        Ok(Snapshot::of(&std::fs::metadata(path)?))
    }

    fn of(meta: &Metadata) -> Snapshot {
        Snapshot {
            place: (meta.dev(), meta.ino()),
            bytes: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        }
    }
}

/// How the inputs are before they are read for the first time; `None` for those that are skipped.
pub type Snapshots = Vec<Option<Snapshot>>;

/// Takes a snapshot of each input. One that cannot be read twice (standard input, a pipe) is given
/// back as the error.
pub fn take_all(inputs: &[InputPath]) -> Result<Snapshots, &InputPath> {
    inputs.iter().map(take).collect()
}

fn take(input: &InputPath) -> Result<Option<Snapshot>, &InputPath> {
    if input.is_special {
        return Ok(None);
    }
    if input.path.as_os_str() == "-" {
        return Err(input);
    }
    match std::fs::metadata(&input.path) {
        Ok(meta) if meta.is_file() => Ok(Some(Snapshot::of(&meta))),
        Ok(_) => Err(input),
        // Whoever reads it says so.
        Err(_) => Ok(None),
    }
}
