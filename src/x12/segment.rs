//! Segments and elements: borrowed from the block, split only when asked for.
//!
//! ```text
//! segment = id *(element-separator element) terminator *(white space)
//! ```
//! After a terminator, line breaks and blanks are skipped, whatever they are.

use super::Delimiters;
use crate::source::separators::Separators;
use memchr::memchr;
use nom::bytes::complete::take_till;
use nom::{IResult, Parser};

/// One segment, without its terminator.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    /// `CLM`, `NM1`, …
    pub id: &'a [u8],
    /// What follows the id and its separator.
    body: &'a [u8],
    element_separator: u8,
    /// Where the elements end, but for the last; `None`: not looked for yet.
    ends: Option<Ends<'a>>,
}

/// The ends of elements, as places of the block that they were found in.
#[derive(Clone, Copy)]
struct Ends<'a> {
    places: &'a [u32],
    /// The place at which the body begins.
    body: usize,
}

impl<'a> Segment<'a> {
    /// The segment in `text`, which has no terminator.
    pub fn of(text: &'a [u8], element_separator: u8) -> Segment<'a> {
        // Ids have two or three bytes: look there before searching.
        let end = match text {
            [first, second, ..] if [*first, *second].contains(&element_separator) => {
                usize::from(*first != element_separator)
            }
            [_, _, third, ..] if *third == element_separator => 2,
            [_, _, _, fourth, ..] if *fourth == element_separator => 3,
            _ => memchr(element_separator, text).unwrap_or(text.len()),
        };
        let body = text.get(end + 1..).unwrap_or_default();
        Segment { id: &text[..end], body, element_separator, ends: None }
    }

    /// The segment in `text`, which begins at `start` of the block; `ends` are the places of its
    /// element separators.
    #[inline(always)]
    fn indexed(text: &'a [u8], start: usize, ends: &'a [u32], separator: u8) -> Segment<'a> {
        let (id_end, places) = match ends {
            [first, rest @ ..] => (*first as usize - start, rest),
            [] => (text.len(), ends),
        };
        let body = text.get(id_end + 1..).unwrap_or_default();
        let ends = Some(Ends { places, body: start + id_end + 1 });
        Segment { id: &text[..id_end], body, element_separator: separator, ends }
    }

    /// What follows the id and its separator, as it came.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Element `number` (from 1), trimmed; empty if it is not there.
    pub fn element(&self, number: usize) -> &'a [u8] {
        let Some(Ends { places, body }) = self.ends else {
            return self.elements().nth(number - 1).unwrap_or_default();
        };
        let start = match number.checked_sub(2) {
            None => 0,
            Some(before) => match places.get(before) {
                Some(end) => *end as usize + 1 - body,
                None => return b"",
            },
        };
        let end = places.get(number - 1).map_or(self.body.len(), |end| *end as usize - body);
        crate::model::text::trim(self.body.get(start..end).unwrap_or_default())
    }

    /// The elements, each trimmed.
    pub fn elements(&self) -> Elements<'a> {
        Elements { rest: Some(self.body), separator: self.element_separator }
    }

    /// How many elements there are, blank ones too.
    pub fn count(&self) -> usize {
        match self.ends {
            Some(ends) => ends.places.len() + 1,
            None => self.elements().count(),
        }
    }
}

impl Segment<'_> {
    /// Whether a segment with the id of a control segment is one: text that a stray terminator cut
    /// off (`RO~SE*CARL`) must not end a set.
    pub fn is_control(&self) -> bool {
        let count = self.count();
        match self.id {
            b"ISA" => count >= 12,
            b"GS" => count >= 6,
            b"ST" => count <= 4 && self.element(1).len() == 3 && !self.element(2).is_empty(),
            b"SE" | b"GE" | b"IEA" => count <= 3,
            _ => false,
        }
    }
}

/// The elements of a segment, or the components of an element.
#[derive(Clone)]
pub struct Elements<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (rest, element) = element(self.separator)(self.rest?).ok()?;
        // The separator itself; behind the last element there is none.
        self.rest = rest.get(1..);
        Some(crate::model::text::trim(element))
    }
}

/// What stands before the next separator, or the end. Elements are short: a plain loop beats a
/// vector search.
fn element(separator: u8) -> impl Fn(&[u8]) -> IResult<&[u8], &[u8]> {
    move |input| take_till(|byte| byte == separator).parse(input)
}

/// The components of an element.
pub fn components(element: &[u8], delimiters: Delimiters) -> Elements<'_> {
    Elements { rest: Some(element), separator: delimiters.component }
}

/// Component `number` (from 1) of an element; empty if it is not there.
pub fn component(element: &[u8], number: usize, delimiters: Delimiters) -> &[u8] {
    components(element, delimiters).nth(number - 1).unwrap_or_default()
}

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

/// The segments of a block.
pub struct Segments<'a> {
    block: &'a [u8],
    separator: u8,
    index: &'a Separators,
    /// The row of the index that comes next, or goes on, and the ends before it.
    row: usize,
    ends_before: usize,
    /// The byte of the block that comes next.
    from: usize,
    /// Where segments begin without a terminator before them, the next one last.
    breaks: Vec<usize>,
    next_break: usize,
}

impl<'a> Segments<'a> {
    /// Where the elements and segments of `block` end.
    pub fn index(block: &[u8], delimiters: Delimiters) -> Separators {
        Separators::of(block, delimiters.element, delimiters.terminator)
    }

    /// Where its segments end: enough for whoever looks into few of them.
    pub fn index_of_ends(block: &[u8], delimiters: Delimiters) -> Separators {
        Separators::of(block, delimiters.terminator, delimiters.terminator)
    }

