//! A claim as it was received, for its acknowledgement: borrowed from the block.

use super::verdict::Status;
use super::wire::{Out, Wire, amount};
use crate::model::{DateField, NaiveDate, ServiceLine};
use crate::normalize::sink::claim_key;
use crate::x12::segment::{component, components};
use crate::x12::{Delimiters, Segment};

/// Statuses that one STC of a service line can hold (STC01, STC10, STC11).
const STATUSES_A_SEGMENT: usize = 3;
/// SVC01-1 that the guide knows.
const PRODUCT_QUALIFIERS: [&[u8]; 7] = [b"AD", b"ER", b"HC", b"HP", b"IV", b"NU", b"WK"];

/// One loop 2400.
#[derive(Clone, Copy)]
pub struct LineFacts<'a> {
    /// Number of its LX, or of its SV1 where it has none.
    pub number: u64,
    /// LX01; empty where there is no LX.
    pub lx: &'a [u8],
    /// Number of its SV1.
    pub service_number: u64,
    /// The SV1.
    pub service: Option<Segment<'a>>,
    /// DTP*472
    pub date: Option<Segment<'a>>,
    /// REF*6R
    pub control: &'a [u8],
}

/// One loop 2300.
pub struct ClaimFacts<'a> {
    /// Number of its CLM.
    pub number: u64,
    /// The byte at which that begins.
    pub byte: u64,
    /// CLM01
    pub id: &'a [u8],
    /// CLM02
    total: &'a [u8],
    /// CLM05
    facility: &'a [u8],
    /// REF*F8
    pub original: &'a [u8],
    /// REF*D9
    pub clearing_house: &'a [u8],
    /// Its service lines.
    pub lines: Vec<LineFacts<'a>>,
}

impl<'a> ClaimFacts<'a> {
    /// A claim begins with this CLM; `lines` is memory to be used again.
    pub fn begin(
        (number, byte): (u64, u64),
        segment: Segment<'a>,
        mut lines: Vec<LineFacts<'a>>,
    ) -> ClaimFacts<'a> {
        lines.clear();
        let mut elements = segment.elements();
        let [id, total] = [elements.next(), elements.next()].map(Option::unwrap_or_default);
        let facility = elements.nth(2).unwrap_or_default();
        ClaimFacts { number, byte, id, total, facility, original: b"", clearing_house: b"", lines }
    }

    /// A REF of it.
    pub fn detail(&mut self, segment: Segment<'a>) {
        match segment.element(1) {
            b"F8" => self.original = segment.element(2),
            b"D9" => self.clearing_house = segment.element(2),
            _ => {}
        }
    }

    /// An LX, or an SV1 without one.
    pub fn line(&mut self, number: u64, segment: Segment<'a>) {
        let lx = if segment.id() == b"LX" { segment.element(1) } else { b"" };
        self.lines.push(LineFacts {
            number,
            lx,
            service_number: number,
            service: None,
            date: None,
            control: b"",
        });
    }

    /// An SV1.
    pub fn service(&mut self, number: u64, segment: Segment<'a>) {
        if let Some(line) = self.lines.last_mut() {
            (line.service, line.service_number) = (Some(segment), number);
        }
    }

    /// A DTP or REF of the service line.
    pub fn line_detail(&mut self, segment: Segment<'a>) {
        let Some(line) = self.lines.last_mut() else { return };
        match (segment.id(), segment.element(1)) {
            (b"DTP", b"472") if line.date.is_none() => line.date = Some(segment),
            (b"REF", b"6R") => line.control = segment.element(2),
            _ => {}
        }
    }

    /// The key of the claim, as the run knows it.
    pub fn key(&self, billing_npi: &[u8], delimiters: Delimiters, buffer: &mut Vec<u8>) -> u128 {
        let line = ServiceLine {
            claim_id: self.id,
            frequency_code: component(self.facility, 3, delimiters),
            original_claim_id: self.original,
            billing_npi,
            ..ServiceLine::empty()
        };
        claim_key(&line, buffer)
    }

    /// The service line whose LX is segment `number`.
    pub fn line_at(&self, number: u64) -> Option<&LineFacts<'a>> {
        self.lines.iter().find(|line| line.number == number)
    }

    /// CLM02 in cents; 0 if it is no amount.
    pub fn charge(&self) -> i128 {
        amount(self.total)
    }

    /// The first and last day of its lines that can be read.
    fn period(&self) -> Option<(NaiveDate, NaiveDate)> {
        let days = self.lines.iter().filter_map(LineFacts::period);
        days.reduce(|all, line| (all.0.min(line.0), all.1.max(line.1)))
    }

    /// Loop 2200D: what is said of the claim.
    pub fn write(&self, to: &mut Answer<'_>, statuses: &[Status]) {
        let Answer { wire, as_of, day, delimiters, .. } = *to;
        let charge = self.charge();
        to.out.segment(wire, "TRN").word("2").text_or(self.id, 1, 50, "0").end();
        let mut status = |code: &str, action: &str| {
            let segment = to.out.segment(wire, "STC").codes(code).word(day).word(action);
            segment.amount(charge).end();
        };
        if statuses.is_empty() {
            status("A2:20", "WQ");
        }
        statuses.iter().for_each(|found| status(found.code, "U"));
        if !self.clearing_house.is_empty() {
            to.out.segment(wire, "REF").word("D9").text(self.clearing_house, 50).end();
        }
        // The segment is required: a claim without a date that can be read bears the as-of date.
        date_segment(to.out, wire, self.period().unwrap_or((as_of, as_of)));
        for line in &self.lines {
            let own = statuses.iter().filter(|status| status.line == Some(line.number));
            let own: Vec<&str> = own.map(|status| status.code).collect();
            for some in own.chunks(STATUSES_A_SEGMENT) {
                line.write(to, delimiters, some);
            }
        }
    }
}

