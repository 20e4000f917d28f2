//! `ledger status | runs | undo | export | check | seed | members | backup`.

use super::{Nights, content};
use crate::support::{HEADER, Place, columns};
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;

const NPI: &str = "1234567893";

/// Two nights, the second with a correction of the first.
pub fn two_nights() -> Nights {
    let nights = Nights::new();
    let header = "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
        frequency_code,original_claim_id\n";
    for (name, rows) in [
        ("one.csv", format!("A,1,MEMBER-1,{NPI},H0038,4,2024-09-03,1,\n")),
        (
            "two.csv",
            format!(
                "A7,1,MEMBER-1,{NPI},H0038,3,2024-09-03,7,A\n\
                 B,1,MEMBER-2,{NPI},H0038,6,2025-09-04,1,\n"
            ),
        ),
    ] {
        nights.place.write(name, format!("{header}{rows}"));
        assert_eq!(nights.again(name, "--ignore C007").code, Some(0));
    }
    nights
}

#[test]
fn undo_leaves_the_ledger_as_it_was() {
    let nights = Nights::new();
    nights.run("one.csv", &format!("A,1,M1,{NPI},H0038,4,2025-09-03\n"), "");
    let after_one = nights.content();
    let header = HEADER.replace('\n', ",frequency_code,original_claim_id\n");
    nights.place.write("two.csv", format!("{header}A7,1,M1,{NPI},H0038,3,2025-09-03,7,A\n"));
    nights.again("two.csv", "");
    assert_ne!(nights.content(), after_one);
    let refused = nights.ledger("undo 1");
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("only the newest run"), "{}", refused.stderr);
    assert_eq!(nights.ledger("undo 2").code, Some(0));
    assert_eq!(nights.content(), after_one);
    nights.again("two.csv", "");
    let again = nights.content();
    assert_eq!(nights.ledger("undo 2").code, Some(0));
    assert_eq!(nights.ledger("undo 1").code, Some(0));
    assert_eq!(nights.ledger("undo 0").code, Some(2), "there is nothing left");
    assert!(!again.is_empty() && nights.content().is_empty());
}

#[test]
fn status_runs_and_export_tell_what_is_there() {
    let nights = two_nights();
    let counts = ["runs", "files", "claims", "lines", "net", "corrected_away"];
    assert_eq!(counts.map(|key| nights.status(key)), [2, 2, 3, 3, 2, 1]);
    let runs = nights.ledger("runs --format json").stdout;
    let runs: serde_json::Value = serde_json::from_str(&runs).expect("JSON");
    assert_eq!((&runs[0]["lines"], &runs[1]["changed"]), (&1.into(), &1.into()));
    let listed = nights.ledger("runs").stdout;
    assert!(listed.contains("released") && listed.contains("results in out\n"), "{listed}");
    assert!(listed.lines().all(|line| line.chars().count() <= 80), "{listed}");
    assert!(nights.ledger("status").stdout.contains("corrected away   1"));
    let export = nights.ledger("export --format csv").stdout;
    let names = ["claim_id", "member_id", "units", "service_date", "ledger_standing"];
    let rows: Vec<String> = columns(&export, &names).iter().map(|row| row.join(" ")).collect();
    assert_eq!(
        rows,
        [
            "A MEMBER-1 4 2024-09-03 corrected_away",
            "A7 MEMBER-1 3 2024-09-03 net",
            "B MEMBER-2 6 2025-09-04 net"
        ]
    );
    let json = nights.ledger("export --format json").stdout;
    let first: serde_json::Value =
        serde_json::from_str(json.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["ledger_standing_run"], "2");
}

/// What the ledger exports, read as history, is the ledger.
#[test]
fn an_export_is_history() {
    let nights = two_nights();
    nights.place.write("all.csv", nights.ledger("export").stdout);
    let night = format!("{HEADER}C,1,MEMBER-1,{NPI},H0038,4,2024-09-03\n");
    nights.place.write("night.csv", night);
    nights.again("night.csv", "--dry-run");
    let with_ledger = nights.place.read("out/findings.csv");
    nights.place.run("validate night.csv --history all.csv --out out2 --as-of 2025-09-30");
    assert_eq!(with_ledger, nights.place.read("out2/findings.csv"));
    assert!(with_ledger.contains("U001"));
}

