//! `ledger check` sees what somebody changed: whatever can be worked out again from the rest.

use super::Nights;
use super::commands::two_nights;
use crate::random_sets::Rng;
use crate::remittances::wire::{self, Check, Payment};
use rusqlite::Connection;

/// Two nights, two decisions, and two remittances, one of them for a claim with an older number.
fn ledger() -> Nights {
    let nights = two_nights();
    assert_eq!(nights.ledger("hold X --reason looked --by me").code, Some(0));
    assert_eq!(nights.ledger("release Y --reason looked --by me").code, Some(0));
    for (number, (status, icn, paid)) in
        [("1", "I1", 6000), ("22", "I1", -6000), ("1", "I2", 4000)].into_iter().enumerate()
    {
        let payment = Payment {
            claim_id: "B".to_owned(),
            status: status.to_owned(),
            charge: if paid < 0 { -6000 } else { 6000 },
            paid,
            number: icn.to_owned(),
            frequency: "1".to_owned(),
            ..Payment::default()
        };
        let check = Check {
            trace: format!("T{number}"),
            payee_npi: "1234567893".to_owned(),
            day: format!("2025101{number}"),
            payments: vec![payment],
            ..Check::default()
        };
        let name = format!("{number}.835");
        nights.place.write(&name, wire::file(&mut Rng::new(1), &[check]));
        let ran = nights.place.run(&format!("remit {name} --ledger year.db"));
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    }
    let ran = nights.ledger("check");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    nights
}

/// Changes that leave a file that SQLite itself finds well.
const CHANGES: &[&str] = &[
    // lines
    "UPDATE line SET units = 1 WHERE id = 2",
    "UPDATE line SET standing = 3 WHERE id = 3",
    "UPDATE line SET standing_run = 1 WHERE id = 1",
    "UPDATE line SET run = 1",
    "UPDATE line SET file = 1",
    "DELETE FROM line WHERE id = 2",
    "CREATE TEMP TABLE t AS SELECT * FROM line WHERE id = 1; \
     UPDATE t SET id = 99, claim_id = 'Z'; INSERT INTO line SELECT * FROM t",
    "DELETE FROM line_before",
    "UPDATE line_before SET standing = 1",
    // remittances
    "UPDATE line SET remit_denied = 1 WHERE id = 2",
    "UPDATE line SET remit_denied = 1, standing = 1 WHERE id = 2",
    "UPDATE line SET remit_paid = 1 WHERE remit_paid IS NOT NULL",
    "UPDATE line SET remit_status = '4' WHERE remit_status IS NOT NULL",
    "UPDATE line SET remit_number = 'ZZ' WHERE remit_number IS NOT NULL",
    "UPDATE line SET remit_run = 5 WHERE remit_run IS NOT NULL",
    "DELETE FROM payment_line",
    "UPDATE payment_line SET effect = 1",
    "UPDATE payment_line SET line = 2",
    "UPDATE payment SET paid_cents = 1",
    "UPDATE payment SET status = '4' WHERE status = '22'",
    "UPDATE payment SET run = 1",
    // runs
    "UPDATE run SET lines_sha256 = NULL",
    "UPDATE run SET lines_sha256 = NULL WHERE id = 2; UPDATE line SET units = 1 WHERE run = 2",
    "UPDATE run SET manifest = ''",
    "UPDATE run SET manifest = replace(manifest, 'released', 'all') WHERE id = 1",
    "UPDATE run SET post = 'all'",
    "UPDATE run SET as_of = 20200101",
    "UPDATE run SET started = '2001-01-01T00:00:00Z'",
    "UPDATE run SET kind = 'seed' WHERE id = 1",
    "UPDATE run SET kind = 'prune' WHERE id = 1",
    // files
    "UPDATE file SET sha256 = '00'",
    "UPDATE file SET name = 'x'",
    "UPDATE file SET bytes = 7",
    "UPDATE file SET run = 2 WHERE id = 1",
    "INSERT INTO file SELECT 99, run, name, kind, bytes, sha256, newest_day FROM file WHERE id = 1",
    // decisions
    "UPDATE decision SET verdict = 'release'",
    "UPDATE decision SET claim_id = 'W'",
    "UPDATE decision SET billing_npi = '1'",
    "UPDATE decision SET reason = 'x'",
    "UPDATE decision SET decided_by = 'x'",
    "DELETE FROM decision WHERE run = 3",
    "UPDATE decision SET run = 1 WHERE run = 3",
    // tables
    "DROP INDEX line_member",
    "DROP TRIGGER payment_of_file",
    "DROP TRIGGER payment_without_line; CREATE TRIGGER payment_without_line \
     AFTER DELETE ON payment_line BEGIN SELECT 1; END",
    "CREATE TABLE extra (a)",
];

#[test]
fn every_change_is_seen() {
    let nights = ledger();
    let good = std::fs::read(nights.place.path("year.db")).expect("the ledger");
    for change in CHANGES {
        nights.place.write("changed.db", &good);
        let ledger = Connection::open(nights.place.path("changed.db")).expect("it opens");
        ledger.execute_batch(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        drop(ledger);
        let ran = nights.place.run("ledger check --ledger changed.db");
        assert_eq!(ran.code, Some(1), "{change}: {}{}", ran.stdout, ran.stderr);
        assert!(!ran.stdout.contains("MEMBER-"), "no member in a message");
    }
    nights.place.write("changed.db", &good);
    assert_eq!(nights.place.run("ledger check --ledger changed.db").code, Some(0));
}
