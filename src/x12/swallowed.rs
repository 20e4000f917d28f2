//! Segments that stand within the one before them, because the terminator between the two is lost.

use super::{Delimiters, Segment};
use memchr::{memchr, memmem};

/// Where in a block a segment with one of `ids` begins without a terminator before it, ascending.
/// `is_one` says of the segment there whether it is what its id says: names may end in letters like
/// these.
pub fn find(
    block: &[u8],
    ids: &[&[u8]],
    delimiters: Delimiters,
    is_one: impl Fn(&Segment<'_>) -> bool,
) -> Vec<usize> {
    let mut found = Vec::new();
    for id in ids {
        let start = [*id, &[delimiters.element]].concat();
        for at in memmem::find_iter(block, &start) {
            if !is_behind_end(block, at, delimiters.terminator) {
                let rest = &block[at..];
                let end = memchr(delimiters.terminator, rest).unwrap_or(rest.len());
                if is_one(&Segment::of(rest[..end].trim_ascii_end(), delimiters.element)) {
                    found.push(at);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// Whether only filler stands between `at` and the end of a segment, or the start of the block.
fn is_behind_end(block: &[u8], at: usize, terminator: u8) -> bool {
    let mut before = block[..at].iter().rev();
    before.find(|byte| **byte == terminator || **byte > b' ').is_none_or(|byte| *byte == terminator)
}
