//! `audit`: its sums against each other and against the findings, its sample, its estimate.

use std::process::Command;

use serde_json::Value;

use crate::support::{HEADER, Place, columns, repository};

/// The header of claims with dollars and dates of receipt.
fn header() -> String {
    format!("{},paid_amount,charge_amount,frequency_code,original_claim_id\n", HEADER.trim_end())
}

fn place(rows: &str) -> Place {
    let place = Place::new();
    place.write("claims.csv", format!("{}{rows}", header()));
    place
}

const RUN: &str = "audit claims.csv --as-of 2025-09-30 --out out --quiet";

/// A generated set with every rule in it, audited with all reports.
fn audited(options: &str) -> Place {
    let place = Place::new();
    let made = place.run("generate --lines 3000 --seed 11 --peer-share 0.6 --out set --quiet");
    assert_eq!(made.code, Some(0), "{made:?}");
    let run = format!("audit set/claims.csv --tables set/tables --out out --quiet {options}");
    let ran = place.run(&run);
    assert!(matches!(ran.code, Some(0 | 1 | 3)), "{ran:?}");
    place
}

fn cents(text: &str) -> i64 {
    let plain = text.replace(['.', '$', ','], "");
    if plain.is_empty() { 0 } else { plain.parse().expect("an amount with two places") }
}

/// The sum of a column of a working paper.
fn sum(place: &Place, file: &str, column: &str) -> i64 {
    let found = columns(&place.read(&format!("out/{file}")), &[column]);
    found.iter().map(|row| cents(&row[0])).sum()
}

#[test]
fn each_unit_is_disallowed_once_under_the_reason_that_comes_first() {
    // 199 units used, then 8 on one day: 2 past the day, 5 past the year (the example of rules.md).
    let mut rows = String::new();
    for day in 0..33 {
        let date = format!("2025-{:02}-{:02}", 7 + day / 28, 1 + day % 28);
        rows.push_str(&format!("A{day:02},1,M1,1234567893,H0038,6,{date},60.00,,,\n"));
    }
    rows.push_str("B1,1,M1,1234567893,H0038,1,2025-09-01,10.00,,,\n");
    rows.push_str("B2,1,M1,1234567893,H0038,8,2025-09-02,80.01,,,\n");
    // Past the day, and its NPI is wrong: the whole line falls, once.
    rows.push_str("C1,1,M2,1234567890,H0038,7,2025-09-02,70.00,,,\n");
    let place = place(&rows);
    assert_eq!(place.run(RUN).code, Some(1));
    let names = [
        "claim_id",
        "primary_rule",
        "further_rules",
        "units_disallowed",
        "amount_disallowed",
        "whole_line_amount",
    ];
    let found = columns(&place.read("out/overpayment.csv"), &names);
    let expected = [
        ["B2", "U001", "U002", "2", "20.00", "80.01"],
        ["B2", "U002", "U001", "5", "50.01", "0.00"],
        ["C1", "C005", "U001", "7", "70.00", "70.00"],
    ];
    assert_eq!(found, expected);
    let ledger = columns(
        &place.read("out/member_ledger.csv"),
        &["claim_id", "day_total", "day_excess", "year_total", "year_excess"],
    );
    assert!(ledger.contains(&["B2", "8", "2", "205", "5"].map(str::to_owned).to_vec()));
}

