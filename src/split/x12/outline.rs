//! What a block of X12 consists of: where envelopes, levels and claims begin in it. Blocks are
//! looked at apart from each other; which of these are of an 837P that is read, `walk.rs` decides.
//!
//! A claim begins here where it begins for `normalize::edi837p::block`, in damaged files too. What
//! breaks when you touch it: a claim that one of them sees and the other does not ends the run.

use crate::normalize::edi837p::hierarchy::Loop;
use crate::normalize::edi837p::trust::{self, Shape};
use crate::source::blocks::Block;
use crate::x12::cutter::{STARTS, X12Head};
use crate::x12::parted::Parted;
use crate::x12::segments::Placed;
use crate::x12::unwrap::Unwrapped;
use crate::x12::{Delimiters, Segment};

/// A hierarchical level, by what it may stand below: of two, the later stands below the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 2000A
    Billing,
    /// One whose code cannot be read, or a billing provider below another level.
    Unknown,
    /// 2000B
    Subscriber,
    /// 2000C
    Patient,
}

/// What begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: what stood before the block goes on.
    GoesOn,
    /// `ISA`, up to the first GS.
    Interchange,
    /// `GS`, up to the first ST.
    Group,
    /// `ST`, up to the first HL.
    Set,
    /// `HL` and the parties below it, up to the next HL or claim.
    Level(Level),
    /// `CLM`, with its service lines.
    Claim,
    /// What has the shape of a CLM whose id is damaged.
    LostClaim,
    /// `SV1` where no loop is open.
    Service,
    /// `SE`
    SetEnd,
    /// `GE`
    GroupEnd,
    /// `IEA`
    InterchangeEnd,
    /// Something behind a trailer.
    Loose,
    /// No delimiters can be trusted.
    Unreadable,
}

/// A part of a block, up to where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it begins with.
    pub kind: Kind,
    /// Its first byte in the block.
    pub start: u32,
    /// Segments in it.
    pub segments: u32,
}

/// The pieces of a block: together they are all of it.
pub struct Outline {
    /// What parts its segments; `None` where nothing can be read.
    pub delimiters: Option<Delimiters>,
    /// In order; the first begins with the block.
    pub pieces: Vec<Piece>,
}

/// Looks at a block. `faults` are the bytes of its file at which something was damaged, ascending;
/// `begin` is the byte that the block begins with.
pub fn outline(block: &Block<X12Head>, begin: u64, faults: &[u64]) -> Outline {
    let Ok(delimiters) = block.head.delimiters else {
        let piece = Piece { kind: Kind::Unreadable, start: 0, segments: 0 };
        return Outline { delimiters: None, pieces: vec![piece] };
    };
    let parted = Parted::of(&block.bytes, delimiters, trust::swallowed);
    let end = begin + block.bytes.len() as u64;
    let first = faults.partition_point(|fault| *fault < begin);
    let last = faults.partition_point(|fault| *fault < end);
    let mut outliner = Outliner {
        delimiters,
        unwrapped: &parted.unwrapped,
        faults: &faults[first..last],
        begin,
        is_outside: false,
        has_lines: false,
        pieces: vec![Piece { kind: Kind::GoesOn, start: 0, segments: 0 }],
    };
    for placed in parted.segments() {
        outliner.segment(&placed, block.head.is_last);
    }
    let mut pieces = outliner.pieces;
    if pieces.get(1).is_some_and(|next| next.start == 0) {
        pieces.remove(0);
    }
    Outline { delimiters: Some(delimiters), pieces }
}

struct Outliner<'b> {
    delimiters: Delimiters,
    unwrapped: &'b Unwrapped<'b>,
    faults: &'b [u64],
    begin: u64,
    /// Past an IEA: what stands here is filler.
    is_outside: bool,
    /// A service line stands in the piece at hand.
    has_lines: bool,
    pieces: Vec<Piece>,
}

