//! A block parted into segments, in the one way in which every reader of X12 does it: unwrapped,
//! its ends found, segments found again whose terminator is lost, a byte order mark passed over.

use super::unwrap::Unwrapped;
use super::{Delimiters, Segments};
use crate::source::input::UTF8_BOM;
use crate::source::separators::Separators;
use std::cell::RefCell;

/// Most memory that a thread keeps for the next block: what one of usual size needs.
const SPARE_BYTES: usize = 4 << 20;

thread_local! {
    /// Memory of the last index, for the next: a new one would have to be filled with zeros first.
    static SPARE: RefCell<Option<Separators>> = const { RefCell::new(None) };
}

/// A block, ready to be read segment by segment.
pub struct Parted<'b> {
    /// Its bytes, without line breaks within segments.
    pub unwrapped: Unwrapped<'b>,
    index: Separators,
    delimiters: Delimiters,
    /// Where segments begin without a terminator before them.
    breaks: Vec<usize>,
}

impl<'b> Parted<'b> {
    /// Parts `block`. `swallowed` finds segments without a terminator before them;
    /// `index` is [`Segments::find_index`] or [`Segments::find_ends`].
    pub fn of(
        block: &'b [u8],
        delimiters: Delimiters,
        swallowed: impl Fn(&[u8], Delimiters) -> Vec<usize>,
        index: impl Fn(&[u8], Delimiters, &mut Separators),
    ) -> Parted<'b> {
        let unwrapped = Unwrapped::of(block, delimiters);
        let breaks = swallowed(&unwrapped.bytes, delimiters);
        let mut separators = SPARE.take().unwrap_or_default();
        index(&unwrapped.bytes, delimiters, &mut separators);
        Parted { unwrapped, index: separators, delimiters, breaks }
    }

    /// The segments, with their places in [`Unwrapped::bytes`].
    pub fn segments(&self) -> Segments<'_> {
        let bytes = &self.unwrapped.bytes;
        let segments = Segments::new(bytes, self.delimiters, &self.index);
        let mut segments = segments.break_at(self.breaks.clone());
        if bytes.starts_with(UTF8_BOM) {
            segments.pass_over(UTF8_BOM.len());
        }
        segments
    }
}

impl Drop for Parted<'_> {
    fn drop(&mut self) {
        if self.index.capacity_bytes() <= SPARE_BYTES {
            SPARE.set(Some(std::mem::take(&mut self.index)));
        }
    }
}
