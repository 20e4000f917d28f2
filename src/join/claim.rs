//! A claim as a whole: what it corrects, what its patient paid, whether it balances.

use super::Context;
use crate::model::{Cents, OutOfBalance, ServiceLine};

/// A current claim, seen as one.
pub struct ClaimFacts<'a> {
    /// What the run shares.
    pub context: Context<'a>,
    /// Its first current peer-support line left after step 2 of rules.md; findings stand there.
    pub first_line: &'a ServiceLine<'a>,
    /// Of a 7 or 8: what it names.
    pub correction: Option<CorrectionStanding>,
    /// Of a net claim: the first amount over zero that its patient paid, on its net peer-support
    /// lines.
    pub patient_paid: Option<Cents>,
    /// Of a net claim (X12): its total disagrees with its lines.
    pub out_of_balance: Option<OutOfBalance>,
}

/// What is known of the claims that a correction names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionStanding {
    /// It names none.
    NamesNone,
    /// It names a claim with a peer-support line.
    Known,
    /// The number is that of denied peer-support lines only.
    TargetDenied,
    /// The number is that of a correction without peer-support lines.
    TargetBillsOther,
    /// No peer-support line in this input or in history has the number.
    TargetUnknown,
}

/// A record whose key stood before with other content.
pub struct RecordConflict<'a> {
    /// What the run shares.
    pub context: Context<'a>,
    /// The record that stands.
    pub first: &'a ServiceLine<'a>,
    /// The one that does not.
    pub later: &'a ServiceLine<'a>,
}
