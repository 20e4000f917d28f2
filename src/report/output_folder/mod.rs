//! The output folder: all outputs of a run appear together, or none.
//!
//! Results are written to a **staging folder** beside the target (`.OUT.peerclaims-tmp-PID`, mode
//! 0700, its files 0600), synced to the disk, and put in place in one step:
//!
//! 1. [`StagedFolder::stage`] checks the target, cleans up after killed runs, makes the folder;
//! 2. [`StagedFolder::write`] adds a file and hashes it on the way;
//! 3. [`StagedFolder::seal`] waits until all of it is on the disk;
//! 4. [`SealedFolder::exchange`] gives it the name of the target. An earlier result changes places
//!    with it (`renameat2`, `RENAME_EXCHANGE`) and is then removed. A file system that cannot
//!    exchange moves the earlier result aside (`.OUT.peerclaims-old-PID`) first; a run killed
//!    between those two renames leaves nothing under the final name, and the next run puts it back.
//!
//! A step that fails in 4 is taken back. Where that fails too, nothing is removed, and it is said
//! where the earlier results are ([`Unsure`]).
//!
//! A ledger writes its intent between 3 and 4. A folder dropped before 4 is removed.

mod disk;
mod leftovers;
mod resume;
mod staging;
mod stream;
mod target;
#[cfg(test)]
mod tests;

use super::error::{ReportError, at};
use crate::source::hash::hex;
use disk::Disk;
use leftovers::Purpose;
pub use leftovers::{Awaiting, IsAwaited, Leftovers};
pub use resume::{Resumed, resume};
use serde::Serialize;
use sha2::{Digest, Sha256};
use staging::Staging;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
pub use stream::OutputFile;
use target::Target;

/// Files kept open until they are synced together; more than that are synced at once.
const MAX_UNSYNCED: usize = 64;

/// Bytes collected before they are hashed and written.
const BLOCK_BYTES: usize = 256 * 1024;

/// A file of the output folder, as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrittenFile {
    /// Its path in the folder, with `/`.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// The hash of its content, in hex.
    pub sha256: String,
}

/// An output folder that is being filled, beside its target.
#[derive(Debug)]
pub struct StagedFolder {
    staging: Staging,
    written: Vec<WrittenFile>,
    /// Folders in it, in the order in which they were made.
    folders: Vec<PathBuf>,
    unsynced: Vec<(PathBuf, File)>,
    leftovers: Leftovers,
}

/// A full output folder, safe on the disk, beside its target.
#[derive(Debug)]
pub struct SealedFolder {
    staging: Staging,
}

/// What an exchange leaves to say.
#[derive(Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// The results.
    pub folder: PathBuf,
    /// The earlier results, if they could not be removed; the next run tries again.
    pub leftover: Option<PathBuf>,
    /// The disk failed after they were in place, and again when that was to be taken back.
    pub unsure: Option<Unsure>,
}

/// New results that stand where they should although the disk failed twice: after a power cut the
/// earlier ones may stand there. Nothing was removed.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsure {
    /// What the system said first.
    pub why: String,
    /// Where the earlier results are, if there were any.
    pub earlier: Option<PathBuf>,
}

impl StagedFolder {
    /// Checks `target` against the `inputs` of the run (files, folders, tables, policy, ledger) and
    /// makes the staging folder. Best called before anything is read, so that a folder that cannot
    /// be written is known at once. `is_awaited` is asked of whole results that a killed run left.
    pub fn stage(
        target: &Path,
        inputs: &[PathBuf],
        is_awaited: IsAwaited<'_>,
    ) -> Result<StagedFolder, ReportError> {
        StagedFolder::stage_on(Disk::default(), target, inputs, is_awaited)
    }

    fn stage_on(
        disk: Disk,
        named: &Path,
        inputs: &[PathBuf],
        is_awaited: IsAwaited<'_>,
    ) -> Result<StagedFolder, ReportError> {
        let target = Target::resolve(named)?;
        target.check_inputs(inputs)?;
        target.check_current()?;
        let leftovers = leftovers::clean(&target, &disk, is_awaited);
        target.check_replaceable()?;
        Ok(StagedFolder {
            staging: Staging::create(target, disk)?,
            written: Vec::new(),
            folders: Vec::new(),
            unsynced: Vec::new(),
            leftovers,
        })
    }

    /// What killed runs had left beside it.
    pub fn leftovers(&self) -> &Leftovers {
        &self.leftovers
    }

