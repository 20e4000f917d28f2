//! A stream of bytes cut into blocks that can be read apart from each other.
//!
//! A [`Cutter`] knows where a record, or a claim, ends; what follows the last whole one waits for the
//! next block. Blocks are a few megabytes, in tests as little as 64 bytes, so that every boundary
//! is met.

use std::io::{self, Read};

/// Bytes of a usual block.
pub const BLOCK_BYTES: usize = 1 << 20;
/// A block grows to this before a record that does not end is given up.
pub const MAX_BLOCK_BYTES: usize = 64 << 20;

/// Says where a buffer may be cut.
pub trait Cutter {
    /// What a block carries besides its bytes (delimiters, damage).
    type Head;

    /// How many bytes of `buffer`, from its start, make a block; 0 asks for more bytes. With
    /// `is_last`, no more will come (or the block is as large as it may be): the answer must then be
    /// more than 0 for a buffer that is not empty.
    fn cut(&mut self, buffer: &[u8], is_last: bool) -> (usize, Self::Head);
}

/// One block.
pub struct Block<H> {
    /// What the cutter said of it.
    pub head: H,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The blocks of one stream.
pub struct Blocks<R, C> {
    stream: R,
    cutter: C,
    block_bytes: usize,
    carry: Vec<u8>,
    at_end: bool,
}

impl<R: Read, C: Cutter> Blocks<R, C> {
    /// Cuts `stream` into blocks of about `block_bytes`.
    pub fn new(stream: R, cutter: C, block_bytes: usize) -> Blocks<R, C> {
        let block_bytes = block_bytes.max(1);
        Blocks { stream, cutter, block_bytes, carry: Vec::new(), at_end: false }
    }

    /// The next block, in `buffer` (used again); `None` at the end.
    pub fn next(&mut self, mut buffer: Vec<u8>) -> io::Result<Option<Block<C::Head>>> {
        buffer.clear();
        buffer.append(&mut self.carry);
        let mut wanted = self.block_bytes.max(buffer.len());
        loop {
            self.fill(&mut buffer, wanted)?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let is_last = self.at_end || buffer.len() >= MAX_BLOCK_BYTES;
            let (length, head) = self.cutter.cut(&buffer, is_last);
            if length > 0 {
                self.carry.extend_from_slice(&buffer[length..]);
                buffer.truncate(length);
                return Ok(Some(Block { head, bytes: buffer }));
            }
            wanted = (buffer.len() + self.block_bytes).max(buffer.len() * 2).min(MAX_BLOCK_BYTES);
        }
    }

    /// Reads until `buffer` holds `wanted` bytes or the stream ends.
    fn fill(&mut self, buffer: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
        while !self.at_end && buffer.len() < wanted {
            let missing = (wanted - buffer.len()) as u64;
            match self.stream.by_ref().take(missing).read_to_end(buffer) {
                Ok(0) => self.at_end = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
