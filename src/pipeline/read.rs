//! Stage 1: reads claim files block by block, on all threads, into records in input order.

use super::collector::{BlockOutput, Collector};
use super::parts::{Aside, Router};
use super::request::{ClaimCsvForm, Request};
use super::run::RunError;
use crate::model::PassedOver;
use crate::normalize::claims_csv::{self, ClaimColumns, CsvCutter, CsvHead, Header, lookalike};
use crate::normalize::{Tally, Wanted, edi837p};
use crate::outcome::{FileKind, FileOutcome};
use crate::source::blocks::{Block, Blocks, Cutter};
use crate::source::decompress::{decompressed, raw};
use crate::source::hash::{self, Passed};
use crate::source::input::{InputError, InputPath, Sniffed, sniff};
use crate::source::kinds;
use crate::source::snapshot::Watched;
use crate::store::past;
use crate::x12::cutter::{X12Cutter, X12Head};
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// What reading came to.
pub struct ReadOutcome {
    /// Records, faults, counts.
    pub collector: Collector,
    /// The files as they were read.
    pub files: Vec<FileOutcome>,
    /// Files of folders that are of another kind.
    pub skipped: Vec<String>,
    /// What to say of single files in the summary.
    pub notes: Vec<String>,
    /// Counts of the lines of a ledger, where there is one.
    pub(super) past: Option<Tally>,
    /// The records, where they were more than memory is to hold.
    pub(super) aside: Option<Aside>,
}

impl ReadOutcome {
    /// Whether the records were more than memory is to hold: [`super::check_parts`] then.
    pub fn is_parted(&self) -> bool {
        self.aside.is_some()
    }
}

pub(super) type Stream = Box<dyn Read + Send>;

/// A file that is open, and what it is.
pub(super) enum Opened {
    Csv { stream: Stream, columns: Box<ClaimColumns> },
    X12(Stream),
    OtherKind(String),
}

/// Reads all claim files of `request`, history first.
///
/// `pool` parses while this thread reads; `None`: everything happens on this thread.
pub fn read_all(
    request: &Request<'_>,
    pool: Option<&rayon::ThreadPool>,
) -> Result<ReadOutcome, RunError> {
    let reserved = if request.ledger.is_some() { past::BLOCKS } else { 0 };
    let mut collector = Collector::after_reserved(reserved);
    collector.router = request.limit.as_ref().map(|limit| Router::new(request, limit));
    let mut reader = Reader {
        request,
        pool,
        collector: Mutex::new(collector),
        files: Vec::new(),
        skipped: Vec::new(),
        notes: Vec::new(),
        watched: Vec::new(),
        next_block: reserved,
    };
    for (inputs, is_history) in [(&request.history, true), (&request.claims, false)] {
        for input in inputs {
            reader.file(input, is_history)?;
        }
    }
    reader.check_unchanged()?;
    let Reader { collector, mut files, skipped, notes, .. } = reader;
    let mut collector = collector.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    collector.finish();
    let aside = match collector.router.take() {
        Some(router) => {
            let folder = router.folder();
            router.finish().map_err(|error| RunError::Temporary { folder, error })?
        }
        None => None,
    };
    for (file, state) in files.iter_mut().zip(&collector.files) {
        file.records = state.records;
        file.claims = state.tally.claims;
        file.service_lines = state.tally.service_lines;
        file.peer_support_lines = state.tally.peer_support_lines;
    }
    Ok(ReadOutcome { collector, files, skipped, notes, past: None, aside })
}

struct Reader<'r> {
    request: &'r Request<'r>,
    pool: Option<&'r rayon::ThreadPool>,
    collector: Mutex<Collector>,
    files: Vec<FileOutcome>,
    skipped: Vec<String>,
    notes: Vec<String>,
    /// The files by name, as they were before they were opened.
    watched: Vec<(&'r str, Watched<'r>)>,
    next_block: u32,
}

