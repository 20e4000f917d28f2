//! Records with their keys in a stream: how they are written to a temporary file and read back.
//!
//! Of each the bytes that follow, its key (without the offset) and the record, whose seq names the
//! block that it is of.

use crate::model::{InputSeq, record};
use crate::normalize::RecordKey;
use crate::spill::{StreamReader, Streams};
use std::io;

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

/// Bytes of a record's length with its key, which stand before it.
const LENGTH_BYTES: usize = 4;
const KEY_BYTES: usize = 16 + 8 + 4 + 1;

impl Keyed<'_> {
    /// Appends it to a stream.
    pub fn write(&self, stream: usize, streams: &mut Streams) -> io::Result<()> {
        let mut head = [0; LENGTH_BYTES + KEY_BYTES];
        let length = (KEY_BYTES + self.record.len()) as u32;
        head[..4].copy_from_slice(&length.to_le_bytes());
        head[4..20].copy_from_slice(&self.claim.to_le_bytes());
        head[20..28].copy_from_slice(&self.member.to_le_bytes());
        head[28..32].copy_from_slice(&self.line_number.to_le_bytes());
        head[32] = self.flags;
        streams.write(stream, &head)?;
        streams.write(stream, self.record)
    }
}

/// Reads the records of a stream.
pub(super) struct KeyedReader<'s> {
    stream: StreamReader<'s>,
}

impl<'s> KeyedReader<'s> {
    pub fn of(stream: StreamReader<'s>) -> KeyedReader<'s> {
        KeyedReader { stream }
    }

    /// The next record; `None`: the stream is at its end.
    pub fn next(&mut self) -> io::Result<Option<Keyed<'_>>> {
        let mut length = [0; LENGTH_BYTES];
        if !self.stream.fill(&mut length)? {
            return Ok(None);
        }
        let bytes = self.stream.next(u32::from_le_bytes(length) as usize)?;
        match bytes.and_then(parse) {
            Some(keyed) => Ok(Some(keyed)),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Keyed<'_>> {
    let (claim, rest) = bytes.split_first_chunk()?;
    let (member, rest) = rest.split_first_chunk()?;
    let (line_number, rest) = rest.split_first_chunk()?;
    let (flags, record) = rest.split_first()?;
    Some(Keyed {
        claim: u128::from_le_bytes(*claim),
        member: u64::from_le_bytes(*member),
        line_number: u32::from_le_bytes(*line_number),
        flags: *flags,
        record,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ServiceLine;
    use crate::spill::TempSpace;

    #[test]
    fn what_is_written_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut streams = Streams::new(&TempSpace::on(folder.path()), 2, 64).expect("a file");
        let (mut records, mut keys) = (Vec::new(), Vec::new());
        for index in 0..50 {
            let (seq, claim_id) = (InputSeq::new(3, index), index.to_string());
            let line = ServiceLine {
                seq,
                claim_id: claim_id.as_bytes(),
                member_id: b"M1",
                line_number: index,
                is_peer_support: true,
                ..ServiceLine::empty()
            };
            keys.push(RecordKey::of(&line, records.len() as u32, &mut Vec::new()));
            record::encode(&line, &mut records);
        }
        for key in &keys {
            Keyed::of(key, &records).write(1, &mut streams).expect("the disk takes it");
        }
        streams.flush().expect("the disk takes it");
        let (mut again, mut keys_again) = (Vec::new(), Vec::new());
        let mut reader = KeyedReader::of(streams.read(1));
        while let Some(keyed) = reader.next().expect("the disk gives it") {
            assert_eq!(keyed.seq(), InputSeq::new(3, keyed.line_number));
            keyed.append(&mut again, &mut keys_again);
        }
        assert!(again == records && keys_again.len() == keys.len());
        for (left, right) in keys.iter().zip(&keys_again) {
            let of = |key: &RecordKey| {
                let RecordKey { claim, member, offset, line_number, flags } = *key;
                (claim, member, offset, line_number, flags)
            };
            assert!(of(left) == of(right));
        }
        assert!(KeyedReader::of(streams.read(0)).next().expect("the disk gives it").is_none());
    }
}
