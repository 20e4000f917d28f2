//! Blocks that hold a quote: the `csv` crate reads them.

use super::cutter::MAX_ROW_BYTES;
use super::row::RowReader;
use crate::model::LocalPosition;
use csv::{ByteRecord, ReaderBuilder, Terminator};
use std::borrow::Cow;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads the rows of `bytes`; returns how many there are, blank ones counted.
pub fn read<'a, 'w: 'a>(bytes: &[u8], reader: &mut RowReader<'a, 'w>) -> u64 {
    // The crate takes a byte order mark off what it reads first. That of the file went with its
    // header; one that stands in a row is the row's, wherever a block begins. In one piece: behind
    // a mark alone, the crate would see the end.
    let (input, lead) = match bytes.starts_with(BYTE_ORDER_MARK) {
        true => (Cow::Owned([BYTE_ORDER_MARK, bytes].concat()), BYTE_ORDER_MARK.len()),
        false => (Cow::Borrowed(bytes), 0),
    };
    let mut rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(reader.columns().delimiter)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(&*input);
    let mut record = ByteRecord::new();
    let mut number = 0_u32;
    let mut count = 0;
    let mut at_byte = 0;
    // Reading from memory fails on nothing that a flexible byte reader does not accept.
    while rows.read_byte_record(&mut record).unwrap_or(false) {
        let blank = blank_rows(&bytes[at_byte..]);
        for _ in 0..blank.rows {
            reader.blank();
        }
        number += blank.rows;
        let at = LocalPosition { number, byte: (at_byte + blank.bytes) as u32 };
        at_byte = rows.position().byte() as usize - lead;
        number += 1;
        count += 1;
        let fields: Vec<&[u8]> = record.iter().collect();
        if fields == [b"\r"] {
            reader.blank();
            continue;
        }
        if at_byte - at.byte as usize > MAX_ROW_BYTES + 1 {
            reader.too_long(at);
            continue;
        }
        reader.detached(fields.as_slice(), at);
    }
    let trailing = blank_rows(&bytes[at_byte.min(bytes.len())..]).rows;
    for _ in 0..trailing {
        reader.blank();
    }
    reader.count_lines(u64::from(number + trailing));
    debug_assert!(count <= number);
    u64::from(number + trailing)
}

struct BlankRows {
    rows: u32,
    bytes: usize,
}

/// The blank rows that `bytes` begins with, which the `csv` crate skips.
fn blank_rows(bytes: &[u8]) -> BlankRows {
    let mut blank = BlankRows { rows: 0, bytes: 0 };
    while bytes.get(blank.bytes) == Some(&b'\n') {
        blank.rows += 1;
        blank.bytes += 1;
    }
    blank
}
