//! Puts the records of blocks aside as they are read, once there are too many of them.

use super::day_bounds::DayBounds;
use super::keyed::Keyed;
use super::ties::TieWriter;
use super::{CHUNK_BYTES, MIN_STREAMS, Routed, most_streams, practitioner_days};
use crate::normalize::RecordKey;
use crate::pipeline::MemoryLimit;
use crate::pipeline::request::{BYTES_A_HELD_BYTE, Request, parts_for};
use crate::policy::UnitsPolicy;
use crate::spill::{Streams, TempSpace};
use crate::store::{Store, StoredBlock};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// Parts where nobody knows how much there is to be parted; those that are too large are parted
/// again.
const UNKNOWN_PARTS: u64 = 128;
/// Which part of the limit the counters of practitioners' days may take: as much as the records
/// that are held until they go aside.
const SHARE_OF_DAYS: u64 = BYTES_A_HELD_BYTE;
/// Bytes of records for a byte of those counters: one or two counters, of two bytes each, a line.
const BYTES_A_DAY_BYTE: u64 = 50;

/// The records of a run whose memory is limited.
pub(in crate::pipeline) struct Router {
    limit: MemoryLimit,
    /// Bytes of all claim files; 0: not known.
    total_bytes: u64,
    /// What is asked of practitioners' days, where a rule asks for it.
    days: Option<UnitsPolicy>,
    held: u64,
    aside: Option<Aside>,
    failed: Option<io::Error>,
}

/// What is written to temporary files.
pub struct Aside {
    limit: MemoryLimit,
    records: Streams,
    ties: TieWriter,
    /// Where a rule asks for days of practitioners.
    days: Option<DayBounds>,
}

impl Aside {
    /// Where it is.
    pub(super) fn space(&self) -> &TempSpace {
        &self.limit.space
    }

    /// Brings together what must be checked together.
    pub(super) fn part(self) -> io::Result<Routed> {
        let ties = self.ties.finish(self.limit.bytes / 2)?;
        Routed::new(self.limit, self.records, ties, self.days)
    }
}

impl Router {
    /// Holds nothing yet.
    pub fn new(request: &Request<'_>, limit: &MemoryLimit) -> Router {
        Router {
            limit: limit.clone(),
            total_bytes: request.progress.total_bytes.load(Ordering::Relaxed),
            days: practitioner_days::policy(request).cloned(),
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
    pub fn finish(self) -> io::Result<Option<Aside>> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let Some(mut aside) = self.aside else { return Ok(None) };
        aside.records.flush()?;
        Ok(Some(aside))
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
        let parts = expected.map_or(UNKNOWN_PARTS, |bytes| parts_for(bytes, limit));
        let parts = parts.clamp(MIN_STREAMS, most_streams(limit)) as usize;
        let days = expected.map_or(u64::MAX, |bytes| bytes / BYTES_A_DAY_BYTE);
        let days = days.min(limit / SHARE_OF_DAYS);
        let space = &self.limit.space;
        self.aside = Some(Aside {
            limit: self.limit.clone(),
            records: Streams::new(space, parts, CHUNK_BYTES)?,
            ties: TieWriter::new(space)?,
            days: self.days.take().map(|policy| DayBounds::new(days, policy)),
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
        if let Some(days) = &mut aside.days {
            days.add(keyed());
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