impl Outliner<'_> {
    fn segment(&mut self, placed: &Placed<'_>, is_last_block: bool) {
        let segment = placed.segment;
        if self.is_outside && segment.id() != b"TA1" {
            if !STARTS.contains(&segment.id()) && segment.id() != b"SE" {
                return;
            }
            self.is_outside = false;
        }
        let is_end = is_last_block && segment.id() == b"IEA";
        let is_whole = !placed.is_broken && (placed.is_terminated || is_end);
        let last = self.pieces.last().map_or(Kind::GoesOn, |piece| piece.kind);
        let begins = if is_whole { self.begins(segment, placed.byte, last) } else { None };
        let is_behind = matches!(last, Kind::SetEnd | Kind::GroupEnd | Kind::InterchangeEnd);
        if let Some(kind) = begins.or(is_behind.then_some(Kind::Loose)) {
            self.is_outside |= kind == Kind::InterchangeEnd;
            let start = self.unwrapped.original(placed.byte as u32);
            self.pieces.push(Piece { kind, start, segments: 0 });
            self.has_lines = false;
        }
        self.has_lines |= matches!(segment.id(), b"LX" | b"SV1");
        if let Some(piece) = self.pieces.last_mut() {
            piece.segments += 1;
        }
    }

    /// What a whole segment begins, if anything.
    fn begins(&self, segment: Segment<'_>, byte: usize, last: Kind) -> Option<Kind> {
        let control = |kind| segment.is_control().then_some(kind);
        match segment.id() {
            b"CLM" => Some(Kind::Claim),
            b"HL" => level(segment).map(Kind::Level),
            b"SV1" => {
                let has_loops =
                    matches!(last, Kind::Level(_) | Kind::Claim | Kind::LostClaim | Kind::Service);
                (!has_loops && last != Kind::Set).then_some(Kind::Service)
            }
            b"ISA" => control(Kind::Interchange),
            b"GS" => control(Kind::Group),
            b"ST" => control(Kind::Set),
            b"SE" => control(Kind::SetEnd),
            b"GE" => control(Kind::GroupEnd),
            b"IEA" => control(Kind::InterchangeEnd),
            _ if self.faults.is_empty() => None,
            b"NM1" => self.lost_level(segment, byte, last),
            b"HI" | b"CL1" if trust::is_other(&segment, self.delimiters) => {
                self.shape(segment, byte)
            }
            _ if trust::is_known(segment.id()) => None,
            _ => self.shape(segment, byte),
        }
    }

    /// The level that a party tells whose HL is lost: only where the reader said so.
    fn lost_level(&self, segment: Segment<'_>, byte: usize, last: Kind) -> Option<Kind> {
        if !self.is_fault(byte) || trust::runs_on(&segment) {
            return None;
        }
        let place = match last {
            Kind::Level(Level::Subscriber) => Loop::Subscriber,
            Kind::Level(Level::Patient) => Loop::Patient,
            _ if self.has_lines => Loop::ServiceLine,
            _ => return None,
        };
        place.lost_level(segment.element(1)).map(|code| Kind::Level(level_of(code)))
    }

    /// Whether the reader found damage at this byte of the block.
    fn is_fault(&self, byte: usize) -> bool {
        let at = self.begin + u64::from(self.unwrapped.original(byte as u32));
        self.faults.binary_search(&at).is_ok()
    }

    /// What a segment with a damaged id is by its shape: only where the reader said so.
    fn shape(&self, segment: Segment<'_>, byte: usize) -> Option<Kind> {
        if !self.is_fault(byte) {
            return None;
        }
        match trust::shape(&segment, self.delimiters) {
            Shape::Claim => Some(Kind::LostClaim),
            Shape::Level(code) => Some(Kind::Level(level_of(code))),
            Shape::Other => None,
        }
    }
}

/// The level of an `HL`; `None`: text that damage made look like one.
fn level(segment: Segment<'_>) -> Option<Level> {
    if trust::is_text(segment) {
        return None;
    }
    let code = segment.element(3);
    let has_parent = !segment.element(2).is_empty();
    Some(if has_parent && code == b"20" { Level::Unknown } else { level_of(code) })
}

fn level_of(code: &[u8]) -> Level {
    match code {
        b"20" => Level::Billing,
        b"22" => Level::Subscriber,
        b"23" => Level::Patient,
        _ => Level::Unknown,
    }
}
