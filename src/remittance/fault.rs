//! What is wrong with a remittance file, and where.

use crate::model::Position;

/// What kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A control number or count of the envelope disagrees; everything was read.
    Envelope,
    /// A transaction set that is no 835 of a version that is read; skipped whole.
    OtherSet,
    /// Amounts that do not add up; everything was read.
    Balance,
    /// A part could not be read.
    Damage,
    /// A claim payment that cannot be used.
    Unusable,
}

impl FaultKind {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Envelope => "envelope",
            FaultKind::OtherSet => "other-set",
            FaultKind::Balance => "balance",
            FaultKind::Damage => "damage",
            FaultKind::Unusable => "unusable",
        }
    }

    /// Whether something of the input was left out for it.
    pub fn is_loss(self) -> bool {
        matches!(self, FaultKind::Damage | FaultKind::Unusable)
    }
}

/// One fault. Holds no value that could name a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// Where.
    pub position: Position,
    /// The segment or element at fault (`CLP04`); may be empty.
    pub part: String,
    /// What is wrong, and what was left out.
    pub message: String,
}
