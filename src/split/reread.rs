//! A claim file opened a second time.

use super::SplitRequest;
use crate::normalize::claims_csv::{ClaimColumns, Header};
use crate::source::decompress::{decompressed, raw};
use crate::source::input::InputPath;
use std::io::{self, Cursor, Read};

/// Bytes as they come from a file.
pub type Stream = Box<dyn Read + Send>;

/// The decompressed bytes of a file.
pub fn stream(input: &InputPath, most_bytes: u64) -> io::Result<Stream> {
    decompressed(raw(&input.path)?, most_bytes)
}

/// A claim CSV.
pub struct Reread {
    /// Everything before its first row.
    pub header: Vec<u8>,
    /// Its rows.
    pub stream: Stream,
    /// Where its columns stand.
    pub columns: Box<ClaimColumns>,
}

/// A stream that keeps what was read.
struct Kept<R> {
    inner: R,
    bytes: Vec<u8>,
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

impl Reread {
    /// Reads the header of a claim CSV again.
    pub fn csv(input: &InputPath, request: &SplitRequest<'_>) -> io::Result<Reread> {
        let inner = stream(input, request.max_decompressed)?;
        let mut kept = Kept { inner, bytes: Vec::new() };
        let read = Header::read(&mut kept, request.delimiter)?;
        let columns = ClaimColumns::find(&read.fields, request.delimiter, request.renamed);
        // The header was good when it was read for the first time.
        let columns = columns.map_err(|error| io::Error::other(error.to_string()))?;
        let columns = Box::new(columns.with_codes(request.codes));
        let Kept { inner, bytes: mut header } = kept;
        header.truncate(header.len().saturating_sub(read.rest.len()));
        let stream = Box::new(Cursor::new(read.rest).chain(inner));
        Ok(Reread { header, stream, columns })
    }
}
