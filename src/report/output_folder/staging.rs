//! The staging folder itself: made beside the target, locked while it lives, exchanged, removed.

use super::disk::{Disk, is_same_folder, lock_folder};
use super::leftovers::temporary_path;
use super::{Exchanged, Purpose, Target, Unsure};
use crate::report::error::{ReportError, at};
use rustix::io::Errno;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Names tried for a temporary folder. More than one is taken only by runs of one process.
const MAX_NAMES: u32 = 1000;

/// A staging folder. Removed on drop, unless it was exchanged.
#[derive(Debug)]
pub(super) struct Staging {
    target: Target,
    disk: Disk,
    path: PathBuf,
    /// Says to other runs that this one lives.
    lock: Option<File>,
    is_in_place: bool,
}

/// New results under the final name.
struct Placed {
    /// Where the earlier ones are.
    old: Option<PathBuf>,
    /// The disk failed after that, and again when it was to be taken back.
    unsure: Option<io::Error>,
}

impl Staging {
    /// Makes the folder, and those above it that are missing.
    pub(super) fn create(target: Target, disk: Disk) -> Result<Staging, ReportError> {
        let mut staging =
            Staging { path: PathBuf::new(), target, disk, lock: None, is_in_place: false };
        for folder in &staging.target.missing {
            match staging.disk.create_folder(folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => done.map_err(at("create", folder))?,
            }
            let above = folder.parent().unwrap_or(folder);
            staging.disk.sync_folder(above).map_err(at("sync", above))?;
        }
        for number in 1..=MAX_NAMES {
            let path = temporary_path(&staging.target, Purpose::Staging, number);
            match staging.disk.create_folder(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                // As below, and even before it had its rights.
                Err(error) if error.kind() == io::ErrorKind::NotFound && above_is_there(&path) => {
                    continue;
                }
                done => done.map_err(at("create", &path))?,
            }
            staging.path = path;
            // `Err`: no locks here, so that no run can take any, and none removes what is not its.
            match lock_folder(&staging.path) {
                Ok(Some(lock)) if is_same_folder(&lock, &staging.path).unwrap_or(false) => {
                    staging.lock = Some(lock);
                    return Ok(staging);
                }
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Ok(staging),
                // A run that cleans up took it for a leftover before the lock was on it.
                _ => staging.path = PathBuf::new(),
            }
        }
        let error = io::Error::from(io::ErrorKind::AlreadyExists);
        Err(at("create a temporary folder in", &staging.target.parent)(error))
    }

