//! Where a claim CSV may be cut: after a line end that no quoted field holds.
//!
//! Two things must not take the rest of a file with them: a quote that is never closed, and a row
//! that never ends. A row that goes over several lines and has not the fields of the header, or one
//! with text behind a closing quote (a quote too many or too few), is therefore given up line by
//! line, and one of more than [`MAX_ROW_BYTES`] whole. What breaks when
//! you touch it: a row that ends at another byte here than in `quoted.rs` makes the result depend
//! on the size of blocks.

use crate::source::blocks::{Cutter, Fill};
use memchr::{memchr, memchr2, memrchr};

/// How a block of a CSV is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvHead {
    /// No quote in it.
    Plain,
    /// Quotes, all closed.
    Quoted,
    /// One line whose quote is not closed where its field ends.
    UnclosedQuote,
    /// The beginning of a row that is too long.
    TooLong,
    /// More of a row that is too long.
    TooLongGoesOn,
}

/// A row longer than this, in bytes, cannot be used: no real one is.
pub const MAX_ROW_BYTES: usize = 16 << 20;

/// Cuts a claim CSV into blocks of whole rows.
pub struct CsvCutter {
    delimiter: u8,
    width: usize,
    is_too_long: bool,
}

impl CsvCutter {
    /// For a CSV of that delimiter whose rows have `width` fields.
    pub fn new(delimiter: u8, width: usize) -> CsvCutter {
        CsvCutter { delimiter, width, is_too_long: false }
    }

    /// The block of a buffer in which no row ends.
    fn unfinished(&mut self, buffer: &[u8], fill: Fill, head: CsvHead) -> (usize, CsvHead) {
        match fill {
            Fill::End => (buffer.len(), head),
            _ if buffer.len() > MAX_ROW_BYTES => {
                self.is_too_long = true;
                (MAX_ROW_BYTES, CsvHead::TooLong)
            }
            _ => (0, head),
        }
    }
}

impl Cutter for CsvCutter {
    type Head = CsvHead;

    fn cut(&mut self, buffer: &[u8], fill: Fill) -> (usize, CsvHead) {
        if self.is_too_long {
            let end = memchr(b'\n', buffer);
            self.is_too_long = end.is_none();
            return (end.map_or(buffer.len(), |end| end + 1), CsvHead::TooLongGoesOn);
        }
        if memchr(b'"', buffer).is_none() {
            return match memrchr(b'\n', buffer) {
                _ if fill == Fill::End => (buffer.len(), CsvHead::Plain),
                Some(end) => (end + 1, CsvHead::Plain),
                None => self.unfinished(buffer, fill, CsvHead::Plain),
            };
        }
        let mut rows = RowEnds::new(buffer, self.delimiter, self.width);
        let mut last = 0;
        let is_whole = loop {
            match rows.next_end() {
                RowEnd::At(end) => last = end,
                // Its first line is a block of its own, and what follows is looked at afresh.
                RowEnd::GivenUp(_) if last > 0 => return (last, CsvHead::Quoted),
                RowEnd::GivenUp(end) => return (end, CsvHead::UnclosedQuote),
                RowEnd::Open | RowEnd::Unusable => break false,
                RowEnd::Unfinished => break true,
            }
        };
        match (last, fill, is_whole) {
            (_, Fill::End, true) => (buffer.len(), CsvHead::Quoted),
            (1.., _, _) => (last, CsvHead::Quoted),
            (_, Fill::End, false) => (first_line(buffer), CsvHead::UnclosedQuote),
            _ => self.unfinished(buffer, fill, CsvHead::Quoted),
        }
    }
}

/// Where the first line ends, quotes or not.
fn first_line(buffer: &[u8]) -> usize {
    memchr(b'\n', buffer).map_or(buffer.len(), |end| end + 1)
}

/// Where the header of `buffer` ends, if it does: a row of any width.
pub fn header_end(buffer: &[u8], delimiter: u8) -> Option<usize> {
    let mut rows = RowEnds::new(buffer, delimiter, 0);
    match rows.next_end() {
        RowEnd::At(end) => Some(end),
        _ => None,
    }
}

enum RowEnd {
    /// Just after a line end.
    At(usize),
    /// Just after the first line of a row that is given up.
    GivenUp(usize),
    /// The buffer ends within quotes.
    Open,
    /// The buffer ends within a row, outside of quotes.
    Unfinished,
    /// The buffer ends within the first line of a row that is given up.
    Unusable,
}

/// Steps over rows as RFC 4180 (and the `csv` crate) reads them: a quote opens only at the start of
/// a field, a doubled quote stands for one. Text after a closing quote is part of the field in a
/// header; in a row, which has a width, it is damage.
struct RowEnds<'a> {
    buffer: &'a [u8],
    delimiter: u8,
    /// Fields of a row; 0: any.
    width: usize,
    at: usize,
}

