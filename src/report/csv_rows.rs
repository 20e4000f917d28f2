//! Rows of a CSV output, written by hand: quoting, the guard against formulas, numbers and dates.
//!
//! A run may have a million findings, so a cell costs a scan and a copy, and nothing is formatted.

use crate::model::{Cents, NaiveDate, Position};
use crate::spill::SortedRows;
use chrono::Datelike;
use rayon::prelude::*;
use std::io::{self, Write};

/// Bytes collected before they are handed on.
const FLUSH_BYTES: usize = 256 * 1024;

/// Collects rows and hands them to a writer in large pieces.
pub(super) struct CsvRows<'a> {
    /// `None`: the rows are taken one by one.
    out: Option<&'a mut dyn Write>,
    buffer: Vec<u8>,
}

impl CsvRows<'static> {
    /// For rows that are sorted before they are written: [`CsvRows::take_row`].
    pub(super) fn apart() -> CsvRows<'static> {
        CsvRows { out: None, buffer: Vec::new() }
    }

    /// Ends the row and hands it to `take`, whole and with its line end.
    pub(super) fn take_row<T>(&mut self, take: impl FnOnce(&[u8]) -> T) -> T {
        self.close();
        let taken = take(&self.buffer);
        self.buffer.clear();
        taken
    }
}

impl<'a> CsvRows<'a> {
    /// Begins with the header, whose names need no quotes.
    pub(super) fn begin(out: &'a mut dyn Write, columns: &[&str]) -> io::Result<CsvRows<'a>> {
        let buffer = Vec::with_capacity(FLUSH_BYTES + 4096);
        let mut rows = CsvRows { out: Some(out), buffer };
        columns.iter().for_each(|column| rows.word(column));
        rows.end_row()?;
        Ok(rows)
    }

    /// A word of ours, that needs neither quotes nor the guard.
    pub(super) fn word(&mut self, word: &str) {
        self.buffer.extend_from_slice(word.as_bytes());
        self.buffer.push(b',');
    }

    /// Words of ours in one cell, joined by `:`.
    pub(super) fn words<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        for (index, word) in words.enumerate() {
            if index > 0 {
                self.buffer.push(b':');
            }
            self.buffer.extend_from_slice(word.as_bytes());
        }
        self.buffer.push(b',');
    }

    /// An empty cell.
    pub(super) fn empty(&mut self) {
        self.buffer.push(b',');
    }

    /// Text of any origin. One that a spreadsheet would run gets a `'` before it.
    pub(super) fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let is_formula = matches!(bytes, [b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r', ..]);
        if needs_quotes(bytes) {
            self.buffer.push(b'"');
            if is_formula {
                self.buffer.push(b'\'');
            }
            let mut start = 0;
            for quote in memchr::memchr_iter(b'"', bytes) {
                self.buffer.extend_from_slice(&bytes[start..=quote]);
                start = quote; // the quote begins the next piece too, and so is doubled
            }
            self.buffer.extend_from_slice(&bytes[start..]);
            self.buffer.extend_from_slice(b"\",");
        } else {
            if is_formula {
                self.buffer.push(b'\'');
            }
            self.buffer.extend_from_slice(bytes);
            self.buffer.push(b',');
        }
    }

    /// The name of a file. It may hold line breaks, and what a terminal acts on: these are shown
    /// as Rust writes them (`\n`, `\u{1b}`), so that a row stays a line.
    pub(super) fn file_name(&mut self, name: &str) {
        if !name.chars().any(char::is_control) {
            return self.text(name);
        }
        let shown =
            |c: char| if c.is_control() { c.escape_default().collect() } else { c.to_string() };
        self.text(&name.chars().map(shown).collect::<String>());
    }

    /// A whole number.
    pub(super) fn number(&mut self, value: u64) {
        self.digits(value);
        self.buffer.push(b',');
    }

    /// Dollars with two places.
    pub(super) fn amount(&mut self, amount: Cents) {
        if amount.0 < 0 {
            self.buffer.push(b'-');
        }
        let cents = amount.0.unsigned_abs();
        self.digits(cents / 100);
        self.buffer.push(b'.');
        self.two_digits((cents % 100) as u32);
        self.buffer.push(b',');
    }

    /// An ISO date; an empty cell without one.
    pub(super) fn day(&mut self, day: Option<NaiveDate>) {
        if let Some(day) = day {
            // The inputs hold years of four digits only.
            let year = day.year().clamp(0, 9999).unsigned_abs();
            self.two_digits(year / 100);
            self.two_digits(year % 100);
            self.buffer.push(b'-');
            self.two_digits(day.month());
            self.buffer.push(b'-');
            self.two_digits(day.day());
        }
        self.buffer.push(b',');
    }

    /// `row 7`, or `segment 9, byte 312` in the quotes that its comma needs.
    pub(super) fn position(&mut self, position: Position) {
        match position {
            Position::Row(row) => {
                self.buffer.extend_from_slice(b"row ");
                self.digits(row);
                self.buffer.push(b',');
            }
            Position::Segment { number, byte } => {
                self.buffer.extend_from_slice(b"\"segment ");
                self.digits(number);
                self.buffer.extend_from_slice(b", byte ");
                self.digits(byte);
                self.buffer.extend_from_slice(b"\",");
            }
        }
    }

    /// Ends the row.
    pub(super) fn end_row(&mut self) -> io::Result<()> {
        self.close();
        if self.buffer.len() >= FLUSH_BYTES { self.hand_on() } else { Ok(()) }
    }

    /// Hands on what is left.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.hand_on()
    }

