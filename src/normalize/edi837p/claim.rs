//! One claim as it is gathered: loop 2300 with its service lines, borrowed from the block.

use super::hierarchy::{Known, Parties};
use crate::model::{Cents, DateField, FaultKind, LocalPosition, OutOfBalance, ServiceLine, date};
use crate::normalize::claims_csv::row::{bad_line_number, line_number};
use crate::normalize::sink::{LocalReject, Sink, Wanted};
use crate::x12::segment::{component, components};
use crate::x12::{Delimiters, Segment, id};

/// What a claim lacks that stands before the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lacks {
    /// Number of the line in its section's sink.
    pub key: u32,
    /// The billing provider.
    pub billing_npi: bool,
    /// The member id.
    pub member_id: bool,
    /// The birth date.
    pub birth: bool,
}

/// One loop 2400.
#[derive(Clone, Copy)]
pub struct Loop2400<'a> {
    /// The LX, or the SV1 if there is no LX.
    pub at: LocalPosition,
    /// LX01; `None`: no LX before the SV1.
    pub lx: Option<&'a [u8]>,
    sv1: Option<Segment<'a>>,
    date_qualifier: &'a [u8],
    date: Option<&'a [u8]>,
    authorization: &'a [u8],
    rendering_npi: &'a [u8],
    supervising_npi: &'a [u8],
}

/// The claim at hand.
pub struct Loop2300<'a> {
    segment: Segment<'a>,
    original_claim_id: &'a [u8],
    authorization: &'a [u8],
    patient_paid: &'a [u8],
    rendering_npi: &'a [u8],
    supervising_npi: &'a [u8],
    parties: Parties<'a>,
    /// The HI segments.
    health_information: Vec<Segment<'a>>,
    /// Its service lines.
    pub lines: Vec<Loop2400<'a>>,
}

