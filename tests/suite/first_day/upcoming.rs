//! `upcoming`: what it says falls due is what the rules find a day later.

use super::{WELL, well};
use crate::support::{Place, columns, repository};
use serde_json::Value;

/// Practitioner 1234567893, employed since that day, with one session by a qualified supervisor.
fn employed_since(start: &str, session: &str) -> Place {
    let place = well();
    place.write(
        "tables/employment.csv",
        format!("practitioner_npi,billing_npi,start_date\n1234567893,1245319599,{start}\n"),
    );
    place.write("tables/supervision.csv", log(&[session]));
    place
}

fn log(sessions: &[&str]) -> String {
    let rows = sessions.iter().map(|day| format!("1234567893,SUP-9,{day}\n"));
    format!("practitioner_npi,supervisor_id,session_date\n{}", rows.collect::<String>())
}

fn found(place: &Place, line: &str) -> Vec<Value> {
    let ran = place.run(&format!("upcoming --tables tables {line} --format json"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let value: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    value["upcoming"].as_array().expect("a list").clone()
}

fn due(place: &Place, kind: &str, line: &str) -> Vec<String> {
    let found = found(place, line);
    let of_kind = found.iter().filter(|due| due["kind"] == kind);
    of_kind.map(|due| due["due_date"].as_str().unwrap_or("-").to_owned()).collect()
}

/// The S rules that a service on `day` meets, as of that day.
fn supervision_findings(place: &Place, day: &str) -> Vec<String> {
    place.write(
        "claims.csv",
        format!(
            "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
             service_date,member_birth_date\n\
             A,1,MEMBER7,1245319599,1234567893,H0038,1,{day},1980-01-01\n"
        ),
    );
    let run = format!("validate claims.csv --tables tables --as-of {day} --select S --out -");
    let ran = place.run(&run);
    columns(&ran.stdout, &["rule"]).into_iter().map(|mut row| row.remove(0)).collect()
}

#[test]
fn supervision_is_due_on_the_first_day_that_the_rules_would_find() {
    for (start, session, as_of, expected, day_before) in [
        // First six months: a session in the 14 days before each service.
        ("2025-07-01", "2025-09-10", "2025-09-15", "2025-09-25", Some("2025-09-24")),
        // The first fortnight needs none.
        ("2025-09-10", "2024-01-01", "2025-09-15", "2025-09-25", Some("2025-09-24")),
        // To one year: one in the calendar month.
        ("2025-02-01", "2025-08-20", "2025-09-15", "2025-09-30", None),
        // After that: the newest at most 365 days old.
        ("2020-02-01", "2024-09-20", "2025-09-15", "2025-09-21", Some("2025-09-20")),
        // Overdue: since when.
        ("2020-02-01", "2024-09-10", "2025-09-15", "2025-09-11", Some("2025-09-10")),
    ] {
        let place = employed_since(start, session);
        let line = format!("--as-of {as_of} --days 30");
        assert_eq!(due(&place, "supervision_due", &line), [expected], "{start} {session}");
        let rules = supervision_findings(&place, expected);
        assert!(rules == ["S002"] || rules == ["S001"], "{start}, on {expected}: {rules:?}");
        if let Some(day) = day_before {
            assert!(supervision_findings(&place, day).is_empty(), "{start}, on {day}");
        }
        // A session on the day that is named is in time.
        place.write("tables/supervision.csv", log(&[session, expected]));
        assert!(supervision_findings(&place, expected).is_empty(), "{start}, with a session");
    }
}

#[test]
fn who_has_left_or_is_supervised_needs_no_session() {
    let place = employed_since("2025-07-01", "2025-09-10");
    assert!(due(&place, "supervision_due", "--as-of 2025-09-15 --days 9").is_empty());
    let stint = "practitioner_npi,billing_npi,start_date,end_date\n\
        1234567893,1245319599,2025-07-01,2025-09-24\n";
    place.write("tables/employment.csv", stint);
    assert!(due(&place, "supervision_due", "--as-of 2025-09-15").is_empty());
}

#[test]
fn credentials_and_plans_that_end_are_said_unless_others_go_on() {
    let place = well();
    let ends = |line| due(&place, "credential_ends", line);
    assert_eq!(ends("--as-of 2025-12-20 --days 25"), ["2026-01-14"]);
    assert!(ends("--as-of 2025-12-20 --days 24").is_empty());
    assert_eq!(ends("--as-of 2026-01-14 --days 0"), ["2026-01-14"], "its last day");
    assert_eq!(ends("--as-of 2026-01-15"), ["2026-01-14"], "it ended yesterday");
    assert_eq!(ends("--as-of 2026-02-13"), ["2026-01-14"]);
    let long_ago = ["2026-01-14"];
    assert_eq!(ends("--as-of 2026-02-14"), long_ago, "long ago, and employed without one still");
    assert_eq!(ends("--as-of 2028-02-14"), long_ago);
    let (_, staff) = WELL[1];
    place.write("tables/employment.csv", staff.replace("2024-02-01,,1", "2024-02-01,2026-01-14,1"));
    assert!(ends("--as-of 2026-01-15").is_empty(), "who has left needs none");
    assert!(ends("--as-of 2026-03-20").is_empty(), "nor later");
    place.write("tables/employment.csv", staff);
    let (_, credentials) = WELL[0];
    let next = format!("{credentials}1234567893,A,2026-01-15,2027-01-14,\n");
    place.write("tables/credentials.csv", next);
    assert!(due(&place, "credential_ends", "--as-of 2025-12-20").is_empty(), "it is renewed");
    assert!(due(&place, "credential_ends", "--as-of 2026-01-20").is_empty(), "it was renewed");
    let late = format!("{credentials}1234567893,A,2026-01-18,2027-01-14,\n");
    place.write("tables/credentials.csv", late);
    let ends = |line| due(&place, "credential_ends", line);
    assert_eq!(ends("--as-of 2026-01-17"), ["2026-01-14"], "it is not renewed yet");
    assert!(ends("--as-of 2026-01-18").is_empty(), "renewed after a gap");
    let rows = "practitioner_npi,designation,effective_date,status,status_date\n\
        1234567893,A,2024-01-15,retired,2025-10-05\n";
    place.write("tables/credentials.csv", rows);
    assert_eq!(due(&place, "credential_ends", "--as-of 2025-09-20"), ["2025-10-04"]);

    assert_eq!(due(&place, "credential_ends", "--as-of 2027-09-20"), ["2025-10-04"]);
    // Suspended all along: there is no last day, but none in force either.
    place.write("tables/credentials.csv", rows.replace("retired,2025-10-05", "suspended,"));
    assert_eq!(due(&place, "credential_ends", "--as-of 2025-09-20"), ["-"]);
    let text = place.run("upcoming --tables tables --as-of 2025-09-20").stdout;
    assert!(text.contains("ENDED  1234567893  CPSSP-A, suspended, row 2"), "{text}");

    let plans = |place: &Place| found(place, "--as-of 2026-06-15");
    let of_plans = |found: Vec<Value>| {
        found.into_iter().filter(|due| due["kind"] == "plan_ends").collect::<Vec<_>>()
    };
    let ends = of_plans(plans(&place));
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0]["member_id"], "MEMBER7", "there the member is the point");
    assert_eq!((&ends[0]["row"], &ends[0]["days_left"]), (&2.into(), &15.into()));
    let ended = found(&place, "--as-of 2026-07-01");
    let text = place.run("upcoming --tables tables --as-of 2026-07-01").stdout;
    assert_eq!(of_plans(ended)[0]["days_left"], -1);
    assert!(text.contains("2026-06-30  ENDED"), "{text}");
    let (_, text) = WELL[2];
    let other = |services| format!("{text}P2,MEMBER7,2026-07-01,,{services},,,,\n");
    place.write("tables/service_plans.csv", other("H2015"));
    assert_eq!(of_plans(plans(&place)).len(), 1, "a plan without peer support does not go on");
    place.write("tables/service_plans.csv", other("H0038"));
    assert!(of_plans(plans(&place)).is_empty());
}

