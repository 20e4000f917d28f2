//! What the contract promises about results, through the program: exit codes, files and their keys.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{HEADER, Place, columns};

/// Three claims with peer support, of which the first has an excess unit and a line of another
/// procedure.
fn night() -> Place {
    let place = Place::new();
    let header = format!("{},charge_amount\n", HEADER.trim_end());
    let rows = "A1,1,M1,1234567893,H0038,7,2025-09-03,70.00\n\
                A1,2,M1,1234567893,H2017,4,2025-09-03,10.00\n\
                A2,1,M2,1234567893,H0038,4,2025-09-04,40.00\n\
                A3,1,M3,1234567893,H0038,4,2025-09-05,40.00\n";
    place.write("claims.csv", format!("{header}{rows}"));
    place
}

const RUN: &str = "validate claims.csv --as-of 2025-09-30";

#[test]
fn the_exit_code_is_the_gravest_finding_that_counts() {
    let place = Place::new();
    let rows = [
        ("clean", "A1,1,M1,1234567893,H0038,4,2025-09-03\n", [0, 0, 0]),
        ("review", "A1,1,M1,1234567893,H0038,4,2011-12-31\n", [0, 1, 0]),
        ("deny", "A1,1,M1,1234567893,H0038,7,2025-09-03\n", [1, 1, 0]),
    ];
    for (name, row, codes) in rows {
        place.write("claims.csv", format!("{HEADER}{row}"));
        for (fail_on, code) in ["deny", "review", "never"].iter().zip(codes) {
            let ran = place.run(&format!("{RUN} --fail-on {fail_on}"));
            assert_eq!(ran.code, Some(code), "{name}, --fail-on {fail_on}: {ran:?}");
        }
    }
    // Of an info finding alone no option makes a failure.
    let rows = (1..=30).map(|day| format!("A{day},1,M1,1234567893,H0038,6,2025-08-{day:02}\n"));
    place.write("claims.csv", format!("{HEADER}{}", rows.collect::<String>()));
    let ran = place.run(&format!("{RUN} --fail-on review --out out"));
    assert_eq!((ran.code, place.rules_found("out")), (Some(0), vec!["U003".to_string()]));
}

