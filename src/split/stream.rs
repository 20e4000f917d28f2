//! The blocks of a file read again: looked at on all threads, taken one after the other.

use crate::source::blocks::{Block, Blocks, Cutter};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Blocks read ahead of those at work.
const BLOCKS_AHEAD: usize = 4;

/// How files are read.
#[derive(Clone, Copy)]
pub struct Reading<'p> {
    /// Looks at blocks; `None`: this thread does.
    pub pool: Option<&'p rayon::ThreadPool>,
    /// Bytes of a block.
    pub block_bytes: usize,
}

/// Those that take blocks in order, and what waits for its turn.
struct InOrder<T, O, E> {
    take: T,
    waiting: BTreeMap<u64, (Vec<u8>, O)>,
    next: u64,
    failed: Option<E>,
}

impl<T, O, E> InOrder<T, O, E>
where
    T: FnMut(&[u8], O) -> Result<(), E>,
{
    /// Takes block `number`, and those behind it that waited; gives back their buffers.
    fn put(&mut self, number: u64, bytes: Vec<u8>, outline: O, mut give_back: impl FnMut(Vec<u8>)) {
        self.waiting.insert(number, (bytes, outline));
        while let Some((bytes, outline)) = self.waiting.remove(&self.next) {
            self.next += 1;
            if self.failed.is_none() {
                self.failed = (self.take)(&bytes, outline).err();
            }
            give_back(bytes);
        }
    }
}

impl Reading<'_> {
    /// Cuts `stream` into blocks. `look` sees each with the byte that it begins with, in any order
    /// and on any thread; `take` gets what it said in the order of the file.
    pub fn each_block<C, O, E>(
        self,
        stream: impl Read,
        cutter: C,
        look: impl Fn(&Block<C::Head>, u64) -> O + Sync,
        take: impl FnMut(&[u8], O) -> Result<(), E> + Send,
    ) -> Result<(), E>
    where
        C: Cutter,
        C::Head: Send,
        O: Send,
        E: From<io::Error> + Send,
    {
        let mut blocks = Blocks::new(stream, cutter, self.block_bytes);
        let waiting = BTreeMap::new();
        let order = Mutex::new(InOrder { take, waiting, next: 0, failed: None });
        let (mut number, mut begin) = (0, 0);
        let count = self.pool.map_or(1, |pool| pool.current_num_threads() + BLOCKS_AHEAD);
        let (give_back, free) = sync_channel(count);
        for _ in 0..count {
            // There is room for all of them.
            let _ = give_back.send(Vec::new());
        }
        let mut read = |spawn: &mut dyn FnMut(Block<C::Head>, u64, u64)| -> io::Result<()> {
            // Waiting for a free buffer keeps memory bounded.
            while let Ok(buffer) = free.recv() {
                let Some(block) = blocks.next(buffer)? else { break };
                if locked(&order).failed.is_some() {
                    break;
                }
                let bytes = block.bytes.len() as u64;
                spawn(block, number, begin);
                number += 1;
                begin += bytes;
            }
            Ok(())
        };
        let work = |block: Block<C::Head>, number, begin| {
            let outline = look(&block, begin);
            locked(&order).put(number, block.bytes, outline, |buffer| {
                // The receiver is gone only when reading has ended.
                let _ = give_back.send(buffer);
            });
        };
        match self.pool {
            None => read(&mut |block, number, begin| work(block, number, begin))?,
            Some(pool) => pool.in_place_scope(|scope| {
                let work = &work;
                read(&mut |block, number, begin| {
                    scope.spawn(move |_| work(block, number, begin));
                })
            })?,
        }
        let order = order.into_inner().unwrap_or_else(PoisonError::into_inner);
        order.failed.map_or(Ok(()), Err)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
