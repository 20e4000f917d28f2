//! SHA-256 of an input as it is read: a tap on the stream of bytes. Of a large one it is worked out
//! on a thread of its own; a folder may hold a million small ones, not worth a thread each.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

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
    wants_hash: bool,
    /// What was not handed over yet.
    chunk: Vec<u8>,
    /// To the thread that hashes, once there is more than a chunk.
    sender: Option<SyncSender<Vec<u8>>>,
    noted: Arc<Mutex<Noted>>,
}

/// What a tap notes for its [`TapResult`].
#[derive(Default)]
struct Noted {
    bytes: u64,
    /// Of a stream that was a single chunk.
    sha256: Option<String>,
    hasher: Option<JoinHandle<String>>,
}

/// The other end of a [`Tap`]: gives the result when the stream was read to its end.
pub struct TapResult(Arc<Mutex<Noted>>);

/// Puts a tap on `inner`; with `wants_hash`, what passes is hashed.
pub fn tap<R: Read>(inner: R, wants_hash: bool) -> (Tap<R>, TapResult) {
    let noted = Arc::new(Mutex::new(Noted::default()));
    let result = TapResult(Arc::clone(&noted));
    (Tap { inner, wants_hash, chunk: Vec::new(), sender: None, noted }, result)
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
        self.noted().bytes += count as u64;
        if self.wants_hash {
            self.chunk.extend_from_slice(&buffer[..count]);
            if self.chunk.len() >= CHUNK_BYTES {
                self.hand_over()?;
            }
        }
        Ok(count)
    }
}

impl<R> Tap<R> {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands the chunk to the thread, which begins with the first.
    fn hand_over(&mut self) -> io::Result<()> {
        let sender = match self.sender.take() {
            Some(sender) => sender,
            None => {
                let (sender, receiver) = sync_channel(MAX_WAITING_CHUNKS);
                let hasher = thread::Builder::new().spawn(move || hash_all(&receiver))?;
                self.noted().hasher = Some(hasher);
                sender
            }
        };
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK_BYTES));
        // The thread ends only after the sender is dropped, so this waits but does not fail.
        let _ = self.sender.insert(sender).send(chunk);
        Ok(())
    }
}

impl<R> Drop for Tap<R> {
    fn drop(&mut self) {
        let rest = std::mem::take(&mut self.chunk);
        match &self.sender {
            Some(sender) => _ = sender.send(rest),
            None if self.wants_hash => self.noted().sha256 = Some(sha256(&rest)),
            None => {}
        }
    }
}

impl TapResult {
    /// What passed. Call it after the tap was dropped: it waits for the hash.
    pub fn finish(self) -> Passed {
        let Noted { bytes, sha256, hasher } =
            std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Passed { bytes, sha256: sha256.or_else(|| hasher?.join().ok()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(bytes: Vec<u8>, wants_hash: bool) -> (Passed, bool) {
        let length = bytes.len();
        let (mut stream, result) = tap(io::Cursor::new(bytes), wants_hash);
        let mut all = Vec::new();
        stream.read_to_end(&mut all).expect("read");
        assert_eq!(all.len(), length);
        drop(stream);
        let has_thread = result.0.lock().expect("nobody failed").hasher.is_some();
        (result.finish(), has_thread)
    }

    #[test]
    fn hashes_what_was_read() {
        let (short, has_thread) = passed(b"abc".to_vec(), true);
        assert_eq!((short.bytes, has_thread), (3, false));
        // The test vector of FIPS 180-4.
        assert_eq!(
            short.sha256.as_deref(),
            Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
        let (unhashed, _) = passed(b"abc".to_vec(), false);
        assert_eq!(unhashed, Passed { bytes: 3, sha256: None });
    }

    #[test]
    fn a_thread_hashes_what_is_larger_than_a_chunk() {
        for length in [0, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let whole = sha256(&bytes);
            let (passed, has_thread) = passed(bytes, true);
            assert_eq!(passed, Passed { bytes: length as u64, sha256: Some(whole) });
            assert_eq!(has_thread, length >= CHUNK_BYTES, "{length}");
        }
    }
}
