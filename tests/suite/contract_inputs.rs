//! What the contract promises about input, through the program: which files are read, which are
//! passed over, and for which the run is not done at all.

use crate::support::{HEADER, Place, Ran};

const GOOD_ROW: &str = "A1,1,M1,1234567893,H0038,4,2025-09-03\n";

/// Exit 2: the message names what it must, nothing is written, and no member is said.
fn assert_not_done(place: &Place, ran: &Ran, names: &[&str]) {
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    for name in names {
        assert!(ran.stderr.contains(name), "{name} is not said: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("M1,"), "a row is shown: {}", ran.stderr);
    let traces = |name: &&String| name.as_str() == "out" || name.starts_with(".out");
    let left: Vec<String> = place.names(".").iter().filter(traces).cloned().collect();
    assert!(left.is_empty(), "something was written: {left:?}");
}

#[test]
fn what_cannot_be_read_ends_the_run_before_anything_is_written() {
    let place = Place::with_claims(GOOD_ROW);
    place.write("empty.csv", "");
    place.write("notes.csv", "subject,text\nx,y\n");
    place
        .write("no_units.csv", "claim_id,line_number,member_id,billing_npi,procedure_code,unitz\n");
    place.write("folder/notes.txt", "nothing of ours\n");
    place.write("bare/.keep", "");
    place.write("employment.csv", "practitioner_npi,start\n");
    place.write("policy.toml", "proceduers = [\"H0038\"]\n");
    place.write("wide.toml", "[units]\nnear_annual_percent = \"ninety\"\n");
    let cases: [(&str, &[&str]); 22] = [
        ("absent.csv", &["absent.csv"]),
        ("empty.csv", &["empty.csv", "empty"]),
        ("notes.csv", &["notes.csv"]),
        ("no_units.csv", &["no_units.csv", "units", "service_date", "unitz"]),
        ("absent*.csv", &["absent*.csv"]),
        ("claims.csv absent.csv", &["absent.csv"]),
        ("claims.csv --history absent.csv", &["absent.csv"]),
        ("claims.csv --history notes.csv", &["notes.csv"]),
        ("claims.csv --employment absent.csv", &["absent.csv", "employment"]),
        (
            "claims.csv --employment employment.csv",
            &["employment.csv", "billing_npi", "start_date"],
        ),
        ("claims.csv --employment empty.csv", &["empty.csv", "empty"]),
        ("claims.csv --tables absent", &["absent"]),
        ("claims.csv --policy absent.toml", &["absent.toml"]),
        ("claims.csv --policy policy.toml", &["proceduers", "procedures"]),
        ("claims.csv --policy wide.toml", &["near_annual_percent"]),
        ("claims.csv --config absent.toml", &["absent.toml"]),
        ("claims.csv --as-of 2025-02-30", &["--as-of", "2025-02-30"]),
        ("claims.csv --fail-on often", &["--fail-on", "often", "deny"]),
        ("claims.csv --format pfd", &["--format", "pfd"]),
        ("claims.csv --select U0X", &["U0X"]),
        ("claims.csv --input-hash md5", &["--input-hash", "md5"]),
        ("claims.csv --thread 2", &["--thread", "--threads"]),
    ];
    for (arguments, names) in cases {
        let ran = place.run(&format!("validate --out out {arguments}"));
        assert_not_done(&place, &ran, names);
    }
    assert_not_done(&place, &place.run("validate --out out"), &["CLAIMS"]);
    assert_eq!(place.run("").code, Some(2));
    assert_eq!(place.run("valdate claims.csv").code, Some(2));
}

#[test]
fn a_folder_without_claims_is_not_a_clean_run() {
    let place = Place::new();
    place.write("folder/notes.txt", "nothing of ours\n");
    std::fs::create_dir(place.path("bare")).expect("the folder is writable");
    for folder in ["folder", "bare"] {
        let ran = place.run(&format!("validate --out out {folder}"));
        assert_not_done(&place, &ran, &[folder]);
    }
}

#[test]
fn of_a_folder_the_claim_files_are_read_and_the_others_are_listed() {
    let place = Place::new();
    place.write("night/b/one.csv", format!("{HEADER}{GOOD_ROW}"));
    place.write("night/a.csv", format!("{HEADER}A2,1,M2,1234567893,H0038,7,2025-09-03\n"));
    place.write("night/notes.txt", "nothing of ours\n");
    let ran = place.run("validate night --out out --as-of 2025-09-30");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let summary = place.json("out/summary.json");
    assert_eq!(summary["files"], 2);
    assert_eq!(summary["skipped_files"], serde_json::json!(["night/notes.txt"]));
    assert!(ran.stderr.contains("night/notes.txt"), "{}", ran.stderr);
    let inputs = summary["inputs"].as_array().expect("a list");
    let names: Vec<_> = inputs.iter().filter_map(|file| file["name"].as_str()).collect();
    assert_eq!(names, ["night/a.csv", "night/b/one.csv"]);
    // A claim CSV that lacks a column is no other kind of file.
    place.write("night/c.csv", "claim_id,line_number,member_id\n");
    let ran = place.run("validate night --out other");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("night/c.csv"), "{}", ran.stderr);
}

#[test]
fn a_pattern_is_expanded_by_the_program_too() {
    let place = Place::new();
    for (name, claim) in [("n2.csv", "A2"), ("n1.csv", "A1"), ("other.csv", "A3")] {
        place.write(name, format!("{HEADER}{claim},1,M1,1234567893,H0038,4,2025-09-03\n"));
    }
    let ran = place.run("validate n?.csv --out out --as-of 2025-09-30");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    // A1 stands first in byte order of path, so A2 is the duplicate.
    assert!(place.read("out/findings.csv").contains("D001,deny,fail,A2"));
    assert_eq!(place.json("out/summary.json")["files"], 2);
}

#[test]
fn standard_input_is_a_claim_file_whatever_its_form() {
    let place = Place::with_claims(GOOD_ROW);
    let text = format!("{HEADER}A1,1,M1,1234567893,H0038,7,2025-09-03\n");
    let zipped = zstd::encode_all(text.as_bytes(), 1).expect("memory takes it");
    for bytes in [text.as_bytes(), &zipped] {
        let ran = place.run_with_input("validate - --out - --quiet --as-of 2025-09-30", bytes);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stdout.contains("U001,deny,fail,A1,1,M1"), "{}", ran.stdout);
        assert!(ran.stdout.contains(",'-,row 2"), "{}", ran.stdout);
    }
    let ran = place.run_with_input("validate -", b"");
    assert_not_done(&place, &ran, &["empty"]);
}

