//! The fields of a row, whichever way they were found.

use crate::source::separators::PlainRow;

/// The fields of one row, however they were found.
pub trait Fields<'f>: Copy {
    /// How many there are.
    fn count(self) -> usize;
    /// One of them, with white space around it; `None` past the last.
    fn get(self, index: usize) -> Option<&'f [u8]>;
}

impl<'f> Fields<'f> for PlainRow<'f, '_> {
    fn count(self) -> usize {
        self.count()
    }

    #[inline]
    fn get(self, index: usize) -> Option<&'f [u8]> {
        self.get(index)
    }
}

impl<'f> Fields<'f> for &[&'f [u8]] {
    fn count(self) -> usize {
        self.len()
    }

    fn get(self, index: usize) -> Option<&'f [u8]> {
        <[&'f [u8]]>::get(self, index).copied()
    }
}
