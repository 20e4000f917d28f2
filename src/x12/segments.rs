//! The segments of a block, one after the other: their ends are found 64 bytes at a time.

use super::{Delimiters, Segment};
use crate::source::separators::{WORD_BYTES, places_of};

/// A segment of a block, and the byte of the block that it begins with.
pub struct Placed<'a> {
    /// The segment.
    pub segment: Segment<'a>,
    /// From 0.
    pub byte: usize,
    /// `false`: the block ended before a terminator.
    pub is_terminated: bool,
    /// Another segment begins within it: its own terminator is missing or damaged.
    pub is_broken: bool,
}

impl Placed<'_> {
    /// Whether a terminator of its own ends it.
    pub fn is_whole(&self) -> bool {
        self.is_terminated && !self.is_broken
    }
}

/// The segments of a block.
#[derive(Clone)]
pub struct Segments<'a> {
    block: &'a [u8],
    delimiters: Delimiters,
    /// The byte of the block that comes next.
    from: usize,
    /// Where the segment that begins there ends: a terminator, or the end of the block.
    end: usize,
    /// A bit for each terminator behind `end` among the 64 bytes from `base` on.
    terminators: u64,
    base: usize,
    /// Where segments begin without a terminator before them.
    breaks: &'a [usize],
}

impl<'a> Segments<'a> {
    /// The segments of `block`.
    pub fn new(block: &'a [u8], delimiters: Delimiters) -> Segments<'a> {
        let terminators = places_of(delimiters.terminator, block);
        let mut segments =
            Segments { block, delimiters, from: 0, end: 0, terminators, base: 0, breaks: &[] };
        segments.end = segments.next_end();
        segments
    }

    /// Begins a segment at each of these bytes (ascending) too, though no terminator ends the one
    /// before it.
    pub fn break_at(self, breaks: &'a [usize]) -> Segments<'a> {
        Segments { breaks, ..self }
    }

    /// Begins at that byte of the block, within its first segment.
    pub fn begin_at(self, from: usize) -> Segments<'a> {
        Segments { from, ..self }
    }

    /// Where the next terminator stands, or the block ends.
    #[inline(always)]
    fn next_end(&mut self) -> usize {
        while self.terminators == 0 {
            let Some(rest) = self.block.get(self.base + WORD_BYTES..) else {
                return self.block.len();
            };
            self.base += WORD_BYTES;
            self.terminators = places_of(self.delimiters.terminator, rest);
        }
        let end = self.base + self.terminators.trailing_zeros() as usize;
        self.terminators &= self.terminators - 1;
        end
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Placed<'a>;

    // A segment is large to hand over by way of memory.
    #[inline(always)]
    fn next(&mut self) -> Option<Placed<'a>> {
        while self.from < self.block.len() {
            let end = self.end;
            let mut byte = self.from;
            while byte < end && self.block[byte] <= b' ' {
                byte += 1;
            }
            let until = match *self.breaks {
                [next, ref behind @ ..] if next < end => {
                    (self.from, self.breaks) = (next, behind);
                    next.max(byte)
                }
                _ => {
                    self.from = end + 1;
                    self.end = self.next_end();
                    end
                }
            };
            let text = self.block.get(byte..until).unwrap_or_default();
            let length = match text.last() {
                Some(last) if *last > b' ' => text.len(),
                _ => text.trim_ascii_end().len(),
            };
            if length > 0 {
                let rest = &self.block[byte..];
                let segment = Segment::beginning(rest, length, self.delimiters.element);
                let is_terminated = end < self.block.len();
                return Some(Placed { segment, byte, is_terminated, is_broken: until < end });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIMITERS: Delimiters = Delimiters::USUAL;

    #[test]
    fn segments_are_found_whatever_stands_between_them() {
        let block = b"ST*837*0001~\r\n  CLM*A1*100***11:B:1~~\n\x1aSE*3";
        let found: Vec<(&[u8], usize, bool)> = Segments::new(block, DELIMITERS)
            .map(|placed| (placed.segment.id(), placed.byte, placed.is_terminated))
            .collect();
        let expected: [(&[u8], usize, bool); 3] =
            [(b"ST", 0, true), (b"CLM", 16, true), (b"SE", 39, false)];
        assert_eq!(found, expected);
    }

    /// Blank elements at the end are as good as none.
    fn drop_blank_end(parts: &mut Vec<String>) {
        while parts.len() > 1 && parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
    }

    /// The plain way: cut at terminators and breaks, trimmed, split at separators.
    fn plainly(text: &str, breaks: &[usize], delimiters: Delimiters) -> Vec<(usize, Vec<String>)> {
        let mut cuts: Vec<usize> = breaks.to_vec();
        cuts.extend(text.match_indices(char::from(delimiters.terminator)).map(|(at, _)| at + 1));
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let mut found = Vec::new();
        for pair in cuts.windows(2) {
            let piece = &text[pair[0]..pair[1]];
            let piece = piece.strip_suffix(char::from(delimiters.terminator)).unwrap_or(piece);
            let begin = piece.find(|byte: char| byte > ' ').unwrap_or(piece.len());
            let segment = piece[begin..].trim_ascii_end();
            if !segment.is_empty() {
                let parts = segment.split(char::from(delimiters.element));
                // The id is not trimmed.
                let parts = parts.enumerate();
                let parts = parts.map(|(at, part)| if at == 0 { part } else { part.trim() });
                let mut parts: Vec<String> = parts.map(str::to_owned).collect();
                drop_blank_end(&mut parts);
                found.push((pair[0] + begin, parts));
            }
        }
        found
    }

    #[test]
    fn segments_and_elements_are_those_that_splitting_gives() {
        let mut state = 7_u64;
        let mut next = |most: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % most
        };
        for (element, terminator) in [(b'*', b'~'), (b'\t', b'~'), (b'*', b'\n'), (b'|', b'\r')] {
            let delimiters = Delimiters { element, terminator, ..DELIMITERS };
            let [separator, end] = [element, terminator].map(|byte| char::from(byte).to_string());
            for length in 0..300 {
                let words =
                    [separator.as_str(), &end, "A", "CLM", " ", "\r\n", ":", "12345678", ""];
                let text: String = (0..length).map(|_| words[next(words.len())]).collect();
                let mut breaks: Vec<usize> = (0..text.len())
                    .filter(|at| text[*at..].starts_with("CLM") && next(4) == 0)
                    .collect();
                breaks.dedup();
                let segments = Segments::new(text.as_bytes(), delimiters).break_at(&breaks);
                let owned = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
                let found: Vec<(usize, Vec<String>)> = segments
                    .map(|placed| {
                        let segment = placed.segment;
                        let elements = (1..=segment.count()).map(|at| owned(segment.element(at)));
                        let all: Vec<String> = elements.collect();
                        assert!(segment.elements().map(owned).eq(all.iter().cloned()), "{text:?}");
                        let mut all = [vec![owned(segment.id())], all].concat();
                        drop_blank_end(&mut all);
                        (placed.byte, all)
                    })
                    .collect();
                assert_eq!(found, plainly(&text, &breaks, delimiters), "{text:?} {breaks:?}");
            }
        }
    }
}
