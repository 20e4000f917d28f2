//! The examples that the contract gives in words, and the corners of netting, by hand.

use super::model::{ClaimFile, ClaimRow, ClaimSet, TableRow};
use super::{Expected, evaluate};

/// A sound service line of member M1 on 2024-03-04.
fn service_line(claim_id: &str, units: &str) -> ClaimRow {
    ClaimRow {
        claim_id: claim_id.to_string(),
        line_number: "1".to_string(),
        member_id: "M1".to_string(),
        billing_npi: "1234567893".to_string(),
        rendering_npi: "1245319599".to_string(),
        procedure_code: "H0038".to_string(),
        units: units.to_string(),
        service_date: "2024-03-04".to_string(),
        charge_amount: "100.00".to_string(),
        ..ClaimRow::default()
    }
}

fn on(row: ClaimRow, date: &str) -> ClaimRow {
    ClaimRow { service_date: date.to_string(), ..row }
}

fn correction(claim_id: &str, frequency: &str, original: &str) -> ClaimRow {
    ClaimRow {
        frequency_code: frequency.to_string(),
        original_claim_id: original.to_string(),
        ..service_line(claim_id, "4")
    }
}

fn set_of(history: Vec<ClaimRow>, current: Vec<ClaimRow>) -> ClaimSet {
    let file = |rows, history| ClaimFile { rows, history, ..ClaimFile::default() };
    ClaimSet {
        files: vec![file(history, true), file(current, false)],
        as_of: Some("2025-06-30".to_string()),
        ..ClaimSet::default()
    }
}

fn run(history: Vec<ClaimRow>, current: Vec<ClaimRow>) -> Expected {
    evaluate(&set_of(history, current))
}

/// Rule, claim and excess of each finding.
fn found(expected: &Expected) -> Vec<String> {
    let short = |columns: &Vec<String>| format!("{} {} {}", columns[0], columns[3], columns[10]);
    expected.findings.iter().map(|finding| short(&finding.columns).trim_end().to_string()).collect()
}

/// The claims that are checked: neither void nor superseded nor repeated.
fn standing(expected: &Expected) -> Vec<String> {
    let gone = ["void", "superseded", "repeated"];
    let rows = expected.claims.iter().filter(|row| !gone.contains(&row[5].as_str()));
    rows.map(|row| row[0].clone()).collect()
}

/// History that uses up units on many days before, six a day at most.
fn used(units: i64) -> Vec<ClaimRow> {
    let mut row = on(service_line("H", &units.to_string()), "2023-07-01");
    row.service_end_date = "2023-09-30".to_string();
    vec![row]
}

#[test]
fn units_of_the_day_and_the_year() {
    let two = run(vec![], vec![service_line("A", "4"), service_line("B", "4.0")]);
    // Equal lines of two claims are a duplicate; so the second differs in its place of service.
    assert_eq!(found(&two), ["D001 B"]);
    let mut second = service_line("B", "4");
    second.place_of_service = "12".to_string();
    assert_eq!(found(&run(vec![], vec![service_line("A", "4"), second])), ["U001 B 2"]);
    assert_eq!(found(&run(vec![], vec![service_line("A", "7")])), ["U001 A 1"]);
    assert_eq!(found(&run(used(198), vec![service_line("A", "4")])), ["U002 A 2"]);
    let both = run(used(199), vec![service_line("A", "8")]);
    assert_eq!(found(&both), ["U001 A 2", "U002 A 5"]);
    assert_eq!(both.claims[0][9], "1");
    assert_eq!(both.claims[0][11], "87.50");
    assert_eq!(found(&run(used(194), vec![service_line("A", "6")])), [""; 0]);
    assert_eq!(found(&run(used(174), vec![service_line("A", "6")])), ["U003 A"]);
}

#[test]
fn billed_units_count_whole_where_the_policy_says_so() {
    let mut set = set_of(used(199), vec![service_line("A", "8")]);
    set.policy.annual_counts_billed = true;
    let both = evaluate(&set);
    assert_eq!(found(&both), ["U001 A 2", "U002 A 7"]);
    assert_eq!(both.claims[0][9], "1");
}

#[test]
fn a_span_has_its_days_of_units_and_joins_no_day() {
    let mut span = service_line("A", "13");
    span.service_end_date = "2024-03-05".to_string();
    let mut single = service_line("B", "6");
    single.modifiers = "HF".to_string();
    assert_eq!(found(&run(vec![], vec![span, single])), ["C004 A", "U001 A 1"]);
}

