//! Edges of rules that the random sets meet seldom, each on both of its sides.

use crate::support::{Place, columns};

const CREDENTIAL: &str = "practitioner_npi,designation,effective_date,training_date\n\
    1999900016,CPSSP-A,2020-01-01,2020-01-01\n";

/// Rule, outcome and message of what is found on one line of 2025-09-03, of a practitioner employed
/// since `start` who has these sessions (date and mode).
fn supervised(start: &str, sessions: &[(&str, &str)], as_of: &str) -> Vec<[String; 3]> {
    let place = Place::new();
    place.write(
        "claims.csv",
        "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
         service_date,member_birth_date\n\
         A1,1,M1,1234567893,1999900016,H0038,4,2025-09-03,1990-01-01\n",
    );
    place.write("tables/credentials.csv", CREDENTIAL);
    let stint = format!("1999900016,1234567893,{start}\n");
    let header = "practitioner_npi,billing_npi,start_date\n";
    place.write("tables/employment.csv", format!("{header}{stint}"));
    let mut log = "practitioner_npi,supervisor_id,session_date,mode\n".to_owned();
    for (day, mode) in sessions {
        log.push_str(&format!("1999900016,SV1,{day},{mode}\n"));
    }
    place.write("tables/supervision.csv", log);
    let line = format!("validate claims.csv --tables tables --as-of {as_of} --quiet --out out");
    let ran = place.run(&line);
    assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.stderr);
    let rows = columns(&place.read("out/findings.csv"), &["rule", "outcome", "message"]);
    let rows = rows.into_iter().filter(|row| row[0].starts_with('S'));
    rows.map(|row| [row[0].clone(), row[1].clone(), row[2].clone()]).collect()
}

fn outcomes(found: &[[String; 3]]) -> Vec<String> {
    found.iter().map(|[rule, outcome, _]| format!("{rule} {outcome}")).collect()
}

#[test]
fn a_month_is_open_until_its_last_day() {
    // Eight months after the start: a session in the month of service is asked.
    let of =
        |sessions: &[(&str, &str)], as_of| outcomes(&supervised("2025-01-02", sessions, as_of));
    let before = [("2025-08-20", "in_person")];
    assert_eq!(of(&before, "2025-09-29"), ["S002 pending"]);
    assert_eq!(of(&before, "2025-09-30"), ["S002 fail"], "its last day is over with the run");
    assert_eq!(of(&[], "2025-09-29"), ["S002 pending"]);
    assert_eq!(of(&[], "2025-09-30"), ["S001 fail"]);
    let by_video = [("2025-09-10", "video")];
    assert_eq!(of(&by_video, "2025-09-29"), ["S002 pending"]);
    assert_eq!(of(&by_video, "2025-09-30"), ["S004 fail"]);
    assert!(of(&[("2025-09-30", "in_person")], "2025-09-30").is_empty(), "later in the month");
}

#[test]
fn the_newest_session_is_named_however_old_it_is_in_the_last_stage() {
    let found = supervised("2020-01-02", &[("2024-02-29", "phone")], "2025-09-30");
    assert_eq!(outcomes(&found), ["S004 fail"]);
    assert!(found[0][2].contains("the newest was by phone on 2024-02-29"), "{}", found[0][2]);
}

#[test]
fn a_session_on_the_day_of_service_is_the_newest() {
    let sessions = [("2024-02-29", "in_person"), ("2025-09-03", "video")];
    let found = supervised("2020-01-02", &sessions, "2025-09-30");
    assert_eq!(outcomes(&found), ["S002 fail"]);
    let message = &found[0][2];
    let last = "the last that qualifies is of 2024-02-29 (the one of 2025-09-03 does not count";
    assert!(message.contains(last), "{message}");
}

/// The one message of `rule` on a line without birth date and diagnosis.
fn message_of(rule: &str, credentials: &str, employment: &str) -> String {
    let place = Place::new();
    place.write(
        "claims.csv",
        "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
         service_date\nA1,1,M1,1234567893,1999900016,H0038,4,2025-09-03\n",
    );
    place.write("tables/credentials.csv", credentials);
    place.write("tables/employment.csv", employment);
    let line = "validate claims.csv --tables tables --as-of 2025-09-30 --quiet --out out --select";
    place.run(&format!("{line} {rule}"));
    let rows = columns(&place.read("out/findings.csv"), &["rule", "message"]);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0][1].clone()
}

#[test]
fn what_is_missing_is_named_whole() {
    let stint = "practitioner_npi,billing_npi,start_date\n1999900016,1234567893,2020-01-02\n";
    let two = "practitioner_npi,designation,effective_date\n1999900016,CPSSP-Y,2020-01-01\n\
        1999900016,CPSSP-SU,2020-01-01\n";
    let said = message_of("K004", two, stint);
    assert!(said.contains("the member's birth date and every diagnosis are missing"), "{said}");
}

#[test]
fn no_stint_is_not_a_stint_elsewhere() {
    let stint = |npi: &str, agency: &str| {
        format!("practitioner_npi,billing_npi,start_date\n{npi},{agency},2020-01-02\n")
    };
    let said = message_of("K006", CREDENTIAL, &stint("1999900024", "1234567893"));
    assert!(said.contains("employment.csv has no stint of the practitioner"), "{said}");
    let said = message_of("K006", CREDENTIAL, &stint("1999900016", "1245319599"));
    assert!(said.contains("has stints at other agencies only"), "{said}");
}
