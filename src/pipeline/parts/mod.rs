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

mod day_bounds;
mod keyed;
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
use day_bounds::{DayBounds, day_of_line};
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
/// The most parts that a part is parted into.
const MAX_SPLIT: u64 = 128;

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
    /// What days of practitioners come to at most, and the limit of a day.
    days: Option<(DayBounds, u64)>,
    parts: Vec<Part>,
    /// By home: families with a line of a day that may be over the limit.
    families: Vec<HashSet<u64>>,
    /// The ids of all members: a claim id may be made of that of a member of any part.
    ids: MemberIds,
}

/// Records that are checked together.
struct Part {
    sources: Vec<Source>,
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
    fn new(
        limit: MemoryLimit,
        records: Streams,
        ties: Ties,
        days: Option<(DayBounds, u64)>,
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

    /// Looks at all records once, on all threads, and brings members that are tied to each other
    /// into one part, each part that of a home.
    fn bring_together(&mut self) -> io::Result<()> {
        let homes = self.files[0].len();
        let moved = Mutex::new(Streams::new(&self.limit.space, homes, CHUNK_BYTES)?);
        let look = |stream| self.look_through(stream, &moved);
        let seen: io::Result<Vec<_>> = (0..homes).into_par_iter().map(look).collect();
        let mut ids = IdsToMask::default();
        for (of_stream, families) in seen? {
            ids.add_all(&of_stream);
            families.into_iter().for_each(|root| {
                self.families[home(root, homes)].insert(root);
            });
        }
        self.ids = ids.finish();
        let mut moved = moved.into_inner().unwrap_or_else(PoisonError::into_inner);
        moved.flush()?;
        let source = |file, stream| Source { file, stream, is_home: file == 0 };
        self.parts = (0..homes)
            .map(|home| Part {
                sources: vec![source(0, home), source(1, home)],
                home,
                bytes: self.files[0].bytes(home) + moved.bytes(home),
                is_family: false,
            })
            .collect();
        self.files.push(moved);
        Ok(())
    }

    /// Looks at the records of a home, and copies those into `moved` that are of another one. Gives
    /// the ids of their members, and the families with a line of a day that may be over the limit.
    fn look_through(
        &self,
        stream: usize,
        moved: &Mutex<Streams>,
    ) -> io::Result<(IdsToMask, HashSet<u64>)> {
        let (mut ids, mut last) = (IdsToMask::default(), None);
        let mut families = HashSet::new();
        // Their counters lie far from each other: those of many are asked for together.
        let mut days = Vec::with_capacity(DAYS_AT_ONCE);
        let mut reader = KeyedReader::of(self.files[0].read(stream));
        while let Some(keyed) = reader.next()? {
            // The lines of a claim follow each other.
            if last.replace(keyed.member) != Some(keyed.member) {
                ids.add(record::member_id(keyed.record));
            }
            let root = self.ties.root(keyed.member);
            let to = home(root, self.files[0].len());
            if to != stream {
                let mut moved = moved.lock().unwrap_or_else(PoisonError::into_inner);
                keyed.write(to, &mut moved)?;
            }
            if let Some(day) = day_of_line(&keyed) {
                days.push((day, root));
            }
            if days.len() == DAYS_AT_ONCE {
                families.extend(self.over(&mut days));
            }
        }
        families.extend(self.over(&mut days));
        Ok((ids, families))
    }

    /// The families of those days that may be over the limit.
    fn over<'d>(&'d self, days: &'d mut Vec<(u64, u64)>) -> impl Iterator<Item = u64> + 'd {
        let may_exceed =
            |day| self.days.as_ref().is_some_and(|(bounds, limit)| bounds.may_exceed(day, *limit));
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
                // A little more, as families are of different size.
                let count = (part.bytes * 5 / 4).div_ceil(most).clamp(2, MAX_SPLIT) as usize;
                let (streams, families) = self.split(&part, count, level)?;
                let file = self.files.len();
                self.parts.extend(families.iter().enumerate().map(|(stream, family)| Part {
                    sources: vec![Source { file, stream, is_home: false }],
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
        let homes = self.files[0].len();
        for source in &part.sources {
            let mut reader = KeyedReader::of(self.files[source.file].read(source.stream));
            while let Some(keyed) = reader.next()? {
                let is_here =
                    !source.is_home || home(self.ties.root(keyed.member), homes) == source.stream;
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
        for number in mixed {
            sort(&mut store.blocks[number as usize]);
        }
        store.renumber();
        Ok(store)
    }
}

/// Puts a record into its block; `false`: one that it comes before is there already.
fn put_back(keyed: &Keyed<'_>, store: &mut Store) -> bool {
    let block = &mut store.blocks[keyed.seq().block() as usize];
    let last = block.keys.last().map(|key| record::seq(&block.records[key.offset as usize..]));
    keyed.append(&mut block.records, &mut block.keys);
    last.is_none_or(|last| last < keyed.seq())
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
    (read, mut routed): (ReadOutcome, Routed),
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
