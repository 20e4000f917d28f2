//! Where the fields and rows of a text end (elements and segments, in X12), found 64 bytes at a
//! time.
//!
//! A field of a claim CSV, or an element, is six bytes long on the average. Searching for the end
//! of each one costs more than reading it. So 64 bytes are compared with what ends a field or a row
//! at once, which makes one number, of which each bit that is set is an end. Of rows, whose fields
//! are looked up by number, the ends of a whole piece of text are written down; segments, of which
//! few elements are looked at, are read from the bits themselves ([`crate::x12::segment`]).

use wide::u8x32;

/// Bytes of a short field and of a short row, with their ends.
const USUAL_FIELD_BYTES: usize = 4;
const USUAL_ROW_BYTES: usize = 16;
const ROW_END: u8 = b'\n';
/// Bytes compared at once: a bit each in a number of 64.
pub const WORD_BYTES: usize = 64;
/// Ends that are written at once, whether they are there or not: asking for each whether it is
/// would cost more.
const BATCH: usize = 8;
const _: () = assert!(WORD_BYTES.is_multiple_of(BATCH));

/// Where `byte` stands among the first 64 bytes of `text`: a bit each, the lowest first.
#[inline(always)]
pub fn places_of(byte: u8, text: &[u8]) -> u64 {
    let Some(step) = text.first_chunk::<WORD_BYTES>() else {
        let places = text.iter().enumerate();
        return places.fold(0, |bits, (at, found)| bits | u64::from(*found == byte) << at);
    };
    let wanted = u8x32::splat(byte);
    let halves = step.as_chunks::<32>().0.iter().map(|half| u8x32::new(*half).simd_eq(wanted));
    halves.rev().fold(0, |bits, half| bits << 32 | u64::from(half.to_bitmask()))
}

/// The ends of the fields and rows of one piece of text. Memory is used again from piece to piece.
#[derive(Default)]
pub struct Separators {
    /// Place of each end of a field and of each end of a row, in order.
    ends: Places,
    /// Of each row, how many ends there are up to its own, which is one of them.
    rows: Places,
}

/// A list of numbers with room behind its end, which is written over.
#[derive(Default)]
struct Places {
    /// The numbers, and zeros or numbers of a text before.
    room: Vec<u32>,
    count: usize,
}

impl Places {
    /// Empties the list, and makes room for `count`.
    fn begin(&mut self, count: usize) {
        self.count = 0;
        if self.room.len() < count + WORD_BYTES {
            // Nothing of it is to be kept. A little more, as the next text may be a little longer.
            self.room = Vec::new();
            self.room = vec![0; count + count / 8 + WORD_BYTES];
        }
    }

    /// Room for the numbers of one step. Where it is short, it grows to what the whole text needs
    /// if it goes on like the part of it before `done` of `length`: growing twice as large again
    /// and again would take more than that, and copy it as often.
    #[inline]
    fn step(&mut self, done: usize, length: usize) -> &mut [u32; WORD_BYTES] {
        if self.room.len() < self.count + WORD_BYTES {
            self.make_room(done, length);
        }
        let (_, free) = self.room.split_at_mut(self.count);
        free.first_chunk_mut().expect("room for a step was made")
    }

    #[cold]
    fn make_room(&mut self, done: usize, length: usize) {
        let expected = (self.count as u64 * length as u64 / done.max(1) as u64) as usize;
        let wanted = expected.max(self.count * 5 / 4).min(length) + 2 * WORD_BYTES;
        self.room.reserve_exact(wanted - self.room.len());
        self.room.resize(wanted, 0);
    }

    fn as_slice(&self) -> &[u32] {
        &self.room[..self.count]
    }
}

/// One row of plain text.
#[derive(Clone, Copy)]
pub struct PlainRow<'t, 's> {
    text: &'t [u8],
    start: usize,
    ends: &'s [u32],
}

impl Separators {
    /// Finds those of `text`: `delimiter` ends a field, a line feed a row. `text` is at most 4 GiB,
    /// as every block is; a last row without an end ends with the text.
    pub fn find(&mut self, text: &[u8], delimiter: u8) {
        // More than most texts have; growing step by step would copy all of it again and again.
        self.ends.begin(text.len() / USUAL_FIELD_BYTES);
        self.rows.begin(text.len() / USUAL_ROW_BYTES);
        for (number, step) in text.chunks(WORD_BYTES).enumerate() {
            let of_rows = places_of(ROW_END, step);
            let any = places_of(delimiter, step) | of_rows;
            self.note(number * WORD_BYTES, text.len(), any, of_rows);
        }
        if text.last().is_some_and(|last| *last != ROW_END) {
            self.ends.step(text.len(), text.len())[0] = text.len() as u32;
            self.ends.count += 1;
            self.rows.step(text.len(), text.len())[0] = self.ends.count as u32;
            self.rows.count += 1;
        }
    }