#[test]
fn columns_are_found_by_name_and_a_configuration_renames_them() {
    let place = Place::new();
    let text = "\u{feff}TCN;Line_Number;Member_ID;remarks;BILLING_NPI;procedure_code;UNITS;\
                service_date\r\nA1;1;M1;\"a;b\";1234567893;h0038;7;20250903\r\n";
    place.write("claims.csv", text);
    let ran = place.run("validate claims.csv --out out --as-of 2025-09-30 --delimiter ;");
    assert_not_done(&place, &ran, &["claims.csv", "claim_id"]);
    place.write("peerclaims.toml", "delimiter = \";\"\n[columns.claims]\nclaim_id = \"TCN\"\n");
    let ran = place.run("validate claims.csv --out out --as-of 2025-09-30");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(place.rules_found("out"), ["U001"]);
    // A table's columns are renamed the same way, and a name that we do not have is an error.
    let employment = "npi;billing_npi;start_date\n1234567893;1234567893;2020-01-01\n";
    place.write("employment.csv", employment);
    let named = "[columns.employment]\npractitioner_npi = \"npi\"\n";
    place.write("other.toml", format!("{}{named}", place.read("peerclaims.toml")));
    let line = "validate claims.csv --as-of 2025-09-30 --employment employment.csv";
    let ran = place.run(&format!("{line} --out other --config other.toml"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    place.write("wrong.toml", "[columns.claims]\nclaim_idd = \"TCN\"\n");
    let ran = place.run(&format!("{line} --out none --config wrong.toml"));
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("claim_idd") && ran.stderr.contains("claim_id\""), "{ran:?}");
}

#[test]
fn bad_rows_are_left_out_and_make_a_part_result() {
    let place = Place::with_claims(&format!(
        "{GOOD_ROW}A2,one,M2,1234567893,H0038,4,2025-09-04\nA3,1,M3,1234567893,H0038\n"
    ));
    let employment = "practitioner_npi,billing_npi,start_date,end_date,fte\n\
                      1234567893,1234567893,2020-01-01,,1\n\
                      1234567893,1234567893,2020-13-01,,1\n\
                      1234567893,1234567893,2020-01-01,,full\n";
    place.write("employment.csv", employment);
    let line = "validate claims.csv --employment employment.csv --as-of 2025-09-30";
    // An option cannot make a part result look clean.
    let ran = place.run(&format!("{line} --out out --fail-on never"));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let summary = place.json("out/summary.json");
    assert_eq!((&summary["bad_rows"], &summary["left_out"]), (&3.into(), &2.into()));
    assert_eq!(place.rules_found("out"), ["F005", "F005"]);
    let rejects = place.read("out/rejects.csv");
    let expected = [
        "source,position,column,reason",
        "claims.csv,row 3,line_number,",
        "claims.csv,row 4,",
        "employment.csv,row 3,start_date,",
        "employment.csv,row 4,fte,",
    ];
    let mut lines: Vec<&str> = rejects.lines().collect();
    lines.sort_by_key(|line| expected.iter().position(|start| line.starts_with(start)));
    assert_eq!(lines.len(), expected.len(), "{rejects}");
    for (line, start) in lines.iter().zip(expected) {
        assert!(line.starts_with(start), "{line}: {start} expected");
    }
    // A blanked optional value alone is no part result.
    place.write("employment.csv", employment.replace("2020-13-01", "2020-12-01"));
    place.write("claims.csv", format!("{HEADER}{GOOD_ROW}"));
    let ran = place.run(&format!("{line} --out out"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(place.json("out/summary.json")["bad_rows"], 0);
    assert_eq!(place.read("out/rejects.csv").lines().count(), 2);
}

#[test]
fn too_many_bad_rows_end_the_run_and_the_first_ten_are_shown_without_values() {
    let mut rows = GOOD_ROW.to_string();
    for number in 0..12 {
        rows.push_str(&format!("B{number},SECRET,M1,1234567893,H0038,4,2025-09-03\n"));
    }
    let place = Place::with_claims(&rows);
    let line = "validate claims.csv --as-of 2025-09-30 --out out";
    let ran = place.run(&format!("{line} --max-bad-rows 11"));
    assert_not_done(&place, &ran, &["12", "claims.csv, row 3, line_number", "row 12,"]);
    assert!(!ran.stderr.contains("row 13,"), "more than ten are shown: {}", ran.stderr);
    assert!(!ran.stderr.contains("SECRET"), "a value is shown: {}", ran.stderr);
    assert_eq!(place.run(&format!("{line} --max-bad-rows 12")).code, Some(3));
}

#[test]
fn the_same_file_as_history_is_read_as_current_only() {
    let place = Place::with_claims("A1,1,M1,1234567893,H0038,4,2025-09-03\n");
    place.write("history/copy.csv", place.read("claims.csv"));
    for hash in ["sha256", "none"] {
        let line = "validate claims.csv --history history --as-of 2025-09-30 --out out";
        let ran = place.run(&format!("{line} --input-hash {hash}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let summary = place.json("out/summary.json");
        assert_eq!((&summary["checked"], &summary["repeated_records"]), (&1.into(), &0.into()));
        assert_eq!(summary["history"]["service_lines"], 0);
        assert!(ran.stderr.contains("history/copy.csv: the same file"), "{}", ran.stderr);
    }
}

#[test]
fn the_as_of_date_is_the_newest_date_of_the_input_unless_given() {
    let columns = HEADER.trim_end();
    let place = Place::new();
    let rows = "A1,1,M1,1234567893,H0038,4,2025-09-03,2025-09-10\n\
                A2,1,M2,1234567893,H2017,4,2025-09-03,20250912\n\
                A3,1,M3,1234567893,H0038,4,2025-09-03,2999-01-01\n\
                A4,1,M4,1234567893,H0038,4,2025-09-03,soon\n";
    place.write("claims.csv", format!("{columns},received_date\n{rows}"));
    place.write("history.csv", format!("{columns},received_date\n"));
    let as_of = |place: &Place, more: &str| {
        let ran = place.run(&format!("validate claims.csv --fail-on never --out out {more}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert_eq!(
            place.json("out/manifest.json")["as_of"],
            place.json("out/summary.json")["as_of"]
        );
        place.json("out/summary.json")["as_of"].as_str().map(str::to_owned)
    };
    assert_eq!(as_of(&place, "").as_deref(), Some("2025-09-12"));
    assert_eq!(as_of(&place, "--as-of 20250905").as_deref(), Some("2025-09-05"));
    let newer = "H1,1,M1,1234567893,H2017,4,2025-09-03,2025-09-20\n";
    place.write("history.csv", format!("{columns},received_date\n{newer}"));
    assert_eq!(as_of(&place, "--history history.csv").as_deref(), Some("2025-09-20"));
    // A line after it is not yet a service.
    let ran = place.run("validate claims.csv --as-of 2025-09-02 --out out --select C003");
    assert_eq!(ran.code, Some(1));
    assert_eq!(place.rules_found("out"), ["C003", "C003", "C003"]);
}
