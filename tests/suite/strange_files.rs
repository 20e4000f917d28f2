//! Claims that would be lost in silence: files that were meant as claims and stand in a folder with
//! others, and arguments that take the claims for something else.

use crate::inspect::interchange;
use crate::support::{HEADER, Place, columns};

const ROW: &str = "A1,1,M1,1234567893,H0038,4,2025-09-03\n";
const RUN: &str = "validate night --as-of 2025-09-30 --out out";

fn text() -> String {
    format!("{HEADER}{ROW}")
}

/// A folder with one good file, and this one.
fn night(name: &str, bytes: impl AsRef<[u8]>) -> Place {
    let place = Place::new();
    place.write("night/good.csv", text());
    place.write(&format!("night/{name}"), bytes);
    place
}

#[test]
fn a_claim_csv_gone_wrong_is_an_error_in_a_folder_too() {
    let wide: Vec<u8> = text().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, Vec<u8>, &str); 10] = [
        ("semicolons.csv", text().replace(',', ";").into(), "pass --delimiter ';'"),
        ("tabs.txt", text().replace(',', "\t").into(), "pass --delimiter '\\t'"),
        ("wide.csv", wide.clone(), "UTF-16"),
        ("marked.csv", [b"\xff\xfe".to_vec(), wide].concat(), "UTF-16"),
        ("mac.csv", text().replace('\n', "\r").into(), "old Mac"),
        ("zeros.csv", format!("\0\0{}", text()).into(), "bytes of zero"),
        ("broken.csv", text().replace("units", "un\0its").into(), "bytes of zero"),
        ("rows.csv", ROW.into(), "without a header"),
        ("columns.csv", text().replace("units", &"units,x".repeat(5000)).into(), "at most 4096"),
        ("some.csv", text().replacen("claim_id", "claim", 1).into(), "claim_id is missing"),
    ];
    for (name, bytes, said) in cases {
        let place = night(name, &bytes);
        for arguments in [RUN, &RUN.replacen("night", &format!("night/{name}"), 1)] {
            let ran = place.run(arguments);
            assert_eq!(ran.code, Some(2), "{name}: {}", ran.stderr);
            let names = ran.stderr.contains(&format!("night/{name}"));
            assert!(names && ran.stderr.contains(said), "{name}: {}", ran.stderr);
            assert!(!ran.stderr.contains("M1,"), "{name}: {}", ran.stderr);
            assert!(place.names("out").is_empty(), "{name}");
        }
    }
}

#[test]
fn files_of_another_kind_are_still_skipped_and_listed() {
    let cases: [(&str, &[u8]); 6] = [
        ("notes.txt", b"claims of the night, see claim_id and units\n"),
        ("empty.csv", b""),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"),
        ("employment.csv", b"practitioner_npi;billing_npi;start_date\n1;2;2020-01-01\n"),
        ("findings.csv", b"rule;severity;outcome;claim_id;line_number;member_id;billing_npi\n"),
        ("plans.csv", b"plan_id,member_id,start_date,end_date,services\n"),
    ];
    for (name, bytes) in cases {
        let place = night(name, bytes);
        let ran = place.run(RUN);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        let skipped = &place.json("out/summary.json")["skipped_files"];
        assert_eq!(*skipped, serde_json::json!([format!("night/{name}")]));
        assert!(ran.stderr.contains("1 file of another kind was skipped"), "{}", ran.stderr);
    }
}

#[test]
fn segments_without_an_interchange_are_damage_and_not_another_kind() {
    let whole = interchange("HC", "837", "005010X222A1", "BHT*0019*00*1*20250915*0300*CH~\n");
    let headless = whole.split_once('\n').expect("an ISA").1;
    let place = night("headless.837", headless);
    let ran = place.run(RUN);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(place.rules_found("out"), ["F004"]);
    let findings = place.read("out/findings.csv");
    assert!(findings.contains("no ISA segment before this"), "{findings}");
    assert!(findings.contains("night/headless.837,\"segment 1, byte 0\""), "{findings}");
    // Its next interchange is read. Named, it is of another kind: what a file is, its start tells.
    place.write("night/headless.837", format!("{headless}{whole}"));
    assert_eq!(place.run(RUN).code, Some(3));
    assert_eq!(place.rules_found("out"), ["F004"]);
    assert!(place.read("out/findings.csv").contains(&format!("{} bytes", headless.len())));
    let named = place.run("validate night/headless.837");
    assert_eq!(named.code, Some(2), "{}", named.stderr);
    assert!(named.stderr.contains("their ISA is missing"), "{}", named.stderr);
}

