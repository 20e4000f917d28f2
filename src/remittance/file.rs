//! Opens a remittance file, whatever it is compressed with, and reads it.

use super::reader::{self, Take, Totals};
use crate::source::decompress::{decompressed, raw};
use crate::source::hash::{self, Passed};
use crate::source::input::{InputError, InputPath, Sniffed, sniff};
use crate::source::snapshot::Watched;
use std::io::{self, Read};

/// What reading a file came to.
pub enum FileRead {
    /// It is X12, and was read to its end.
    Read {
        /// Counts.
        totals: Totals,
        /// Its bytes and their SHA-256, as they stand on the disk.
        passed: Passed,
    },
    /// It is of another kind: what, and what was expected.
    OtherKind(String),
}

/// Reads `input`; of a compressed file at most `most_bytes` bytes are unpacked.
pub fn read(
    input: &InputPath,
    most_bytes: u64,
    block_bytes: usize,
    take: Take<'_>,
) -> Result<FileRead, InputError> {
    if input.is_special {
        return Ok(FileRead::OtherKind("neither a file nor a folder".to_owned()));
    }
    let failed = |error| InputError::io(&input.name, error);
    let watched = Watched::begin(&input.path);
    let (tap, passed) = hash::tap(raw(&input.path).map_err(failed)?, true);
    let mut stream = decompressed(Box::new(tap), most_bytes).map_err(failed)?;
    let (kind, head) = sniff(&mut stream).map_err(failed)?;
    let why = match kind {
        Sniffed::X12 => {
            let stream = io::Cursor::new(head).chain(stream);
            let totals = reader::read(stream, block_bytes, take).map_err(failed)?;
            let changed = |_| InputError::Changed { name: input.name.clone() };
            watched.check().map_err(changed)?;
            return Ok(FileRead::Read { totals, passed: passed.finish() });
        }
        Sniffed::Empty => "the file is empty; an 835 was expected",
        Sniffed::Utf16 => "the file is UTF-16; an 835 in UTF-8 or Latin-1 was expected",
        Sniffed::Text | Sniffed::Binary => "not an 835 remittance: it does not begin with ISA",
    };
    Ok(FileRead::OtherKind(why.to_owned()))
}
