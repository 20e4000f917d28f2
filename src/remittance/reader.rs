//! Walks over the segments of a file, block by block, and hands on its claim payments in order.

use super::claim::OpenClaim;
use super::fault::{Fault, FaultKind};
use super::payment::{ClaimPayment, ProviderAdjustment, Remittance};
use super::set::OpenSet;
use super::step::Step;
use super::trust;
use crate::model::Position;
use crate::source::blocks::Blocks;
use crate::x12::cutter::{X12Cutter, X12Head};
use crate::x12::envelope::{At, EnvelopeCheck, EnvelopeFault};
use crate::x12::interchange::IsaError;
use crate::x12::parted::Parted;
use std::io::{self, Read};

/// What a reader meets, in the order of the file.
pub enum Met<'a> {
    /// A claim payment, whole, and the set that it stands in.
    Claim(&'a Remittance, Box<ClaimPayment>),
    /// An adjustment that belongs to no claim.
    Adjustment(&'a Remittance, ProviderAdjustment),
    /// Something is wrong.
    Fault(Fault),
}

/// Counts of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Segments.
    pub segments: u64,
    /// 835 transaction sets, those whose ST is lost included.
    pub sets: u64,
    /// Other transaction sets, skipped whole.
    pub other_sets: u64,
    /// CLP segments of the 835 sets, counted apart from what became of them; those whose id is
    /// damaged included.
    pub claims: u64,
    /// Claim payments handed on.
    pub handed_on: u64,
    /// Claim payments that could not be read.
    pub unreadable: u64,
}

/// What the next segment belongs to.
pub(super) enum State {
    /// No transaction set.
    Between,
    /// A set of another kind.
    Skipped,
    /// An 835.
    Open(Box<OpenSet>),
}

/// Reads one file.
pub struct Reader {
    pub(super) envelope: EnvelopeCheck,
    pub(super) state: State,
    pub(super) claim: Option<OpenClaim>,
    /// The last CLP could not be read: what follows it belongs to nothing.
    pub(super) is_lost: bool,
    /// Segments so far.
    pub(super) segments: u64,
    /// Bytes before the block.
    bytes: u64,
    /// Past an IEA: what stands here is no part of an interchange.
    pub(super) is_outside: bool,
    /// The part that is being passed over, because no interchange header can be trusted.
    unreadable: Option<(IsaError, At)>,
    pub(super) totals: Totals,
}

/// Takes what the reader meets.
pub type Take<'t> = &'t mut (dyn FnMut(Met<'_>) + 't);

/// Reads a stream of X12 to its end, in blocks of about `block_bytes`.
pub fn read(stream: impl Read, block_bytes: usize, take: Take<'_>) -> io::Result<Totals> {
    let mut blocks = Blocks::new(stream, X12Cutter::at_any_segment(), block_bytes);
    let mut reader = Reader::new();
    let mut buffer = Vec::new();
    while let Some(block) = blocks.next(buffer)? {
        reader.block(&block.bytes, &block.head, take);
        buffer = block.bytes;
    }
    Ok(reader.end(take))
}

impl Default for Reader {
    fn default() -> Reader {
        Reader::new()
    }
}

/// The place of a segment.
pub(super) fn position(at: At) -> Position {
    Position::Segment { number: at.number, byte: at.byte }
}

impl Reader {
    /// Nothing was read yet.
    pub fn new() -> Reader {
        Reader {
            envelope: EnvelopeCheck::default(),
            state: State::Between,
            claim: None,
            is_lost: false,
            segments: 0,
            bytes: 0,
            is_outside: false,
            unreadable: None,
            totals: Totals::default(),
        }
    }

    /// Reads the next block.
    pub fn block(&mut self, bytes: &[u8], head: &X12Head, take: Take<'_>) {
        match head.delimiters {
            Err(why) => {
                let first = bytes.iter().position(|byte| *byte > b' ');
                if let (Some(first), None) = (first, self.unreadable) {
                    let byte = self.bytes + first as u64;
                    self.unreadable = Some((why, At { number: self.segments + 1, byte }));
                    self.cut_off(take);
                }
            }
            Ok(delimiters) => {
                self.end_unreadable(take);
                let parted = Parted::of(bytes, delimiters, trust::swallowed);
                let unwrapped = &parted.unwrapped;
                for placed in parted.segments() {
                    let byte = self.bytes + u64::from(unwrapped.original(placed.byte as u32));
                    let header = unwrapped.bytes.get(placed.byte..).unwrap_or_default();
                    let at = At { number: self.segments + 1, byte };
                    let mut step = Step { reader: self, delimiters, at, take: &mut *take };
                    step.segment(&placed, head.is_last, header);
                }
            }
        }
        self.bytes += bytes.len() as u64;
    }

    /// The file ends.
    pub fn end(mut self, take: Take<'_>) -> Totals {
        self.end_unreadable(take);
        self.cut_off(take);
        let at = At { number: self.segments + 1, byte: self.bytes };
        let mut found = Vec::new();
        self.envelope.end(at, &mut |fault, at| found.push((fault, at)));
        report(found, take);
        self.totals.segments = self.segments;
        self.totals
    }

    /// What could not be read ends here.
    fn end_unreadable(&mut self, take: Take<'_>) {
        let Some((why, at)) = self.unreadable.take() else { return };
        let (why, bytes) = (why.as_str(), self.bytes.saturating_sub(at.byte));
        let message = format!(
            "{why}: the interchange is left out, {bytes} bytes up to the next that can be read"
        );
        say(FaultKind::Damage, at, "ISA", &message, take);
    }

    /// The file breaks off: of a claim that is open nobody knows what is missing.
    fn cut_off(&mut self, take: Take<'_>) {
        if let Some(claim) = self.claim.take() {
            self.totals.unreadable += 1;
            take(Met::Fault(Fault {
                kind: FaultKind::Unusable,
                position: claim.finish().position,
                part: "CLP".to_owned(),
                message: "the file breaks off within this claim payment: it is left out".to_owned(),
            }));
        }
        self.state = State::Between;
    }
}

/// Hands on a fault.
pub(super) fn say(kind: FaultKind, at: At, part: &str, message: &str, take: Take<'_>) {
    let (part, message) = (part.to_owned(), message.to_owned());
    take(Met::Fault(Fault { kind, position: position(at), part, message }));
}

/// Hands on the faults of an envelope.
pub(super) fn report(found: Vec<(EnvelopeFault, At)>, take: Take<'_>) {
    for (fault, at) in found {
        let kind = match fault {
            EnvelopeFault::NoTrailer { .. } => FaultKind::Damage,
            _ => FaultKind::Envelope,
        };
        say(kind, at, fault.part(), &fault.to_string(), take);
    }
}