impl RowEnds<'_> {
    fn new(buffer: &[u8], delimiter: u8, width: usize) -> RowEnds<'_> {
        RowEnds { buffer, delimiter, width, at: 0 }
    }

    fn next_end(&mut self) -> RowEnd {
        let start = self.at;
        let mut fields = 0;
        // The first line end within quotes.
        let mut inner_end = None;
        loop {
            if self.buffer.get(self.at) == Some(&b'"') {
                let quoted = self.at;
                let is_closed = self.skip_quoted();
                if inner_end.is_none() {
                    let text = &self.buffer[quoted..self.at.min(self.buffer.len())];
                    inner_end = memchr(b'\n', text).map(|end| quoted + end + 1);
                }
                // Unclosed, `at` is the end of the buffer.
                if let (true, Some(end)) = (self.at - start > MAX_ROW_BYTES, inner_end) {
                    self.at = end;
                    return RowEnd::GivenUp(end);
                }
                if !is_closed {
                    return RowEnd::Open;
                }
                if self.width > 0 && self.is_text_next() {
                    return self.give_up(start);
                }
            }
            let rest = &self.buffer[self.at..];
            let Some(step) = memchr2(self.delimiter, b'\n', rest) else {
                return RowEnd::Unfinished;
            };
            self.at += step + 1;
            fields += 1;
            if rest[step] != b'\n' {
                continue;
            }
            return match inner_end {
                Some(end) if self.width > 0 && fields != self.width => {
                    self.at = end;
                    RowEnd::GivenUp(end)
                }
                _ => RowEnd::At(self.at),
            };
        }
    }

    /// Whether anything but blanks stands between a closing quote and the end of its field: the
    /// quote is one too many, or one is missing before it.
    fn is_text_next(&self) -> bool {
        let rest = self.buffer[self.at..].iter();
        let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r') && byte != self.delimiter;
        let next = rest.copied().find(|byte| !is_blank(*byte));
        next.is_some_and(|byte| byte != self.delimiter && byte != b'\n')
    }

    /// Goes on behind the first line of the row that begins at `start`.
    fn give_up(&mut self, start: usize) -> RowEnd {
        let Some(step) = memchr(b'\n', &self.buffer[start..]) else { return RowEnd::Unusable };
        self.at = start + step + 1;
        RowEnd::GivenUp(self.at)
    }

    /// Moves past the closing quote; `false` if there is none.
    fn skip_quoted(&mut self) -> bool {
        self.at += 1;
        loop {
            let Some(step) = memchr(b'"', &self.buffer[self.at..]) else {
                self.at = self.buffer.len();
                return false;
            };
            self.at += step + 1;
            if self.buffer.get(self.at) != Some(&b'"') {
                return true;
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, fill: Fill) -> (usize, CsvHead) {
        CsvCutter::new(b',', 2).cut(text.as_bytes(), fill)
    }

    #[test]
    fn plain_blocks_end_after_a_line() {
        assert_eq!(cut("a,b\nc,d", Fill::More), (4, CsvHead::Plain));
        assert_eq!(cut("a,b\nc,d", Fill::End), (7, CsvHead::Plain));
        assert_eq!(cut("a,b", Fill::More), (0, CsvHead::Plain));
    }

    #[test]
    fn quoted_line_ends_do_not_end_a_row() {
        assert_eq!(cut("a,\"b\nc\"\nd,e", Fill::More), (8, CsvHead::Quoted));
        assert_eq!(cut("a,\"b\nc", Fill::More), (0, CsvHead::Quoted));
        assert_eq!(cut("a,b\"\nc", Fill::More), (5, CsvHead::Quoted), "a quote in a field is text");
        assert_eq!(cut("\"a\"\"\n\",b\nc", Fill::More), (9, CsvHead::Quoted));
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_one_line() {
        assert_eq!(cut("a,\"b\nc,d\n", Fill::End), (5, CsvHead::UnclosedQuote));
        assert_eq!(cut("x,y\na,\"b\nc,d\n", Fill::End), (4, CsvHead::Quoted));
    }

    #[test]
    fn a_quote_that_the_next_one_closes_costs_one_line() {
        let text = "a,\"b\nc,d\ne,\"f\"\n\"g\",h\n";
        let mut cutter = CsvCutter::new(b',', 4);
        assert_eq!(cutter.cut(text.as_bytes(), Fill::More), (5, CsvHead::UnclosedQuote));
        assert_eq!(cutter.cut(&text.as_bytes()[5..], Fill::More), (16, CsvHead::Quoted));
    }

    #[test]
    fn a_row_that_never_ends_is_passed_over() {
        let long = [vec![b'x'; MAX_ROW_BYTES + 5], b"\na,b\n".to_vec()].concat();
        let mut cutter = CsvCutter::new(b',', 2);
        let (first, head) = cutter.cut(&long[..MAX_ROW_BYTES + 3], Fill::More);
        assert_eq!((first, head), (MAX_ROW_BYTES, CsvHead::TooLong));
        assert_eq!(cutter.cut(&long[first..], Fill::End), (6, CsvHead::TooLongGoesOn));
        assert_eq!(cutter.cut(&long[first + 6..], Fill::End), (4, CsvHead::Plain));
    }
}
