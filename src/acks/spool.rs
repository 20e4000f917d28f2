//! Bytes that wait: in memory while they are few, else in a file that has no name any more.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Bytes held in memory.
const MEMORY_BYTES: usize = 4 << 20;
/// Bytes copied at once.
const COPY_BYTES: usize = 256 << 10;

/// A spool.
pub struct Spool {
    folder: PathBuf,
    name: &'static str,
    memory_bytes: usize,
    memory: Vec<u8>,
    file: Option<File>,
    /// Bytes in the file.
    filed: u64,
}

impl Spool {
    /// An empty one, whose file would be made in `folder`.
    pub fn new(folder: &Path, name: &'static str) -> Spool {
        Spool {
            folder: folder.to_owned(),
            name,
            memory_bytes: MEMORY_BYTES,
            memory: Vec::new(),
            file: None,
            filed: 0,
        }
    }

    /// Bytes in it.
    pub fn len(&self) -> u64 {
        self.filed + self.memory.len() as u64
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(bytes);
        if self.memory.len() < self.memory_bytes {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(nameless_file(&self.folder.join(self.name))?),
        };
        file.write_all(&self.memory)?;
        self.filed += self.memory.len() as u64;
        self.memory.clear();
        Ok(())
    }

    /// Goes back to the first byte, to read all of them.
    pub fn rewind(&mut self) -> io::Result<Rewound<'_>> {
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(0))?;
        }
        let filed = self.filed;
        let from_file = self.file.as_mut().map(|file| file.take(filed));
        Ok(Rewound { from_file, from_memory: &self.memory, buffer: Vec::new() })
    }

    /// Forgets all of it.
    pub fn clear(&mut self) -> io::Result<()> {
        self.memory.clear();
        if let Some(file) = self.file.as_mut().filter(|_| self.filed > 0) {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
        }
        self.filed = 0;
        Ok(())
    }
}

/// A spool that is read.
pub struct Rewound<'s> {
    from_file: Option<io::Take<&'s mut File>>,
    from_memory: &'s [u8],
    buffer: Vec<u8>,
}

impl Rewound<'_> {
    /// Copies the next `bytes` bytes.
    pub fn copy(&mut self, mut bytes: u64, out: &mut dyn Write) -> io::Result<()> {
        while bytes > 0 {
            let most = bytes.min(COPY_BYTES as u64) as usize;
            let Some(file) = self.from_file.as_mut().filter(|file| file.limit() > 0) else {
                let length = most.min(self.from_memory.len());
                let (now, later) = self.from_memory.split_at(length);
                if now.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                out.write_all(now)?;
                self.from_memory = later;
                bytes -= length as u64;
                continue;
            };
            self.buffer.resize(COPY_BYTES, 0);
            let count = file.read(&mut self.buffer[..most])?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            out.write_all(&self.buffer[..count])?;
            bytes -= count as u64;
        }
        Ok(())
    }
}

/// A file of mode 0600 that is gone when the process ends, however it ends.
fn nameless_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create_new(true).mode(0o600).open(path)?;
    fs::remove_file(path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_from_memory_and_file() {
        let folder = tempfile::tempdir().expect("a folder");
        for memory_bytes in [8, 1000, 1 << 20] {
            let mut spool = Spool::new(folder.path(), "spool");
            spool.memory_bytes = memory_bytes;
            for round in 0..3_u8 {
                let all: Vec<u8> = (0..30_000_u32).map(|n| (n % 251) as u8 ^ round).collect();
                all.chunks(7).for_each(|part| spool.push(part).expect("pushed"));
                assert_eq!(spool.len(), all.len() as u64);
                let mut back = Vec::new();
                let mut rewound = spool.rewind().expect("rewound");
                for bytes in [0, 1, 12_345, 17_654] {
                    rewound.copy(bytes, &mut back).expect("copied");
                }
                assert!(rewound.copy(1, &mut back).is_err(), "nothing is left");
                assert!(back == all);
                spool.clear().expect("cleared");
            }
            let left = fs::read_dir(folder.path()).expect("read").count();
            assert_eq!(left, 0, "the file has no name");
        }
    }
}
