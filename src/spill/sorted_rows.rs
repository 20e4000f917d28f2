//! Rows that are sorted a run at a time, and merged when they are written out.

use super::{StreamReader, Streams, TempSpace};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// Where a row belongs: rows are written in the order of these bytes; of equal ones, an earlier run
/// comes first, and within a run they stay as they are.
pub type Key = [u8; KEY_BYTES];

/// Bytes of a run that stand together in the file, and are held while it is written or read.
const CHUNK_BYTES: usize = 16 << 10;

/// Sorted runs of rows in one temporary file.
pub struct SortedRows {
    runs: Streams,
    /// The run that is being written, if one is.
    open: Option<(usize, Key)>,
}

/// The next row of a run.
type Next = Reverse<(Key, usize)>;

impl SortedRows {
    /// No runs yet.
    pub fn new(space: &TempSpace) -> io::Result<SortedRows> {
        Ok(SortedRows { runs: Streams::new(space, 0, CHUNK_BYTES)?, open: None })
    }

    /// Adds a row to the run; its key is not below those before it.
    pub fn push(&mut self, key: &Key, row: &[u8]) -> io::Result<()> {
        let run = match self.open {
            Some((run, last)) => {
                debug_assert!(last <= *key, "a run is sorted");
                run
            }
            None => self.runs.add(),
        };
        self.open = Some((run, *key));
        self.runs.write(run, key)?;
        self.runs.write(run, &(row.len() as u32).to_le_bytes())?;
        self.runs.write(run, row)
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
        let mut readers: Vec<RunReader<'_>> =
            (0..self.runs.len()).map(|run| RunReader::of(self.runs.read(run))).collect();
        let mut next: BinaryHeap<Next> = BinaryHeap::with_capacity(readers.len());
        for (run, reader) in readers.iter_mut().enumerate() {
            next.extend(reader.next()?.map(|key| Reverse((key, run))));
        }
        while let Some(mut first) = next.peek_mut() {
            let Reverse((_, run)) = *first;
            let reader = &mut readers[run];
            out.write_all(&reader.row)?;
            match reader.next()? {
                Some(key) => *first = Reverse((key, run)),
                None => {
                    std::collections::binary_heap::PeekMut::pop(first);
                }
            }
        }
        Ok(())
    }
}

struct RunReader<'r> {
    reader: StreamReader<'r>,
    row: Vec<u8>,
}

impl<'r> RunReader<'r> {
    fn of(reader: StreamReader<'r>) -> RunReader<'r> {
        RunReader { reader, row: Vec::new() }
    }

    /// Takes the next row, and gives its key.
    fn next(&mut self) -> io::Result<Option<Key>> {
        let mut key = [0; KEY_BYTES];
        if !self.reader.fill(&mut key)? {
            return Ok(None);
        }
        let mut length = [0; 4];
        let is_whole = self.reader.fill(&mut length)?;
        self.row.resize(u32::from_le_bytes(length) as usize, 0);
        if !is_whole || !self.reader.fill(&mut self.row)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(key))
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
        let mut rows = SortedRows::new(&TempSpace::on(folder.path())).expect("a file");
        for run in [vec![(1, "a"), (4, "b"), (4, "c")], vec![], vec![(2, ""), (4, "d"), (9, "e")]] {
            for (number, row) in run {
                rows.push(&key(number), format!("{number}{row}\n").as_bytes()).expect("written");
            }
            rows.end_run().expect("written");
        }
        // Longer than a chunk.
        rows.push(&key(3), &[b'x'; 3 * CHUNK_BYTES]).expect("written");
        rows.end_run().expect("written");
        let mut out = Vec::new();
        rows.merge(&mut out).expect("read");
        let long = "x".repeat(3 * CHUNK_BYTES);
        assert_eq!(String::from_utf8_lossy(&out), format!("1a\n2\n{long}4b\n4c\n4d\n9e\n"));
    }

    #[test]
    fn no_run_is_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let rows = SortedRows::new(&TempSpace::on(folder.path())).expect("a file");
        let mut out = Vec::new();
        rows.merge(&mut out).expect("read");
        assert!(out.is_empty());
    }
}
