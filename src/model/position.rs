//! Where in a file something stands, as people look for it.

use std::fmt;

/// A place in one input file, of the decompressed stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// Record of a CSV; the header is 1, blank lines are counted.
    Row(u64),
    /// Segment of an X12 file (from 1) and the byte that it begins with (from 0).
    Segment {
        /// From 1.
        number: u64,
        /// From 0.
        byte: u64,
    },
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Position::Row(row) => write!(f, "row {row}"),
            Position::Segment { number, byte } => write!(f, "segment {number}, byte {byte}"),
        }
    }
}
