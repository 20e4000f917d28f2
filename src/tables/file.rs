//! A table's file: its decompressed bytes to read, and the hash of what stands on disk as a tap on
//! them.

use super::form::CsvForm;
use crate::source::decompress::{decompressed, raw};
use crate::source::hash::hex;
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The bytes of a file as they pass.
struct Tap {
    file: Box<dyn Read + Send>,
    /// `None`: not asked for.
    hash: Option<Sha256>,
    bytes: u64,
}

/// The reading end that goes into the decompressor; the other stays in [`TableBytes`].
#[derive(Clone)]
struct SharedTap(Arc<Mutex<Tap>>);

impl SharedTap {
    fn lock(&self) -> MutexGuard<'_, Tap> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for SharedTap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut tap = self.lock();
        let count = tap.file.read(buffer)?;
        if let Some(hash) = &mut tap.hash {
            hash.update(&buffer[..count]);
        }
        tap.bytes += count as u64;
        Ok(count)
    }
}

/// The decompressed bytes of a file, hashed underneath where that is asked for.
pub(super) struct TableBytes {
    plain: Box<dyn Read + Send>,
    tap: SharedTap,
}

impl TableBytes {
    /// Opens `path`; `-` is standard input. How much it may unpack to, and whether it
    /// is hashed, stands in `csv`.
    pub(super) fn open(path: &Path, csv: &CsvForm) -> io::Result<TableBytes> {
        let file = raw(path)?;
        let hash = csv.wants_hash.then(Sha256::new);
        let tap = SharedTap(Arc::new(Mutex::new(Tap { file, hash, bytes: 0 })));
        Ok(TableBytes { plain: decompressed(Box::new(tap.clone()), csv.max_decompressed)?, tap })
    }

    /// Size and SHA-256 (hex; `None`: not asked for) of the whole file as it stands on disk. Reads
    /// what the decompressor left.
    pub(super) fn finish(mut self) -> io::Result<(u64, Option<String>)> {
        io::copy(&mut self.tap, &mut io::sink())?;
        let mut tap = self.tap.lock();
        let hash = tap.hash.take().map(|hash| hex(&hash.finalize()));
        Ok((tap.bytes, hash))
    }
}

impl Read for TableBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.plain.read(buffer)
    }
}
