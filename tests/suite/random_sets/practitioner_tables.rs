//! Credentials, employment, supervision sessions and supervisors around the days of the services.

use crate::reference::date::Date;
use crate::reference::model::TableRow;

use super::{Rng, World};

const DESIGNATIONS: [&str; 11] =
    ["CPSSP-A", "A", "a", "CPSSP-P", "P", "CPSSP-Y", "Y", "Y", "CPSSP-R", "cpssp-su", "MH"];
const STATUSES: [&str; 10] = [
    "current",
    "",
    "Limited",
    "inactive",
    "lapsed",
    "suspended",
    "surrendered",
    "revoked",
    "retired",
    "relinquished",
];

pub fn credentials(rng: &mut Rng, world: &World) -> Vec<TableRow> {
    let mut rows = Vec::new();
    for practitioner in &world.practitioners {
        let years = *rng.pick(&[17, 18, 18, 26, 26, 27, 40]);
        let birth = rng.near(world.anchor, &[-1, 0, 0, 1]).plus_months(-12 * years).iso();
        // One in ten has no row at all.
        for _ in 0..*rng.pick(&[0, 1, 1, 1, 1, 1, 2, 2, 2, 3]) {
            let training = rng.near(world.anchor, &[-500, -500, -500, -1, 0, 0, 1]).iso();
            let mut cells = vec![
                ("practitioner_npi", practitioner.clone()),
                ("designation", rng.text(&DESIGNATIONS)),
                ("effective_date", "2019-05-01".to_string()),
                ("training_program", "DMH".to_string()),
            ];
            if !rng.chance(15) {
                cells.push(("birth_date", birth.clone()));
            }
            if !rng.chance(10) {
                cells.push(("training_date", training));
            }
            if rng.chance(45) {
                narrow(rng, world, &mut cells);
            }
            let cells: Vec<(&str, &str)> =
                cells.iter().map(|(name, text)| (*name, text.as_str())).collect();
            rows.push(TableRow::of(&cells));
        }
    }
    rows
}

