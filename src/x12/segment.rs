//! Segments and elements: borrowed from the block, split only when asked for.
//!
//! ```text
//! segment = id *(element-separator element) terminator *(white space)
//! ```
//! After a terminator, line breaks and blanks are skipped, whatever they are.

use super::Delimiters;
use super::id::{self, Id};
use crate::source::separators::{WORD_BYTES, places_of};
use memchr::memchr;
use nom::bytes::complete::take_till;
use nom::{IResult, Parser};
use std::iter::{Skip, Take};

/// One segment, without its terminator.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    /// Its id as a number.
    pub code: Id,
    element_separator: u8,
    /// A bit for each separator among its first 64 bytes: most segments have no more, and an
    /// element of them is found without a search.
    separators: u64,
    /// Without filler before or behind it.
    text: &'a [u8],
}

impl<'a> Segment<'a> {
    /// The segment in `text`, which has no terminator.
    pub fn of(text: &'a [u8], element_separator: u8) -> Segment<'a> {
        Segment::beginning(text, text.len(), element_separator)
    }

    /// The first `length` bytes of `block`.
    #[inline(always)]
    pub(super) fn beginning(block: &'a [u8], length: usize, element_separator: u8) -> Segment<'a> {
        let within = if length < WORD_BYTES { (1 << length) - 1 } else { u64::MAX };
        let separators = places_of(element_separator, block) & within;
        let text = &block[..length];
        let code = match text.first_chunk() {
            Some(first) if separators != 0 => {
                Id::of_first(*first, separators.trailing_zeros() as usize)
            }
            _ => Id::of(&text[..id_end(text, separators, element_separator)]),
        };
        Segment { code, element_separator, separators, text }
    }

    /// `CLM`, `NM1`, …
    pub fn id(&self) -> &'a [u8] {
        &self.text[..id_end(self.text, self.separators, self.element_separator)]
    }

    /// What follows the id and its separator, as it came.
    pub fn body(&self) -> &'a [u8] {
        self.text.get(self.id().len() + 1..).unwrap_or_default()
    }

    /// Element `number` (from 1), trimmed; empty if it is not there. Behind the first 64 bytes, all
    /// elements before it are walked over.
    // Inline, so that `number` is known: then a few instructions find it.
    #[inline(always)]
    pub fn element(&self, number: usize) -> &'a [u8] {
        let before = self.separators_from(number);
        if before & before.wrapping_sub(1) == 0 && !self.is_short() {
            return self.walk_to(number);
        }
        if before == 0 { b"" } else { element_behind(self.text, before) }
    }

    #[cold]
    fn walk_to(&self, number: usize) -> &'a [u8] {
        self.elements().nth(number - 1).unwrap_or_default()
    }

    /// Whether all of its separators are known.
    #[inline]
    fn is_short(&self) -> bool {
        self.text.len() <= WORD_BYTES
    }

    /// Of the separators found, the one before element `number` and those behind it.
    #[inline(always)]
    fn separators_from(&self, number: usize) -> u64 {
        (1..number).fold(self.separators, |left, _| left & left.wrapping_sub(1))
    }

    /// The elements, each trimmed.
    pub fn elements(&self) -> Elements<'a> {
        Elements { rest: Some(self.body()), separator: self.element_separator }
    }

    /// Those from element `first` (from 1) on; none where there is nothing behind the id. To ask
    /// [`Self::element`] for one after the other would walk a long segment again and again.
    #[inline(always)]
    pub fn elements_from(&self, first: usize) -> SomeElements<'a> {
        self.some_elements(first, None, u64::MAX)
    }

    /// Of the elements from `first` (from 1) on, up to `last`, those of more than three bytes, and
    /// perhaps some shorter ones: who looks for a word within them asks for no others.
    #[inline(always)]
    pub fn long_elements(&self, first: usize, last: Option<usize>) -> SomeElements<'a> {
        let ends = self.separators | 1_u64.checked_shl(self.text.len() as u32).unwrap_or(0);
        let behind = last.map_or(0, |last| self.separators_from(last + 1));
        self.some_elements(first, last, !(ends >> 1 | ends >> 2 | ends >> 3 | ends >> 4 | behind))
    }

    /// Those from `first` to `last`; of a short segment those behind `wanted` separators alone, of
    /// a longer one all.
    #[inline(always)]
    fn some_elements(&self, first: usize, last: Option<usize>, wanted: u64) -> SomeElements<'a> {
        if self.is_short() {
            let wanted = self.separators_from(first) & wanted;
            return SomeElements::Short { text: self.text, separators: self.separators, wanted };
        }
        let count = last.map_or(usize::MAX, |last| last + 1 - first);
        SomeElements::Long(self.elements().skip(first - 1).take(count))
    }

    /// How many elements there are, blank ones too; one, if there is nothing behind the id.
    #[inline]
    pub fn count(&self) -> usize {
        match self.is_short() {
            true => (self.separators.count_ones() as usize).max(1),
            false => self.elements().count(),
        }
    }
}

