//! Many streams of bytes in one file: each grows in chunks that stand wherever the file ended.
//!
//! One file and not one a stream, so that thousands of streams need no more open files than one.

use super::TempSpace;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Bytes of a stream that follow each other in the file.
#[derive(Clone, Copy)]
struct Chunk {
    at: u64,
    bytes: u32,
}

/// One stream.
#[derive(Default)]
struct Stream {
    chunks: Vec<Chunk>,
    bytes: u64,
    /// What is not in the file yet.
    open: Vec<u8>,
}

/// The streams of one temporary file.
pub struct Streams {
    space: TempSpace,
    file: File,
    end: u64,
    chunk_bytes: usize,
    streams: Vec<Stream>,
}

impl Streams {
    /// `count` empty streams; each keeps up to `chunk_bytes` in memory until [`Streams::flush`].
    pub fn new(space: &TempSpace, count: usize, chunk_bytes: usize) -> io::Result<Streams> {
        let streams = (0..count).map(|_| Stream::default()).collect();
        let file = space.file()?;
        Ok(Streams { space: space.clone(), file, end: 0, chunk_bytes, streams })
    }

    /// One stream more; gives its number.
    pub fn add(&mut self) -> usize {
        self.streams.push(Stream::default());
        self.streams.len() - 1
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Bytes of a stream.
    pub fn bytes(&self, stream: usize) -> u64 {
        self.streams[stream].bytes
    }

    /// Appends to a stream.
    pub fn write(&mut self, stream: usize, bytes: &[u8]) -> io::Result<()> {
        let own = &mut self.streams[stream];
        own.bytes += bytes.len() as u64;
        own.open.extend_from_slice(bytes);
        if own.open.len() >= self.chunk_bytes { self.put(stream) } else { Ok(()) }
    }

    /// Writes what is held back, and gives its memory back: a stream is read only after it.
    pub fn flush(&mut self) -> io::Result<()> {
        for stream in 0..self.streams.len() {
            self.end(stream)?;
        }
        Ok(())
    }

    /// [`Streams::flush`] of one stream.
    pub fn end(&mut self, stream: usize) -> io::Result<()> {
        self.put(stream)?;
        self.streams[stream].open = Vec::new();
        Ok(())
    }

    /// Reads a stream from its beginning.
    pub fn read(&self, stream: usize) -> StreamReader<'_> {
        let chunks = self.streams[stream].chunks.iter();
        StreamReader { file: &self.file, chunks, buffer: Vec::new(), taken: 0, filled: 0 }
    }

    fn put(&mut self, stream: usize) -> io::Result<()> {
        let own = &mut self.streams[stream];
        self.file.write_all_at(&own.open, self.end)?;
        self.space.note(own.open.len());
        // What is written at once may be longer than a chunk; a chunk is read at once too.
        for part in own.open.chunks(self.chunk_bytes) {
            own.chunks.push(Chunk { at: self.end, bytes: part.len() as u32 });
            self.end += part.len() as u64;
        }
        own.open.clear();
        Ok(())
    }
}

/// Reads one stream, a chunk at a time.
pub struct StreamReader<'s> {
    file: &'s File,
    chunks: std::slice::Iter<'s, Chunk>,
    /// What was read, and behind it what was read before: nothing is cleared first.
    buffer: Vec<u8>,
    taken: usize,
    filled: usize,
}

impl StreamReader<'_> {
    /// The next `count` bytes; `None`: the stream is at its end. One that ends within them is an
    /// error.
    pub fn next(&mut self, count: usize) -> io::Result<Option<&[u8]>> {
        if self.filled - self.taken < count {
            let is_at_end = self.taken == self.filled && self.chunks.as_slice().is_empty();
            if is_at_end {
                return Ok(None);
            }
            self.buffer.copy_within(self.taken..self.filled, 0);
            (self.taken, self.filled) = (0, self.filled - self.taken);
            while self.filled < count {
                let chunk = self.chunks.next().ok_or(io::ErrorKind::UnexpectedEof)?;
                self.append(*chunk)?;
            }
        }
        let bytes = &self.buffer[self.taken..self.taken + count];
        self.taken += count;
        Ok(Some(bytes))
    }

    /// Fills `buffer`; `false`: the stream is at its end. One that ends within it is an error.
    pub fn fill(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        match self.next(buffer.len())? {
            Some(bytes) => buffer.copy_from_slice(bytes),
            None => return Ok(buffer.is_empty()),
        }
        Ok(true)
    }

    /// Reads a chunk behind what the buffer holds.
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let end = self.filled + chunk.bytes as usize;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        self.file.read_exact_at(&mut self.buffer[self.filled..end], chunk.at)?;
        self.filled = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn streams_come_back_whole_however_they_were_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let space = TempSpace::on(folder.path());
        let mut streams = Streams::new(&space, 3, 8).expect("a file");
        let mut expected = vec![Vec::new(); 4];
        for step in 0..200_u8 {
            if step == 100 {
                assert_eq!(streams.add(), 3);
            }
            let stream = usize::from(step) % streams.len();
            let bytes = vec![step; usize::from(step % 23)];
            streams.write(stream, &bytes).expect("the disk takes it");
            expected[stream].extend_from_slice(&bytes);
        }
        streams.flush().expect("the disk takes it");
        for (stream, expected) in expected.iter().enumerate() {
            for step in [1, 5, 8, 9, 64] {
                let (mut reader, mut read) = (streams.read(stream), Vec::new());
                for part in expected.chunks(step) {
                    let part = reader.next(part.len()).expect("the disk gives it");
                    read.extend_from_slice(part.expect("there is more"));
                }
                assert!(read == *expected, "{stream}");
                assert!(reader.next(step).expect("the end").is_none());
            }
            assert_eq!(streams.bytes(stream), expected.len() as u64);
        }
        let bytes: usize = expected.iter().map(Vec::len).sum();
        assert_eq!(space.written(), bytes as u64);
    }

    #[test]
    fn the_file_has_no_name_and_is_its_owners() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut streams = Streams::new(&TempSpace::on(folder.path()), 1, 8).expect("a file");
        streams.write(0, b"CANARY-JANE-DOE").expect("the disk takes it");
        let names = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(names, 0);
        let facts = streams.file.metadata().expect("an open file");
        assert_eq!((facts.mode() & 0o777, facts.nlink()), (0o600, 0));
    }

    #[test]
    fn a_stream_cut_short_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut streams = Streams::new(&TempSpace::on(folder.path()), 1, 8).expect("a file");
        streams.write(0, b"0123456789").expect("the disk takes it");
        streams.flush().expect("the disk takes it");
        let mut reader = streams.read(0);
        assert!(reader.fill(&mut [0; 6]).expect("six bytes"));
        assert!(reader.fill(&mut [0; 6]).is_err());
        let mut reader = streams.read(0);
        assert!(reader.fill(&mut [0; 10]).expect("ten bytes"));
        assert!(!reader.fill(&mut [0; 1]).expect("the end"));
        assert!(reader.fill(&mut []).expect("nothing"));
        streams.file.set_len(5).expect("an open file");
        assert!(streams.read(0).fill(&mut [0; 6]).is_err());
    }
}
