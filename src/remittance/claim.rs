//! Loops 2100 and 2110: a `CLP` with its services, as its segments come.
//!
//! ```text
//! CLP*claim id*status*charge*paid*patient*filing*payer's number*facility*frequency
//! CAS*group*reason*amount*quantity*(five more of three)
//! SVC*composite*charge*paid**units paid*composite billed*units billed
//! ```

use super::fault::FaultKind;
use super::payment::{Adjustment, ClaimPayment, Processing, ServicePayment};
use super::trust::is_group;
use crate::model::{Cents, NaiveDate, Position, date};
use crate::x12::segment::{component, components};
use crate::x12::{Delimiters, Segment};

/// More services than any claim has (an 837P allows 50): beyond, the claim is not read further.
const MOST_SERVICES: usize = 20_000;

/// A claim has one patient, one insured and one correction of them; damage may give it more.
const MOST_MEMBER_IDS: usize = 8;

/// Takes what is wrong: kind, element, message.
pub type Say<'s> = &'s mut dyn FnMut(FaultKind, &str, &str);

/// A claim payment whose end has not come yet.
pub struct OpenClaim {
    payment: ClaimPayment,
    place: Place,
}

/// What the next segment belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Claim,
    Service,
    /// A service that could not be read.
    Lost,
}

/// Why a CLP cannot be used: the element, and what is wrong with it.
pub type Unusable = (&'static str, &'static str);

impl OpenClaim {
    /// Reads a CLP. Elements that no CLP has make the whole of it untrusted: its terminator may be
    /// lost, and its last elements be those of the next segment.
    pub fn begin(segment: Segment<'_>, position: Position) -> Result<OpenClaim, Unusable> {
        let element = |number| segment.element(number);
        let claim_id = element(1);
        if claim_id.is_empty() {
            return Err(("CLP01", "no claim id"));
        }
        let status_code = element(2);
        let Some(processing) = Processing::parse(status_code) else {
            return Err(("CLP02", "no status code of a 5010 remittance"));
        };
        let Some(charge) = Cents::parse(element(3)) else {
            return Err(("CLP03", "the charge is no amount"));
        };
        let Some(paid) = Cents::parse(element(4)) else {
            return Err(("CLP04", "the paid amount is no amount"));
        };
        let is_number = |text: &[u8]| text.is_empty() || Cents::parse(text).is_some();
        let has_form = is_number(element(5))
            && [(8, 3), (9, 1), (10, 2), (11, 4), (14, 1)]
                .iter()
                .all(|(number, most)| element(*number).len() <= *most)
            && segment.elements().count() <= 14;
        if !has_form {
            return Err(("CLP", "no CLP segment has elements like these"));
        }
        let payment = ClaimPayment {
            position,
            claim_id: claim_id.to_vec(),
            processing,
            status_code: status_code.to_vec(),
            charge,
            paid,
            patient_responsibility: Cents::parse(element(5)),
            payer_number: element(7).to_vec(),
            facility_code: element(8).to_vec(),
            frequency_code: element(9).to_vec(),
            original_number: Vec::new(),
            rendering_npi: Vec::new(),
            member_ids: Vec::new(),
            corrects_patient: false,
            statement: (None, None),
            received: None,
            adjustments: Vec::new(),
            services: Vec::new(),
            is_damaged: false,
        };
        Ok(OpenClaim { payment, place: Place::Claim })
    }

    /// Takes the next segment of the claim.
    pub fn detail(
        &mut self,
        segment: Segment<'_>,
        delimiters: Delimiters,
        position: Position,
        say: Say<'_>,
    ) {
        match segment.id() {
            b"SVC" => self.service(segment, delimiters, position, say),
            b"CAS" => self.adjustments(segment, say),
            b"DTM" => self.date(segment, say),
            b"REF" => self.reference(segment),
            b"NM1" => self.party(segment),
            _ => {}
        }
    }

    /// A segment of the claim could not be read.
    pub fn damaged(&mut self) {
        self.payment.is_damaged = true;
    }

    /// A service could not be read: what follows belongs to it.
    pub fn lose_service(&mut self) {
        self.place = Place::Lost;
        self.damaged();
    }

    /// The claim is over.
    pub fn finish(self) -> ClaimPayment {
        self.payment
    }

