//! Temporary files: what a run holds beyond its `--memory`.
//!
//! ```text
//! TempSpace        where they stand, and how many bytes went there
//!   ├─ Streams     one file with many streams of bytes, each read back in the order written
//!   └─ SortedRows  one file with sorted runs of rows, merged when they are written out
//! ```
//!
//! A file here has no name (`O_TMPFILE`, or unlinked as soon as it is made): nobody else can open
//! it, and it is gone with the process, however that ends.

mod sorted_rows;
mod streams;

pub use sorted_rows::{KEY_BYTES, Key, RowShare, SortedRows};
pub use streams::{StreamReader, Streams};

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The folder of the temporary files of a run.
#[derive(Clone, Debug)]
pub struct TempSpace {
    folder: PathBuf,
    written: Arc<AtomicU64>,
}

impl TempSpace {
    /// Files go to the file system of `folder`.
    pub fn on(folder: &Path) -> TempSpace {
        TempSpace { folder: folder.to_owned(), written: Arc::default() }
    }

    /// Where they go.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// A file without a name, for its owner alone.
    fn file(&self) -> io::Result<File> {
        let file = tempfile::tempfile_in(&self.folder)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        Ok(file)
    }

    fn note(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
