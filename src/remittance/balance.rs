//! Do the amounts add up? (The balancing of the 835 guide, 1.10.2.)
//!
//! ```text
//! service   SVC02 − Σ CAS = SVC03
//! claim     CLP03 − Σ CAS (its own and its services') = CLP04
//! set       Σ CLP04 − Σ PLB = BPR02
//! ```
//!
//! What does not add up is said; it was read all the same.

use super::payment::{Adjustment, ClaimPayment};
use crate::model::{Cents, Position};

/// Something that does not add up: where, which element, and the two amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfBalance {
    /// Of the CLP, SVC or BPR.
    pub position: Position,
    /// The element that says otherwise.
    pub part: &'static str,
    /// What it says.
    pub stated: Cents,
    /// What the others come to.
    pub worked_out: Cents,
}

impl OutOfBalance {
    /// In words.
    pub fn message(&self) -> String {
        let OutOfBalance { part, stated, worked_out, .. } = self;
        let from = match *part {
            "SVC03" => "charge less adjustments of the service",
            "CLP04" => "charge less adjustments of the claim and its services",
            _ => "the claims of the set less its PLB adjustments",
        };
        format!("{part} says {stated} where {from} come to {worked_out}; it was read all the same")
    }
}

fn sum(adjustments: &[Adjustment]) -> Cents {
    adjustments.iter().map(|found| found.amount).sum()
}

/// What of a claim does not add up. A damaged claim is not asked.
pub fn of_claim(claim: &ClaimPayment) -> Vec<OutOfBalance> {
    let mut found = Vec::new();
    if claim.is_damaged {
        return found;
    }
    let mut look = |position, part, stated: Cents, worked_out: Cents| {
        if stated != worked_out {
            found.push(OutOfBalance { position, part, stated, worked_out });
        }
    };
    let mut taken_off = sum(&claim.adjustments);
    for service in &claim.services {
        let own = sum(&service.adjustments);
        taken_off += own;
        let worked_out = Cents(service.charge.0.saturating_sub(own.0));
        look(service.position, "SVC03", service.paid, worked_out);
    }
    let worked_out = Cents(claim.charge.0.saturating_sub(taken_off.0));
    look(claim.position, "CLP04", claim.paid, worked_out);
    found
}

/// The amounts of a set, as they come.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetBalance {
    claims: Cents,
    adjustments: Cents,
    /// Something of the set could not be read.
    pub is_damaged: bool,
}

impl SetBalance {
    /// A claim payment.
    pub fn claim(&mut self, paid: Cents) {
        self.claims += paid;
    }

    /// A PLB adjustment.
    pub fn adjustment(&mut self, amount: Cents) {
        self.adjustments += amount;
    }

    /// Whether BPR02 says otherwise.
    pub fn of_set(&self, stated: Cents, position: Position) -> Option<OutOfBalance> {
        let worked_out = Cents(self.claims.0.saturating_sub(self.adjustments.0));
        let is_wrong = !self.is_damaged && stated != worked_out;
        is_wrong.then_some(OutOfBalance { position, part: "BPR02", stated, worked_out })
    }
}
