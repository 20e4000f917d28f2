//! A cell's claims as a transaction set 837P (005010X222A1): HL 20, HL 22, claim, service lines.
//!
//! What the wire cannot say is left out: denied claims, and those marked `csv_only`.

use super::calendar::Day;
use super::cell::{Cell, Claim, Original, ServiceLine, Status, Units, When};
use super::claim_rows::{push_claim_id, push_original};
use super::names::{push_agency, push_person};
use super::tables::{push_authorization, push_member};
use super::text::{push_number, push_padded, push_wire_date, push_wire_money};

/// Bytes of a service line with its share of the claim, about: room is made once.
const LINE_BYTES: usize = 420;

/// Claims that the guide allows in one subscriber loop.
const CLAIMS_A_SUBSCRIBER: u32 = 100;

/// Where in the hierarchy the writer is.
struct Place {
    /// Loops so far.
    count: u64,
    /// The loop of the billing provider.
    billing: u64,
    /// Billing provider and member of the loops now open.
    open: Option<(usize, usize)>,
    /// Claims in the loop of the member.
    claims: u32,
}

/// The set as a whole: bytes, and how many transaction sets (0 or 1), one of each a file.
pub(super) fn write(cell: &Cell, order: &[usize]) -> Vec<(Vec<u8>, u64)> {
    (0..cell.world.files()).map(|file| transaction_set(cell, order, file as u16)).collect()
}

/// True for a claim that the wire can carry.
pub(super) fn carries(claim: &Claim) -> bool {
    !claim.csv_only && claim.status != Status::Denied
}

/// ISA and GS of a file.
pub(super) fn header(on: Day) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(
        b"ISA*00*          *00*          *ZZ*EXAMPLESENDER  *ZZ*EXAMPLEPAYER   *",
    );
    let mut date = Vec::new();
    push_wire_date(&mut date, on);
    out.extend_from_slice(&date[2..]);
    out.extend_from_slice(b"*0600*^*00501*000000001*0*T*:~\nGS*HC*EXAMPLESENDER*EXAMPLEPAYER*");
    out.extend_from_slice(&date);
    out.extend_from_slice(b"*0600*1*X*005010X222A1~\n");
    out
}

/// GE and IEA of a file with so many transaction sets.
pub(super) fn trailer(sets: u64) -> Vec<u8> {
    let mut out = b"GE*".to_vec();
    push_number(&mut out, sets);
    out.extend_from_slice(b"*1~\nIEA*1*000000001~\n");
    out
}

fn transaction_set(cell: &Cell, order: &[usize], file: u16) -> (Vec<u8>, u64) {
    let stands = |claim: &&usize| {
        let claim = &cell.claims[**claim];
        claim.night == file && carries(claim)
    };
    let mut claims = order.iter().filter(stands).peekable();
    if claims.peek().is_none() {
        return (Vec::new(), 0);
    }
    let mut out = Vec::with_capacity(if file == 0 { cell.lines.len() * LINE_BYTES } else { 0 });
    out.extend_from_slice(b"ST*837*");
    push_padded(&mut out, cell.spec.index + 1, 4);
    out.extend_from_slice(b"*005010X222A1~\nBHT*0019*00*");
    push_padded(&mut out, cell.spec.index + 1, 9);
    out.push(b'*');
    push_wire_date(&mut out, cell.world.night_date(file));
    out.extend_from_slice(b"*0600*CH~\n");
    out.extend_from_slice(
        b"NM1*41*2*EXAMPLE CLEARING HOUSE*****46*EXAMPLESENDER~\n\
          PER*IC*EXAMPLE DESK*TE*5555550100~\n\
          NM1*40*2*EXAMPLE MEDICAID*****46*EXAMPLEPAYER~\n",
    );
    let mut place = Place { count: 0, billing: 0, open: None, claims: 0 };
    for claim in claims {
        push_claim(&mut out, cell, &cell.claims[*claim], &mut place);
    }
    let segments = out.iter().filter(|byte| **byte == b'~').count() as u64 + 1;
    out.extend_from_slice(b"SE*");
    push_number(&mut out, segments);
    out.push(b'*');
    push_padded(&mut out, cell.spec.index + 1, 4);
    out.extend_from_slice(b"~\n");
    (out, 1)
}

fn push_billing(out: &mut Vec<u8>, npi: u64, place: &mut Place) {
    place.count += 1;
    place.billing = place.count;
    out.extend_from_slice(b"HL*");
    push_number(out, place.count);
    out.extend_from_slice(b"**20*1~\nPRV*BI*PXC*261QM0801X~\nNM1*85*2*");
    push_agency(out, npi);
    out.extend_from_slice(b"*****XX*");
    push_number(out, npi);
    out.extend_from_slice(b"~\nN3*");
    push_number(out, npi / 10 % 900 + 100);
    out.extend_from_slice(b" EXAMPLE AVENUE~\nN4*SAMPLETON*MS*399980001~\nREF*EI*99");
    push_padded(out, npi / 10 % 10_000_000, 7);
    out.extend_from_slice(b"~\n");
}

