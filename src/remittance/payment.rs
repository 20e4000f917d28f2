//! The nouns of a remittance: the set (one check or transfer), its claim payments, their services.

use crate::model::{Cents, NaiveDate, Position};

/// What the payer did with a claim (CLP02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Processing {
    /// 1, 2, 3, 19, 20, 21: adjudicated, whatever was paid.
    Processed,
    /// 4: denied.
    Denied,
    /// 22: an earlier payment is taken back.
    Reversal,
    /// 23: not this payer's claim, sent on to another one.
    SentOn,
    /// 25: a price asked for before the service; no claim.
    PriceOnly,
}

impl Processing {
    /// Reads the code; `None` for one that a 5010 remittance does not have.
    pub fn parse(code: &[u8]) -> Option<Processing> {
        Some(match code {
            b"1" | b"2" | b"3" | b"19" | b"20" | b"21" => Processing::Processed,
            b"4" => Processing::Denied,
            b"22" => Processing::Reversal,
            b"23" => Processing::SentOn,
            b"25" => Processing::PriceOnly,
            _ => return None,
        })
    }
}

/// A transaction set: one payment and whom it goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remittance {
    /// Its number among the 835 sets of the file, from 1.
    pub set_number: u64,
    /// TRN02: number of the check or transfer.
    pub trace: Vec<u8>,
    /// TRN03: who gave that number.
    pub trace_origin: Vec<u8>,
    /// BPR02.
    pub amount: Option<Cents>,
    /// BPR03 is `D`: the amount goes the other way.
    pub is_debit: bool,
    /// BPR16: the day of the payment.
    pub payment_date: Option<NaiveDate>,
    /// DTM*405: the last day of the work that it reports.
    pub production_date: Option<NaiveDate>,
    /// N1*PR N104, where it is there.
    pub payer_id: Vec<u8>,
    /// N1*PE N104 where N103 is `XX`.
    pub payee_npi: Vec<u8>,
    /// TS301 of the loop 2000 that is open: the provider under the payee.
    pub provider_id: Vec<u8>,
}

impl Remittance {
    /// The NPIs by which the ledger may know the billing provider, the nearest first.
    pub fn billing_npis(&self) -> impl Iterator<Item = &[u8]> {
        let is_same = self.provider_id == self.payee_npi;
        let payee = if is_same { &b""[..] } else { &self.payee_npi };
        [&self.provider_id[..], payee].into_iter().filter(|npi| !npi.is_empty())
    }

    /// The day from which the payment is known: production, else payment.
    pub fn day(&self) -> Option<NaiveDate> {
        self.production_date.or(self.payment_date)
    }
}

/// One reason why less (or more) than the charge is paid, of a CAS segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// CAS01: `CO`, `PR`, `OA`, `PI`.
    pub group: [u8; 2],
    /// The reason (CARC); longer codes than there are keep their first bytes.
    pub reason: [u8; 5],
    /// What is not paid for it.
    pub amount: Cents,
}

impl Adjustment {
    /// The reason without its padding.
    pub fn reason(&self) -> &[u8] {
        let end = self.reason.iter().position(|byte| *byte == 0);
        &self.reason[..end.unwrap_or(self.reason.len())]
    }
}

/// One CLP and what belongs to it. Holds data of a person: no `Debug`, on purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimPayment {
    /// Of the CLP.
    pub position: Position,
    /// CLP01: CLM01 as the provider sent it.
    pub claim_id: Vec<u8>,
    /// CLP02.
    pub processing: Processing,
    /// CLP02 as written.
    pub status_code: Vec<u8>,
    /// CLP03.
    pub charge: Cents,
    /// CLP04.
    pub paid: Cents,
    /// CLP05.
    pub patient_responsibility: Option<Cents>,
    /// CLP07: the payer's number of the claim.
    pub payer_number: Vec<u8>,
    /// CLP08.
    pub facility_code: Vec<u8>,
    /// CLP09.
    pub frequency_code: Vec<u8>,
    /// REF*F8: the number of the claim that this one corrects.
    pub original_number: Vec<u8>,
    /// NM1*82 NM109 where NM108 is `XX`.
    pub rendering_npi: Vec<u8>,
    /// NM109 of the patient, the insured and the corrected patient (QC, IL, 74), where they are
    /// there: claim numbers may be made of them.
    pub member_ids: Vec<Vec<u8>>,
    /// NM1*74: the payer has another name or id for the patient.
    pub corrects_patient: bool,
    /// DTM*232 and *233.
    pub statement: (Option<NaiveDate>, Option<NaiveDate>),
    /// DTM*050: when the payer received the claim.
    pub received: Option<NaiveDate>,
    /// CAS of the claim.
    pub adjustments: Vec<Adjustment>,
    /// SVC.
    pub services: Vec<ServicePayment>,
    /// A segment of it could not be read, so that amounts need not add up.
    pub is_damaged: bool,
}

