//! The base claims of a set: sound ones, and ones with each kind of flaw in units, dates and ids.

use crate::reference::date::Date;
use crate::reference::model::{ClaimRow, Policy, RowShape};

use super::{Rng, World};

const UNITS: [&str; 22] = [
    "1", "2", "2", "3", "3", "4", "4", "4", "5", "5", "6", "6", "6", "7", "8", "12", "4.0", "04",
    "1", "2", "3", "4",
];
const ODD_UNITS: [&str; 15] = [
    "0", "1.5", "-1", "", "abc", "+4", ".5", "100000", "99999", "15", "30", "48", "49", "40", "44",
];
const BAD_DATES: [&str; 6] = ["", "2023-02-29", "2024-13-01", "20240230", "abc", "2024-1-5"];
const PLACES: [&str; 14] =
    ["11", "11", "11", "11", "53", "53", "12", "12", "", "21", "51", "22", "52", "99"];
const MODIFIERS: [&str; 10] = ["", "", "", "HQ", "HF", "HF:HQ", "hq", "HE:HF", "HQ::HE", "HQ:HQ"];
const DIAGNOSES: [&str; 10] =
    ["F11.20", "F1120", "f19.9", "F32.1", "F321", "", "F09:F20.0", "F20.0:F10.10", "Z71", "F1"];

pub fn claims(rng: &mut Rng, world: &World, policy: &Policy) -> Vec<Vec<ClaimRow>> {
    let mut claims: Vec<Vec<ClaimRow>> = Vec::new();
    for number in 1..=22 + rng.below(16) {
        claims.push(claim(rng, world, number));
    }
    for number in 1..=2 {
        if rng.chance(75) {
            claims.push(vec![filler(rng, world, policy, number)]);
        }
    }
    if rng.chance(35) {
        claims.extend(busy_day(rng, world, policy));
    }
    for _ in 0..2 + rng.below(3) {
        let again = another_claim_alike(rng, &claims);
        claims.push(again);
    }
    claims
}

fn rendering(rng: &mut Rng, world: &World) -> String {
    match rng.below(100) {
        0..5 => String::new(),
        5..9 => rng.text(&["1234567890", "12345", "123456789X"]),
        _ => rng.pick(&world.practitioners).clone(),
    }
}

fn received(rng: &mut Rng, date: Date) -> String {
    match rng.below(100) {
        0..20 => String::new(),
        20..22 => rng.text(&["2099-01-01", "soon"]),
        _ => rng.near(date, &[0, 1, 1, 3, 3, 10, 30, 364, 365, 365, 366, 366, 400]).iso(),
    }
}

fn claim(rng: &mut Rng, world: &World, number: usize) -> Vec<ClaimRow> {
    let member = rng.pick(&world.members);
    let date = *rng.pick(&world.service_days);
    let id = if rng.chance(2) { format!("=C{number}") } else { format!("C{number}") };
    let head = ClaimRow {
        claim_id: id,
        frequency_code: rng.text(&["1", "1", "1", "1", "1", "", "", "", "6", "9"]),
        received_date: received(rng, date),
        claim_status: status(rng),
        member_id: member.id.clone(),
        member_birth_date: if rng.chance(4) { String::new() } else { member.birth.clone() },
        billing_npi: world.agencies[rng.below(20) * 3 / 20 % 3].clone(),
        rendering_npi: rendering(rng, world),
        supervising_npi: rng.pick(&world.practitioners).clone(),
        diagnosis_codes: rng.text(&DIAGNOSES),
        patient_paid_amount: rng.text(&["", "", "", "", "", "", "0", "0.00", "0.01", "x"]),
        authorization_number: rng.text(&["", "", "", "", "AU1", "AU2", "au1"]),
        place_of_service: rng.text(&PLACES),
        ..ClaimRow::default()
    };
    let count = *rng.pick(&[1, 1, 1, 1, 2, 2, 3]);
    (1..=count).map(|line| service_line(rng, world, &head, line, date)).collect()
}

fn status(rng: &mut Rng) -> String {
    match rng.below(100) {
        0..70 => rng.text(&["", "", "paid", "PAID"]),
        70..85 => "pending".to_string(),
        85..92 => rng.text(&["denied", " Denied"]),
        _ => rng.text(&["adjusted", "??"]),
    }
}

fn service_line(
    rng: &mut Rng,
    world: &World,
    head: &ClaimRow,
    line: usize,
    date: Date,
) -> ClaimRow {
    let units = if rng.chance(7) { rng.text(&ODD_UNITS) } else { rng.text(&UNITS) };
    let mut row = ClaimRow {
        line_number: if rng.chance(4) { format!("0{line}") } else { line.to_string() },
        procedure_code: rng.text(&["H0038", "H0038", "H0038", "H0038", "H0038", "h0038", " H0038"]),
        modifiers: rng.text(&MODIFIERS),
        units,
        service_date: date.iso(),
        charge_amount: rng.text(&["80.00", "61.25", "100", "33.33", "0.01", "", "12.5"]),
        paid_amount: rng.text(&["", "", "", "60.00", "0", "17.77", "1.234"]),
        ..head.clone()
    };
    if rng.chance(12) {
        row.procedure_code = rng.text(&["T1015", "H2017", "H0025"]);
    }
    if rng.chance(15) {
        row.service_date = rng.pick(&world.service_days).iso();
    }
    if rng.chance(10) {
        row.rendering_npi = rendering(rng, world);
    }
    if rng.chance(5) {
        row.patient_paid_amount = rng.text(&["5.00", "0", ""]);
        row.place_of_service = rng.text(&PLACES);
        row.diagnosis_codes = rng.text(&DIAGNOSES);
    }
    odd_basis(rng, &mut row);
    odd_dates(rng, &mut row);
    odd_shape(rng, &mut row);
    row
}

