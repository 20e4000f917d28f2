//! Puts the records of blocks aside as they are read, once there are too many of them.

use super::frames::{FrameWriter, Keyed};
use super::ties::TieWriter;
use super::{CHUNK_BYTES, Routed};
use crate::normalize::RecordKey;
use crate::pipeline::MemoryLimit;
use crate::pipeline::request::{BYTES_A_HELD_BYTE, part_bytes};
use crate::spill::Streams;
use crate::store::{Store, StoredBlock};
use std::io;
use std::path::PathBuf;

/// The fewest and the most parts; those that are too large are parted again.
const PARTS: std::ops::RangeInclusive<u64> = 4..=128;

/// The records of a run whose memory is limited.
pub(in crate::pipeline) struct Router {
    limit: MemoryLimit,
    /// Bytes of all claim files; 0: not known.
    total_bytes: u64,
    held: u64,
    aside: Option<Aside>,
    failed: Option<io::Error>,
}

/// What is written to temporary files.
struct Aside {
    records: Streams,
    ties: TieWriter,
    frames: FrameWriter,
}

impl Router {
    /// Holds nothing yet.
    pub fn new(limit: &MemoryLimit, total_bytes: u64) -> Router {
        Router { limit: limit.clone(), total_bytes, held: 0, aside: None, failed: None }
    }

    /// Takes the next block, which goes into `store` with its records or, once there is too much,
    /// without them.
    pub fn push(&mut self, mut block: StoredBlock, store: &mut Store) {
        self.held += bytes_of(&block);
        if self.aside.is_none() && self.held * BYTES_A_HELD_BYTE > self.limit.bytes {
            self.note(|router| router.begin(store));
        }
        if self.failed.is_some() {
            // The run is lost, and says so at its end; what is read still is not to fill memory.
            (block.records, block.keys) = (Vec::new(), Vec::new());
        } else if self.aside.is_some() {
            let number = store.blocks.len() as u32;
            self.note(|router| router.put(number, &mut block));
        }
        store.push(block);
    }

    /// Whether the temporary files cannot be written.
    pub fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Where the temporary files are.
    pub fn folder(&self) -> PathBuf {
        self.limit.space.folder().to_owned()
    }

    /// What went aside; `None`: everything is in memory.
    pub fn finish(self) -> io::Result<Option<Routed>> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let Some(Aside { mut records, ties, .. }) = self.aside else { return Ok(None) };
        records.flush()?;
        let ties = ties.finish(self.limit.bytes / 2)?;
        Routed::new(self.limit, records, ties).map(Some)
    }

    /// The first failure is told at the end; nothing more is written after it.
    fn note(&mut self, work: impl FnOnce(&mut Router) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = work(self).err();
        }
    }

    /// From now on records go aside; those of `store` are the first.
    fn begin(&mut self, store: &mut Store) -> io::Result<()> {
        let guess = self.total_bytes.div_ceil(part_bytes(self.limit.bytes).max(1));
        let parts = if self.total_bytes == 0 { *PARTS.end() } else { guess };
        let parts = parts.clamp(*PARTS.start(), *PARTS.end()) as usize;
        let space = &self.limit.space;
        self.aside = Some(Aside {
            records: Streams::new(space, parts, CHUNK_BYTES)?,
            ties: TieWriter::new(space)?,
            frames: FrameWriter::default(),
        });
        for (number, block) in store.blocks.iter_mut().enumerate() {
            self.put(number as u32, block)?;
        }
        store.renumber();
        Ok(())
    }

    /// Puts the records of a block aside, and leaves the block without them.
    fn put(&mut self, number: u32, block: &mut StoredBlock) -> io::Result<()> {
        let records = std::mem::take(&mut block.records);
        let keys = std::mem::take(&mut block.keys);
        let Some(aside) = &mut self.aside else { return Ok(()) };
        for key in &keys {
            let keyed = Keyed::of(key, &records);
            aside.ties.note(&keyed)?;
            aside.frames.push(super::home(keyed.member, aside.records.len()), &keyed);
        }
        aside.frames.end(number, &mut aside.records)
    }
}

/// What a block holds.
pub(super) fn bytes_of(block: &StoredBlock) -> u64 {
    (block.records.len() + block.keys.len() * size_of::<RecordKey>()) as u64
}
