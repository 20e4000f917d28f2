//! The records of a CSV file with their row numbers, in bounded memory.
//!
//! The `csv` crate passes blank lines over without a word, and its line numbers count the lines
//! inside quotes; a row number here is exact: the header is 1, each record after it counts one, and
//! so does each blank line. The reading is the `csv` crate's (RFC 4180; a quote inside an unquoted
//! field is text; CRLF, LF and CR end a record), which the tests hold by reading the same bytes
//! with both. A record past the limits is left out and said, and reading goes on behind it.

use std::io::{self, Read};

/// The most bytes of a record; a longer one is left out.
pub(super) const MAX_RECORD_BYTES: usize = 16 * 1024 * 1024;
/// The most fields of a record: as many as a spreadsheet has columns. One with more is left out.
pub(super) const MAX_FIELDS: usize = 16_384;
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
    /// The fields of the record, one behind the other.
    bytes: Vec<u8>,
    /// Where each field ends in `bytes`.
    ends: Vec<usize>,
    fault: Option<RecordFault>,
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
            bytes: Vec::new(),
            ends: Vec::new(),
            fault: None,
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
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start..*end]
    }

    /// The file, when nothing more is to be read.
    pub(super) fn into_source(self) -> R {
        self.source
    }

    /// Reads the next record.
    pub(super) fn read(&mut self) -> io::Result<Event> {
        self.bytes.clear();
        self.ends.clear();
        self.fault = None;
        let mut state = State::RecordStart;
        loop {
            if self.next == self.filled {
                self.next = 0;
                self.filled = read_some(&mut self.source, &mut self.block)?;
                if self.filled == 0 {
                    return Ok(self.end_of_file(state));
                }
            }
            if self.step(&mut state) {
                return Ok(self.end_record());
            }
        }
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
            State::QuoteInQuoted => return self.unquoted(state),
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
mod tests {
    use super::*;

    type Rows = Vec<(u64, Vec<Vec<u8>>)>;

    fn read_all(text: &[u8], block_bytes: usize) -> (Rows, Vec<(u64, RecordFault)>) {
        let mut reader = RecordReader::with_block(text, b',', block_bytes).expect("memory reads");
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        loop {
            match reader.read().expect("memory reads") {
                Event::End => return (rows, faults),
                Event::Fault(fault) => faults.push((reader.row(), fault)),
                Event::Record => {
                    let fields = 0..reader.field_count();
                    let fields = fields.map(|index| reader.field(index).to_vec()).collect();
                    rows.push((reader.row(), fields));
                }
            }
        }
    }

    fn row_numbers(text: &str) -> Vec<u64> {
        read_all(text.as_bytes(), BLOCK_BYTES).0.into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn rows_count_blank_lines_but_not_the_lines_inside_quotes() {
        assert_eq!(row_numbers("h\na\n\nb\n\n\nc"), [1, 2, 4, 7]);
        assert_eq!(row_numbers("h\r\na\r\n\r\nb\r\n"), [1, 2, 4]);
        assert_eq!(row_numbers("h\ra\r\rb"), [1, 2, 4]);
        assert_eq!(row_numbers("h\n\"a\n\n\nb\"\nc\n\nd\n"), [1, 2, 3, 5]);
        assert_eq!(row_numbers("\n\nh\na"), [1, 2]);
        assert_eq!(row_numbers("\u{feff}\"h\"\n\u{feff}a"), [1, 2]);
        assert_eq!(row_numbers("\n\r\n"), [0_u64; 0]);
    }

    /// Every text of six of these bytes, read by us in blocks of any size and by the `csv` crate.
    #[test]
    fn reads_as_the_csv_crate_does() {
        const LETTERS: &[u8] = b"a,\"\n\r";
        for number in 0..LETTERS.len().pow(6) {
            let text: Vec<u8> =
                (0..6).map(|place| LETTERS[number / LETTERS.len().pow(place) % 5]).collect();
            let long = [b"x,y\n12345678\n".as_slice(), &text, b"z\n"].concat();
            for text in [text, long] {
                let (rows, faults) = read_all(&text, 8);
                assert_eq!((&rows, &faults), (&read_all(&text, 4096).0, &faults));
                let mut builder = csv::ReaderBuilder::new();
                let mut other = builder.has_headers(false).flexible(true).from_reader(&text[..]);
                let mut theirs: Vec<Vec<Vec<u8>>> = other
                    .byte_records()
                    .map(|record| record.expect("memory reads").iter().map(Into::into).collect())
                    .collect();
                if !faults.is_empty() {
                    theirs.pop(); // a quote that is never closed: the crate takes it as it is
                }
                let ours: Vec<_> = rows.into_iter().map(|(_, fields)| fields).collect();
                assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
            }
        }
    }

    #[test]
    fn records_past_the_limits_are_left_out_and_reading_goes_on() {
        let long = "x".repeat(MAX_RECORD_BYTES + 1);
        let wide = ",".repeat(100_000);
        let text = format!("h\n\"{long}\n\"\na\n{wide}\nb\n\"open\nc\n");
        let (rows, faults) = read_all(text.as_bytes(), BLOCK_BYTES);
        assert_eq!(rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [1, 3, 5]);
        let expected = [
            (2, RecordFault::TooLong),
            (4, RecordFault::TooManyFields),
            (6, RecordFault::OpenQuote),
        ];
        assert_eq!(faults, expected);
        let just = format!("h\n{}\n", "x".repeat(MAX_RECORD_BYTES));
        assert_eq!(read_all(just.as_bytes(), BLOCK_BYTES).0.len(), 2);
    }
}
