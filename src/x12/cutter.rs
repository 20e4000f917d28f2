//! Where a stream of segments may be cut: before an interchange with other delimiters, and before a
//! segment that begins a claim or something above it.
//!
//! A block has one set of delimiters and never ends within a claim, so that blocks can be read
//! apart. What breaks when you touch it: a cut inside a claim loses the rest of that claim; a cut
//! that depends on how much of the stream the buffer holds makes the result depend on the size of
//! blocks.

use super::interchange::{self, ISA_BYTES, IsaError, WINDOW_BYTES, is_separator};
use super::{Delimiters, Segment};
use crate::source::blocks::{Cutter, Fill};
use crate::source::input::UTF8_BOM;
use memchr::{memchr, memmem, memrchr};
use std::ops::Range;

/// What a block of X12 begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct X12Head {
    /// The delimiters that hold in the block, or why none can be trusted: then nothing in the block
    /// can be read.
    pub delimiters: Result<Delimiters, IsaError>,
    /// No byte follows the block in its file.
    pub is_last: bool,
}

/// Cuts X12 into blocks.
pub struct X12Cutter {
    delimiters: Result<Delimiters, IsaError>,
    /// A block may end behind any segment.
    at_any_segment: bool,
}

impl Default for X12Cutter {
    fn default() -> X12Cutter {
        X12Cutter { delimiters: Err(IsaError::Missing), at_any_segment: false }
    }
}

impl X12Cutter {
    /// For a reader that goes over the blocks in order and needs no claim whole: a set without
    /// claims or levels (an 835) of any size comes in small blocks.
    pub fn at_any_segment() -> X12Cutter {
        X12Cutter { at_any_segment: true, ..X12Cutter::default() }
    }
}

impl Cutter for X12Cutter {
    type Head = X12Head;

    fn cut(&mut self, buffer: &[u8], fill: Fill) -> (usize, X12Head) {
        let mut from = 0;
        if let Some(start) = header_at_start(buffer) {
            let window = window(buffer, start);
            if window.len() < WINDOW_BYTES && fill == Fill::More {
                return (0, self.head());
            }
            self.delimiters = interchange::read(window, self.delimiters.ok());
            from = start + 3;
        }
        let until = self.next_header(buffer, from);
        let limit = match self.next_change(buffer, from..until, fill) {
            Change::At(at) => return (at, self.head()),
            Change::Unknown(at) => at,
            Change::None if until < buffer.len() => return (until, self.head()),
            Change::None if fill == Fill::End => {
                return (buffer.len(), X12Head { is_last: true, ..self.head() });
            }
            Change::None => buffer.len(),
        };
        let Ok(current) = self.delimiters else {
            // Nothing can be read: pass it on, but keep what may be the beginning of an ISA.
            let keep = WINDOW_BYTES.min(limit);
            let length = if fill == Fill::Full { limit } else { limit - keep };
            return (length, self.head());
        };
        let start = match from {
            _ if self.at_any_segment => {
                memrchr(current.terminator, &buffer[from..limit]).map_or(0, |end| from + end + 1)
            }
            0 => last_start(&buffer[..limit], current),
            // Behind a header, of which much had to be seen, blocks are to be small again.
            _ => first_start(&buffer[..limit], from, current),
        };
        if start == 0 && fill == Fill::Full {
            // No claim is as long as this: a set of another kind, which is skipped segment by
            // segment.
            let end = memrchr(current.terminator, buffer).map_or(buffer.len(), |end| end + 1);
            return (end, self.head());
        }
        (start, self.head())
    }
}

enum Change {
    /// Other delimiters hold from here on.
    At(usize),
    /// Perhaps from here on: the buffer ends before it can be told.
    Unknown(usize),
    None,
}

impl X12Cutter {
    fn head(&self) -> X12Head {
        X12Head { delimiters: self.delimiters, is_last: false }
    }