#[test]
fn who_is_employed_without_a_credential_is_named_for_it_and_asked_for_no_session() {
    let place = employed_since("2020-02-01", "2024-09-10");
    let (_, credentials) = WELL[0];
    let of_kind = |kind, as_of| due(&place, kind, &format!("--as-of {as_of}"));
    assert_eq!(of_kind("supervision_due", "2026-01-14"), ["2025-09-11"], "in force to that day");
    assert!(of_kind("supervision_due", "2026-01-15").is_empty(), "no session mends K003");
    assert_eq!(of_kind("credential_ends", "2026-03-20"), ["2026-01-14"]);
    // Renewed after a gap: since then sessions are asked for again, and the gap is none of them.
    let rows = format!("{credentials}1234567893,A,2026-03-01,,2023-11-10\n");
    place.write("tables/credentials.csv", rows);
    assert_eq!(of_kind("supervision_due", "2026-02-20"), ["2026-03-01"]);
    assert_eq!(of_kind("supervision_due", "2026-03-20"), ["2026-03-01"]);
    // Another designation goes on: a credential is in force, so the old end is forgotten.
    let rows = format!("{credentials}1234567893,MH,2024-01-15,,2023-11-10\n");
    place.write("tables/credentials.csv", rows);
    assert!(of_kind("credential_ends", "2026-03-20").is_empty());

    // Second stage: a session by the end of the month still covers the days before the end.
    let place = employed_since("2025-06-01", "2025-12-10");
    let of_kind = |kind, as_of| due(&place, kind, &format!("--as-of {as_of}"));
    assert_eq!(of_kind("supervision_due", "2026-01-20"), ["2026-01-31"]);
    assert!(of_kind("supervision_due", "2026-02-02").is_empty());
}

