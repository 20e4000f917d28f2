//! Segments that stand within the one before them, because the terminator between the two is lost.

use super::{Delimiters, Segment};
use crate::source::separators::{WORD_BYTES, places_of};
use memchr::memchr;

/// Where in a block a segment with one of `ids` begins without a terminator before it, ascending.
/// `is_one` says of the segment there whether it is what its id says: names may end in letters like
/// these.
pub fn find<const IDS: usize>(
    block: &[u8],
    ids: [&[u8]; IDS],
    delimiters: Delimiters,
    is_one: impl Fn(&Segment<'_>) -> bool,
) -> Vec<usize> {
    let mut found = Vec::new();
    // Where the segment at hand ends, with its terminator and without filler before it: looked for
    // once, however many of `ids` stand in it.
    let (mut terminator, mut end) = (0, 0);
    each_end(block, ids, delimiters.element, |id_end| {
        let Some(id) = ids.iter().find(|id| block[..id_end].ends_with(id)) else { return };
        let at = id_end - id.len();
        if is_behind_end(block, at, delimiters.terminator) {
            return;
        }
        if terminator <= at {
            terminator =
                memchr(delimiters.terminator, &block[at..]).map_or(block.len(), |step| at + step);
            end = at + block[at..terminator].trim_ascii_end().len();
        }
        if is_one(&Segment::of(&block[at..end], delimiters.element)) {
            found.push(at);
        }
    });
    found
}

/// Gives each place of `separator` behind a byte that one of `ids` ends with, ascending.
///
/// Every claim and level has one: a search for the ids, which has to begin again behind each of
/// them, takes longer than looking at 64 bytes at a time.
fn each_end<const IDS: usize>(
    block: &[u8],
    ids: [&[u8]; IDS],
    separator: u8,
    mut each: impl FnMut(usize),
) {
    let lasts = ids.map(|id| id.last().copied().unwrap_or_default());
    // Whether the word before ended with one of them: the lowest bit.
    let mut before = 0;
    for (number, word) in block.chunks(WORD_BYTES).enumerate() {
        let is_last = lasts.iter().fold(0, |any, last| any | places_of(*last, word));
        let mut ends = places_of(separator, word) & (is_last << 1 | before);
        before = is_last >> (WORD_BYTES - 1);
        while ends != 0 {
            each(number * WORD_BYTES + ends.trailing_zeros() as usize);
            ends &= ends - 1;
        }
    }
}

/// Whether only filler stands between `at` and the end of a segment, or the start of the block.
#[inline]
fn is_behind_end(block: &[u8], at: usize, terminator: u8) -> bool {
    // Of nearly all of them it does, at once or with a line break between.
    if let [.., before, last] = &block[..at]
        && (*last == terminator || (*last == b'\n' && *before == terminator))
    {
        return true;
    }
    let mut before = block[..at].iter().rev();
    before.find(|byte| **byte == terminator || **byte > b' ').is_none_or(|byte| *byte == terminator)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIMITERS: Delimiters = Delimiters::USUAL;

    #[test]
    fn segments_are_found_wherever_they_stand_in_a_block() {
        let (mut state, mut all) = (3_u64, 0);
        for length in 0..400 {
            let text: Vec<&str> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    ["CLM*", "CLM", "*", "HL", "HL*", "~", "\n", " ", "1"]
                        [(state >> 33) as usize % 9]
                })
                .collect();
            let text = text.concat();
            let found = find(text.as_bytes(), [b"CLM", b"HL"], DELIMITERS, |segment| {
                segment.element(1).len() == 1
            });
            let plainly = (0..text.len()).filter(|at| {
                let (before, rest) = text.split_at(*at);
                let before = before.trim_end_matches(|c: char| c <= ' ');
                let segment = rest.split('~').next().unwrap_or_default().trim_end();
                let mut elements = segment.split('*');
                !before.is_empty()
                    && !before.ends_with('~')
                    && matches!(elements.next(), Some("CLM" | "HL"))
                    && elements.next().is_some_and(|first| first.trim().len() == 1)
            });
            assert_eq!(found, plainly.collect::<Vec<_>>(), "{text:?}");
            all += found.len();
        }
        assert!(all > 500, "{all}");
    }
}
