//! Service plans and authorizations, flawed rows, and which tables a set goes without.

use std::collections::BTreeMap;

use crate::reference::model::{TABLES, TableRow, Tables};

use super::practitioner_tables::{credentials, employment, supervision, supervisors};
use super::{Rng, World};

pub fn tables(rng: &mut Rng, world: &World) -> Tables {
    let mut tables: Tables = BTreeMap::new();
    tables.insert("credentials", credentials(rng, world));
    tables.insert("employment", employment(rng, world));
    tables.insert("service_plans", service_plans(rng, world));
    let sessions = supervision(rng, world);
    tables.insert("supervisors", supervisors(rng, world, &sessions));
    tables.insert("supervision", sessions);
    tables.insert("authorizations", authorizations(rng, world));
    for (name, _) in TABLES {
        if rng.chance(20) {
            spoil(rng, name, tables.get_mut(name).expect("each table was made above"));
        }
        if rng.chance(7) {
            tables.remove(name);
        }
    }
    if rng.chance(3) {
        tables.clear();
    }
    tables
}

/// A copy of a row that cannot be used.
fn spoil(rng: &mut Rng, name: &str, rows: &mut Vec<TableRow>) {
    if rows.is_empty() {
        return;
    }
    let mut row = rng.pick(rows).clone();
    match name {
        _ if rng.chance(20) => row.wrong_field_count = true,
        "credentials" => match rng.below(4) {
            0 => drop(row.cells.insert("designation", "CPSSP-Z".to_string())),
            1 => drop(row.cells.insert("status", "unheard".to_string())),
            2 => drop(row.cells.insert("expiration_date", "1999-01-01".to_string())),
            _ => drop(row.cells.insert("status_date", "then".to_string())),
        },
        "service_plans" if rng.chance(40) => {
            row.cells.insert("planned_period", "year".to_string());
        }
        "supervision" => drop(row.cells.insert("session_date", "2024-02-30".to_string())),
        "supervisors" => {} // the same supervisor a second time
        _ if rng.chance(50) => drop(row.cells.insert("start_date", "2023-02-29".to_string())),
        _ => drop(row.cells.insert("end_date", "1999-01-01".to_string())),
    }
    rows.push(row);
}

fn service_plans(rng: &mut Rng, world: &World) -> Vec<TableRow> {
    let mut rows = Vec::new();
    let mut members: Vec<String> = world.members.iter().map(|member| member.id.clone()).collect();
    members.extend(["MB1".to_string(), "MB2".to_string()]);
    for member in members {
        for _ in 0..*rng.pick(&[0, 1, 1, 2, 2, 3]) {
            let start = rng.near(world.anchor, &[-200, -90, -30, -30, -1, 0, 0, 1]);
            let end = match rng.below(6) {
                0 => start.plus_days(300).iso(),
                1..4 => rng.near(world.anchor.max(start), &[0, 0, 1, 2, 30]).iso(),
                _ => String::new(),
            };
            let signed = rng.near(world.anchor, &[-30, -30, -1, 0, 0, 1]).iso();
            let number = rows.len() + 1;
            rows.push(TableRow::of(&[
                ("plan_id", &format!("{}{number}", rng.text(&["PL", "PA", "P"]))),
                ("member_id", &member),
                ("start_date", &start.iso()),
                ("end_date", &end),
                (
                    "services",
                    rng.word(&["H0038", "H0038", "T1015:h0038", "H0038:T1015", "T1015", ""]),
                ),
                (
                    "planned_units",
                    rng.word(&["0", "4", "6", "8", "8", "10", "10", "12", "16", "20", "", "many"]),
                ),
                (
                    "planned_period",
                    rng.word(&["day", "week", "Week", "month", "MONTH", "week", ""]),
                ),
                (
                    "signer_role",
                    rng.word(&["physician", "Mental_Health_Professional", "physician", "aide", ""]),
                ),
                ("signed_date", if rng.chance(10) { "" } else { &signed }),
            ]));
        }
    }
    rows
}

fn authorizations(rng: &mut Rng, world: &World) -> Vec<TableRow> {
    let mut rows = Vec::new();
    for member in &world.members {
        if rng.chance(35) {
            let start = rng.near(world.anchor, &[-60, -60, -1, 0, 1]);
            let end = rng.near(world.anchor.max(start), &[0, 0, 1, 30]).iso();
            rows.push(TableRow::of(&[
                ("authorization_number", rng.word(&["AU1", "AU2", "AU3"])),
                ("member_id", &member.id),
                ("start_date", &start.iso()),
                ("end_date", if rng.chance(40) { "" } else { &end }),
            ]));
        }
    }
    rows
}
