//! A cell's claims as rows of claim CSV, all columns of the contract in its order.

use super::cell::{Cell, Claim, Original, ServiceLine, Status, Units, When};
use super::tables::{push_authorization, push_member};
use super::text::{push_date, push_money, push_number, push_padded};

/// The header row.
pub(super) const HEADER: &str = "claim_id,line_number,frequency_code,original_claim_id,\
    payer_claim_number,claim_status,received_date,member_id,member_birth_date,billing_npi,\
    rendering_npi,supervising_npi,procedure_code,modifiers,units,unit_basis,service_date,\
    service_end_date,place_of_service,diagnosis_codes,authorization_number,charge_amount,\
    paid_amount,patient_paid_amount\n";

/// Bytes of a row, about: room is made once.
const ROW_BYTES: usize = 160;

/// Writes the number of a claim: `C0000000001`.
pub(super) fn push_claim_id(out: &mut Vec<u8>, number: u64) {
    out.push(b'C');
    push_padded(out, number, 10);
}

/// Writes the number that a correction names, if it names one.
pub(super) fn push_original(out: &mut Vec<u8>, original: Original) {
    let (letter, number) = match original {
        Original::None => return,
        Original::Claim(number) => (b'C', number),
        Original::Payer(number) => (b'P', number),
        Original::Unknown(number) => (b'X', number),
    };
    out.push(letter);
    push_padded(out, number, 10);
}

/// The rows of the cell, one buffer a file.
pub(super) fn write(cell: &Cell, order: &[usize]) -> Vec<Vec<u8>> {
    let files = cell.world.files();
    let mut outs = vec![Vec::new(); files];
    outs[0].reserve(cell.lines.len() * ROW_BYTES);
    for claim in order {
        let claim = &cell.claims[*claim];
        let out = &mut outs[usize::from(claim.night)];
        for (index, line) in cell.lines[claim.lines.clone()].iter().enumerate() {
            push_row(out, cell, claim, index as u64 + 1, line);
        }
    }
    outs
}

fn push_row(out: &mut Vec<u8>, cell: &Cell, claim: &Claim, number: u64, line: &ServiceLine) {
    push_claim_id(out, claim.number);
    out.push(b',');
    push_number(out, number);
    out.push(b',');
    out.push(claim.frequency);
    out.push(b',');
    push_original(out, claim.original);
    push_standing(out, claim);
    let member = &cell.members[claim.member];
    if !claim.blank_member {
        push_member(out, member.number);
    }
    out.push(b',');
    if let Some(birth) = member.birth {
        push_date(out, birth);
    }
    out.push(b',');
    push_number(out, cell.agencies[claim.agency]);
    out.push(b',');
    push_npi(out, line.rendering);
    out.push(b',');
    push_npi(out, claim.supervising);
    out.push(b',');
    push_service(out, line);
    out.extend_from_slice(claim.diagnoses.as_bytes());
    out.push(b',');
    if claim.authorization > 0 {
        push_authorization(out, claim.authorization);
    }
    out.push(b',');
    push_money(out, u64::from(line.charge_cents));
    out.push(b',');
    if claim.status == Status::Paid {
        push_money(out, u64::from(line.paid_cents));
    }
    out.push(b',');
    if let Some(cents) = claim.patient_paid_cents {
        push_money(out, u64::from(cents));
    }
    out.push(b'\n');
}

/// The payer's number, the status and when the claim was received.
fn push_standing(out: &mut Vec<u8>, claim: &Claim) {
    out.push(b',');
    if claim.status != Status::Pending {
        out.push(b'P');
        push_padded(out, claim.payer_number, 10);
    }
    out.extend_from_slice(match claim.status {
        Status::Paid => b",paid,",
        Status::Pending => b",pending,",
        Status::Denied => b",denied,",
    });
    if let Some(day) = claim.received {
        push_date(out, day);
    }
    out.push(b',');
}

fn push_npi(out: &mut Vec<u8>, npi: u64) {
    if npi > 0 {
        push_number(out, npi);
    }
}

/// From the procedure to the place of service.
fn push_service(out: &mut Vec<u8>, line: &ServiceLine) {
    out.extend_from_slice(line.procedure.as_bytes());
    out.push(b',');
    out.extend_from_slice(line.modifiers.as_bytes());
    out.push(b',');
    match line.units {
        Units::Whole(units) => push_number(out, u64::from(units)),
        Units::Written(text) => out.extend_from_slice(text.as_bytes()),
    }
    out.push(b',');
    out.extend_from_slice(line.basis.as_bytes());
    out.push(b',');
    match line.first {
        When::On(day) => push_date(out, day),
        When::Written(text) => out.extend_from_slice(text.as_bytes()),
    }
    out.push(b',');
    if let Some(day) = line.last {
        push_date(out, day);
    }
    out.push(b',');
    out.extend_from_slice(line.place.as_bytes());
    out.push(b',');
}