#[test]
fn an_interchange_behind_something_else_is_read_and_what_stands_before_it_said() {
    let whole = interchange("HC", "837", "005010X222A1", "BHT*0019*00*1*20250915*0300*CH~\n");
    let place = night("mail.txt", format!("Subject: the claims\n\n{whole}"));
    let ran = place.run(RUN);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(place.rules_found("out"), ["F004"]);
    assert!(place.read("out/findings.csv").contains("21 bytes up to the next"));
    assert_eq!(place.json("out/summary.json")["inputs"][1]["segments"], 7);
    let named = place.run("validate night/mail.txt");
    assert_eq!(named.code, Some(2));
    assert!(named.stderr.contains("not at its beginning"), "{}", named.stderr);
}

#[test]
fn zeros_mean_the_same_wherever_they_stand() {
    let good = "A1,1,M1,1234567893,H0038,4,2025-09-03\n";
    let zero = "A2,1,M2,1234567893,H0038,4,2025-09-\0\0\n";
    for (before, after) in [(0, 0), (0, 500), (60, 500), (500, 0)] {
        let rows = format!("{}{zero}{}", good.repeat(before), good.repeat(after));
        let place = Place::with_claims(&rows);
        let ran = place.run("validate claims.csv --as-of 2025-09-30 --select C003 --out out");
        assert_eq!(ran.code, Some(1), "{before} before: {}", ran.stderr);
        assert_eq!(place.rules_found("out"), ["C003"], "{before} before");
    }
    let whole = interchange("HC", "837", "005010X222A1", "BHT*0019*00*1*20250915*0300*CH~\n");
    for filler in ["\0", "\0\0\0\0\r\n", "\x1a\n", " \t\0"] {
        for text in [format!("{filler}{whole}"), whole.replace("~\n", &format!("~{filler}"))] {
            let place = Place::new();
            place.write("c.837", &text);
            let ran = place.run("validate c.837");
            assert_eq!(ran.code, Some(0), "{filler:?}: {}{}", ran.stdout, ran.stderr);
        }
    }
}

/// Files that are cut into very many short blocks: each is read once, not once a block.
#[test]
fn many_headers_and_many_open_quotes_are_read_to_the_end() {
    let whole = interchange("HC", "837", "005010X222A1", "BHT*0019*00*1*20250915*0300*CH~\n");
    let isa = whole.split_once('\n').expect("an ISA").0;
    let other = isa.replace('*', "|");
    for (count, bytes) in
        [(30_000, isa.repeat(30_000)), (30_000, (isa.to_owned() + &other).repeat(15_000))]
    {
        let place = Place::new();
        place.write("c.837", bytes);
        let ran = place.run("validate c.837 --threads 1 --out out --quiet");
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        let summary = place.json("out/summary.json");
        assert_eq!(summary["findings"]["F004"], count, "each lacks its IEA");
    }
    let lines =
        "A1,\"1,M1,1888000019,H0038,4,2025-09-01\nA1,1,M1,1888000019,\"H0038,4,2025-09-01\n";
    let place = Place::with_claims(&lines.repeat(30_000));
    let ran = place.run("validate claims.csv --threads 1 --out out --quiet");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(place.json("out/summary.json")["findings"]["F005"], 60_000);
}

#[test]
fn optional_services_between_the_control_segments_are_no_damage() {
    let set = interchange("FA", "997", "005010X230", "AK1*HC*000001~\nAK9*A*1*1*1~\n");
    let (isa, rest) = set.split_once('\n').expect("an ISA");
    let services = "ISB*1~\nISE*200601*0515*04~\nTA3*A*B*C~\nS1S*04*1*2*3~\n";
    let text = format!("{isa}\n{services}{rest}");
    let place = Place::new();
    place.write("c.837", &text);
    let ran = place.run("validate c.837 --out out");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(place.rules_found("out"), ["F002"]);
    // Anything else there is damage, as before.
    place.write("c.837", text.replace("ISB*1", "ISB*1*2*3*4*5").replace("TA3", "TX3"));
    assert_eq!(place.run("validate c.837 --out out").code, Some(3));
    assert_eq!(place.rules_found("out"), ["F004", "F004", "F002"]);
}

#[test]
fn history_that_took_the_claims_is_said() {
    let place = Place::with_claims(ROW);
    place.write("history.csv", HEADER);
    let ran = place.run("validate --history history.csv claims.csv");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--history takes all paths behind it"), "{}", ran.stderr);
    let without = place.run("validate --tables .");
    assert!(!without.stderr.contains("takes all paths"), "{}", without.stderr);
    for line in ["claims.csv --history history.csv", "--history history.csv -- claims.csv"] {
        let ran = place.run(&format!("validate --as-of 2025-09-30 {line}"));
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
    }
}