    /// Where the results are until the exchange.
    pub fn path(&self) -> &Path {
        self.staging.path()
    }

    /// The files written so far, in that order.
    pub fn written(&self) -> &[WrittenFile] {
        &self.written
    }

    /// Adds the file `name` (with `/`, for one in a folder below) with what `fill` writes.
    pub fn write(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), ReportError> {
        let path = self.make_room(name)?;
        let shown = self.staging.target().named.join(name);
        let disk = self.staging.disk();
        let file = disk.create_file(&path).map_err(at("create", &shown))?;
        let mut writer = HashingWriter {
            disk,
            file,
            hash: Sha256::new(),
            bytes: 0,
            block: Vec::with_capacity(BLOCK_BYTES),
        };
        fill(&mut writer).and_then(|()| writer.flush()).map_err(at("write", &shown))?;
        self.written.push(WrittenFile {
            name: name.to_owned(),
            bytes: writer.bytes,
            sha256: hex(&writer.hash.finalize()),
        });
        self.unsynced.push((shown, writer.file));
        if self.unsynced.len() >= MAX_UNSYNCED { self.sync_files() } else { Ok(()) }
    }

    /// Opens the file `name` for whoever writes several at a time; [`Self::finish`] adds it.
    pub fn create(&mut self, name: &str) -> Result<OutputFile, ReportError> {
        let path = self.make_room(name)?;
        let shown = self.staging.target().named.join(name);
        let disk = self.staging.disk();
        let file = disk.create_file(&path).map_err(at("create", &shown))?;
        Ok(OutputFile::begin(disk, name, shown, file))
    }

    /// Adds a file that was opened by [`Self::create`]. Files are listed in this order.
    pub fn finish(&mut self, file: OutputFile) -> Result<(), ReportError> {
        let shown = file.shown().to_owned();
        let (written, file) = file.end()?;
        self.written.push(written);
        self.unsynced.push((shown, file));
        if self.unsynced.len() >= MAX_UNSYNCED { self.sync_files() } else { Ok(()) }
    }

    /// Waits until all of it is on the disk.
    pub fn seal(mut self) -> Result<SealedFolder, ReportError> {
        self.sync_files()?;
        let disk = self.staging.disk();
        for folder in self.folders.iter().rev() {
            disk.sync_folder(folder).map_err(at("sync", folder))?;
        }
        disk.sync_folder(self.path()).map_err(at("sync", self.path()))?;
        Ok(SealedFolder { staging: self.staging })
    }

    fn sync_files(&mut self) -> Result<(), ReportError> {
        for (shown, file) in self.unsynced.drain(..) {
            self.staging.disk().sync_file(&file).map_err(at("sync", &shown))?;
        }
        Ok(())
    }

    /// The path of a new file, with the folders above it made.
    fn make_room(&mut self, name: &str) -> Result<PathBuf, ReportError> {
        let relative = Path::new(name);
        let is_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if name.is_empty() || !is_inside {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "no name of an output");
            return Err(at("create", relative)(error));
        }
        let mut folder = self.path().to_owned();
        for part in relative.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if !self.folders.contains(&folder) {
                let disk = self.staging.disk();
                disk.create_folder(&folder).map_err(at("create", &folder))?;
                self.folders.push(folder.clone());
            }
        }
        Ok(self.path().join(relative))
    }
}

impl SealedFolder {
    /// Where the results are until the exchange.
    pub fn path(&self) -> &Path {
        self.staging.path()
    }

    /// Puts the results in place of whatever is there, in one step. After an error the earlier
    /// results are as they were.
    pub fn exchange(self) -> Result<Exchanged, ReportError> {
        self.staging.exchange()
    }
}

/// Writes to a file and hashes what it writes.
struct HashingWriter<'a> {
    disk: &'a Disk,
    file: File,
    hash: Sha256,
    bytes: u64,
    block: Vec<u8>,
}

impl HashingWriter<'_> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.disk.write(&mut self.file, bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

impl Write for HashingWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() + bytes.len() > BLOCK_BYTES {
            self.flush()?;
        }
        if bytes.len() >= BLOCK_BYTES {
            self.put(bytes)?;
        } else {
            self.block.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.block.is_empty() {
            let block = std::mem::take(&mut self.block);
            self.put(&block)?;
            self.block = block;
            self.block.clear();
        }
        Ok(())
    }
}