    /// Where the next header stands, if it follows the one at the start; else the end of the
    /// buffer. So that a file of headers alone is not searched whole for each of them.
    fn next_header(&self, buffer: &[u8], from: usize) -> usize {
        let (1.., Ok(current)) = (from, self.delimiters) else { return buffer.len() };
        match first_start(buffer, from, current) {
            start @ 1.. if buffer[start..].starts_with(b"ISA") => start,
            _ => buffer.len(),
        }
    }

    /// The next interchange in `range` whose delimiters differ.
    ///
    /// An ISA behind a terminator is one, damaged or not; any other is trusted by its shape alone:
    /// sixteen separators at their fixed places, which no name that contains "ISA" has.
    fn next_change(&self, buffer: &[u8], range: Range<usize>, fill: Fill) -> Change {
        let current = self.delimiters.ok();
        let from = range.start.min(buffer.len());
        for step in memmem::find_iter(&buffer[from..], b"ISA") {
            let at = from + step;
            if at >= range.end {
                break;
            }
            match buffer.get(at + 3) {
                Some(next) if !is_separator(*next) => continue,
                None if fill != Fill::End => return Change::Unknown(at),
                _ => {}
            }
            let begins_segment = current.is_none_or(|current| is_behind_end(buffer, at, current));
            let needed = if begins_segment { WINDOW_BYTES } else { ISA_BYTES };
            let window = window(buffer, at);
            if window.len() < needed && fill != Fill::End {
                return Change::Unknown(at);
            }
            let declared = if begins_segment {
                interchange::read(window, current)
            } else {
                interchange::delimiters(window)
            };
            let is_change = match declared {
                Ok(declared) => current != Some(declared),
                // What follows a header that says nothing must not be read as what came before.
                Err(_) => begins_segment && current.is_some(),
            };
            if is_change && at > 0 {
                return Change::At(at);
            }
        }
        Change::None
    }
}

/// The bytes from `at` on that are looked at to read an ISA.
fn window(buffer: &[u8], at: usize) -> &[u8] {
    &buffer[at..buffer.len().min(at + WINDOW_BYTES)]
}

/// Where an ISA begins, if only filler (or a BOM) stands before it in the buffer.
fn header_at_start(buffer: &[u8]) -> Option<usize> {
    let text = buffer.strip_prefix(UTF8_BOM).unwrap_or(buffer);
    let filler = text.iter().position(|byte| *byte > b' ')?;
    let start = buffer.len() - text.len() + filler;
    buffer[start..].starts_with(b"ISA").then_some(start)
}

/// Whether only filler stands between `at` and the end of a segment, or the start of the buffer.
fn is_behind_end(buffer: &[u8], at: usize, current: Delimiters) -> bool {
    let before = buffer[..at].trim_ascii_end();
    // A line break may itself be the terminator. Ctrl-Z stands between files put together.
    let before = before.strip_suffix(b"\x1a").unwrap_or(before).trim_ascii_end();
    before.last().is_none_or(|last| *last == current.terminator)
        || buffer[before.len()..at].contains(&current.terminator)
}

/// Ids before which a block may end: nothing below them goes on over them.
pub const STARTS: [&[u8]; 7] = [b"CLM", b"HL", b"ST", b"GS", b"GE", b"ISA", b"IEA"];

/// Where the last segment of [`STARTS`] begins; 0 if there is none after the start.
fn last_start(buffer: &[u8], delimiters: Delimiters) -> usize {
    let mut end = buffer.len();
    while let Some(terminator) = memrchr(delimiters.terminator, &buffer[..end]) {
        if let Some(start) = start_behind(buffer, terminator, delimiters) {
            return start;
        }
        end = terminator;
    }
    0
}

/// Where the first of them begins behind `from`.
fn first_start(buffer: &[u8], from: usize, delimiters: Delimiters) -> usize {
    memchr::memchr_iter(delimiters.terminator, &buffer[from.min(buffer.len())..])
        .find_map(|step| start_behind(buffer, from + step, delimiters))
        .unwrap_or(0)
}

