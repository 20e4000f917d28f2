//! The service lines of claim files, block after block: for programs that want the lines and no
//! run, in memory that does not grow with the files.
//!
//! A line borrows from its block, so what comes one after the other is blocks, and each gives its
//! lines. Everything happens on the calling thread.

use super::collector::{BlockOutput, Collector};
use super::read::{Opened, Stream, open};
use super::request::Request;
use crate::model::{FileFault, Position, Reject, ServiceLine};
use crate::normalize::claims_csv::{self, ClaimColumns, CsvCutter};
use crate::normalize::{Wanted, edi837p};
use crate::outcome::FileKind;
use crate::source::blocks::Blocks;
use crate::source::decompress::{decompressed, raw};
use crate::source::input::{InputError, InputPath};
use crate::source::snapshot::Watched;
use crate::store::Store;
use crate::x12::cutter::X12Cutter;
use std::io;
use std::sync::Arc;

/// The blocks of the claim files of a request, history first, then in input order.
///
/// Of the request, its files, policy, form of CSVs and limits count. A file of another kind in a
/// folder is passed over; one that is named is an error, as in a run. The first error is the last
/// item.
pub fn line_blocks<'r>(request: &'r Request<'r>) -> LineBlocks<'r> {
    let history = request.history.iter().map(|input| (input, true));
    let inputs: Vec<_> = history.chain(request.claims.iter().map(|input| (input, false))).collect();
    LineBlocks {
        request,
        inputs: inputs.into_iter(),
        open: None,
        collector: Collector::default(),
        blocks: 0,
        buffer: Vec::new(),
    }
}

/// See [`line_blocks`].
pub struct LineBlocks<'r> {
    request: &'r Request<'r>,
    inputs: std::vec::IntoIter<(&'r InputPath, bool)>,
    open: Option<OpenFile<'r>>,
    collector: Collector,
    blocks: u32,
    buffer: Vec<u8>,
}

/// The lines of a block that matter (peer support, and corrections), and what is wrong in it.
pub struct LineBlock {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// Damage, rows that cannot be used, sets of another kind.
    pub faults: Vec<FileFault>,
    /// Optional values that cannot be read and count as blank.
    pub rejects: Vec<Reject>,
    store: Store,
}

impl LineBlock {
    /// The lines, in input order.
    pub fn lines(&self) -> impl Iterator<Item = ServiceLine<'_>> {
        self.store.lines()
    }

    /// Where one of them stands in its file.
    pub fn position(&self, line: &ServiceLine<'_>) -> Position {
        self.store.position(line).1
    }
}

/// The file that is read just now.
struct OpenFile<'r> {
    input: &'r InputPath,
    is_history: bool,
    watched: Option<Watched<'r>>,
    index: u32,
    blocks: OpenBlocks,
}

enum OpenBlocks {
    Csv(Blocks<Stream, CsvCutter>, Box<ClaimColumns>),
    X12(Blocks<Stream, X12Cutter>),
}

impl<'r> LineBlocks<'r> {
    /// Opens a file; `None`: it is of another kind.
    fn begin(
        &mut self,
        input: &'r InputPath,
        is_history: bool,
    ) -> Result<Option<OpenFile<'r>>, InputError> {
        if input.is_special {
            return Ok(None);
        }
        let request = self.request;
        let failed = |error| InputError::io(&input.name, error);
        let watched = request.memory.is_none().then(|| Watched::begin(&input.path));
        let raw = match request.memory {
            Some(memory) => memory.open(input).map_err(failed)?,
            None => raw(&input.path).map_err(failed)?,
        };
        let plain = decompressed(Box::new(raw), request.max_decompressed).map_err(failed)?;
        let (kind, blocks) = match open(plain, input, &request.csv)? {
            Opened::Csv { stream, columns } => {
                let cutter = CsvCutter::new(columns.delimiter, columns.width);
                let blocks = Blocks::new(stream, cutter, request.block_bytes);
                (FileKind::Csv, OpenBlocks::Csv(blocks, columns))
            }
            Opened::X12(stream) => {
                let blocks = Blocks::new(stream, X12Cutter::default(), request.block_bytes);
                (FileKind::X12, OpenBlocks::X12(blocks))
            }
            Opened::OtherKind(why) if !input.is_from_folder => {
                return Err(InputError::NotClaims { name: input.name.clone(), why });
            }
            Opened::OtherKind(_) => return Ok(None),
        };
        let index = self.collector.begin_file(&input.name, is_history, kind);
        Ok(Some(OpenFile { input, is_history, watched, index, blocks }))
    }

    /// What the next block of the open file comes to; `None` at its end.
    fn read(&mut self, file: &mut OpenFile<'r>) -> io::Result<Option<BlockOutput>> {
        let request = self.request;
        let (policy, today, is_history) = (request.policy, request.today, file.is_history);
        // Each block is alone in its store.
        let wanted = Wanted { policy, today, is_history, block: 0 };
        let buffer = std::mem::take(&mut self.buffer);
        let (bytes, output) = match &mut file.blocks {
            OpenBlocks::Csv(blocks, columns) => {
                let Some(block) = blocks.next(buffer)? else { return Ok(None) };
                let output = claims_csv::read_block(&block.bytes, &block.head, columns, &wanted);
                (block.bytes, BlockOutput::Csv(output))
            }
            OpenBlocks::X12(blocks) => {
                let Some(block) = blocks.next(buffer)? else { return Ok(None) };
                let output = edi837p::read_block(&block.bytes, &block.head, &wanted);
                (block.bytes, BlockOutput::X12(output))
            }
        };
        request.progress.read(bytes.len());
        self.buffer = bytes;
        Ok(Some(output))
    }

    /// What the collector holds since the last time.
    fn block(&mut self, file: &OpenFile<'_>) -> LineBlock {
        let collector = &mut self.collector;
        LineBlock {
            file: Arc::clone(&collector.files[file.index as usize].name),
            faults: std::mem::take(&mut collector.faults),
            rejects: std::mem::take(&mut collector.rejects),
            store: std::mem::take(&mut collector.store),
        }
    }

    fn advance(&mut self) -> Result<Option<LineBlock>, InputError> {
        loop {
            let Some(mut file) = self.open.take() else {
                let Some((input, is_history)) = self.inputs.next() else { return Ok(None) };
                self.open = self.begin(input, is_history)?;
                continue;
            };
            let failed = |error| InputError::io(&file.input.name, error);
            if let Some(output) = self.read(&mut file).map_err(failed)? {
                self.collector.take(self.blocks, file.index, self.buffer.len(), output);
                self.blocks += 1;
                let block = self.block(&file);
                self.open = Some(file);
                return Ok(Some(block));
            }
            if file.watched.as_ref().is_some_and(|watched| watched.check().is_err()) {
                return Err(InputError::Changed { name: file.input.name.clone() });
            }
            // What is still open is missing its end: there is no line in it.
            self.collector.finish();
            let last = self.block(&file);
            if !last.faults.is_empty() {
                return Ok(Some(last));
            }
        }
    }
}

impl Iterator for LineBlocks<'_> {
    type Item = Result<LineBlock, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance().transpose();
        if matches!(next, Some(Err(_))) {
            (self.open, self.inputs) = (None, Vec::new().into_iter());
        }
        next
    }
}
