//! The five checks that others script with DuckDB and Polars (`benches/compare/peer_*.py`), on sets
//! where theirs and ours mean the same: every line paid and once, a plan a member, practitioners in
//! their first half-year or long employed.

use crate::support::{Place, columns, repository};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Command;

/// Units over a day, units over a year, credential, supervision, plan: what is wrong with a line.
type Wrong = (u32, u32, bool, String, bool);

const AGENCY: &str = "1234567893";
const PRACTITIONERS: u64 = 12;
const MEMBERS: u64 = 25;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % bound
    }

    fn day(&mut self, from: &str, days: u64) -> chrono::NaiveDate {
        let from: chrono::NaiveDate = from.parse().expect("a date");
        from + chrono::Days::new(self.below(days))
    }
}

fn write_set(place: &Place, random: &mut Random) {
    let mut claims = "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,\
         units,service_date,claim_status\n"
        .to_owned();
    for claim in 0..900 {
        // Half of them of one member, who uses the year up.
        let member = if random.below(2) == 0 { 1 } else { random.below(MEMBERS) };
        let day = random.day("2025-06-01", 100);
        // A line a practitioner, member and day: no line repeats another (D001).
        let (practitioner, units) = (random.below(PRACTITIONERS), 1 + random.below(7));
        let procedure = ["H0038", "H0038", "H0038", "H0025"][random.below(4) as usize];
        let status = ["paid", "paid", "paid", "denied"][random.below(4) as usize];
        let _ = writeln!(
            claims,
            "C{claim},1,M{member},{AGENCY},20000000{practitioner:02},{procedure},{units},{day},\
             {status}"
        );
    }
    place.write("claims.csv", without_repeats(&claims));
    let mut credentials =
        "practitioner_npi,designation,effective_date,expiration_date,status\n".to_owned();
    let mut employment = "practitioner_npi,billing_npi,start_date,end_date\n".to_owned();
    let mut sessions = "practitioner_npi,supervisor_id,session_date,mode\n".to_owned();
    for practitioner in 0..PRACTITIONERS {
        let npi = format!("20000000{practitioner:02}");
        let through = random.day("2025-06-15", 120);
        let status = ["current", "limited", "suspended"][random.below(3) as usize];
        // Nobody is without a row: supervision is asked where there is one (K002).
        let _ = writeln!(credentials, "{npi},CPSSP-A,2020-01-01,{through},{status}");
        let is_new = practitioner % 3 != 0;
        let start = if is_new { "2025-04-20" } else { "2019-01-01" };
        let _ = writeln!(employment, "{npi},{AGENCY},{start},");
        // Those long employed have one session within the year, or none at all.
        let dates = match (is_new, practitioner % 2) {
            (true, 0) => (0..9).map(|_| random.day("2025-05-01", 130)).collect(),
            (true, _) => (0..2).map(|_| random.day("2025-05-20", 60)).collect(),
            (false, 0) => vec![random.day("2025-01-10", 60)],
            (false, _) => Vec::new(),
        };
        for date in dates {
            let mode = ["in_person", ""][random.below(2) as usize];
            let _ = writeln!(sessions, "{npi},SV1,{date},{mode}");
        }
    }
    let mut plans = "plan_id,member_id,start_date,end_date,services\n".to_owned();
    for member in 1..MEMBERS {
        let (start, end) = (random.day("2025-05-01", 60), random.day("2025-08-01", 60));
        let services = ["H0038", "H0038", "H0025:H0038", "H0025"][random.below(4) as usize];
        let _ = writeln!(plans, "P{member},M{member},{start},{end},{services}");
    }
    place.write("tables/credentials.csv", credentials);
    place.write("tables/employment.csv", employment);
    place.write("tables/supervision.csv", sessions);
    place.write("tables/service_plans.csv", plans);
}

/// The rows, without those of a member, practitioner and day that came before.
fn without_repeats(rows: &str) -> String {
    let mut seen = std::collections::HashSet::new();
    let key = |row: &str| {
        let cells: Vec<&str> = row.split(',').collect();
        (cells[2].to_owned(), cells[4].to_owned(), cells[7].to_owned())
    };
    rows.lines().filter(|row| seen.insert(key(row))).map(|row| format!("{row}\n")).collect()
}

/// What a script of others says of the lines that it flags.
fn theirs(place: &Place, python: &std::ffi::OsStr, script: &str) -> BTreeMap<String, Wrong> {
    let script = repository().join("benches/compare").join(script);
    let out = place.path("theirs.csv");
    let output = Command::new(python)
        .arg(&script)
        .args([place.path("tables"), place.path("claims.csv"), out.clone()])
        .output()
        .expect("the Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(out).expect("its answer");
    let rows = columns(&text, &["claim_id", "x1", "x2", "k", "s", "ok"]);
    let number = |text: &str| text.parse::<f64>().expect("a number") as u32;
    let wrong = |row: Vec<String>| {
        let (k, ok) = (row[3] != "true", row[5] != "true");
        (row[0].clone(), (number(&row[1]), number(&row[2]), k, row[4].clone(), ok))
    };
    rows.into_iter().map(wrong).collect()
}

/// What our findings say of the same.
fn ours(place: &Place) -> BTreeMap<String, Wrong> {
    let line = "validate claims.csv --tables tables --as-of 2025-12-31 --out out --quiet \
                --select U001,U002,K002,K003,S001,S002,P001,P002";
    let ran = place.run(line);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let mut lines: BTreeMap<String, Wrong> = BTreeMap::new();
    for row in columns(&place.read("out/findings.csv"), &["claim_id", "rule", "excess_units"]) {
        let wrong = lines.entry(row[0].clone()).or_default();
        match row[1].as_str() {
            "U001" => wrong.0 = row[2].parse().expect("units"),
            "U002" => wrong.1 = row[2].parse().expect("units"),
            "K002" | "K003" => wrong.2 = true,
            "S001" => wrong.3 = "none".to_owned(),
            "S002" => wrong.3 = "late".to_owned(),
            _ => wrong.4 = true,
        }
    }
    lines
}

#[test]
fn scripts_of_others_flag_the_same_lines() {
    let Some(python) = std::env::var_os("PEERCLAIMS_PYTHON") else {
        eprintln!("not run: PEERCLAIMS_PYTHON does not name a Python with duckdb and polars");
        return;
    };
    let mut met = [0; 6];
    for seed in 1..=3 {
        let place = Place::new();
        write_set(&place, &mut Random(seed));
        let ours = ours(&place);
        for (x1, x2, credential, supervision, plan) in ours.values() {
            let is = [
                *x1 > 0,
                *x2 > 0,
                *credential,
                supervision == "none",
                supervision == "late",
                *plan,
            ];
            met.iter_mut().zip(is).for_each(|(count, is)| *count += usize::from(is));
        }
        for script in ["peer_duckdb.py", "peer_polars.py"] {
            let theirs = theirs(&place, &python, script);
            for (claim, wrong) in &ours {
                assert_eq!(Some(wrong), theirs.get(claim), "seed {seed}, {script}: {claim}");
            }
            assert_eq!(ours.len(), theirs.len(), "seed {seed}, {script}");
        }
    }
    assert!(met.iter().all(|count| *count >= 5), "every check must be met: {met:?}");
}
