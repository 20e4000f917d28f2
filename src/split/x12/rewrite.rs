//! A segment written again with other elements.

use crate::x12::Delimiters;
use memchr::memchr;
use std::borrow::Cow;

/// The first segment of `bytes`, without its terminator, and what follows it (the terminator too).
pub fn first_segment(bytes: &[u8], delimiters: Delimiters) -> (&[u8], &[u8]) {
    let end = memchr(delimiters.terminator, bytes).unwrap_or_else(|| bytes.trim_ascii_end().len());
    bytes.split_at(end)
}

/// The first segment of some bytes, to be read and written again.
pub struct First<'b> {
    bytes: &'b [u8],
    /// Without the line breaks of a file wrapped at some column, unless the terminator is one.
    text: Cow<'b, [u8]>,
    /// The terminator, and what follows it.
    rest: &'b [u8],
    separator: u8,
}

impl<'b> First<'b> {
    /// The first segment of `bytes`.
    pub fn of(bytes: &'b [u8], delimiters: Delimiters) -> First<'b> {
        let (text, rest) = first_segment(bytes, delimiters);
        let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let text = if is_break(&delimiters.terminator) || !text.iter().any(is_break) {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.iter().copied().filter(|byte| !is_break(byte)).collect())
        };
        First { bytes, text, rest, separator: delimiters.element }
    }

    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.text.split(|byte| *byte == self.separator)
    }

    /// Element `number` (0: the id), trimmed.
    pub fn element(&self, number: usize) -> &[u8] {
        self.parts().nth(number).unwrap_or_default().trim_ascii()
    }

    /// All of the bytes with elements of the segment changed, and as they came where those said the
    /// same.
    ///
    /// A changed segment loses the line breaks within it that a file wrapped at some column has.
    pub fn with(&self, changes: &[(usize, &[u8])]) -> Cow<'b, [u8]> {
        let is_same = |(number, value): &(usize, &[u8])| self.element(*number) == *value;
        if changes.iter().all(is_same) {
            return Cow::Borrowed(self.bytes);
        }
        let mut parts: Vec<&[u8]> = self.parts().collect();
        for change in changes.iter().filter(|change| !is_same(change)) {
            let (number, value) = change;
            if parts.len() <= *number {
                parts.resize(number + 1, b"");
            }
            parts[*number] = value;
        }
        let mut written = parts.join(&self.separator);
        written.extend_from_slice(self.rest);
        Cow::Owned(written)
    }
}

/// Element `number` (from 1) of the first segment, trimmed.
pub fn element(bytes: &[u8], number: usize, delimiters: Delimiters) -> Vec<u8> {
    First::of(bytes, delimiters).element(number).to_vec()
}

/// `bytes` with elements of the first segment changed: see [`First::with`].
pub fn with_elements<'b>(
    bytes: &'b [u8],
    changes: &[(usize, &[u8])],
    delimiters: Delimiters,
) -> Cow<'b, [u8]> {
    First::of(bytes, delimiters).with(changes)
}

/// Whether two counts are one number: `0007` is `7`.
pub fn is_number(text: &[u8], number: u64) -> bool {
    let digits = str::from_utf8(text).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()) == Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIMITERS: Delimiters = Delimiters::USUAL;

    fn rewritten(text: &str, changes: &[(usize, &str)]) -> String {
        let changes: Vec<_> = changes.iter().map(|(at, value)| (*at, value.as_bytes())).collect();
        let written = with_elements(text.as_bytes(), &changes, DELIMITERS);
        String::from_utf8(written.into_owned()).expect("text")
    }

    #[test]
    fn only_what_changes_is_written_again() {
        assert_eq!(rewritten("SE*12*0001~\r\n", &[(1, "9")]), "SE*9*0001~\r\n");
        assert_eq!(rewritten("SE*1\r\n2*0001~\r\n", &[(1, "12")]), "SE*1\r\n2*0001~\r\n");
        assert_eq!(rewritten("SE*1\r\n2*0001~\r\n", &[(1, "7")]), "SE*7*0001~\r\n");
        assert_eq!(rewritten("HL*3*1*22~NM1*IL~", &[(4, "0")]), "HL*3*1*22*0~NM1*IL~");
        assert_eq!(rewritten("IEA*2*000000001", &[(1, "1")]), "IEA*1*000000001");
        assert_eq!(rewritten("IEA*2*000000001\r\n", &[(1, "1")]), "IEA*1*000000001\r\n");
    }

    #[test]
    fn counts_compare_as_numbers() {
        assert!(is_number(b"0007", 7) && is_number(b"7", 7));
        assert!(!is_number(b"", 0) && !is_number(b"+7", 7) && !is_number(b"7x", 7));
    }
}