    /// Notes the ends among 64 bytes from `base` on, of a text of `length`: a bit each of `any`,
    /// and of `of_rows` those that end a row.
    #[inline]
    fn note(&mut self, base: usize, length: usize, mut any: u64, mut of_rows: u64) {
        let before = self.ends.count as u32;
        let rows = self.rows.step(base, length);
        let mut count = 0;
        while of_rows != 0 {
            let bit = of_rows & of_rows.wrapping_neg();
            rows[count] = before + (any & (bit - 1)).count_ones() + 1;
            of_rows ^= bit;
            count += 1;
        }
        self.rows.count += count;
        let ends = self.ends.step(base, length);
        let count = any.count_ones() as usize;
        for batch in ends.as_chunks_mut::<BATCH>().0.iter_mut().take(count.div_ceil(BATCH)) {
            for place in batch {
                // Where no bit is left, what is written is nothing that is looked at.
                *place = base as u32 + (any | 1 << (WORD_BYTES - 1)).trailing_zeros();
                any &= any.wrapping_sub(1);
            }
        }
        self.ends.count += count;
    }

    /// Bytes that it holds, used or not.
    pub fn capacity_bytes(&self) -> usize {
        (self.ends.room.len() + self.rows.room.len()) * size_of::<u32>()
    }

    /// The ends of row `number`, the last of them its own, if there is such a row; `before` are all
    /// ends before it.
    pub fn ends_of(&self, number: usize, before: usize) -> Option<&[u32]> {
        self.ends.as_slice().get(before..*self.rows.as_slice().get(number)? as usize)
    }

    /// The rows of `text`, blank ones too; it is the text that was searched.
    pub fn rows<'t, 's>(&'s self, text: &'t [u8]) -> impl Iterator<Item = PlainRow<'t, 's>> {
        let (mut start, mut first) = (0, 0);
        let all = self.ends.as_slice();
        self.rows.as_slice().iter().map(move |upto| {
            let ends = &all[first..*upto as usize];
            let row = PlainRow { text, start, ends };
            first = *upto as usize;
            start = row.end() + 1;
            row
        })
    }
}

impl<'t> PlainRow<'t, '_> {
    /// Where it begins in the text.
    pub fn start(self) -> usize {
        self.start
    }

    /// Where its line end stands.
    fn end(self) -> usize {
        // A row has one end at least: its own.
        self.ends.last().map_or(self.start, |end| *end as usize)
    }

    /// Its bytes, without the line end.
    pub fn bytes(self) -> &'t [u8] {
        let bytes = &self.text[self.start..self.end()];
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }

    /// Its bytes, with the line end that it has.
    pub fn with_line_end(self) -> &'t [u8] {
        &self.text[self.start..self.text.len().min(self.end() + 1)]
    }

    /// How many fields it has.
    pub fn count(self) -> usize {
        self.ends.len()
    }

    /// A field; the last one with the CR of its line end, if there is one.
    #[inline]
    pub fn get(self, index: usize) -> Option<&'t [u8]> {
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => self.ends[before] as usize + 1,
            None => self.start,
        };
        self.text.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as their fields, found the plain way.
    fn plainly(text: &str) -> Vec<Vec<&str>> {
        let mut rows: Vec<&str> = text.split('\n').collect();
        if text.is_empty() || text.ends_with('\n') {
            rows.pop();
        }
        rows.into_iter().map(|row| row.split(';').collect()).collect()
    }

    #[test]
    fn fields_are_those_that_splitting_gives() {
        let mut separators = Separators::default();
        let mut state = 1_u64;
        for length in 0..400 {
            let text: String = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    ["a", ",", ";", "\n", "bc"][(state >> 33) as usize % 5]
                })
                .collect();
            separators.find(text.as_bytes(), b';');
            let rows: Vec<Vec<&str>> = separators
                .rows(text.as_bytes())
                .map(|row| {
                    let fields = (0..row.count()).filter_map(|index| row.get(index));
                    fields.map(|field| std::str::from_utf8(field).expect("ASCII")).collect()
                })
                .collect();
            assert_eq!(rows, plainly(&text), "{text:?}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_ends_takes_no_more_than_they_do() {
        let text = vec![b'\n'; 1 << 20];
        let mut separators = Separators::default();
        separators.find(&text, b',');
        assert_eq!(separators.rows(&text).count(), text.len());
        let needed = text.len() * 2 * size_of::<u32>();
        assert!(separators.capacity_bytes() < needed + needed / 100);
    }
}
