//! The wire of ASC X12: interchanges, segments, elements. Knows nothing of Medicaid or claims.
//!
//! - [`interchange`]: the ISA segment, whose fixed places give the delimiters;
//! - [`segment`]: segments and their elements, borrowed, split only when asked for;
//! - [`cutter`]: where a stream of segments may be cut into blocks;
//! - [`envelope`]: control numbers and counts of ISA/IEA, GS/GE, ST/SE, checked.
//!
//! The grammar is written with `nom`; the separators are found by `memchr` inside its parsers.

pub mod cutter;
pub mod envelope;
pub mod interchange;
pub mod segment;

pub use interchange::Delimiters;
pub use segment::{Segment, Segments};
