//! `peerclaims remit` from outside: the fixtures, exit codes, what is said and what is not.

use crate::support::{Place, repository};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// A place with the fixtures and a ledger of the night.
fn place() -> Place {
    let place = Place::new();
    std::os::unix::fs::symlink(repository().join("fixtures"), place.path("fixtures"))
        .expect("the folder is writable");
    let ran = place.run(
        "validate fixtures/nightly/claims.837 --tables fixtures/nightly/tables --ledger l.db \
         --post all --quiet",
    );
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    place
}

fn connection(place: &Place) -> Connection {
    Connection::open_with_flags(place.path("l.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)
        .expect("a ledger")
}

/// Rows of a query, each value as SQLite's tools would write it.
fn query(place: &Place, select: &str) -> Vec<String> {
    let connection = connection(place);
    let mut statement = connection.prepare(select).expect("SQL");
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let values = (0..columns).map(|index| match row.get::<_, Value>(index)? {
            Value::Null => Ok(String::new()),
            Value::Integer(number) => Ok(number.to_string()),
            Value::Text(text) => Ok(text),
            other => Ok(format!("{other:?}")),
        });
        values.collect::<rusqlite::Result<Vec<String>>>().map(|values| values.join("|"))
    };
    statement.query_map([], row).expect("rows").map(|row| row.expect("a row")).collect()
}

/// Everything that the ledger holds.
fn content(place: &Place) -> Vec<String> {
    let tables = query(place, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    assert!(tables.contains(&"payment".to_owned()), "{tables:?}");
    let rows = tables.iter().flat_map(|table| {
        query(place, &format!("SELECT '{table}', * FROM {table} ORDER BY 1, 2, 3"))
    });
    rows.collect()
}

const STATES: &str = "SELECT claim_id, line_number, standing, remit_status, remit_paid, \
    remit_number, remit_denied, payer_claim_number FROM line WHERE remit_number IS NOT NULL \
    ORDER BY claim_id, line_number, id";

#[test]
fn the_fixtures_become_what_was_worked_out_by_hand() {
    let place = place();
    let ran = place.run("remit fixtures/remit/first.835 --ledger l.db");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let expected = [
        "N001|1|0|1|6124|2025260001001|0|",
        "N001|2|0|1|6124|2025260001001|0|",
        "N001|3|0|1|6124|2025260001001|0|",
        "N002|1|1|4|0|2025260001002|1|",
        "N002|2|1|4|0|2025260001002|1|",
        "N003|1|0|1|6124|2025260001003|0|",
        "N003|2|1|1|0|2025260001003|1|",
        "N017|1|0|1|5800|2025260001017|0|",
        "N017|2|0|1|6124|2025260001017|0|",
        "N018|1|1|4|0|2025260001018|1|",
        "N018|2|1|4|0|2025260001018|1|",
        "N024|1|0|2|0|2025260001024|0|",
        "N024|2|0|2|0|2025260001024|0|",
    ];
    assert_eq!(query(&place, STATES), expected);
    let ran = place.run("remit fixtures/remit/second.835 --ledger l.db");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let second = [
        "N001|1|0|1|6124|2025267002001|0|",
        "N001|1|2|1|6124|2025267002001|0|2025260001001",
        "N001|2|0|1|6124|2025267002001|0|",
        "N001|2|2|1|6124|2025267002001|0|2025260001001",
        "N001|3|1|1|0|2025267002001|1|",
        "N001|3|1|1|0|2025267002001|1|2025260001001",
        "N002|1|0|1|6124|2025267002002|0|",
        "N002|1|2|1|6124|2025267002002|0|2025260001002",
        "N002|2|0|1|3062|2025267002002|0|",
        "N002|2|2|1|3062|2025267002002|0|2025260001002",
        "N003|1|0|1|6124|2025260001003|0|",
        "N003|2|1|1|0|2025260001003|1|",
        "N017|1|1|22|0|2025260001017|1|",
        "N017|2|1|22|0|2025260001017|1|",
    ];
    assert_eq!(query(&place, STATES)[..14], second);
}

#[test]
fn the_order_of_files_and_runs_changes_nothing() {
    let (forth, back, together) = (place(), place(), place());
    forth.run("remit fixtures/remit/first.835 --ledger l.db");
    forth.run("remit fixtures/remit/second.835 --ledger l.db");
    back.run("remit fixtures/remit/second.835 --ledger l.db");
    back.run("remit fixtures/remit/first.835 --ledger l.db");
    together.run("remit fixtures/remit --ledger l.db --block-bytes 64");
    let states = query(&forth, STATES);
    assert_eq!(states, query(&back, STATES));
    assert_eq!(states, query(&together, STATES));
}

#[test]
fn what_was_recorded_once_is_known() {
    let place = place();
    let ran = place.run("remit fixtures/remit --ledger l.db --format json");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let before = content(&place);
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((&said["run"], &said["claims"]["recorded"]), (&2.into(), &10.into()));
    let ran = place.run("remit fixtures/remit --ledger l.db --format json");
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(said["run"], serde_json::Value::Null);
    let claims = &said["claims"];
    assert_eq!((&claims["recorded"], &claims["known_before"]), (&0.into(), &10.into()));
    assert_eq!((&claims["unmatched"], &claims["other_procedures"]), (&1.into(), &1.into()));
    assert_eq!((&claims["all"], &said["files"][0]["seen_in_run"]), (&12.into(), &2.into()));
    assert!(content(&place) == before, "the ledger was changed");
}

#[test]
fn a_dry_run_and_an_undone_run_leave_the_ledger_as_it_was() {
    let place = place();
    place.run("remit fixtures/remit/first.835 --ledger l.db");
    let before = content(&place);
    let dry = place.run("remit fixtures/remit/second.835 --ledger l.db --dry-run");
    assert_eq!(dry.code, Some(0), "{}", dry.stderr);
    assert!(dry.stdout.contains("give their units back                  3"), "{}", dry.stdout);
    assert!(content(&place) == before, "a dry run changed the ledger");
    place.run("remit fixtures/remit/second.835 --ledger l.db");
    assert!(content(&place) != before, "nothing was recorded");
    let undone = place.run("ledger undo 3 --ledger l.db");
    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
    assert!(content(&place) == before, "undo left something behind");
}

/// A file of another kind, read last, has no row that an added record could name.
#[test]
fn a_file_of_another_kind_behind_remittances_does_no_harm() {
    let place = place();
    for name in ["first.835", "second.835"] {
        let from = repository().join("fixtures/remit").join(name);
        place.write(&format!("mail/{name}"), std::fs::read(from).expect("a fixture"));
    }
    place.write("mail/zz.txt", "a letter\n");
    let ran = place.run("remit mail --ledger l.db");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(place.run("ledger check --ledger l.db").code, Some(0));
}

#[test]
fn payments_go_with_the_lines_that_a_prune_takes() {
    let place = place();
    place.run("remit fixtures/remit --ledger l.db");
    let payments = |place: &Place| query(place, "SELECT count(*) FROM payment").concat();
    assert_eq!(payments(&place), "10");
    let pruned = place.run("ledger prune --before 2025-12-01 --even-this-year --ledger l.db");
    assert_eq!(pruned.code, Some(0), "{}", pruned.stderr);
    assert_eq!(payments(&place), "0");
    assert_eq!(place.run("ledger check --ledger l.db").code, Some(0));
}

#[test]
fn a_correction_finds_its_target_by_the_payers_number() {
    let place = place();
    let header = "claim_id,line_number,frequency_code,original_claim_id,member_id,billing_npi,\
        procedure_code,units,service_date\n";
    let row = |id: &str, number: &str| {
        format!("{id},1,7,{number},MSM000001,1888000019,H0038,4,2025-09-08\n")
    };
    let rows = [row("R1", "2025260001001"), row("R2", "2025267002001"), row("R3", "X")].concat();
    place.write("next.csv", format!("{header}{rows}"));
    let next = "validate next.csv --ledger l.db --dry-run --out - --select D004 --quiet \
        --as-of 2025-10-01";
    let unknown = |place: &Place| place.run(next).stdout.matches("D004").count();
    assert_eq!(unknown(&place), 3);
    place.run("remit fixtures/remit/first.835 --ledger l.db");
    assert_eq!(unknown(&place), 2);
    place.run("remit fixtures/remit/second.835 --ledger l.db");
    assert_eq!(unknown(&place), 1, "the older number is still known");
}

#[test]
fn exit_codes_say_what_was_done() {
    let place = place();
    let code = |arguments: &str| {
        let ran = place.run(arguments);
        (ran.code, ran.stderr)
    };
    let before = content(&place);
    let (exit, said) = code("remit fixtures/remit/first.835 --ledger none.db");
    assert!(exit == Some(2) && said.contains("no such ledger"), "{said}");
    let (exit, said) = code("remit fixtures/nightly/claims.837 --ledger l.db");
    assert!(exit == Some(2) && said.contains("1 other transaction sets"), "{said}");
    let (exit, said) = code("remit fixtures/remit/first.835 missing.835 --ledger l.db");
    assert!(exit == Some(2) && said.contains("missing.835"), "{said}");
    let (exit, said) = code("remit fixtures/nightly/tables --ledger l.db");
    assert!(exit == Some(2) && said.contains("no 835 remittance there"), "{said}");
    assert_eq!(code("remit fixtures/remit/first.835").0, Some(2), "a ledger is needed");
    assert!(content(&place) == before, "something was written");
    let bytes = std::fs::read(place.path("fixtures/remit/first.835")).expect("a fixture");
    place.write("cut.835", &bytes[..bytes.len() / 2]);
    let (exit, said) = code("remit cut.835 --ledger l.db");
    assert_eq!(exit, Some(3), "{said}");
    assert!(said.contains("the file breaks off within this claim payment"), "{said}");
    assert!(content(&place) != before, "what could be read is recorded");
}

#[test]
fn packed_files_and_standard_input_are_read_alike() {
    let place = place();
    let bytes = std::fs::read(place.path("fixtures/remit/first.835")).expect("a fixture");
    place.write("first.zst", zstd::encode_all(&bytes[..], 1).expect("to memory"));
    let packed = place.run("remit first.zst --ledger l.db --dry-run");
    let piped = place.run_with_input("remit - --ledger l.db --dry-run", &bytes);
    let plain = place.run("remit fixtures/remit/first.835 --ledger l.db --dry-run");
    let tail = |said: &str| said.split("\n\nClaim payments").nth(1).map(str::to_owned);
    let tail =
        |said: &str| tail(said).map(|text| text.replace("first.zst", "F").replace("- ", "F"));
    assert!(tail(&plain.stdout).is_some_and(|text| text.contains("recorded")));
    let counts = |said: &str| tail(said).map(|text| text.lines().take(13).collect::<String>());
    assert_eq!(counts(&packed.stdout), counts(&plain.stdout));
    assert_eq!(counts(&piped.stdout), counts(&plain.stdout));
}

#[test]
fn nothing_says_who_a_member_is() {
    let place = place();
    let mut bytes = std::fs::read(place.path("fixtures/remit/first.835")).expect("a fixture");
    for from in ["NM1*QC*1*DUNLAP", "CLP*N017*1*122", "SE*9"] {
        let found = bytes.windows(from.len()).position(|text| text == from.as_bytes());
        bytes[found.expect("it is there") + 2] = b'?';
    }
    place.write("damaged.835", &bytes);
    for arguments in ["fixtures/remit", "damaged.835", "damaged.835 --format json"] {
        let ran = place.run(&format!("remit {arguments} --ledger l.db --dry-run"));
        let said = format!("{}{}", ran.stdout, ran.stderr);
        for secret in ["MSM0", "DUNLAP", "QUILL", "BARNES", "REX"] {
            assert!(!said.contains(secret), "{arguments}: {secret} in {said}");
        }
        assert!(!ran.stderr.contains("N0"), "a claim id on standard error: {}", ran.stderr);
    }
}
