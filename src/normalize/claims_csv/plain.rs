//! The plain path: rows of a block without a quote, whose fields end wherever a delimiter stands.

use super::cutter::MAX_ROW_BYTES;
use super::row::RowReader;
use crate::model::LocalPosition;
use crate::source::separators::{PlainRow, Separators};
use memchr::{memchr, memchr_iter, memrchr};

/// Bytes searched for separators at once: they and what is found stay in the nearest cache.
const PIECE_BYTES: usize = 32 * 1024;

/// Reads the rows of `bytes`; returns how many there are, blank ones counted.
pub fn read<'a, 'w: 'a>(bytes: &'a [u8], reader: &mut RowReader<'a, 'w>) -> u64 {
    let mut number = 0;
    each_row(bytes, reader.columns().delimiter, |row, start| {
        let at = LocalPosition { number, byte: start as u32 };
        number += 1;
        let text = row.bytes();
        if text.is_empty() {
            reader.blank();
        } else if text.len() > MAX_ROW_BYTES {
            reader.too_long(at);
        } else {
            reader.row(row, at);
        }
    });
    reader.count_lines(independent_rows(bytes));
    u64::from(number)
}

/// Gives the rows of `bytes` in order, blank ones too, each with its first byte.
pub(super) fn each_row<'a>(
    bytes: &'a [u8],
    delimiter: u8,
    mut each: impl FnMut(PlainRow<'a, '_>, usize),
) {
    let mut separators = Separators::default();
    let mut start = 0;
    while start < bytes.len() {
        let piece = &bytes[start..piece_end(bytes, start)];
        separators.find(piece, delimiter);
        for row in separators.rows(piece) {
            each(row, start + row.start());
        }
        start += piece.len();
    }
}

/// Where the piece that begins at `start` ends: behind a line end, or with the text.
fn piece_end(bytes: &[u8], start: usize) -> usize {
    let usual = bytes.len().min(start + PIECE_BYTES);
    if usual == bytes.len() {
        return usual;
    }
    if let Some(last) = memrchr(b'\n', &bytes[start..usual]) {
        return start + last + 1;
    }
    memchr(b'\n', &bytes[usual..]).map_or(bytes.len(), |step| usual + step + 1)
}

/// Line ends of the block, and a last row without one: a count apart from the loop above.
fn independent_rows(bytes: &[u8]) -> u64 {
    let ends = memchr_iter(b'\n', bytes).count() as u64;
    ends + u64::from(!bytes.is_empty() && !bytes.ends_with(b"\n"))
}