    /// The segments of `block`; `index` is its [`Self::index`] or [`Self::index_of_ends`].
    pub fn new(block: &'a [u8], delimiters: Delimiters, index: &'a Separators) -> Segments<'a> {
        Segments {
            block,
            separator: delimiters.element,
            index,
            row: 0,
            ends_before: 0,
            from: 0,
            breaks: Vec::new(),
            next_break: usize::MAX,
        }
    }

    /// Begins a segment at each of these bytes (ascending) too, though no terminator ends the one
    /// before it.
    pub fn break_at(mut self, mut breaks: Vec<usize>) -> Segments<'a> {
        breaks.reverse();
        self.next_break = breaks.pop().unwrap_or(usize::MAX);
        self.breaks = breaks;
        self
    }

    /// Passes over the first `bytes` bytes of the block.
    pub fn pass_over(&mut self, bytes: usize) {
        self.from = bytes;
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Placed<'a>;

    // A segment is large to hand over by way of memory.
    #[inline(always)]
    fn next(&mut self) -> Option<Placed<'a>> {
        while let Some(ends) = self.index.ends_of(self.row, self.ends_before) {
            let (row_end, ends) = ends.split_last()?;
            let end = *row_end as usize;
            let mut byte = self.from;
            while byte < end && self.block[byte] <= b' ' {
                byte += 1;
            }
            let is_broken = self.next_break < end;
            let until = if is_broken { self.next_break.max(byte) } else { end };
            if is_broken {
                self.from = self.next_break;
                self.ends_before += ends.partition_point(|end| (*end as usize) < self.next_break);
                self.next_break = self.breaks.pop().unwrap_or(usize::MAX);
            } else {
                self.from = end + 1;
                self.ends_before += ends.len() + 1;
                self.row += 1;
            }
            let text = self.block.get(byte..until).unwrap_or_default();
            let text = match text.last() {
                Some(last) if *last > b' ' => text,
                _ => text.trim_ascii_end(),
            };
            if !text.is_empty() {
                let segment = self.segment(text, byte, ends);
                let is_terminated = end < self.block.len();
                return Some(Placed { segment, byte, is_terminated, is_broken });
            }
        }
        None
    }
}

impl<'a> Segments<'a> {
    #[inline(always)]
    fn segment(&self, text: &'a [u8], byte: usize, mut ends: &'a [u32]) -> Segment<'a> {
        if !self.index.has_fields() {
            return Segment::of(text, self.separator);
        }
        // A separator may itself be filler, and stand before or behind the segment; or behind the
        // break.
        while let [first, rest @ ..] = ends
            && (*first as usize) < byte
        {
            ends = rest;
        }
        while let [rest @ .., last] = ends
            && *last as usize >= byte + text.len()
        {
            ends = rest;
        }
        Segment::indexed(text, byte, ends, self.separator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIMITERS: Delimiters =
        Delimiters { element: b'*', repetition: b'^', component: b':', terminator: b'~' };

    #[test]
    fn segments_are_found_whatever_stands_between_them() {
        let block = b"ST*837*0001~\r\n  CLM*A1*100***11:B:1~~\n\x1aSE*3";
        let index = Segments::index(block, DELIMITERS);
        let found: Vec<(&[u8], usize, bool)> = Segments::new(block, DELIMITERS, &index)
            .map(|placed| (placed.segment.id, placed.byte, placed.is_terminated))
            .collect();
        let expected: [(&[u8], usize, bool); 3] =
            [(b"ST", 0, true), (b"CLM", 16, true), (b"SE", 39, false)];
        assert_eq!(found, expected);
    }

    #[test]
    fn text_cut_off_is_no_control_segment() {
        let is = |text: &str| Segment::of(text.as_bytes(), b'*').is_control();
        assert!(is("SE*15*0001") && is("ST*837*0001*005010X222A1") && is("IEA*1*000000001"));
        assert!(!is("SE*CARL****MI*M1") && !is("ST*MS*39201") && !is("GS*CARL"));
    }

    #[test]
    fn a_damaged_id_holds_no_separator() {
        assert_eq!(Segment::of(b"H*3*1*22", b'*').id, b"H");
        assert_eq!(Segment::of(b"*LM*A1", b'*').id, b"");
        assert_eq!(Segment::of(b"CLMX*A1", b'*').id, b"CLMX");
    }

    #[test]
    fn elements_may_be_missing_at_the_end_or_empty_in_the_middle() {
        let segment = Segment::of(b"CLM*A1* 100 ***11:B:1", b'*');
        assert_eq!(segment.element(1), b"A1");
        assert_eq!(segment.element(2), b"100");
        assert_eq!(segment.element(3), b"");
        assert_eq!(component(segment.element(5), 3, DELIMITERS), b"1");
        assert_eq!(component(segment.element(5), 4, DELIMITERS), b"");
        assert_eq!(segment.element(99), b"");
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
                let index = match next(2) {
                    0 => Segments::index(text.as_bytes(), delimiters),
                    _ => Segments::index_of_ends(text.as_bytes(), delimiters),
                };
                let segments = Segments::new(text.as_bytes(), delimiters, &index);
                let owned = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
                let found: Vec<(usize, Vec<String>)> = segments
                    .break_at(breaks.clone())
                    .map(|placed| {
                        let segment = placed.segment;
                        let elements = (1..=segment.count()).map(|at| owned(segment.element(at)));
                        let all: Vec<String> = elements.collect();
                        assert!(segment.elements().map(owned).eq(all.iter().cloned()), "{text:?}");
                        let mut all = [vec![owned(segment.id)], all].concat();
                        drop_blank_end(&mut all);
                        (placed.byte, all)
                    })
                    .collect();
                assert_eq!(found, plainly(&text, &breaks, delimiters), "{text:?} {breaks:?}");
            }
        }
    }
}
