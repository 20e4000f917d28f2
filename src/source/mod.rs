//! Files and what is in them: which to read, compression, hashes, blocks of bytes.

pub mod blocks;
pub mod decompress;
pub mod hash;
pub mod in_order;
pub mod input;
pub mod kinds;
pub mod part_names;
pub mod separators;
pub mod snapshot;
pub mod whole;
