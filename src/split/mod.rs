//! Each current file split by claim into `release/` and `hold/` (outputs.md, "Split").
//!
//! ```text
//! snapshot::take_all     before the run: how the files are
//! unread(request)        after it: which claims damage hit (damaged files are read once more)
//! places(request, …)     then which claim goes where, by its key; claims not named are released
//! split(request, …)      each file, read again as a stream; x12/ and csv.rs write its two parts
//! ```
//!
//! Memory grows with the claims that are not released, not with the input. The bytes of a claim are
//! copied as they came; envelopes and levels are written with counts and numbers of their own.

mod control;
mod csv;
mod output;
mod place;
mod reread;
mod tally;
mod x12;

pub use control::ControlSuffix;
pub use output::Folder;
pub use place::{Place, Places};

use crate::model::{FileKind, Position};
use crate::normalize::claims_csv::{CodeMaps, Sources};
use crate::outcome::{FileOutcome, RunOutcome, SplitFile, SplitOutcome, UnreadClaims};
use crate::source::in_order::InOrder;
use crate::source::input::{InputError, InputPath};
use crate::source::part_names::Names;
use crate::source::snapshot::Snapshot;
use output::Output;
use reread::Reread;
use std::collections::HashMap;
use std::io;
use tally::Tally;
use thiserror::Error;

/// Everything that a split needs besides the outcome of the run.
pub struct SplitRequest<'r> {
    /// The current files, as the run read them.
    pub inputs: &'r [InputPath],
    /// How they were before it.
    pub snapshots: &'r [Option<Snapshot>],
    /// Delimiter of claim CSVs.
    pub delimiter: u8,
    /// Our column names to the file's.
    pub renamed: &'r HashMap<String, Sources>,
    /// The file's codes to ours.
    pub codes: &'r CodeMaps,
    /// Threads that read; 1: only the calling one.
    pub threads: usize,
    /// Bytes of a block.
    pub block_bytes: usize,
    /// Bytes that a compressed file may unpack to at most.
    pub max_decompressed: u64,
    /// Where claims go that a person must look at.
    pub reviews_to: Place,
    /// Digits behind the control numbers of the files in `hold/`.
    pub control_suffix: Option<ControlSuffix>,
}

/// Why the files cannot be split. Nothing is written then.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SplitError {
    /// A file cannot be read again.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Something could not be read or written.
    #[error("{name}: cannot be split: {error}")]
    Io {
        /// The input.
        name: String,
        /// What the system said.
        error: io::Error,
    },
    /// It is not the file that was checked.
    #[error(
        "{name}: the file changed while it was read, so that it cannot be split; nothing was \
         written. Run again when nobody writes to it."
    )]
    Changed {
        /// The input.
        name: String,
    },
    /// Not every claim went somewhere: a fault of this program.
    #[error(
        "{name}: the claims do not add up: {claims} read, {released} released, {held} held, \
         {neither} posted before ({records} records read, {again} when read again). Nothing was \
         written. This is a fault of peerclaims: please report it with these counts."
    )]
    DoesNotAddUp {
        /// The input.
        name: String,
        /// Claims that the run read.
        claims: u64,
        /// Claims of `release/`.
        released: u64,
        /// Claims of `hold/`.
        held: u64,
        /// Claims of neither.
        neither: u64,
        /// Segments or rows that the run read.
        records: u64,
        /// The same of the split.
        again: u64,
    },
}

/// Finds the claims of which part could not be read; files without damage are not read again.
pub fn unread(
    request: &SplitRequest<'_>,
    outcome: &RunOutcome,
) -> Result<UnreadClaims, SplitError> {
    let reading = InOrder { threads: request.threads, block_bytes: request.block_bytes };
    let mut unread = UnreadClaims::default();
    for file in &files(request, outcome) {
        file.broken(reading, request, outcome, &mut unread).map_err(|error| file.failed(error))?;
    }
    Ok(unread)
}

/// Where the claims go. What is [`unread`] is held.
pub fn places(request: &SplitRequest<'_>, outcome: &RunOutcome) -> Places {
    Places::of(outcome, &outcome.split.unread_claims.keys, request.reviews_to)
}

/// Splits all current files into `folder`.
pub fn split<F: Folder>(
    request: &SplitRequest<'_>,
    outcome: &RunOutcome,
    places: &Places,
    folder: &F,
) -> Result<SplitOutcome, SplitError> {
    let reading = InOrder { threads: request.threads, block_bytes: request.block_bytes };
    let files = files(request, outcome);
    let ids = ids(outcome, places);
    let mut names = Names::default();
    let mut done = SplitOutcome::default();
    for file in &files {
        let name = names.next(&file.outcome.name);
        let split = file
            .split(reading, request, (outcome, places, &ids), folder, &name)
            .map_err(|error| file.failed(error))?;
        file.check(&split)?;
        let [release, hold] = split.parts;
        let Tally { release: released, hold: held, neither } = split.tally;
        done.released += released;
        done.held += held;
        done.already_posted += neither;
        let claims = [released, held, neither];
        done.files.push(SplitFile { name: file.outcome.name.clone(), release, hold, claims });
    }
    Ok(done)
}

/// The numbers of claims that are not released.
fn ids(outcome: &RunOutcome, places: &Places) -> x12::Ids {
    let store = &outcome.store;
    let records = outcome.claims.iter().map(|claim| claim.record);
    let elsewhere = records.filter(|id| places.get(store.key(*id).claim) != Place::Release);
    elsewhere.map(|id| x12::id_hash(store.line(id).claim_id)).collect()
}

