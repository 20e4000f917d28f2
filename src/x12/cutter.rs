//! Where a stream of segments may be cut: before an interchange with other delimiters, and before a
//! segment that begins a claim or something above it.
//!
//! A block has one set of delimiters and never ends within a claim, so that blocks can be read
//! apart. What breaks when you touch it: a cut inside a claim loses the rest of that claim.

use super::Delimiters;
use super::interchange::{ISA_BYTES, delimiters};
use crate::source::blocks::Cutter;
use memchr::{memchr, memmem, memrchr};

/// What a block of X12 begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct X12Head {
    /// The delimiters that hold in the block; `None`: no interchange could be trusted yet, so
    /// nothing in the block can be read.
    pub delimiters: Option<Delimiters>,
    /// No byte follows the block in its file.
    pub is_last: bool,
}

/// Cuts X12 into blocks.
#[derive(Default)]
pub struct X12Cutter {
    delimiters: Option<Delimiters>,
}

impl Cutter for X12Cutter {
    type Head = X12Head;

    fn cut(&mut self, buffer: &[u8], is_last: bool) -> (usize, X12Head) {
        let head = |delimiters| X12Head { delimiters, is_last: false };
        let mut from = 0;
        if let Some(start) = header_at_start(buffer) {
            if buffer.len() < start + ISA_BYTES && !is_last {
                return (0, head(self.delimiters));
            }
            if let Ok(declared) = delimiters(&buffer[start..]) {
                self.delimiters = Some(declared);
            } else {
                self.delimiters = None; // what follows cannot be read until the next good ISA
            }
            from = start + 3;
        }
        let limit = match next_change(buffer, from, self.delimiters) {
            Change::At(at) => return (at, head(self.delimiters)),
            Change::Unknown(at) if !is_last => at,
            _ => buffer.len(),
        };
        if is_last {
            return (buffer.len(), X12Head { delimiters: self.delimiters, is_last: true });
        }
        let Some(current) = self.delimiters else {
            // Nothing can be read: pass it on, but keep what may be the beginning of an ISA.
            let keep = (ISA_BYTES + 3).min(limit);
            return (limit - keep, head(None));
        };
        (last_start(&buffer[..limit], current), head(self.delimiters))
    }
}

/// Where an ISA begins, if only filler (or a BOM) stands before it in the buffer.
fn header_at_start(buffer: &[u8]) -> Option<usize> {
    let text = buffer.strip_prefix(crate::source::input::UTF8_BOM).unwrap_or(buffer);
    let filler = text.iter().position(|byte| *byte > b' ')?;
    let start = buffer.len() - text.len() + filler;
    buffer[start..].starts_with(b"ISA").then_some(start)
}

enum Change {
    /// Other delimiters hold from here on.
    At(usize),
    /// Perhaps from here on: the buffer ends before it can be told.
    Unknown(usize),
    None,
}

/// The next interchange whose delimiters differ. An ISA is trusted by its shape: sixteen separators
/// at their fixed places, which no name that contains "ISA" has.
fn next_change(buffer: &[u8], from: usize, current: Option<Delimiters>) -> Change {
    for step in memmem::find_iter(&buffer[from.min(buffer.len())..], b"ISA") {
        let at = from + step;
        if buffer.len() < at + ISA_BYTES {
            return Change::Unknown(at);
        }
        match delimiters(&buffer[at..]) {
            Ok(declared) if Some(declared) != current => return Change::At(at),
            Ok(_) => {}
            // A damaged ISA after a terminator: what follows must not be read as what came before.
            Err(_) if follows_terminator(buffer, at, current) => return Change::At(at),
            Err(_) => {}
        }
    }
    Change::None
}

fn follows_terminator(buffer: &[u8], at: usize, current: Option<Delimiters>) -> bool {
    let Some(current) = current else { return false };
    let before = buffer[..at].trim_ascii_end();
    // A line break may itself be the terminator.
    let is_terminated = before.last() == Some(&current.terminator)
        || buffer[before.len()..at].contains(&current.terminator);
    is_terminated && buffer.get(at + 3) == Some(&current.element)
}

/// Ids before which a block may end: nothing below them goes on over them.
const STARTS: [&[u8]; 7] = [b"CLM", b"HL", b"ST", b"GS", b"GE", b"ISA", b"IEA"];

/// Where the last segment of [`STARTS`] begins; 0 if there is none after the start.
fn last_start(buffer: &[u8], delimiters: Delimiters) -> usize {
    let mut end = buffer.len();
    while let Some(terminator) = memrchr(delimiters.terminator, &buffer[..end]) {
        let after = &buffer[terminator + 1..];
        let filler = after.iter().position(|byte| *byte > b' ').unwrap_or(after.len());
        let start = terminator + 1 + filler;
        // The id must be whole, with its separator, before it can be told.
        let id_end = memchr(delimiters.element, &buffer[start..(start + 4).min(buffer.len())]);
        if let Some(length) = id_end
            && STARTS.contains(&&buffer[start..start + length])
        {
            return start;
        }
        end = terminator;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x12::interchange::ISA;

    fn file(body: &str) -> Vec<u8> {
        [&ISA[..], body.as_bytes()].concat()
    }

    #[test]
    fn a_block_ends_before_a_claim() {
        let bytes = file("GS*HC~ST*837~HL*1~CLM*A~SV1*X~CLM*B~SV1");
        let (cut, head) = X12Cutter::default().cut(&bytes, false);
        assert!(bytes[cut..].starts_with(b"CLM*B"));
        assert!(head.delimiters.is_some());
    }

    #[test]
    fn a_block_ends_before_other_delimiters() {
        let other = String::from_utf8(ISA.to_vec()).expect("text").replace('*', "|");
        let bytes = file(&format!("GS*HC~IEA*1~{other}GS|HC~"));
        let mut cutter = X12Cutter::default();
        let (cut, _) = cutter.cut(&bytes, true);
        assert!(bytes[cut..].starts_with(b"ISA|"));
        let (_, head) = cutter.cut(&bytes[cut..], true);
        assert_eq!(head.delimiters.map(|found| found.element), Some(b'|'));
    }

    #[test]
    fn names_that_contain_isa_are_no_header() {
        let bytes = file("GS*HC~NM1*IL*1*ISAACS*LISA~CLM*A~SV1*LISA*ISA~CLM*B~");
        let (cut, _) = X12Cutter::default().cut(&bytes, true);
        assert_eq!(cut, bytes.len());
    }
}