impl<'r> Reader<'r> {
    fn file(&mut self, input: &'r InputPath, is_history: bool) -> Result<(), InputError> {
        if input.is_special {
            self.skipped.push(input.name.clone());
            return Ok(());
        }
        let failed = |error| InputError::io(&input.name, error);
        let raw = match self.request.memory {
            Some(memory) => memory.open(input).map_err(failed)?,
            None => {
                self.watched.push((&input.name, Watched::begin(&input.path)));
                raw(&input.path).map_err(failed)?
            }
        };
        // A current file that is also history, or in the ledger, is known by its hash, asked for
        // or not.
        let wants_hash = self.request.wants_hash
            || !self.request.history.is_empty()
            || self.request.ledger.is_some();
        let (tap, passed) = hash::tap(raw, wants_hash);
        let most_bytes = self.request.max_decompressed;
        let raw = decompressed(Box::new(tap), most_bytes).map_err(failed)?;
        let opened = open(raw, input, &self.request.csv)?;
        let mut passed_over = None;
        let kind = match opened {
            Opened::Csv { stream, columns } => {
                passed_over = self.passed_over(&columns.passed_over);
                if columns.is_unmapped {
                    let name = &input.name;
                    self.notes.push(format!(
                        "{name}: has the columns of the contract, so the names and codes of the \
                         configuration were not used for it"
                    ));
                }
                let file = self.begin(input, is_history, FileKind::Csv);
                let cutter = CsvCutter::new(columns.delimiter, columns.width);
                self.blocks(file, is_history, stream, cutter, |bytes, head: &CsvHead, wanted| {
                    BlockOutput::Csv(claims_csv::read_block(bytes, head, &columns, wanted))
                })
                .map_err(failed)?;
                FileKind::Csv
            }
            Opened::X12(stream) => {
                let file = self.begin(input, is_history, FileKind::X12);
                let cutter = X12Cutter::default();
                self.blocks(file, is_history, stream, cutter, |bytes, head: &X12Head, wanted| {
                    BlockOutput::X12(edi837p::read_block(bytes, head, wanted))
                })
                .map_err(failed)?;
                FileKind::X12
            }
            Opened::OtherKind(why) => {
                let name = input.name.clone();
                if !input.is_from_folder {
                    return Err(InputError::NotClaims { name, why });
                }
                self.skipped.push(name);
                return Ok(());
            }
        };
        let outcome = file_outcome(input, is_history, kind, passed.finish());
        self.files.push(FileOutcome { passed_over, ..outcome });
        Ok(())
    }

    /// That all files are as they were: looked at last, so that one that is still being written
    /// while the others are read is known too.
    fn check_unchanged(&self) -> Result<(), InputError> {
        let changed = self.watched.iter().find(|(_, watched)| watched.check().is_err());
        changed.map_or(Ok(()), |(name, _)| Err(InputError::Changed { name: (*name).to_owned() }))
    }

    /// What a header has besides our columns, kept once for all files of one export.
    fn passed_over(&self, columns: &PassedOver) -> Option<Arc<PassedOver>> {
        let before = self.files.iter().rev().find_map(|file| file.passed_over.as_ref());
        let same = before.filter(|before| ***before == *columns).map(Arc::clone);
        same.or_else(|| Some(Arc::new(columns.clone())))
    }

    fn begin(&mut self, input: &InputPath, is_history: bool, kind: FileKind) -> u32 {
        let collector = self.collector.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        collector.begin_file(&input.name, is_history, kind)
    }

