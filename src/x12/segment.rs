//! Segments and elements: borrowed from the block, split only when asked for.
//!
//! ```text
//! segment = id *(element-separator element) terminator *(white space)
//! ```
//! After a terminator, line breaks and blanks are skipped, whatever they are.

use super::Delimiters;
use memchr::memchr;
use nom::bytes::complete::take_while;
use nom::error::{Error, ErrorKind};
use nom::{IResult, Parser};

/// One segment, without its terminator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// `CLM`, `NM1`, …
    pub id: &'a [u8],
    /// What follows the id and its separator.
    body: &'a [u8],
    element_separator: u8,
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
        Segment { id: &text[..end], body, element_separator }
    }

    /// What follows the id and its separator, as it came.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Element `number` (from 1), trimmed; empty if it is not there.
    pub fn element(&self, number: usize) -> &'a [u8] {
        self.elements().nth(number - 1).unwrap_or_default()
    }

    /// The elements, each trimmed.
    pub fn elements(&self) -> Elements<'a> {
        Elements { rest: Some(self.body), separator: self.element_separator }
    }
}

impl Segment<'_> {
    /// Whether a segment with the id of a control segment is one: text that a stray terminator cut
    /// off (`RO~SE*CARL`) must not end a set.
    pub fn is_control(&self) -> bool {
        let count = self.elements().count();
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
        let rest = self.rest?;
        // Elements are short: a plain loop beats a vector search.
        let end = rest.iter().position(|byte| *byte == self.separator);
        let element = match end {
            Some(end) => {
                self.rest = Some(&rest[end + 1..]);
                &rest[..end]
            }
            None => {
                self.rest = None;
                rest
            }
        };
        Some(crate::model::text::trim(element))
    }
}

/// The components of an element.
pub fn components(element: &[u8], delimiters: Delimiters) -> Elements<'_> {
    Elements { rest: Some(element), separator: delimiters.component }
}

/// Component `number` (from 1) of an element; empty if it is not there.
pub fn component(element: &[u8], number: usize, delimiters: Delimiters) -> &[u8] {
    components(element, delimiters).nth(number - 1).unwrap_or_default()
}

/// One segment with its terminator, as a `nom` parser: the text, and what follows it.
fn terminated(terminator: u8) -> impl Fn(&[u8]) -> IResult<&[u8], &[u8]> {
    move |input| match memchr(terminator, input) {
        Some(end) => Ok((&input[end + 1..], &input[..end])),
        None => Err(nom::Err::Error(Error::new(input, ErrorKind::Char))),
    }
}

fn is_filler(byte: u8) -> bool {
    byte <= b' '
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
    rest: &'a [u8],
    delimiters: Delimiters,
    /// Where segments begin without a terminator before them, the next one last.
    breaks: Vec<usize>,
    next_break: usize,
}

impl<'a> Segments<'a> {
    /// The segments of `block`.
    pub fn new(block: &'a [u8], delimiters: Delimiters) -> Segments<'a> {
        Segments { block, rest: block, delimiters, breaks: Vec::new(), next_break: usize::MAX }
    }

    /// Begins a segment at each of these bytes (ascending) too, though no terminator ends the one
    /// before it.
    pub fn break_at(mut self, mut breaks: Vec<usize>) -> Segments<'a> {
        breaks.reverse();
        self.next_break = breaks.pop().unwrap_or(usize::MAX);
        self.breaks = breaks;
        self
    }

    /// Passes over `bytes` bytes.
    pub fn pass_over(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// The byte of the block that comes next.
    pub fn offset(&self) -> usize {
        self.block.len() - self.rest.len()
    }

    /// Passes over line breaks and blanks.
    fn skip_filler(&mut self) {
        if let Some(first) = self.rest.first()
            && !is_filler(*first)
        {
            return;
        }
        let filler: IResult<&[u8], &[u8]> = take_while(is_filler).parse(self.rest);
        if let Ok((rest, _)) = filler {
            self.rest = rest;
        }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Placed<'a>;

    fn next(&mut self) -> Option<Placed<'a>> {
        loop {
            self.skip_filler();
            if self.rest.is_empty() {
                return None;
            }
            let byte = self.offset();
            let (mut text, is_terminated) = match terminated(self.delimiters.terminator)(self.rest)
            {
                Ok((rest, text)) => {
                    self.rest = rest;
                    (text, true)
                }
                Err(_) => (std::mem::take(&mut self.rest), false),
            };
            let is_broken = self.next_break < byte + text.len();
            if is_broken {
                self.rest = &self.block[self.next_break..];
                text = &text[..self.next_break.saturating_sub(byte)];
                self.next_break = self.breaks.pop().unwrap_or(usize::MAX);
            }
            let text = text.trim_ascii_end();
            if !text.is_empty() {
                let segment = Segment::of(text, self.delimiters.element);
                return Some(Placed { segment, byte, is_terminated, is_broken });
            }
        }
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
        let found: Vec<(&[u8], usize, bool)> = Segments::new(block, DELIMITERS)
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
}
