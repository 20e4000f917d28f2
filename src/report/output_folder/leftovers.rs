//! Temporary folders that killed runs left beside the output folder, whatever theirs was called: a
//! script names a new one each night.
//!
//! A run holds a lock on each temporary folder that it needs, and the system takes the lock back
//! when the process ends, however it ends. So a folder whose lock can be had belongs to no living
//! run; the process id in its name, which another process may have by now, is for people only.
//!
//! One thing is no leftover although nobody lives who made it: whole results of a run that was
//! killed between its ledger and its folder. The ledger names them, and puts them in place at its
//! next start. This room knows no ledger, so it asks its caller.

use super::disk::{Disk, is_same_folder, lock_folder};
use super::target::{Foreign, Target, foreign_entry};
use crate::earlier::Manifest;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::ErrorKind::NotFound;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What a temporary folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Results not yet in place; after the exchange, the earlier ones.
    Staging,
    /// Earlier results, where the file system cannot exchange two folders.
    Old,
}

impl Purpose {
    /// What tells it in the name of the folder.
    fn word(self) -> &'static str {
        match self {
            Purpose::Staging => ".peerclaims-tmp-",
            Purpose::Old => ".peerclaims-old-",
        }
    }
}

/// `.OUT.peerclaims-tmp-PID` beside the target; further ones of a process get a number.
pub(super) fn temporary_path(target: &Target, purpose: Purpose, number: u32) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(&target.name);
    name.push(purpose.word());
    name.push(std::process::id().to_string());
    if number > 1 {
        name.push(format!("-{number}"));
    }
    target.parent.join(name)
}

/// What a clean-up found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Removed: half results, or earlier ones that were replaced.
    pub removed: Vec<PathBuf>,
    /// Earlier results that a killed run had moved aside: they have their name again.
    pub put_back: Vec<PathBuf>,
    /// Whole results that a ledger may still put in place: they stay.
    pub awaited: Vec<PathBuf>,
}

/// Whole results that a killed run with a ledger left, not in place.
pub struct Awaiting<'a> {
    /// Where they are.
    pub folder: &'a Path,
    /// What their manifest says.
    pub manifest: &'a Manifest,
    /// Of that manifest, in hex.
    pub manifest_sha256: &'a str,
}

/// Says whether a ledger may still put such results in place.
pub type IsAwaited<'a> = &'a dyn Fn(&Awaiting<'_>) -> bool;

/// Removes what runs that are no more left beside the target, whatever the name of theirs was, and
/// puts earlier results back that one of them had moved aside. What cannot be removed stays: it
/// does no harm to this run, and the next one tries again.
pub(super) fn clean(target: &Target, disk: &Disk, is_awaited: IsAwaited<'_>) -> Leftovers {
    let mut found = Leftovers::default();
    for (path, of, purpose) in find(&target.parent) {
        let Ok(Some(lock)) = lock_folder(&path) else { continue };
        // Between opening and locking it may have become the target of a run that ended well.
        if !is_same_folder(&lock, &path).unwrap_or(false) || !is_ours(&lock) {
            continue;
        }
        let was_moved_aside = purpose == Purpose::Old
            && matches!(fs::symlink_metadata(&of), Err(error) if error.kind() == NotFound)
            && matches!(foreign_entry(&path), Ok(Foreign::Nothing));
        if was_moved_aside {
            // A failure leaves them where they are, and safe.
            if disk.rename(&path, &of).is_ok() {
                found.put_back.push(of);
            }
        } else if purpose == Purpose::Staging && is_kept(&path, is_awaited) {
            found.awaited.push(path);
        } else if fs::remove_dir_all(&path).is_ok() {
            found.removed.push(path);
        }
    }
    found
}

/// Whether a ledger may put these results in place: they are whole (their manifest is written
/// last), and of a run that posted.
fn is_kept(folder: &Path, is_awaited: IsAwaited<'_>) -> bool {
    let Ok((manifest, manifest_sha256)) = Manifest::read(folder) else { return false };
    let posts = manifest.ledger.as_ref().is_some_and(|ledger| !ledger.is_dry_run);
    let (manifest, manifest_sha256) = (&manifest, manifest_sha256.as_str());
    posts && is_awaited(&Awaiting { folder, manifest, manifest_sha256 })
}

/// Whether the folder is the user's who runs this: the superuser can lock and remove everybody's.
fn is_ours(folder: &File) -> bool {
    let owner = folder.metadata().map(|about| about.uid());
    owner.is_ok_and(|owner| owner == rustix::process::geteuid().as_raw())
}

/// The temporary folders in `parent` by their names, and the results that each belongs to.
fn find(parent: &Path) -> Vec<(PathBuf, PathBuf, Purpose)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let Some((name, purpose)) = parsed(entry.file_name().as_bytes()) else { continue };
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.push((entry.path(), parent.join(name), purpose));
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    found
}

/// `.OUT.peerclaims-tmp-PID` taken apart; `None`: nothing of this program has such a name.
fn parsed(name: &[u8]) -> Option<(OsString, Purpose)> {
    let name = name.strip_prefix(b".")?;
    [Purpose::Old, Purpose::Staging].into_iter().find_map(|purpose| {
        let word = purpose.word().as_bytes();
        let at = name.windows(word.len()).rposition(|window| window == word)?;
        let (of, number) = (&name[..at], &name[at + word.len()..]);
        (!of.is_empty() && is_number(number)).then(|| (OsStr::from_bytes(of).to_owned(), purpose))
    })
}

/// `123` or `123-2`: nothing else comes from this program.
fn is_number(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |byte| *byte == b'-');
    parts.all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}
