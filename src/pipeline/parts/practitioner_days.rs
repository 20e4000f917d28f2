//! The days of practitioners over all parts: a practitioner sees members of many.
//!
//! 1. Days that may be over the limit are known from reading ([`super::day_bounds`]): few. The
//!    families with a line of one are looked at, and say what their lines add to which of them.
//! 2. Those days are added up; the lines of those that are over the limit are wanted.
//! 3. They are checked a share of the days at a time.

use super::keyed::{Keyed, KeyedReader};
use super::{CHUNK_BYTES, Routed, put_back, sort_blocks};
use crate::finding::Finding;
use crate::join::practitioner_day::DayUnits;
use crate::model::InputSeq;
use crate::pipeline::check;
use crate::pipeline::request::Request;
use crate::pipeline::whole::Whole;
use crate::policy::UnitsPolicy;
use crate::rules::{Check, Rule};
use crate::spill::Streams;
use crate::store::Store;
use std::collections::{BTreeSet, HashMap};
use std::io;

/// Shares of the days.
const SHARES: usize = 64;
const ENTRY_BYTES: usize = 24;

/// A line of a day, and the part that it is in.
#[derive(Clone, Copy)]
struct Entry {
    day: u64,
    seq: u64,
    units: u32,
    part: u32,
}

impl Entry {
    fn share(&self) -> usize {
        (self.day >> 58) as usize
    }

    fn to_bytes(self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..8].copy_from_slice(&self.day.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.seq.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.units.to_le_bytes());
        bytes[20..].copy_from_slice(&self.part.to_le_bytes());
        bytes
    }

    fn of_bytes(bytes: &[u8; ENTRY_BYTES]) -> Entry {
        let [mut day, mut seq] = [[0; 8]; 2];
        let [mut units, mut part] = [[0; 4]; 2];
        day.copy_from_slice(&bytes[..8]);
        seq.copy_from_slice(&bytes[8..16]);
        units.copy_from_slice(&bytes[16..20]);
        part.copy_from_slice(&bytes[20..]);
        Entry {
            day: u64::from_le_bytes(day),
            seq: u64::from_le_bytes(seq),
            units: u32::from_le_bytes(units),
            part: u32::from_le_bytes(part),
        }
    }
}

/// The rules that look at days.
fn rules(request: &Request<'_>) -> Vec<&'static Rule> {
    let is_of_days = |rule: &&&Rule| matches!(rule.check, Check::PractitionerDay(_));
    request.rules.iter().filter(is_of_days).copied().collect()
}

/// What the policy says of days, if a rule asks for it.
pub(super) fn policy<'r>(request: &Request<'r>) -> Option<&'r UnitsPolicy> {
    (!rules(request).is_empty()).then_some(&request.policy.units)
}

/// The findings on days of practitioners, by the part of their line.
pub(super) fn findings(
    routed: &Routed,
    whole: &Whole<'_>,
    request: &Request<'_>,
    blocks: &Store,
) -> io::Result<Vec<Vec<Finding>>> {
    let mut found: Vec<Vec<Finding>> = routed.parts.iter().map(|_| Vec::new()).collect();
    let Some(bounds) = &routed.days else { return Ok(found) };
    let rules = rules(request);
    let mut noted = Noted::new(routed)?;
    for (number, part) in routed.parts.iter().enumerate() {
        let families = &routed.families[part.home];
        if families.is_empty() {
            continue;
        }
        let is_wanted = |keyed: &Keyed<'_>| families.contains(&routed.ties.root(keyed.member));
        let store = routed.load(part, blocks, is_wanted)?;
        let net = whole.net(&store);
        let days = whole.members(&store, &net, &rules).days.into_iter().flatten();
        let may_exceed = |day: &(DayUnits, _)| bounds.may_exceed(day.0.day);
        for (units, seq) in days.filter(may_exceed) {
            noted.add(units, seq, number as u32, &store)?;
        }
    }
    noted.flush()?;
    let wanted = wanted(&noted.entries, bounds.limit(), routed.limit.bytes / 2)?;
    let mut of_share: HashMap<usize, Vec<&Entry>> = HashMap::new();
    for entry in &wanted {
        of_share.entry(entry.share()).or_default().push(entry);
    }
    for (share, entries) in of_share {
        let part_of: HashMap<u64, u32> =
            entries.iter().map(|entry| (entry.seq, entry.part)).collect();
        let store = load(&noted.lines, share, blocks, &part_of)?;
        let days = entries
            .iter()
            .map(|entry| (DayUnits { day: entry.day, units: entry.units }, InputSeq(entry.seq)));
        for finding in check::check_days(whole.context(), &store, &[days.collect()], &rules) {
            let seq = finding.line.as_ref().map(|line| line.seq.0);
            let part = seq.and_then(|seq| part_of.get(&seq)).ok_or(io::ErrorKind::InvalidData)?;
            found[*part as usize].push(finding);
        }
    }
    Ok(found)
}

/// What the lines of all parts add to which day, and those lines, in shares of the days.
struct Noted {
    entries: Streams,
    lines: Streams,
}

impl Noted {
    fn new(routed: &Routed) -> io::Result<Noted> {
        let streams = || Streams::new(&routed.limit.space, SHARES, CHUNK_BYTES);
        Ok(Noted { entries: streams()?, lines: streams()? })
    }

    /// Notes a line of a part whose records are in `store`.
    fn add(
        &mut self,
        DayUnits { day, units }: DayUnits,
        seq: InputSeq,
        part: u32,
        store: &Store,
    ) -> io::Result<()> {
        let entry = Entry { day, seq: seq.0, units, part };
        self.entries.write(entry.share(), &entry.to_bytes())?;
        let id = store.id_of(seq).ok_or(io::ErrorKind::InvalidData)?;
        let records = &store.blocks[seq.block() as usize].records;
        Keyed::of(store.key(id), records).write(entry.share(), &mut self.lines)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.entries.flush()?;
        self.lines.flush()
    }
}

/// The lines of days with more than `limit` units, by part and place.
fn wanted(entries: &Streams, limit: u64, bytes: u64) -> io::Result<Vec<Entry>> {
    let mut wanted = Vec::new();
    for share in 0..SHARES {
        let passes = (2 * entries.bytes(share)).div_ceil(bytes.max(1)).max(1);
        for pass in 0..passes {
            let mut of_pass = Vec::new();
            let (mut reader, mut row) = (entries.read(share), [0; ENTRY_BYTES]);
            while reader.fill(&mut row)? {
                let entry = Entry::of_bytes(&row);
                if entry.day % passes == pass {
                    of_pass.push(entry);
                }
            }
            of_pass.sort_unstable_by_key(|entry| entry.day);
            for day in of_pass.chunk_by(|left, right| left.day == right.day) {
                if day.iter().map(|entry| u64::from(entry.units)).sum::<u64>() > limit {
                    wanted.extend_from_slice(day);
                }
            }
        }
    }
    wanted.sort_unstable_by_key(|entry| (entry.part, entry.seq));
    Ok(wanted)
}

/// The lines of one share that are wanted: those in `part_of`.
fn load(
    lines: &Streams,
    share: usize,
    blocks: &Store,
    part_of: &HashMap<u64, u32>,
) -> io::Result<Store> {
    let mut store = blocks.without_records();
    let mut mixed = BTreeSet::new();
    let mut reader = KeyedReader::of(lines.read(share));
    while let Some(keyed) = reader.next()? {
        if part_of.contains_key(&keyed.seq().0) && !put_back(&keyed, &mut store) {
            mixed.insert(keyed.seq().block());
        }
    }
    sort_blocks(&mut store, mixed);
    Ok(store)
}
