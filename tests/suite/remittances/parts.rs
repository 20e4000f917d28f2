//! What a payer says twice, in parts, in one breath with taking it back, or of a void.

use super::wire::{self, Check, Payment, Service};
use crate::random_sets::Rng;
use crate::support::{Place, columns};

const NPI: &str = "1888000019";
const HEADER: &str = "claim_id,line_number,frequency_code,original_claim_id,member_id,billing_npi,\
    procedure_code,units,service_date,charge_amount\n";

/// A ledger of the claims, all posted.
fn ledger(rows: &[&str]) -> Place {
    let place = Place::new();
    for (number, row) in rows.iter().enumerate() {
        let name = format!("night{number}.csv");
        place.write(&name, format!("{HEADER}{row}"));
        let ran = place.run(&format!("validate {name} --ledger l.db --post all --quiet"));
        assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.stderr);
    }
    place
}

/// A claim of 4 units for 60 dollars.
fn claim() -> Place {
    ledger(&[&format!("A,1,1,,M1,{NPI},H0038,4,2025-09-12,60.00\n")])
}

/// A service of that day; what is not paid is taken off for `reason`.
fn service(charge: i64, paid: i64, reason: (&str, &str)) -> Service {
    let off = (reason.0.to_owned(), reason.1.to_owned(), charge - paid);
    Service {
        procedure: "H0038".to_owned(),
        charge,
        paid,
        first_day: "20250912".to_owned(),
        adjustments: if charge == paid { Vec::new() } else { vec![off] },
        ..Service::default()
    }
}

fn payment(status: &str, services: &[Service]) -> Payment {
    Payment {
        claim_id: "A".to_owned(),
        status: status.to_owned(),
        charge: services.iter().map(|service| service.charge).sum(),
        paid: services.iter().map(|service| service.paid).sum(),
        number: "I1".to_owned(),
        frequency: "1".to_owned(),
        services: services.to_vec(),
        ..Payment::default()
    }
}

fn paid() -> Payment {
    payment("1", &[service(6000, 6000, ("", ""))])
}

fn taken_back() -> Payment {
    payment("22", &[service(-6000, -6000, ("", ""))])
}

/// Reads one set a file, each in a run of its own.
fn remit(place: &Place, sets: &[(&str, &str, &[Payment])]) {
    for (number, (trace, day, payments)) in sets.iter().enumerate() {
        let check = Check {
            trace: (*trace).to_owned(),
            payee_npi: NPI.to_owned(),
            day: (*day).to_owned(),
            payments: payments.to_vec(),
            ..Check::default()
        };
        let name = format!("{trace}{number}.835");
        place.write(&name, wire::file(&mut Rng::new(number as u64), &[check]));
        let ran = place.run(&format!("remit {name} --ledger l.db"));
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    }
    let checked = place.run("ledger check --ledger l.db");
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
}

/// Claim id, standing, paid amount, status of the remittance, line by line.
fn lines(place: &Place) -> Vec<String> {
    let export = place.run("ledger export --ledger l.db").stdout;
    let names = ["claim_id", "ledger_standing", "paid_amount", "ledger_remit_status"];
    columns(&export, &names).iter().map(|row| row.join(" ")).collect()
}

#[test]
fn paid_taken_back_and_paid_again_in_one_set_is_paid() {
    let place = claim();
    let set = [paid(), taken_back(), paid()];
    remit(&place, &[("T1", "20250930", &set)]);
    assert_eq!(lines(&place), ["A net 60.00 1"]);
    // The same set once more says nothing new, also beside itself.
    let bytes = std::fs::read(place.path("T10.835")).expect("the file");
    place.write("twice.835", [&bytes[..], &bytes[..]].concat());
    let said = place.run("remit T10.835 twice.835 --ledger l.db --format json").stdout;
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&said["claims"]["known_before"], &said["run"]), (&9.into(), &().into()));
}

