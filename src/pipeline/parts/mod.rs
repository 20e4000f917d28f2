//! Checking records part by part, where they are more than memory is to hold (`--memory`).
//!
//! ```text
//! read ──► Router   records into temporary files, by member; what can tie members to each other
//!            └─► Routed   ties worked out, parts that are too large parted again
//!                  ├─► practitioner_days   days over the limit, over all parts
//!                  └─► one part after the other through the same stages as a whole run
//! ```
//!
//! A part is a run of its own: whatever bears on one of its records is in it, but for the days of
//! practitioners, which come first and go over all parts. The whole is the sum of the parts.

mod frames;
mod practitioner_days;
mod router;
mod ties;

pub(super) use router::Router;

use super::read::ReadOutcome;
use super::request::{MemoryLimit, Request, part_bytes};
use super::run::{RunError, TakePart};
use super::whole::Whole;
use crate::model::member_ids::{IdsToMask, MemberIds};
use crate::model::record;
use crate::outcome::RunOutcome;
use crate::spill::Streams;
use crate::store::{Store, StoredBlock};
use crate::tables::Tables;
use frames::{FrameReader, FrameWriter, Keyed};
use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::Ordering;
use ties::Ties;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Parts of parts of parts: one that is too large still holds one family.
const MAX_LEVELS: u64 = 6;
/// Bytes of a part that are held until they are written together, and read together.
const CHUNK_BYTES: usize = 32 << 10;
/// The most parts that a part is parted into.
const MAX_SPLIT: u64 = 128;

/// In which of `parts` parts a member is, if nothing ties it to a member of another.
fn home(member: u64, parts: usize) -> usize {
    ((member >> 16) % parts as u64) as usize
}

/// Records in temporary files.
pub struct Routed {
    limit: MemoryLimit,
    files: Vec<Streams>,
    ties: Ties,
    parts: Vec<Part>,
}

/// Records that are checked together.
struct Part {
    sources: Vec<Source>,
    bytes: u64,
    /// All of it is of members that are tied to each other: it cannot be parted.
    is_family: bool,
}

/// One stream of a part.
#[derive(Clone, Copy)]
struct Source {
    file: usize,
    stream: usize,
    /// Members that are tied to one of another home are not of this part.
    is_home: bool,
}

/// The families whose records a stream holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    None,
    One(u64),
    Several,
}

impl Family {
    fn add(&mut self, root: u64) {
        *self = match *self {
            Family::None => Family::One(root),
            Family::One(own) if own == root => return,
            _ => Family::Several,
        };
    }
}

impl Routed {
    /// `records` by home.
    fn new(limit: MemoryLimit, records: Streams, ties: Ties) -> io::Result<Routed> {
        let source = |stream| Source { file: 0, stream, is_home: true };
        let part = |stream| Part {
            sources: vec![source(stream)],
            bytes: records.bytes(stream),
            is_family: false,
        };
        let parts = (0..records.len()).map(part).collect();
        let mut routed = Routed { limit, files: vec![records], ties, parts };
        if !routed.ties.is_empty() {
            routed.bring_together()?;
        }
        routed.part_again()?;
        routed.parts.retain(|part| part.bytes > 0);
        Ok(routed)
    }

    /// Brings members that are tied to each other into one part.
    fn bring_together(&mut self) -> io::Result<()> {
        let homes = self.files[0].len();
        let mut moved = Streams::new(&self.limit.space, homes, CHUNK_BYTES)?;
        let mut writer = FrameWriter::default();
        for stream in 0..homes {
            let mut reader = FrameReader::of(self.files[0].read(stream));
            while let Some((block, frame)) = reader.next()? {
                for keyed in frame {
                    let to = home(self.ties.root(keyed.member), homes);
                    if to != stream {
                        writer.push(to, &keyed);
                    }
                }
                writer.end(block, &mut moved)?;
            }
        }
        moved.flush()?;
        for (stream, part) in self.parts.iter_mut().enumerate() {
            part.bytes += moved.bytes(stream);
            part.sources.push(Source { file: 1, stream, is_home: false });
        }
        self.files.push(moved);
        Ok(())
    }

    /// Parts what is too large, by families of members.
    fn part_again(&mut self) -> io::Result<()> {
        let most = part_bytes(self.limit.bytes);
        for level in 1..=MAX_LEVELS {
            let (large, small): (Vec<Part>, Vec<Part>) = std::mem::take(&mut self.parts)
                .into_iter()
                .partition(|part| part.bytes > most && !part.is_family);
            self.parts = small;
            for part in large {
                // A little more, as families are of different size.
                let count = (part.bytes * 5 / 4).div_ceil(most).clamp(2, MAX_SPLIT) as usize;
                let (streams, families) = self.split(&part, count, level)?;
                let file = self.files.len();
                self.parts.extend(families.iter().enumerate().map(|(stream, family)| Part {
                    sources: vec![Source { file, stream, is_home: false }],
                    bytes: streams.bytes(stream),
                    is_family: *family != Family::Several,
                }));
                self.files.push(streams);
            }
        }
        Ok(())
    }

