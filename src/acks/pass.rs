//! The second reading of a file: blocks are parsed on all threads and handed on in order.

use crate::model::NaiveDate;
use crate::normalize::Wanted;
use crate::normalize::edi837p::{X12Output, read_block_keeping};
use crate::policy::Policy;
use crate::source::blocks::{Block, Blocks};
use crate::source::decompress::{decompressed, raw};
use crate::source::hash::{Passed, tap};
use crate::source::input::{InputError, InputPath};
use crate::x12::Delimiters;
use crate::x12::cutter::{X12Cutter, X12Head};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::error::AckError;

/// How files are read again.
pub struct Pass<'p> {
    /// For its procedures.
    pub policy: &'p Policy,
    /// The day of the run.
    pub today: NaiveDate,
    /// Threads that parse.
    pub threads: usize,
    /// Bytes of a block.
    pub block_bytes: usize,
    /// Bytes that a compressed file may unpack to at most.
    pub max_decompressed: u64,
}

/// A block that was read.
pub struct ReadBlock {
    /// The delimiters that hold in it, if any can be told.
    pub delimiters: Option<Delimiters>,
    /// What it says.
    pub output: X12Output,
}

/// Takes the blocks, in order.
type Take<'t> = dyn FnMut(ReadBlock) -> io::Result<()> + 't;
type Stream = Box<dyn Read + Send>;
/// A block on its way, with its number.
type Numbered<T> = (u64, T);

impl Pass<'_> {
    /// Reads `input`, hands its blocks to `take` in order, and says what passed.
    pub fn read(&self, input: &InputPath, take: &mut Take<'_>) -> Result<Passed, AckError> {
        let failed = |error| InputError::io(&input.name, error);
        let (tap, passed) = tap(raw(&input.path).map_err(failed)?, true);
        let stream = decompressed(Box::new(tap), self.max_decompressed).map_err(failed)?;
        if self.threads > 1 {
            self.on_threads(stream, input, take)?;
        } else {
            let mut blocks = Blocks::new(stream, X12Cutter::default(), self.block_bytes);
            let mut buffer = Vec::new();
            while let Some(block) = blocks.next(buffer).map_err(failed)? {
                take(self.parse(&block))?;
                buffer = block.bytes;
            }
        }
        Ok(passed.finish())
    }

    fn parse(&self, block: &Block<X12Head>) -> ReadBlock {
        let wanted = Wanted { policy: self.policy, today: self.today, is_history: false, block: 0 };
        let output = read_block_keeping(&block.bytes, &block.head, &wanted);
        ReadBlock { delimiters: block.head.delimiters.ok(), output }
    }

    /// One thread cuts, some parse, this one takes. A buffer goes round: only when its block was
    /// taken may the next be read into it, so memory stays bounded.
    fn on_threads(
        &self,
        stream: Stream,
        input: &InputPath,
        take: &mut Take<'_>,
    ) -> Result<(), AckError> {
        let buffers = self.threads + 2;
        let (give_back, free) = sync_channel::<Vec<u8>>(buffers);
        for _ in 0..buffers {
            // There is room for all of them.
            let _ = give_back.send(Vec::new());
        }
        let (cut, to_parse) = sync_channel(buffers);
        let (parsed, to_take) = sync_channel(buffers);
        let to_parse = Mutex::new(to_parse);
        thread::scope(|scope| {
            let cutter = scope.spawn(|| cut_all(stream, self.block_bytes, free, cut));
            for _ in 0..self.threads {
                let (parsed, to_parse) = (parsed.clone(), &to_parse);
                scope.spawn(move || {
                    while let Some((number, block)) = next(to_parse) {
                        let read = self.parse(&block);
                        if parsed.send((number, (read, block.bytes))).is_err() {
                            return; // nobody takes any more
                        }
                    }
                });
            }
            drop(parsed);
            let taken = take_all(to_take, give_back, take);
            let cut = cutter.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            taken?;
            cut.map_err(|error| AckError::from(InputError::io(&input.name, error)))
        })
    }
}

fn next<T>(channel: &Mutex<Receiver<T>>) -> Option<T> {
    channel.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).recv().ok()
}

fn cut_all(
    stream: Stream,
    block_bytes: usize,
    free: Receiver<Vec<u8>>,
    cut: SyncSender<Numbered<Block<X12Head>>>,
) -> io::Result<()> {
    let mut blocks = Blocks::new(stream, X12Cutter::default(), block_bytes);
    let mut number = 0;
    // No buffer comes back, or no block goes on, where the other side has failed: it says why.
    while let Ok(buffer) = free.recv() {
        let Some(block) = blocks.next(buffer)? else { break };
        if cut.send((number, block)).is_err() {
            break;
        }
        number += 1;
    }
    Ok(())
}

/// Brings the blocks into order.
fn take_all(
    to_take: Receiver<Numbered<(ReadBlock, Vec<u8>)>>,
    give_back: SyncSender<Vec<u8>>,
    take: &mut Take<'_>,
) -> io::Result<()> {
    let mut waiting = BTreeMap::new();
    let mut wanted = 0;
    for (number, block) in to_take {
        waiting.insert(number, block);
        while let Some((read, buffer)) = waiting.remove(&wanted) {
            wanted += 1;
            take(read)?;
            // The cutter is gone where the file has ended.
            let _ = give_back.send(buffer);
        }
    }
    Ok(())
}
