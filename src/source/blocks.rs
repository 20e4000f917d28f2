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

    /// The next block, in `buffer` (used again, whatever it holds); `None` at the end.
    pub fn next(&mut self, mut buffer: Vec<u8>) -> io::Result<Option<Block<C::Head>>> {
        if let Some(head) = self.cut_carry(&mut buffer) {
            return Ok(Some(Block { head, bytes: buffer }));
        }
        let carry = &self.carry[self.taken..];
        let mut filled = carry.len();
        buffer.resize(buffer.len().max(filled), 0);
        buffer[..filled].copy_from_slice(carry);
        self.carry.clear();
        self.taken = 0;
        // A cutter that looked far ahead leaves a long carry: blocks stay small all the same.
        let mut wanted = self.block_bytes;
        loop {
            filled = self.fill(&mut buffer, filled, wanted)?;
            if filled == 0 {
                return Ok(None);
            }
            let look = wanted.min(filled);
            let fill = if self.at_end && look == filled {
                Fill::End
            } else if look >= MAX_BLOCK_BYTES {
                Fill::Full
            } else {
                Fill::More
            };
            let (length, head) = self.cutter.cut(&buffer[..look], fill);
            if length > 0 {
                self.carry.extend_from_slice(&buffer[length..filled]);
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
        buffer.clear();
        buffer.extend_from_slice(&rest[..length]);
        self.taken += length;
        (length > 0).then_some(head)
    }

    /// Reads until `wanted` bytes of `buffer` are filled or the stream ends; so many are already,
    /// and gives how many are then. What a buffer holds behind them is not cleared first.
    fn fill(
        &mut self,
        buffer: &mut Vec<u8>,
        mut filled: usize,
        wanted: usize,
    ) -> io::Result<usize> {
        buffer.resize(buffer.len().max(wanted), 0);
        while !self.at_end && filled < wanted {
            match self.stream.read(&mut buffer[filled..wanted]) {
                Ok(0) => self.at_end = true,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}