impl<'a> Loop2300<'a> {
    /// A claim begins with this CLM.
    pub fn begin(segment: Segment<'a>, parties: Parties<'a>) -> Loop2300<'a> {
        Loop2300 {
            segment,
            original_claim_id: b"",
            authorization: b"",
            patient_paid: b"",
            rendering_npi: b"",
            supervising_npi: b"",
            parties,
            health_information: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// The same memory for the next claim.
    pub fn begin_again(&mut self, segment: Segment<'a>, parties: Parties<'a>) {
        let mut health_information = std::mem::take(&mut self.health_information);
        let mut lines = std::mem::take(&mut self.lines);
        health_information.clear();
        lines.clear();
        *self = Loop2300 { health_information, lines, ..Loop2300::begin(segment, parties) };
    }

    /// A segment of loop 2300 or 2310.
    pub fn claim_segment(&mut self, segment: Segment<'a>) {
        match segment.code {
            id::REF => match segment.element(1) {
                b"F8" => self.original_claim_id = segment.element(2),
                b"G1" if segment.element(4).is_empty() => self.authorization = segment.element(2),
                _ => {}
            },
            id::HI => self.health_information.push(segment),
            id::AMT if segment.element(1).eq_ignore_ascii_case(b"F5") => {
                self.patient_paid = segment.element(2);
            }
            id::NM1 => match segment.element(1) {
                b"82" => self.rendering_npi = segment.element(9),
                b"DQ" => self.supervising_npi = segment.element(9),
                _ => {}
            },
            _ => {}
        }
    }

    /// `LX`: another service line begins.
    pub fn begin_line(&mut self, segment: Segment<'a>, at: LocalPosition) {
        self.lines.push(Loop2400::begin(Some(segment.element(1)), at));
    }

    /// A segment of loop 2400 or 2420, SV1 aside.
    pub fn line_segment(&mut self, segment: Segment<'a>) {
        let Some(line) = self.lines.last_mut() else { return };
        match segment.code {
            id::DTP if line.date.is_none() && segment.element(1) == b"472" => {
                line.date_qualifier = segment.element(2);
                line.date = Some(segment.element(3));
            }
            id::REF if segment.element(1) == b"G1" && segment.element(4).is_empty() => {
                line.authorization = segment.element(2);
            }
            id::NM1 => match segment.element(1) {
                b"82" => line.rendering_npi = segment.element(9),
                b"DQ" => line.supervising_npi = segment.element(9),
                _ => {}
            },
            _ => {}
        }
    }

    /// `SV1`: the service of the line at hand. A second one in a line, or one without an LX, is a
    /// line of its own that cannot be used: then the answer is true.
    pub fn service(&mut self, segment: Segment<'a>, at: LocalPosition) -> bool {
        match self.lines.last_mut() {
            Some(line) if line.sv1.is_none() => {
                line.sv1 = Some(segment);
                false
            }
            _ => {
                let mut line = Loop2400::begin(None, at);
                line.sv1 = Some(segment);
                self.lines.push(line);
                true
            }
        }
    }

    /// The claim is whole: hands on what matters of it. Returns what its lines lack.
    pub fn finish(
        &self,
        delimiters: Delimiters,
        wanted: &Wanted<'_>,
        sink: &mut Sink,
        next_index: &mut u32,
        lacks: &mut Vec<Lacks>,
    ) {
        sink.tally.claims += 1;
        let is_correction = is_correction(&self.segment, delimiters);
        let mut facts: Option<ClaimTexts> = None;
        for (index, line) in self.lines.iter().enumerate() {
            let Some(sv1) = line.sv1 else {
                // Service lines are counted by their SV1: this one is lost, and said.
                let message = "LX without an SV1 behind it: the service line is left out";
                sink.fault(FaultKind::Damage, line.at, "LX", message);
                continue;
            };
            let procedure = procedure(&sv1, delimiters);
            if procedure.is_empty() {
                sink.leave_out(line.at, "SV101-2", "no procedure code");
                continue;
            }
            let is_peer_support = wanted.policy.is_peer_support(procedure);
            if !is_peer_support {
                sink.tally.passed_over += 1;
            }
            if is_peer_support || is_correction {
                let facts = facts.get_or_insert_with(|| self.texts(delimiters));
                let mut service_line = self.service_line(index, &sv1, facts, delimiters);
                service_line.is_peer_support = is_peer_support;
                let target = Target { wanted, sink, next_index, lacks };
                self.hand_on(line, service_line, target);
            }
        }
    }

    fn hand_on(&self, line: &Loop2400<'_>, mut service_line: ServiceLine<'_>, to: Target<'_, '_>) {
        let lack = Lacks {
            key: to.sink.keys.len() as u32,
            billing_npi: self.parties.billing_npi == Known::Before,
            member_id: self.parties.member_id == Known::Before,
            birth: self.parties.birth == Known::Before,
        };
        if service_line.is_peer_support {
            if let Some((part, message)) = unusable(line, &service_line, &lack) {
                to.sink.leave_out(line.at, part, message);
                return;
            }
            self.read_optional(&mut service_line, line, to.sink);
        } else if service_line.claim_id.is_empty()
            || (service_line.billing_npi.is_empty() && !lack.billing_npi)
        {
            return;
        }
        if lack.billing_npi || lack.member_id || lack.birth {
            to.lacks.push(lack);
        }
        to.sink.push(&mut service_line, to.wanted, *to.next_index);
        *to.next_index += 1;
    }

    fn texts(&self, delimiters: Delimiters) -> ClaimTexts {
        let mut diagnoses = Vec::new();
        for segment in &self.health_information {
            for element in segment.elements() {
                let mut parts = components(element, delimiters);
                let qualifier = parts.next().unwrap_or_default();
                let is_diagnosis = [&b"ABK"[..], b"BK", b"ABF", b"BF"]
                    .iter()
                    .any(|known| qualifier.eq_ignore_ascii_case(known));
                let code = parts.next().unwrap_or_default();
                if is_diagnosis && !code.is_empty() {
                    if !diagnoses.is_empty() {
                        diagnoses.push(b':');
                    }
                    diagnoses.extend_from_slice(code);
                }
            }
        }
        let modifiers = self.lines.iter().map(|line| modifiers(line, delimiters)).collect();
        ClaimTexts { diagnoses, modifiers, out_of_balance: self.out_of_balance() }
    }

    /// CLM02 against Σ SV102. An SV102 that is no amount counts as nothing.
    fn out_of_balance(&self) -> Option<OutOfBalance> {
        let lines_total =
            self.lines.iter().filter_map(|line| Cents::parse(line.sv1?.element(2))).sum::<Cents>();
        let claim_total = Cents::parse(self.segment.element(2));
        (claim_total != Some(lines_total)).then_some(OutOfBalance { claim_total, lines_total })
    }

    fn service_line<'t>(
        &'t self,
        index: usize,
        sv1: &Segment<'a>,
        texts: &'t ClaimTexts,
        delimiters: Delimiters,
    ) -> ServiceLine<'t> {
        let clm05 = self.segment.element(5);
        let line = &self.lines[index];
        let either = |own: &'t [u8], claim: &'t [u8]| if own.is_empty() { claim } else { own };
        let (first_day, last_day) = line.period();
        ServiceLine {
            position: line.at,
            claim_id: self.segment.element(1),
            line_number: line.lx.and_then(line_number).unwrap_or_default(),
            line_text: line.lx.unwrap_or_default(),
            frequency_code: component(clm05, 3, delimiters),
            original_claim_id: self.original_claim_id,
            member_id: self.parties.member_id.or_default(),
            billing_npi: self.parties.billing_npi.or_default(),
            rendering_npi: either(line.rendering_npi, self.rendering_npi),
            supervising_npi: either(line.supervising_npi, self.supervising_npi),
            procedure: procedure(sv1, delimiters),
            modifiers: &texts.modifiers[index],
            units_text: sv1.element(4),
            basis_text: sv1.element(3),
            place_of_service: either(sv1.element(5), component(clm05, 1, delimiters)),
            diagnoses: &texts.diagnoses,
            authorization: either(line.authorization, self.authorization),
            first_day,
            last_day,
            out_of_balance: texts.out_of_balance,
            ..ServiceLine::empty()
        }
    }

    fn read_optional(&self, line: &mut ServiceLine<'_>, at: &Loop2400<'_>, sink: &mut Sink) {
        let birth = self.parties.birth.or_default();
        line.birth = date::parse(birth);
        sink.rejects.extend(bad_birth(at.at, birth));
        let mut reject = |column, reason| {
            sink.rejects.push(LocalReject { at: at.at, column, reason });
        };
        let mut amount = |text: &[u8], column, reason| {
            let amount = Cents::parse(text);
            if amount.is_none() && !text.is_empty() {
                reject(column, reason);
            }
            amount
        };
        let charge = at.sv1.map_or(&[][..], |sv1| sv1.element(2));
        line.charge = amount(charge, "charge_amount", "SV102 is not an amount: taken as blank");
        line.patient_paid = amount(
            self.patient_paid,
            "patient_paid_amount",
            "AMT02 (F5) is not an amount: taken as blank",
        );
    }
}

