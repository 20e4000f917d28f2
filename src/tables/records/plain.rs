//! The rows of a block that hold no quote: nearly all rows of nearly all tables. Their ends, and
//! those of their fields, are found many at once, and their fields are read where they stand.

use super::MAX_FIELDS;
use crate::source::separators::Separators;
use memchr::{memchr2_iter, memrchr};

/// Bytes searched at once: they and what is found stay in the nearest cache.
const PIECE_BYTES: usize = 32 * 1024;

/// The plain rows of one piece of a block.
#[derive(Default)]
pub(super) struct PlainRows {
    separators: Separators,
    /// Where the piece begins in the block.
    base: usize,
    /// Rows before the next one, and ends of fields before it.
    rows: usize,
    ends: usize,
    /// Where the next row begins in the block; no row of the piece is left where that is its end.
    next: usize,
    end: usize,
    /// Behind the piece, no plain row begins before this place of the block.
    barrier: usize,
}

impl PlainRows {
    /// What was found is of another block.
    pub(super) fn forget(&mut self) {
        (self.next, self.end, self.barrier) = (0, 0, 0);
    }

    /// Puts where the fields of the row that begins at `place` of the block end into `ends`; gives
    /// where the row behind it begins. `None`: it is no plain row.
    pub(super) fn row_at(
        &mut self,
        block: &[u8],
        place: usize,
        delimiter: u8,
        ends: &mut Vec<usize>,
    ) -> Option<usize> {
        if place >= self.end && place >= self.barrier {
            self.search(block, place, delimiter);
        }
        // Rows before it were read with the one before them.
        while self.next < place && self.next < self.end {
            self.take()?;
        }
        if self.next != place || self.next == self.end {
            return None;
        }
        let (base, found) = (self.base, self.take()?);
        if found.len() > MAX_FIELDS {
            return None;
        }
        ends.clear();
        ends.extend(found.iter().map(|end| base + *end as usize));
        let last = ends.last_mut()?;
        let next = *last + 1;
        // The CR of its line end is no part of its last field.
        *last -= usize::from(*last > place && block[*last - 1] == b'\r');
        let is_blank = *last == place;
        (!is_blank).then_some(next)
    }

    /// Goes over the next row of the piece: the ends of its fields, from the base on.
    fn take(&mut self) -> Option<&[u32]> {
        let ends = self.separators.ends_of(self.rows, self.ends)?;
        self.next = self.base + *ends.last()? as usize + 1;
        self.ends += ends.len();
        self.rows += 1;
        Some(ends)
    }

    /// Finds the plain rows from `place` on.
    fn search(&mut self, block: &[u8], place: usize, delimiter: u8) {
        let upto = block.len().min(place + PIECE_BYTES);
        let bytes = &block[place..upto];
        // A CR that stands alone ends a row too. Whether the last one does, the block does not say.
        let is_odd = |at: &usize| bytes[*at] == b'"' || block.get(place + at + 1) != Some(&b'\n');
        let odd = memchr2_iter(b'"', b'\r', bytes).find(is_odd);
        let plain = &bytes[..odd.unwrap_or(bytes.len())];
        let piece = &plain[..memrchr(b'\n', plain).map_or(0, |last| last + 1)];
        (self.base, self.next, self.end) = (place, place, place + piece.len());
        (self.rows, self.ends) = (0, 0);
        self.barrier = match odd {
            Some(odd) => place + odd + 1,
            None if piece.is_empty() => upto,
            None => self.end,
        };
        if !piece.is_empty() {
            self.separators.find(piece, delimiter);
        }
    }
}
