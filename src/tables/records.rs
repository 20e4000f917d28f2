//! The records of a CSV file with their row numbers, in bounded memory.
//!
//! The `csv` crate passes blank lines over without a word, and its line numbers count the lines
//! inside quotes; a row number here is exact: the header is 1, each record after it counts one, and
//! so does each blank line. The reading is the `csv` crate's (RFC 4180; a quote inside an unquoted
//! field is text; CRLF, LF and CR end a record), which the tests hold by reading the same bytes
//! with both. A record past the limits is left out and said, and reading goes on behind it. A stray
//! quote would take the rows behind it into one record: where a record that goes over several lines
//! by a quote has not the fields of the header, its first line alone is left out, and the lines
//! behind it are read again as records. All this is for records with a quote or a lone CR, and for
//! those that a block of bytes cuts in two; the others are plain rows ([`plain`]).

mod plain;

use plain::PlainRows;
use std::io::{self, Read};

/// The most bytes of a record; a longer one is left out.
pub(super) const MAX_RECORD_BYTES: usize = 16 * 1024 * 1024;
/// The most fields of a record: as many as a spreadsheet has columns. One with more is left out.
pub(super) const MAX_FIELDS: usize = 16_384;
/// A record longer than this is not read again line by line.
const MAX_REREAD_BYTES: usize = 1024 * 1024;
/// How often the bytes of a file may be read again on average, before stray quotes take whole
/// records: else a hostile file could take hours.
const MOST_REREADINGS: u64 = 8;
/// Bytes read at once.
const BLOCK_BYTES: usize = 128 * 1024;

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The next record: its fields are there.
    Record,
    /// A record that cannot be used.
    Fault(RecordFault),
    /// The file ended.
    End,
}

/// Why a record cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordFault {
    /// Over [`MAX_RECORD_BYTES`].
    TooLong,
    /// Over [`MAX_FIELDS`].
    TooManyFields,
    /// The file ended inside quotes, so that later rows may have been taken into this one.
    OpenQuote,
    /// The first line of a record that a quote takes over several, without the fields of a row.
    StrayQuote,
}

impl RecordFault {
    /// The words of the message.
    pub(super) fn reason(self) -> String {
        match self {
            RecordFault::TooLong => {
                format!("longer than {} MiB", MAX_RECORD_BYTES / (1024 * 1024))
            }
            RecordFault::TooManyFields => format!("more than {MAX_FIELDS} fields"),
            RecordFault::OpenQuote => {
                "a quote is opened and never closed; the rows behind it may be part of it"
                    .to_owned()
            }
            RecordFault::StrayQuote => {
                "a quote opens in this row and is not closed where its field should end".to_owned()
            }
        }
    }
}

/// Where in a record the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before its first byte.
    RecordStart,
    /// Before the first byte of a field behind a delimiter.
    FieldStart,
    /// In a field, outside quotes.
    Field,
    /// Inside quotes.
    Quoted,
    /// Behind a quote inside quotes: the end of them, or the first of two that stand for one.
    QuoteInQuoted,
}

/// Reads one record after the other into memory that it uses again.
pub(super) struct RecordReader<R> {
    source: R,
    delimiter: u8,
    block: Box<[u8]>,
    /// The bytes of `block` not yet looked at.
    next: usize,
    filled: usize,
    /// The last record ended with CR: an LF next to it belongs to it.
    after_cr: bool,
    row: u64,
    plain: PlainRows,
    /// The record is a plain row: its fields stand in `block`, with a delimiter between them.
    is_plain: bool,
    /// Else its fields, one behind the other.
    bytes: Vec<u8>,
    /// Where each field ends, in `block` or in `bytes`.
    ends: Vec<usize>,
    fault: Option<RecordFault>,
    /// Fields that a row is to have; `None`: anything goes.
    width: Option<usize>,
    /// Where the record begins in `block`, or 0 if before it.
    start: usize,
    /// What of the record stands in earlier blocks.
    before: Vec<u8>,
    /// A line break stands inside quotes of the record.
    spans_lines: bool,
    /// Text stands behind a closing quote of the record.
    has_text_behind_quote: bool,
    bytes_read: u64,
    bytes_reread: u64,
}

impl<R: Read> RecordReader<R> {
    /// Reads the first bytes; a UTF-8 byte order mark is passed over.
    pub(super) fn new(source: R, delimiter: u8) -> io::Result<RecordReader<R>> {
        RecordReader::with_block(source, delimiter, BLOCK_BYTES)
    }

