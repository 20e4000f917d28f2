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
        ("wrong-se01.837", 0, "F001", "segment 33, byte 983"),
        ("missing-iea.837", 3, "F004", "segment 35, byte 1005"),
        ("institutional-set.837", 0, "F002", "segment 36, byte 1062"),
        ("bad-row.csv", 3, "F005", "row 3"),
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
    assert_eq!((code, &seen["fault_count"]), (Some(3), &500.into()));
    assert_eq!(seen["faults"].as_array().map(Vec::len), Some(3));
    let ran = place.run("inspect c.csv --faults 3");
    assert!(ran.stdout.contains("and 497 more"), "{}", ran.stdout);
}

/// Files of another kind: name, bytes, kind, and words of what is said of them.
fn other_kinds() -> Vec<(&'static str, Vec<u8>, &'static str, [&'static str; 2])> {
    let claims = format!("{HEADER}A1,1,M1,1888000019,H0038,4,2025-09-01\n");
    let wide: Vec<u8> = claims.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let row = claims.lines().nth(1).expect("a row").to_owned();
    let plain: [(&str, &[u8], &str, [&str; 2]); 10] = [
        ("empty", b"", "empty", ["nothing", "empty"]),
        ("blank", b"\n\n  \n", "empty", ["nothing", "empty"]),
        (
            "book.xlsx",
            b"PK\x03\x04\x14\0\x06\0[Content_Types].xml",
            "binary",
            ["Excel", "save the sheet"],
        ),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary", ["PNG", "neither"]),
        ("noise", b"\x01\0\xfe\0\0\0\x07", "binary", ["no text", "neither"]),
        ("scan.pdf", b"%PDF-1.4\n%\xe2\xe3\n", "text", ["a PDF", "neither"]),
        ("notes.txt", b"The quick brown fox\n", "text", ["text", "neither"]),
        ("group.837", b"GS*HC*A*B~ST*837*1~SE*2*1~", "text", ["X12 segments", "ISA is missing"]),
        ("x.csv", b"x;y;z\n1;2;3\n", "text", ["3 columns", "neither"]),
        ("header.csv", b"claim_id,units\nA1,4\n", "text", ["a claim CSV", "header is not right"]),
    ];
    let mut all: Vec<_> = plain.map(|(name, bytes, ..)| (name, bytes.to_vec())).into();
    let said = plain.map(|(.., kind, said)| (kind, said)).into_iter();
    let mut said: Vec<_> = said.collect();
    for (name, bytes, kind, words) in [
        ("wide.csv", wide, "utf-16", ["UTF-16", "looks like a claim CSV"]),
        ("mac.csv", claims.replace('\n', "\r").into(), "text", ["claim CSV", "old Mac"]),
        ("rows.csv", row.into(), "text", ["claim CSV", "without a header"]),
    ] {
        all.push((name, bytes));
        said.push((kind, words));
    }
    let joined = all.into_iter().zip(said);
    joined.map(|((name, bytes), (kind, words))| (name, bytes, kind, words)).collect()
}

#[test]
fn other_kinds_are_named_and_nothing_of_them_is_read() {
    let place = Place::new();
    for (name, bytes, kind, words) in other_kinds() {
        place.write(name, &bytes);
        let (code, seen) = inspect(&place, name, "");
        assert_eq!((code, seen["kind"].as_str()), (Some(3), Some(kind)), "{name}: {seen}");
        assert_eq!(seen["bytes"], bytes.len(), "{name}");
        assert_eq!(seen["claims"], 0, "{name}");
        let page = place.run(&format!("inspect {name}")).stdout;
        let joined = page.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(joined.contains(word), "{name}: {word}: {page}");
        }
        assert!(page.contains("NOTHING READ") && !page.contains("no faults"), "{name}: {page}");
        assert!(!page.contains("M1"), "{name}: {page}");
        // A run does not pass them off as claims either.
        assert_eq!(place.run(&format!("validate {name}")).code, Some(2), "{name}");
    }
}

#[test]
fn tables_and_sets_of_another_kind_are_no_damage() {
    let place = Place::new();
    place.write("e.csv", "practitioner_npi,billing_npi,start_date\n1,2,2020-01-01\n");
    let (code, seen) = inspect(&place, "e.csv", "");
    assert_eq!((code, &seen["kind"], &seen["rows"]), (Some(0), &"csv".into(), &1.into()));
    let page = place.run("inspect e.csv").stdout;
    assert!(page.starts_with("e.csv: the table employment.csv\n"), "{page}");
    assert!(page.contains("NOTHING READ") && page.contains("--employment FILE"), "{page}");
    place.write("era.835", interchange("HP", "835", "005010X221A1", "BPR*I*1~"));
    let (code, seen) = inspect(&place, "era.835", "");
    assert_eq!((code, &seen["kind"]), (Some(0), &"x12".into()));
    assert_eq!((&seen["transaction_sets"], &seen["transaction_sets_read"]), (&1.into(), &0.into()));
    assert_eq!(seen["faults"][0]["rule"], "F002");
    let page = place.run("inspect era.835").stdout;
    assert!(page.starts_with("era.835: X12 835 remittances\n"), "{page}");
    assert!(page.contains("NOTHING READ") && page.contains("1 × 835 005010X221A1"), "{page}");
    assert!(page.contains("peerclaims remit FILE --ledger"), "{page}");
    let two = interchange("HP", "835", "005010X221A1", "BPR*I*1~");
    place.write("both.x12", two.clone() + &interchange("FA", "999", "005010X231A1", "AK1*HC*1~"));
    let page = place.run("inspect both.x12").stdout;
    assert!(page.starts_with("both.x12: X12, but no 837P claims\n"), "{page}");
    assert!(page.contains("peerclaims remit FILE --ledger"), "{page}");
    place.write("bare.835", two.replace("*0001*005010X221A1~", "*0001~"));
    let page = place.run("inspect bare.835").stdout;
    assert!(page.contains("ST 835 0001, 3 segments, not read"), "{page}");
}

