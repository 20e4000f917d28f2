//! What findings say where a reader would be led astray by less: messages, and their evidence.

use serde_json::Value;

use crate::support::Place;

const CLAIMS: &str = "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
                      service_date,member_birth_date,diagnosis_codes\n";

/// A place with the tables of one practitioner, employed since 2023-01-01.
fn place() -> Place {
    let place = Place::new();
    let credentials = "practitioner_npi,designation,effective_date,training_date\n\
                       1999900016,CPSSP-A,2022-01-01,2022-01-01\n";
    place.write("tables/credentials.csv", credentials);
    let employment = "practitioner_npi,billing_npi,start_date\n1999900016,1234567893,2023-01-01\n";
    place.write("tables/employment.csv", employment);
    place
}

/// The supervision log, with each session as `date,mode` (and more).
fn log(place: &Place, sessions: &[&str]) {
    let rows = sessions.iter().map(|session| format!("1999900016,SV1,{session}\n"));
    let header = "practitioner_npi,supervisor_id,session_date,mode\n";
    place.write("tables/supervision.csv", format!("{header}{}", rows.collect::<String>()));
}

/// The findings of `rule` on services on `day`, as objects.
fn findings(place: &Place, rule: &str, day: &str) -> Vec<Value> {
    let row = format!("A1,1,M1,1234567893,1999900016,H0038,4,{day},1990-01-01,F32\n");
    place.write("claims.csv", format!("{CLAIMS}{row}"));
    let run = "validate claims.csv --tables tables --as-of 2025-09-30 --out - --format json";
    let ran = place.run(&format!("{run} --quiet --select {rule}"));
    assert!(ran.code.is_some_and(|code| code < 2), "{ran:?}");
    ran.stdout.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

/// The message of the one finding, and why each session of its evidence does not count.
fn says(place: &Place, rule: &str, day: &str) -> (String, Vec<String>) {
    let found = findings(place, rule, day);
    assert_eq!(found.len(), 1, "{found:?}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let sessions = found[0]["evidence"]["sessions"].as_array().cloned().unwrap_or_default();
    let why_not = |session: &Value| {
        format!("{} {}", text(&session["session_date"]), text(&session["why_not"]))
    };
    (text(&found[0]["message"]), sessions.iter().map(why_not).collect())
}

#[test]
fn overdue_supervision_names_the_last_session_that_qualifies() {
    let place = place();
    log(&place, &["2024-05-01,in_person", "2024-07-01,video", "2025-06-10,video"]);
    let (message, why_not) = says(&place, "S002", "2025-09-10");
    let expected = "Supervision required from 2024-09-10 to 2025-09-10 (last stage, employed since \
                    2023-01-01); the last that qualifies is of 2024-05-01 (the one of 2025-06-10 \
                    does not count: not face to face). Enter the missing session in the log, or do \
                    not bill.";
    assert_eq!(message, expected);
    let expected = [
        "2025-06-10 not face to face",
        "2024-07-01 before the interval, not face to face",
        "2024-05-01 before the interval",
    ];
    assert_eq!(why_not, expected);

    log(&place, &["2024-05-01,in_person", "2025-09-20,in_person"]);
    let (message, why_not) = says(&place, "S002", "2025-09-10");
    assert!(message.contains("2023-01-01); the last before it is of 2024-05-01. "), "{message}");
    assert_eq!(why_not, ["2025-09-20 after the service date", "2024-05-01 before the interval"]);
}

#[test]
fn overdue_supervision_of_the_first_year_names_the_last_session_before_the_interval() {
    let place = place();
    // The second stage asks for a session in the month of service.
    log(&place, &["2023-06-30,video", "2023-10-01,in_person"]);
    let (message, why_not) = says(&place, "S002", "2023-09-10");
    let expected = "Supervision required from 2023-09-01 to 2023-09-30 (second stage, employed \
                    since 2023-01-01); the last before it is of 2023-06-30. Enter the missing \
                    session in the log, or do not bill.";
    assert_eq!(message, expected);
    let expected = [
        "2023-10-01 after the month of service",
        "2023-06-30 before the interval, not face to face",
    ];
    assert_eq!(why_not, expected);
    let (message, why_not) = says(&place, "S002", "2023-07-01");
    assert!(message.contains("; the last before it is of 2023-06-30. "), "{message}");
    assert_eq!(why_not[0], "2023-10-01 after the month of service");
    // The first stage asks for one in the two weeks before.
    log(&place, &["2023-02-01,in_person", "2023-02-17,in_person"]);
    let (message, why_not) = says(&place, "S002", "2023-02-16");
    let expected = "required from 2023-02-02 to 2023-02-16 (first stage, employed since \
                    2023-01-01); the last before it is of 2023-02-01.";
    assert!(message.contains(expected), "{message}");
    assert_eq!(why_not, ["2023-02-17 after the service date", "2023-02-01 before the interval"]);
}
