//! A file of the output folder that is written piece by piece, hashed and put on the disk by
//! threads of its own: one writes, the other has the system bring to the disk what was written, so
//! that little is left to wait for in the end.

use super::WrittenFile;
use super::disk::Disk;
use crate::report::error::{ReportError, at};
use crate::source::hash::hex;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Bytes collected before they are handed over.
const CHUNK_BYTES: usize = 256 << 10;
/// Chunks that may wait; whoever writes waits beyond them, so memory stays bounded.
const MAX_WAITING_CHUNKS: usize = 16;
/// Chunks after which the disk is told to begin.
const CHUNKS_A_SYNC: u64 = 64;

/// What was written: the file, its size and its hash.
type Whole = io::Result<(File, u64, String)>;

/// A file that is being written.
pub struct OutputFile {
    name: String,
    shown: PathBuf,
    chunk: Vec<u8>,
    sender: SyncSender<Vec<u8>>,
    /// Chunks that were written, to be filled again.
    free: Receiver<Vec<u8>>,
    /// `None`: it ended before its time, and why was said.
    writer: Option<JoinHandle<Whole>>,
}

impl OutputFile {
    pub(super) fn begin(disk: &Disk, name: &str, shown: PathBuf, file: File) -> OutputFile {
        let (sender, receiver) = sync_channel(MAX_WAITING_CHUNKS);
        let (give_back, free) = sync_channel(MAX_WAITING_CHUNKS);
        let disk = disk.clone();
        let writer = std::thread::spawn(move || write_all(&disk, file, &receiver, &give_back));
        let (name, chunk) = (name.to_owned(), Vec::with_capacity(CHUNK_BYTES));
        OutputFile { name, shown, chunk, sender, free, writer: Some(writer) }
    }

    /// The file as the user knows it.
    pub(super) fn shown(&self) -> &Path {
        &self.shown
    }

    /// Waits until all of it is written.
    pub(super) fn end(mut self) -> Result<(WrittenFile, File), ReportError> {
        self.hand_over()?;
        let OutputFile { name, shown, sender, writer, .. } = self;
        drop(sender);
        let (file, bytes, sha256) = whole(writer).map_err(at("write", &shown))?;
        Ok((WrittenFile { name, bytes, sha256 }, file))
    }

    /// An error says which file it is of: whoever writes knows it by what is written alone.
    fn hand_over(&mut self) -> Result<(), ReportError> {
        let next = self.free.try_recv().unwrap_or_else(|_| Vec::with_capacity(CHUNK_BYTES));
        let chunk = std::mem::replace(&mut self.chunk, next);
        let Err(_) = self.sender.send(chunk) else { return Ok(()) };
        // The thread is gone: writing failed, and its end says why.
        let ended = whole(self.writer.take());
        let error = ended.err().unwrap_or_else(|| io::Error::other("the file is at its end"));
        Err(at("write", &self.shown)(error))
    }
}

/// What the thread came to.
fn whole(writer: Option<JoinHandle<Whole>>) -> Whole {
    let failed = |what: &str| Err(io::Error::other(what));
    let Some(writer) = writer else { return failed("it failed before") };
    writer.join().unwrap_or_else(|_| failed("the thread that writes the file failed"))
}

fn write_all(
    disk: &Disk,
    mut file: File,
    receiver: &Receiver<Vec<u8>>,
    give_back: &SyncSender<Vec<u8>>,
) -> Whole {
    let mut hash = Sha256::new();
    let (mut bytes, mut chunks) = (0, 0);
    let mut syncing = None;
    while let Ok(mut chunk) = receiver.recv() {
        disk.write(&mut file, &chunk)?;
        hash.update(&chunk);
        bytes += chunk.len() as u64;
        chunks += 1;
        if chunks % CHUNKS_A_SYNC == 0 {
            sync_beside(&file, &mut syncing)?;
        }
        chunk.clear();
        // Where nobody wants it again, it is dropped.
        let _ = give_back.try_send(chunk);
    }
    finish_sync(syncing)?;
    Ok((file, bytes, hex(&hash.finalize())))
}

/// Begins to bring to the disk what was written so far, unless that is under way still.
fn sync_beside(file: &File, syncing: &mut Option<JoinHandle<io::Result<()>>>) -> io::Result<()> {
    if syncing.as_ref().is_some_and(|thread| !thread.is_finished()) {
        return Ok(());
    }
    finish_sync(syncing.take())?;
    let file = file.try_clone()?;
    *syncing = Some(std::thread::spawn(move || file.sync_data()));
    Ok(())
}

/// The system tells an error once, so what it says here must not be lost.
fn finish_sync(syncing: Option<JoinHandle<io::Result<()>>>) -> io::Result<()> {
    let panicked = |_| Err(io::Error::other("the thread that syncs the file failed"));
    syncing.map_or(Ok(()), |thread| thread.join().unwrap_or_else(panicked))
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.chunk.len() + bytes.len() > CHUNK_BYTES && !self.chunk.is_empty() {
            self.hand_over().map_err(io::Error::other)?;
        }
        self.chunk.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
