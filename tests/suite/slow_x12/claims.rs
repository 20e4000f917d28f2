//! The segments of one transaction set into claim rows, by the loops of inputs.md.

use super::SlowFile;
use super::segments::Segment;
use crate::reference::model::ClaimRow;

/// Where in a set the walk stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Loop {
    Other,
    Billing,
    Subscriber,
    Patient,
    Claim,
    OtherPayer,
    Line,
    Adjudication,
}

/// What holds at a place of the set: the parties, the claim, the line, as far as they are known.
struct Walk {
    place: Loop,
    /// Billing provider, member and birth date, and then all that stands on the claim.
    claim: ClaimRow,
    line: Option<ClaimRow>,
    /// Of the line's LX.
    position: String,
    has_service: bool,
    rows: Vec<(ClaimRow, String)>,
}

/// Reads the segments between ST and SE.
pub fn read_set(segments: &[Segment], file: &mut SlowFile) {
    let mut walk = Walk {
        place: Loop::Other,
        claim: ClaimRow::default(),
        line: None,
        position: String::new(),
        has_service: false,
        rows: Vec::new(),
    };
    for segment in segments {
        match segment.id() {
            "HL" => walk.level(segment),
            "CLM" => {
                walk.end_line();
                file.claims += 1;
                walk.begin_claim(segment, file.claims);
            }
            "SBR" if walk.is_in_claim() => walk.place = Loop::OtherPayer,
            "LX" if walk.is_in_claim() => walk.begin_line(segment),
            "SVD" if walk.place == Loop::Line => walk.place = Loop::Adjudication,
            "SV1" => walk.service(segment),
            _ => match walk.place {
                Loop::Billing | Loop::Subscriber | Loop::Patient => walk.party(segment),
                Loop::Claim => walk.claim_detail(segment),
                Loop::Line => walk.line_detail(segment),
                Loop::Other | Loop::OtherPayer | Loop::Adjudication => {}
            },
        }
    }
    walk.end_line();
    for (row, position) in walk.rows {
        file.rows.push(row);
        file.positions.push(position);
    }
}

impl Walk {
    fn is_in_claim(&self) -> bool {
        use Loop::{Adjudication, Claim, Line, OtherPayer};
        [Claim, OtherPayer, Line, Adjudication].contains(&self.place)
    }

    fn level(&mut self, segment: &Segment) {
        self.end_line();
        let billing_npi = std::mem::take(&mut self.claim.billing_npi);
        let member_id = std::mem::take(&mut self.claim.member_id);
        self.claim = ClaimRow::default();
        (self.place, self.claim.billing_npi, self.claim.member_id) = match segment.element(3) {
            "20" => (Loop::Billing, String::new(), String::new()),
            "22" => (Loop::Subscriber, billing_npi, String::new()),
            "23" => (Loop::Patient, billing_npi, member_id),
            _ => (Loop::Other, billing_npi, member_id),
        };
    }

    fn party(&mut self, segment: &Segment) {
        match (self.place, segment.id(), segment.element(1)) {
            (Loop::Billing, "NM1", "85") => {
                self.claim.billing_npi = segment.element(9).to_string();
            }
            (Loop::Subscriber, "NM1", "IL") => {
                self.claim.member_id = segment.element(9).to_string();
            }
            (Loop::Subscriber | Loop::Patient, "DMG", _) => {
                self.claim.member_birth_date = segment.element(2).to_string();
            }
            _ => {}
        }
    }

    fn begin_claim(&mut self, segment: &Segment, number: usize) {
        self.place = Loop::Claim;
        let facility = segment.components(5);
        let part =
            |place: usize| facility.get(place).map_or(String::new(), |text| text.to_string());
        self.claim = ClaimRow {
            billing_npi: self.claim.billing_npi.clone(),
            member_id: self.claim.member_id.clone(),
            member_birth_date: self.claim.member_birth_date.clone(),
            claim_id: segment.element(1).to_string(),
            clm_total: segment.element(2).to_string(),
            place_of_service: part(0),
            frequency_code: part(2),
            clm: number,
            ..ClaimRow::default()
        };
    }

    fn claim_detail(&mut self, segment: &Segment) {
        let claim = &mut self.claim;
        match (segment.id(), segment.element(1)) {
            ("REF", "F8") => claim.original_claim_id = segment.element(2).to_string(),
            ("REF", "G1") => claim.authorization_number = segment.element(2).to_string(),
            ("AMT", "F5") => claim.patient_paid_amount = segment.element(2).to_string(),
            ("NM1", "82") => claim.rendering_npi = segment.element(9).to_string(),
            ("NM1", "DQ") => claim.supervising_npi = segment.element(9).to_string(),
            ("HI", _) => {
                for number in 1..segment.elements.len() {
                    let parts = segment.components(number);
                    if !["ABK", "BK", "ABF", "BF"].contains(&parts[0]) || parts.len() < 2 {
                        continue;
                    }
                    if !claim.diagnosis_codes.is_empty() {
                        claim.diagnosis_codes.push(':');
                    }
                    claim.diagnosis_codes.push_str(parts[1]);
                }
            }
            _ => {}
        }
    }

    fn begin_line(&mut self, segment: &Segment) {
        self.end_line();
        self.place = Loop::Line;
        self.position.clone_from(&segment.position);
        // Where the LX is missing, the SV1 itself begins a line, which has no number.
        let is_lx = segment.id() == "LX";
        let number = if is_lx { segment.element(1) } else { "" }.to_string();
        self.line = Some(ClaimRow { line_number: number, ..self.claim.clone() });
    }

    fn service(&mut self, segment: &Segment) {
        if self.is_in_claim() && (self.line.is_none() || self.has_service) {
            self.begin_line(segment);
        }
        let Some(line) = &mut self.line else { return };
        let procedure = segment.components(1);
        let part = |place: usize| procedure.get(place).copied().unwrap_or_default();
        line.procedure_code = part(1).to_string();
        let modifiers: Vec<&str> = procedure.iter().skip(2).take(4).copied().collect();
        line.modifiers = modifiers.join(":");
        line.charge_amount = segment.element(2).to_string();
        line.unit_basis = segment.element(3).to_string();
        line.units = segment.element(4).to_string();
        if !segment.element(5).is_empty() {
            line.place_of_service = segment.element(5).to_string();
        }
        self.has_service = true;
    }

    fn line_detail(&mut self, segment: &Segment) {
        let Some(line) = &mut self.line else { return };
        match (segment.id(), segment.element(1)) {
            ("DTP", "472") => {
                let period = segment.element(3);
                let (first, last) = match segment.element(2) {
                    "RD8" => period.split_once('-').unwrap_or((period, "")),
                    _ => (period, ""),
                };
                line.service_date = first.to_string();
                line.service_end_date = last.to_string();
            }
            ("REF", "G1") if segment.element(4).is_empty() => {
                line.authorization_number = segment.element(2).to_string();
            }
            ("NM1", "82") => line.rendering_npi = segment.element(9).to_string(),
            ("NM1", "DQ") => line.supervising_npi = segment.element(9).to_string(),
            _ => {}
        }
    }

    /// A line is one that has an SV1; an institutional or dental one is none of ours.
    fn end_line(&mut self) {
        let line = self.line.take().filter(|_| self.has_service);
        self.has_service = false;
        self.rows.extend(line.map(|line| (line, self.position.clone())));
    }
}
