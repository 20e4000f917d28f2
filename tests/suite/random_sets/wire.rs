//! A claim set cut down to what an 837P can carry, so that the reference runs on just that.

use crate::reference::date::Date;
use crate::reference::model::{ClaimFile, ClaimRow, ClaimSet, FileKind, RowShape};
use crate::reference::value::{cents, dollars};

use super::{Rng, options};

/// Every current file as X12, each history file as X12 or left as CSV.
pub fn as_carried_by_the_wire(model: &ClaimSet, seed: u64) -> ClaimSet {
    let rng = &mut Rng::new(seed ^ 0x0837);
    let mut set = model.clone();
    // Twins are a matter of files, and are tried with CSV.
    set.files.retain(|file| !file.twin_of_current);
    for file in &mut set.files {
        if !file.history || rng.chance(60) {
            file.kind = FileKind::X12;
            file.rows.retain(is_carried);
            file.rows.iter_mut().for_each(blank_what_is_not_carried);
            unite_claims(&mut file.rows);
        }
    }
    let group_dates: Vec<String> =
        set.files.iter().map(|_| options::group_date(rng, model)).collect();
    let once = claims_of_one_clm(&set.files);
    for (file, group_date) in set.files.iter_mut().zip(group_dates) {
        if file.kind == FileKind::X12 {
            file.group_date = group_date;
            give_totals(rng, &mut file.rows, &once);
        }
    }
    set
}

/// A line that has all of what a claim and its loops need to be found again.
fn is_carried(row: &ClaimRow) -> bool {
    let needed = [&row.claim_id, &row.member_id, &row.billing_npi, &row.procedure_code];
    let number = row.line_number.trim();
    let blank = needed.iter().any(|text| text.trim().is_empty()) || number.is_empty();
    row.shape == RowShape::Whole && !blank && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn wire_date(text: &str) -> String {
    let letters = |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    Date::parse(text).map_or_else(|| letters(text), Date::compact)
}

fn blank_what_is_not_carried(row: &mut ClaimRow) {
    for text in [
        &mut row.received_date,
        &mut row.payer_claim_number,
        &mut row.claim_status,
        &mut row.paid_amount,
        &mut row.supervising_npi,
    ] {
        text.clear();
    }
    for date in [&mut row.service_date, &mut row.service_end_date, &mut row.member_birth_date] {
        *date = wire_date(date);
    }
    for text in [&mut row.claim_id, &mut row.procedure_code, &mut row.billing_npi] {
        *text = text.trim().to_string();
    }
    if row.service_date.is_empty() {
        row.service_end_date.clear();
    }
    if row.unit_basis.is_empty() {
        row.unit_basis = "UN".to_string();
    }
    row.blank_lines_before = 0;
}

/// Adjacent lines of one claim and member are one CLM: what stands on it is the same for all.
fn unite_claims(rows: &mut [ClaimRow]) {
    for index in 1..rows.len() {
        let (before, from_here) = rows.split_at_mut(index);
        let (first, row) = (&before[index - 1], &mut from_here[0]);
        let same = first.claim_key() == row.claim_key() && first.member_id == row.member_id;
        row.clm = first.clm + usize::from(!same);
        if same {
            row.member_birth_date.clone_from(&first.member_birth_date);
            row.diagnosis_codes.clone_from(&first.diagnosis_codes);
            row.patient_paid_amount.clone_from(&first.patient_paid_amount);
            row.frequency_code.clone_from(&first.frequency_code);
            // A blank SV105 means CLM05-1, so one blank makes all of them one.
            if first.place_of_service.is_empty() || row.place_of_service.is_empty() {
                row.place_of_service.clone_from(&first.place_of_service);
            }
        }
    }
}

/// Claim keys that stand on one CLM alone: only those may be out of balance.
fn claims_of_one_clm(files: &[ClaimFile]) -> Vec<[String; 4]> {
    let mut seen: Vec<([String; 4], usize)> = Vec::new();
    for file in files {
        for (place, row) in file.rows.iter().enumerate() {
            let key = row.claim_key();
            let begins =
                file.kind == FileKind::Csv || place == 0 || file.rows[place - 1].clm != row.clm;
            match seen.iter_mut().find(|(other, _)| *other == key) {
                Some((_, clms)) => *clms += usize::from(begins),
                None => seen.push((key, 1)),
            }
        }
    }
    seen.into_iter().filter(|(_, clms)| *clms == 1).map(|(key, _)| key).collect()
}

fn give_totals(rng: &mut Rng, rows: &mut [ClaimRow], once: &[[String; 4]]) {
    let last = rows.last().map_or(0, |row| row.clm + 1);
    for clm in 0..last {
        let of_clm = |row: &&ClaimRow| row.clm == clm;
        let charges = rows.iter().filter(of_clm).filter_map(|row| cents(&row.charge_amount));
        let sum: i64 = charges.sum();
        let mut total = dollars(sum);
        if sum % 100 == 0 && rng.chance(50) {
            total = (sum / 100).to_string();
        }
        let single = rows.iter().find(of_clm).is_some_and(|row| once.contains(&row.claim_key()));
        if single && rng.chance(4) {
            total = match rng.below(3) {
                0 => "total".to_string(),
                1 => dollars(sum + 1),
                _ => dollars(sum + 10_000),
            };
        }
        for row in rows.iter_mut().filter(|row| row.clm == clm) {
            row.clm_total.clone_from(&total);
        }
    }
}
