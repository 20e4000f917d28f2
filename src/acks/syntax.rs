//! 999 (005010X231A1): what is wrong with the syntax of a functional group, set by set.

use super::claim::ClaimFacts;
use super::envelope::GroupHeader;
use super::wire::{Out, Wire};
use crate::model::FaultKind;
use crate::normalize::edi837p::versions::{Reads, is_supported, reads};
use crate::normalize::sink::LocalFault;
use crate::x12::envelope::EnvelopeFault;

/// Largest IK302: six digits.
const MOST_POSITION: u64 = 999_999;
/// IK301 of a segment whose id is none: it may be text, and is not repeated.
const NO_SEGMENT: &str = "ZZZ";
/// Codes that IK5 and AK9 have room for.
const MOST_CODES: usize = 5;

/// A transaction set that is being acknowledged.
pub struct SetSyntax {
    /// Number of its ST.
    pub number: u64,
    is_read: bool,
    codes: Vec<&'static str>,
    has_segment_errors: bool,
    last: Option<(String, u64)>,
}

/// A functional group that is being acknowledged.
#[derive(Default)]
pub struct GroupSyntax {
    /// GE01 as stated.
    pub stated: Option<u64>,
    received: u64,
    accepted: u64,
    with_errors: u64,
    codes: Vec<&'static str>,
    /// Damage that is in none of its sets.
    pub is_damaged: bool,
}

impl GroupSyntax {
    /// AK1, behind the ST of the 999.
    pub fn begin(group: &GroupHeader, wire: Wire, out: &mut Out) -> GroupSyntax {
        out.segment(wire, "AK1")
            .text_or(&group.kind, 2, 2, "HC")
            .text_or(&group.control, 1, 9, "0")
            .text(&group.version, 12)
            .end();
        GroupSyntax::default()
    }

    /// A trailer that is missing, or says something else.
    pub fn fault(&mut self, fault: &EnvelopeFault) {
        let code = match fault {
            EnvelopeFault::Mismatch { element: "GE01", .. } => "5",
            EnvelopeFault::Mismatch { element: "GE02", .. } => "4",
            EnvelopeFault::NoTrailer { trailer: "GE", .. } => "3",
            _ => return,
        };
        self.codes.push(code);
    }

    /// AK9, before the SE of the 999.
    pub fn end(mut self, group: &GroupHeader, wire: Wire, out: &mut Out) {
        let is_envelope_right = self.codes.is_empty();
        if self.accepted == 0 && !is_supported(&group.version) {
            self.codes.push(if group.kind == b"HC" { "2" } else { "1" });
        }
        let accepted = if is_envelope_right { self.accepted } else { 0 };
        let verdict = if accepted == 0 {
            "R"
        } else if accepted < self.received {
            "P"
        } else if self.with_errors > 0 || self.is_damaged {
            "E"
        } else {
            "A"
        };
        let segment = out
            .segment(wire, "AK9")
            .word(verdict)
            .number(self.stated.unwrap_or(self.received).min(MOST_POSITION))
            .number(self.received.min(MOST_POSITION))
            .number(accepted.min(MOST_POSITION));
        with_codes(segment, self.codes).end();
    }
}

fn with_codes<'o>(
    segment: super::wire::SegmentWriter<'o>,
    mut codes: Vec<&'static str>,
) -> super::wire::SegmentWriter<'o> {
    codes.sort_by_key(|code| (code.len(), *code));
    codes.dedup();
    codes.into_iter().take(MOST_CODES).fold(segment, |segment, code| segment.word(code))
}

impl SetSyntax {
    /// AK2: the set of segment `number`, whose ST says that.
    pub fn begin(
        number: u64,
        [kind, control, version]: [&[u8]; 3],
        is_read: bool,
        wire: Wire,
        out: &mut Out,
    ) -> SetSyntax {
        // ST02 has four to nine characters; a shorter one is filled up.
        let zeros = vec![b'0'; 4_usize.saturating_sub(control.len())];
        out.segment(wire, "AK2")
            .text_or(kind, 3, 3, "837")
            .text(&[&zeros, control].concat(), 9)
            .text(version, 35)
            .end();
        let is_837 = kind.eq_ignore_ascii_case(b"837");
        let mut codes = Vec::new();
        if !is_read {
            codes.push(if is_837 { "I6" } else { "1" });
        } else {
            if !is_837 {
                codes.push("6");
            }
            if !version.is_empty() && reads(kind, version) == Reads::ByGroup {
                codes.push("I6");
            }
        }
        SetSyntax { number, is_read, codes, has_segment_errors: false, last: None }
    }

    /// A trailer that is missing, or says something else.
    pub fn fault(&mut self, fault: &EnvelopeFault) {
        let code = match fault {
            EnvelopeFault::Mismatch { element: "SE01", .. } => "4",
            EnvelopeFault::Mismatch { element: "SE02", .. } => "3",
            EnvelopeFault::NoTrailer { trailer: "SE", .. } => "2",
            _ => return,
        };
        self.codes.push(code);
    }

    /// IK3, CTX and IK4: a segment that is wrong or missing, in a claim if it stands in one.
    pub fn segment(
        &mut self,
        number: u64,
        fault: &LocalFault,
        claim: Option<&ClaimFacts<'_>>,
        wire: Wire,
        out: &mut Out,
    ) {
        self.has_segment_errors = true;
        let error = SegmentError::of(number, fault, claim);
        let key = (error.id.to_owned(), error.number);
        if self.last.as_ref() == Some(&key) {
            return; // every line of a claim without an id says the same
        }
        self.last = Some(key);
        let position = (error.number.saturating_sub(self.number) + 1).min(MOST_POSITION);
        out.segment(wire, "IK3")
            .word(error.id)
            .number(position)
            .word(error.place)
            .word(error.code)
            .end();
        let id = claim.map_or(&[][..], |claim| claim.id);
        if !id.is_empty() {
            let name = [&b"CLM01"[..], id];
            out.segment(wire, "CTX").composite(name.into_iter()).end();
        }
        if let Some((element, reference, code)) = error.element {
            out.segment(wire, "IK4").codes(element).word(reference).word(code).end();
        }
    }

