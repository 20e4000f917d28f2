//! A block parted into segments, in the one way in which every reader of X12 does it: unwrapped,
//! its ends found, segments found again whose terminator is lost, a byte order mark passed over.

use super::unwrap::Unwrapped;
use super::{Delimiters, Segments};
use crate::source::input::UTF8_BOM;
use crate::source::separators::Separators;

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
    /// Parts `block`. `swallowed` finds segments without a terminator before them; `index` is
    /// [`Segments::index`] or [`Segments::index_of_ends`].
    pub fn of(
        block: &'b [u8],
        delimiters: Delimiters,
        swallowed: impl Fn(&[u8], Delimiters) -> Vec<usize>,
        index: impl Fn(&[u8], Delimiters) -> Separators,
    ) -> Parted<'b> {
        let unwrapped = Unwrapped::of(block, delimiters);
        let breaks = swallowed(&unwrapped.bytes, delimiters);
        let index = index(&unwrapped.bytes, delimiters);
        Parted { unwrapped, index, delimiters, breaks }
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
