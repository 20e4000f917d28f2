//! The blocks of a stream, looked at on several threads and taken one after the other: for whoever
//! reads a file again and writes what it becomes.
//!
//! One thread cuts, some look, the calling one takes. A buffer goes round: only when its block was
//! taken may the next be read into it, so memory stays bounded.

use super::blocks::{Block, Blocks, Cutter};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Blocks read ahead of those at work.
const BLOCKS_AHEAD: usize = 4;

/// How files are read.
#[derive(Clone, Copy, Debug)]
pub struct InOrder {
    /// Threads that look at blocks; 1: everything on the calling thread.
    pub threads: usize,
    /// Bytes of a block.
    pub block_bytes: usize,
}

/// A block on its way: its number, and the byte of the stream that it begins with.
struct Numbered<T> {
    number: u64,
    begin: u64,
    what: T,
}

impl InOrder {
    /// Cuts `stream` into blocks. `look` sees each with the byte that it begins with, in any order
    /// and on any thread; `take` gets its bytes and what `look` said, in the order of the stream.
    ///
    /// # Errors
    /// The first of `take`, else the one of reading, or of a thread that cannot be had.
    pub fn each_block<C, O, E>(
        self,
        stream: impl Read + Send,
        cutter: C,
        look: impl Fn(&Block<C::Head>, u64) -> O + Sync,
        mut take: impl FnMut(&[u8], O) -> Result<(), E>,
    ) -> Result<(), E>
    where
        C: Cutter + Send,
        C::Head: Send,
        O: Send,
        E: From<io::Error>,
    {
        let mut blocks = Blocks::new(stream, cutter, self.block_bytes);
        if self.threads <= 1 {
            let (mut buffer, mut begin) = (Vec::new(), 0);
            while let Some(block) = blocks.next(buffer)? {
                take(&block.bytes, look(&block, begin))?;
                begin += block.bytes.len() as u64;
                buffer = block.bytes;
            }
            return Ok(());
        }
        let buffers = self.threads + BLOCKS_AHEAD;
        let (give_back, free) = sync_channel(buffers);
        for _ in 0..buffers {
            // There is room for all of them.
            let _ = give_back.send(Vec::new());
        }
        let (cut, to_look) = sync_channel(buffers);
        let (looked, to_take) = sync_channel(buffers);
        let to_look = Mutex::new(to_look);
        thread::scope(|scope| {
            let thread = thread::Builder::new;
            let cutting = thread().spawn_scoped(scope, move || cut_all(blocks, &free, &cut))?;
            for _ in 0..self.threads {
                let (looked, to_look, look) = (looked.clone(), &to_look, &look);
                thread().spawn_scoped(scope, move || look_at_all(to_look, &looked, look))?;
            }
            drop(looked);
            let taken = take_all(&to_take, &give_back, &mut take);
            // Whoever still waits for the one that failed goes on, and ends.
            drop((to_take, give_back));
            let cut = cutting.join().unwrap_or_else(|panic| resume_unwind(panic));
            taken?;
            Ok(cut?)
        })
    }
}

/// Cuts the blocks, as buffers come free.
fn cut_all<R: Read, C: Cutter>(
    mut blocks: Blocks<R, C>,
    free: &Receiver<Vec<u8>>,
    cut: &SyncSender<Numbered<Block<C::Head>>>,
) -> io::Result<()> {
    let (mut number, mut begin) = (0, 0);
    // No buffer comes back, or no block goes on, where the other side has failed: it says why.
    while let Ok(buffer) = free.recv() {
        let Some(block) = blocks.next(buffer)? else { break };
        let bytes = block.bytes.len() as u64;
        if cut.send(Numbered { number, begin, what: block }).is_err() {
            break;
        }
        (number, begin) = (number + 1, begin + bytes);
    }
    Ok(())
}

/// Looks at blocks until there are no more, or nobody takes any.
fn look_at_all<H, O>(
    to_look: &Mutex<Receiver<Numbered<Block<H>>>>,
    looked: &SyncSender<Numbered<(Vec<u8>, O)>>,
    look: &impl Fn(&Block<H>, u64) -> O,
) {
    let next = || to_look.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(Numbered { number, begin, what: block }) = next() {
        let seen = look(&block, begin);
        if looked.send(Numbered { number, begin, what: (block.bytes, seen) }).is_err() {
            break;
        }
    }
}

/// Brings the blocks into order.
fn take_all<O, E>(
    to_take: &Receiver<Numbered<(Vec<u8>, O)>>,
    give_back: &SyncSender<Vec<u8>>,
    take: &mut impl FnMut(&[u8], O) -> Result<(), E>,
) -> Result<(), E> {
    let (mut waiting, mut wanted) = (BTreeMap::new(), 0);
    for Numbered { number, what, .. } in to_take {
        waiting.insert(number, what);
        while let Some((bytes, seen)) = waiting.remove(&wanted) {
            wanted += 1;
            take(&bytes, seen)?;
            // The cutter is gone where the stream has ended.
            let _ = give_back.send(bytes);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::blocks::Fill;

    /// Blocks of three bytes.
    struct Threes;

    impl Cutter for Threes {
        type Head = ();

        fn cut(&mut self, buffer: &[u8], fill: Fill) -> (usize, ()) {
            let whole = buffer.len() >= 3 || fill == Fill::End;
            (if whole { buffer.len().min(3) } else { 0 }, ())
        }
    }

    fn look(block: &Block<()>, begin: u64) -> u64 {
        // Later blocks are done first more often than not.
        thread::sleep(std::time::Duration::from_micros(u64::from(block.bytes[0] % 7) * 50));
        begin
    }

    #[test]
    fn blocks_are_taken_in_order_whatever_the_threads() {
        let text: Vec<u8> = (0..200).collect();
        for threads in [1, 2, 5] {
            let mut taken = Vec::new();
            let reading = InOrder { threads, block_bytes: 4 };
            let done: io::Result<()> = reading.each_block(&text[..], Threes, look, |bytes, at| {
                assert_eq!(at, taken.len() as u64);
                taken.extend_from_slice(bytes);
                Ok(())
            });
            assert!(done.is_ok() && taken == text);
        }
    }

    #[test]
    fn the_first_error_ends_it() {
        /// Fails behind its first bytes.
        struct Broken(u32);

        impl Read for Broken {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                if self.0 > 20 {
                    Err(io::Error::other("gone"))
                } else {
                    buffer.fill(1);
                    Ok(1)
                }
            }
        }

        for threads in [1, 3] {
            let reading = InOrder { threads, block_bytes: 4 };
            let mut count = 0;
            let done: io::Result<()> = reading.each_block(&[1; 999][..], Threes, look, |_, _| {
                count += 1;
                if count == 5 { Err(io::Error::other("full")) } else { Ok(()) }
            });
            assert_eq!((done.map_err(|error| error.to_string()), count), (Err("full".into()), 5));
            let done: io::Result<()> = reading.each_block(Broken(0), Threes, look, |_, _| Ok(()));
            assert_eq!(done.map_err(|error| error.to_string()), Err("gone".into()));
        }
    }
}