fn push_subscriber(out: &mut Vec<u8>, cell: &Cell, member: usize, place: &mut Place) {
    let member = &cell.members[member];
    place.count += 1;
    out.extend_from_slice(b"HL*");
    push_number(out, place.count);
    out.push(b'*');
    push_number(out, place.billing);
    out.extend_from_slice(b"*22*0~\nSBR*P*18*******MC~\nNM1*IL*1*");
    push_person(out, member.number);
    out.extend_from_slice(b"****MI*");
    push_member(out, member.number);
    out.extend_from_slice(b"~\n");
    if let Some(birth) = member.birth {
        out.extend_from_slice(b"N3*");
        push_number(out, member.number % 900 + 100);
        out.extend_from_slice(b" SAMPLE STREET~\nN4*SAMPLETON*MS*39998~\nDMG*D8*");
        push_wire_date(out, birth);
        out.extend_from_slice(if member.number.is_multiple_of(2) { b"*F~\n" } else { b"*M~\n" });
    }
    out.extend_from_slice(b"NM1*PR*2*EXAMPLE MEDICAID*****PI*MSXMEDICAID~\n");
}

/// The practitioner of the whole claim, if all its lines have the same one.
fn claim_rendering(lines: &[ServiceLine]) -> u64 {
    let first = lines.first().map_or(0, |line| line.rendering);
    if lines.iter().all(|line| line.rendering == first) { first } else { 0 }
}

fn push_claim(out: &mut Vec<u8>, cell: &Cell, claim: &Claim, place: &mut Place) {
    let (agency, member) = (claim.agency, claim.member);
    if place.open.is_none_or(|open| open.0 != agency) {
        push_billing(out, cell.agencies[agency], place);
        place.open = None;
    }
    if place.open != Some((agency, member)) || place.claims == CLAIMS_A_SUBSCRIBER {
        push_subscriber(out, cell, member, place);
        place.open = Some((agency, member));
        place.claims = 0;
    }
    place.claims += 1;
    let lines = &cell.lines[claim.lines.clone()];
    let charged: u64 = lines.iter().map(|line| u64::from(line.charge_cents)).sum();
    let place_of_service = lines.first().map_or("53", |line| line.place);
    out.extend_from_slice(b"CLM*");
    push_claim_id(out, claim.number);
    out.push(b'*');
    push_wire_money(out, charged + u64::from(claim.extra_total_cents));
    out.extend_from_slice(b"***");
    out.extend_from_slice(place_of_service.as_bytes());
    out.extend_from_slice(&[b':', b'B', b':', claim.frequency]);
    out.extend_from_slice(b"*Y*A*Y*Y~\n");
    push_claim_details(out, claim);
    let rendering = claim_rendering(lines);
    push_practitioner(out, b"82", rendering);
    push_practitioner(out, b"DQ", claim.supervising);
    for (index, line) in lines.iter().enumerate() {
        out.extend_from_slice(b"LX*");
        push_number(out, index as u64 + 1);
        push_service(out, line, place_of_service);
        if line.rendering != rendering {
            push_practitioner(out, b"82", line.rendering);
        }
    }
}

/// What stands between CLM and the practitioners.
fn push_claim_details(out: &mut Vec<u8>, claim: &Claim) {
    if let Some(cents) = claim.patient_paid_cents {
        out.extend_from_slice(b"AMT*F5*");
        push_wire_money(out, u64::from(cents));
        out.extend_from_slice(b"~\n");
    }
    if claim.authorization > 0 {
        out.extend_from_slice(b"REF*G1*");
        push_authorization(out, claim.authorization);
        out.extend_from_slice(b"~\n");
    }
    if claim.original != Original::None {
        out.extend_from_slice(b"REF*F8*");
        push_original(out, claim.original);
        out.extend_from_slice(b"~\n");
    }
    out.extend_from_slice(b"HI");
    for (index, code) in claim.diagnoses.split(':').enumerate() {
        out.extend_from_slice(if index == 0 { b"*ABK:" } else { b"*ABF:" });
        out.extend(code.bytes().filter(|byte| *byte != b'.'));
    }
    out.extend_from_slice(b"~\n");
}

/// A practitioner's NM1, and his speciality where he rendered the service.
fn push_practitioner(out: &mut Vec<u8>, role: &[u8], npi: u64) {
    if npi == 0 {
        return;
    }
    out.extend_from_slice(b"NM1*");
    out.extend_from_slice(role);
    out.extend_from_slice(b"*1*");
    push_person(out, npi / 10);
    out.extend_from_slice(b"****XX*");
    push_number(out, npi);
    out.extend_from_slice(b"~\n");
    if role == b"82" {
        out.extend_from_slice(b"PRV*PE*PXC*175T00000X~\n");
    }
}

/// SV1 and its date, after the number in LX.
fn push_service(out: &mut Vec<u8>, line: &ServiceLine, place_of_claim: &str) {
    out.extend_from_slice(b"~\nSV1*HC:");
    out.extend_from_slice(line.procedure.as_bytes());
    if !line.modifiers.is_empty() {
        out.push(b':');
        out.extend_from_slice(line.modifiers.as_bytes());
    }
    out.push(b'*');
    push_wire_money(out, u64::from(line.charge_cents));
    out.push(b'*');
    out.extend_from_slice(if line.basis.is_empty() { "UN" } else { line.basis }.as_bytes());
    out.push(b'*');
    match line.units {
        Units::Whole(units) => push_number(out, u64::from(units)),
        Units::Written(text) => out.extend_from_slice(text.as_bytes()),
    }
    out.push(b'*');
    if line.place != place_of_claim {
        out.extend_from_slice(line.place.as_bytes());
    }
    out.extend_from_slice(b"**1~\nDTP*472*");
    let When::On(first) = line.first else {
        // A claim with anything but a date is never put on the wire.
        out.extend_from_slice(b"D8*~\n");
        return;
    };
    out.extend_from_slice(if line.last.is_some() { b"RD8*" } else { b"D8*" });
    push_wire_date(out, first);
    if let Some(last) = line.last {
        out.push(b'-');
        push_wire_date(out, last);
    }
    out.extend_from_slice(b"~\n");
}
