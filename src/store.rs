//! The records of all blocks, in input order: the memory of a run.

use crate::model::member_ids::IdsToMask;
use crate::model::{Cents, FileKind, InputSeq, LocalPosition, Position, ServiceLine, record};
use crate::normalize::RecordKey;
use crate::normalize::edi837p::BlockPlace;
use past::PastLines;
use pseudonyms::Pseudonyms;
use rayon::prelude::*;

pub mod past;
pub mod pseudonyms;

/// One block as it is kept.
pub struct StoredBlock {
    /// Index of its file.
    pub file: u32,
    /// What the file is.
    pub kind: FileKind,
    /// Where the block begins in its file.
    pub place: BlockPlace,
    /// Records of the lines that matter.
    pub records: Vec<u8>,
    /// A key a record.
    pub keys: Vec<RecordKey>,
}

impl StoredBlock {
    /// The position in the file of something in the block.
    pub fn position(&self, local: LocalPosition) -> Position {
        match self.kind {
            FileKind::X12 => self.place.segment(local),
            // Row 1 is the header, which is in no block.
            FileKind::Csv => Position::Row(self.place.number + u64::from(local.number) + 2),
        }
    }
}

/// Number of a record among all records of the run.
pub type RecordId = u32;

/// The blocks of a run.
#[derive(Default)]
pub struct Store {
    /// In input order.
    pub blocks: Vec<StoredBlock>,
    /// Records before each block.
    first: Vec<RecordId>,
    records: RecordId,
    /// `--deidentify`; boxed, as mostly there are none.
    pseudonyms: Option<Box<Pseudonyms>>,
}

impl Store {
    /// Takes the next block.
    pub fn push(&mut self, block: StoredBlock) {
        self.first.push(self.records);
        self.records += block.keys.len() as RecordId;
        self.blocks.push(block);
    }

    /// Keeps places for the first `count` blocks, to be filled in later.
    pub fn reserve(&mut self, count: u32) {
        for _ in 0..count {
            self.push(StoredBlock {
                file: 0,
                kind: FileKind::Csv,
                place: BlockPlace::default(),
                records: Vec::new(),
                keys: Vec::new(),
            });
        }
    }

    /// Puts lines of the past into the places that were reserved for them; they count as lines of
    /// the file `file`.
    pub fn fill(&mut self, past: PastLines, file: u32) {
        let mut filled = past.into_blocks().into_iter();
        for block in self.blocks.iter_mut().take(past::BLOCKS as usize) {
            let (records, keys) = filled.next().unwrap_or_default();
            (block.file, block.records, block.keys) = (file, records, keys);
        }
        self.renumber();
    }

    /// Numbers the records again: those of blocks were put in or taken out.
    pub fn renumber(&mut self) {
        self.records = 0;
        for (first, block) in self.first.iter_mut().zip(&self.blocks) {
            *first = self.records;
            self.records += block.keys.len() as RecordId;
        }
    }

    /// The same blocks without their records.
    pub fn without_records(&self) -> Store {
        let mut store = Store::default();
        for StoredBlock { file, kind, place, .. } in &self.blocks {
            let (file, kind, place) = (*file, *kind, *place);
            store.push(StoredBlock { file, kind, place, records: Vec::new(), keys: Vec::new() });
        }
        store
    }

    /// A store of lines of the past alone.
    pub fn of_past(past: PastLines) -> Store {
        let mut store = Store::default();
        store.reserve(past::BLOCKS);
        store.fill(past, 0);
        store
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Number of the record `index` of block `block`.
    pub fn id(&self, block: usize, index: usize) -> RecordId {
        self.first[block] + index as RecordId
    }

    /// The bytes of a record, and what follows it.
    pub fn record(&self, id: RecordId) -> &[u8] {
        let (block, index) = self.place_of(id);
        let block = &self.blocks[block];
        &block.records[block.keys[index].offset as usize..]
    }

    /// The service line of a record, as it may be shown.
    pub fn line(&self, id: RecordId) -> ServiceLine<'_> {
        let line = self.line_as_read(id);
        match &self.pseudonyms {
            None => line,
            Some(pseudonyms) => pseudonyms.over(line),
        }
    }

