//! Segments written: delimiters as they were received, elements cleaned of them and cut to the
//! length that the element may have.

use crate::model::{Cents, NaiveDate};
use crate::x12::Delimiters;
use chrono::Datelike;

/// The largest amount that is written: 18 digits and a point.
const MOST_CENTS: u64 = 99_999_999_999_999_999;

/// Where nothing usable was received.
const NONE: Delimiters = Delimiters::USUAL;

/// How segments are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The delimiters.
    pub delimiters: Delimiters,
}

impl Wire {
    /// As received; a repetition separator that is none (`U` of old files) is replaced.
    pub fn of(received: Option<Delimiters>) -> Wire {
        let mut delimiters = received.unwrap_or(NONE);
        let others = [delimiters.element, delimiters.component, delimiters.terminator];
        let is_free = |byte: &u8| byte.is_ascii_punctuation() && !others.contains(byte);
        let candidates = [delimiters.repetition, b'^', b'|', b'!', b'+', b'\\'];
        let free = candidates.into_iter().find(is_free);
        delimiters.repetition = free.unwrap_or(NONE.repetition);
        Wire { delimiters }
    }

    fn is_delimiter(&self, byte: u8) -> bool {
        let Delimiters { element, repetition, component, terminator } = self.delimiters;
        byte == element || byte == repetition || byte == component || byte == terminator
    }
}

/// Segments as they are written, and how many.
#[derive(Default)]
pub struct Out {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// Segments written so far.
    pub segments: u64,
}

impl Out {
    /// Begins a segment.
    pub fn segment(&mut self, wire: Wire, id: &str) -> SegmentWriter<'_> {
        self.bytes.extend_from_slice(id.as_bytes());
        SegmentWriter { out: self, wire, blanks: 0 }
    }

    /// Adds a segment that is written already, without its terminator.
    pub fn whole(&mut self, wire: Wire, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.end(wire);
    }

    fn end(&mut self, wire: Wire) {
        let terminator = wire.delimiters.terminator;
        self.bytes.push(terminator);
        if !matches!(terminator, b'\n' | b'\r') {
            self.bytes.push(b'\n');
        }
        self.segments += 1;
    }
}

/// Writes one segment; blank elements at its end are left out.
pub struct SegmentWriter<'o> {
    out: &'o mut Out,
    wire: Wire,
    blanks: usize,
}

impl SegmentWriter<'_> {
    /// A word of ours.
    pub fn word(mut self, word: &str) -> Self {
        if word.is_empty() {
            return self.blank(1);
        }
        self.separate();
        self.out.bytes.extend_from_slice(word.as_bytes());
        self
    }

    /// Blank elements.
    pub fn blank(mut self, count: usize) -> Self {
        self.blanks += count;
        self
    }

    /// Text of any origin, of at most `most` bytes.
    pub fn text(mut self, text: &[u8], most: usize) -> Self {
        let text = cut(text.trim_ascii(), most);
        if text.is_empty() {
            return self.blank(1);
        }
        self.separate();
        self.clean(text);
        self
    }

    /// The same, or `other` where it has fewer than `least` bytes.
    pub fn text_or(self, text: &[u8], least: usize, most: usize, other: &str) -> Self {
        let text = text.trim_ascii();
        if text.len() < least { self.word(other) } else { self.text(text, most) }
    }

    /// A composite of texts, blank ones at its end left out.
    pub fn composite<'t>(mut self, texts: impl Iterator<Item = &'t [u8]>) -> Self {
        let mut blanks = 0;
        for (index, text) in texts.enumerate() {
            if index == 0 {
                self.separate();
            } else {
                blanks += 1;
            }
            if !text.is_empty() {
                let separators = std::iter::repeat_n(self.wire.delimiters.component, blanks);
                self.out.bytes.extend(separators);
                self.clean(text);
                blanks = 0;
            }
        }
        self
    }

    /// A composite that we write with `:`.
    pub fn codes(self, codes: &str) -> Self {
        if self.wire.delimiters.component == b':' {
            return self.word(codes);
        }
        self.composite(codes.split(':').map(str::as_bytes))
    }

    /// A whole number.
    pub fn number(mut self, number: u64) -> Self {
        self.separate();
        push_number(&mut self.out.bytes, number);
        self
    }

    /// A day, or two joined by `-`.
    pub fn days(mut self, first: NaiveDate, last: Option<NaiveDate>) -> Self {
        self.separate();
        push_day(&mut self.out.bytes, first);
        if let Some(last) = last {
            self.out.bytes.push(b'-');
            push_day(&mut self.out.bytes, last);
        }
        self
    }

    /// An amount, without zeros that say nothing.
    pub fn amount(mut self, cents: i128) -> Self {
        self.separate();
        push_amount(&mut self.out.bytes, cents);
        self
    }

    /// Ends the segment.
    pub fn end(self) {
        self.out.end(self.wire);
    }

    fn separate(&mut self) {
        // Mostly one; this is asked for every element that is written.
        for _ in 0..=self.blanks {
            self.out.bytes.push(self.wire.delimiters.element);
        }
        self.blanks = 0;
    }

    fn clean(&mut self, text: &[u8]) {
        let wire = self.wire;
        let is_bad = |byte: &u8| wire.is_delimiter(*byte) || *byte < b' ' || *byte == 0x7f;
        if !text.iter().any(|byte| is_bad(byte) || !byte.is_ascii()) {
            self.out.bytes.extend_from_slice(text);
            return;
        }
        // X12's character sets end where ASCII does; a receiver need not read beyond.
        let clean = |byte: &u8| match byte {
            byte if is_bad(byte) => b' ',
            byte if byte.is_ascii() => *byte,
            _ => b'?',
        };
        // Bytes that go on with a UTF-8 letter are no letters of their own.
        let is_utf8 = str::from_utf8(text).is_ok();
        let letters = text.iter().filter(|byte| !is_utf8 || *byte & 0xc0 != 0x80);
        let cleaned: Vec<u8> = letters.map(clean).collect();
        self.out.bytes.extend(cleaned);
        // A delimiter at the end became a blank, which no element may end with.
        let kept = self.out.bytes.trim_ascii_end().len();
        self.out.bytes.truncate(kept);
    }
}

