//! Checking records part by part, where they are more than memory is to hold (`--memory`).
//!
//! ```text
//! read ──► Router   records into temporary files, by member (keyed); what can tie members to each
//!            │      other (ties); what days of practitioners come to at most (day_bounds)
//!            └─► Routed   members that are tied in one part, too large parts parted again
//!                  ├─► practitioner_days   days over the limit, over all parts
//!                  └─► one part after the other through the same stages as a whole run
//! ```
//!
//! A part is a run of its own: whatever bears on one of its records is in it, but for the days of
//! practitioners, which come first and go over all parts. The whole is the sum of the parts.

mod day_bounds;
mod keyed;
mod practitioner_days;
mod router;
mod ties;

pub(super) use router::{Aside, Router};

use super::read::ReadOutcome;
use super::request::{MemoryLimit, Request, part_bytes, parts_for};
use super::run::{RunError, TakePart};
use super::whole::Whole;
use crate::model::member_ids::{IdsToMask, MemberIds};
use crate::model::record;
use crate::outcome::RunOutcome;
use crate::spill::Streams;
use crate::store::{Store, StoredBlock};
use crate::tables::Tables;
use day_bounds::DayBounds;
use keyed::{Keyed, KeyedReader};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashSet};
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use ties::Ties;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Parts of parts of parts: one that is too large still holds one family.
const MAX_LEVELS: u64 = 6;
/// Bytes of a part that are held until they are written together, and read together.
const CHUNK_BYTES: usize = 32 << 10;
/// The most streams of one file.
const MAX_STREAMS: u64 = 1024;
/// Which part of the limit may hold what of streams is not written yet.
const SHARE_OF_BUFFERS: u64 = 4;

/// Fewer streams would make no parts.
const MIN_STREAMS: u64 = 4;

/// How many streams may be written at once within a limit.
fn most_streams(limit: u64) -> u64 {
    (limit / SHARE_OF_BUFFERS / CHUNK_BYTES as u64).clamp(MIN_STREAMS, MAX_STREAMS)
}

/// The file in which each member's records are at home.
const HOMES: usize = 0;

/// Days whose counters are asked for together.
const DAYS_AT_ONCE: usize = 1024;

/// In which of `parts` parts a member is, if nothing ties it to a member of another.
fn home(member: u64, parts: usize) -> usize {
    ((member >> 16) % parts as u64) as usize
}

/// Records in temporary files.
pub struct Routed {
    limit: MemoryLimit,
    files: Vec<Streams>,
    ties: Ties,
    /// What days of practitioners come to at most, where a rule asks for it.
    days: Option<DayBounds>,
    parts: Vec<Part>,
    /// Families with a line of a day that may be over the limit, by their home.
    families: Vec<HashSet<u64>>,
    /// The ids of all members: a claim id may be made of that of a member of any part.
    ids: MemberIds,
}

/// Records that are checked together.
struct Part {
    sources: Vec<Source>,
    /// Where its members are at home: in the first file, the stream with this number.
    home: usize,
    bytes: u64,
    /// All of it is of members that are tied to each other: it cannot be parted.
    is_family: bool,
}

/// One stream of a part.
#[derive(Clone, Copy)]
struct Source {
    file: usize,
    stream: usize,
}

/// What one look at records came to.
#[derive(Default)]
struct Seen {
    /// The ids of their members.
    ids: IdsToMask,
    /// Families with a line of a day that may be over the limit.
    families: HashSet<u64>,
}

impl Seen {
    fn and(mut self, other: Seen) -> Seen {
        self.ids.add_all(&other.ids);
        self.families.extend(other.families);
        self
    }
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
    fn new(
        limit: MemoryLimit,
        records: Streams,
        ties: Ties,
        days: Option<DayBounds>,
    ) -> io::Result<Routed> {
        let homes = records.len();
        let mut routed = Routed {
            limit,
            files: vec![records],
            ties,
            days,
            parts: Vec::new(),
            families: vec![HashSet::new(); homes],
            ids: MemberIds::default(),
        };
        routed.bring_together()?;
        routed.part_again()?;
        routed.parts.retain(|part| part.bytes > 0);
        Ok(routed)
    }

    /// Looks at all records once, on all threads: brings members that are tied to each other into
    /// one part, each part that of a home, and takes what [`Seen`] says.
    fn bring_together(&mut self) -> io::Result<()> {
        let homes = self.files[HOMES].len();
        let moved = Mutex::new(Streams::new(&self.limit.space, homes, CHUNK_BYTES)?);
        let streams = (0..homes).into_par_iter();
        let seen = streams
            .map(|stream| self.look_through(stream, &moved))
            .try_reduce(Seen::default, |one, other| Ok(one.and(other)))?;
        for root in seen.families {
            self.families[home(root, homes)].insert(root);
        }
        self.ids = seen.ids.finish();
        let mut moved = moved.into_inner().unwrap_or_else(PoisonError::into_inner);
        moved.flush()?;
        let of_moved = self.files.len();
        let source = |file, stream| Source { file, stream };
        self.parts = (0..homes)
            .map(|home| Part {
                sources: vec![source(HOMES, home), source(of_moved, home)],
                home,
                bytes: self.files[HOMES].bytes(home) + moved.bytes(home),
                is_family: false,
            })
            .collect();
        self.files.push(moved);
        Ok(())
    }