/// Some elements of a segment, in order.
pub enum SomeElements<'a> {
    /// Of a segment all of whose separators are known.
    Short {
        /// The segment.
        text: &'a [u8],
        /// All of its separators.
        separators: u64,
        /// Those before the elements that are still to come.
        wanted: u64,
    },
    /// Of a longer one.
    Long(Take<Skip<Elements<'a>>>),
}

impl<'a> Iterator for SomeElements<'a> {
    type Item = &'a [u8];

    #[inline(always)]
    fn next(&mut self) -> Option<&'a [u8]> {
        match self {
            SomeElements::Short { wanted: 0, .. } => None,
            SomeElements::Short { text, separators, wanted } => {
                let before = wanted.trailing_zeros();
                *wanted &= *wanted - 1;
                Some(element_behind(text, *separators >> before << before))
            }
            SomeElements::Long(elements) => elements.next(),
        }
    }
}

/// The element of `text` between the first two of `separators`, of which there is one at least, or
/// behind the only one; trimmed.
#[inline(always)]
fn element_behind(text: &[u8], separators: u64) -> &[u8] {
    let start = separators.trailing_zeros() as usize + 1;
    let end = (separators & (separators - 1)).trailing_zeros() as usize;
    crate::model::text::trim(&text[start..text.len().min(end)])
}

/// Where the id of a segment ends.
#[inline]
fn id_end(text: &[u8], separators: u64, separator: u8) -> usize {
    match separators {
        0 if text.len() <= WORD_BYTES => text.len(),
        0 => memchr(separator, text).unwrap_or(text.len()),
        _ => separators.trailing_zeros() as usize,
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

#[cfg(test)]
mod tests {
    use super::*;

    const DELIMITERS: Delimiters = Delimiters::USUAL;

    #[test]
    fn text_cut_off_is_no_control_segment() {
        let is = |text: &str| Segment::of(text.as_bytes(), b'*').is_control();
        assert!(is("SE*15*0001") && is("ST*837*0001*005010X222A1") && is("IEA*1*000000001"));
        assert!(!is("SE*CARL****MI*M1") && !is("ST*MS*39201") && !is("GS*CARL"));
    }

    #[test]
    fn a_damaged_id_holds_no_separator() {
        assert_eq!(Segment::of(b"H*3*1*22", b'*').id(), b"H");
        assert_eq!(Segment::of(b"*LM*A1", b'*').id(), b"");
        assert_eq!(Segment::of(b"CLMX*A1", b'*').id(), b"CLMX");
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

    #[test]
    fn long_elements_are_all_of_more_than_three_bytes() {
        let mut state = 5_u64;
        for length in 0..900 {
            let text: String = (0..length % 60)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    ["*", "A", "BCD", "*", " ", "EFGHI"][(state >> 33) as usize % 6]
                })
                .collect();
            let text = format!("SV1{}{text}", if length % 7 == 0 { "" } else { "*" });
            let segment = Segment::of(text.as_bytes(), b'*');
            let (first, last) = (1 + length % 4, Some(length % 11).filter(|last| *last > 3));
            let plainly = text.split('*').map(str::trim).enumerate().filter(|(at, element)| {
                *at >= first && last.is_none_or(|last| *at <= last) && element.len() > 3
            });
            let found = segment.long_elements(first, last).filter(|element| element.len() > 3);
            let plainly: Vec<&[u8]> = plainly.map(|(_, element)| element.as_bytes()).collect();
            assert_eq!(found.collect::<Vec<_>>(), plainly, "{text:?} {first} {last:?}");
        }
    }
}