#[test]
fn what_was_known_on_an_earlier_day() {
    let nights = two_nights();
    {
        let ledger = Connection::open(nights.place.path("year.db")).expect("it opens");
        let move_back = "UPDATE run SET started = '2025-01-01T02:00:00.000Z' WHERE id = 1";
        ledger.execute(move_back, []).expect("it is ours to change");
    }
    let export = nights.ledger("export --as-known-on 2025-06-30").stdout;
    let rows = columns(&export, &["claim_id", "ledger_standing"]);
    assert_eq!(rows, [["A", "net"]]);
    let status = nights.ledger("status --format json --as-known-on 2025-06-30").stdout;
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!((&status["runs"], &status["net"]), (&1.into(), &1.into()));
    let members = "members --format json --as-of 2024-09-30";
    let left = |options: &str| {
        let ran = nights.ledger(&format!("{members} {options}"));
        let rows: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        rows[0]["left"].as_i64()
    };
    assert_eq!(left("--as-known-on 2025-06-30"), Some(196));
    assert_eq!(left(""), Some(197), "the replacement has one unit less");
}

#[test]
fn members_that_run_out() {
    let nights = Nights::new();
    let days = (1..=30).map(|day| format!("F{day},1,M1,{NPI},H0038,6,2025-09-{day:02}\n"));
    let mut rows: String = days.collect();
    rows.push_str(&format!("G,1,M2,{NPI},H0038,9,2025-09-01\n"));
    nights.run("night.csv", &rows, "--post all");
    let near = nights.ledger("members --near 20 --as-of 2025-09-30 --format json").stdout;
    let near: serde_json::Value = serde_json::from_str(&near).expect("JSON");
    assert_eq!(near.as_array().map(Vec::len), Some(1));
    assert_eq!((&near[0]["member_id"], &near[0]["left"]), (&"M1".into(), &20.into()));
    let all = nights.ledger("members --as-of 2025-09-30").stdout;
    assert!(
        all.contains("   194       6     200  M2"),
        "past the day's limit nothing counts: {all}"
    );
}

/// A limit year may end after the last day that is written with four digits.
#[test]
fn the_last_limit_year_ends_with_the_calendar() {
    let place = Place::with_claims("Z1,1,M1,1234567893,H0038,4,9999-09-01\n");
    let run = "validate claims.csv --as-of 9999-12-31 --ledger year.db --post all --out out -q";
    assert!(matches!(place.run(run).code, Some(0 | 1)));
    let told = place.run("ledger members --ledger year.db --as-of 9999-12-31").stdout;
    assert!(told.contains("from 9999-07-01 to 9999-12-31"), "{told}");
    assert!(told.contains("   196       4     200  M1"), "{told}");
    place.write("tables/supervisors.csv", "supervisor_id\nSV1\n");
    let upcoming = place.run("upcoming --tables tables --ledger year.db --as-of 9999-12-31");
    assert!(upcoming.stdout.contains("9999-12-31 to 9999-12-31"), "{}", upcoming.stdout);
    assert!(!upcoming.stdout.contains("10000"), "{}", upcoming.stdout);
}

#[test]
fn a_check_sees_what_somebody_changed() {
    let changes = [
        ("UPDATE line SET units = 1 WHERE id = 3", "the lines of run 2 are not those it posted"),
        ("UPDATE line SET standing = 0 WHERE id = 1", "line 1 of the table `line` has another"),
        ("UPDATE run SET manifest = manifest || ' ' WHERE id = 1", "the manifest of run 1"),
        ("UPDATE run SET previous_sha256 = 'x' WHERE id = 2", "run 2 does not follow"),
        ("DELETE FROM line WHERE id = 3", "the lines of run 2 are not those it posted"),
        ("UPDATE run SET lines_sha256 = 'x' WHERE id = 1", "run 1 has other lines than its"),
        ("UPDATE run SET lines_sha256 = NULL WHERE id = 1", "run 1 has other lines than its"),
    ];
    for (change, said) in changes {
        let nights = two_nights();
        assert_eq!(nights.ledger("check").code, Some(0));
        let ledger = Connection::open(nights.place.path("year.db")).expect("it opens");
        ledger.execute(change, []).expect("it is ours to change");
        drop(ledger);
        let ran = nights.ledger("check");
        assert_eq!(ran.code, Some(1), "{change}");
        assert!(ran.stdout.contains(said), "{change}: {}", ran.stdout);
        assert!(!ran.stdout.contains("MEMBER-"), "no member in a message");
    }
}