    /// The records of a part in `count` streams, and which families each of them holds.
    fn split(&self, part: &Part, count: usize, level: u64) -> io::Result<(Streams, Vec<Family>)> {
        let mut streams = Streams::new(&self.limit.space, count, CHUNK_BYTES)?;
        let mut families = vec![Family::None; count];
        let mut writer = FrameWriter::default();
        self.each_frame(part, |block, records| {
            for keyed in records {
                let root = self.ties.root(keyed.member);
                let hash = xxh3_64_with_seed(&root.to_le_bytes(), level);
                let stream = (hash % count as u64) as usize;
                families[stream].add(root);
                writer.push(stream, &keyed);
            }
            writer.end(block, &mut streams)
        })?;
        streams.flush()?;
        Ok((streams, families))
    }

    /// Hands on the records of a part, those of one frame after the other.
    fn each_frame(
        &self,
        part: &Part,
        mut take: impl FnMut(u32, &mut dyn Iterator<Item = Keyed<'_>>) -> io::Result<()>,
    ) -> io::Result<()> {
        let homes = self.files[0].len();
        for source in &part.sources {
            let mut reader = FrameReader::of(self.files[source.file].read(source.stream));
            let is_here = |keyed: &Keyed<'_>| {
                !source.is_home || home(self.ties.root(keyed.member), homes) == source.stream
            };
            while let Some((block, frame)) = reader.next()? {
                take(block, &mut frame.filter(is_here))?;
            }
        }
        Ok(())
    }

    /// The ids of all members: a claim id may be made of that of a member of any part.
    fn member_ids(&self) -> io::Result<MemberIds> {
        let mut ids = IdsToMask::default();
        let mut last = None;
        for part in &self.parts {
            self.each_frame(part, |_, records| {
                for keyed in records {
                    // The lines of a claim follow each other.
                    if last.replace(keyed.member) != Some(keyed.member) {
                        ids.add(record::member_id(keyed.record));
                    }
                }
                Ok(())
            })?;
        }
        Ok(ids.finish())
    }

    /// The records of a part, in the blocks that they come from; `blocks` are those of the run.
    fn load(&self, part: &Part, blocks: &Store) -> io::Result<Store> {
        let mut store = blocks.without_records();
        let mut mixed = BTreeSet::new();
        self.each_frame(part, |number, records| {
            let block = &mut store.blocks[number as usize];
            if !block.keys.is_empty() {
                mixed.insert(number);
            }
            for keyed in records {
                keyed.append(&mut block.records, &mut block.keys);
            }
            Ok(())
        })?;
        for number in mixed {
            sort(&mut store.blocks[number as usize]);
        }
        store.renumber();
        Ok(store)
    }
}

/// Brings the records of a block into input order.
fn sort(block: &mut StoredBlock) {
    let (records, keys) = (std::mem::take(&mut block.records), std::mem::take(&mut block.keys));
    let mut keyed: Vec<Keyed<'_>> = keys.iter().map(|key| Keyed::of(key, &records)).collect();
    keyed.sort_by_key(Keyed::seq);
    for keyed in keyed {
        keyed.append(&mut block.records, &mut block.keys);
    }
}

/// Checks records that went to temporary files. `take` is given what each part came to, as a run of
/// its own, and last what the files and tables came to; the whole run is what they have in common,
/// without findings and claims.
pub(super) fn check(
    request: &Request<'_>,
    (read, routed): (ReadOutcome, Routed),
    tables: &Tables,
    take: &mut TakePart<'_>,
) -> Result<RunOutcome, RunError> {
    let space = routed.limit.space.clone();
    let failed = |error| RunError::Temporary { folder: space.folder().to_owned(), error };
    let (mut whole, blocks) = Whole::begin(request, tables, read);
    let mut shown = whole.shown();
    let days = request.progress.stage("practitioner days", || {
        practitioner_days::findings(&routed, &whole, request, &blocks)
    });
    let mut days = days.map_err(failed)?;
    let ids = request.progress.stage("member ids", || routed.member_ids()).map_err(failed)?;
    for (number, part) in routed.parts.iter().enumerate() {
        let store = request.progress.stage("load parts", || routed.load(part, &blocks));
        let store = store.map_err(failed)?;
        let mut evaluated = whole.records(&store, Some(std::mem::take(&mut days[number])));
        shown.standings = evaluated.standings();
        shown.findings = evaluated.findings;
        shown.claims = evaluated.claims.outcomes;
        shown.store = store;
        request.progress.stage("sort results", || take(&mut shown, &ids)).map_err(failed)?;
        request.progress.spilled.store(space.written(), Ordering::Relaxed);
    }
    shown = whole.shown();
    shown.findings = whole.of_files();
    take(&mut shown, &ids).map_err(failed)?;
    request.progress.spilled.store(space.written(), Ordering::Relaxed);
    whole.end()
}
