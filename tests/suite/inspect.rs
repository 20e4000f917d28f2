//! `peerclaims inspect`: on every fixture, every sample, and on what is no claim file at all.

use serde_json::Value;

use crate::support::{HEADER, Place, repository};

/// Texts of the fixtures that name a member, or could: none may be shown.
const OF_MEMBERS: [&str; 5] = ["MSM0", "BARNES", "19840312", "1984-03-12", "EXAMPLE STREET"];

fn inspect(place: &Place, file: &str, more: &str) -> (Option<i32>, Value) {
    let ran = place.run(&format!("inspect {file} --format json {more}"));
    assert!(ran.code == Some(2) || ran.stderr.is_empty(), "{file}: {}", ran.stderr);
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or(Value::Null))
}

fn fixture(name: &str) -> String {
    repository().join("fixtures").join(name).display().to_string()
}

#[test]
fn the_keys_of_the_contract_are_there() {
    let place = Place::new();
    let (code, seen) = inspect(&place, &fixture("nightly/claims.837"), "");
    assert_eq!(code, Some(0));
    let count = |key: &str| seen[key].as_u64().unwrap_or_else(|| panic!("no {key}"));
    assert_eq!(seen["kind"], "x12");
    assert_eq!(["interchanges", "groups", "transaction_sets"].map(count), [1, 1, 1]);
    assert_eq!(["claims", "service_lines", "peer_support_lines"].map(count), [76, 167, 163]);
    assert_eq!(count("segments"), 1533);
    assert_eq!(seen["faults"], Value::Array(Vec::new()));
    assert_eq!(seen["delimiters"][0]["terminator"], "~");
    assert_eq!(seen["envelope"][0]["groups"][0]["sets"][0]["claims"], 76);
    let (code, seen) = inspect(&place, &fixture("nightly/claims.csv"), "");
    assert_eq!((code, &seen["kind"], &seen["rows"]), (Some(0), &"csv".into(), &167.into()));
    assert_eq!(seen["peer_support_lines"], 163);
}

#[test]
fn faults_have_a_rule_and_a_place_and_decide_the_exit_code() {
    let place = Place::new();
    for (name, code, rule, position) in [
        ("wrong-se01.837", 1, "F001", "segment 33, byte 983"),
        ("missing-iea.837", 1, "F004", "segment 35, byte 1005"),
        ("institutional-set.837", 0, "F002", "segment 36, byte 1062"),
        ("bad-row.csv", 1, "F005", "row 3"),
    ] {
        let (found, seen) = inspect(&place, &fixture(&format!("damaged/{name}")), "");
        assert_eq!(found, Some(code), "{name}");
        assert_eq!(seen["fault_count"], 1, "{name}");
        assert_eq!(seen["faults"][0]["rule"], rule, "{name}");
        assert_eq!(seen["faults"][0]["position"], position, "{name}");
    }
    assert_eq!(inspect(&place, "not-there.837", "").0, Some(2));
    assert_eq!(inspect(&place, ".", "").0, Some(2));
}

#[test]
fn nothing_of_a_member_is_shown() {
    let place = Place::new();
    for name in ["nightly/claims.837", "nightly/claims.csv", "damaged/missing-iea.837"] {
        let bytes = std::fs::read(fixture(name)).expect("a fixture");
        // Damage of all kinds, so that there is much to say.
        for (round, from) in [b'~', b'*', b'\n', b',', b'1'].into_iter().enumerate() {
            let mut seen = 0;
            let swap = |byte: &u8| {
                seen += usize::from(*byte == from);
                if *byte == from && seen % 7 == round { b'!' } else { *byte }
            };
            let damaged: Vec<u8> = bytes.iter().map(swap).collect();
            std::fs::write(place.path("damaged"), damaged).expect("written");
            for more in ["--faults 9999", "--faults 9999 --format json"] {
                let ran = place.run(&format!("inspect damaged {more}"));
                let shown = OF_MEMBERS.iter().find(|text| ran.stdout.contains(**text));
                assert_eq!(shown, None, "{name}, {from}: {}", ran.stdout);
            }
        }
    }
}