#[test]
fn all_sums_are_those_of_the_findings_and_the_summary() {
    let place = audited("--format csv,json,html,xlsx");
    let summary = place.json("out/summary.json");
    let at_issue = cents(summary["amount_at_issue"].as_str().expect("an amount"));
    assert!(at_issue > 0);
    assert_eq!(sum(&place, "overpayment.csv", "amount_disallowed"), at_issue);
    let units = summary["units_disallowed"].as_i64().expect("a count");
    assert_eq!(sum(&place, "overpayment.csv", "units_disallowed"), units);
    assert_eq!(sum(&place, "claims.csv", "amount_at_issue"), at_issue);
    let whole = sum(&place, "overpayment.csv", "whole_line_amount");
    for by in ["claim", "member", "practitioner", "agency", "rule", "month", "fiscal_year"] {
        let file = format!("overpayment_by_{by}.csv");
        assert_eq!(sum(&place, &file, "amount_disallowed"), at_issue, "{by}");
        assert_eq!(sum(&place, &file, "units_disallowed"), units, "{by}");
        assert_eq!(sum(&place, &file, "whole_line_amount"), whole, "{by}");
    }
    assert_eq!(sum(&place, "agencies.csv", "amount_disallowed"), at_issue);
    // What findings.csv says of each line, added up by hand: the whole line once, else the excess.
    let names = ["severity", "outcome", "rule", "claim_id", "line_number", "position"];
    let findings = columns(&place.read("out/findings.csv"), &names);
    let of_line = columns(&place.read("out/overpayment.csv"), &["primary_rule", "position"]);
    for row in &of_line {
        let is_there = |finding: &&Vec<String>| {
            finding[0] == "deny" && finding[2] == row[0] && finding[5] == row[1]
        };
        assert_eq!(findings.iter().filter(is_there).count(), 1, "{row:?}");
    }
    let html = place.read("out/report.html");
    let shown = at_issue.to_string();
    let (dollars, rest) = shown.split_at(shown.len() - 2);
    let text = html.replace(',', "");
    assert!(text.contains(&format!("<b>${dollars}.{rest}</b>")), "{dollars}.{rest}");
    for (rule, count) in summary["findings"].as_object().expect("an object") {
        let found = findings.iter().filter(|finding| finding[2] == *rule).count() as u64;
        assert_eq!(count.as_u64(), Some(found), "{rule}");
    }
    check_universe(&place, &summary);
}

/// Running totals are worked out again for the ledger: what is over in them is what was found.
#[test]
fn the_ledger_is_over_where_the_findings_are() {
    let place = audited("");
    let excess = &place.json("out/summary.json")["excess_units"];
    assert!(excess["U001"].as_i64() > Some(0) && excess["U002"].as_i64() > Some(0), "{excess}");
    assert_eq!(Some(sum(&place, "member_ledger.csv", "day_excess")), excess["U001"].as_i64());
    assert_eq!(Some(sum(&place, "member_ledger.csv", "year_excess")), excess["U002"].as_i64());
    assert_eq!(Some(sum(&place, "member_years.csv", "year_excess")), excess["U002"].as_i64());
}