    fn service(
        &mut self,
        segment: Segment<'_>,
        delimiters: Delimiters,
        position: Position,
        say: Say<'_>,
    ) {
        self.place = Place::Service;
        let decided = segment.element(1);
        let billed = segment.element(6);
        let is_recoded = !component(billed, 2, delimiters).is_empty();
        let composite = if is_recoded { billed } else { decided };
        let procedure = component(composite, 2, delimiters);
        let amounts = Cents::parse(segment.element(2)).zip(Cents::parse(segment.element(3)));
        let wrong = match amounts {
            None => Some("SVC02 or SVC03 is no amount"),
            _ if procedure.is_empty() => Some("no procedure"),
            _ if self.payment.services.len() == MOST_SERVICES => {
                Some("more services than any claim has")
            }
            _ => None,
        };
        if let Some(wrong) = wrong {
            say(FaultKind::Damage, "SVC", &format!("{wrong}: the service is left out"));
            self.lose_service();
            return;
        }
        let (charge, paid) = amounts.unwrap_or_default();
        let modifiers: Vec<&[u8]> = components(composite, delimiters).skip(2).take(4).collect();
        self.payment.services.push(ServicePayment {
            position,
            procedure: procedure.to_vec(),
            modifiers: modifiers.join(&b':'),
            is_recoded,
            charge,
            paid,
            units_paid: segment.element(5).to_vec(),
            units_billed: segment.element(7).to_vec(),
            first_day: None,
            last_day: None,
            line_control: Vec::new(),
            adjustments: Vec::new(),
        });
    }

    fn adjustments(&mut self, segment: Segment<'_>, say: Say<'_>) {
        let group = match segment.element(1) {
            group @ [first, second] if is_group(group) => [*first, *second],
            _ => {
                say(FaultKind::Damage, "CAS01", "no group of adjustments: the segment is left out");
                self.damaged();
                return;
            }
        };
        let elements: Vec<&[u8]> = segment.elements().skip(1).collect();
        let mut is_damaged = elements.len() > 18;
        let mut found = Vec::new();
        for triple in elements.chunks(3) {
            let (reason, amount) = (triple[0], triple.get(1).copied().unwrap_or_default());
            match Cents::parse(amount) {
                Some(amount) if !reason.is_empty() => {
                    let mut padded = [0; 5];
                    let length = reason.len().min(padded.len());
                    padded[..length].copy_from_slice(&reason[..length]);
                    found.push(Adjustment { group, reason: padded, amount });
                }
                None if reason.is_empty() && amount.is_empty() => {}
                _ => is_damaged = true,
            }
        }
        if is_damaged {
            let what = "an adjustment without a reason or an amount: it is left out";
            say(FaultKind::Damage, "CAS", what);
            self.damaged();
        }
        match self.place {
            Place::Claim => self.payment.adjustments.extend(found),
            Place::Service => {
                if let Some(service) = self.payment.services.last_mut() {
                    service.adjustments.extend(found);
                }
            }
            Place::Lost => {}
        }
    }

    fn date(&mut self, segment: Segment<'_>, say: Say<'_>) {
        let qualifier = segment.element(1);
        let in_claim = self.place == Place::Claim;
        let is_ours = match qualifier {
            b"232" | b"233" | b"050" => in_claim,
            b"472" | b"150" | b"151" => self.place == Place::Service,
            _ => false,
        };
        if !is_ours {
            return;
        }
        let Some(day) = date::parse(segment.element(2)) else {
            say(FaultKind::Damage, "DTM02", "no date: it is left out");
            self.damaged();
            return;
        };
        let set = |place: &mut Option<NaiveDate>| *place = place.or(Some(day));
        match (qualifier, self.payment.services.last_mut()) {
            (b"232", _) => set(&mut self.payment.statement.0),
            (b"233", _) => set(&mut self.payment.statement.1),
            (b"050", _) => set(&mut self.payment.received),
            (b"151", Some(service)) => set(&mut service.last_day),
            (_, Some(service)) => set(&mut service.first_day),
            (_, None) => {}
        }
    }

    fn reference(&mut self, segment: Segment<'_>) {
        let text = segment.element(2);
        let place = match (self.place, segment.element(1)) {
            (Place::Claim, b"F8") => &mut self.payment.original_number,
            (Place::Service, b"6R") => match self.payment.services.last_mut() {
                Some(service) => &mut service.line_control,
                None => return,
            },
            _ => return,
        };
        if place.is_empty() {
            *place = text.to_vec();
        }
    }

    fn party(&mut self, segment: Segment<'_>) {
        let id = segment.element(9);
        if [&b"QC"[..], b"IL", b"74"].contains(&segment.element(1))
            && !id.is_empty()
            && self.payment.member_ids.len() < MOST_MEMBER_IDS
        {
            self.payment.member_ids.push(id.to_vec());
        }
        match segment.element(1) {
            b"82" if segment.element(8) == b"XX" => {
                self.payment.rendering_npi = segment.element(9).to_vec();
            }
            b"74" => self.payment.corrects_patient = true,
            _ => {}
        }
    }
}