#[test]
fn tables_as_init_makes_them_are_said_to_be_nobodys() {
    let place = Place::new();
    assert_eq!(place.run("init work").code, Some(0));
    let run = "upcoming --tables work --as-of 2026-03-20";
    let text = place.run(run).stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("2026-01-14  ENDED") && !text.contains("OVERDUE"), "{text}");
    let said = "WARNING: work/credentials.csv: the table credentials holds the example row of the \
        template and nothing else";
    assert!(words.contains(said), "{text}");
    let csv = place.run(&format!("{run} --format csv"));
    assert!(csv.stderr.contains(said), "{csv:?}");
}

#[test]
fn the_ledger_knows_units_and_claims_near_the_limit() {
    let place = well();
    let nightly = repository().join("fixtures/nightly");
    let claims = nightly.join("claims.csv");
    std::fs::copy(&claims, place.path("claims.csv")).expect("a copy");
    let tables = nightly.join("tables").display().to_string();
    let run = format!(
        "validate claims.csv --tables {tables} --ledger year.db --post all --as-of 2025-09-15 \
         --out results --quiet"
    );
    assert_eq!(place.run(&run).code, Some(1));
    let members =
        place.run("ledger members --ledger year.db --near 20 --as-of 2025-09-15 --format json");
    let members: Value = serde_json::from_str(&members.stdout).expect("JSON");
    let found = found(&place, "--ledger year.db --as-of 2025-09-15");
    let few: Vec<_> = found.iter().filter(|due| due["kind"] == "units_left").collect();
    assert_eq!(few.len(), members.as_array().map_or(0, Vec::len));

    // Every held claim whose deadline lies in the days asked for, as the work list has it.
    let queue = columns(&place.read("results/queue.csv"), &["claim_id", "deadline"]);
    let mut expected: Vec<_> = queue
        .into_iter()
        .filter(|row| ("2026-09-01"..="2026-09-30").contains(&&*row[1]))
        .map(|row| (row[1].clone(), row[0].clone()))
        .collect();
    expected.sort();
    assert!(!expected.is_empty());
    let line = "--ledger year.db --as-of 2026-09-01 --days 29";
    let of_claims = |found: Vec<Value>| -> Vec<_> {
        let near = found.into_iter().filter(|due| due["kind"] == "filing_limit");
        let text = |due: &Value, key: &str| due[key].as_str().unwrap_or_default().to_owned();
        near.map(|due| (text(&due, "due_date"), text(&due, "claim_id"))).collect()
    };
    assert_eq!(of_claims(super::upcoming::found(&place, line)), expected);
    // The results are gone: said, and not passed over.
    std::fs::remove_dir_all(place.path("results")).expect("removed");
    let ran = place.run(&format!("upcoming --tables tables {line}"));
    assert!(ran.stdout.contains("NOT LOOKED FOR: held claims"), "{}", ran.stdout);
}

#[test]
fn what_was_not_looked_for_is_said_in_every_form() {
    let place = well();
    std::fs::remove_file(place.path("tables/supervision.csv")).expect("removed");
    let run = "upcoming --tables tables --as-of 2025-12-20";
    let text = place.run(run);
    assert!(text.stdout.contains("NOT LOOKED FOR: supervision.csv not given"), "{}", text.stdout);
    let csv = place.run(&format!("{run} --format csv"));
    assert!(csv.stderr.contains("supervision_due not looked for"), "{csv:?}");
    assert_eq!(columns(&csv.stdout, &["kind", "due_date", "days_left"]).len(), 1);
    let json: Value =
        serde_json::from_str(&place.run(&format!("{run} --format json")).stdout).expect("JSON");
    let kinds: Vec<_> = json["not_looked_for"].as_array().expect("a list").iter().collect();
    assert!(kinds.iter().any(|reason| reason["kind"] == "supervision_due"));
    // A row that is left out makes it a part result.
    place.write("tables/employment.csv", format!("{}x,y,z,,,\n", WELL[1].1));
    let ran = place.run(run);
    assert!(ran.code == Some(3) && ran.stdout.contains("PART RESULT"), "{ran:?}");
}

