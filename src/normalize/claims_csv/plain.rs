//! The plain path: rows of a block without a quote, split by hand and only as far as needed.

use super::cutter::MAX_ROW_BYTES;
use super::row::RowReader;
use crate::model::LocalPosition;
use memchr::{memchr, memchr_iter};

/// Reads the rows of `bytes`; returns how many there are, blank ones counted.
pub fn read<'a, 'w: 'a>(bytes: &'a [u8], reader: &mut RowReader<'a, 'w>) -> u64 {
    let (delimiter, deciding) = (reader.columns().delimiter, reader.columns().deciding);
    let mut fields: Vec<&'a [u8]> = Vec::with_capacity(reader.columns().width);
    let mut start = 0;
    let mut number = 0;
    while start < bytes.len() {
        let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |step| start + step);
        let row = bytes[start..end].strip_suffix(b"\r").unwrap_or(&bytes[start..end]);
        let at = LocalPosition { number, byte: start as u32 };
        start = end + 1;
        number += 1;
        if row.is_empty() {
            reader.blank();
            continue;
        }
        if row.len() > MAX_ROW_BYTES {
            reader.too_long(at);
            continue;
        }
        fields.clear();
        let rest = split(row, delimiter, deciding, &mut fields);
        if reader.matters(&fields, at) {
            if let Some(rest) = rest {
                split(rest, delimiter, usize::MAX, &mut fields);
            }
            reader.take(&fields, at);
        }
    }
    reader.count_lines(independent_rows(bytes));
    u64::from(number)
}

/// Splits fields off `row` until there are `upto`; returns what is left, if anything is.
fn split<'a>(
    row: &'a [u8],
    delimiter: u8,
    upto: usize,
    fields: &mut Vec<&'a [u8]>,
) -> Option<&'a [u8]> {
    let mut start = 0;
    for end in memchr_iter(delimiter, row) {
        fields.push(&row[start..end]);
        start = end + 1;
        if fields.len() >= upto {
            return Some(&row[start..]);
        }
    }
    fields.push(&row[start..]);
    None
}

/// Line ends of the block, and a last row without one: a count apart from the loop above.
fn independent_rows(bytes: &[u8]) -> u64 {
    let ends = memchr_iter(b'\n', bytes).count() as u64;
    ends + u64::from(!bytes.is_empty() && !bytes.ends_with(b"\n"))
}
