//! The wire of ASC X12: interchanges, segments, elements. Knows nothing of Medicaid or claims.
//!
//! - [`interchange`]: the ISA segment, whose fixed places give the delimiters;
//! - [`id`]: the ids of segments as numbers;
//! - [`segment`]: a segment and its elements, borrowed, split only when asked for;
//! - [`segments`]: where the segments of a block stand;
//! - [`cutter`]: where a stream of segments may be cut into blocks;
//! - [`envelope`]: control numbers and counts of ISA/IEA, GS/GE, ST/SE, checked;
//! - [`parted`]: a block parted into segments, by the two below and `segments`;
//! - [`unwrap`]: line breaks within segments taken out;
//! - [`swallowed`]: segments whose terminator before them is lost, found again.
//!
//! The grammar of headers and elements is written with `nom`. Where segments and elements end is
//! found 64 bytes at a time ([`crate::source::separators`]): most elements are never looked at.

pub mod cutter;
pub mod envelope;
pub mod id;
pub mod interchange;
pub mod parted;
pub mod segment;
pub mod segments;
pub mod swallowed;
pub mod unwrap;

pub use interchange::Delimiters;
pub use segment::Segment;
pub use segments::Segments;
