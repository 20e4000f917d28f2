//! SHA-256 of an input as it is read: a tap on the stream of bytes, worked out on a thread of its
//! own.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// Chunks that may wait to be hashed; the reader waits beyond them, so memory stays bounded.
const MAX_WAITING_CHUNKS: usize = 8;
/// Bytes collected before they are handed over.
const CHUNK_BYTES: usize = 1 << 20;

/// What passed a tap: how many bytes, and their SHA-256 if it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Bytes on disk (compressed, where the file is).
    pub bytes: u64,
    /// In hex.
    pub sha256: Option<String>,
}

/// A stream that notes what passes it.
pub struct Tap<R> {
    inner: R,
    chunk: Vec<u8>,
    sender: Option<SyncSender<Vec<u8>>>,
    count: Arc<Mutex<u64>>,
}

/// The other end of a [`Tap`]: gives the result when the stream was read to its end.
pub struct TapResult {
    hasher: Option<JoinHandle<String>>,
    count: Arc<Mutex<u64>>,
}

/// Puts a tap on `inner`; with `wants_hash`, a thread hashes what passes.
pub fn tap<R: Read>(inner: R, wants_hash: bool) -> (Tap<R>, TapResult) {
    let count = Arc::new(Mutex::new(0));
    let (sender, hasher) = if wants_hash {
        let (sender, receiver) = sync_channel(MAX_WAITING_CHUNKS);
        (Some(sender), Some(std::thread::spawn(move || hash_all(&receiver))))
    } else {
        (None, None)
    };
    let tap = Tap { inner, chunk: Vec::new(), sender, count: Arc::clone(&count) };
    (tap, TapResult { hasher, count })
}

fn hash_all(receiver: &Receiver<Vec<u8>>) -> String {
    let mut hasher = Sha256::new();
    while let Ok(chunk) = receiver.recv() {
        hasher.update(&chunk);
    }
    hex(&hasher.finalize())
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The SHA-256 of some bytes, in hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What stands in a file now, read in pieces.
pub fn of_file(path: &Path) -> io::Result<Passed> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        let count = match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&chunk[..count]);
        bytes += count as u64;
    }
    Ok(Passed { bytes, sha256: Some(hex(&hasher.finalize())) })
}

impl<R: Read> Read for Tap<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Ok(mut total) = self.count.lock() {
            *total += count as u64;
        }
        if self.sender.is_some() {
            self.chunk.extend_from_slice(&buffer[..count]);
            if self.chunk.len() >= CHUNK_BYTES || count == 0 {
                self.flush();
            }
        }
        Ok(count)
    }
}

impl<R> Tap<R> {
    fn flush(&mut self) {
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK_BYTES));
        if let Some(sender) = &self.sender {
            // The thread ends only after the sender is dropped, so this waits but does not fail.
            let _ = sender.send(chunk);
        }
    }
}

impl<R> Drop for Tap<R> {
    fn drop(&mut self) {
        self.flush();
    }
}

impl TapResult {
    /// What passed. Call it after the tap was dropped: it waits for the hash.
    pub fn finish(self) -> Passed {
        let sha256 = self.hasher.and_then(|thread| thread.join().ok());
        let bytes = self.count.lock().map_or(0, |total| *total);
        Passed { bytes, sha256 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_what_was_read() {
        let (mut stream, result) = tap(io::Cursor::new(b"abc".to_vec()), true);
        let mut all = Vec::new();
        stream.read_to_end(&mut all).expect("read");
        drop(stream);
        let passed = result.finish();
        assert_eq!(all, b"abc");
        assert_eq!(passed.bytes, 3);
        // The test vector of FIPS 180-4.
        assert_eq!(
            passed.sha256.as_deref(),
            Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
    }
}