#[test]
fn chains_of_corrections() {
    let chain = vec![
        correction("C", "7", "B"),
        service_line("A", "4"),
        correction("B", "7", "A"),
        correction("D", "8", "C"),
    ];
    assert_eq!(standing(&run(vec![], chain[..3].to_vec())), ["C"]);
    assert_eq!(standing(&run(vec![], chain)), [""; 0]);
}

#[test]
fn of_two_replacements_the_last_stands_whichever_number_they_name() {
    let mut original = service_line("A", "4");
    original.payer_claim_number = "P1".to_string();
    let by_both = vec![original, correction("B", "7", "P1"), correction("C", "7", "A")];
    assert_eq!(standing(&run(vec![], by_both)), ["C"]);
    let of_unknown = vec![correction("B", "7", "X"), correction("C", "7", "X")];
    let expected = run(vec![], of_unknown);
    assert_eq!(standing(&expected), ["C"]);
    assert_eq!(found(&expected), ["D004 B", "D004 C"]);
    let circle = vec![correction("B", "7", "C"), correction("C", "7", "B")];
    assert_eq!(standing(&run(vec![], circle.clone())), ["C"]);
    let voided = [circle, vec![correction("V", "8", "C")]].concat();
    assert_eq!(standing(&run(vec![], voided)), [""; 0]);
}

#[test]
fn a_correction_that_bills_something_else_corrects_too() {
    let mut other = correction("B", "7", "A");
    other.procedure_code = "T1015".to_string();
    let expected = run(vec![], vec![service_line("A", "4"), other]);
    assert_eq!(expected.claims[0][5], "superseded");
    assert_eq!(expected.claims.len(), 1);
    let own_id = run(vec![service_line("A", "4")], vec![correction("A", "7", "A")]);
    assert_eq!(standing(&own_id), ["A"]);
    assert_eq!(found(&own_id), [""; 0]);
    assert_eq!(own_id.summary.history["corrected_away"], 1);
}

#[test]
fn records_repeated_and_conflicting() {
    let mut again = service_line("A", "4.0");
    again.service_end_date = "20240304".to_string();
    let repeated = run(vec![service_line("A", "4")], vec![again]);
    assert_eq!(repeated.claims[0][5], "repeated");
    assert_eq!(found(&repeated), [""; 0]);
    let conflict = run(vec![], vec![service_line("A", "4"), service_line("A", "5")]);
    assert_eq!(found(&conflict), ["D005 A"]);
    assert_eq!(conflict.claims[0][7..9], ["1", "4"]);
}

/// The practitioner works since 2023-08-31; one session with S1 on `session`, if any.
fn supervised(session: &str, mode: &str, date: &str) -> Vec<String> {
    let mut set = set_of(vec![], vec![on(service_line("A", "4"), date)]);
    let npi = ("practitioner_npi", "1245319599");
    let credential = [npi, ("designation", "R"), ("effective_date", "2020-01-01")];
    let trained = [credential.as_slice(), &[("training_date", "2020-01-01")]].concat();
    set.tables.insert("credentials", vec![TableRow::of(&trained)]);
    set.files[1].rows[0].modifiers = "HF".to_string();
    let stint = [npi, ("billing_npi", "1234567893"), ("start_date", "2023-08-31")];
    set.tables.insert("employment", vec![TableRow::of(&stint)]);
    let held = [npi, ("supervisor_id", "S1"), ("session_date", session), ("mode", mode)];
    let sessions = if session.is_empty() { vec![] } else { vec![TableRow::of(&held)] };
    set.tables.insert("supervision", sessions);
    found(&evaluate(&set))
}

#[test]
fn supervision_by_stage() {
    let nothing = [""; 0];
    assert_eq!(supervised("", "", "2023-09-14"), nothing);
    assert_eq!(supervised("", "", "2023-09-15"), ["S001 A"]);
    assert_eq!(supervised("2023-09-01", "", "2023-09-15"), nothing);
    assert_eq!(supervised("2023-09-01", "video", "2023-09-15"), ["S004 A"]);
    assert_eq!(supervised("2023-09-01", "", "2023-09-16"), ["S002 A"]);
    // Six months after Aug 31 is Feb 29: from there one session a calendar month.
    assert_eq!(supervised("2024-02-10", "", "2024-02-28"), ["S002 A"]);
    assert_eq!(supervised("2024-02-10", "", "2024-02-29"), nothing);
    assert_eq!(supervised("2024-03-31", "", "2024-03-01"), nothing);
    assert_eq!(supervised("2024-04-01", "", "2024-03-01"), ["S001 A"]);
    assert_eq!(supervised("2024-02-10", "", "2025-02-09"), nothing);
    assert_eq!(supervised("2024-02-10", "", "2025-02-10"), ["S002 A"]);
}