    fn with_block(source: R, delimiter: u8, block_bytes: usize) -> io::Result<RecordReader<R>> {
        let mut reader = RecordReader {
            source,
            delimiter,
            block: vec![0; block_bytes.max(8)].into(),
            next: 0,
            filled: 0,
            after_cr: false,
            row: 0,
            plain: PlainRows::default(),
            is_plain: false,
            bytes: Vec::new(),
            ends: Vec::new(),
            fault: None,
            width: None,
            start: 0,
            before: Vec::new(),
            spans_lines: false,
            has_text_behind_quote: false,
            bytes_read: 0,
            bytes_reread: 0,
        };
        while reader.filled < 8 {
            let filled = reader.filled;
            let count = read_some(&mut reader.source, &mut reader.block[filled..])?;
            if count == 0 {
                break;
            }
            reader.filled += count;
        }
        if reader.first_bytes().starts_with(b"\xef\xbb\xbf") {
            reader.next = 3;
        }
        Ok(reader)
    }

    /// The bytes that the file begins with, before the first record is read.
    pub(super) fn first_bytes(&self) -> &[u8] {
        &self.block[self.next..self.filled]
    }

    /// Row of the last record: the header is 1, blank lines behind it are counted.
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    /// Fields of the last record.
    pub(super) fn field_count(&self) -> usize {
        self.ends.len()
    }

    /// The field `index` of the last record, without its quotes; empty if there is none.
    pub(super) fn field(&self, index: usize) -> &[u8] {
        let Some(end) = self.ends.get(index) else { return &[] };
        let (text, first, between) = match self.is_plain {
            true => (&self.block[..], self.start, 1),
            false => (&self.bytes[..], 0, 0),
        };
        let start = if index == 0 { first } else { self.ends[index - 1] + between };
        &text[start..*end]
    }