/// Where an answer goes, and what it needs.
pub struct Answer<'t> {
    /// The segments.
    pub out: &'t mut Out,
    /// How they are written.
    pub wire: Wire,
    /// The delimiters of what is answered.
    pub delimiters: Delimiters,
    /// The as-of date.
    pub as_of: NaiveDate,
    /// The same as the wire has it.
    pub day: &'t str,
}

impl LineFacts<'_> {
    fn period(&self) -> Option<(NaiveDate, NaiveDate)> {
        let mut elements = self.date?.elements().skip(1);
        let is_period = elements.next()?.eq_ignore_ascii_case(b"RD8");
        let text = elements.next()?;
        let dash = text.iter().position(|byte| *byte == b'-').filter(|_| is_period);
        let day = |text: &[u8]| DateField::parse(text.trim_ascii()).day();
        let Some(dash) = dash else { return day(text).map(|only| (only, only)) };
        let first = day(&text[..dash])?;
        let last = day(&text[dash + 1..]).unwrap_or(first);
        Some((first, last.max(first)))
    }

    /// Loop 2220D.
    fn write(&self, to: &mut Answer<'_>, delimiters: Delimiters, codes: &[&str]) {
        let Some(service) = self.service else { return };
        let wire = to.wire;
        let procedure: Vec<&[u8]> = components(service.element(1), delimiters).take(6).collect();
        let qualifier = procedure.first().copied().unwrap_or_default();
        let is_known = PRODUCT_QUALIFIERS.contains(&qualifier);
        let code = procedure.get(1).copied().filter(|code| !code.is_empty()).unwrap_or(b"UNKNOWN");
        let modifiers = procedure.iter().skip(2).copied();
        let parts = [if is_known { qualifier } else { b"HC" }, code].into_iter().chain(modifiers);
        let parts = parts.map(|part| &part[..part.len().min(48)]);
        let units = service.element(4);
        let is_quantity = (1..=15).contains(&units.len())
            && units.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        let segment = to.out.segment(wire, "SVC").composite(parts);
        let segment = segment.amount(amount(service.element(2))).blank(4);
        segment.text(if is_quantity { units } else { b"" }, 15).end();
        let segment = to.out.segment(wire, "STC").codes(codes[0]).word(to.day).word("U");
        let more = codes.iter().skip(1);
        more.fold(segment.blank(6), |segment, code| segment.codes(code)).end();
        // Where the 837 has no number of the line, its LX is it.
        let control = if self.control.is_empty() { self.lx } else { self.control };
        if !control.is_empty() {
            to.out.segment(wire, "REF").word("FJ").text(control, 50).end();
        }
        if let Some(period) = self.period() {
            date_segment(to.out, wire, period);
        }
    }
}

/// `DTP*472`, one day or a period.
fn date_segment(out: &mut Out, wire: Wire, (first, last): (NaiveDate, NaiveDate)) {
    let segment = out.segment(wire, "DTP").word("472");
    if first == last {
        segment.word("D8").days(first, None).end();
    } else {
        segment.word("RD8").days(first, Some(last)).end();
    }
}
