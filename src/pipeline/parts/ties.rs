//! What ties members to each other: a claim key that two of them share, or a number that a
//! correction names. Their records are checked in one part.
//!
//! A tie too many costs memory and nothing else, so hashes of 62 bits will do.

use super::super::corrections::number_key;
use super::keyed::Keyed;
use crate::model::{ServiceLine, record};
use crate::normalize::RecordKey;
use crate::spill::{Streams, TempSpace};
use rayon::prelude::*;
use std::collections::HashMap;
use std::io;

/// What a claim and a number have to do with each other; the lower bits of an entry's number.
const SAME_CLAIM: u64 = 0;
const BEARS: u64 = 1;
const NAMES: u64 = 2;
const KIND_BITS: u64 = 3;

const ENTRY_BYTES: usize = 16;
/// Streams, by the number: each is sorted in memory, if need be in several passes.
const STREAMS: usize = 64;
const CHUNK_BYTES: usize = 64 << 10;

/// Number with its kind, member.
type Entry = (u64, u64);

/// Collects what can tie members to each other.
pub(super) struct TieWriter {
    entries: Streams,
    /// The last few: lines of one claim follow each other.
    last: [Entry; 4],
    next: usize,
}

impl TieWriter {
    pub fn new(space: &TempSpace) -> io::Result<TieWriter> {
        let entries = Streams::new(space, STREAMS, CHUNK_BYTES)?;
        Ok(TieWriter { entries, last: [(0, 0); 4], next: 0 })
    }

    /// Notes a record.
    pub fn note(&mut self, keyed: &Keyed<'_>) -> io::Result<()> {
        self.put(keyed.claim as u64, SAME_CLAIM, keyed.member)?;
        let line = record::numbers(keyed.record);
        for number in [line.claim_id, line.payer_claim_number] {
            if !number.is_empty() {
                self.put(number_key(line.billing_npi, number) as u64, BEARS, keyed.member)?;
            }
        }
        if keyed.flags & (RecordKey::REPLACEMENT | RecordKey::VOID) != 0 {
            let line: ServiceLine<'_> = record::decode(keyed.record);
            let number = number_key(line.billing_npi, line.original_claim_id);
            self.put(number as u64, NAMES, keyed.member)?;
        }
        Ok(())
    }

    fn put(&mut self, number: u64, kind: u64, member: u64) -> io::Result<()> {
        let entry = (number & !KIND_BITS | kind, member);
        if self.last.contains(&entry) {
            return Ok(());
        }
        self.last[self.next] = entry;
        self.next = (self.next + 1) % self.last.len();
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..8].copy_from_slice(&entry.0.to_le_bytes());
        bytes[8..].copy_from_slice(&entry.1.to_le_bytes());
        self.entries.write((number >> 58) as usize, &bytes)
    }

    /// Works the ties out in `bytes` of memory, if they are not more.
    pub fn finish(mut self, bytes: u64) -> io::Result<Ties> {
        self.entries.flush()?;
        let mut ties = Ties::default();
        for stream in 0..STREAMS {
            // Twice: sorting and growing take room too.
            let passes = (2 * self.entries.bytes(stream)).div_ceil(bytes.max(1)).max(1);
            for pass in 0..passes {
                let mut entries = self.read(stream, passes, pass)?;
                entries.par_sort_unstable();
                entries.dedup();
                for group in entries.chunk_by(|a, b| a.0 & !KIND_BITS == b.0 & !KIND_BITS) {
                    ties.add(group);
                }
            }
        }
        ties.flatten();
        Ok(ties)
    }

    /// The entries of a stream whose numbers belong to a pass.
    fn read(&self, stream: usize, passes: u64, pass: u64) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut reader = self.entries.read(stream);
        let mut bytes = [0; ENTRY_BYTES];
        while reader.fill(&mut bytes)? {
            let half = |at: usize| {
                let mut half = [0; 8];
                half.copy_from_slice(&bytes[at..at + 8]);
                u64::from_le_bytes(half)
            };
            let entry = (half(0), half(8));
            if (entry.0 >> 2) % passes == pass {
                entries.push(entry);
            }
        }
        Ok(entries)
    }
}

/// Members that are tied to others, each with one of them that stands for all.
#[derive(Default)]
pub(super) struct Ties {
    parents: HashMap<u64, u64, foldhash::fast::RandomState>,
}

impl Ties {
    /// Who stands for a member: itself, if nothing ties it to another one.
    pub fn root(&self, member: u64) -> u64 {
        self.parents.get(&member).copied().unwrap_or(member)
    }

    /// Entries of one number, sorted by kind.
    fn add(&mut self, group: &[Entry]) {
        // A number that nobody names ties nobody; a claim key does.
        let is_named = group.iter().any(|entry| entry.0 & KIND_BITS == NAMES);
        let tied = |entry: &&Entry| is_named || entry.0 & KIND_BITS == SAME_CLAIM;
        let mut members = group.iter().filter(tied).map(|entry| entry.1);
        let Some(first) = members.next() else { return };
        for member in members {
            self.union(first, member);
        }
    }

    fn union(&mut self, left: u64, right: u64) {
        if left == right {
            return;
        }
        let (left, right) = (self.find(left), self.find(right));
        // The lower stands for both, whatever came first.
        let (root, other) = (left.min(right), left.max(right));
        self.parents.insert(root, root);
        self.parents.insert(other, root);
    }

    fn find(&mut self, member: u64) -> u64 {
        let mut root = member;
        while let Some(parent) = self.parents.get(&root).filter(|parent| **parent != root) {
            root = *parent;
        }
        // The way there is short the next time.
        let mut next = member;
        while next != root {
            match self.parents.insert(next, root) {
                Some(parent) => next = parent,
                None => break,
            }
        }
        root
    }

    /// Every member knows who stands for it.
    fn flatten(&mut self) {
        let members: Vec<u64> = self.parents.keys().copied().collect();
        for member in members {
            let root = self.find(member);
            self.parents.insert(member, root);
        }
        self.parents.retain(|member, root| member != root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_ties_have_one_root_and_bare_numbers_tie_nobody() {
        let mut ties = Ties::default();
        ties.add(&[(8 | SAME_CLAIM, 5), (8 | SAME_CLAIM, 4)]);
        ties.add(&[(16 | BEARS, 9), (16 | NAMES, 5)]);
        ties.add(&[(24 | BEARS, 1), (24 | BEARS, 2)]);
        ties.add(&[(32 | SAME_CLAIM, 7), (32 | SAME_CLAIM, 9)]);
        ties.add(&[(40 | SAME_CLAIM, 11)]);
        // Two numbers whose hashes are the same: only what is surely tied is.
        ties.add(&[(48 | SAME_CLAIM, 20), (48 | BEARS, 21), (48 | BEARS, 22)]);
        ties.flatten();
        for member in [4, 5, 7, 9] {
            assert_eq!(ties.root(member), 4, "{member}");
        }
        for member in [1, 2, 11, 20, 21, 22] {
            assert_eq!(ties.root(member), member);
        }
        assert_eq!(ties.parents.len(), 3);
    }
}
