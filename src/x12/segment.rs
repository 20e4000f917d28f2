//! Segments and elements: borrowed from the block, split only when asked for.
//!
//! ```text
//! segment = id *(element-separator element) terminator *(white space)
//! ```
//! After a terminator, line breaks and blanks are skipped, whatever they are.

use super::Delimiters;
use super::id::{self, Id};
use crate::source::separators::Separators;
use memchr::memchr;
use nom::bytes::complete::take_till;
use nom::{IResult, Parser};

/// One segment, without its terminator.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    /// `CLM`, `NM1`, …
    pub id: &'a [u8],
    /// The same as a number.
    pub code: Id,
    element_separator: u8,
    /// Where the id and each element end, as places of `text`; none: not looked for yet.
    ends: &'a [u32],
    /// The block that the segment stands in; where no ends are known, the segment alone.
    text: &'a [u8],
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
        let id = &text[..end];
        Segment { id, code: Id::of(id), element_separator, ends: &[], text }
    }

    /// What follows the id and its separator, as it came.
    pub fn body(&self) -> &'a [u8] {
        match self.ends {
            [] => self.text.get(self.id.len() + 1..).unwrap_or_default(),
            [_] => b"",
            [id, .., last] => self.text[*id as usize + 1..*last as usize].trim_ascii_end(),
        }
    }

    /// Element `number` (from 1), trimmed; empty if it is not there. Without an index all elements
    /// before it are walked over.
    #[inline]
    pub fn element(&self, number: usize) -> &'a [u8] {
        match self.ends.get(number - 1..=number) {
            Some([before, end]) => {
                crate::model::text::trim(&self.text[*before as usize + 1..*end as usize])
            }
            _ if self.ends.is_empty() => self.elements().nth(number - 1).unwrap_or_default(),
            _ => b"",
        }
    }

    /// The elements, each trimmed.
    pub fn elements(&self) -> Elements<'a> {
        Elements { rest: Some(self.body()), separator: self.element_separator }
    }

    /// Those from element `first` (from 1) on; none where there is nothing behind the id. To ask
    /// [`Self::element`] for one after the other would walk a long segment without an index again
    /// and again.
    pub fn elements_from(&self, first: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let segment = *self;
        let indexed = (first..self.ends.len()).map(move |number| segment.element(number));
        let walked = self.ends.is_empty().then(|| self.elements().skip(first - 1));
        indexed.chain(walked.into_iter().flatten())
    }

    /// How many elements there are, blank ones too; one, if there is nothing behind the id.
    #[inline]
    pub fn count(&self) -> usize {
        match self.ends.len() {
            0 => self.elements().count(),
            ends => (ends - 1).max(1),
        }
    }
}

impl Segment<'_> {
    /// Whether a segment with the id of a control segment is one: text that a stray terminator cut
    /// off (`RO~SE*CARL`) must not end a set.
    pub fn is_control(&self) -> bool {
        let count = self.count();
        match self.code {
            id::ISA => count >= 12,
            id::GS => count >= 6,
            id::ST => count <= 4 && self.element(1).len() == 3 && !self.element(2).is_empty(),
            id::SE | id::GE | id::IEA => count <= 3,
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

/// Component `number` (from 1) of an element; empty if it is not there. A plain walk: every service
/// line is asked for its procedure.
pub fn component(element: &[u8], number: usize, delimiters: Delimiters) -> &[u8] {
    let (mut start, mut before) = (0, 1);
    for (place, byte) in element.iter().enumerate() {
        if *byte == delimiters.component {
            if before == number {
                return crate::model::text::trim(&element[start..place]);
            }
            (start, before) = (place + 1, before + 1);
        }
    }
    if before == number { crate::model::text::trim(&element[start..]) } else { b"" }
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
    /// Finds where the elements and segments of `block` end.
    pub fn find_index(block: &[u8], delimiters: Delimiters, index: &mut Separators) {
        index.find(block, delimiters.element, delimiters.terminator);
    }

    /// Finds where its segments end: enough for whoever looks into few of them.
    pub fn find_ends(block: &[u8], delimiters: Delimiters, index: &mut Separators) {
        index.find(block, delimiters.terminator, delimiters.terminator);
    }

    /// Where the elements and segments of `block` end.
    pub fn index(block: &[u8], delimiters: Delimiters) -> Separators {
        let mut index = Separators::default();
        Segments::find_index(block, delimiters, &mut index);
        index
    }

    /// The segments of `block`; `index` is what [`Self::find_index`] or
    /// [`Self::find_ends`] found in it.
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
            let end = *ends.last()? as usize;
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
                self.ends_before += ends.len();
                self.row += 1;
            }
            let text = self.block.get(byte..until).unwrap_or_default();
            let text = match text.last() {
                Some(last) if *last > b' ' => text,
                _ => text.trim_ascii_end(),
            };
            if !text.is_empty() {
                let segment = if is_broken {
                    Segment::of(text, self.separator)
                } else {
                    self.segment(text, byte, ends)
                };
                let is_terminated = end < self.block.len();
                return Some(Placed { segment, byte, is_terminated, is_broken });
            }
        }
        None
    }
}

impl<'a> Segments<'a> {
    /// The segment `text`, which begins at `byte` of the block; `ends` are those of its row.
    #[inline(always)]
    fn segment(&self, text: &'a [u8], byte: usize, ends: &'a [u32]) -> Segment<'a> {
        let id_end = ends[0] as usize;
        let last_separator = ends.len().checked_sub(2).map_or(byte, |last| ends[last] as usize);
        // A separator may itself be filler, and stand before or behind the segment.
        let are_within = id_end >= byte && last_separator < byte + text.len();
        if !self.index.has_fields() || !are_within {
            return Segment::of(text, self.separator);
        }
        let id = &self.block[byte..id_end.min(byte + text.len())];
        let code = Id::of(id);
        Segment { id, code, element_separator: self.separator, ends, text: self.block }
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
                let mut index = Separators::default();
                match next(2) {
                    0 => Segments::find_index(text.as_bytes(), delimiters, &mut index),
                    _ => Segments::find_ends(text.as_bytes(), delimiters, &mut index),
                }
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
