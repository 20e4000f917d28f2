//! Where a claim CSV may be cut: after a line end that no quoted field holds.

use crate::source::blocks::Cutter;
use memchr::{memchr, memchr2, memrchr};

/// How a block of a CSV is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvHead {
    /// No quote in it.
    Plain,
    /// Quotes, all closed.
    Quoted,
    /// One line whose quote is never closed.
    UnclosedQuote,
}

/// A row longer than this, in bytes, cannot be used: no real one is, and a quote that is never
/// closed must not take the rest of the file with it.
pub const MAX_ROW_BYTES: usize = 16 << 20;

/// Cuts a claim CSV into blocks of whole rows.
pub struct CsvCutter {
    delimiter: u8,
}

impl CsvCutter {
    /// For a CSV of that delimiter.
    pub fn new(delimiter: u8) -> CsvCutter {
        CsvCutter { delimiter }
    }
}

impl Cutter for CsvCutter {
    type Head = CsvHead;

    fn cut(&mut self, buffer: &[u8], is_last: bool) -> (usize, CsvHead) {
        if memchr(b'"', buffer).is_none() {
            let end = memrchr(b'\n', buffer).map_or(0, |end| end + 1);
            return (if is_last { buffer.len() } else { end }, CsvHead::Plain);
        }
        let (end, is_open) = last_row_end(buffer, self.delimiter);
        let rest = buffer.len() - end;
        if end > 0 && !(is_last && !is_open && rest > 0) {
            return (end, CsvHead::Quoted);
        }
        if is_last && !is_open {
            return (buffer.len(), CsvHead::Quoted);
        }
        if is_last || (is_open && rest > MAX_ROW_BYTES) {
            // The quote swallows everything: give up its first line, go on after it.
            let line = memchr(b'\n', buffer).map_or(buffer.len(), |end| end + 1);
            return (line, CsvHead::UnclosedQuote);
        }
        (0, CsvHead::Quoted)
    }
}

/// Where the last whole row ends, and whether the buffer ends within quotes.
fn last_row_end(buffer: &[u8], delimiter: u8) -> (usize, bool) {
    let mut rows = RowEnds { buffer, delimiter, at: 0 };
    let mut last = 0;
    loop {
        match rows.next_end() {
            RowEnd::At(end) => last = end,
            RowEnd::Open => return (last, true),
            RowEnd::Unfinished => return (last, false),
        }
    }
}

enum RowEnd {
    /// Just after a line end.
    At(usize),
    /// The buffer ends within quotes.
    Open,
    /// The buffer ends within a row, outside of quotes.
    Unfinished,
}

/// Steps over rows as RFC 4180 (and the `csv` crate) reads them: a quote opens only at the start of
/// a field, a doubled quote stands for one, text after a closing quote is part of the field.
struct RowEnds<'a> {
    buffer: &'a [u8],
    delimiter: u8,
    at: usize,
}

impl RowEnds<'_> {
    fn next_end(&mut self) -> RowEnd {
        loop {
            if self.buffer.get(self.at) == Some(&b'"') && !self.skip_quoted() {
                return RowEnd::Open;
            }
            let rest = &self.buffer[self.at..];
            let Some(step) = memchr2(self.delimiter, b'\n', rest) else {
                return RowEnd::Unfinished;
            };
            self.at += step + 1;
            if rest[step] == b'\n' {
                return RowEnd::At(self.at);
            }
        }
    }

    /// Moves past the closing quote; `false` if there is none.
    fn skip_quoted(&mut self) -> bool {
        self.at += 1;
        loop {
            let Some(step) = memchr(b'"', &self.buffer[self.at..]) else { return false };
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

    fn cut(text: &str, is_last: bool) -> (usize, CsvHead) {
        CsvCutter::new(b',').cut(text.as_bytes(), is_last)
    }

    #[test]
    fn plain_blocks_end_after_a_line() {
        assert_eq!(cut("a,b\nc,d", false), (4, CsvHead::Plain));
        assert_eq!(cut("a,b\nc,d", true), (7, CsvHead::Plain));
        assert_eq!(cut("a,b", false), (0, CsvHead::Plain));
    }

    #[test]
    fn quoted_line_ends_do_not_end_a_row() {
        assert_eq!(cut("a,\"b\nc\"\nd,e", false), (8, CsvHead::Quoted));
        assert_eq!(cut("a,\"b\nc", false), (0, CsvHead::Quoted));
        assert_eq!(cut("a,b\"\nc", false), (5, CsvHead::Quoted), "a quote within a field is text");
        assert_eq!(cut("\"a\"\"\n\",b\nc", false), (9, CsvHead::Quoted));
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_one_line() {
        assert_eq!(cut("a,\"b\nc,d\n", true), (5, CsvHead::UnclosedQuote));
        assert_eq!(cut("x,y\na,\"b\nc,d\n", true), (4, CsvHead::Quoted));
    }
}
