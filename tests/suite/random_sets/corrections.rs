//! Replacements, voids, repeated and conflicting records on top of the base claims.

use crate::reference::model::ClaimRow;

use super::{Rng, World};

type Claims = Vec<Vec<ClaimRow>>;

pub fn add(rng: &mut Rng, world: &World, claims: &mut Claims) {
    for number in 1..=4 + rng.below(6) {
        // The newest claims are picked more often, so that chains grow.
        let newest = claims.len() - 1 - rng.below(claims.len().min(6));
        let target = if rng.chance(35) { newest } else { rng.below(claims.len()) };
        let original = claims[target].clone();
        claims.push(correction(rng, world, &original, number));
    }
    if rng.chance(25) {
        replace_each_other(rng, claims);
    }
    if rng.chance(30) {
        replace_twice(rng, claims);
    }
    for _ in 0..3 + rng.below(4) {
        let claim = rng.pick(claims).clone();
        claims.push(vec![repeated(rng, world, &claim)]);
    }
    give_payer_numbers(rng, claims);
}

/// The payer's number of a claim, a function of its key: a correction may name it.
fn payer_number(claim: &[ClaimRow]) -> String {
    let key = claim[0].claim_key();
    format!("P{}{}", key[1].trim_start_matches('='), key[2])
}

fn correction(rng: &mut Rng, world: &World, original: &[ClaimRow], number: usize) -> Vec<ClaimRow> {
    let mut claim = original.to_vec();
    let frequency = rng.text(&["7", "7", "7", "8"]);
    let id = if rng.chance(30) { original[0].claim_id.clone() } else { format!("R{number}") };
    let names = match rng.below(100) {
        0..45 => original[0].claim_id.clone(),
        45..75 => payer_number(original),
        75..85 => rng.text(&["U1", "U2"]),
        85..91 => String::new(),
        91..94 => id.clone(),
        _ => format!("R{}", 1 + rng.below(9)),
    };
    let other_procedure = rng.chance(15);
    for row in &mut claim {
        row.claim_id.clone_from(&id);
        row.frequency_code.clone_from(&frequency);
        row.original_claim_id.clone_from(&names);
        row.shape = crate::reference::model::RowShape::Whole;
        if other_procedure {
            row.procedure_code = "T1015".to_string();
        }
        if row.billing_npi.trim().is_empty() {
            row.billing_npi.clone_from(&world.agencies[0]);
        }
        if row.member_id.is_empty() {
            row.member_id.clone_from(&world.members[0].id);
        }
        if row.line_number.parse::<u32>().is_err() {
            row.line_number = "9".to_string();
        }
        if row.claim_id.is_empty() {
            row.claim_id = format!("R{number}");
        }
        if rng.chance(40) {
            row.units = rng.text(&["1", "2", "3", "5"]);
            row.unit_basis.clear();
        }
        if rng.chance(15) {
            row.member_id.clone_from(&rng.pick(&world.members).id);
        }
        if rng.chance(70) {
            row.claim_status.clear();
        }
    }
    if rng.chance(25) {
        claim.truncate(1);
    }
    claim
}

fn sound(claims: &Claims, rng: &mut Rng) -> Vec<ClaimRow> {
    let is_sound = |row: &ClaimRow| {
        let blank =
            [&row.claim_id, &row.member_id, &row.procedure_code].iter().any(|t| t.is_empty());
        !blank && !row.billing_npi.trim().is_empty() && row.line_number.parse::<u32>().is_ok()
    };
    let sound: Claims = claims.iter().filter(|claim| claim.iter().all(is_sound)).cloned().collect();
    let mut claim = rng.pick(&sound).clone();
    for row in &mut claim {
        row.shape = crate::reference::model::RowShape::Whole;
        row.claim_status.clear();
    }
    claim
}

fn renamed(claim: &[ClaimRow], id: &str, original: &str) -> Vec<ClaimRow> {
    let rename = |row: &ClaimRow| ClaimRow {
        claim_id: id.to_string(),
        frequency_code: "7".to_string(),
        original_claim_id: original.to_string(),
        ..row.clone()
    };
    claim.iter().map(rename).collect()
}

fn replace_each_other(rng: &mut Rng, claims: &mut Claims) {
    let model = sound(claims, rng);
    claims.push(renamed(&model, "X1", "X2"));
    claims.push(renamed(&model, "X2", if rng.chance(40) { "X3" } else { "X1" }));
    if rng.chance(50) {
        claims.push(renamed(&model, "X3", "X1"));
    }
    if rng.chance(30) {
        let mut void = renamed(&model, "XV", if rng.chance(50) { "X1" } else { "X2" });
        void.iter_mut().for_each(|row| row.frequency_code = "8".to_string());
        claims.push(void);
    }
}

/// Two replacements of one claim, by its claim id and by its payer's number.
fn replace_twice(rng: &mut Rng, claims: &mut Claims) {
    let mut model = sound(claims, rng);
    for row in &mut model {
        row.claim_id = "T1".to_string();
        row.frequency_code = "1".to_string();
        row.original_claim_id.clear();
    }
    let number = payer_number(&model);
    claims.push(renamed(&model, "T2", "T1"));
    claims.push(renamed(&model, "T3", &number));
    if rng.chance(25) {
        let mut void = renamed(&model, "T4", if rng.chance(50) { "T2" } else { "T3" });
        void.iter_mut().for_each(|row| row.frequency_code = "8".to_string());
        claims.push(void);
    }
    claims.push(model);
}

/// A record again: the same as a value though not as text, or with another content.
fn repeated(rng: &mut Rng, world: &World, claim: &[ClaimRow]) -> ClaimRow {
    let mut row = rng.pick(claim).clone();
    match rng.below(10) {
        0..4 => {
            let whole = !row.units.is_empty() && row.units.bytes().all(|b| b.is_ascii_digit());
            if whole && row.units != "0" && row.units != "100000" {
                row.units.push_str(".0");
            }
        }
        4..6 => row.modifiers = row.modifiers.split(':').rev().collect::<Vec<_>>().join(":"),
        6 => row.units = "5".to_string(),
        7 => row.member_id.clone_from(&rng.pick(&world.members).id),
        8 => row.rendering_npi.clone_from(rng.pick(&world.practitioners)),
        _ => {}
    }
    row
}

/// The same number on all rows of a claim; none on an original's lines of other procedures.
fn give_payer_numbers(rng: &mut Rng, claims: &mut Claims) {
    let salt = rng.below(10);
    for claim in claims {
        for row in claim {
            let number = payer_number(std::slice::from_ref(row));
            let digit = number.bytes().map(usize::from).sum::<usize>() + salt;
            let correction = ["7", "8"].contains(&row.frequency_code.as_str());
            let peer_support = row.procedure_code.trim().eq_ignore_ascii_case("H0038");
            if digit % 10 < 7 && (correction || peer_support) {
                row.payer_claim_number = number;
            }
        }
    }
}