/// What `upcoming` finds near the filing limit, as claim ids, and what it could not look for.
fn near_the_limit(place: &Place, folder: &str, line: &str) -> (Vec<String>, String) {
    let ran = place.run_in(folder, &format!("upcoming {line} --format json"));
    let json: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let due = json["upcoming"].as_array().expect("a list").iter();
    let due = due.filter(|due| due["kind"] == "filing_limit");
    let ids = due.map(|due| due["claim_id"].as_str().unwrap_or_default().to_owned()).collect();
    let open = json["not_looked_for"].as_array().expect("a list").iter();
    let open = open.filter(|reason| reason["kind"] == "filing_limit");
    (ids, open.map(ToString::to_string).collect())
}

/// A night whose only claim is held: nobody may render it.
fn held_night(place: &Place, claim: &str, out: &str) {
    let header = crate::support::HEADER.trim_end().to_owned() + ",rendering_npi\n";
    let row = format!("{claim},1,M,1245319599,H0038,1,2025-09-12,1679576722\n");
    place.write("night.csv", format!("{header}{row}"));
    let line = "validate night.csv --tables tables --ledger year.db --as-of 2025-09-30 --quiet";
    let ran = place.run(&format!("{line} --out {out}"));
    assert!(ran.code == Some(1) && place.read(&format!("{out}/queue.csv")).contains(claim));
}

#[test]
fn held_claims_are_those_of_the_ledgers_own_runs_wherever_it_is_asked() {
    let place = well();
    held_night(&place, "H1", "results");
    let line = "--tables ../tables --ledger ../year.db --as-of 2026-09-01";
    // Another agency's results stand under the same name.
    let strange = place.read("results/queue.csv").replace("H1", "STRANGE");
    place.write("elsewhere/results/queue.csv", strange);
    place.write("elsewhere/results/manifest.json", "{}");
    assert_eq!(near_the_limit(&place, "elsewhere", line), (vec!["H1".to_owned()], String::new()));
    // Results that are others than the run wrote are not its own.
    place.write("results/manifest.json", place.read("results/manifest.json") + " ");
    let (found, open) = near_the_limit(&place, "elsewhere", line);
    assert!(found.is_empty() && open.contains("not in "), "{found:?} {open}");
    let runs = place.run("ledger runs --ledger year.db");
    assert!(runs.stdout.contains("results in results\n"), "as it is typed here: {runs:?}");
}

#[test]
fn claims_that_earlier_nights_hold_are_found_or_said_not_to_be() {
    let line = "--tables tables --ledger year.db --as-of 2026-09-01";
    let place = well();
    held_night(&place, "H1", "n1");
    held_night(&place, "H2", "n2");
    assert_eq!(near_the_limit(&place, "", line).0, ["H1", "H2"]);
    // Decided anew, and posted: no longer held.
    let row = "H1,1,M,1245319599,H0038,1,2025-09-12\n";
    place.write("night.csv", format!("{}{row}", crate::support::HEADER));
    let run = "validate night.csv --ledger year.db --as-of 2025-09-30 --out n3 --quiet";
    assert_eq!(place.run(run).code, Some(0));
    assert_eq!(near_the_limit(&place, "", line), (vec!["H2".to_owned()], String::new()));
    // One folder for every night: the first night's work list is gone.
    let place = well();
    held_night(&place, "H1", "results");
    held_night(&place, "H2", "results");
    let (found, open) = near_the_limit(&place, "", line);
    assert_eq!(found, ["H2"]);
    assert!(open.contains("claims that run 1 held and no later run read"), "{open}");
}

#[test]
fn a_deadline_that_is_no_date_is_a_part_result() {
    let place = well();
    held_night(&place, "H1", "results");
    let queue = place.read("results/queue.csv");
    place.write("bad/queue.csv", queue.replacen("2026-09-12", "2025-99-20", 1));
    let ran = place.run("upcoming --tables tables --results bad --as-of 2026-09-01");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stdout.contains("PART RESULT: 1 rows of bad/queue.csv"), "{ran:?}");
}

#[test]
fn columns_that_may_be_slips_are_warned_of() {
    let place = well();
    let credentials = std::fs::read_to_string(place.path("tables/credentials.csv")).expect("it");
    place
        .write("tables/credentials.csv", credentials.replacen("expiration_date", "expiry_date", 1));
    let ran = place.run("upcoming --tables tables --as-of 2025-09-15");
    assert!(ran.stdout.contains("WARNING"), "{ran:?}");
    assert!(ran.stdout.contains("expiry_date (is it expiration_date?)"), "{ran:?}");
}