/// A practitioner in the second stage whose credential lapses, and who has no session in August.
#[test]
fn a_timeline_shows_credential_stage_sessions_and_gaps() {
    let place = Place::new();
    let header = HEADER.trim_end();
    let rows: String = ["2025-07-10", "2025-07-20", "2025-08-05"]
        .iter()
        .enumerate()
        .map(|(index, day)| format!("A{index},1,M1,1234567893,H0038,4,{day},1999999992\n"))
        .collect();
    place.write("claims.csv", format!("{header},rendering_npi\n{rows}"));
    place.write(
        "t/credentials.csv",
        "practitioner_npi,designation,effective_date,expiration_date\n\
         1999999992,A,2024-01-01,2025-07-15\n",
    );
    place.write(
        "t/employment.csv",
        "practitioner_npi,billing_npi,start_date,supervisor_id\n\
         1999999992,1234567893,2025-01-01,S1\n",
    );
    place.write(
        "t/supervision.csv",
        "practitioner_npi,supervisor_id,session_date,mode\n\
         1999999992,S1,2025-07-02,in_person\n1999999992,S1,2025-07-09,video\n",
    );
    place.write(
        "t/supervisors.csv",
        "supervisor_id,mental_health_professional,training_date,fte\nS1,true,2020-01-01,0.1\n",
    );
    assert_eq!(place.run(&format!("{RUN} --tables t")).code, Some(1));
    let names = ["from", "through", "kind", "what", "is_well"];
    let events = columns(&place.read("out/practitioner_timeline.csv"), &names);
    for expected in [
        ["2024-01-01", "2025-07-15", "credential", "CPSSP-A, current (row 2)", "yes"],
        ["2025-01-01", "2025-06-30", "stage", "first: a session every 14 days", "yes"],
        ["2025-07-01", "2025-12-31", "stage", "second: a session a calendar month", "yes"],
        ["2025-07-02", "2025-07-02", "session", "by S1, in_person: qualifies (row 2)", "yes"],
        ["2025-07-09", "2025-07-09", "session", "by S1, video: not face to face (row 3)", "no"],
        ["2025-07-10", "2025-07-20", "services", "2 service lines, 8 units", "yes"],
        [
            "2025-07-20",
            "2025-08-05",
            "gap",
            "no credential in force: 2 service lines, 8 units",
            "no",
        ],
        [
            "2025-08-05",
            "2025-08-05",
            "gap",
            "supervision not as required: 1 service line, 4 units",
            "no",
        ],
    ] {
        let expected: Vec<String> = expected.map(str::to_owned).to_vec();
        assert!(events.contains(&expected), "{expected:?} is not in {events:?}");
    }
    assert_eq!(events.iter().filter(|event| event[2] == "gap").count(), 2);
    let names = ["supervisor_id", "capacity", "peak_load", "first_day_over", "days_over"];
    let load = columns(&place.read("out/supervisor_load.csv"), &names);
    assert_eq!(load, [["S1", "0.9", "1", "2025-07-10", "27"]]);
    let sessions =
        columns(&place.read("out/supervisor_load.csv"), &["sessions", "qualifying_sessions"]);
    assert_eq!(sessions, [["0", "0"]], "sessions of the days of service alone are counted");
}

fn check_universe(place: &Place, summary: &Value) {
    let universe = place.json("out/universe.json");
    let records = |category: &str| universe["current"][category]["records"].as_u64();
    let count = |key: &str| summary[key].as_u64();
    assert_eq!(records("denied"), count("denied_records"));
    assert_eq!(records("repeated"), count("repeated_records"));
    assert_eq!(records("conflicting"), count("conflicting_records"));
    assert_eq!(records("net"), count("checked"));
    assert_eq!(records("all"), count("peer_support_lines"));
    let away = ["void", "voided", "replaced"].map(|category| records(category).expect("a count"));
    assert!(away.iter().all(|records| *records > 0), "{away:?}");
    assert_eq!(Some(away.iter().sum()), count("corrected_away"));
    assert_eq!(universe["current"]["net"]["units"], summary["units"]);
    let chains = columns(&place.read("out/chains.csv"), &["standing"]);
    assert!(
        ["void", "voided", "replaced", "net"]
            .iter()
            .all(|standing| { chains.iter().any(|row| row[0] == *standing) })
    );
}

#[test]
fn findings_are_those_of_validate() {
    let place = audited("");
    let run = "validate set/claims.csv --tables set/tables --out plain --quiet";
    assert!(place.run(run).code.is_some());
    for file in ["findings.csv", "claims.csv", "summary.json", "rejects.csv"] {
        assert_eq!(place.read(&format!("out/{file}")), place.read(&format!("plain/{file}")));
    }
}

#[test]
fn threads_and_blocks_change_no_byte() {
    let place = audited("--format csv,json,html,xlsx --sample 30 --threads 1 --block-bytes 4096");
    let bytes = |name: &String| std::fs::read(place.path(&format!("out/{name}"))).expect("a file");
    let names: Vec<String> =
        place.names("out").into_iter().filter(|name| name != "manifest.json").collect();
    assert_eq!(names.len(), 28);
    let first: Vec<Vec<u8>> = names.iter().map(bytes).collect();
    let run = "audit set/claims.csv --tables set/tables --out out --quiet \
               --format csv,json,html,xlsx --sample 30 --threads 3";
    assert!(place.run(run).code.is_some());
    for (name, first) in names.iter().zip(&first) {
        assert!(bytes(name) == *first, "{name} differs");
    }
}

