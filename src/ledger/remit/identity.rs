//! What makes a payment this one and no other, whatever file it comes in.

use crate::model::NaiveDate;
use crate::remittance::{Adjustment, ClaimPayment, Remittance};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Counts equal payments of one transaction set: a payer that pays, takes back and pays again in
/// one remittance says the same twice and means two payments.
#[derive(Default)]
pub(super) struct Ordinals {
    /// The file and the set in it that are counted.
    set: (i64, u64),
    seen: HashMap<Vec<u8>, u64>,
}

impl Ordinals {
    /// The identity of the next payment of `file`.
    pub(super) fn identity(
        &mut self,
        file: i64,
        remittance: &Remittance,
        payment: &ClaimPayment,
    ) -> Vec<u8> {
        let set = (file, remittance.set_number);
        if self.set != set {
            self.set = set;
            self.seen.clear();
        }
        let said = said(remittance, payment);
        let ordinal = self.seen.entry(said.clone()).or_default();
        let mut hash = Sha256::new();
        hash.update(said);
        hash.update(ordinal.to_le_bytes());
        *ordinal += 1;
        hash.finalize().to_vec()
    }
}

/// All that a payment says, as a hash.
fn said(remittance: &Remittance, payment: &ClaimPayment) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut text = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    for bytes in [
        &remittance.trace[..],
        &remittance.trace_origin,
        day(remittance.day()).as_bytes(),
        &remittance.payee_npi,
        &remittance.provider_id,
        &payment.claim_id,
        &payment.status_code,
        &payment.payer_number,
        &payment.frequency_code,
        &payment.original_number,
        &payment.charge.0.to_le_bytes(),
        &payment.paid.0.to_le_bytes(),
    ] {
        text(bytes);
    }
    adjustments(&payment.adjustments, &mut text);
    for service in &payment.services {
        for bytes in [
            &service.procedure[..],
            &service.modifiers,
            &service.line_control,
            day(service.first_day).as_bytes(),
            &service.units_paid,
            &service.charge.0.to_le_bytes(),
            &service.paid.0.to_le_bytes(),
        ] {
            text(bytes);
        }
        adjustments(&service.adjustments, &mut text);
    }
    hash.finalize().to_vec()
}

fn adjustments(adjustments: &[Adjustment], text: &mut impl FnMut(&[u8])) {
    text(&(adjustments.len() as u64).to_le_bytes());
    for adjustment in adjustments {
        text(&adjustment.group);
        text(&adjustment.reason);
        text(&adjustment.amount.0.to_le_bytes());
    }
}
