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

/// How a file was before it was opened, to be looked at again when it has been read.
pub struct Watched<'p> {
    path: &'p Path,
    /// `None`: standard input, a pipe, or what cannot be looked at, as whoever opens it says.
    before: Option<Snapshot>,
}

impl<'p> Watched<'p> {
    /// Notes how `path` is; `-` is standard input.
    pub fn begin(path: &'p Path) -> Watched<'p> {
        let there = std::fs::metadata(path).ok().filter(|there| there.is_file());
        let before = there.filter(|_| path.as_os_str() != "-").map(|there| Snapshot::of(&there));
        Watched { path, before }
    }

    /// An error if it is not as it was: a part of a file must never pass for the whole.
    pub fn check(&self) -> io::Result<()> {
        let is_same = self
            .before
            .is_none_or(|before| Snapshot::take(self.path).is_ok_and(|now| now == before));
        if is_same { Ok(()) } else { Err(io::Error::new(io::ErrorKind::InvalidData, CHANGED)) }
    }
}

/// What is said of a file that is not as it was.
pub const CHANGED: &str = "the file changed while it was read";

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    #[test]
    fn a_file_that_is_not_as_it_was_is_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let write = |text: &str| fs::write(&path, text).expect("written");
        type Change = fn(&Path);
        let changes: [(&str, Change); 4] = [
            ("grows", |path| fs::write(path, "texttext").expect("written")),
            ("shrinks", |path| {
                File::options().write(true).open(path).expect("it").set_len(1).expect("it")
            }),
            ("goes", |path| fs::remove_file(path).expect("removed")),
            ("is replaced", |path| {
                fs::write(path.with_extension("new"), "text").expect("written");
                fs::rename(path.with_extension("new"), path).expect("renamed");
            }),
        ];
        for (what, change) in changes {
            write("text");
            let watched = Watched::begin(&path);
            assert!(watched.check().is_ok(), "{what}");
            change(&path);
            assert!(watched.check().is_err(), "{what}");
        }
        for none in ["-", "/dev/null", "/nowhere"] {
            assert!(Watched::begin(Path::new(none)).check().is_ok(), "{none}");
        }
    }
}
