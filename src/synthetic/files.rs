//! The files of a set: made in one folder, each written from beginning to end.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Error;

/// How the files of claims are packed. Tables and expected findings never are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compress {
    /// Not at all.
    #[default]
    None,
    /// gzip, `.gz`; one member a cell, so that many threads can pack.
    Gzip,
    /// Zstandard, `.zst`; one frame a cell.
    Zstd,
}

impl Compress {
    /// What is added to a file's name.
    fn ending(self) -> &'static str {
        match self {
            Compress::None => "",
            Compress::Gzip => ".gz",
            Compress::Zstd => ".zst",
        }
    }

    /// Packs bytes so that packed parts one after the other are the packed whole.
    pub(super) fn pack(self, bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
        if bytes.is_empty() {
            return Ok(bytes);
        }
        match self {
            Compress::None => Ok(bytes),
            Compress::Gzip => {
                // The header holds no time and no name: same bytes in, same bytes out.
                let level = flate2::Compression::new(5);
                let mut packer = flate2::write::GzEncoder::new(Vec::new(), level);
                packer.write_all(&bytes)?;
                packer.finish()
            }
            Compress::Zstd => zstd::bulk::compress(&bytes, 3),
        }
    }
}

/// One file being written.
pub(super) struct Output {
    path: PathBuf,
    file: BufWriter<File>,
    compress: Compress,
    pub(super) bytes: u64,
}

impl Output {
    /// Makes a file in a folder; an older one of this name is replaced.
    pub(super) fn create(folder: &Path, name: &str, compress: Compress) -> Result<Output, Error> {
        let path = folder.join(format!("{name}{}", compress.ending()));
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(|error| Error::Write(path.clone(), error))?;
        Ok(Output { path, file: BufWriter::with_capacity(1 << 20, file), compress, bytes: 0 })
    }

    /// Adds bytes that are packed already, if the file is.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| Error::Write(self.path.clone(), error))
    }

    /// Packs bytes, if the file is packed, and adds them.
    pub(super) fn pack(&mut self, bytes: Vec<u8>) -> Result<(), Error> {
        let packed = self.compress.pack(bytes);
        let packed = packed.map_err(|error| Error::Write(self.path.clone(), error))?;
        self.add(&packed)
    }

    /// Writes out what is still held; returns the path.
    pub(super) fn finish(mut self) -> Result<PathBuf, Error> {
        match self.file.flush() {
            Ok(()) => Ok(self.path),
            Err(error) => Err(Error::Write(self.path, error)),
        }
    }
}