#[test]
fn the_same_amounts_for_another_reason_or_on_another_day_are_another_payment() {
    let place = claim();
    let owed = payment("1", &[service(6000, 0, ("PR", "1"))]);
    let refused = payment("1", &[service(6000, 0, ("CO", "119"))]);
    remit(&place, &[("T1", "20250930", &[owed])]);
    assert_eq!(lines(&place), ["A net 0.00 1"]);
    remit(&place, &[("T1", "20250930", std::slice::from_ref(&refused))]);
    // Of one day and trace, the place in the remittance is the same: the ledger has both.
    let payments = |place: &Place| {
        let ledger = rusqlite::Connection::open(place.path("l.db")).expect("it opens");
        let count = ledger.query_row("SELECT count(*) FROM payment", [], |row| row.get(0));
        count.expect("a count")
    };
    let count: i64 = payments(&place);
    assert_eq!(count, 2);
    remit(&place, &[("T1", "20251007", &[refused])]);
    assert_eq!((payments(&place), lines(&place)), (3, vec!["A denied 0.00 1".to_owned()]));
}

#[test]
fn a_denied_claim_of_which_something_is_paid_is_read_service_by_service() {
    let two = format!(
        "A,1,1,,M1,{NPI},H0038,4,2025-09-12,60.00\nA,2,1,,M1,{NPI},H0038,2,2025-09-13,60.00\n"
    );
    let place = ledger(&[&two]);
    let other = Service { first_day: "20250913".to_owned(), ..service(6000, 0, ("CO", "16")) };
    let part = payment("4", &[service(6000, 6000, ("", "")), other]);
    remit(&place, &[("T1", "20250930", &[part])]);
    assert_eq!(lines(&place), ["A net 60.00 4", "A denied 0.00 4"]);
}

#[test]
fn a_line_decided_on_in_parts_is_refused_where_all_of_them_are() {
    let (half, none) = (service(3000, 3000, ("", "")), service(3000, 0, ("CO", "119")));
    for (parts, said) in [
        ([half.clone(), none.clone()], "A net 30.00 1"),
        ([none.clone(), half], "A net 30.00 1"),
        ([none.clone(), none.clone()], "A denied 0.00 1"),
    ] {
        let place = claim();
        remit(&place, &[("T1", "20250930", &[payment("1", &parts)])]);
        assert_eq!(lines(&place), [said]);
    }
    // More than the line has is another line, which the ledger does not know.
    let place = claim();
    let whole = service(6000, 6000, ("", ""));
    remit(&place, &[("T1", "20250930", &[payment("1", &[whole, none])])]);
    assert_eq!(lines(&place), ["A net 60.00 1"]);
    let said = place.run("remit T10.835 --ledger l.db --format json").stdout;
    assert!(said.contains("\"known_before\": 1"), "{said}");
}

#[test]
fn a_payment_and_its_reversal_of_one_day_are_read_alike_in_any_order() {
    let (one, other) = (paid(), taken_back());
    let forth = claim();
    let day = "20250930";
    remit(
        &forth,
        &[("T1", day, std::slice::from_ref(&one)), ("T2", day, std::slice::from_ref(&other))],
    );
    let back = claim();
    remit(&back, &[("T2", day, &[other]), ("T1", day, &[one])]);
    assert_eq!(lines(&forth), ["A denied 0.00 22"]);
    assert_eq!(lines(&back), lines(&forth));
}

#[test]
fn a_void_that_is_refused_changes_nothing_whatever_the_status_says() {
    for status in ["1", "4"] {
        let place = ledger(&[
            &format!("A,1,1,,M1,{NPI},H0038,4,2025-09-12,60.00\n"),
            &format!("AV,1,8,A,M1,{NPI},H0038,4,2025-09-12,60.00\n"),
        ]);
        assert_eq!(lines(&place), ["A corrected_away  ", "AV corrected_away  "]);
        let mut refused = payment(status, &[service(6000, 0, ("CO", "16"))]);
        refused.claim_id = "AV".to_owned();
        refused.frequency = "8".to_owned();
        refused.original = "A".to_owned();
        remit(&place, &[("T1", "20250930", &[refused])]);
        assert_eq!(lines(&place), ["A net  ".to_owned(), format!("AV denied 0.00 {status}")]);
    }
}