#[test]
fn without_out_nothing_is_written_and_the_page_is_the_result() {
    let place = night();
    let ran = place.run(RUN);
    assert_eq!(ran.code, Some(1));
    assert_eq!(place.names("."), ["claims.csv"]);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    for text in ["as of 2025-09-30", "U001 deny · claim A1 line 1", "service lines seen"] {
        assert!(ran.stdout.contains(text), "{text}: {}", ran.stdout);
    }
    assert_eq!(place.run(RUN).stdout, ran.stdout, "the same input gives another page");
    let quiet = place.run(&format!("{RUN} --quiet"));
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn findings_go_to_standard_output_as_csv_or_json_lines() {
    let place = night();
    place.run(&format!("{RUN} --out out --format csv,json"));
    let csv = place.run(&format!("{RUN} --out -"));
    assert_eq!(csv.code, Some(1));
    assert_eq!(csv.stdout, place.read("out/findings.csv"));
    assert!(csv.stderr.contains("as of 2025-09-30"), "the talk goes to standard error: {csv:?}");
    let json = place.run(&format!("{RUN} --out - --format json --quiet"));
    assert_eq!(json.stdout, place.read("out/findings.jsonl"));
    assert!(json.stderr.is_empty());
    let row: Value = serde_json::from_str(json.stdout.lines().next().expect("a finding"))
        .expect("a line is an object");
    assert_eq!(row["rule"], "U001");
    assert_eq!(row["amount_at_issue"], "10.00");
    assert_eq!(row["evidence"]["kind"], "limit");
}

#[test]
fn the_files_of_a_run_are_all_there_and_private() {
    let place = night();
    let ran = place.run(&format!("{RUN} --out out --format csv,json"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let expected = [
        "claims.csv",
        "findings.csv",
        "findings.jsonl",
        "manifest.json",
        "queue.csv",
        "rejects.csv",
        "summary.json",
    ];
    assert_eq!(place.names("out"), expected);
    for name in expected {
        let about = std::fs::metadata(place.path(&format!("out/{name}"))).expect("it is there");
        assert_eq!(about.permissions().mode() & 0o777, 0o600, "{name}");
    }
    assert_eq!(place.names("."), ["claims.csv", "out"], "something was left over");
    let header = "rule,severity,outcome,claim_id,line_number,member_id,billing_npi,\
                  rendering_npi,service_date,units,excess_units,amount_at_issue,carc,rarc,message,\
                  source,position";
    assert_eq!(place.read("out/findings.csv").lines().next(), Some(header));
    let header = "claim_id,frequency_code,original_claim_id,member_id,billing_npi,disposition,\
                  rules,service_lines,units_billed,units_payable,amount_billed,amount_at_issue";
    assert_eq!(place.read("out/claims.csv").lines().next(), Some(header));
    assert_eq!(place.read("out/rejects.csv"), "source,position,column,reason\n");
    // Without `json` there are no JSON lines, and the earlier ones are gone with their run.
    place.run(&format!("{RUN} --out out"));
    assert!(!place.names("out").contains(&"findings.jsonl".to_string()));
}

#[test]
fn a_run_that_is_not_done_leaves_the_earlier_results_as_they_were() {
    let place = night();
    place.run(&format!("{RUN} --out out"));
    let before = place.read("out/findings.csv");
    assert_eq!(place.run("validate absent.csv --out out").code, Some(2));
    assert_eq!(place.read("out/findings.csv"), before);
    // What is not ours is not replaced, and an input is not written over.
    place.write("mine/letter.txt", "dear");
    assert_eq!(place.run(&format!("{RUN} --out mine")).code, Some(2));
    assert_eq!(place.names("mine"), ["letter.txt"]);
    assert_eq!(place.run(&format!("{RUN} --out .")).code, Some(2));
    assert_eq!(place.run(&format!("{RUN} --out claims.csv")).code, Some(2));
    assert_eq!(place.names("."), ["claims.csv", "mine", "out"]);
}

#[test]
fn the_summary_has_the_keys_that_programs_rely_on() {
    let place = night();
    place.run(&format!("{RUN} --out out"));
    let summary = place.json("out/summary.json");
    let counts = [
        ("files", 1),
        ("claims", 3),
        ("service_lines", 4),
        ("peer_support_lines", 3),
        ("passed_over", 1),
        ("denied_records", 0),
        ("repeated_records", 0),
        ("conflicting_records", 0),
        ("corrected_away", 0),
        ("left_out", 0),
        ("checked", 3),
        ("untested_filing", 3),
        ("unknown_status", 0),
    ];
    for (key, count) in counts {
        assert_eq!(summary[key], count, "{key}");
        assert!(summary["history"][key].is_u64(), "history lacks {key}");
    }
    assert_eq!(summary["as_of"], "2025-09-30");
    assert_eq!(summary["findings"], json!({ "U001": 1 }));
    assert_eq!(summary["severities"], json!({ "deny": 1, "review": 0, "info": 0 }));
    assert_eq!(summary["excess_units"], json!({ "U001": 1 }));
    assert_eq!(summary["amount_at_issue"], "10.00");
    assert_eq!(summary["bad_rows"], 0);
    for key in ["findings", "severities", "excess_units", "amount_at_issue"] {
        assert!(!summary["history"][key].is_null(), "history lacks {key}");
    }
}

#[test]
fn the_manifest_names_what_went_in_and_came_out() {
    let place = night();
    place.write("tables/employment.csv", "practitioner_npi,billing_npi,start_date\n");
    place.run(&format!("{RUN} --out out --tables tables --select U"));
    let manifest = place.json("out/manifest.json");
    let hash = |name: &str| -> String {
        let bytes = std::fs::read(place.path(name)).expect("it is there");
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    assert_eq!(manifest["program"], "peerclaims");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["as_of"], "2025-09-30");
    assert_eq!(manifest["policy"]["sha256"].as_str().map(str::len), Some(64));
    let input = &manifest["inputs"][0];
    assert_eq!(
        (&input["name"], &input["sha256"]),
        (&json!("claims.csv"), &json!(hash("claims.csv")))
    );
    assert_eq!(input["bytes"], std::fs::metadata(place.path("claims.csv")).expect("there").len());
    assert_eq!((&input["claims"], &input["service_lines"]), (&json!(3), &json!(4)));
    assert_eq!(manifest["tables"][0]["sha256"], hash("tables/employment.csv"));
    let options = manifest["options"].to_string();
    assert!(options.contains("--select") && options.contains("\"U\""), "{options}");
    let outputs = manifest["outputs"].as_array().expect("a list");
    assert_eq!(outputs.len(), 5);
    for output in outputs {
        let name = output["name"].as_str().expect("a name");
        assert_eq!(output["sha256"], hash(&format!("out/{name}")), "{name}");
    }
    place.run(&format!("{RUN} --out out --input-hash none"));
    assert_eq!(place.json("out/manifest.json")["inputs"][0]["sha256"], Value::Null);
}

#[test]
fn rules_without_their_table_are_said_loudly() {
    let place = night();
    let ran = place.run(&format!("{RUN} --out out"));
    let listed = place.json("out/summary.json")["rules_not_run"].clone();
    let listed = listed.as_array().expect("a list");
    let rules: Vec<&str> = listed.iter().filter_map(|entry| entry["rule"].as_str()).collect();
    let expected = "K001 K002 K003 K004 K005 K006 K007 P001 P002 P003 P004 P005 S001 S002 S003 \
                    S004 S005 EPSDT";
    assert_eq!(rules.join(" "), expected);
    assert!(listed.iter().all(|entry| entry["why"].as_str().is_some_and(|why| !why.is_empty())));
    assert!(ran.stderr.contains("RULES NOT RUN"), "{}", ran.stderr);
    for rule in rules {
        assert!(ran.stderr.contains(rule), "{rule} is not said: {}", ran.stderr);
    }
    // With the tables of supervision but for supervisors.csv, every supervisor qualifies: said too.
    place.write("t/credentials.csv", "practitioner_npi,designation,effective_date\n");
    place.write("t/employment.csv", "practitioner_npi,billing_npi,start_date\n");
    place.write("t/supervision.csv", "practitioner_npi,supervisor_id,session_date\n");
    let ran = place.run(&format!("{RUN} --out out --tables t"));
    assert!(ran.stderr.contains("supervisors.csv not given"), "{}", ran.stderr);
    let listed = place.json("out/summary.json")["rules_not_run"].to_string();
    assert!(!listed.contains("S004") && listed.contains("S005"), "{listed}");
}

#[test]
fn selected_and_ignored_rules_decide_what_is_reported_and_held() {
    let place = night();
    let dispositions = |place: &Place| {
        let rows = columns(&place.read("out/claims.csv"), &["disposition"]);
        rows.concat().join(" ")
    };
    let cases = [
        ("", 1, "U001", "hold release release"),
        ("--select U", 1, "U001", "hold release release"),
        ("--select u001,C", 1, "U001", "hold release release"),
        ("--select C,K", 0, "", "release release release"),
        ("--ignore U001", 0, "", "release release release"),
        ("--select U --ignore U001", 0, "", "release release release"),
    ];
    for (options, code, rules, claims) in cases {
        let ran = place.run(&format!("{RUN} --out out {options}"));
        assert_eq!(ran.code, Some(code), "{options}: {}", ran.stderr);
        assert_eq!(place.rules_found("out").join(" "), rules, "{options}");
        assert_eq!(dispositions(&place), claims, "{options}");
    }
}

#[test]
fn every_line_is_counted_once_and_the_buckets_add_up() {
    let header = format!(
        "{},frequency_code,original_claim_id,claim_status,rendering_npi\n",
        HEADER.trim_end()
    );
    let rows = "A1,1,M1,1234567893,H0038,4,2025-09-03,,,,\n\
                A1,1,M1,1234567893,H0038,4.0,20250903,1,,paid,\n\
                A1,1,M1,1234567893,H0038,5,2025-09-03,,,,\n\
                A2,1,M1,1234567893,H0038,4,2025-09-04,,,denied,\n\
                A3,1,M1,1234567893,H2017,4,2025-09-04,,,,\n\
                A4,1,M2,1234567893,H0038,4,2025-09-04,,,suspended,\n\
                A5,1,M2,1234567893,H0038,2,2025-09-04,7,A4,,\n\
                A6,x,M2,1234567893,H0038,2,2025-09-04,,,,\n";
    let place = Place::new();
    place.write("claims.csv", format!("{header}{rows}"));
    let ran = place.run(&format!("{RUN} --out out"));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let summary = place.json("out/summary.json");
    let buckets = [
        ("left_out", 1),
        ("passed_over", 1),
        ("denied_records", 1),
        ("repeated_records", 1),
        ("conflicting_records", 1),
        ("corrected_away", 1),
        ("checked", 2),
    ];
    for (key, count) in buckets {
        assert_eq!(summary[key], count, "{key}");
    }
    assert_eq!((&summary["service_lines"], &summary["peer_support_lines"]), (&json!(8), &json!(6)));
    assert_eq!(summary["unknown_status"], 1);
    let columns = columns(&place.read("out/claims.csv"), &["claim_id", "disposition"]);
    let shown: Vec<String> = columns.iter().map(|row| row.join(" ")).collect();
    assert_eq!(shown, ["A1 review", "A4 superseded", "A5 release"]);
}

/// Of a conflicting record nothing is disallowed where another one of its key stands; where it is
/// all that there is of a claim, the row is about it, and its sums hold in themselves.
#[test]
fn a_conflicting_record_that_is_denied_takes_nothing_from_the_line_that_stands() {
    let place = Place::new();
    let header = format!("{},charge_amount\n", HEADER.trim_end());
    let first = "A1,1,M1,1234567893,H0038,4,2025-09-03,40.00\n";
    let later = "A1,1,M1,1234567893,H0038,5,2025-09-03,50.00\n";
    place.write("policy.toml", "[severity]\nD005 = \"deny\"\n");
    place.write("claims.csv", format!("{header}{first}{later}"));
    let names = ["disposition", "units_billed", "units_payable", "amount_billed"];
    let names = [&names[..], &["amount_at_issue"]].concat();
    let run = |options: &str| {
        place.run(&format!("{RUN} --policy policy.toml --out out {options}"));
        let summary = place.json("out/summary.json");
        let disallowed = (summary["units_disallowed"].clone(), summary["amount_at_issue"].clone());
        (columns(&place.read("out/claims.csv"), &names).concat().join(" "), disallowed)
    };
    assert_eq!(run(""), ("hold 4 4 40.00 0.00".to_owned(), (json!(0), json!("0.00"))));
    place.write("earlier.csv", format!("{header}{first}"));
    place.write("claims.csv", format!("{header}{later}"));
    let alone = ("hold 5 0 50.00 50.00".to_owned(), (json!(5), json!("50.00")));
    assert_eq!(run("--history earlier.csv"), alone);
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_quoted_in_csv_alone() {
    let place = Place::with_claims("=A1,1,+M1,1234567893,H0038,-7,2025-09-03\n");
    place.run(&format!("{RUN} --out out --format csv,json"));
    let row = &columns(&place.read("out/findings.csv"), &["claim_id", "member_id", "units"])[0];
    assert_eq!(row[..], ["'=A1", "'+M1", "'-7"]);
    let json: Value = serde_json::from_str(place.read("out/findings.jsonl").trim_end())
        .expect("one finding, one object");
    assert_eq!((&json["claim_id"], &json["units"]), (&json!("=A1"), &json!("-7")));
}

#[test]
fn help_version_rules_and_policy_are_no_errors() {
    let place = Place::new();
    for line in ["--help", "--version", "validate --help", "rules", "policy", "explain u001"] {
        let ran = place.run(line);
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
        assert!(!ran.stdout.is_empty() && ran.stderr.is_empty(), "{line}: {ran:?}");
    }
    let rules: Value = serde_json::from_str(&place.run("rules --format json").stdout)
        .expect("the catalogue is JSON");
    let all = peerclaims::rules::registry::RULES.len();
    assert_eq!(rules.as_array().map(Vec::len), Some(all));
    // The policy that is printed is the policy that is built in.
    place.write("own.toml", place.run("policy").stdout);
    let ran = place.run("policy check own.toml");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    place.write("own.toml", "[units]\nepsdt_under = 20\n");
    let ran = place.run("policy check own.toml");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("epsdt_under_age"), "{ran:?}");
    assert_eq!(place.run("policy check absent.toml").code, Some(2));
    let ran = place.run_with_input("policy check -", b"[units]\nepsdt_under_age = 20\n");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    place.write("wide.toml", b"\xff\xfe[\0u\0");
    let ran = place.run("policy check wide.toml");
    assert!(ran.code == Some(2) && ran.stderr.contains("save it as UTF-8"), "{ran:?}");
    let ran = place.run("explain epsdt");
    assert!(ran.code == Some(2) && ran.stderr.contains("explain U001"), "{ran:?}");
    let ran = place.run("explain U009");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("U00"), "the nearest rule is named: {}", ran.stderr);
}
