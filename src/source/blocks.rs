//! A stream of bytes cut into blocks that can be read apart from each other.
//!
//! A [`Cutter`] knows where a record, or a claim, ends; what follows the last whole one waits for
//! the next block. Blocks are of a megabyte, in tests as little as 64 bytes, so that every boundary
//! is met.

use std::io::{self, Read};

/// Bytes of a usual block.
pub const BLOCK_BYTES: usize = 1 << 20;
/// A block grows to this before a record that does not end is given up.
pub const MAX_BLOCK_BYTES: usize = 32 << 20;

/// Whether more bytes may come after those of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// More may come: the cutter may ask for them.
    More,
    /// More may come, but the block is as large as it may be ([`MAX_BLOCK_BYTES`]).
    Full,
    /// The stream ends here.
    End,
}

/// Says where a buffer may be cut.
pub trait Cutter {
    /// What a block carries besides its bytes (delimiters, damage).
    type Head;

    /// How many bytes of `buffer`, from its start, make a block; 0 asks for more bytes, which only
    /// [`Fill::More`] allows. The answer must not depend on how much of the stream the buffer
    /// happens to hold, or a run would depend on the size of blocks.
    fn cut(&mut self, buffer: &[u8], fill: Fill) -> (usize, Self::Head);
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
    /// Bytes of the carry that blocks have taken.
    taken: usize,
    at_end: bool,
}

impl<R: Read, C: Cutter> Blocks<R, C> {
    /// Cuts `stream` into blocks of about `block_bytes`.
    pub fn new(stream: R, cutter: C, block_bytes: usize) -> Blocks<R, C> {
        let block_bytes = block_bytes.max(1);
        Blocks { stream, cutter, block_bytes, carry: Vec::new(), taken: 0, at_end: false }
    }

    /// The next block, in `buffer` (used again); `None` at the end.
    pub fn next(&mut self, mut buffer: Vec<u8>) -> io::Result<Option<Block<C::Head>>> {
        buffer.clear();
        if let Some(head) = self.cut_carry(&mut buffer) {
            return Ok(Some(Block { head, bytes: buffer }));
        }
        buffer.extend_from_slice(&self.carry[self.taken..]);
        self.carry.clear();
        self.taken = 0;
        // A cutter that looked far ahead leaves a long carry: blocks stay small all the same.
        let mut wanted = self.block_bytes;
        loop {
            self.fill(&mut buffer, wanted)?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let look = wanted.min(buffer.len());
            let fill = if self.at_end && look == buffer.len() {
                Fill::End
            } else if look >= MAX_BLOCK_BYTES {
                Fill::Full
            } else {
                Fill::More
            };
            let (length, head) = self.cutter.cut(&buffer[..look], fill);
            if length > 0 {
                self.carry.extend_from_slice(&buffer[length..]);
                buffer.truncate(length);
                return Ok(Some(Block { head, bytes: buffer }));
            }
            wanted = (look + self.block_bytes).max(look * 2).min(MAX_BLOCK_BYTES);
        }
    }

    /// Cuts a block off a carry that is long enough for it, which then stays where it is: a file of
    /// many short blocks (each line with a quote that is never closed, say) would else be copied
    /// whole for each.
    fn cut_carry(&mut self, buffer: &mut Vec<u8>) -> Option<C::Head> {
        let rest = &self.carry[self.taken..];
        let look = self.block_bytes.min(rest.len());
        if look == 0 || (look < self.block_bytes && !self.at_end) {
            return None;
        }
        let is_end = self.at_end && look == rest.len();
        let fill = match is_end {
            true => Fill::End,
            false if look >= MAX_BLOCK_BYTES => Fill::Full,
            false => Fill::More,
        };
        let (length, head) = self.cutter.cut(&rest[..look], fill);
        buffer.extend_from_slice(&rest[..length]);
        self.taken += length;
        (length > 0).then_some(head)
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
