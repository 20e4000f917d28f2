//! Brings what the blocks yielded into input order, whichever thread was ready first.

use super::parts::Router;
use crate::model::{FileFault, NaiveDate, Position, Reject};
use crate::normalize::claims_csv::CsvOutput;
use crate::normalize::edi837p::follower::Met;
use crate::normalize::edi837p::{BlockPlace, Follower, X12Output};
use crate::normalize::{Sink, Tally};
use crate::outcome::FileKind;
use crate::store::past::Interchange;
use crate::store::{Store, StoredBlock};
use crate::x12::envelope::ControlSegment;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a thread made of a block.
pub enum BlockOutput {
    /// Of a claim CSV.
    Csv(CsvOutput),
    /// Of an X12 file.
    X12(X12Output),
}

/// One claim file, as far as it was read.
#[derive(Default)]
pub struct FileState {
    /// As the user named it.
    pub name: Arc<str>,
    /// From `--history`.
    pub is_history: bool,
    /// Rows (header not counted) or segments.
    pub records: u64,
    /// Counts.
    pub tally: Tally,
    /// The newest received or group date.
    pub newest: Option<NaiveDate>,
    /// The interchanges, and where each begins.
    pub interchanges: Vec<(Interchange, Position)>,
    follower: Option<Follower>,
    place: BlockPlace,
    last_claim: Option<u128>,
}

impl FileState {
    /// What is known of a file that was read to its end.
    fn as_read(&self) -> FileState {
        FileState {
            name: Arc::clone(&self.name),
            is_history: self.is_history,
            records: self.records,
            tally: self.tally,
            newest: self.newest,
            interchanges: self.interchanges.clone(),
            ..FileState::default()
        }
    }
}

/// Takes the output of blocks in any order.
#[derive(Default)]
pub struct Collector {
    /// Everything that was kept.
    pub store: Store,
    /// The files, in input order.
    pub files: Vec<FileState>,
    /// Faults of all files.
    pub faults: Vec<FileFault>,
    /// Values that were blanked.
    pub rejects: Vec<Reject>,
    /// The newest received or group date.
    pub newest: Option<NaiveDate>,
    /// Bytes of all blocks that were kept.
    bytes_read: u64,
    /// Puts records aside that are too many.
    pub(super) router: Option<Router>,
    waiting: BTreeMap<u32, (u32, usize, BlockOutput)>,
    next: u32,
}

impl Collector {
    /// The first `count` numbers of blocks are given away: records of the past go there.
    pub fn after_reserved(count: u32) -> Collector {
        let mut collector = Collector { next: count, ..Collector::default() };
        collector.store.reserve(count);
        collector
    }

    /// A file begins; returns its index.
    pub fn begin_file(&mut self, name: &str, is_history: bool, kind: FileKind) -> u32 {
        let follower = (kind == FileKind::X12).then(Follower::default);
        let file = FileState { name: name.into(), is_history, follower, ..FileState::default() };
        self.files.push(file);
        self.files.len() as u32 - 1
    }

    /// Takes block number `number`, of file `file` and `bytes` long.
    pub fn take(&mut self, number: u32, file: u32, bytes: usize, output: BlockOutput) {
        self.waiting.insert(number, (file, bytes, output));
        while let Some((file, bytes, output)) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.bytes_read += bytes as u64;
            match output {
                BlockOutput::Csv(output) => self.csv(file, output),
                BlockOutput::X12(output) => self.x12(file, output),
            }
        }
    }

    /// All blocks were taken: what is still open is missing its end.
    pub fn finish(&mut self) {
        for index in 0..self.files.len() {
            let Some(mut follower) = self.files[index].follower.take() else { continue };
            self.files[index].records = follower.end().number;
            let faults = follower.faults.into_iter().map(|fault| FileFault {
                kind: fault.kind,
                file: index as u32,
                position: fault.position,
                part: fault.part,
                message: fault.message,
            });
            self.faults.extend(faults);
        }
    }

    /// What is known beside the records once all blocks were taken.
    pub(super) fn without_records(&self) -> Collector {
        Collector {
            files: self.files.iter().map(FileState::as_read).collect(),
            faults: self.faults.clone(),
            rejects: self.rejects.clone(),
            newest: self.newest,
            ..Collector::default()
        }
    }

    fn csv(&mut self, file: u32, output: CsvOutput) {
        let state = &mut self.files[file as usize];
        let place = state.place;
        state.place.number += output.rows;
        state.records += output.rows;
        state.tally.add(&output.sink.tally);
        if let Some(first) = output.edges.first {
            // A claim that goes on over the edge of two blocks was counted in both.
            state.tally.claims -= u64::from(state.last_claim == Some(first));
            state.last_claim = output.edges.last;
        }
        state.newest = state.newest.max(output.newest_received);
        self.newest = self.newest.max(output.newest_received);
        self.keep(file, FileKind::Csv, place, output.sink);
    }

    fn x12(&mut self, file: u32, output: X12Output) {
        self.newest = self.newest.max(output.newest_group_date);
        let state = &mut self.files[file as usize];
        state.newest = state.newest.max(output.newest_group_date);
        let Some(follower) = &mut state.follower else { return };
        let interchanges = &mut state.interchanges;
        let (sink, place) = follower.next_seen(output, &mut |met| {
            if let Met::Control {
                segment: ControlSegment::Isa { control, sender, receiver },
                at,
                ..
            } = met
            {
                let (control, sender) = (control.clone(), sender.clone());
                let own = Interchange { control, sender, receiver: receiver.clone() };
                let position = Position::Segment { number: at.number, byte: at.byte };
                interchanges.push((own, position));
            }
        });
        state.tally.add(&sink.tally);
        self.keep(file, FileKind::X12, place, sink);
    }

    fn keep(&mut self, file: u32, kind: FileKind, place: BlockPlace, sink: Sink) {
        let Sink { mut records, mut keys, faults, rejects, .. } = sink;
        // Giving back a little costs a copy of the whole.
        if records.capacity() > 2 * records.len() {
            records.shrink_to_fit();
        }
        if keys.capacity() > keys.len() / 4 * 5 {
            keys.shrink_to_fit();
        }
        let block = StoredBlock { file, kind, place, records, keys };
        self.faults.extend(faults.into_iter().map(|fault| FileFault {
            kind: fault.kind,
            file,
            position: block.position(fault.at),
            part: fault.part,
            message: fault.message,
        }));
        let source = &self.files[file as usize].name;
        self.rejects.extend(rejects.into_iter().map(|reject| Reject {
            source: Arc::clone(source),
            position: block.position(reject.at),
            column: reject.column.to_owned(),
            reason: reject.reason.to_owned(),
            is_bad_row: false,
        }));
        match &mut self.router {
            Some(router) => router.push(block, &mut self.store, self.bytes_read),
            None => self.store.push(block),
        }
    }
}

/// Where something of a file stands, for sorting.
pub fn file_order(fault: &FileFault) -> (u32, Position) {
    (fault.file, fault.position)
}
