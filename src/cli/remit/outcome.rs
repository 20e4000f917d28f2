//! What became of each claim payment of the files that were read.

use crate::ledger::{RunId, Taken};
use crate::model::member_ids::IdsToMask;
use crate::model::within::masked;
use crate::model::{Cents, Position, date::NaiveDate, text};
use crate::remittance::{ClaimPayment, Fault, Processing, ProviderAdjustment, Totals};
use std::borrow::Cow;

/// Faults that are kept; of more, only how many.
pub const MOST_FAULTS: usize = 10_000;

/// A file as it was read.
pub struct FileOutcome {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
    pub totals: Totals,
    /// The newest run that read these bytes before.
    pub seen_in_run: Option<RunId>,
}

/// A claim payment that no line of the ledger is meant by.
pub struct UnmatchedClaim {
    pub claim_id: String,
    pub status: String,
    pub payer_claim_number: String,
    pub charge: Cents,
    pub paid: Cents,
    pub source: String,
    pub position: Position,
    pub why: &'static str,
}

/// A peer-support service of a claim that was found, which none of its lines is.
pub struct UnmatchedService {
    pub claim_id: String,
    pub procedure: String,
    pub service_date: Option<NaiveDate>,
    pub charge: Cents,
    pub paid: Cents,
    pub source: String,
    pub position: Position,
}

/// Counts: each CLP is in one of the first six.
#[derive(Default)]
pub struct Claims {
    pub recorded: u64,
    pub known_before: u64,
    pub unmatched: u64,
    pub other_procedures: u64,
    pub no_effect: u64,
    pub unreadable: u64,
    /// Of the recorded: whole or in part refused, reversals, and their sum (CLP04).
    pub refused: u64,
    pub refused_in_part: u64,
    pub reversals: u64,
    pub paid: Cents,
}

impl Claims {
    /// The sum of the first six.
    pub fn all(&self) -> u64 {
        self.recorded
            + self.known_before
            + self.unmatched
            + self.other_procedures
            + self.no_effect
            + self.unreadable
    }
}

/// What a run of `remit` came to.
#[derive(Default)]
pub struct RemitOutcome {
    pub files: Vec<FileOutcome>,
    /// Files of a folder that are no remittances.
    pub skipped: Vec<String>,
    pub claims: Claims,
    pub unmatched: Vec<UnmatchedClaim>,
    pub unmatched_services: Vec<UnmatchedService>,
    /// With the file as the user named it.
    pub faults: Vec<(String, Fault)>,
    pub fault_count: u64,
    /// Something was left out.
    pub is_partial: bool,
    /// Σ PLB, over all sets that were read.
    pub provider_adjustments: Cents,
    pub corrected_patients: u64,
    /// Of all claim payments.
    members: IdsToMask,
}

impl RemitOutcome {
    /// Notes what became of a claim payment.
    pub fn took(&mut self, source: &str, payment: &ClaimPayment, taken: Taken) {
        self.corrected_patients += u64::from(payment.corrects_patient);
        payment.member_ids.iter().for_each(|id| self.members.add(id));
        let claims = &mut self.claims;
        match taken {
            Taken::KnownBefore => claims.known_before += 1,
            Taken::OtherProcedures => claims.other_procedures += 1,
            Taken::NoEffect => claims.no_effect += 1,
            Taken::Unmatched(why) => {
                claims.unmatched += 1;
                self.unmatched.push(UnmatchedClaim {
                    claim_id: own(&payment.claim_id, payment),
                    status: owned(&payment.status_code),
                    payer_claim_number: own(&payment.payer_number, payment),
                    charge: payment.charge,
                    paid: payment.paid,
                    source: source.to_owned(),
                    position: payment.position,
                    why: why.as_str(),
                });
            }
            Taken::Recorded { lines, refused, left } => {
                claims.recorded += 1;
                claims.paid += payment.paid;
                claims.reversals += u64::from(payment.processing == Processing::Reversal);
                claims.refused += u64::from(refused > 0 && refused == lines);
                claims.refused_in_part += u64::from(refused > 0 && refused < lines);
                for place in left {
                    let service = &payment.services[place];
                    self.unmatched_services.push(UnmatchedService {
                        claim_id: own(&payment.claim_id, payment),
                        procedure: owned(&service.procedure),
                        service_date: service.first_day,
                        charge: service.charge,
                        paid: service.paid,
                        source: source.to_owned(),
                        position: service.position,
                    });
                }
            }
        }
    }

    /// Takes the ids of all members of these remittances, and of the `others`, out of the numbers
    /// of claims that are said: a number may be made of the id of another member than its own.
    pub fn mask(&mut self, others: &[Vec<u8>]) {
        others.iter().for_each(|id| self.members.add(id));
        let ids = std::mem::take(&mut self.members).finish();
        let claims = self.unmatched.iter_mut();
        let claims = claims.flat_map(|one| [&mut one.claim_id, &mut one.payer_claim_number]);
        let services = self.unmatched_services.iter_mut().map(|one| &mut one.claim_id);
        for number in claims.chain(services) {
            if let Cow::Owned(shown) = ids.without_text(number) {
                *number = shown;
            }
        }
    }

    /// Notes an adjustment that belongs to no claim.
    pub fn adjusted(&mut self, adjustment: &ProviderAdjustment) {
        self.provider_adjustments += adjustment.amount;
    }

    /// Notes what is wrong with a file.
    pub fn fault(&mut self, source: &str, fault: Fault) {
        self.is_partial |= fault.kind.is_loss();
        self.fault_count += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push((source.to_owned(), fault));
        }
    }

    /// The file was read to its end.
    pub fn read(&mut self, file: FileOutcome) {
        self.claims.unreadable += file.totals.unreadable;
        self.files.push(file);
    }
}

/// A number of the claim without the ids of its members, to be said.
fn own(number: &[u8], payment: &ClaimPayment) -> String {
    let mut number = owned(number);
    for id in &payment.member_ids {
        if let Cow::Owned(shown) = masked(&number, &text::decode(id)) {
            number = shown;
        }
    }
    number
}

fn owned(bytes: &[u8]) -> String {
    text::decode(bytes).into_owned()
}