#[test]
fn quiet_leaves_it_to_the_summary_that_rules_did_not_run() {
    let place = Place::with_claims(ROW);
    let ran = place.run("validate claims.csv --as-of 2025-09-30 --quiet --out out");
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let not_run = &place.json("out/summary.json")["rules_not_run"];
    assert!(not_run.as_array().is_some_and(|rules| rules.len() > 10), "{not_run}");
    let help = place.run("validate --help");
    assert!(help.stdout.contains("summary.json alone says"), "{}", help.stdout);
}

/// A claim of one line below a subscriber of its own.
fn level(number: usize, hl: &str) -> String {
    format!(
        "{hl}SBR*P*18*******MC~\nNM1*IL*1*DOE*JO****MI*M{number}~\nDMG*D8*19840312*F~\n\
         CLM*C{number}*40***53:B:1*Y*A*Y*Y~\nHI*ABK:F331~\nNM1*82*1*ROE****XX*1777000013~\n\
         LX*1~\nSV1*HC:H0038*40*UN*4***1~\nDTP*472*D8*2025090{number}~\n"
    )
}

/// Runs on two levels, and gives exit code, findings that are of no claim, and rows of claims.csv.
fn levels(body: &str) -> (Option<i32>, Vec<String>, Vec<Vec<String>>) {
    let begin =
        "BHT*0019*00*1*20250915*0300*CH~\nHL*1**20*1~\nNM1*85*2*AGENCY*****XX*1888000019~\n";
    let place = Place::new();
    place.write("c.837", interchange("HC", "837", "005010X222A1", &format!("{begin}{body}")));
    let ran = place.run("validate c.837 --out out");
    let rules = place.rules_found("out").into_iter().filter(|rule| rule.starts_with('F'));
    let rules: Vec<String> = rules.filter(|rule| rule != "F001").collect();
    let claims = columns(&place.read("out/claims.csv"), &["claim_id", "member_id", "billing_npi"]);
    (ran.code, rules, claims)
}

const LEVEL_2: &str = "HL*2*1*22*0~\n";
const LEVEL_3: &str = "HL*3*1*22*0~\n";

#[test]
fn claims_behind_a_damaged_level_do_not_go_to_the_member_before_it() {
    let own = |number: usize| [format!("C{number}"), format!("M{number}"), "1888000019".into()];
    for hl in ["HI*3*1*22*0~\n", "HL*3*1*23*0~\n", ""] {
        let (code, rules, claims) = levels(&[level(1, LEVEL_2), level(2, hl)].concat());
        assert_eq!((code, rules), (Some(3), vec!["F004".to_owned()]), "{hl}");
        assert_eq!(claims, [own(1), own(2)], "{hl}");
    }
    // A billing provider whose HL is lost, or read as another level.
    let npi = "1999900016";
    for hl in ["", "HL*3**22*1~\n", "HL*3*1*23*0~\n"] {
        let second = format!("{hl}NM1*85*2*OTHER*****XX*{npi}~\n");
        let levels = levels(&[level(1, LEVEL_2), second, level(2, "HL*4*3*22*0~\n")].concat());
        assert_eq!((levels.0, levels.1), (Some(3), vec!["F004".to_owned()]), "{hl}");
        assert_eq!(levels.2, [own(1), ["C2".into(), "M2".into(), npi.into()]], "{hl}");
    }
    // A CLM whose id became that of another segment: its lines are nobody's.
    let second = level(2, LEVEL_3).replace("CLM*", "CL1*");
    let (code, rules, claims) = levels(&[level(1, LEVEL_2), second].concat());
    assert_eq!((code, rules), (Some(3), vec!["F004".to_owned(), "F005".to_owned()]));
    assert_eq!(claims, [own(1)]);
}

