//! Records of one block in a stream: how they are written to a temporary file and read back.
//!
//! A frame is the block's number, the bytes that follow, and for each record its key (without the
//! offset) and the record.

use crate::model::{InputSeq, record};
use crate::normalize::RecordKey;
use crate::spill::{StreamReader, Streams};
use std::io;

const HEAD_BYTES: usize = 8;

/// One record, and its key but for the offset.
#[derive(Clone, Copy)]
pub(super) struct Keyed<'f> {
    pub claim: u128,
    pub member: u64,
    pub line_number: u32,
    pub flags: u8,
    pub record: &'f [u8],
}

impl<'f> Keyed<'f> {
    /// A record of a block.
    pub fn of(key: &RecordKey, records: &'f [u8]) -> Keyed<'f> {
        let RecordKey { claim, member, line_number, flags, .. } = *key;
        let record = record::Records::new(&records[key.offset as usize..]).next();
        Keyed { claim, member, line_number, flags, record: record.unwrap_or_default() }
    }

    /// Its place in input order.
    pub fn seq(&self) -> InputSeq {
        record::seq(self.record)
    }

    /// Appends it to the records and keys of a block.
    pub fn append(&self, records: &mut Vec<u8>, keys: &mut Vec<RecordKey>) {
        let Keyed { claim, member, line_number, flags, .. } = *self;
        keys.push(RecordKey { claim, member, offset: records.len() as u32, line_number, flags });
        records.extend_from_slice(self.record);
    }
}

/// Sorts the records of a block into the frames of streams.
#[derive(Default)]
pub(super) struct FrameWriter {
    /// By stream.
    frames: Vec<Vec<u8>>,
    /// Streams with a frame, in the order of their first record.
    begun: Vec<usize>,
}

impl FrameWriter {
    /// Adds a record to the frame of a stream.
    pub fn push(&mut self, stream: usize, keyed: &Keyed<'_>) {
        if self.frames.len() <= stream {
            self.frames.resize_with(stream + 1, Vec::new);
        }
        let frame = &mut self.frames[stream];
        if frame.is_empty() {
            self.begun.push(stream);
        }
        frame.extend_from_slice(&keyed.claim.to_le_bytes());
        frame.extend_from_slice(&keyed.member.to_le_bytes());
        frame.extend_from_slice(&keyed.line_number.to_le_bytes());
        frame.push(keyed.flags);
        frame.extend_from_slice(keyed.record);
    }

    /// Ends the frames of block `block`.
    pub fn end(&mut self, block: u32, streams: &mut Streams) -> io::Result<()> {
        for stream in self.begun.drain(..) {
            let frame = &mut self.frames[stream];
            streams.write(stream, &block.to_le_bytes())?;
            streams.write(stream, &(frame.len() as u32).to_le_bytes())?;
            streams.write(stream, frame)?;
            frame.clear();
        }
        Ok(())
    }
}

/// Reads the frames of a stream.
pub(super) struct FrameReader<'s> {
    stream: StreamReader<'s>,
    frame: Vec<u8>,
}

impl<'s> FrameReader<'s> {
    pub fn of(stream: StreamReader<'s>) -> FrameReader<'s> {
        FrameReader { stream, frame: Vec::new() }
    }

    /// The next frame: its block, and its records one by one.
    pub fn next(&mut self) -> io::Result<Option<(u32, Frame<'_>)>> {
        let mut head = [0; HEAD_BYTES];
        if !self.stream.fill(&mut head)? {
            return Ok(None);
        }
        let number = |at| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        self.frame.resize(number(4) as usize, 0);
        if !self.stream.fill(&mut self.frame)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some((number(0), Frame { rest: &self.frame })))
    }
}

/// The records of a frame.
pub(super) struct Frame<'f> {
    rest: &'f [u8],
}

impl<'f> Iterator for Frame<'f> {
    type Item = Keyed<'f>;

    fn next(&mut self) -> Option<Keyed<'f>> {
        let (claim, rest) = self.rest.split_first_chunk()?;
        let (member, rest) = rest.split_first_chunk()?;
        let (line_number, rest) = rest.split_first_chunk()?;
        let (flags, rest) = rest.split_first()?;
        let record = record::Records::new(rest).next()?;
        self.rest = &rest[record.len()..];
        Some(Keyed {
            claim: u128::from_le_bytes(*claim),
            member: u64::from_le_bytes(*member),
            line_number: u32::from_le_bytes(*line_number),
            flags: *flags,
            record,
        })
    }
}
