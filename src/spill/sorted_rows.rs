//! Rows that are sorted a run at a time, and merged when they are written out.

use super::{StreamReader, Streams, TempSpace};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::{self, Write};

/// The most bytes of a key.
pub const KEY_BYTES: usize = 32;

/// Where a row belongs: rows are written in the order of these bytes; of equal ones, an earlier run
/// comes first, and within a run they stay as they are.
pub type Key = [u8; KEY_BYTES];

/// Bytes of a run that stand together in the file, and are held while it is written or read.
const CHUNK_BYTES: usize = 16 << 10;
const LENGTH_BYTES: usize = 4;
/// Bytes of rows that are handed on together.
const WRITE_BYTES: usize = 256 << 10;

/// Sorted runs of rows in one temporary file.
pub struct SortedRows {
    runs: Streams,
    /// Bytes of a key that differ; those behind them are zeros.
    key_bytes: usize,
    /// The run that is being written, if one is, and its last key.
    open: Option<(usize, Key)>,
}

/// Some rows of a run, one after the other, as they stand in the file.
pub struct RowShare {
    bytes: Vec<u8>,
    key_bytes: usize,
    /// Of the first row and of the last.
    keys: Option<(Key, Key)>,
}

/// The next row of a run. Of a key, the numbers of its halves: they compare as its bytes do.
type Next = Reverse<([u128; 2], usize)>;

impl SortedRows {
    /// No runs yet; keys are `key_bytes` long, and zeros behind that.
    pub fn new(space: &TempSpace, key_bytes: usize) -> io::Result<SortedRows> {
        Ok(SortedRows { runs: Streams::new(space, 0, CHUNK_BYTES)?, key_bytes, open: None })
    }

    /// Bytes of a key that differ.
    pub fn key_bytes(&self) -> usize {
        self.key_bytes
    }

    /// Adds rows to the run; their keys are not below those before them.
    pub fn append(&mut self, share: &RowShare) -> io::Result<()> {
        let Some((first, last)) = share.keys else { return Ok(()) };
        let run = match self.open {
            Some((run, before)) => {
                debug_assert!(before <= first, "a run is sorted");
                run
            }
            None => self.runs.add(),
        };
        self.open = Some((run, last));
        self.runs.write(run, &share.bytes)
    }

    /// The next row begins a new run.
    pub fn end_run(&mut self) -> io::Result<()> {
        match self.open.take() {
            Some((run, _)) => self.runs.end(run),
            None => Ok(()),
        }
    }

    /// Writes all rows, sorted; all runs are ended.
    pub fn merge(&self, out: &mut dyn Write) -> io::Result<()> {
        let reader = |run| RunReader { reader: self.runs.read(run), key_bytes: self.key_bytes };
        let mut readers: Vec<RunReader<'_>> = (0..self.runs.len()).map(reader).collect();
        let mut next: BinaryHeap<Next> = BinaryHeap::with_capacity(readers.len());
        for (run, reader) in readers.iter_mut().enumerate() {
            next.extend(reader.key()?.map(|key| Reverse((key, run))));
        }
        let mut rows = Vec::with_capacity(WRITE_BYTES);
        while let Some(mut first) = next.peek_mut() {
            let Reverse((_, run)) = *first;
            rows.extend_from_slice(readers[run].row()?);
            if rows.len() >= WRITE_BYTES {
                out.write_all(&rows)?;
                rows.clear();
            }
            match readers[run].key()? {
                Some(key) => *first = Reverse((key, run)),
                None => {
                    PeekMut::pop(first);
                }
            }
        }
        out.write_all(&rows)
    }
}

impl RowShare {
    /// No rows yet. Shares of a run may be filled beside each other, and are added in order.
    pub fn of(key_bytes: usize) -> RowShare {
        RowShare { bytes: Vec::new(), key_bytes, keys: None }
    }

    /// Adds a row; its key is not below that of the row before.
    pub fn push(&mut self, key: &Key, row: &[u8]) {
        let first = match self.keys {
            Some((first, last)) => {
                debug_assert!(last <= *key, "a run is sorted");
                first
            }
            None => *key,
        };
        debug_assert!(key[self.key_bytes..].iter().all(|byte| *byte == 0), "the key is too long");
        self.keys = Some((first, *key));
        self.bytes.extend_from_slice(&key[..self.key_bytes]);
        self.bytes.extend_from_slice(&(row.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(row);
    }
}

struct RunReader<'r> {
    reader: StreamReader<'r>,
    key_bytes: usize,
}

impl RunReader<'_> {
    /// The key of the next row, which is asked for next.
    fn key(&mut self) -> io::Result<Option<[u128; 2]>> {
        let Some(bytes) = self.reader.next(self.key_bytes)? else { return Ok(None) };
        let mut key: Key = [0; KEY_BYTES];
        key[..bytes.len()].copy_from_slice(bytes);
        let halves = key.as_chunks().0;
        Ok(Some([u128::from_be_bytes(halves[0]), u128::from_be_bytes(halves[1])]))
    }

    /// The row whose key was given last.
    fn row(&mut self) -> io::Result<&[u8]> {
        let mut length = [0; LENGTH_BYTES];
        if !self.reader.fill(&mut length)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let row = self.reader.next(u32::from_le_bytes(length) as usize)?;
        row.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Key {
        let mut key = [0; KEY_BYTES];
        key[3] = number;
        key
    }

    #[test]
    fn runs_are_merged_and_equals_keep_their_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut rows = SortedRows::new(&TempSpace::on(folder.path()), 6).expect("a file");
        let push = |rows: &mut SortedRows, number, row: &[u8]| {
            let mut share = RowShare::of(rows.key_bytes());
            share.push(&key(number), row);
            rows.append(&share).expect("written");
        };
        for run in [vec![(1, "a"), (4, "b"), (4, "c")], vec![], vec![(2, ""), (4, "d"), (9, "e")]] {
            for (number, row) in run {
                push(&mut rows, number, format!("{number}{row}\n").as_bytes());
            }
            rows.end_run().expect("written");
        }
        // Longer than a chunk.
        push(&mut rows, 3, &[b'x'; 3 * CHUNK_BYTES]);
        rows.end_run().expect("written");
        let mut out = Vec::new();
        rows.merge(&mut out).expect("read");
        let long = "x".repeat(3 * CHUNK_BYTES);
        assert_eq!(String::from_utf8_lossy(&out), format!("1a\n2\n{long}4b\n4c\n4d\n9e\n"));
    }

    #[test]
    fn no_run_is_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let rows = SortedRows::new(&TempSpace::on(folder.path()), KEY_BYTES).expect("a file");
        let mut out = Vec::new();
        rows.merge(&mut out).expect("read");
        assert!(out.is_empty());
    }
}
