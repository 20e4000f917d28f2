//! Tests of the policy room.

use super::*;
use crate::model::{NaiveDate, Severity, date};

const RULES: [&str; 5] = ["U001", "U002", "K004", "P005", "S002"];

fn day(text: &str) -> NaiveDate {
    date::parse(text.as_bytes()).expect("a date in a test")
}

fn good(text: &str) -> Policy {
    read(text, &RULES).unwrap_or_else(|error| panic!("{error}"))
}

/// The text of the error that reading `text` must give.
fn bad(text: &str) -> String {
    match read(text, &RULES) {
        Ok(_) => panic!("no error: {text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_key_of_the_builtin_has_a_comment_with_a_source() {
    let mut comment = String::new();
    let mut keys = Vec::new();
    for line in BUILTIN_TEXT.lines() {
        match line.split_once(" = ") {
            _ if line.starts_with('#') => comment.push_str(line),
            Some((key, _)) => {
                let named = ["[S1", "[S2", "[S3", "[A", "[I"].iter().any(|s| comment.contains(s));
                assert!(named && comment.contains(']'), "{key}: {comment}");
                keys.push(key.to_owned());
                comment.clear();
            }
            None => comment.clear(),
        }
        assert!(line.chars().count() <= 100, "{line}");
    }
    for (table, known) in read::KEYS {
        for key in known {
            let header = BUILTIN_TEXT.contains(&format!("[{key}]"));
            let present = keys.iter().any(|found| found == key);
            assert!(present || (table.is_empty() && header), "{table}.{key} is not there");
        }
    }
}

#[test]
fn the_builtin_is_the_policy_of_the_contract() {
    let policy = builtin();
    assert_eq!(policy.name, "Mississippi Medicaid peer support");
    assert_eq!(policy.procedures, ["H0038"]);
    assert_eq!(policy.benefit_began, day("2012-01-01"));
    let limits = Limits { from: day("2012-01-01"), daily_units: 6, annual_units: 200 };
    assert_eq!(policy.limits, [limits]);
    let units = &policy.units;
    assert_eq!((units.limit_year_starts, units.annual_counts), ((7, 1), AnnualCounts::Payable));
    assert_eq!((units.near_annual_percent, units.practitioner_daily_units), (90, 48));
    assert_eq!((units.epsdt_under_age, units.group_modifiers.as_slice()), (21, &["HQ".into()][..]));
    assert_eq!(policy.claims.filing_days, 365);
    assert_eq!(policy.claims.inpatient_places_of_service, ["21", "51"]);
    assert_eq!(policy.credentials.practising_statuses, ["current", "limited"]);
    let supervision = &policy.supervision;
    assert_eq!((supervision.first_stage_months, supervision.first_stage_days), (6, 14));
    assert_eq!((supervision.second_stage_months, supervision.last_stage_days), (12, 365));
    assert_eq!(supervision.face_to_face_modes, ["in_person"]);
    assert_eq!(supervision.supervisor_fte_ratio, 9);
    assert_eq!(policy.plans.signer_roles, ["physician", "mental_health_professional"]);
    assert_eq!(policy.plans.week_starts, WeekStarts(chrono::Weekday::Mon));
    assert!(policy.severity.is_empty());
}

#[test]
fn the_builtin_designations_are_those_of_the_contract() {
    let scope = |code: &str| DesignationScope { code: code.into(), ..Default::default() };
    let prefixes: Vec<String> = (10..20).map(|number| format!("F{number}")).collect();
    let substance = |code| DesignationScope {
        diagnosis_prefixes: prefixes.clone(),
        or_modifiers: vec!["HF".into()],
        ..scope(code)
    };
    let expected = [
        DesignationScope { member_age_min: Some(18), ..scope("A") },
        DesignationScope { member_age_min: Some(18), ..scope("MH") },
        substance("R"),
        substance("SU"),
        DesignationScope {
            member_age_max: Some(26),
            practitioner_age_min: Some(18),
            practitioner_age_max: Some(26),
            ..scope("Y")
        },
        DesignationScope { member_age_max: Some(20), ..scope("P") },
    ];
    assert_eq!(builtin().designations, expected);
}

#[test]
fn what_is_left_out_keeps_its_builtin_value() {
    assert_eq!(good(""), builtin());
    assert_eq!(good(BUILTIN_TEXT), builtin());
    assert_eq!(good("[units]\n[severity]\n"), builtin());
    let policy = good("\u{feff}[units]\r\nnear_annual_percent = 80\r\n");
    assert_eq!(policy.units.near_annual_percent, 80);
    assert_eq!(policy.units.practitioner_daily_units, 48);
    assert_eq!(policy.limits, builtin().limits);
}

#[test]
fn limits_replace_the_builtin_ones_whole_and_are_sorted() {
    let policy = good(
        "[[limits]]\nfrom = \"2026-07-01\"\ndaily_units = 8\n\
         [[limits]]\nfrom = 2015-01-01\ndaily_units = 0\nannual_units = 100\n",
    );
    let expected = [
        Limits { from: day("2015-01-01"), daily_units: 0, annual_units: 100 },
        // Left out: the built-in annual limit.
        Limits { from: day("2026-07-01"), daily_units: 8, annual_units: 200 },
    ];
    assert_eq!(policy.limits, expected);
    assert_eq!(policy.limits_on(day("2014-12-31")), None);
    assert!(good("limits = []").limits.is_empty());
}

#[test]
fn designations_replace_the_builtin_ones_whole_and_codes_take_their_case() {
    let policy = good(
        "procedures = [\" h0038 \", \"h0039\", \"H0039\"]\n\
         [[designations]]\ncode = \"cpssp-r\"\n\
         diagnosis_prefixes = [\"f10.2\"]\nor_modifiers = [\"hf\"]\n\
         [credentials]\npractising_statuses = [\"Current\"]\n\
         [supervision]\nface_to_face_modes = [\"In_Person\", \"VIDEO\"]\n\
         [plans]\nweek_starts = \"Sunday\"\n[severity]\np005 = \"DENY\"\n",
    );
    assert_eq!(policy.procedures, ["H0038", "H0039"]);
    assert_eq!(policy.designations.len(), 1);
    assert_eq!(policy.designations[0].code, "R");
    assert_eq!(policy.designations[0].diagnosis_prefixes, ["F102"]);
    assert_eq!(policy.designations[0].or_modifiers, ["HF"]);
    assert_eq!(policy.credentials.practising_statuses, ["current"]);
    assert_eq!(policy.supervision.face_to_face_modes, ["in_person", "video"]);
    assert_eq!(policy.plans.week_starts, WeekStarts(chrono::Weekday::Sun));
    assert_eq!(policy.severity.get("P005"), Some(&Severity::Deny));
}

#[test]
fn a_key_like_no_other_has_no_nearest() {
    for text in ["zzqx = 1", "[units]\nxylophone = 1"] {
        assert!(!bad(text).contains("nearest"), "{}", bad(text));
        assert!(bad(text).contains("`peerclaims policy` prints all"), "{}", bad(text));
    }
}

#[test]
fn an_unknown_key_names_the_nearest_known_one_and_its_line() {
    for (text, line, key, nearest) in [
        ("\nprocedure = [\"H0038\"]", 2, "procedure", "`procedures`"),
        ("[unit]\nx = 1", 1, "unit", "`units`"),
        ("[units]\n\nepsdt_age = 1", 3, "units.epsdt_age", "`units.epsdt_under_age`"),
        ("filing_days = 3", 1, "filing_days", "`claims.filing_days`"),
        // As near to one key as to the other: the one of its own table is meant.
        ("[units]\nannual_x = 3", 2, "units.annual_x", "`units.annual_counts`"),
        ("[[limits]]\nannual_x = 3", 2, "limits.annual_x", "`limits.annual_units`"),
        // As near to two of its table: the first of them.
        (
            "[[designations]]\ncode = \"A\"\nmember_age = 3",
            3,
            "designations.member_age",
            "`designations.member_age_min`",
        ),
        ("[[limits]]\nfrom = 2020-01-01\ndaily = 3", 3, "limits.daily", "`limits.daily_units`"),
        (
            "[[designations]]\ncode = \"A\"\nage_max = 3",
            3,
            "designations.age_max",
            "member_age_max",
        ),
        ("[severity]\nP05 = \"deny\"", 2, "severity.P05", "`P005`"),
    ] {
        let message = bad(text);
        assert!(message.starts_with(&format!("line {line}: {key}: ")), "{message}");
        assert!(message.contains(nearest), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn values_that_do_not_fit_say_what_is_expected() {
    for (text, line, expected) in [
        ("name = 3", 1, "text"),
        ("procedures = []", 1, "at least one"),
        ("procedures = \"H0038\"", 1, "a list"),
        ("procedures = [\n  \"H0038\",\n  38,\n]", 3, "procedure codes in quotes"),
        ("procedures = [\"\"]", 1, "procedure codes in quotes"),
        ("benefit_began = 2012-02-30", 1, ""),
        ("benefit_began = \"2012-02-30\"", 1, "a date YYYY-MM-DD"),
        ("benefit_began = 2012-01-01T00:00:00", 1, "a date YYYY-MM-DD"),
        ("limits = 3", 1, "[[limits]]"),
        ("[limits]\nfrom = 2020-01-01", 1, "[[limits]]"),
        ("[[limits]]\nfrom = \"soon\"", 2, "a date"),
        ("[[limits]]\nfrom = 2020-01-01\ndaily_units = -1", 3, "a whole number from 0"),
        ("[[limits]]\nfrom = 2020-01-01\n[[limits]]\nfrom = \"2020-01-01\"", 4, "second table"),
        ("units = 3", 1, "[units]"),
        ("[units]\nlimit_year_starts = \"13-40\"", 2, "MM-DD"),
        ("[units]\nlimit_year_starts = \"7-1\"", 2, "MM-DD"),
        ("[units]\nannual_counts = \"paid\"", 2, "\"payable\", \"billed\""),
        ("[units]\nnear_annual_percent = 90.5", 2, "a whole number"),
        ("[units]\nepsdt_under_age = 99999999999", 2, "a whole number"),
        ("[claims]\nfiling_days = \"365\"", 2, "a whole number"),
        ("[claims]\ninpatient_places_of_service = [21]", 2, "in quotes"),
        ("[[designations]]\nmember_age_min = 3", 1, "missing"),
        ("[[designations]]\ncode = \"X\"", 2, "one of A, P, Y, R, MH, SU"),
        ("[[designations]]\ncode = \"A\"\n[[designations]]\ncode = \"a\"", 4, "second table"),
        ("[[designations]]\ncode = \"A\"\nmember_age_min = 9\nmember_age_max = 8", 4, "no age"),
        ("[[designations]]\ncode = \"R\"\ndiagnosis_prefixes = [\".\"]", 3, "ICD-10"),
        ("[credentials]\npractising_statuses = [\"active\"]", 2, "current, inactive"),
        ("[plans]\nweek_starts = \"someday\"", 2, "\"monday\""),
        ("[severity]\nP005 = \"block\"", 2, "\"deny\", \"review\", \"info\""),
        ("[severity]\nP005 = \"deny\"\np005 = \"info\"", 3, "twice"),
        ("severity = \"deny\"", 1, "[severity]"),
        ("name = \"a\"\nname = \"b\"", 2, "not TOML"),
        ("name = ", 1, "not TOML"),
    ] {
        let message = bad(text);
        assert!(message.starts_with(&format!("line {line}: ")), "{text}\n{message}");
        assert!(message.contains(expected), "{text}\n{message}");
    }
}

#[test]
fn all_problems_are_said_at_once_in_the_order_of_the_file() {
    let error = read("[units]\nx = 1\nannual_counts = 2\n[claims]\nfiling_days = -1\n", &RULES)
        .expect_err("three problems");
    let lines: Vec<usize> = error.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 3, 5]);
    assert_eq!(error.to_string().lines().count(), 3);
}

#[test]
fn hostile_text_is_an_error_and_no_crash() {
    let deep = "[".repeat(100_000);
    let dotted = format!("{}x = 1", "a.".repeat(10_000));
    for text in [deep.as_str(), dotted.as_str(), "\0", "a = \u{1}", "\"\" = 1", "=", "[[]]"] {
        assert!(read(text, &RULES).is_err());
    }
}

#[test]
fn remarks_on_the_builtin_say_only_where_the_limits_begin() {
    assert_eq!(remarks(&builtin()), ["limits: service dates before 2012-01-01 have no limit"]);
}

#[test]
fn remarks_name_what_is_odd() {
    for (text, part) in [
        ("procedures = [\"PEER\"]", "`PEER` does not look like a HCPCS code"),
        ("limits = []", "there are none"),
        ("[[limits]]\nfrom = 2020-01-01", "service dates before 2020-01-01 have no limit"),
        ("[[limits]]\nfrom = 2020-01-01", "from 2012-01-01 to 2019-12-31 have neither"),
        ("[[limits]]\ndaily_units = 0", "every unit is past it"),
        ("[[limits]]\nannual_units = 5", "annual limit (5) is below the daily one (6)"),
        ("[units]\nlimit_year_starts = \"02-29\"", "March 1"),
        ("[units]\nnear_annual_percent = 101", "U003 finds nothing"),
        ("[units]\npractitioner_daily_units = 96", "24 hours"),
        ("[claims]\ninpatient_places_of_service = [\"x\"]", "`X` does not look like"),
        ("[[designations]]\ncode = \"A\"", "A has no condition"),
        ("[[designations]]\ncode = \"A\"", "P is not given"),
        ("[[designations]]\ncode = \"A\"\nor_modifiers = [\"HF\"]", "they change nothing"),
        ("[credentials]\npractising_statuses = []", "no credential is in force"),
        ("[supervision]\nsecond_stage_months = 5", "below first_stage_months (6)"),
        ("[supervision]\nface_to_face_modes = [\"zoom\"]", "`zoom` is none of"),
        ("[plans]\nsigner_roles = []", "P005"),
        ("[plans]\nsigner_roles = [\"nurse\"]", "`nurse` is none of physician"),
        ("[severity]\nP005 = \"deny\"", "failures of P005 are set to deny"),
    ] {
        let remarks = remarks(&good(text));
        assert!(remarks.iter().any(|remark| remark.contains(part)), "{text}\n{remarks:?}");
    }
}

#[test]
fn what_is_only_just_right_has_no_remark() {
    let first = "limits: service dates before 2012-01-01 have no limit";
    for text in [
        "procedures = [\"H0038\", \"0362T\"]",
        "[[limits]]\nfrom = 2012-01-01\ndaily_units = 6\nannual_units = 6",
        "[units]\nnear_annual_percent = 100",
        "[units]\nnear_annual_percent = 1",
        "[supervision]\nsecond_stage_months = 6",
    ] {
        assert_eq!(remarks(&good(text)), [first], "{text}");
    }
    for (text, part) in [
        ("procedures = [\"H00381\"]", "`H00381` does not look like a HCPCS code"),
        ("procedures = [\"HABCD\"]", "`HABCD` does not look like a HCPCS code"),
        ("[units]\nnear_annual_percent = 0", "first line of every year"),
        ("[claims]\ninpatient_places_of_service = [\"123\"]", "`123` does not look like"),
        ("[claims]\ninpatient_places_of_service = [\"2X\"]", "`2X` does not look like"),
    ] {
        let remarks = remarks(&good(text));
        assert!(remarks.iter().any(|remark| remark.contains(part)), "{text}\n{remarks:?}");
    }
}

#[test]
fn the_value_that_was_found_is_shown_short() {
    let found = |value: &str| {
        let message = bad(&format!("[claims]\nfiling_days = {value}"));
        message.split("found ").nth(1).map(str::to_owned).unwrap_or(message)
    };
    assert_eq!(found("{ a = 1 }"), "a table");
    assert_eq!(found("[1, 2]"), "a list");
    // With its quotes it has forty characters, or one more.
    let text = |letters: usize| format!("\"{}\"", "x".repeat(letters));
    assert_eq!(found(&text(38)), text(38));
    assert_eq!(found(&text(39)), format!("\"{}…", "x".repeat(39)));
    assert_eq!(found("\"\"\"one\ntwo\"\"\""), "\"\"\"one…");
}

#[test]
fn one_age_alone_is_a_range() {
    let text = "[[designations]]\ncode = \"A\"\nmember_age_min = 18\nmember_age_max = 18";
    assert_eq!(good(text).designations[0].member_age_max, Some(18));
}
