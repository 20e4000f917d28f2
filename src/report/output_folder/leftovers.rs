//! Temporary folders that killed runs left beside the output folder.
//!
//! A run holds a lock on each temporary folder that it needs, and the system takes the lock back
//! when the process ends, however it ends. So a folder whose lock can be had belongs to no living
//! run; the process id in its name, which another process may have by now, is for people only.

use super::disk::{Disk, is_same_folder, lock_folder};
use super::target::{Foreign, Target, foreign_entry};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

/// What a temporary folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Results not yet in place; after the exchange, the earlier ones.
    Staging,
    /// Earlier results, where the file system cannot exchange two folders.
    Old,
}

/// The name of a temporary folder of this process, without its number.
fn prefix(target: &Target, purpose: Purpose) -> OsString {
    let mut name = OsString::from(".");
    name.push(&target.name);
    name.push(match purpose {
        Purpose::Staging => ".peerclaims-tmp-",
        Purpose::Old => ".peerclaims-old-",
    });
    name
}

/// `.OUT.peerclaims-tmp-PID` beside the target; further ones of a process get a number.
pub(super) fn temporary_path(target: &Target, purpose: Purpose, number: u32) -> PathBuf {
    let mut name = prefix(target, purpose);
    name.push(std::process::id().to_string());
    if number > 1 {
        name.push(format!("-{number}"));
    }
    target.parent.join(name)
}

/// Removes what runs that are no more left beside the target, and puts earlier results back that
/// one of them had moved aside. Returns what was removed. What cannot be removed stays: it does no
/// harm to this run, and the next one tries again.
pub(super) fn clean(target: &Target, disk: &Disk) -> Vec<PathBuf> {
    let mut removed = Vec::new();
    for (path, purpose) in find(target) {
        let Ok(Some(lock)) = lock_folder(&path) else { continue };
        // Between opening and locking it may have become the target of a run that ended well.
        if !is_same_folder(&lock, &path).unwrap_or(false) {
            continue;
        }
        let was_moved_aside = purpose == Purpose::Old
            && !target.path.exists()
            && matches!(foreign_entry(&path), Ok(Foreign::Nothing));
        if was_moved_aside {
            // A failure leaves them where they are, and safe.
            let _ = disk.rename(&path, &target.path);
        } else if fs::remove_dir_all(&path).is_ok() {
            removed.push(path);
        }
    }
    removed
}

/// Candidates, by name.
fn find(target: &Target) -> Vec<(PathBuf, Purpose)> {
    let prefixes =
        [Purpose::Old, Purpose::Staging].map(|purpose| (prefix(target, purpose), purpose));
    let mut found = Vec::new();
    for entry in fs::read_dir(&target.parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        for (prefix, purpose) in &prefixes {
            let number = name.strip_prefix(prefix.as_encoded_bytes());
            if number.is_some_and(is_number) && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                found.push((entry.path(), *purpose));
            }
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    found
}

/// `123` or `123-2`: nothing else comes from this program.
fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
}
