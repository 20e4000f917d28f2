//! The second reading of a file.

use super::error::AckError;
use crate::model::NaiveDate;
use crate::normalize::Wanted;
use crate::normalize::edi837p::{X12Output, read_block_keeping};
use crate::policy::Policy;
use crate::source::blocks::Block;
use crate::source::decompress::{decompressed, raw};
use crate::source::in_order::InOrder;
use crate::source::input::{InputError, InputPath};
use crate::x12::Delimiters;
use crate::x12::cutter::{X12Cutter, X12Head};
use std::io;

/// How files are read again.
pub struct Pass<'p> {
    /// For its procedures.
    pub policy: &'p Policy,
    /// The day of the run.
    pub today: NaiveDate,
    /// Threads and blocks.
    pub reading: InOrder,
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

/// Which side failed.
enum Failed {
    Reading(io::Error),
    Taking(io::Error),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Failed {
        Failed::Reading(error)
    }
}

impl Pass<'_> {
    /// Reads `input`, and hands its blocks to `take` in order.
    pub fn read(&self, input: &InputPath, take: &mut Take<'_>) -> Result<(), AckError> {
        let failed = |error| InputError::io(&input.name, error);
        let file = raw(&input.path).map_err(failed)?;
        let stream = decompressed(Box::new(file), self.max_decompressed).map_err(failed)?;
        let done = self.reading.each_block(
            stream,
            X12Cutter::default(),
            |block, _| self.parse(block),
            |_, read| take(read).map_err(Failed::Taking),
        );
        match done {
            Ok(()) => Ok(()),
            Err(Failed::Reading(error)) => Err(failed(error).into()),
            Err(Failed::Taking(error)) => Err(error.into()),
        }
    }

    fn parse(&self, block: &Block<X12Head>) -> ReadBlock {
        let wanted = Wanted { policy: self.policy, today: self.today, is_history: false, block: 0 };
        let output = read_block_keeping(&block.bytes, &block.head, &wanted);
        ReadBlock { delimiters: block.head.delimiters.ok(), output }
    }
}