/// One SVC and what belongs to it.
#[derive(Clone, PartialEq, Eq)]
pub struct ServicePayment {
    /// Of the SVC.
    pub position: Position,
    /// The procedure as it was billed: SVC06-2 where the payer decided on another one, else
    /// SVC01-2.
    pub procedure: Vec<u8>,
    /// Its modifiers, joined by `:`.
    pub modifiers: Vec<u8>,
    /// The payer decided on another procedure than the billed one.
    pub is_recoded: bool,
    /// SVC02.
    pub charge: Cents,
    /// SVC03.
    pub paid: Cents,
    /// SVC05 as written: units paid.
    pub units_paid: Vec<u8>,
    /// SVC07 as written: units billed, where the payer paid others.
    pub units_billed: Vec<u8>,
    /// DTM*472 or *150.
    pub first_day: Option<NaiveDate>,
    /// DTM*151.
    pub last_day: Option<NaiveDate>,
    /// REF*6R: the line control number; the line number where the provider sent none.
    pub line_control: Vec<u8>,
    /// CAS of the service.
    pub adjustments: Vec<Adjustment>,
}

impl ServicePayment {
    /// Whether nothing is paid because the payer refused the service: the whole charge is taken off
    /// by contractual (CO) or payer-initiated (PI) reasons, or as a duplicate (CARC 18).
    ///
    /// A service that pays nothing because the patient (PR) or another payer (OA) pays, that is
    /// covered by a capitation (CARC 24), or priced at nothing (CARC 45 alone), was accepted.
    pub fn is_refused(&self) -> bool {
        is_refused(self.charge, self.paid, &self.adjustments)
    }
}

impl ClaimPayment {
    /// The same of a claim that was decided on as a whole, without services.
    pub fn is_refused(&self) -> bool {
        is_refused(self.charge, self.paid, &self.adjustments)
    }
}

fn is_refused(charge: Cents, paid: Cents, adjustments: &[Adjustment]) -> bool {
    let is_refusal = |found: &Adjustment| {
        let is_own = matches!(&found.group, b"CO" | b"PI") && found.reason() != b"24";
        is_own || found.reason() == b"18"
    };
    let taken_off: Cents = adjustments.iter().map(|found| found.amount).sum();
    paid == Cents(0)
        && charge > Cents(0)
        && taken_off == charge
        && adjustments.iter().all(is_refusal)
        && adjustments.iter().any(|found| found.reason() != b"45")
}

/// One adjustment of the payment that belongs to no claim (PLB).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAdjustment {
    /// Of the PLB.
    pub position: Position,
    /// The reason (`WO` overpayment recovery, `FB` balance forward, …).
    pub reason: Vec<u8>,
    /// Positive: taken from the payment.
    pub amount: Cents,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(paid: i64, adjustments: &[(&[u8; 2], &str, i64)]) -> ServicePayment {
        let adjustments = adjustments.iter().map(|(group, reason, amount)| {
            let mut padded = [0; 5];
            padded[..reason.len()].copy_from_slice(reason.as_bytes());
            Adjustment { group: **group, reason: padded, amount: Cents(*amount) }
        });
        ServicePayment {
            position: Position::Segment { number: 1, byte: 0 },
            procedure: b"H0038".to_vec(),
            modifiers: Vec::new(),
            is_recoded: false,
            charge: Cents(6124),
            paid: Cents(paid),
            units_paid: Vec::new(),
            units_billed: Vec::new(),
            first_day: None,
            last_day: None,
            line_control: Vec::new(),
            adjustments: adjustments.collect(),
        }
    }

    #[test]
    fn a_service_is_refused_where_the_payer_takes_off_all_of_it() {
        assert!(service(0, &[(b"CO", "119", 6124)]).is_refused());
        assert!(service(0, &[(b"CO", "45", 1000), (b"CO", "119", 5124)]).is_refused());
        assert!(service(0, &[(b"OA", "18", 6124)]).is_refused());
        assert!(service(0, &[(b"PI", "16", 6124)]).is_refused());
    }

    #[test]
    fn a_service_that_others_pay_was_accepted() {
        assert!(!service(0, &[(b"PR", "1", 6124)]).is_refused());
        assert!(!service(0, &[(b"OA", "23", 6124)]).is_refused());
        assert!(!service(0, &[(b"CO", "45", 1000), (b"OA", "23", 5124)]).is_refused());
        assert!(!service(0, &[(b"CO", "24", 6124)]).is_refused(), "capitation");
        assert!(!service(0, &[(b"CO", "45", 6124)]).is_refused(), "priced at nothing");
        assert!(!service(5500, &[(b"CO", "45", 624)]).is_refused());
        assert!(!service(0, &[(b"CO", "119", 6123)]).is_refused(), "out of balance: no claim");
        assert!(!service(0, &[]).is_refused());
    }
}
