//! 837P: claims and service lines from the loops of a transaction set (005010X222, X222A1, X222A2,
//! X298).
//!
//! Blocks are read apart from each other (`block.rs`), each beginning where a claim or something
//! above it begins. What a block cannot know, because it stands before its start (the billing
//! provider, the subscriber, which transaction set is open), it leaves open; `follower.rs` walks
//! over the blocks in order, fills it in, and checks the envelope.
//!
//! Of a damaged set, what can be trusted is read (`trust.rs`), and the rest is said with its place.
//!
//! Loops are known by state (`hierarchy.rs`), never by a segment alone.

pub mod block;
pub mod claim;
pub mod follower;
pub mod hierarchy;
pub mod kept;
pub mod output;
pub mod trust;
pub mod versions;

pub use block::{read_block, read_block_keeping};
pub use follower::{BlockPlace, Follower};
pub use kept::{Kept, KeptSegment, Role};
pub use output::X12Output;