/// The first `most` bytes, not cut within a character.
fn cut(text: &[u8], most: usize) -> &[u8] {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    if str::from_utf8(text).is_ok() {
        while end > 0 && text[end] & 0xc0 == 0x80 {
            end -= 1;
        }
    }
    text[..end].trim_ascii_end()
}

fn push_amount(out: &mut Vec<u8>, cents: i128) {
    if cents < 0 {
        out.push(b'-');
    }
    // Sums are wide, so that none of them can run over; an amount of 18 digits is the longest.
    let cents = u64::try_from(cents.unsigned_abs()).unwrap_or(u64::MAX).min(MOST_CENTS);
    push_number(out, cents / 100);
    let [tens, ones] = [cents / 10 % 10, cents % 10].map(|digit| b'0' + digit as u8);
    match (tens, ones) {
        (b'0', b'0') => {}
        (_, b'0') => out.extend_from_slice(&[b'.', tens]),
        _ => out.extend_from_slice(&[b'.', tens, ones]),
    }
}

fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

fn push_day(out: &mut Vec<u8>, day: NaiveDate) {
    // The inputs hold years of four digits only.
    let year = day.year().clamp(0, 9999).unsigned_abs();
    for number in [year / 100, year % 100, day.month(), day.day()] {
        out.extend_from_slice(&[b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]);
    }
}

/// The amount that `text` states, 0 where it states none.
pub fn amount(text: &[u8]) -> i128 {
    i128::from(Cents::parse(text).unwrap_or_default().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(fill: impl Fn(SegmentWriter<'_>) -> SegmentWriter<'_>) -> String {
        let mut out = Out::default();
        fill(out.segment(Wire::of(None), "NM1")).end();
        assert_eq!(out.segments, 1);
        String::from_utf8(out.bytes).expect("text")
    }

    #[test]
    fn elements_are_cleaned_cut_and_the_last_blanks_left_out() {
        assert_eq!(written(|to| to.word("QC").blank(2).word("")), "NM1*QC~\n");
        assert_eq!(written(|to| to.blank(1).text(b" a*b~ ", 60)), "NM1**a b~\n");
        assert_eq!(written(|to| to.text(b"*\n", 9).number(7)), "NM1**7~\n");
        assert_eq!(written(|to| to.text("aé".as_bytes(), 2)), "NM1*a~\n");
        assert_eq!(written(|to| to.text_or(b"1", 2, 9, "00")), "NM1*00~\n");
        let parts = [&b"HC"[..], b"H0038", b"", b"HQ", b""];
        assert_eq!(written(|to| to.composite(parts.into_iter())), "NM1*HC:H0038::HQ~\n");
        assert_eq!(written(|to| to.codes("A2:20")), "NM1*A2:20~\n");
    }

    #[test]
    fn amounts_carry_no_idle_zeros() {
        for (cents, text) in [(0, "0"), (6124, "61.24"), (6120, "61.2"), (-500, "-5"), (7, "0.07")]
        {
            assert_eq!(written(|to| to.amount(cents)), format!("NM1*{text}~\n"));
        }
    }

    #[test]
    fn delimiters_are_those_received_where_they_can_be() {
        let received =
            Delimiters { element: b'|', repetition: b'U', component: b'^', terminator: b'\n' };
        let wire = Wire::of(Some(received));
        assert_eq!(wire.delimiters, Delimiters { repetition: b'!', ..received });
        let mut out = Out::default();
        out.segment(wire, "TRN").word("2").text(b"a!b", 9).end();
        assert_eq!(out.bytes, b"TRN|2|a b\n");
    }
}