    /// IK5.
    pub fn end(mut self, wire: Wire, group: &mut GroupSyntax, out: &mut Out) {
        let is_envelope_wrong = self.codes.iter().any(|code| matches!(*code, "2" | "3" | "4"));
        if self.has_segment_errors {
            self.codes.push("5");
        }
        let verdict = if !self.is_read || is_envelope_wrong {
            "R"
        } else if self.codes.is_empty() {
            "A"
        } else {
            "E"
        };
        group.received += 1;
        group.accepted += u64::from(verdict != "R");
        group.with_errors += u64::from(verdict == "E");
        with_codes(out.segment(wire, "IK5").word(verdict), self.codes).end();
    }
}

/// What IK3 and IK4 say of a fault.
#[derive(Debug, PartialEq, Eq)]
struct SegmentError {
    /// IK301
    id: &'static str,
    /// Number of the segment in the file.
    number: u64,
    /// IK303
    place: &'static str,
    /// IK304
    code: &'static str,
    /// IK401, IK402, IK403
    element: Option<(&'static str, &'static str, &'static str)>,
}

impl SegmentError {
    fn of(number: u64, fault: &LocalFault, claim: Option<&ClaimFacts<'_>>) -> SegmentError {
        let part = fault.part.as_str();
        let at = |id, place, code| SegmentError { id, number, place, code, element: None };
        let element =
            |id, place, element| SegmentError { element: Some(element), ..at(id, place, "8") };
        if fault.kind != FaultKind::UnusableRow {
            return match part {
                // The line is there, its service is not.
                "LX" => at("SV1", "2400", "3"),
                "HL" if fault.message.starts_with("HL03") => element("HL", "", ("3", "735", "7")),
                "" => at(NO_SEGMENT, "", "1"),
                _ => at(known(part), "", "8"),
            };
        }
        let claim_number = claim.map_or(number, |claim| claim.number);
        let line = claim.and_then(|claim| claim.line_at(number));
        let service = line.map_or(number, |line| line.service_number);
        match part {
            "LX" => at("LX", "2400", "3"),
            "LX01" => element("LX", "2400", ("1", "554", "6")),
            "CLM01" => {
                SegmentError { number: claim_number, ..element("CLM", "2300", ("1", "1028", "1")) }
            }
            "SV101-2" => {
                SegmentError { number: service, ..element("SV1", "2400", ("1:2", "234", "1")) }
            }
            // Said of the claim that lacks it.
            "2010BA NM109" | "2010AA NM109" => {
                SegmentError { number: claim_number, ..at("NM1", "2010", "3") }
            }
            _ => at("SV1", "2400", "2"),
        }
    }
}

/// The ids that faults name, as IK301.
fn known(part: &str) -> &'static str {
    const IDS: [&str; 20] = [
        "AMT", "BHT", "CLM", "DMG", "DTP", "HI", "HL", "LX", "N3", "N4", "NM1", "NTE", "PAT",
        "PER", "PRV", "PWK", "REF", "SBR", "SE", "SV1",
    ];
    IDS.into_iter().find(|id| *id == part).unwrap_or(NO_SEGMENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LocalPosition;

    const WIRE_DELIMITERS: crate::x12::Delimiters = crate::x12::Delimiters::USUAL;

    fn said(kind: FaultKind, part: &str, message: &str) -> Vec<String> {
        let wire = Wire::of(Some(WIRE_DELIMITERS));
        let mut out = Out::default();
        let st = [&b"837"[..], b"1", b"005010X222A1"];
        let mut set = SetSyntax::begin(3, st, true, wire, &mut out);
        let at = LocalPosition::default();
        let fault = LocalFault { kind, at, part: part.to_owned(), message: message.to_owned() };
        set.segment(12, &fault, None, wire, &mut out);
        set.segment(12, &fault, None, wire, &mut out);
        set.end(wire, &mut GroupSyntax::default(), &mut out);
        let text = String::from_utf8(out.bytes).expect("text");
        text.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn faults_name_their_segment_and_element_once() {
        use FaultKind::{Damage, UnusableRow};
        let error = "IK5*E*5~";
        assert_eq!(said(Damage, "", "no segment"), ["IK3*ZZZ*10**1~", error]);
        assert_eq!(said(Damage, "LX", "no SV1"), ["IK3*SV1*10*2400*3~", error]);
        assert_eq!(said(Damage, "CLM", "damaged"), ["IK3*CLM*10**8~", error]);
        let level = ["IK3*HL*10**8~", "IK4*3*735*7~", error];
        assert_eq!(said(Damage, "HL", "HL03 is none of 20, 22, 23"), level);
        let service = ["IK3*SV1*10*2400*8~", "IK4*1:2*234*1~", error];
        assert_eq!(said(UnusableRow, "SV101-2", "no procedure code"), service);
        assert_eq!(said(UnusableRow, "2010BA NM109", "no id"), ["IK3*NM1*10*2010*3~", error]);
    }

    #[test]
    fn a_short_control_number_is_filled_up() {
        let wire = Wire::of(Some(WIRE_DELIMITERS));
        let mut out = Out::default();
        let st = [&b"837"[..], b"7", b""];
        SetSyntax::begin(3, st, true, wire, &mut out);
        assert_eq!(out.bytes, b"AK2*837*0007~\n");
    }
}