    /// From here on rows have so many fields: records that a stray quote made of several are told
    /// by it.
    pub(super) fn expect_fields(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// The file, when nothing more is to be read.
    pub(super) fn into_source(self) -> R {
        self.source
    }

    /// Reads the next record.
    pub(super) fn read(&mut self) -> io::Result<Event> {
        self.start = self.next;
        let block = &self.block[..self.filled];
        let plain = self.plain.row_at(block, self.start, self.delimiter, &mut self.ends);
        self.is_plain = plain.is_some();
        if let Some(next) = plain {
            (self.next, self.after_cr) = (next, false);
            self.row += 1;
            return Ok(Event::Record);
        }
        self.bytes.clear();
        self.ends.clear();
        self.fault = None;
        self.before.clear();
        (self.spans_lines, self.has_text_behind_quote) = (false, false);
        let mut state = State::RecordStart;
        loop {
            if self.next == self.filled {
                let room = MAX_REREAD_BYTES.saturating_sub(self.before.len());
                let kept = &self.block[self.start..self.filled];
                self.before.extend_from_slice(&kept[..kept.len().min(room + 1)]);
                (self.start, self.next) = (0, 0);
                self.filled = read_some(&mut self.source, &mut self.block)?;
                self.plain.forget();
                self.bytes_read += self.filled as u64;
                if self.filled == 0 {
                    return Ok(self.end_of_file(state));
                }
            }
            if self.step(&mut state) {
                return Ok(self.end_record());
            }
        }
    }

    /// Whether the record looks like several that a stray quote made one.
    fn is_suspect(&self) -> bool {
        let is_open = self.fault == Some(RecordFault::OpenQuote);
        let is_odd = self.width.is_some_and(|width| width != self.ends.len());
        is_open || is_odd || self.has_text_behind_quote
    }

    /// Leaves the first line of the record out, and goes back to the next one. `false`: the record
    /// is of one line, or it is too long to be read again.
    fn give_up(&mut self) -> bool {
        if self.width.is_none() || !self.spans_lines {
            return false;
        }
        let mut record = std::mem::take(&mut self.before);
        record.extend_from_slice(&self.block[self.start..self.next]);
        let bytes = record.len() as u64;
        let is_dear =
            self.bytes_reread + bytes > MOST_REREADINGS * (self.bytes_read + BLOCK_BYTES as u64);
        // Blank lines before it were counted already.
        let text = record.iter().position(|byte| !matches!(byte, b'\n' | b'\r')).unwrap_or(0);
        let Some(line) = record[text..].iter().position(|byte| matches!(byte, b'\n' | b'\r'))
        else {
            return false;
        };
        if record.len() > MAX_REREAD_BYTES || is_dear {
            return false;
        }
        self.bytes_reread += bytes;
        let mut from = text + line + 1;
        self.after_cr = record[from - 1] == b'\r';
        if self.after_cr && record.get(from) == Some(&b'\n') {
            (from, self.after_cr) = (from + 1, false);
        }
        let rest = [&record[from..], &self.block[self.next..self.filled]].concat();
        self.filled = rest.len();
        self.next = 0;
        self.plain.forget();
        if rest.len() > self.block.len() {
            self.block = rest.into();
        } else {
            self.block[..rest.len()].copy_from_slice(&rest);
        }
        self.bytes.clear();
        self.ends.clear();
        self.row += 1;
        true
    }

    /// Takes the next byte, or run of bytes that mean nothing, of the block; `true`: the record
    /// ends.
    fn step(&mut self, state: &mut State) -> bool {
        let byte = self.block[self.next];
        match *state {
            State::RecordStart if byte == b'\n' || byte == b'\r' => self.blank_line(byte),
            State::RecordStart | State::FieldStart | State::Field => {
                self.after_cr = false;
                if byte == b'"' && *state != State::Field {
                    self.next += 1;
                    *state = State::Quoted;
                } else {
                    return self.unquoted(state);
                }
            }
            State::Quoted => {
                let rest = &self.block[self.next..self.filled];
                let run = memchr::memchr(b'"', rest).unwrap_or(rest.len());
                self.spans_lines =
                    self.spans_lines || memchr::memchr2(b'\n', b'\r', &rest[..run]).is_some();
                self.keep(run);
                if self.next < self.filled {
                    self.next += 1;
                    *state = State::QuoteInQuoted;
                }
            }
            State::QuoteInQuoted if byte == b'"' => {
                self.keep(1);
                *state = State::Quoted;
            }
            State::QuoteInQuoted => {
                let is_end = byte == self.delimiter || matches!(byte, b'\n' | b'\r');
                self.has_text_behind_quote |= !is_end;
                return self.unquoted(state);
            }
        }
        false
    }

    /// Takes a run of bytes outside quotes, and the delimiter or line break behind it.
    fn unquoted(&mut self, state: &mut State) -> bool {
        let rest = &self.block[self.next..self.filled];
        let run = memchr::memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
        self.keep(run);
        *state = State::Field;
        if self.next == self.filled {
            return false;
        }
        let byte = self.block[self.next];
        self.next += 1;
        self.end_field();
        if byte == self.delimiter {
            *state = State::FieldStart;
            return false;
        }
        self.after_cr = byte == b'\r';
        true
    }

    /// Passes a line break over that ends no record: a blank line, or the LF of a CRLF.
    fn blank_line(&mut self, byte: u8) {
        self.next += 1;
        let second_half = self.after_cr && byte == b'\n';
        self.after_cr = byte == b'\r';
        // Blank lines before the header count nothing: the header is row 1.
        if !second_half && self.row > 0 {
            self.row += 1;
        }
    }

    /// Appends the next `count` bytes of the block to the field.
    fn keep(&mut self, count: usize) {
        let run = &self.block[self.next..self.next + count];
        self.next += count;
        if self.bytes.len() + run.len() > MAX_RECORD_BYTES {
            self.fault = self.fault.or(Some(RecordFault::TooLong));
        }
        if self.fault.is_none() {
            self.bytes.extend_from_slice(run);
        }
    }

    fn end_field(&mut self) {
        if self.ends.len() == MAX_FIELDS {
            self.fault = self.fault.or(Some(RecordFault::TooManyFields));
        }
        if self.fault.is_none() {
            self.ends.push(self.bytes.len());
        }
    }

    fn end_record(&mut self) -> Event {
        if self.is_suspect() && self.give_up() {
            return Event::Fault(RecordFault::StrayQuote);
        }
        self.row += 1;
        match self.fault {
            None => Event::Record,
            Some(fault) => {
                // What a monster took is given back.
                self.bytes = Vec::new();
                self.ends = Vec::new();
                Event::Fault(fault)
            }
        }
    }

    fn end_of_file(&mut self, state: State) -> Event {
        match state {
            State::RecordStart => return Event::End,
            State::Quoted => self.fault = self.fault.or(Some(RecordFault::OpenQuote)),
            State::FieldStart | State::Field | State::QuoteInQuoted => self.end_field(),
        }
        self.end_record()
    }
}

/// One read, begun again if a signal broke it.
fn read_some(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests;