#[test]
fn working_papers_are_no_claims() {
    let place = audited("--sample 20");
    std::fs::create_dir(place.path("in")).expect("the folder is writable");
    std::fs::copy(place.path("set/claims.csv"), place.path("in/claims.csv")).expect("a copy");
    let papers: Vec<String> =
        place.names("out").into_iter().filter(|name| name.ends_with(".csv")).collect();
    assert!(papers.len() > 15);
    for name in &papers {
        let ran = place.run(&format!("validate out/{name} --out again --quiet"));
        assert_eq!(ran.code, Some(2), "{name}: {ran:?}");
    }
    std::fs::rename(place.path("out"), place.path("in/papers")).expect("a move");
    let ran = place.run("validate in --tables set/tables --out again --quiet");
    assert!(ran.code != Some(2), "{ran:?}");
    let summary = place.json("again/summary.json");
    assert_eq!(summary["files"], 1);
    // All but the manifest and the two JSON files are listed as files of another kind.
    let skipped = summary["skipped_files"].as_array().expect("a list").len();
    assert!(skipped >= papers.len(), "{skipped}");
}

#[test]
fn dates_restrict_what_is_reported_and_not_what_is_counted() {
    let mut rows = String::new();
    for day in 1..=30 {
        rows.push_str(&format!("A{day:02},1,M1,1234567893,H0038,6,2025-07-{day:02},60.00,,,\n"));
    }
    for day in 1..=5 {
        rows.push_str(&format!("B{day:02},1,M1,1234567893,H0038,6,2025-08-{day:02},60.00,,,\n"));
    }
    rows.push_str("C1,1,M2,1234567893,H0038,8,2025-07-01,80.00,,,\n");
    rows.push_str("C2,1,M2,1234567893,H0038,4,never,40.00,,,\n");
    let place = place(&rows);
    assert_eq!(place.run(&format!("{RUN} --from 2025-08-01 --to 2025-08-04")).code, Some(1));
    // 180 units in July; the 200 are full with 2 units of August 4.
    let names = ["rule", "claim_id", "excess_units"];
    let found = columns(&place.read("out/findings.csv"), &names);
    assert_eq!(found, [["U002", "B04", "4"], ["C003", "C2", ""]]);
    let claims = columns(&place.read("out/claims.csv"), &["claim_id"]);
    assert_eq!(claims.concat(), ["B01", "B02", "B03", "B04", "C2"]);
    let universe = place.json("out/universe.json");
    assert_eq!(universe["current"]["net"]["records"], 37);
    assert_eq!(universe["reported"]["net"]["records"], 5);
    let frame = columns(&place.read("out/frame.csv"), &["claim_id"]);
    assert_eq!(frame.concat(), ["B01", "B02", "B03", "B04", "C2"]);
    let wrong = place.run(&format!("{RUN} --from 2025-08-01 --to 2025-07-01"));
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("lies before"), "{}", wrong.stderr);
}

#[test]
fn rates_price_what_has_no_paid_amount() {
    let rows = "A1,1,M1,1234567893,H0038,8,2025-07-01,,99.00,,\n\
                A2,1,M2,1234567893,H0038,8,2025-07-01,80.00,99.00,,\n\
                A3,1,M3,1234567893,H0038,8,2024-07-01,,96.00,,\n";
    let place = place(rows);
    place.write("rates.csv", "code,modifier,from,through,rate\nH0038,,2025-01-01,,15.31\n");
    assert_eq!(place.run(&format!("{RUN} --rates rates.csv")).code, Some(1));
    let names = ["claim_id", "amount", "priced_by", "amount_disallowed"];
    let found = columns(&place.read("out/overpayment.csv"), &names);
    let expected = [
        ["A1", "122.48", "rate", "30.62"],
        ["A2", "80.00", "paid", "20.00"],
        ["A3", "96.00", "charge", "24.00"],
    ];
    assert_eq!(found, expected);
    assert_eq!(place.json("out/universe.json")["priced_by_rates"], 1);
    place.write("rates.csv", "code,from,rate\nH0038,soon,15.31\n");
    let wrong = place.run(&format!("{RUN} --rates rates.csv"));
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("rates.csv: these rates cannot be used: row 2: from"));
}