#[test]
fn the_first_faults_are_shown_and_the_rest_counted() {
    let rows = "A1,x,M1,1888000019,H0038,4,2025-09-01\n".repeat(500);
    let place = Place::new();
    std::fs::write(place.path("c.csv"), format!("{HEADER}{rows}")).expect("written");
    let (code, seen) = inspect(&place, "c.csv", "--faults 3");
    assert_eq!((code, &seen["fault_count"]), (Some(1), &500.into()));
    assert_eq!(seen["faults"].as_array().map(Vec::len), Some(3));
    let ran = place.run("inspect c.csv --faults 3");
    assert!(ran.stdout.contains("and 497 more"), "{}", ran.stdout);
}

#[test]
fn other_kinds_are_named() {
    let place = Place::new();
    let files: [(&str, &[u8], &str, i32); 9] = [
        ("empty", b"", "empty", 1),
        ("blank", b"\n\n  \n", "empty", 1),
        ("book.xlsx", b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", "binary", 1),
        ("wide.csv", b"\xff\xfec\0l\0", "utf-16", 1),
        ("notes.txt", b"The quick brown fox\n", "text", 1),
        ("mac.csv", b"claim_id,units\rA1,4\r", "text", 1),
        ("group.837", b"GS*HC*A*B~ST*837*1~SE*2*1~", "text", 1),
        ("semicolons.csv", b"x;y;z\n1;2;3\n", "text", 1),
        ("employment.csv", b"practitioner_npi,billing_npi,start_date\n1,2,2020-01-01\n", "csv", 0),
    ];
    for (name, bytes, kind, code) in files {
        std::fs::write(place.path(name), bytes).expect("written");
        let (found, seen) = inspect(&place, name, "");
        assert_eq!((found, seen["kind"].as_str()), (Some(code), Some(kind)), "{name}: {seen}");
        assert!(!seen["looks_like"].as_str().unwrap_or_default().is_empty(), "{name}");
        assert_eq!(seen["bytes"], bytes.len(), "{name}");
    }
}

#[test]
fn delimiters_and_mapped_columns_are_found() {
    let place = Place::new();
    let text = format!("{HEADER}A1,1,M1,1888000019,H0038,4,2025-09-01\n");
    for delimiter in [",", ";", "|", "\t"] {
        std::fs::write(place.path("c.csv"), text.replace(',', delimiter)).expect("written");
        let (code, seen) = inspect(&place, "c.csv", "");
        assert_eq!((code, &seen["peer_support_lines"]), (Some(0), &1.into()), "{delimiter:?}");
    }
    let config = fixture("taf/peerclaims.toml");
    let (code, seen) = inspect(&place, &fixture("taf/ot-lines.csv"), &format!("--config {config}"));
    assert_eq!((code, &seen["service_lines"]), (Some(0), &9.into()));
}

#[test]
fn a_tree_that_would_be_too_long_is_cut() {
    let place = Place::new();
    let file = std::fs::read(fixture("damaged/missing-iea.837")).expect("a fixture");
    let whole = [&file[..], b"IEA*1*000000922~\n"].concat();
    std::fs::write(place.path("many.837"), whole.repeat(300)).expect("written");
    let (code, seen) = inspect(&place, "many.837", "");
    assert_eq!(code, Some(0));
    assert_eq!((&seen["interchanges"], &seen["claims"]), (&300.into(), &300.into()));
    assert_eq!(seen["envelope_left_off"], 700);
}

#[test]
fn every_sample_is_looked_at() {
    let Some(folder) = repository().parent().map(|folder| folder.join("shared/samples")) else {
        return;
    };
    let place = Place::new();
    for kind in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(kind.path()).into_iter().flatten().flatten() {
            let name = file.path().display().to_string();
            let (code, seen) = inspect(&place, &name, "");
            if file.path().is_dir() || name.contains(' ') {
                continue;
            }
            assert!(matches!(code, Some(0 | 1)), "{name}");
            let (_, small) = inspect(&place, &name, "--block-bytes 64");
            assert_eq!(seen, small, "{name}");
        }
    }
}
