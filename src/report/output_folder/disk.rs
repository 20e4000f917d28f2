//! The steps on the disk, one function each, so that a test can make the n-th of them fail.

use rustix::fs::{CWD, FlockOperation, Mode, OFlags, RenameFlags, flock, open, renameat_with};
use rustix::io::Errno;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Folders: the owner alone.
const FOLDER_MODE: u32 = 0o700;

/// Files: readable by the owner alone.
const FILE_MODE: u32 = 0o600;

/// The disk, as the output folder uses it.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    /// Which steps fail.
    #[cfg(test)]
    pub(super) failing: std::sync::Arc<std::sync::Mutex<Failing>>,
    /// Answers the exchange as a file system that has none.
    #[cfg(test)]
    pub(super) cannot_exchange: bool,
}

/// Steps that fail, because a test asks for it.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Failing {
    /// Steps before the first of them.
    pub(super) after: u32,
    /// So many, one after the other.
    pub(super) count: u32,
}

impl Disk {
    #[cfg(not(test))]
    #[inline]
    fn step(&self) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self) -> io::Result<()> {
        let mut failing = self.failing.lock().expect("no step panics");
        match (failing.after, failing.count) {
            (0, 0) => return Ok(()),
            (0, _) => failing.count -= 1,
            _ => {
                failing.after -= 1;
                return Ok(());
            }
        }
        Err(io::Error::other("the disk failed, as the test asked"))
    }

    /// A new folder of mode 0700, whatever the umask.
    pub(super) fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        DirBuilder::new().mode(FOLDER_MODE).create(path)?;
        // An odd umask takes even the owner's rights.
        fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE)).inspect_err(|_| {
            // Nobody else knows of it yet.
            let _ = fs::remove_dir(path);
        })
    }

    /// A new file of mode 0600, whatever the umask.
    pub(super) fn create_file(&self, path: &Path) -> io::Result<File> {
        self.step()?;
        let file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)?;
        file.set_permissions(Permissions::from_mode(FILE_MODE))?;
        Ok(file)
    }

    /// Writes all of `bytes`.
    pub(super) fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        io::Write::write_all(file, bytes)
    }

    /// Waits until the file is on the disk.
    pub(super) fn sync_file(&self, file: &File) -> io::Result<()> {
        self.step()?;
        file.sync_all()
    }

    /// Waits until the names in the folder are on the disk.
    pub(super) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        match open_folder(path)?.sync_all() {
            // Some network file systems know no sync of a folder; their renames are durable.
            Err(error) if error.raw_os_error() == Some(Errno::INVAL.raw_os_error()) => Ok(()),
            done => done,
        }
    }

    /// Gives `from` the name `to`, which is free.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        fs::rename(from, to)
    }

    /// Exchanges the two in one step. `false`: this file system (or system) cannot.
    pub(super) fn exchange(&self, one: &Path, other: &Path) -> io::Result<bool> {
        self.step()?;
        #[cfg(test)]
        if self.cannot_exchange {
            return Ok(false);
        }
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(true),
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Opens a folder, never through a symbolic link.
pub(super) fn open_folder(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(open(path, flags, Mode::empty())?.into())
}

/// Opens a folder and locks it without waiting; the lock lasts until the handle is closed, at the
/// latest when the process ends, however it ends. `None`: another process holds the lock.
pub(super) fn lock_folder(path: &Path) -> io::Result<Option<File>> {
    let folder = open_folder(path)?;
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(folder)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether `path` still names the folder that `handle` has open.
pub(super) fn is_same_folder(handle: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (open, named) = (handle.metadata()?, fs::symlink_metadata(path)?);
    Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
}