#[test]
fn seed_posts_the_past_once() {
    let nights = Nights::new();
    nights.place.write("past.csv", format!("{HEADER}A,1,M1,{NPI},H0038,9,2025-09-03\n"));
    let ran = nights.ledger("seed --history past.csv");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("1 of 1 service lines posted, 1 of them net"), "{}", ran.stdout);
    assert_eq!(nights.ledger("seed --history past.csv").code, Some(0));
    assert_eq!((nights.status("lines"), nights.status("runs")), (1, 1), "nothing new, no run");
    nights.run("night.csv", &format!("B,1,M1,{NPI},H0038,1,2025-09-03\n"), "");
    assert_eq!(nights.dispositions(), ["B hold"]);
    nights.place.write("broken.csv", format!("{HEADER}C,1,,{NPI},H0038,1,2025-09-03\n"));
    let ran = nights.ledger("seed --history broken.csv");
    assert_eq!(ran.code, Some(3), "a row was left out: {}", ran.stderr);
    assert!(ran.stderr.contains("broken.csv, row 2"), "{}", ran.stderr);
    assert_eq!(nights.ledger("check").code, Some(0));
}

#[test]
fn a_backup_is_a_ledger() {
    let nights = two_nights();
    let ran = nights.ledger("backup copy.db");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("copy.db: a copy of year.db, "), "{}", ran.stdout);
    let copy = nights.place.path("copy.db");
    assert_eq!(content(&copy), nights.content());
    let mode = |name: &str| {
        let meta = std::fs::metadata(nights.place.path(name)).expect("it is there");
        meta.permissions().mode() & 0o777
    };
    for name in ["copy.db", "year.db", "year.db-lock"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    assert_eq!(nights.ledger("backup copy.db").code, Some(2), "it never writes over a file");
    assert_eq!(nights.place.run("ledger check --ledger copy.db").code, Some(0));
}

#[test]
fn a_seed_says_why_lines_are_not_posted() {
    let place = Place::new();
    let row = |claim: &str, units: u8| format!("{claim},1,M,{NPI},H0038,{units},2025-09-03\n");
    let rows = [row("A", 4), row("A", 4), row("A", 5), row("B", 4)].concat();
    place.write("past.csv", format!("{HEADER}{rows}"));
    let ran = place.run("ledger seed --history past.csv --ledger l.db");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = "run 1: 2 of 4 service lines posted, 2 of them net; 0 earlier ones changed\n\
        not posted: 1 that say what a record before them says (repeated records)\n\
        not posted: 1 that conflict with a record before them";
    assert!(ran.stdout.starts_with(said), "{}", ran.stdout);
}

#[test]
fn an_empty_list_of_members_says_why() {
    let place = Place::new();
    place.write("none.csv", HEADER);
    place.write("past.csv", format!("{HEADER}A,1,M,{NPI},H0038,4,2025-09-03\n"));
    let members = |options: &str| {
        let ran = place.run(&format!("ledger members --ledger l.db {options}"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.stdout
    };
    place.run("ledger seed --history none.csv --ledger l.db");
    let said = members("--as-of 2025-09-30");
    assert!(said.contains("nobody is listed: the ledger holds no net service line"), "{said}");
    place.run("ledger seed --history past.csv --ledger l.db");
    let said = members("--as-of 2024-09-30");
    assert!(said.contains("2025-09-03 to 2025-09-03); --as-of names a day"), "{said}");
    let said = members("--as-of 2025-09-30 --near 20");
    assert!(said.contains("none of 1 members has 20 units or fewer left"), "{said}");
    assert!(!members("--as-of 2025-09-30").contains("nobody"));
    assert_eq!(members("--as-of 2024-09-30 --format json").trim(), "[]");
}