fn python(script: &str, place: &Place) {
    let script = repository().join("tests/peers").join(script);
    let python = std::env::var_os("PEERCLAIMS_PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(python).arg(script).arg(place.path("out")).output();
    let output = output.expect("python3 starts (the tests of audit need it)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn another_program_draws_the_same_sample() {
    for design in [
        "--sample 40",
        "--sample 50 --stratify dollars --seed 2025-A --spares 3",
        "--sample 80 --stratify agency",
        "--precision 0.5 --stratify dollars --strata 6",
    ] {
        python("redraw_sample.py", &audited(design));
    }
}

/// Says so where nobody can miss it: past what the harness keeps of a test that passes.
fn skipped(why: &str) {
    let line = format!("SKIPPED: {why}\n");
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
}

/// Runs a script that needs modules of others, where the Python named by `PEERCLAIMS_PYTHON` has
/// them.
pub fn peer(script: &str, place: &Place, modules: &str) {
    let Some(python_path) = std::env::var_os("PEERCLAIMS_PYTHON") else {
        return skipped(&format!("PEERCLAIMS_PYTHON does not name a Python with {modules}"));
    };
    let has = Command::new(python_path).args(["-c", &format!("import {modules}")]).output();
    if !has.expect("python starts").status.success() {
        return skipped(&format!("PEERCLAIMS_PYTHON has no {modules}"));
    }
    python(script, place);
}

#[test]
fn another_program_reads_the_workbook() {
    peer("check_xlsx.py", &audited("--format xlsx --sample 20"), "openpyxl");
}

#[test]
fn a_browser_sorts_filters_and_opens_the_page() {
    if std::env::var_os("PEERCLAIMS_CHROMIUM").is_none() {
        skipped("PEERCLAIMS_CHROMIUM does not name a browser");
        return;
    }
    let place = audited("--format html");
    let python = std::env::var_os("PEERCLAIMS_PYTHON").unwrap_or_else(|| "python3".into());
    let script = repository().join("tests/peers/drive_page.py");
    let output = Command::new(python).arg(script).arg(place.path("out/report.html")).output();
    let output = output.expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_sample_too_large_or_too_small_is_refused() {
    let place = place("A1,1,M1,1234567893,H0038,4,2025-07-01,60.00,,,\n");
    let large = place.run(&format!("{RUN} --sample 5"));
    assert_eq!(large.code, Some(2));
    assert!(large.stderr.contains("more than the frame holds (lines: 1)"), "{}", large.stderr);
    assert!(place.names("out").is_empty());
    for (options, says) in [
        ("--seed x", "--sample"),
        ("--sample 2 --precision 0.1", "--precision"),
        ("--sample 2 --strata 3", "--stratify dollars"),
        ("--unmask", "--format html"),
    ] {
        let wrong = place.run(&format!("{RUN} {options}"));
        assert_eq!(wrong.code, Some(2), "{options}");
        assert!(wrong.stderr.contains(says), "{options}: {}", wrong.stderr);
    }
    let nowhere = place.run("audit claims.csv --sample 5");
    assert!(nowhere.stderr.contains("pass --out DIR"), "{}", nowhere.stderr);
}

#[test]
fn a_reviewed_sample_gives_an_estimate() {
    let place = audited("--sample 30 --seed review");
    let reviewed: Vec<String> = place
        .read("out/sample.csv")
        .lines()
        .enumerate()
        .map(|(index, line)| match (index, line.contains(",sample,")) {
            // overpaid_amount is the third of the five blank columns.
            (1..=6, true) => line.replacen(",,,,,", ",,,5.00,,", 1),
            (0, _) | (_, false) => line.to_owned(),
            _ => line.replacen(",,,,,", ",,,0,,", 1),
        })
        .collect();
    place.write("reviewed.csv", reviewed.join("\n"));
    let ran = place.run("audit estimate reviewed.csv --format json");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let found: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let lines = place.json("out/sample.json")["frame"]["lines"].as_u64().expect("a count");
    // 6 of 30 lines with $5: the mean is $1.
    assert_eq!(found["all"]["point_estimate"], format!("{lines}.00"));
    assert_eq!((&found["all"]["reviewed"], &found["degrees_of_freedom"]), (&30.into(), &29.into()));
    let words = place.run("audit estimate reviewed.csv").stdout;
    assert!(words.contains("it is no finding about any line not reviewed"), "{words}");
    let blank = place.run("audit estimate out/sample.csv");
    assert_eq!(blank.code, Some(2));
    assert!(
        blank.stderr.contains("an overpaid_amount: 0, lines of its sample: 30"),
        "{}",
        blank.stderr
    );
}

#[test]
fn the_page_is_closed_to_the_world_and_masks_members() {
    let place = Place::new();
    let evil = "<img src=x onerror=alert(1)>";
    let rows = format!(
        "{evil},1,MEMBER77,1234567893,H0038,8,2025-07-01,60.00,,,\n\
         =2+3,1,MEMBER78,1234567893,H0038,8,2025-07-01,60.00,,,\n"
    );
    place.write("claims.csv", format!("{}{rows}", header()));
    let run = "validate claims.csv --as-of 2025-09-30 --out out --quiet --format html,xlsx";
    assert_eq!(place.run(run).code, Some(1));
    let html = place.read("out/report.html");
    assert!(html.contains("default-src 'none'; style-src 'sha256-"));
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;") && !html.contains(evil));
    assert!(!html.contains("MEMBER77") && html.contains("member 1"));
    for word in ["http://", "https://", "url(", "@import", " style=", " src=\"", " onclick="] {
        assert!(!html.contains(word), "{word}");
    }
    let first = std::fs::read(place.path("out/findings.xlsx")).expect("a workbook");
    assert_eq!(place.run(&format!("{run} --unmask --threads 1")).code, Some(1));
    assert!(place.read("out/report.html").contains("MEMBER77"));
    let again = std::fs::read(place.path("out/findings.xlsx")).expect("a workbook");
    let same = first == again;
    assert!(same, "the same claims gave another workbook");
    let nowhere = place.run("validate claims.csv --format html");
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.contains("pass --out DIR"), "{}", nowhere.stderr);
}

#[test]
fn however_many_findings_the_page_stays_small_and_says_what_it_left_out() {
    let mut rows = String::new();
    for claim in 0..9000 {
        let member = claim % 3000;
        // Dates of all times: a chart must not have a column for each of 9,000 months.
        let date = format!("{:04}-{:02}-01", 1200 + claim / 12, 1 + claim % 12);
        rows.push_str(&format!("A{claim:05},1,M{member:04},1234567890,H0038,7,{date},60,,,\n"));
    }
    // A member whose year alone has no room does not keep the others out.
    for line in 1..=6000 {
        rows.push_str(&format!("BIG,{line},M9999,1234567890,H0038,6,2025-07-01,60,,,\n"));
    }
    let place = place(&rows);
    assert_eq!(place.run(&format!("{RUN} --format html")).code, Some(1));
    let html = place.read("out/report.html");
    assert!(html.len() < 5_000_000, "{} bytes", html.len());
    assert!(html.matches("member 1, year").count() > 0);
    assert!(html.contains("the last 120 months of"));
    assert!(html.contains("findings are shown; all of them are in findings.csv beside this page"));
    assert!(html.contains("member-years are shown; all of them are in member_ledger.csv"));
}
