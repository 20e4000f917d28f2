//! The stream that is looked at: its bytes counted, and its encoding told, as they pass.

use std::io::{self, Read};

/// Bytes of a character of UTF-8 at most.
const MOST_BYTES: usize = 4;

/// A stream that counts its bytes and sees whether they are UTF-8.
pub struct Counted<R> {
    inner: R,
    /// Bytes so far.
    pub bytes: u64,
    is_ascii: bool,
    is_utf8: bool,
    /// The beginning of a character that the last read cut.
    cut: Vec<u8>,
}

impl<R: Read> Counted<R> {
    /// Counts what is read from `inner`.
    pub fn new(inner: R) -> Counted<R> {
        Counted { inner, bytes: 0, is_ascii: true, is_utf8: true, cut: Vec::new() }
    }

    /// The encoding of a text, all of which was read.
    pub fn encoding(&self) -> &'static str {
        match (self.is_ascii, self.is_utf8 && self.cut.is_empty()) {
            (true, _) => "ASCII",
            (_, true) => "UTF-8",
            _ => "not UTF-8, read as Latin-1",
        }
    }

    fn see(&mut self, bytes: &[u8]) {
        if self.cut.is_empty() && bytes.is_ascii() || !self.is_utf8 {
            return;
        }
        self.is_ascii = false;
        let joined = [&self.cut[..], bytes].concat();
        self.cut.clear();
        if let Err(error) = std::str::from_utf8(&joined) {
            let rest = &joined[error.valid_up_to()..];
            if error.error_len().is_none() && rest.len() < MOST_BYTES {
                self.cut = rest.to_vec();
            } else {
                self.is_utf8 = false;
            }
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        self.see(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let [first, rest @ ..] = self.0 else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn encoding(bytes: &[u8]) -> &'static str {
        let mut whole = Counted::new(bytes);
        let mut slow = Counted::new(Slow(bytes));
        let mut sink = io::sink();
        assert_eq!(io::copy(&mut whole, &mut sink).ok(), Some(bytes.len() as u64));
        assert_eq!(io::copy(&mut slow, &mut sink).ok(), Some(bytes.len() as u64));
        assert_eq!((whole.encoding(), whole.bytes), (slow.encoding(), slow.bytes));
        whole.encoding()
    }

    #[test]
    fn encodings_are_told_wherever_a_read_ends() {
        assert_eq!(encoding(b""), "ASCII");
        assert_eq!(encoding(b"claim_id"), "ASCII");
        assert_eq!(encoding("José, …, 🙂".as_bytes()), "UTF-8");
        for bytes in [&b"Jos\xe9"[..], b"Jos\xe9,", b"\xc3\xa9\xff", b"\xf0\x9f\x99"] {
            assert_eq!(encoding(bytes), "not UTF-8, read as Latin-1", "{bytes:?}");
        }
    }
}