/// An interchange with one transaction set.
pub fn interchange(functional: &str, kind: &str, version: &str, body: &str) -> String {
    let segments = body.matches('~').count() + 2;
    format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250915*0300*^*00501*\
         000000001*0*P*:~\nGS*{functional}*S*R*20250915*0300*1*X*{version}~\n\
         ST*{kind}*0001*{version}~\n{body}SE*{segments}*0001~\nGE*1*1~\nIEA*1*000000001~\n"
    )
}

#[test]
fn encodings_are_said() {
    let place = Place::new();
    let text = format!("{HEADER}A\u{e9},1,M1,1888000019,H0038,4,2025-09-01\n");
    let latin1: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for (bytes, said) in [
        (text.replace('\u{e9}', "1").into_bytes(), "ASCII"),
        (text.into_bytes(), "UTF-8"),
        (latin1, "not UTF-8, read as Latin-1"),
    ] {
        place.write("c.csv", &bytes);
        let (code, seen) = inspect(&place, "c.csv", "");
        assert_eq!((code, &seen["encoding"]), (Some(0), &said.into()));
        assert_eq!(seen["peer_support_lines"], 1, "{said}");
    }
}

#[test]
fn archives_pipes_and_cut_archives() {
    let place = Place::new();
    let bytes = std::fs::read(fixture("nightly/claims.837")).expect("a fixture");
    let zstd = zstd::encode_all(&bytes[..], 1).expect("to memory");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &bytes).expect("to memory");
    let gzip = gzip.finish().expect("to memory");
    let mut pages = Vec::new();
    for (name, bytes) in [("plain", &bytes), ("gzip", &gzip), ("zstd", &zstd)] {
        let ran = place.run_with_input("inspect - --format json", bytes);
        assert_eq!(ran.code, Some(0), "{name}");
        let mut seen: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let packed = if name == "plain" { "none" } else { name };
        assert_eq!(seen["compression"], packed);
        seen["compression"] = Value::Null;
        pages.push(seen);
    }
    assert!(pages[0] == pages[1] && pages[1] == pages[2]);
    assert_eq!(pages[0]["claims"], 76);
    for archive in [gzip, zstd] {
        place.write("cut", &archive[..archive.len() / 2]);
        let ran = place.run("inspect cut");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("cut short"), "{}", ran.stderr);
        place.write("whole", &archive);
        assert_eq!(place.run("inspect whole --max-decompressed 1K").code, Some(2));
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_to_its_end() {
    let place = Place::new();
    let made = std::process::Command::new("mkfifo").arg(place.path("pipe")).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("no mkfifo here");
        return;
    }
    let path = place.path("pipe");
    let bytes = std::fs::read(fixture("nightly/claims.csv")).expect("a fixture");
    let writer = std::thread::spawn(move || std::fs::write(path, bytes).expect("written"));
    let (code, seen) = inspect(&place, "pipe", "");
    writer.join().expect("all was read");
    assert_eq!((code, &seen["service_lines"]), (Some(0), &167.into()));
}

#[test]
fn the_page_keeps_to_the_width() {
    use peerclaims::inspect::{Wishes, look};
    use peerclaims::source::input::InputPath;
    let policy = peerclaims::policy::builtin();
    for name in ["nightly/claims.837", "nightly/claims.csv", "damaged/missing-iea.837"] {
        let wishes = Wishes {
            policy: &policy,
            today: peerclaims::model::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day"),
            delimiter: None,
            renamed: Default::default(),
            codes: Default::default(),
            max_decompressed: u64::MAX,
            faults: 20,
            block_bytes: 1 << 20,
        };
        let path = repository().join("fixtures").join(name);
        let name = "fixtures/".to_owned() + name;
        let input = InputPath { path, name, is_from_folder: false, is_special: false };
        let seen = look(&input, &wishes).expect("it can be read");
        for width in [40, 60, 80, 100, 200] {
            let mut page = Vec::new();
            peerclaims::report::inspection::write(&mut page, &seen, width).expect("to memory");
            let page = String::from_utf8(page).expect("UTF-8");
            let long = page.lines().find(|line| line.chars().count() > width);
            assert_eq!(long, None, "{width}: {page}");
            assert!(page.contains("peer-support lines"), "{page}");
        }
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
        // A run does not look for it: it must be told.
        let shown = delimiter.replace('\t', "\\t");
        let page = place.run("inspect c.csv").stdout;
        let hint = format!("pass --delimiter '{shown}'");
        assert_eq!(page.contains(&hint), delimiter != ",", "{page}");
        let ran = place.run("validate c.csv");
        assert_eq!(ran.stderr.contains(&hint), delimiter != ",", "{}", ran.stderr);
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
            assert!(matches!(code, Some(0 | 3)), "{name}");
            let (_, small) = inspect(&place, &name, "--block-bytes 64");
            assert_eq!(seen, small, "{name}");
        }
    }
}
