//! Puts the records of blocks aside as they are read, once there are too many of them.

use super::day_bounds::DayBounds;
use super::keyed::Keyed;
use super::ties::TieWriter;
use super::{CHUNK_BYTES, Routed, practitioner_days};
use crate::normalize::RecordKey;
use crate::pipeline::MemoryLimit;
use crate::pipeline::request::{BYTES_A_HELD_BYTE, Request, part_bytes};
use crate::spill::Streams;
use crate::store::{Store, StoredBlock};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// The fewest and the most parts; those that are too large are parted again.
const PARTS: std::ops::RangeInclusive<u64> = 4..=1024;
/// Parts where nobody knows how much there is to be parted.
const UNKNOWN_PARTS: u64 = 128;
/// Which part of the limit may hold what is not written yet.
const SHARE_OF_BUFFERS: u64 = 16;
/// Which part of the limit the counters of practitioners' days may take: as much as the records
/// that are held until they go aside.
const SHARE_OF_DAYS: u64 = BYTES_A_HELD_BYTE;
/// Bytes of records for a byte of those counters: two counters, of two bytes each, a line.
const BYTES_A_DAY_BYTE: u64 = 50;

/// The records of a run whose memory is limited.
pub(in crate::pipeline) struct Router {
    limit: MemoryLimit,
    /// Bytes of all claim files; 0: not known.
    total_bytes: u64,
    /// The most units of a practitioner's day, where a rule asks for it.
    day_limit: Option<u64>,
    held: u64,
    aside: Option<Aside>,
    failed: Option<io::Error>,
}

/// What is written to temporary files.
struct Aside {
    records: Streams,
    ties: TieWriter,
    days: DayBounds,
}

impl Router {
    /// Holds nothing yet.
    pub fn new(request: &Request<'_>, limit: &MemoryLimit) -> Router {
        Router {
            limit: limit.clone(),
            total_bytes: request.progress.total_bytes.load(Ordering::Relaxed),
            day_limit: practitioner_days::limit(request),
            held: 0,
            aside: None,
            failed: None,
        }
    }

    /// Takes the next block, which goes into `store` with its records or, once there is too much,
    /// without them; `read` bytes of claim files were read up to its end.
    pub fn push(&mut self, mut block: StoredBlock, store: &mut Store, read: u64) {
        self.held += bytes_of(&block);
        if self.aside.is_none() && self.held * BYTES_A_HELD_BYTE > self.limit.bytes {
            self.note(|router| router.begin(store, read));
        }
        if self.failed.is_some() {
            // The run is lost, and says so at its end; what is read still is not to fill memory.
            (block.records, block.keys) = (Vec::new(), Vec::new());
        } else if self.aside.is_some() {
            self.note(|router| router.put(&mut block));
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
        let Some(Aside { mut records, ties, days }) = self.aside else { return Ok(None) };
        records.flush()?;
        let ties = ties.finish(self.limit.bytes / 2)?;
        let days = self.day_limit.map(|limit| (days, limit));
        Routed::new(self.limit, records, ties, days).map(Some)
    }

    /// The first failure is told at the end; nothing more is written after it.
    fn note(&mut self, work: impl FnOnce(&mut Router) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = work(self).err();
        }
    }

    /// From now on records go aside; those of `store` are the first.
    fn begin(&mut self, store: &mut Store, read: u64) -> io::Result<()> {
        let (expected, limit) = (self.expected(read), self.limit.bytes);
        let most_parts = limit / SHARE_OF_BUFFERS / CHUNK_BYTES as u64;
        // A little more, as members are of different size.
        let parts = |bytes: u64| (bytes / 4 * 5).div_ceil(part_bytes(limit).max(1));
        let parts = expected.map_or(UNKNOWN_PARTS, parts);
        let parts = parts.min(most_parts).clamp(*PARTS.start(), *PARTS.end()) as usize;
        let days = expected.map_or(u64::MAX, |bytes| bytes / BYTES_A_DAY_BYTE);
        let space = &self.limit.space;
        self.aside = Some(Aside {
            records: Streams::new(space, parts, CHUNK_BYTES)?,
            ties: TieWriter::new(space)?,
            days: DayBounds::new(days.min(limit / SHARE_OF_DAYS)),
        });
        for block in &mut store.blocks {
            self.put(block)?;
        }
        store.renumber();
        Ok(())
    }

    /// Bytes of all records, if the rest of the claims is like what was read of them; `None`:
    /// nobody knows how much there is.
    fn expected(&self, read: u64) -> Option<u64> {
        let all = u128::from(self.held) * u128::from(self.total_bytes.max(read));
        let all = u64::try_from(all / u128::from(read.max(1))).unwrap_or(u64::MAX);
        (self.total_bytes > 0).then_some(all)
    }

    /// Puts the records of a block aside, and leaves the block without them.
    fn put(&mut self, block: &mut StoredBlock) -> io::Result<()> {
        let records = std::mem::take(&mut block.records);
        let keys = std::mem::take(&mut block.keys);
        let Some(aside) = &mut self.aside else { return Ok(()) };
        let keyed = || keys.iter().map(|key| Keyed::of(key, &records));
        if self.day_limit.is_some() {
            aside.days.add(keyed());
        }
        for keyed in keyed() {
            aside.ties.note(&keyed)?;
            keyed.write(super::home(keyed.member, aside.records.len()), &mut aside.records)?;
        }
        Ok(())
    }
}

/// What a block holds.
pub(super) fn bytes_of(block: &StoredBlock) -> u64 {
    (block.records.len() + block.keys.len() * size_of::<RecordKey>()) as u64
}