/// A credential that begins, ends or changes its status around the anchor day.
fn narrow(rng: &mut Rng, world: &World, cells: &mut Vec<(&'static str, String)>) {
    match rng.below(3) {
        0 => cells[2].1 = rng.near(world.anchor, &[-1, 0, 0, 1]).iso(),
        1 => {
            let end = rng.near(world.anchor, &[-1, 0, 0, 1]).iso();
            cells.push(("expiration_date", end));
        }
        _ => {
            cells.push(("status", rng.text(&STATUSES)));
            if rng.chance(75) {
                cells.push(("status_date", rng.near(world.anchor, &[-1, 0, 1, 1]).iso()));
            }
        }
    }
}

pub fn employment(rng: &mut Rng, world: &World) -> Vec<TableRow> {
    let mut rows = Vec::new();
    for practitioner in &world.practitioners {
        let first = first_day(rng, world.anchor);
        for agency in &world.agencies {
            if rng.chance(15) {
                continue;
            }
            let start = if rng.chance(70) { first } else { rng.near(world.anchor, &[-9, 0, 1]) };
            let end = rng.near(world.anchor.max(start), &[0, 0, 1, 2]);
            let end_text = if rng.chance(75) { String::new() } else { end.iso() };
            rows.push(TableRow::of(&[
                ("practitioner_npi", practitioner),
                ("billing_npi", agency),
                ("start_date", &start.iso()),
                ("end_date", &end_text),
                ("fte", rng.word(&["", "1", "0.9", "0.45", "0.5", "1.8", "half"])),
                ("supervisor_id", rng.word(&["", "S1", "S2", "S3", "S3", "S9"])),
            ]));
            if !rows.is_empty() && rng.chance(10) {
                // A gap, and back again.
                let back = rng.near(end, &[2, 3]);
                let last = rows.len() - 1;
                rows[last].cells.insert("end_date", end.iso());
                let mut again = rows[last].clone();
                again.cells.insert("start_date", back.iso());
                again.cells.insert("end_date", String::new());
                rows.push(again);
            }
        }
    }
    if rng.chance(40) {
        rows.push(full_supervisor(rng, world));
    }
    rows
}

/// One stint that fills a tenth of a supervisor to the brim, or a hair past it.
fn full_supervisor(rng: &mut Rng, world: &World) -> TableRow {
    TableRow::of(&[
        ("practitioner_npi", "1999999984"),
        ("billing_npi", &world.agencies[0]),
        ("start_date", &rng.near(world.anchor, &[-400, 0, 1]).iso()),
        ("fte", rng.word(&["0.9", "0.9", "0.9001", ".90"])),
        ("supervisor_id", "S5"),
    ])
}

/// The start of employment, at the borders of the stages of supervision.
fn first_day(rng: &mut Rng, anchor: Date) -> Date {
    let months = *rng.pick(&[0, 0, 6, 6, 12, 12, 24]);
    let days: &[i64] = match months {
        0 => &[-100, -40, -16, -15, -14, -14, -13, 0],
        24 => &[0],
        _ => &[-1, 0, 0, 1, 30],
    };
    rng.near(anchor.plus_months(-months), days)
}

pub fn supervision(rng: &mut Rng, world: &World) -> Vec<TableRow> {
    let mut rows: Vec<TableRow> = Vec::new();
    for practitioner in &world.practitioners {
        for _ in 0..*rng.pick(&[0, 1, 1, 2, 3, 4]) {
            let day = *rng.pick(&world.service_days);
            let date = match rng.below(10) {
                0 => day.last_of_month(),
                1 => day.first_of_month(),
                2 => day.first_of_month().yesterday(),
                3 => rng.near(day, &[-365, -366, -367, -300]),
                _ => rng.near(day, &[-16, -15, -14, -14, -13, -3, -1, 0, 0, 1, 5]),
            };
            let supervisor = match rng.below(10) {
                0..5 => rng.text(&["S1", "S3"]),
                5 | 6 => rng.text(&["S2", "S4"]),
                7 => practitioner.clone(),
                _ => "S3".to_string(),
            };
            rows.push(TableRow::of(&[
                ("practitioner_npi", practitioner),
                ("supervisor_id", &supervisor),
                ("session_date", &date.iso()),
                ("session_id", &format!("V{}", rows.len())),
                ("mode", rng.word(&["", "in_person", "In_Person", "in_person", "video", "phone"])),
                ("format", rng.word(&["", "individual", "group"])),
                ("minutes", rng.word(&["", "30", "60"])),
            ]));
        }
    }
    rows
}

/// S1 is sound, S2 no professional, S3 trained on or about the day of a session, S4 unknown.
pub fn supervisors(rng: &mut Rng, world: &World, sessions: &[TableRow]) -> Vec<TableRow> {
    let of_third: Vec<&TableRow> =
        sessions.iter().filter(|row| row.get("supervisor_id") == "S3").collect();
    let mut trained = rng.near(world.anchor, &[-14, 0]);
    if !of_third.is_empty() {
        let session = Date::parse(rng.pick(&of_third).get("session_date"));
        trained = rng.near(session.expect("sessions have real dates"), &[0, 0, 0, 1, -400]);
    }
    let fte = |rng: &mut Rng| rng.text(&["", "1", "0.1", "0.2", "0.05", "0.3", "0.5", "0.15"]);
    let mut rows = Vec::new();
    let mut add = |rng: &mut Rng, id: &str, professional: &str, trained: &str| {
        rows.push(TableRow::of(&[
            ("supervisor_id", id),
            ("mental_health_professional", professional),
            ("training_date", trained),
            ("fte", &fte(rng)),
        ]));
    };
    add(rng, "S1", "true", "2019-01-01");
    add(rng, "S2", no_professional(world), "2019-01-01");
    add(rng, "S3", "TRUE", &trained.iso());
    if rng.chance(50) {
        add(rng, &world.practitioners[0], "true", "2019-01-01");
    }
    let tenth = [("supervisor_id", "S5"), ("fte", "0.1")];
    rows.push(TableRow::of(&tenth));
    rows
}

/// Not a professional, in one of the ways to say so.
fn no_professional(world: &World) -> &'static str {
    if world.members.len().is_multiple_of(2) { "false" } else { "" }
}
