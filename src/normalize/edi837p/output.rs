//! What reading a block of X12 yields, before it is known what stood before the block.

use super::claim::Lacks;
use crate::model::{LocalPosition, NaiveDate};
use crate::normalize::sink::Sink;
use crate::x12::envelope::ControlSegment;
use crate::x12::interchange::IsaError;

/// What reading a block of X12 yields.
#[derive(Default)]
pub struct X12Output {
    /// Control segments, and the sections between them, in order.
    pub events: Vec<Event>,
    /// Faults that stand whatever comes before the block.
    pub faults: Sink,
    /// The block cannot be read: why, and the first byte of it that is no filler.
    pub unreadable: Option<(IsaError, LocalPosition)>,
    /// Segments of the block.
    pub segments: u32,
    /// Bytes of the block.
    pub bytes: u32,
    /// The newest group date (GS04) that is not after the day of the run.
    pub newest_group_date: Option<NaiveDate>,
    /// The parties in force at the end of the block, where the block changed them.
    pub end_billing_npi: Option<Vec<u8>>,
    /// The same of the member id.
    pub end_member_id: Option<Vec<u8>>,
    /// The same of the birth date.
    pub end_birth: Option<Vec<u8>>,
}

/// What a block consists of.
pub enum Event {
    /// A control segment, and where it stands.
    Control(ControlSegment, LocalPosition),
    /// What stands between two of them.
    Section(Section),
}

/// Why a section is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// It goes on with what was open where the block begins.
    GoesOn,
    /// Its ST names a version that is read.
    Supported,
    /// Its ST names no version: the group decides.
    ByGroup,
    /// Its ST names another set or version: nothing of it is read.
    Unsupported,
    /// Loops without an ST before them.
    Stray,
}

/// A part of a block within one transaction set.
pub struct Section {
    /// Why it is read.
    pub kind: SectionKind,
    /// Where it begins.
    pub at: LocalPosition,
    /// What was read.
    pub sink: Sink,
    /// What lines lack that stands before the block.
    pub lacks: Vec<Lacks>,
    /// Whether it holds anything of a claim.
    pub has_loops: bool,
}

impl Section {
    /// Nothing of it was read yet.
    pub fn begin(kind: SectionKind, at: LocalPosition) -> Section {
        Section { kind, at, sink: Sink::default(), lacks: Vec::new(), has_loops: false }
    }
}