#[test]
fn parties_of_another_payer_change_nothing() {
    let other = "SBR*S*18*******CI~\nOI***Y***Y~\nNM1*IL*1*POE*JO****MI*X9~\n\
        NM1*85*2*NONE*****XX*1999900016~\n";
    let both = [level(1, LEVEL_2), level(2, LEVEL_3)].concat();
    let expected = levels(&both);
    assert_eq!((expected.0, expected.1.len()), (Some(0), 0));
    let more = level(3, "").split_once("CLM").map(|(_, claim)| format!("CLM{claim}"));
    let more = more.expect("a claim").replace("C3", "C4");
    for text in [
        both.replace("LX*1", &format!("{other}LX*1")),
        // Out of its place, behind the lines: by the contract it still belongs to the other payer.
        both.replace("HL*3", &format!("{other}HL*3")),
    ] {
        assert_eq!(levels(&text), expected, "{text}");
    }
    let behind = [level(1, LEVEL_2), other.to_owned(), more].concat();
    let (code, rules, claims) = levels(&behind);
    assert_eq!((code, rules.len(), &claims[1][1]), (Some(0), 0, &"M1".to_owned()));
    // Without its SBR it is said, and still names nobody.
    let lost = both.replace("LX*1", "NM1*IL*1*POE*JO****MI*X9~\nLX*1");
    let (code, rules, claims) = levels(&lost);
    assert_eq!((code, rules, claims), (Some(3), vec!["F004".to_owned(); 2], expected.2));
}

#[test]
fn a_segment_that_runs_on_into_the_next_is_left_out_and_said() {
    let both = [level(1, LEVEL_2), level(2, LEVEL_3)].concat();
    for (whole, damaged, rules, claims) in [
        ("M2~\nDMG", "M2?DMG", vec!["F004", "F005"], 1),
        ("M2~\nDMG", "M2*DMG", vec!["F004", "F005"], 1),
        ("***1~\nDTP*472*D8*20250902", "***1?DTP*472*D8*20250902", vec!["F004", "F004"], 1),
    ] {
        assert!(both.contains(whole), "{whole}");
        let (code, found, rows) = levels(&both.replace(whole, damaged));
        assert_eq!((code, rows.len()), (Some(3), claims), "{damaged}");
        assert_eq!(found, rules, "{damaged}");
        assert!(rows.iter().all(|row| row[1] == "M1"), "{damaged}");
    }
    let hi = both.replace("HI*ABK:F331~\nNM1*82", "HI*ABK:F331?NM1*82");
    let (code, found, rows) = levels(&hi);
    assert_eq!((code, found, rows.len()), (Some(3), vec!["F004".to_owned(); 2], 2));
}

/// One damaged byte at the very beginning of a file must not pass it over in a folder.
#[test]
fn an_interchange_whose_first_bytes_are_damaged_is_not_passed_over() {
    let begin =
        "BHT*0019*00*1*20250915*0300*CH~\nHL*1**20*1~\nNM1*85*2*AGENCY*****XX*1888000019~\n";
    let body = [begin, &level(1, LEVEL_2)].concat();
    let whole = interchange("HC", "837", "005010X222A1", &body);
    for id in ["IXA", "ISB", "isa", "XSA", "\u{1}SA", "IS\0"] {
        let place = night("b.837", whole.replacen("ISA", id, 1));
        let ran = place.run(RUN);
        assert_eq!(ran.code, Some(3), "{id:?}: {}", ran.stderr);
        assert!(place.rules_found("out").contains(&"F004".to_owned()), "{id:?}");
        let named = place.run("validate night/b.837 --as-of 2025-09-30 --out named");
        assert_eq!(named.code, Some(2), "{id:?}");
        assert!(named.stderr.contains("night/b.837"), "{}", named.stderr);
    }
}