    /// Looks at the records of a home, and copies those into `moved` that are of another one.
    fn look_through(&self, stream: usize, moved: &Mutex<Streams>) -> io::Result<Seen> {
        let (mut seen, mut last) = (Seen::default(), None);
        // Their counters lie far from each other: those of many are asked for together.
        let mut days = Vec::with_capacity(DAYS_AT_ONCE);
        let mut reader = KeyedReader::of(self.files[HOMES].read(stream));
        while let Some(keyed) = reader.next()? {
            // The lines of a claim follow each other.
            if last.replace(keyed.member) != Some(keyed.member) {
                seen.ids.add(record::member_id(keyed.record));
            }
            let root = self.ties.root(keyed.member);
            let to = home(root, self.files[HOMES].len());
            if to != stream {
                let mut moved = moved.lock().unwrap_or_else(PoisonError::into_inner);
                keyed.write(to, &mut moved)?;
            }
            if let Some(day) = self.days.as_ref().and_then(|days| days.day_of(&keyed)) {
                days.push((day, root));
            }
            if days.len() == DAYS_AT_ONCE {
                seen.families.extend(self.over(&mut days));
            }
        }
        seen.families.extend(self.over(&mut days));
        Ok(seen)
    }

    /// The families of those days that may be over the limit.
    fn over<'d>(&'d self, days: &'d mut Vec<(u64, u64)>) -> impl Iterator<Item = u64> + 'd {
        let may_exceed = |day| self.days.as_ref().is_some_and(|bounds| bounds.may_exceed(day));
        days.drain(..).filter(move |(day, _)| may_exceed(*day)).map(|(_, family)| family)
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
                let limit = self.limit.bytes;
                let count = parts_for(part.bytes, limit).clamp(2, most_streams(limit)) as usize;
                let (streams, families) = self.split(&part, count, level)?;
                let file = self.files.len();
                self.parts.extend(families.iter().enumerate().map(|(stream, family)| Part {
                    sources: vec![Source { file, stream }],
                    home: part.home,
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
        self.each_record(part, |keyed| {
            let root = self.ties.root(keyed.member);
            let hash = xxh3_64_with_seed(&root.to_le_bytes(), level);
            let stream = (hash % count as u64) as usize;
            families[stream].add(root);
            keyed.write(stream, &mut streams)
        })?;
        streams.flush()?;
        Ok((streams, families))
    }

    /// Hands on the records of a part.
    fn each_record(
        &self,
        part: &Part,
        mut take: impl FnMut(&Keyed<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let homes = self.files[HOMES].len();
        for source in &part.sources {
            let mut reader = KeyedReader::of(self.files[source.file].read(source.stream));
            while let Some(keyed) = reader.next()? {
                // Members that are tied to one of another home are not of this part.
                let is_here = source.file != HOMES
                    || home(self.ties.root(keyed.member), homes) == source.stream;
                if is_here {
                    take(&keyed)?;
                }
            }
        }
        Ok(())
    }

    /// The records of a part that `is_wanted`, in the blocks that they come from; `blocks` are
    /// those of the run.
    fn load(
        &self,
        part: &Part,
        blocks: &Store,
        is_wanted: impl Fn(&Keyed<'_>) -> bool,
    ) -> io::Result<Store> {
        let mut store = blocks.without_records();
        let mut mixed = BTreeSet::new();
        self.each_record(part, |keyed| {
            if is_wanted(keyed) && !put_back(keyed, &mut store) {
                mixed.insert(keyed.seq().block());
            }
            Ok(())
        })?;
        sort_blocks(&mut store, mixed);
        Ok(store)
    }
}

/// Puts a record into its block. Gives whether the block is in order: records of a member that was
/// moved come behind others.
fn put_back(keyed: &Keyed<'_>, store: &mut Store) -> bool {
    let block = &mut store.blocks[keyed.seq().block() as usize];
    let last = block.keys.last().map(|key| record::seq(&block.records[key.offset as usize..]));
    keyed.append(&mut block.records, &mut block.keys);
    last.is_none_or(|last| last < keyed.seq())
}

/// Brings the records of those blocks into input order, and numbers all.
fn sort_blocks(store: &mut Store, mixed: BTreeSet<u32>) {
    for number in mixed {
        sort(&mut store.blocks[number as usize]);
    }
    store.renumber();
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
    (read, aside): (ReadOutcome, Aside),
    tables: &Tables,
    take: &mut TakePart<'_>,
) -> Result<RunOutcome, RunError> {
    let space = aside.space().clone();
    let failed = |error| RunError::Temporary { folder: space.folder().to_owned(), error };
    let mut routed = request.progress.stage("part claims", || aside.part()).map_err(failed)?;
    let (mut whole, blocks) = Whole::begin(request, tables, read);
    let mut shown = whole.shown();
    let days = request.progress.stage("practitioner days", || {
        practitioner_days::findings(&routed, &whole, request, &blocks)
    });
    let mut days = days.map_err(failed)?;
    // Neither is asked for again, and parts need the memory.
    (routed.days, routed.families) = (None, Vec::new());
    for (number, part) in routed.parts.iter().enumerate() {
        let store = request.progress.stage("load parts", || routed.load(part, &blocks, |_| true));
        let store = store.map_err(failed)?;
        let mut evaluated = whole.records(&store, Some(std::mem::take(&mut days[number])));
        shown.standings = evaluated.standings();
        shown.findings = evaluated.findings;
        shown.claims = evaluated.claims.outcomes;
        shown.store = store;
        request.progress.stage("sort results", || take(&mut shown, &routed.ids)).map_err(failed)?;
        request.progress.spilled.store(space.written(), Ordering::Relaxed);
    }
    shown = whole.shown();
    shown.findings = whole.of_files();
    take(&mut shown, &routed.ids).map_err(failed)?;
    request.progress.spilled.store(space.written(), Ordering::Relaxed);
    whole.end()
}
