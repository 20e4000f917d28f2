//! `audit` where lines are not as they should be: conflicts, lines of several days, duplicates,
//! exempt lines, bad dates, reversals, long fields. Its figures are those of the rules.

use crate::support::{HEADER, Place, columns};

const RUN: &str = "audit claims.csv --as-of 2025-09-30 --out out --quiet";

/// Claims with the columns of the contract that are named in `more`.
fn place(more: &str, rows: &str) -> Place {
    let place = Place::new();
    let comma = if more.is_empty() { "" } else { "," };
    place.write("claims.csv", format!("{}{comma}{more}\n{rows}", HEADER.trim_end()));
    place
}

/// One row of a working paper, by the names of columns.
fn rows(place: &Place, file: &str, names: &[&str]) -> Vec<Vec<String>> {
    columns(&place.read(&format!("out/{file}")), names)
}

#[test]
fn a_conflict_that_a_policy_denies_disallows_nothing_beside_the_record_that_stands() {
    let claims = "A1,1,M1,1234567893,H0038,4,2025-07-01,40.00\n\
                  A1,1,M1,1234567893,H0038,3,2025-07-01,40.00\n";
    let place = place("paid_amount", claims);
    place.write("policy.toml", "[severity]\nD005 = \"deny\"\n");
    for command in ["audit", "validate"] {
        let run = format!(
            "{command} claims.csv --as-of 2025-09-30 --policy policy.toml --out out --quiet \
             --format html,xlsx"
        );
        let ran = place.run(&run);
        assert_eq!(ran.code, Some(1), "{command}: {ran:?}");
        assert_eq!(place.json("out/summary.json")["findings"]["D005"], 1);
        assert_eq!(place.json("out/summary.json")["amount_at_issue"], "0.00");
    }
    // Where the record that stands is in history, the conflict is all that there is of the claim.
    let lines: Vec<&str> = claims.lines().collect();
    let header = format!("{},paid_amount", HEADER.trim_end());
    place.write("history.csv", format!("{header}\n{}\n", lines[0]));
    place.write("claims.csv", format!("{header}\n{}\n", lines[1]));
    let ran = place.run(&format!("{RUN} --policy policy.toml --history history.csv"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(rows(&place, "overpayment.csv", &["amount_disallowed"]), [["40.00"]]);
    assert_eq!(rows(&place, "claims.csv", &["amount_at_issue"]), [["40.00"]]);
}

/// Lines of several days join no day's sum, a duplicate uses no units, an exempt line and one with
/// bad dates are not tested: no day here is at the limit but the last.
#[test]
fn days_are_those_that_the_limit_was_held_against() {
    let claims = "A1,1,M1,1234567893,H0038,10,2025-05-01,2025-05-05,,11\n\
                  B1,1,M2,1234567893,H0038,4,2025-07-01,,,11\n\
                  B2,1,M2,1234567893,H0038,4,2025-07-01,,,11\n\
                  C1,1,M3,1234567893,H0038,10,2025-07-02,,2012-01-01,11\n\
                  D1,1,M4,1234567893,H0038,9,2025-07-09,2025-07-01,,11\n\
                  E1,1,M5,1234567893,H0038,6,2025-07-03,,,11\n";
    let place = place("service_end_date,member_birth_date,place_of_service", claims);
    place.write(
        "t/authorizations.csv",
        "authorization_number,member_id,start_date,end_date\nN1,M3,2025-01-01,2025-12-31\n",
    );
    assert_eq!(place.run(&format!("{RUN} --tables t --format html")).code, Some(1));
    let names =
        ["member_days", "day_units", "days_at_limit", "units_at_limit", "units_at_limit_share"];
    // Days of M1 (first day), M2, M3, M5; units of B1 and E1.
    assert_eq!(rows(&place, "agencies.csv", &names), [["4", "10", "1", "6", "0.6000"]]);
    let html = place.read("out/report.html");
    let chart = html.split("Units a member and day, against 6").nth(2).expect("a chart");
    let chart = chart.split("</figure>").next().expect("an end");
    for (units, days) in [("4 units", 1), ("6 units", 1), ("8 units", 0), ("10 units", 0)] {
        let text = match days {
            1 => format!("{units}: 1 member-day<br>"),
            _ => format!("{units}: 0 member-days<br>"),
        };
        assert!(chart.contains(&text), "{text} is not in {chart}");
    }
    for shown in ["<td class=\"n\">duplicate</td>", "<td class=\"n\">bad dates</td>"] {
        assert!(html.contains(shown), "{shown}");
    }
    assert!(html.contains("10: 5 days"));
}

const T: [(&str, &str); 4] = [
    (
        "t/credentials.csv",
        "practitioner_npi,designation,effective_date,expiration_date,training_date\n\
         1999999992,A,2024-01-01,2025-12-31,2024-01-01\n",
    ),
    (
        "t/employment.csv",
        "practitioner_npi,billing_npi,start_date,supervisor_id,fte\n\
         1999999992,1234567893,2025-01-01,S1,1\n1999999984,1234567893,2020-01-01,S1,0.5\n",
    ),
    (
        "t/supervision.csv",
        "practitioner_npi,supervisor_id,session_date,mode\n1999999992,S1,2025-08-01,in_person\n",
    ),
    (
        "t/supervisors.csv",
        "supervisor_id,mental_health_professional,training_date,fte\nS1,true,2020-01-01,0.1\n",
    ),
];

/// The K and S rules look at no line with bad dates or units, so none makes a gap; and the days of
/// a supervisor's load are those of S005.
#[test]
fn lines_that_no_rule_tests_make_no_gap_and_no_days() {
    let claims = "A1,1,M1,1234567893,H0038,4,2025-08-04,,1999999992\n\
                  A2,1,M2,1234567893,H0038,4,2015-08-05,2015-08-01,1999999992\n\
                  A3,1,M2,1234567893,H0038,4,2062-08-05,,1999999992\n\
                  A4,1,M2,1234567893,H0038,none,2025-09-05,,1999999992\n";
    let place = place("service_end_date,rendering_npi", claims);
    T.iter().for_each(|(name, text)| place.write(name, text));
    assert_eq!(place.run(&format!("{RUN} --tables t --format html")).code, Some(1));
    let kinds = rows(&place, "practitioner_timeline.csv", &["kind", "from"]);
    assert!(kinds.iter().all(|row| row[0] != "gap"), "{kinds:?}");
    let names = ["lines", "days", "first_day", "last_day", "most_units_a_day", "gaps"];
    let own = rows(&place, "practitioners.csv", &names);
    assert_eq!(own, [["4", "1", "2025-08-04", "2025-09-05", "4", "0"]]);
    let findings = rows(&place, "findings.csv", &["rule", "message"]);
    let s005 = findings.iter().find(|row| row[0] == "S005").expect("a finding");
    assert!(s005[1].contains("2025-08-04"), "{s005:?}");
    let load = rows(&place, "supervisor_load.csv", &["first_day_over", "days_over"]);
    assert_eq!(load, [["2025-08-04", "33"]]);
    let html = place.read("out/report.html");
    assert!(html.contains("Service dates of the lines reported: 2025-08-04 to 2025-09-05"));
    assert!(!html.contains("2062-08: "), "a month that is still to come has a column");
    assert!(html.contains("2 findings without a service date that can be right left out"));
}

/// Half of a claim can neither be released nor summed up beside the whole of it.
#[test]
fn a_claim_across_the_edge_of_the_days_is_decided_whole() {
    let claims = "C1,1,M1,1234567893,H0038,8,2025-06-30,60.00,40.00\n\
                  C1,2,M1,1234567893,H0038,4,2025-07-01,60.00,40.00\n\
                  C2,1,M2,1234567893,H0038,8,2025-06-30,60.00,40.00\n";
    let place = place("charge_amount,paid_amount", claims);
    assert_eq!(place.run(&format!("{RUN} --from 2025-07-01")).code, Some(0));
    let names = ["claim_id", "disposition", "rules", "service_lines", "units_payable"];
    let found = rows(&place, "claims.csv", &names);
    assert_eq!(found, [["C1", "hold", "U001", "2", "10"]]);
    assert_eq!(rows(&place, "claims.csv", &["amount_at_issue"]), [["10.00"]]);
    // What is reported is of the days asked for.
    assert!(rows(&place, "findings.csv", &["rule"]).is_empty());
    let summary = place.json("out/summary.json");
    assert_eq!(
        (&summary["units_disallowed"], &summary["amount_at_issue"]),
        (&0.into(), &"0.00".into())
    );
    assert_eq!(place.json("out/universe.json")["disallowed"]["amount"], "0.00");
}

#[test]
fn the_median_is_of_all_agencies_and_blank_where_there_is_none() {
    let mut claims = String::new();
    for (agency, lines) in [("1234567893", 3), ("1999999984", 1)] {
        for line in 0..lines {
            let day = format!("2025-07-{:02}", line + 1);
            claims.push_str(&format!("{agency}{line},1,M{agency},{agency},H0038,4,{day},-4.00\n"));
        }
    }
    let place = place("paid_amount", &claims);
    assert_eq!(place.run(&format!("{RUN} --format html")).code, Some(0));
    let names = ["median_days_per_member", "median_disallowed_share", "disallowed_share"];
    let found = rows(&place, "agencies.csv", &names);
    assert_eq!(found, [["2.0000", "", ""], ["2.0000", "", ""]]);
    let empty = Place::new();
    empty.write("claims.csv", format!("{HEADER}A1,1,M1,1234567893,H2017,4,2025-07-01\n"));
    assert_eq!(empty.run(&format!("{RUN} --format html,xlsx")).code, Some(0));
    assert!(empty.read("out/report.html").contains("<td>median of all</td><td class=\"n\"></td>"));
}

#[test]
fn a_price_is_no_payment_and_what_was_denied_has_none() {
    let claims = "A1,1,M1,1234567893,H0038,4,2025-07-01,,99.00,paid\n\
                  A2,1,M2,1234567893,H0038,4,2025-07-01,80.00,99.00,paid\n\
                  A3,1,M3,1234567893,H0038,4,2025-07-01,,96.00,denied\n";
    let place = place("paid_amount,charge_amount,claim_status", claims);
    place.write("rates.csv", "code,from,rate\nH0038,2025-01-01,10.00\n");
    let ran = place
        .run("audit claims.csv --as-of 2025-09-30 --rates rates.csv --fail-on never --ignore C007");
    assert_eq!(ran.code, Some(0));
    let row = |name: &str| {
        let begin = format!("  {name} ");
        let universe = ran.stdout.split("Universe of the lines reported").nth(1)?;
        let line = universe.lines().find(|line| line.starts_with(&begin))?;
        Some(line.split_whitespace().skip(1).collect::<Vec<_>>())
    };
    let net = ["2", "8", "$198.00", "$80.00", "$40.00", "$120.00"];
    assert_eq!(row("net"), Some(net.to_vec()), "{}", ran.stdout);
    let denied = ["1", "4", "$96.00", "$0.00", "$0.00", "$96.00"];
    assert_eq!(row("denied"), Some(denied.to_vec()));
    assert_eq!(place.run(&format!("{RUN} --rates rates.csv")).code, Some(0));
    let names = ["part", "category", "amount_paid", "amount_priced", "amount"];
    let found = rows(&place, "universe.csv", &names);
    assert!(
        found.contains(&["current", "net", "80.00", "40.00", "120.00"].map(str::to_owned).to_vec())
    );
}

#[test]
fn neither_long_fields_nor_large_limits_make_the_page_large() {
    let long = "<".repeat(400_000);
    let mut claims = String::new();
    for claim in 0..5 {
        claims.push_str(&format!("C{claim},1,M{claim},1234567893,H0038,8,2025-07-01,\n"));
    }
    for row in [
        format!("C5{long},1,M5,1234567893,H0038,8,2025-07-01,\n"),
        format!("C6,1,M6,{long},H0038,8,2025-07-01,\n"),
        format!("C7,1,M7,1234567893,H0038,8,2025-07-01,{long}\n"),
        format!("C8,1,{long},1234567893,H0038,8,2025-07-01,\n"),
    ] {
        claims.push_str(&row);
    }
    let place = place("rendering_npi", &claims);
    let policy =
        "[[limits]]\nfrom = 2012-01-01\ndaily_units = 4000000000\nannual_units = 4000000000\n";
    place.write("policy.toml", policy);
    for options in ["", "--policy policy.toml"] {
        let ran = place.run(&format!("{RUN} --format html --unmask {options}"));
        assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
        let html = place.read("out/report.html");
        assert!(html.len() < 1_000_000, "{options}: {} bytes", html.len());
        assert!(html.contains("&lt;&lt;…"), "what was cut does not say so");
    }
}

#[test]
fn the_page_says_what_was_not_tested_and_who_a_member_is() {
    let claims = "A1,1,MEMBER77,1234567893,H0038,8,2025-07-01,,\n\
                  A2,1,MEMBER78,1234567893,H0038,4,2025-07-01,8,NONE\n";
    let place = place("frequency_code,original_claim_id", claims);
    assert_eq!(place.run(&format!("{RUN} --format html")).code, Some(1));
    let html = place.read("out/report.html");
    let not_run = html.split("id=\"not-run\"").nth(1).expect("a section");
    assert!(not_run.contains("not tested on 1 line without a received date"), "C007 is not there");
    assert!(!html.contains("Every rule asked for was run"));
    // Both stand in findings, though the void is no net line.
    let found = rows(&place, "report_members.csv", &["page_member", "member_id"]);
    assert_eq!(found, [["member 1", "MEMBER77"], ["member 2", "MEMBER78"]]);
    assert!(html.contains("member 2") && !html.contains("MEMBER7"));
    assert_eq!(place.run(&format!("{RUN} --format html --unmask")).code, Some(1));
    assert!(!place.names("out").contains(&"report_members.csv".to_owned()));
}

#[test]
fn findings_stand_by_severity_and_dollars_and_are_counted_as_people_count() {
    let claims = "A1,1,M1,1234567893,H0038,8,2025-07-01,8.00\n\
                  A2,1,M2,1234567893,H0038,8,2025-07-01,80.00\n\
                  A3,1,M3,1234567893,H0038,4,2011-07-01,90.00\n";
    let place = place("paid_amount", claims);
    assert_eq!(place.run(&format!("{RUN} --format html --ignore C007,K,S,P")).code, Some(1));
    let html = place.read("out/report.html");
    let at = |claim: &str| html.find(&format!("<td>{claim} line 1</td>")).expect("a finding");
    assert!(at("A2") < at("A1") && at("A1") < at("A3"));
    for words in ["1 findings", "1 lines", "1 units", "1 members"] {
        assert!(
            !html.contains(&format!(" {words}")) && !html.contains(&format!(">{words}")),
            "{words}"
        );
    }
    // Months between the first and the last have their place.
    assert!(html.contains("2016-01: 0 findings"));
}

/// DuckDB and Polars read the findings, and the lines of a ledger, as the CSV has them.
#[test]
fn other_programs_read_the_parquet_files() {
    let place = Place::new();
    let made = place.run("generate --lines 3000 --seed 11 --peer-share 0.6 --out set --quiet");
    assert_eq!(made.code, Some(0), "{made:?}");
    let run = "set/claims.csv --tables set/tables --out out --quiet --format csv,parquet";
    if !cfg!(feature = "parquet") {
        let ran = place.run(&format!("audit {run}"));
        assert_eq!(ran.code, Some(2));
        assert!(ran.stderr.contains("--features parquet"), "{}", ran.stderr);
        return;
    }
    assert!(matches!(place.run(&format!("audit {run}")).code, Some(1 | 3)));
    let of_audit = std::fs::read(place.path("out/findings.parquet")).expect("a file");
    assert_eq!((&of_audit[..4], &of_audit[of_audit.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
    let ran = place.run(&format!("validate {run} --ledger year.db --post all --threads 1"));
    assert!(matches!(ran.code, Some(1 | 3)), "{ran:?}");
    let of_validate = std::fs::read(place.path("out/findings.parquet")).expect("a file");
    assert!(of_audit == of_validate, "the same findings gave other bytes");
    let shown = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"))
        .current_dir(place.path("."))
        .args(["ledger", "export", "--ledger", "year.db", "--format", "parquet"])
        .output()
        .expect("it starts");
    assert!(shown.status.success() && shown.stdout.starts_with(b"PAR1"));
    std::fs::write(place.path("out/ledger.parquet"), &shown.stdout).expect("the folder is ours");
    let csv = place.run("ledger export --ledger year.db").stdout;
    place.write("out/ledger.csv", csv);
    crate::audit::peer("check_parquet.py", &place, "duckdb, polars");
    let nowhere = place.run("validate set/claims.csv --format parquet");
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.contains("pass --out DIR"), "{}", nowhere.stderr);
}
