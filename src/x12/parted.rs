//! A block parted into segments, in the one way in which every reader of X12 does it: unwrapped,
//! segments found again whose terminator is lost, a byte order mark passed over.

use super::unwrap::Unwrapped;
use super::{Delimiters, Segments};
use crate::source::input::UTF8_BOM;

/// A block, ready to be read segment by segment.
pub struct Parted<'b> {
    /// Its bytes, without line breaks within segments.
    pub unwrapped: Unwrapped<'b>,
    delimiters: Delimiters,
    /// Where segments begin without a terminator before them.
    breaks: Vec<usize>,
}

impl<'b> Parted<'b> {
    /// Parts `block`. `swallowed` finds segments without a terminator before them.
    pub fn of(
        block: &'b [u8],
        delimiters: Delimiters,
        swallowed: impl Fn(&[u8], Delimiters) -> Vec<usize>,
    ) -> Parted<'b> {
        let unwrapped = Unwrapped::of(block, delimiters);
        let breaks = swallowed(&unwrapped.bytes, delimiters);
        Parted { unwrapped, delimiters, breaks }
    }

    /// The segments, with their places in [`Unwrapped::bytes`].
    pub fn segments(&self) -> Segments<'_> {
        let bytes = &self.unwrapped.bytes;
        let segments = Segments::new(bytes, self.delimiters).break_at(&self.breaks);
        let is_marked = bytes.starts_with(UTF8_BOM);
        segments.begin_at(if is_marked { UTF8_BOM.len() } else { 0 })
    }
}