/// The reject of a birth date that is none, of the line at `at`.
pub(super) fn bad_birth(at: LocalPosition, birth: &[u8]) -> Option<LocalReject> {
    let is_bad = !birth.is_empty() && date::parse(birth).is_none();
    let reason = "DMG02 is not a date (YYYYMMDD): taken as blank";
    is_bad.then_some(LocalReject { at, column: "member_birth_date", reason })
}

/// Where the lines of a claim go.
struct Target<'t, 'w> {
    wanted: &'t Wanted<'w>,
    sink: &'t mut Sink,
    next_index: &'t mut u32,
    lacks: &'t mut Vec<Lacks>,
}

/// Texts of a claim that are put together from several places.
struct ClaimTexts {
    /// Joined by `:`.
    diagnoses: Vec<u8>,
    /// Of each line, joined by `:`.
    modifiers: Vec<Vec<u8>>,
    out_of_balance: Option<OutOfBalance>,
}

/// Whether a CLM says that it replaces or voids another claim (CLM05-3).
pub fn is_correction(clm: &Segment<'_>, delimiters: Delimiters) -> bool {
    matches!(component(clm.element(5), 3, delimiters), b"7" | b"8")
}

/// SV101-2.
pub fn procedure<'a>(sv1: &Segment<'a>, delimiters: Delimiters) -> &'a [u8] {
    component(sv1.element(1), 2, delimiters)
}

/// SV101-3..6, joined by `:`.
fn modifiers(line: &Loop2400<'_>, delimiters: Delimiters) -> Vec<u8> {
    let Some(sv1) = line.sv1 else { return Vec::new() };
    let codes: Vec<_> = components(sv1.element(1), delimiters)
        .skip(2)
        .take(4)
        .filter(|code| !code.is_empty())
        .collect();
    codes.join(&b':')
}

fn unusable(
    line: &Loop2400<'_>,
    service_line: &ServiceLine<'_>,
    lack: &Lacks,
) -> Option<(&'static str, &'static str)> {
    let Some(lx) = line.lx else {
        return Some(("LX", "SV1 without an LX of its own: the line has no number"));
    };
    if line_number(lx).is_none() {
        return Some(("LX01", bad_line_number(lx)));
    }
    if service_line.claim_id.is_empty() {
        return Some(("CLM01", "no claim id"));
    }
    if service_line.member_id.is_empty() && !lack.member_id {
        return Some(("2010BA NM109", "no member id"));
    }
    if service_line.billing_npi.is_empty() && !lack.billing_npi {
        return Some(("2010AA NM109", "no billing provider"));
    }
    None
}

impl<'a> Loop2400<'a> {
    fn begin(lx: Option<&'a [u8]>, at: LocalPosition) -> Loop2400<'a> {
        Loop2400 {
            at,
            lx,
            sv1: None,
            date_qualifier: b"",
            date: None,
            authorization: b"",
            rendering_npi: b"",
            supervising_npi: b"",
        }
    }

    /// The days of DTP*472: one day (D8), or two joined by `-` (RD8).
    fn period(&self) -> (DateField<'a>, DateField<'a>) {
        let Some(text) = self.date else { return (DateField::Missing, DateField::Missing) };
        if !self.date_qualifier.eq_ignore_ascii_case(b"RD8") {
            return (DateField::parse(text), DateField::Missing);
        }
        match text.iter().position(|byte| *byte == b'-') {
            Some(dash) => {
                let last = crate::model::text::trim(&text[dash + 1..]);
                let first = crate::model::text::trim(&text[..dash]);
                let last = match DateField::parse(last) {
                    DateField::Missing => DateField::Unreadable(b""),
                    read => read,
                };
                (DateField::parse(first), last)
            }
            None => (DateField::parse(text), DateField::Missing),
        }
    }
}