fn odd_basis(rng: &mut Rng, row: &mut ClaimRow) {
    match rng.below(100) {
        0..6 => {
            row.unit_basis = rng.text(&["MJ", "mj"]);
            row.units = rng.text(&["15", "14", "60", "89", "90", "105", "1499985", "1500000"]);
        }
        6..8 => row.unit_basis = rng.text(&["DA", "U"]),
        8..40 => row.unit_basis = rng.text(&["UN", "un"]),
        _ => {}
    }
}

fn odd_dates(rng: &mut Rng, row: &mut ClaimRow) {
    let date = Date::parse(&row.service_date).expect("service days are real so far");
    match rng.below(100) {
        0..3 => row.service_date = rng.text(&BAD_DATES),
        3..5 => row.service_end_date = rng.text(&BAD_DATES),
        5..11 => row.service_end_date = date.iso(),
        11..17 => {
            // A span, at times with exactly the units that its days may have.
            let days = 2 + rng.below(3);
            let last = date.plus_days(i64::try_from(days).expect("a few days") - 1);
            row.service_end_date = last.iso();
            row.units = (days * 6 + rng.below(2)).to_string();
        }
        17..18 => row.service_end_date = date.yesterday().iso(),
        18..20 => row.service_date = rng.text(&["2011-12-31", "2012-01-01"]),
        20..25 => row.service_date = date.compact(),
        25..26 => row.member_birth_date = rng.near(date, &[0, 1]).iso(),
        26..27 => row.service_date = "2099-12-31".to_string(),
        _ => {}
    }
}

/// Rows that cannot be used. Their received date is blank, for a shifted row has none to read.
fn odd_shape(rng: &mut Rng, row: &mut ClaimRow) {
    let shapes = [RowShape::TooLong, RowShape::Short, RowShape::TooShortForProcedure];
    let other_procedure =
        row.procedure_code.starts_with(['T', 'H']) && row.procedure_code != "H0038";
    if rng.chance(if other_procedure { 12 } else { 2 }) {
        row.shape = *rng.pick(&shapes);
        row.received_date.clear();
    } else if rng.chance(1) {
        row.line_number = rng.text(&["", "x", "1.5"]);
    } else if rng.chance(1) {
        match rng.below(4) {
            0 => row.member_id.clear(),
            1 => row.claim_id.clear(),
            2 => row.billing_npi = "  ".to_string(),
            _ => row.procedure_code.clear(),
        }
    }
}

/// One line of many days that leaves a few units of the member's year.
fn filler(rng: &mut Rng, world: &World, policy: &Policy, number: usize) -> ClaimRow {
    let member = rng.pick(&world.members);
    let limit = policy.limits.last().expect("a policy has a limit");
    let left = i64::try_from(rng.below(24)).expect("a small number");
    let units = (limit.annual_units - left).max(1);
    let days = (units + limit.daily_units - 1) / limit.daily_units;
    let (month, day) = policy.limit_year_starts;
    let mut year_start = Date::new(world.anchor.year, month, day);
    if year_start > world.anchor {
        year_start.year -= 1;
    }
    let start = world.anchor.plus_days(-days).max(year_start);
    ClaimRow {
        claim_id: format!("FILL{number}"),
        line_number: "1".to_string(),
        member_id: member.id.clone(),
        member_birth_date: "1980-01-01".to_string(),
        billing_npi: world.agencies[0].clone(),
        rendering_npi: world.practitioners[0].clone(),
        procedure_code: "H0038".to_string(),
        units: units.to_string(),
        service_date: start.iso(),
        service_end_date: start.plus_days(days - 1).iso(),
        place_of_service: "11".to_string(),
        charge_amount: "2000.00".to_string(),
        ..ClaimRow::default()
    }
}

/// One practitioner, many members: a day that ends at the practitioner's limit or just past it.
fn busy_day(rng: &mut Rng, world: &World, policy: &Policy) -> Vec<Vec<ClaimRow>> {
    let practitioner = rng.pick(&world.practitioners).clone();
    let mut left = policy.practitioner_daily_units + *rng.pick(&[0, 0, 1, 5]);
    let mut claims = Vec::new();
    while left > 0 {
        let number = claims.len() + 1;
        let units = left.min(6);
        left -= units;
        let modifiers = rng.text(&["", "", "HE", "HQ"]);
        claims.push(vec![ClaimRow {
            claim_id: format!("B{number}"),
            line_number: "1".to_string(),
            member_id: format!("MB{number}"),
            billing_npi: world.agencies[0].clone(),
            rendering_npi: practitioner.clone(),
            procedure_code: "H0038".to_string(),
            modifiers,
            units: units.to_string(),
            service_date: world.anchor.plus_days(-1).iso(),
            place_of_service: "11".to_string(),
            charge_amount: "60.00".to_string(),
            received_date: world.anchor.iso(),
            ..ClaimRow::default()
        }]);
    }
    claims
}

/// The same service under another claim id, or with one thing changed.
fn another_claim_alike(rng: &mut Rng, claims: &[Vec<ClaimRow>]) -> Vec<ClaimRow> {
    let mut claim = rng.pick(claims).clone();
    let id = format!("E{}", rng.below(1_000));
    let change = rng.below(8);
    for row in &mut claim {
        row.claim_id.clone_from(&id);
        match change {
            0 => row.place_of_service = "33".to_string(),
            1 => row.modifiers.push_str(":HE"),
            2 => row.frequency_code = "7".to_string(),
            3 => row.modifiers = row.modifiers.split(':').rev().collect::<Vec<_>>().join(":"),
            _ => {}
        }
    }
    claim
}