    /// The folder of a run that was killed after it was full and safe on the disk.
    pub(super) fn of_killed_run(
        target: Target,
        disk: Disk,
        path: &Path,
        lock: Option<File>,
    ) -> Staging {
        Staging { target, disk, path: path.to_owned(), lock, is_in_place: false }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    pub(super) fn disk(&self) -> &Disk {
        &self.disk
    }

    /// See [`super::SealedFolder::exchange`].
    pub(super) fn exchange(mut self) -> Result<Exchanged, ReportError> {
        // Somebody may have put something there since the run began.
        let placed =
            if self.target.check_replaceable()? { self.replace()? } else { self.appear()? };
        self.is_in_place = true;
        let folder = self.target.named.clone();
        if let Some(why) = placed.unsure {
            let earlier = placed.old.map(|old| self.brought_to_light(old));
            let unsure = Some(Unsure { why: why.to_string(), earlier });
            return Ok(Exchanged { folder, leftover: None, unsure });
        }
        let leftover = placed.old.filter(|old| match fs::remove_dir_all(old) {
            Ok(()) => false,
            // Another run's clean-up was quicker.
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        });
        Ok(Exchanged { folder, leftover, unsure: None })
    }

    /// Nothing has the final name yet.
    fn appear(&self) -> Result<Placed, ReportError> {
        let (new, target) = (&self.path, &self.target.path);
        self.disk.rename(new, target).map_err(|error| self.in_words(error))?;
        let Err(error) = self.disk.sync_folder(&self.target.parent) else {
            return Ok(Placed { old: None, unsure: None });
        };
        match self.disk.rename(target, new) {
            Ok(()) => Err(at("sync", &self.target.parent)(error)),
            Err(_) => Ok(Placed { old: None, unsure: Some(error) }),
        }
    }

    /// Earlier results have it: they and the new ones change places.
    fn replace(&self) -> Result<Placed, ReportError> {
        let (new, target) = (&self.path, &self.target.path);
        let exchanged = self.disk.exchange(new, target);
        if !exchanged.map_err(|error| self.in_words(error))? {
            return self.replace_in_two_steps();
        }
        let old = Some(new.clone());
        let Err(error) = self.disk.sync_folder(&self.target.parent) else {
            return Ok(Placed { old, unsure: None });
        };
        match self.disk.exchange(new, target) {
            Ok(true) => Err(at("sync", &self.target.parent)(error)),
            _ => Ok(Placed { old, unsure: Some(error) }),
        }
    }

    /// For file systems without an exchange. The lock says that this run lives while the earlier
    /// results are aside.
    fn replace_in_two_steps(&self) -> Result<Placed, ReportError> {
        let (new, target) = (&self.path, &self.target.path);
        let names = (1..=MAX_NAMES).map(|n| temporary_path(&self.target, Purpose::Old, n));
        let old = names.into_iter().find(|path| fs::symlink_metadata(path).is_err());
        let old = old.ok_or_else(|| self.in_words(io::ErrorKind::AlreadyExists.into()))?;
        let _lock = lock_folder(target);
        self.disk.rename(target, &old).map_err(|error| self.in_words(error))?;
        if let Err(error) = self.disk.rename(new, target) {
            return Err(self.put_back(&old, self.in_words(error)));
        }
        let Err(error) = self.disk.sync_folder(&self.target.parent) else {
            return Ok(Placed { old: Some(old), unsure: None });
        };
        match self.disk.rename(target, new) {
            Ok(()) => Err(self.put_back(&old, at("sync", &self.target.parent)(error))),
            Err(_) => Ok(Placed { old: Some(old), unsure: Some(error) }),
        }
    }

    /// Gives the earlier results their name again, and `error` back; or the one that says where
    /// they are. The next run puts them back, if nothing has taken their name.
    fn put_back(&self, old: &Path, error: ReportError) -> ReportError {
        match self.disk.rename(old, &self.target.path) {
            Ok(()) => error,
            Err(_) => ReportError::Aside {
                target: self.target.named.clone(),
                earlier: old.to_owned(),
                error: error.to_string(),
            },
        }
    }

    /// Gives earlier results that must not be lost a name that no clean-up knows; where they are.
    fn brought_to_light(&self, old: PathBuf) -> PathBuf {
        let mut name = self.target.name.clone();
        name.push(format!(".peerclaims-earlier-{}", std::process::id()));
        let shown = self.target.parent.join(name);
        let is_free = fs::symlink_metadata(&shown).is_err();
        if is_free && self.disk.rename(&old, &shown).is_ok() { shown } else { old }
    }

    fn in_words(&self, error: io::Error) -> ReportError {
        let target = self.target.named.clone();
        match Errno::from_io_error(&error) {
            Some(Errno::BUSY | Errno::XDEV) => ReportError::MountPoint { target },
            _ => at("put the results in place as", &target)(error),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.is_in_place {
            return;
        }
        // Best effort: what stays is removed by the next run.
        if self.path.file_name().is_some() {
            let _ = fs::remove_dir_all(&self.path);
        }
        for folder in self.target.missing.iter().rev() {
            let _ = fs::remove_dir(folder); // only where nothing else came into it
        }
    }
}

/// Whether the folder that `path` is to be made in is there.
fn above_is_there(path: &Path) -> bool {
    path.parent().is_some_and(Path::is_dir)
}
