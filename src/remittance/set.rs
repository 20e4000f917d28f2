//! A transaction set that is open: its header, and how far it has come.

use super::balance::SetBalance;
use super::payment::{ProviderAdjustment, Remittance};
use crate::model::{Cents, Position, date};
use crate::x12::segment::component;
use crate::x12::{Delimiters, Segment};

/// A set that is read.
#[derive(Default)]
pub struct OpenSet {
    /// What its header says.
    pub remittance: Remittance,
    /// Its amounts so far.
    pub balance: SetBalance,
    /// Where its BPR stands.
    pub bpr: Option<Position>,
    /// Its claims have begun: no header segment comes any more.
    pub has_body: bool,
}

impl OpenSet {
    /// Takes a segment of the header.
    pub fn header(&mut self, segment: Segment<'_>, position: Position) {
        let header = &mut self.remittance;
        let element = |number| segment.element(number);
        match (segment.id(), element(1)) {
            (b"BPR", _) => {
                header.amount = Cents::parse(element(2));
                header.is_debit = element(3) == b"D";
                header.payment_date = date::parse(element(16));
                self.bpr = Some(position);
            }
            (b"TRN", _) => {
                header.trace = element(2).to_vec();
                header.trace_origin = element(3).to_vec();
            }
            (b"DTM", b"405") => header.production_date = date::parse(element(2)),
            (b"N1", b"PR") => header.payer_id = element(4).to_vec(),
            (b"N1", b"PE") if element(3) == b"XX" => header.payee_npi = element(4).to_vec(),
            _ => {}
        }
    }

    /// `LX`: another loop 2000 begins.
    pub fn begin_loop(&mut self) {
        self.has_body = true;
        self.remittance.provider_id.clear();
    }

    /// `TS3`: who the provider under the payee is.
    pub fn provider(&mut self, segment: Segment<'_>) {
        self.has_body = true;
        self.remittance.provider_id = segment.element(1).to_vec();
    }

    /// `PLB`: pairs of a reason and an amount from its third element on. `None`: it cannot be read.
    pub fn adjustments(
        &mut self,
        segment: Segment<'_>,
        delimiters: Delimiters,
        position: Position,
    ) -> Option<Vec<ProviderAdjustment>> {
        self.has_body = true;
        let elements: Vec<&[u8]> = segment.elements().skip(2).collect();
        let mut found = Vec::new();
        for pair in elements.chunks(2) {
            let (reason, amount) = (pair[0], pair.get(1).copied().unwrap_or_default());
            if reason.is_empty() && amount.is_empty() {
                continue;
            }
            let amount = Cents::parse(amount)?;
            let reason = component(reason, 1, delimiters).to_vec();
            found.push(ProviderAdjustment { position, reason, amount });
        }
        for adjustment in &found {
            self.balance.adjustment(adjustment.amount);
        }
        Some(found).filter(|found| !found.is_empty())
    }
}