#[test]
fn a_claim_csv_with_our_names_is_read_though_a_mapping_is_in_force() {
    let place = night("theirs.csv", text().replace("claim_id", "ICN").replace("A1,", "B1,"));
    let codes = "[codes.claims.procedure_code]\nH0038 = '90834'\n";
    place.write("map.toml", format!("[columns.claims]\nclaim_id = 'ICN'\n{codes}"));
    let ran = place.run(&format!("{RUN} --config map.toml"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let summary = place.json("out/summary.json");
    assert_eq!((&summary["files"], &summary["service_lines"]), (&2.into(), &2.into()));
    assert_eq!(summary["peer_support_lines"], 1, "the codes are of the mapped file alone");
    let notes = summary["notes"].to_string();
    assert!(notes.contains("night/good.csv: has the columns of the contract"), "{notes}");
    assert!(!notes.contains("theirs.csv"), "{notes}");
}

#[test]
fn a_table_whose_name_is_almost_right_is_an_error() {
    for name in ["Credentials.CSV", "employement.csv", "service_plan.csv.gz"] {
        let place = Place::with_claims(ROW);
        place.write(&format!("tables/{name}"), "practitioner_npi\n");
        let ran = place.run("validate claims.csv --tables tables --as-of 2025-09-30");
        assert_eq!(ran.code, Some(2), "{name}: {}", ran.stderr);
        let said = format!("tables/{name}: almost the name of the table ");
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    }
    let place = Place::with_claims(ROW);
    place.write("tables/Employment.csv", "practitioner_npi,billing_npi,start_date\n");
    let run = "validate claims.csv --tables tables --as-of 2025-09-30";
    let named = place.run(&format!("{run} --employment tables/Employment.csv"));
    assert_eq!(named.code, Some(0), "named, it is no slip: {}", named.stderr);
    let place = Place::with_claims(ROW);
    place.write("tables/plans.csv", "x\n");
    let ran = place.run("validate claims.csv --tables tables --as-of 2025-09-30");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn a_line_number_that_is_too_large_is_told_from_one_that_is_none() {
    let rows = ["4294967295", "4294967296", "99999999999", "x1"];
    let rows: String =
        rows.iter().map(|number| ROW.replace("A1,1", &format!("A1,{number}"))).collect();
    let place = Place::with_claims(&rows);
    let ran = place.run("validate claims.csv --as-of 2025-09-30 --out out");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let rejects = place.read("out/rejects.csv");
    assert_eq!(rejects.matches("too large").count(), 2, "{rejects}");
    assert_eq!(rejects.matches("not a whole number").count(), 1, "{rejects}");
}

#[test]
fn a_configuration_that_is_found_is_said() {
    let place = Place::with_claims(&ROW.replace("H0038", "PS"));
    let run = "validate claims.csv --as-of 2025-09-30 --out out";
    place.write("peerclaims.toml", "[codes.claims.procedure_code]\nPS = 'H0038'\n");
    let ran = place.run(run);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(place.json("out/summary.json")["peer_support_lines"], 1);
    let notes = place.json("out/summary.json")["notes"].to_string();
    assert!(notes.contains("are read as peerclaims.toml says"), "{notes}");
    let config = &place.json("out/manifest.json")["config"];
    assert_eq!(config["name"], "peerclaims.toml");
    assert_eq!(config["sha256"].as_str().map(str::len), Some(64));
    let without = Place::with_claims(ROW);
    assert_eq!(without.run(run).code, Some(0));
    assert!(without.json("out/manifest.json").get("config").is_none());
}

#[test]
fn a_file_of_another_kind_is_called_by_its_name_and_says_what_to_do() {
    let place = Place::new();
    place.write("book.xlsx", b"PK\x03\x04\x14\0\0\0\x08\0");
    place.write("old.7z", b"7z\xbc\xaf\x27\x1c\0\0\0");
    place.write(
        "plans.csv",
        "plan_id,member_id,start_date,end_date,services,planned_units,planned_period\n",
    );
    let names: Vec<String> = (0..12).map(|number| format!("COL_{number}")).collect();
    place.write("taf.csv", names.join(",") + "\n");
    place.write("notes.txt", "nothing of a table\n");
    for (name, words) in [
        ("book.xlsx", ["an Excel workbook", "save the sheet with the claims as CSV"]),
        ("old.7z", ["a 7z archive", "unpack it"]),
        ("plans.csv", ["It is the table service_plans.csv", "--plans FILE"]),
        ("taf.csv", ["under other names", "docs/inputs-taf.md"]),
    ] {
        let ran = place.run(&format!("validate {name}"));
        assert_eq!(ran.code, Some(2), "{name}");
        for word in words {
            assert!(ran.stderr.contains(word), "{name}: {}", ran.stderr);
        }
    }
    let looked = place.run("inspect notes.txt --format json");
    assert!(looked.stdout.contains("\"delimiters\": []"), "{}", looked.stdout);
}

#[test]
fn a_folder_without_any_table_is_said() {
    let place = Place::with_claims("");
    std::fs::create_dir(place.path("empty")).expect("a folder");
    let ran = place.run("validate claims.csv --tables empty --as-of 2025-09-30");
    assert!(
        ran.stdout.contains("empty holds none of the tables credentials.csv"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_stray_quote_in_a_table_costs_its_own_row() {
    let place = Place::with_claims("");
    let rows = "P1,A,2024-01-01,\nP2,\"A,2024-01-01,\nP3,A,2024-01-01,\nP4,A,2024-01-01,\n";
    let rows = rows.replace('A', "CPSSP-A").replace("P1", "1777000013");
    let rows = rows.replace("P2,", "1777000013,").replace("P3,", "1777000013,");
    let rows = rows.replace("P4,", "1777000013,");
    let header = "practitioner_npi,designation,effective_date,expiration_date\n";
    place.write("credentials.csv", format!("{header}{rows}"));
    let ran = place.run("validate claims.csv --credentials credentials.csv --out out -q");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(place.json("out/summary.json")["bad_rows"], 1);
    assert!(place.read("out/rejects.csv").contains("row 3"), "{}", place.read("out/rejects.csv"));
}