    /// Reads the blocks of one file: this thread reads, the others parse.
    fn blocks<C: Cutter>(
        &mut self,
        file: u32,
        is_history: bool,
        stream: Stream,
        cutter: C,
        parse: impl Fn(&[u8], &C::Head, &Wanted<'_>) -> BlockOutput + Sync,
    ) -> io::Result<()>
    where
        C::Head: Send,
    {
        let request = self.request;
        let mut blocks = Blocks::new(stream, cutter, request.block_bytes);
        let collector = &self.collector;
        let work = |block: &Block<C::Head>, number: u32| {
            let wanted =
                Wanted { policy: request.policy, today: request.today, is_history, block: number };
            let output = parse(&block.bytes, &block.head, &wanted);
            request.progress.read(block.bytes.len());
            let mut collector = collector.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            collector.take(number, file, block.bytes.len(), output);
        };
        let next_block = &mut self.next_block;
        let Some(pool) = self.pool else {
            let mut buffer = Vec::new();
            while !is_lost(collector) {
                let Some(block) = blocks.next(buffer)? else { break };
                work(&block, count(next_block));
                buffer = block.bytes;
            }
            return Ok(());
        };
        let (give_back, free) = buffers(request.threads + BLOCKS_AHEAD);
        pool.in_place_scope(|scope| {
            // Waiting for a free buffer keeps memory bounded where parsing is slower than reading.
            while let Ok(buffer) = free.recv() {
                if is_lost(collector) {
                    break;
                }
                let Some(block) = blocks.next(buffer)? else { break };
                let number = count(next_block);
                let (work, give_back) = (&work, give_back.clone());
                scope.spawn(move |_| {
                    work(&block, number);
                    // The receiver is gone only when reading has ended.
                    let _ = give_back.send(block.bytes);
                });
            }
            Ok(())
        })
    }
}

/// What was put aside cannot be written: reading on is of no use.
fn is_lost(collector: &Mutex<Collector>) -> bool {
    let collector = collector.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    collector.router.as_ref().is_some_and(Router::has_failed)
}

/// Blocks read ahead of those at work.
const BLOCKS_AHEAD: usize = 2;

fn buffers(count: usize) -> (SyncSender<Vec<u8>>, Receiver<Vec<u8>>) {
    let (give_back, free) = sync_channel(count);
    for _ in 0..count {
        // There is room for all of them.
        let _ = give_back.send(Vec::new());
    }
    (give_back, free)
}

fn count(next: &mut u32) -> u32 {
    *next += 1;
    *next - 1
}

fn file_outcome(
    input: &InputPath,
    is_history: bool,
    kind: FileKind,
    passed: Passed,
) -> FileOutcome {
    FileOutcome {
        name: input.name.as_str().into(),
        is_history,
        is_same_as_current: false,
        is_seen: false,
        kind,
        bytes: passed.bytes,
        sha256: passed.sha256,
        records: 0,
        claims: 0,
        service_lines: 0,
        peer_support_lines: 0,
        passed_over: None,
    }
}

/// Tells what a stream holds, and reads the header of a CSV.
pub(super) fn open(
    mut raw: Stream,
    input: &InputPath,
    csv: &ClaimCsvForm,
) -> Result<Opened, InputError> {
    let failed = |error| InputError::io(&input.name, error);
    let (kind, head) = sniff(&mut raw).map_err(failed)?;
    let mut stream: Stream = Box::new(io::Cursor::new(head.clone()).chain(raw));
    let not_claims = |why| InputError::NotClaims { name: input.name.clone(), why };
    let other = |why: &str| match lookalike::of(&head, csv.delimiter, &csv.renamed) {
        // Meant as claims: an error even in a folder, or they would be lost in silence.
        Some(why) => Err(not_claims(why)),
        None => Ok(Opened::OtherKind(why.to_owned())),
    };
    match kind {
        Sniffed::X12 => Ok(Opened::X12(stream)),
        Sniffed::Empty => other("the file is empty; a claim file was expected"),
        Sniffed::Utf16 => {
            other("the file is UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")")
        }
        // Of a folder it is read as far as it goes, as text is: F004 says so.
        Sniffed::Binary if lookalike::damaged_x12(&head).is_some() && input.is_from_folder => {
            Ok(Opened::X12(stream))
        }
        Sniffed::Binary => other(&binary(&head)),
        Sniffed::Text => {
            match lookalike::damaged_x12(&head) {
                // Of a folder it is read as far as it goes, which is nothing before its first ISA:
                // F004 says so.
                Some(_) if input.is_from_folder => return Ok(Opened::X12(stream)),
                Some(why) => return other(why),
                None => {}
            }
            let header = Header::read(&mut stream, csv.delimiter).map_err(failed)?;
            if header.has_lone_return {
                return other(&format!("not read: {}", Header::LONE_RETURN));
            }
            match ClaimColumns::find(&header.fields, csv.delimiter, &csv.renamed) {
                Ok(columns) => {
                    let columns = Box::new(columns.with_codes(&csv.codes));
                    let stream = Box::new(io::Cursor::new(header.rest).chain(stream));
                    Ok(Opened::Csv { stream, columns })
                }
                Err(error) if error.is_other_kind => {
                    let advice = of_another_table(&header.fields);
                    other(&format!("neither X12 (ISA…) nor a claim CSV: {error}{advice}"))
                }
                // A claim CSV that lacks a column is an error even in a folder.
                Err(error) => {
                    Err(not_claims(format!("the header of this claim CSV is not right: {error}")))
                }
            }
        }
    }
}

/// What a file is that is neither X12 nor text, and what to do.
fn binary(head: &[u8]) -> String {
    let Some(name) = kinds::name_of(head) else {
        return "not a claim file: neither X12 (ISA…) nor CSV text".to_owned();
    };
    let advice = kinds::advice(head).map(|advice| format!(": {advice}")).unwrap_or_default();
    format!("not a claim file but {name}{advice}")
}

/// Fields of a header that may be one of claims under other names.
const MANY_FIELDS: usize = 8;

/// What to do with a CSV that is none of claims by its header.
fn of_another_table(names: &[String]) -> String {
    if let Some(table) = crate::tables::table_of(names) {
        return format!(". It is the table {}: give it with {} FILE", table.file, table.option);
    }
    if names.len() < MANY_FIELDS {
        return String::new();
    }
    ". If it holds claims under other names, map its columns in peerclaims.toml \
     (docs/inputs-taf.md shows how)"
        .to_owned()
}