    fn hand_on(&mut self) -> io::Result<()> {
        if let Some(out) = &mut self.out {
            out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// The comma after the last cell becomes the line end.
    fn close(&mut self) {
        if let Some(last) = self.buffer.last_mut() {
            *last = b'\n';
        }
    }

    fn digits(&mut self, mut value: u64) {
        let mut text = [0_u8; 20];
        let mut start = text.len();
        loop {
            start -= 1;
            text[start] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        self.buffer.extend_from_slice(&text[start..]);
    }

    fn two_digits(&mut self, value: u32) {
        self.buffer.push(b'0' + (value / 10 % 10) as u8);
        self.buffer.push(b'0' + (value % 10) as u8);
    }
}

/// Rows that one thread makes at a time.
const SHARE_ROWS: usize = 1024;
/// Shares that are made for each thread before they are written, while those before them are.
const SHARES: usize = 4;

/// Writes the header and a row for each of `items`, in their order; rows are made on all threads.
pub(super) fn write_rows<T: Sync>(
    out: &mut dyn Write,
    columns: &[&str],
    items: &[T],
    row: impl Fn(&mut CsvRows<'_>, &T) + Sync,
) -> io::Result<()> {
    CsvRows::begin(out, columns)?.finish()?;
    let share = |_, items: &[T]| {
        let mut rows = CsvRows::apart();
        for item in items {
            row(&mut rows, item);
            rows.close();
        }
        rows.buffer
    };
    in_shares(items, share, |rows| out.write_all(&rows))
}

/// Makes something of shares of `items`, on all threads, and hands it on in order. `make` is told
/// how many items stand before its own.
pub(super) fn in_shares<T: Sync, S: Send>(
    items: &[T],
    make: impl Fn(usize, &[T]) -> S + Sync,
    mut take: impl FnMut(S) -> io::Result<()>,
) -> io::Result<()> {
    let at_once = SHARE_ROWS * SHARES * rayon::current_num_threads();
    let mut made: Vec<S> = Vec::new();
    for (number, batch) in items.chunks(at_once).enumerate() {
        let first = number * at_once;
        let mut next = Vec::new();
        // Handing on stays on this thread, which hashes what it writes.
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| {
                let shares = batch.par_chunks(SHARE_ROWS).enumerate();
                let make = |(share, items)| make(first + share * SHARE_ROWS, items);
                shares.map(make).collect_into_vec(&mut next);
            });
            std::mem::take(&mut made).into_iter().try_for_each(&mut take)
        })?;
        made = next;
    }
    made.into_iter().try_for_each(take)
}

/// What is said where rows are wanted that were not kept: a fault of this program.
const NOT_KEPT: &str = "its rows were not kept; this is a fault of peerclaims: please report it";

/// Writes the header and rows that were sorted in temporary files.
pub(super) fn merged(
    out: &mut dyn Write,
    columns: &[&str],
    sorted: Option<&SortedRows>,
) -> io::Result<()> {
    CsvRows::begin(out, columns)?.finish()?;
    sorted.ok_or_else(|| io::Error::other(NOT_KEPT))?.merge(out)
}

/// Texts shorter than this are scanned byte by byte: ids, mostly.
const SHORT_BYTES: usize = 24;

/// Whether RFC 4180 asks for quotes.
fn needs_quotes(bytes: &[u8]) -> bool {
    if bytes.len() < SHORT_BYTES {
        bytes.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
    } else {
        memchr::memchr3(b',', b'"', b'\n', bytes).is_some()
            || memchr::memchr(b'\r', bytes).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::date;

    fn written(fill: impl Fn(&mut CsvRows<'_>)) -> String {
        let mut out = Vec::new();
        let mut rows = CsvRows::begin(&mut out, &["a", "b"]).expect("memory takes it");
        fill(&mut rows);
        rows.end_row().expect("memory takes it");
        rows.finish().expect("memory takes it");
        String::from_utf8(out).expect("UTF-8 in, UTF-8 out")
    }

    #[test]
    fn shares_come_in_order_and_know_what_stands_before_them() {
        let items: Vec<usize> = (0..200 * SHARE_ROWS + 7).collect();
        let mut next = 0;
        let own = |first: usize, items: &[usize]| (first, items.to_vec());
        in_shares(&items, own, |(first, items)| {
            assert_eq!((first, items[0]), (next, next));
            next += items.len();
            Ok(())
        })
        .expect("nothing fails");
        assert_eq!(next, items.len());
        let failed = in_shares(&items, own, |_| Err(io::Error::other("full")));
        assert_eq!(failed.map_err(|error| error.to_string()), Err("full".to_owned()));
    }

    #[test]
    fn texts_are_quoted_where_they_must_be() {
        let text = written(|rows| {
            rows.text("plain text");
            rows.text("a,b");
            rows.text("say \"no\"");
            rows.text("\"");
            rows.text("two\nlines");
            rows.text("");
        });
        let row = "plain text,\"a,b\",\"say \"\"no\"\"\",\"\"\"\",\"two\nlines\",\n";
        assert_eq!(text, format!("a,b\n{row}"));
    }

    #[test]
    fn names_of_files_are_one_line_whatever_they_hold() {
        let text = written(|rows| {
            rows.file_name("claims 2.csv");
            rows.file_name("a\r\nb\u{1b}[31m,é\t");
            rows.file_name("\t=1");
        });
        assert_eq!(text, "a,b\nclaims 2.csv,\"a\\r\\nb\\u{1b}[31m,é\\t\",\\t=1\n");
    }

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        let text = written(|rows| {
            for formula in ["=1+1", "+1", "-5.00", "@SUM(A1)", "\tx", "\rx", "=A,\"B\""] {
                rows.text(formula);
            }
            rows.text("a=b");
            rows.amount(Cents(-500));
        });
        let row = "'=1+1,'+1,'-5.00,'@SUM(A1),'\tx,\"'\rx\",\"'=A,\"\"B\"\"\",a=b,-5.00\n";
        assert_eq!(text, format!("a,b\n{row}"));
    }

    #[test]
    fn numbers_amounts_days_and_positions() {
        let text = written(|rows| {
            rows.number(0);
            rows.number(u64::MAX);
            rows.amount(Cents(7));
            rows.amount(Cents(i64::MIN));
            rows.day(date::parse(b"0000-01-02"));
            rows.day(date::parse(b"99991231"));
            rows.day(None);
            rows.position(Position::Row(12));
            rows.position(Position::Segment { number: 9, byte: 312 });
        });
        let row = "0,18446744073709551615,0.07,-92233720368547758.08,0000-01-02,9999-12-31,,\
                   row 12,\"segment 9, byte 312\"\n";
        assert_eq!(text, format!("a,b\n{row}"));
        assert_eq!(Cents(i64::MIN).to_string(), "-92233720368547758.08");
    }
}
