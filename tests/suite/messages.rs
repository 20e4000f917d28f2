//! What findings say where a reader would be led astray by less: messages, and their evidence.

use serde_json::Value;

use crate::support::Place;

const CLAIMS: &str = "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,\
                      units,service_date,member_birth_date,diagnosis_codes\n";

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
    findings_of(place, rule, &format!("{CLAIMS}{row}"))
}

/// The findings of `rule` on these claims, as objects.
fn findings_of(place: &Place, rule: &str, claims: &str) -> Vec<Value> {
    place.write("claims.csv", claims);
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

/// What one finding of `rule` says, and the rows of its evidence.
fn one(place: &Place, rule: &str, claims: &str) -> (String, Vec<String>) {
    let found = findings_of(place, rule, claims);
    assert_eq!(found.len(), 1, "{rule}: {found:?}");
    let rows = found[0]["evidence"]["rows"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&found[0]["message"]), rows.iter().map(text).collect())
}

#[test]
fn a_designation_out_of_scope_says_what_it_serves_and_what_is_billed() {
    let parent = "CPSSP-P (member aged at most 20)";
    let recovery = "CPSSP-R (diagnosis F10-F19 or modifier HF)";
    let both = format!("{parent}, {recovery}");
    let cases = [
        ("P", "1990-01-01", "F32", format!("fits: {parent}; the member is 35. Check birth date")),
        ("R", "", "F32", format!("fits: {recovery}; no diagnosis or modifier on the claim fits. ")),
        (
            "PRP",
            "1990-01-01",
            "F32",
            format!("fits: {both}; the member is 35, no diagnosis or modifier on the claim fits. "),
        ),
        ("P", "", "F32", format!("{parent}; the member's birth date is missing on the claim. ")),
        ("R", "1990-01-01", "", format!("{recovery}; every diagnosis is missing on the claim. ")),
        (
            "PR",
            "",
            "",
            format!(
                "{both}; the member's birth date and every diagnosis are missing on the claim."
            ),
        ),
    ];
    for (designations, birth, diagnosis, expected) in cases {
        let place = place();
        let row = |code: char| format!("1999900016,CPSSP-{code},2022-01-01,2022-01-01\n");
        let rows: String = designations.chars().map(row).collect();
        let header = "practitioner_npi,designation,effective_date,training_date\n";
        place.write("tables/credentials.csv", format!("{header}{rows}"));
        let row = format!("A1,1,M1,1234567893,1999900016,H0038,4,2025-09-10,{birth},{diagnosis}\n");
        let (message, rows) = one(&place, "K004", &format!("{CLAIMS}{row}"));
        assert!(message.contains(&expected), "{message}");
        assert_eq!(rows.len(), designations.len());
        let first = designations.chars().next().expect("a designation");
        let begins = format!("row 2: CPSSP-{first}, from 2022-01-01, current");
        assert!(rows[0].starts_with(&begins), "{rows:?}");
        assert!(rows[0].ends_with(", trained 2022-01-01"), "{rows:?}");
    }
}

#[test]
fn whoever_is_not_employed_by_the_agency_has_the_nearest_stint_named() {
    let row = "A1,1,M1,1234567893,1999900016,H0038,4,2025-09-10,1990-01-01,F32\n";
    let claims = format!("{CLAIMS}{row}");
    let cases = [
        ("1999900024,1234567893,2023-01-01,\n", "has no stint of the practitioner", vec![]),
        (
            "1999900016,1245319599,2023-01-01,\n",
            "has stints at other agencies only",
            vec!["row 2: agency 1245319599, from 2023-01-01"],
        ),
        (
            "1999900016,1234567893,2023-01-01,2025-09-08\n1999900016,1234567893,2025-09-15,\n",
            "the nearest stint there (row 2) ended on 2025-09-08",
            vec![
                "row 2: agency 1234567893, 2023-01-01 to 2025-09-08",
                "row 3: agency 1234567893, from 2025-09-15",
            ],
        ),
    ];
    for (rows, expected, evidence) in cases {
        let place = place();
        let header = "practitioner_npi,billing_npi,start_date,end_date\n";
        place.write("tables/employment.csv", format!("{header}{rows}"));
        let (message, rows) = one(&place, "K006", &claims);
        assert!(message.contains(expected), "{message}");
        assert_eq!(rows, evidence);
    }
}

#[test]
fn corrections_say_whether_they_void_or_replace() {
    let header = "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
                  frequency_code,original_claim_id\n";
    for (rule, original, frequency, expected) in [
        ("D003", "", "7", "This replacement (frequency 7) names no claim."),
        ("D003", "", "8", "This void (frequency 8) names no claim."),
        ("D004", "X9", "7", "This replacement names claim X9, but no peer-support line of that"),
        ("D004", "X9", "8", "This void names claim X9, but no peer-support line of that"),
    ] {
        let row = format!("A1,1,M1,1234567893,H0038,4,2025-09-10,{frequency},{original}\n");
        let (message, _) = one(&place(), rule, &format!("{header}{row}"));
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn sessions_that_do_not_count_are_named_with_the_reason() {
    let place = place();
    log(&place, &["2025-09-01,in_person", "2025-09-02,video"]);
    let header = "supervisor_id,mental_health_professional,training_date\n";
    place.write("tables/supervisors.csv", format!("{header}SV2,true,2020-01-01\n"));
    let (message, _) = says(&place, "S003", "2025-09-10");
    let why = "of 2025-09-01 (row 2 of supervision.csv) the supervisor is not in supervisors.csv.";
    assert!(message.contains(why), "{message}");
    for (mode, words) in
        [("video", "by video"), ("phone", "by phone"), ("letter", "in another mode")]
    {
        log(&place, &[&format!("2025-09-02,{mode}")]);
        let (message, _) = says(&place, "S004", "2025-09-10");
        let why = format!("; the newest was {words} on 2025-09-02 (row 2 of supervision.csv)");
        assert!(message.contains(&why), "{message}");
    }
}

#[test]
fn units_over_a_limit_are_counted_in_words_that_fit() {
    let day = |units: u32| {
        format!("{CLAIMS}A1,1,M1,1234567893,1999900016,H0038,{units},2025-09-10,1990-01-01,F32\n")
    };
    let (message, _) = one(&place(), "U001", &day(7));
    let expected = "7 units for the member on 2025-09-10 with this line, limit 6 a day; 1 of this \
                    line's units is over. Bill at most 6 units here.";
    assert_eq!(message, expected);
    let place = place();
    place.write(
        "tables/service_plans.csv",
        "plan_id,member_id,start_date,services,planned_units,\
        planned_period\nP1,M1,2025-01-01,H0038,2,week\n",
    );
    let (message, _) = one(&place, "P004", &day(4));
    let expected = "4 units for the member in the week from 2025-09-08 with this line, 2 planned a \
                    week (row 2 of service_plans.csv); 2 of this line's units are over.";
    assert!(message.starts_with(expected), "{message}");
}