/// The segment behind a terminator, if it is of [`STARTS`]. Its id must be whole, with its
/// separator.
fn start_behind(buffer: &[u8], terminator: usize, delimiters: Delimiters) -> Option<usize> {
    let after = &buffer[terminator + 1..];
    let filler = after.iter().position(|byte| *byte > b' ').unwrap_or(after.len());
    let start = terminator + 1 + filler;
    let id_end = memchr(delimiters.element, &buffer[start..(start + 4).min(buffer.len())])?;
    let is_start = match &buffer[start..start + id_end] {
        b"CLM" => true,
        b"HL" => buffer.get(start + 3).is_some_and(u8::is_ascii_digit),
        id if STARTS.contains(&id) => {
            let end = memchr(delimiters.terminator, &buffer[start..])?;
            let text = buffer[start..start + end].trim_ascii_end();
            Segment::of(text, delimiters.element).is_control()
        }
        _ => false,
    };
    is_start.then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x12::interchange::ISA;

    fn file(body: &str) -> Vec<u8> {
        [&ISA[..], body.as_bytes()].concat()
    }

    /// All cuts of a file, as the blocks of it begin.
    fn blocks(mut bytes: &[u8], look: usize) -> Vec<String> {
        let mut cutter = X12Cutter::default();
        let mut found = Vec::new();
        let mut wanted = look;
        while !bytes.is_empty() {
            let seen = &bytes[..wanted.min(bytes.len())];
            let fill = if seen.len() == bytes.len() { Fill::End } else { Fill::More };
            let (cut, head) = cutter.cut(seen, fill);
            wanted = if cut == 0 { wanted * 2 } else { look };
            if cut > 0 {
                let element = head.delimiters.map_or('-', |found| char::from(found.element));
                let start = String::from_utf8_lossy(&bytes[..cut.min(5)]).into_owned();
                found.push(format!("{element} {start}"));
            }
            bytes = &bytes[cut..];
        }
        found
    }

    #[test]
    fn a_block_ends_before_a_claim() {
        let mut bytes = file("GS*HC*A*B*C*D*1~ST*837*0001~HL*1~CLM*A~SV1*X~CLM*B~SV1*Y~");
        bytes.extend(b"REF*X~".repeat(500));
        let mut cutter = X12Cutter::default();
        let (cut, _) = cutter.cut(&bytes, Fill::More);
        assert!(bytes[cut..].starts_with(b"GS*HC"), "behind a header, before the next start");
        let (next, head) = cutter.cut(&bytes[cut..], Fill::More);
        assert!(bytes[cut + next..].starts_with(b"CLM*B"));
        assert!(head.delimiters.is_ok());
    }

    #[test]
    fn a_block_ends_before_other_delimiters() {
        let other = String::from_utf8(ISA.to_vec()).expect("text").replace('*', "|");
        let bytes = file(&format!("GS*HC~IEA*1~{other}GS|HC~"));
        assert_eq!(blocks(&bytes, 4096), ["* ISA*0", "| ISA|0"]);
        assert_eq!(blocks(&bytes, 64).last().map(String::as_str), Some("| ISA|0"));
    }

    #[test]
    fn a_header_that_says_nothing_ends_what_came_before() {
        let bytes = file("GS*HC~IEA*1~\n\x1a\nISA|00|damaged");
        assert_eq!(blocks(&bytes, 4096), ["* ISA*0", "- ISA|0"]);
    }

    #[test]
    fn names_that_contain_isa_are_no_header() {
        let bytes = file("GS*HC~NM1*IL*1*ISAACS*LISA~CLM*A~SV1*LISA*ISA~CLM*B~");
        let (cut, _) = X12Cutter::default().cut(&bytes, Fill::End);
        assert_eq!(cut, bytes.len());
    }
}