    /// The service line of a record with its member's id, whatever may be shown of it.
    pub fn line_as_read(&self, id: RecordId) -> ServiceLine<'_> {
        record::decode(self.record(id))
    }

    /// The member of a record, whatever may be shown of it.
    pub fn member_id(&self, id: RecordId) -> &[u8] {
        record::member_id(self.record(id))
    }

    /// The service lines of all records, in input order.
    pub fn lines(&self) -> impl Iterator<Item = ServiceLine<'_>> {
        (0..self.records).map(|id| self.line(id))
    }

    /// The ids of all members, as they may be shown, to be taken out of numbers that hold them.
    pub fn member_ids(&self) -> IdsToMask {
        IdsToMask::of_lists(self.blocks.par_iter().map(|block| self.members_of(block)))
    }

    /// The members of a block, as they may be shown; one may come several times.
    fn members_of<'s>(&'s self, block: &'s StoredBlock) -> impl Iterator<Item = &'s [u8]> {
        let mut last: &[u8] = b"";
        let records = block.keys.iter().map(|key| &block.records[key.offset as usize..]);
        let shown = |record| match &self.pseudonyms {
            None => record::member_id(record),
            Some(pseudonyms) => pseudonyms.over(record::decode(record)).member_id,
        };
        let members = records.map(shown).filter(|id| !id.is_empty());
        // The lines of a claim follow each other.
        members.filter(move |id| *id != std::mem::replace(&mut last, id))
    }

    /// From now on [`Store::line`] shows pseudonyms.
    pub fn show_as(&mut self, pseudonyms: Pseudonyms) {
        self.pseudonyms = Some(Box::new(pseudonyms));
    }

    /// The key of a record.
    pub fn key(&self, id: RecordId) -> &RecordKey {
        let (block, index) = self.place_of(id);
        &self.blocks[block].keys[index]
    }

    /// Whether a record is of history (or the ledger).
    pub fn is_history(&self, id: RecordId) -> bool {
        self.key(id).is(RecordKey::HISTORY)
    }

    /// The place of a record in input order.
    pub fn seq(&self, id: RecordId) -> InputSeq {
        record::seq(self.record(id))
    }

    /// Of each record, in input order, its place there and whether it is of history.
    pub fn places(&self) -> impl Iterator<Item = (InputSeq, bool)> {
        self.blocks.iter().flat_map(|block| {
            let seq = |key: &RecordKey| record::seq(&block.records[key.offset as usize..]);
            block.keys.iter().map(move |key| (seq(key), key.is(RecordKey::HISTORY)))
        })
    }

    /// File and position of a service line.
    pub fn position(&self, line: &ServiceLine<'_>) -> (u32, Position) {
        let block = &self.blocks[line.seq.block() as usize];
        (block.file, block.position(line.position))
    }

    /// Puts prices in the place of paid amounts that peer-support lines lack; `price` gives one or
    /// none. Gives how many lines got one.
    pub fn price(&mut self, price: impl Fn(&ServiceLine<'_>) -> Option<Cents>) -> u64 {
        let mut priced = 0;
        for block in &mut self.blocks {
            for key in block.keys.iter().filter(|key| key.is(RecordKey::PEER_SUPPORT)) {
                let record = &mut block.records[key.offset as usize..];
                let line = record::decode(record);
                let found = if line.paid.is_none() { price(&line) } else { None };
                if let Some(found) = found {
                    record::price(record, found);
                    priced += 1;
                }
            }
        }
        priced
    }

    /// Number of the record of a service line; the seq of a line names its block, and records of a
    /// block are in the order of their seqs.
    pub fn id_of(&self, seq: InputSeq) -> Option<RecordId> {
        let block = seq.block() as usize;
        let stored = self.blocks.get(block)?;
        let seq_of = |key: &RecordKey| record::seq(&stored.records[key.offset as usize..]);
        // The seq counts the lines of its block that were not kept too, mostly a few or none: the
        // record is there or shortly before.
        let mut end = stored.keys.len().min(seq.index() as usize + 1);
        let mut step = 1;
        let mut start = end.saturating_sub(step);
        while start > 0 && seq_of(&stored.keys[start]) > seq {
            end = start;
            step *= 2;
            start = start.saturating_sub(step);
        }
        let found = stored.keys[start..end].binary_search_by_key(&seq, seq_of);
        found.ok().map(|index| self.id(block, start + index))
    }

    fn place_of(&self, id: RecordId) -> (usize, usize) {
        let block = self.first.partition_point(|first| *first <= id) - 1;
        (block, (id - self.first[block]) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store of one block whose lines of these numbers alone were kept.
    fn store_of(kept: &[u32]) -> Store {
        let mut store = Store::default();
        store.reserve(1);
        let block = &mut store.blocks[0];
        for index in kept {
            let line = ServiceLine { seq: InputSeq::new(0, *index), ..ServiceLine::empty() };
            let offset = block.records.len() as u32;
            block.keys.push(RecordKey::of(&line, offset, &mut Vec::new()));
            record::encode(&line, &mut block.records);
        }
        store.renumber();
        store
    }

    #[test]
    fn a_record_is_found_by_its_seq_whatever_was_not_kept_before_it() {
        let all: Vec<u32> = (0..100).collect();
        let few: Vec<u32> = (0..100).map(|number| number * number).collect();
        let late: Vec<u32> = (5000..5100).collect();
        for kept in [&all[..], &few, &late, &[7], &[]] {
            let store = store_of(kept);
            for index in 0..10_000 {
                let found = store.id_of(InputSeq::new(0, index));
                let place = kept.iter().position(|kept| *kept == index);
                assert_eq!(found, place.map(|place| place as RecordId), "{index}");
            }
            assert_eq!(store.id_of(InputSeq::new(1, 0)), None);
        }
    }
}
