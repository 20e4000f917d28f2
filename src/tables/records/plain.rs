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

/// A plain row: where it begins in its block, and which of the ends are those of its fields.
#[derive(Clone, Copy)]
pub(super) struct PlainRow {
    start: usize,
    number: usize,
    ends_before: usize,
    has_cr: bool,
}

impl PlainRows {
    /// What was found is of another block.
    pub(super) fn forget(&mut self) {
        (self.next, self.end, self.barrier) = (0, 0, 0);
    }

    /// The row that begins at `place` of the block, and where the one behind it begins; `None`: it
    /// is to be read byte by byte.
    pub(super) fn row_at(
        &mut self,
        block: &[u8],
        place: usize,
        delimiter: u8,
    ) -> Option<(PlainRow, usize)> {
        if place >= self.end && place >= self.barrier {
            self.search(block, place, delimiter);
        }
        while self.next < self.end {
            let ends = self.separators.ends_of(self.rows, self.ends)?;
            let start = self.next;
            let end = self.base + *ends.last()? as usize;
            let has_cr = end > start && block[end - 1] == b'\r';
            let row = PlainRow { start, number: self.rows, ends_before: self.ends, has_cr };
            let is_usual = end - usize::from(has_cr) > start && ends.len() <= MAX_FIELDS;
            if start > place {
                return None;
            }
            self.ends += ends.len();
            self.rows += 1;
            self.next = end + 1;
            if start == place {
                return is_usual.then_some((row, end + 1));
            }
        }
        None
    }

    /// How many fields the row has.
    pub(super) fn count(&self, row: PlainRow) -> usize {
        self.separators.ends_of(row.number, row.ends_before).map_or(0, <[u32]>::len)
    }

    /// A field of the row.
    pub(super) fn field<'b>(&self, block: &'b [u8], row: PlainRow, index: usize) -> &'b [u8] {
        let ends = self.separators.ends_of(row.number, row.ends_before).unwrap_or_default();
        let Some(end) = ends.get(index) else { return &[] };
        let is_last = index + 1 == ends.len();
        let end = self.base + *end as usize - usize::from(row.has_cr && is_last);
        let start = match index.checked_sub(1) {
            Some(before) => self.base + ends[before] as usize + 1,
            None => row.start,
        };
        &block[start..end]
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
            self.separators.find(piece, delimiter, b'\n');
        }
    }
}
