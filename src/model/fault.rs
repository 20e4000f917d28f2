//! A fault of a claim file: damage, a wrong count, a row that cannot be used.

use super::Position;

/// What kind of fault, by the rule that reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A control number or count of the envelope disagrees (F001).
    Envelope,
    /// A transaction set that is not an 837P of a version that is read (F002).
    Unsupported,
    /// The file was processed before (F003).
    SeenBefore,
    /// A trailer is missing, or a part could not be read (F004).
    Damage,
    /// A claim row or service line that cannot be used (F005).
    UnusableRow,
}

/// One fault. Holds no value that could name a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// What kind.
    pub kind: FaultKind,
    /// Index of the file in the run.
    pub file: u32,
    /// Where in it.
    pub position: Position,
    /// The column, element or segment at fault (`units`, `SE01`); may be empty.
    pub part: String,
    /// What is wrong, with the two values that disagree where there are two, and what was left out.
    pub message: String,
}