/// One current file.
struct File<'r> {
    index: u32,
    input: &'r InputPath,
    snapshot: Option<Snapshot>,
    outcome: &'r FileOutcome,
    /// Where something of it could not be read: bytes of an X12 file, rows of a CSV (from 0, the
    /// header not counted).
    faults: Vec<u64>,
}

/// One file, split.
struct Split {
    tally: Tally,
    records: u64,
    is_sound: bool,
    parts: [Option<String>; 2],
}

/// The current files that were read, each with its input: those of another kind were skipped.
fn files<'r>(request: &SplitRequest<'r>, outcome: &'r RunOutcome) -> Vec<File<'r>> {
    let mut inputs = request.inputs.iter().enumerate();
    let current = outcome.files.iter().enumerate().filter(|(_, file)| !file.is_history);
    let found = current.filter_map(|(index, file)| {
        let (number, input) = inputs.find(|(_, input)| *input.name == *file.name)?;
        let snapshot = request.snapshots.get(number).copied().flatten();
        let index = index as u32;
        let unread = outcome.split.unread.iter().filter(|(of, _)| *of == index);
        let mut faults: Vec<u64> = unread.map(|(_, position)| place(*position)).collect();
        faults.sort_unstable();
        faults.dedup();
        Some(File { index, input, snapshot, outcome: file, faults })
    });
    found.collect()
}

/// The byte of a segment; the row, the first behind the header being 0.
fn place(position: Position) -> u64 {
    match position {
        Position::Segment { byte, .. } => byte,
        Position::Row(row) => row.saturating_sub(2),
    }
}

impl File<'_> {
    fn failed(&self, error: io::Error) -> SplitError {
        SplitError::Io { name: self.outcome.name.to_string(), error }
    }

    /// Adds the claims of which part could not be read.
    fn broken(
        &self,
        reading: InOrder,
        request: &SplitRequest<'_>,
        outcome: &RunOutcome,
        unread: &mut UnreadClaims,
    ) -> io::Result<()> {
        let is_x12 = self.outcome.kind == FileKind::X12;
        if self.faults.is_empty() {
            return Ok(());
        }
        if !is_x12 {
            let Reread { stream, columns, .. } = Reread::csv(self.input, request)?;
            return csv::keys_of_rows(reading, stream, &columns, &self.faults, &mut unread.keys);
        }
        let stream = reread::stream(self.input, request.max_decompressed)?;
        let ranges = x12::broken(reading, stream, &self.faults)?;
        let lines = self.lines(outcome);
        let mut lines = lines.iter().peekable();
        for range in &ranges {
            while lines.next_if(|(byte, _)| *byte < range.start).is_some() {}
            while let Some((_, key)) = lines.next_if(|(byte, _)| *byte < range.end) {
                unread.keys.insert(*key);
            }
        }
        unread.ranges.insert(self.index, ranges);
        Ok(())
    }

    /// The bytes at which its lines begin that the run kept, ascending, and the keys of their
    /// claims.
    fn lines(&self, outcome: &RunOutcome) -> Vec<(u64, u128)> {
        self.lines_of(outcome, Some)
    }

    fn lines_of<T>(&self, outcome: &RunOutcome, what: impl Fn(u128) -> Option<T>) -> Vec<(u64, T)> {
        let blocks = outcome.store.blocks.iter().filter(|block| block.file == self.index);
        let mut found = Vec::new();
        for block in blocks {
            for key in &block.keys {
                let Some(what) = what(key.claim) else { continue };
                let line = crate::model::record::decode(&block.records[key.offset as usize..]);
                found.push((place(block.position(line.position)), what));
            }
        }
        found
    }

    fn split<F: Folder>(
        &self,
        reading: InOrder,
        request: &SplitRequest<'_>,
        (outcome, places, ids): (&RunOutcome, &Places, &x12::Ids),
        folder: &F,
        name: &str,
    ) -> io::Result<Split> {
        let parts = ["release", "hold"].map(|part| Output::new(folder, format!("{part}/{name}")));
        match self.outcome.kind {
            FileKind::X12 => {
                let elsewhere = |key| match places.get(key) {
                    Place::Release => None,
                    place => Some(place),
                };
                let elsewhere = self.lines_of(outcome, elsewhere);
                let (faults, elsewhere) = (&self.faults, &elsewhere);
                let known = x12::Known { faults, elsewhere, places, ids };
                let stream = reread::stream(self.input, request.max_decompressed)?;
                let suffix = request.control_suffix.as_ref();
                let (done, parts) = x12::split(reading, stream, &known, parts, suffix)?;
                let x12::Done { tally, records, is_sound } = done;
                Ok(Split { tally, records, is_sound, parts })
            }
            FileKind::Csv => {
                let Reread { header, stream, columns } = Reread::csv(self.input, request)?;
                let header = (&header[..], &*columns);
                let (done, parts) = csv::split(reading, stream, header, places, parts)?;
                let csv::Done { tally, records } = done;
                Ok(Split { tally, records, is_sound: true, parts })
            }
        }
    }

    /// That every claim that the run read went somewhere.
    fn check(&self, split: &Split) -> Result<(), SplitError> {
        let name = self.outcome.name.to_string();
        let now = Snapshot::take(&self.input.path).ok();
        if now != self.snapshot {
            return Err(SplitError::Changed { name });
        }
        let FileOutcome { claims, records, .. } = *self.outcome;
        if split.is_sound && split.tally.claims() == claims && split.records == records {
            return Ok(());
        }
        let Tally { release: released, hold: held, neither } = split.tally;
        let again = split.records;
        Err(SplitError::DoesNotAddUp { name, claims, released, held, neither, records, again })
    }
}
