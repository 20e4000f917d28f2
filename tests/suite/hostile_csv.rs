//! Claim CSVs as no careful export writes them: every shape of quoting, line end, width and
//! encoding; and the three ways of splitting rows held to each other on random text.

use std::io::Write as _;

use peerclaims::model::FileKind;
use peerclaims::normalize::claims_csv::ClaimColumns;

use crate::random_sets::Rng;
use crate::reading::{Read, csv_in_blocks, fixtures};
use crate::support::{HEADER, Place, repository};

const RANDOM_TEXTS: u64 = 4_000;
const AS_OF: &str = "--as-of 2025-09-30";
/// A row of [`HEADER`] that can be used.
const ROW: &str = "A1,1,M1,1888000019,H0038,4,2025-09-01\n";

fn columns() -> ClaimColumns {
    let header: Vec<String> = HEADER.trim().split(',').map(str::to_owned).collect();
    ClaimColumns::find(&header, b',', &Default::default()).expect("the header is right")
}

fn read(rows: &[u8]) -> Read {
    let read = csv_in_blocks(rows, &columns(), 1 << 20);
    for block_bytes in [1, 7, 64, 300] {
        let what = format!("{block_bytes}: {:?}", String::from_utf8_lossy(rows));
        assert_eq!(read, csv_in_blocks(rows, &columns(), block_bytes), "{what}");
    }
    read.assert_reconciles(&String::from_utf8_lossy(rows));
    read
}

/// A text made of pieces that mean something to a CSV reader.
fn random_text(rng: &mut Rng, with_quotes: bool) -> Vec<u8> {
    let pieces: &[&[u8]] = &[
        b",",
        b",",
        b",",
        b"\n",
        b"\n",
        b"\r\n",
        b"A1",
        b"H0038",
        b"4",
        b" ",
        b"1",
        b"2025-09-01",
        ROW.as_bytes(),
        b"\xff",
        b"\0",
        b"\r",
        b"A1,1,M1,1888000019,H0038,4,",
    ];
    let quoted: &[&[u8]] = &[b"\"", b"\"", b"\"\"", b"\"a\",", b"\"a\nb\",", b",\"H0038\","];
    let mut text = Vec::new();
    for _ in 0..rng.below(30) {
        let from_quoted = with_quotes && rng.chance(25);
        let piece: &&[u8] = rng.pick(if from_quoted { quoted } else { pieces });
        text.extend_from_slice(piece);
    }
    text
}

#[test]
fn block_sizes_change_nothing_on_random_text() {
    for seed in 0..RANDOM_TEXTS {
        let rng = &mut Rng::new(seed);
        let with_quotes = rng.chance(60);
        read(&random_text(rng, with_quotes));
    }
}

#[test]
fn the_plain_path_and_the_csv_crate_read_alike() {
    for seed in 0..RANDOM_TEXTS {
        let rng = &mut Rng::new(seed);
        let plain = random_text(rng, false);
        // A last row with a quoted field sends the whole block to the csv crate.
        let last = b"\nA9,1,M1,1888000019,\"H0038\",4,2025-09-01\n";
        let quoted = [&plain[..], last].concat();
        let unquoted: Vec<u8> = quoted.iter().copied().filter(|byte| *byte != b'"').collect();
        let (one, other) = (read(&unquoted), read(&quoted));
        assert_eq!(one, other, "{:?}", String::from_utf8_lossy(&plain));
    }
}

/// Rows as the `csv` crate alone reads them: of those with seven fields, the procedure.
fn by_the_crate(text: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true);
    let mut reader = reader.terminator(csv::Terminator::Any(b'\n')).from_reader(text);
    let rows = reader.byte_records().map(|row| row.expect("from memory"));
    let rows = rows.filter(|row| row.len() == 7 && row[4].trim_ascii() == b"H0038");
    rows.map(|row| row[0].trim_ascii().to_vec()).collect()
}

#[test]
fn whole_rows_are_those_of_the_csv_crate() {
    let mut compared = 0;
    for seed in 0..RANDOM_TEXTS {
        let rng = &mut Rng::new(seed ^ 0x5eed);
        let mut text = Vec::new();
        for number in 0..rng.below(12) {
            let field = |rng: &mut Rng, value: &str| match rng.below(6) {
                0 => format!("\"{value}\""),
                1 => format!("\"{value}\n\""),
                2 => format!(" {value} "),
                _ => value.to_owned(),
            };
            let id = field(rng, &format!("A{number}"));
            let code = rng.word(&["H0038", "H2017"]);
            let code = field(rng, code);
            let end = rng.word(&["\n", "\r\n", "\n\n"]);
            text.extend(format!("{id},1,M1,1888000019,{code},4,2025-09-01{end}").bytes());
        }
        let ours = read(&text);
        let ids: Vec<Vec<u8>> =
            ours.lines.iter().map(|line| line.claim_id.clone().into_bytes()).collect();
        assert_eq!(ids, by_the_crate(&text), "{}", String::from_utf8_lossy(&text));
        compared += ids.len();
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn rows_are_numbered_with_the_blank_ones() {
    let bad = "A1,x,M1,1888000019,H0038,4,2025-09-01\n";
    for blank in ["\n", "\r\n", "\n\n\r\n"] {
        for row in [ROW.to_owned(), ROW.replace("H0038", "\"H0038\"")] {
            let text = format!("{row}{blank}{row}{blank}{bad}");
            let read = read(text.as_bytes());
            let lines = blank.matches('\n').count() as u64;
            assert_eq!(read.faults.len(), 1);
            let row = format!("row {}", 2 + 2 + 2 * lines);
            assert_eq!(read.faults[0].position.to_string(), row, "{text:?}");
            assert_eq!((read.tally.service_lines, read.tally.left_out), (3, 1));
        }
    }
}

#[test]
fn quotes_hold_delimiters_and_line_ends() {
    let row = "\"A,\n\"\"1\"\"\",1,M1,1888000019,H0038,4,2025-09-01\r\n";
    let read = read(format!("{row}{ROW}").as_bytes());
    assert_eq!(read.lines.len(), 2, "{:?}", read.faults);
    assert_eq!(read.lines[0].claim_id, "A,\n\"1\"");
    assert_eq!(read.places[1].to_string(), "row 3", "records are counted, not lines");
}

#[test]
fn an_unclosed_quote_costs_its_line_and_no_other() {
    let open = "A0,1,M1,1888000019,H0038,4,\"2025-09-01\n";
    for after in [ROW.repeat(50), ROW.repeat(20) + &ROW.replace("A1", "\"A2\"") + ROW] {
        let lines = after.lines().count();
        let read = read(format!("{ROW}{open}{after}").as_bytes());
        assert_eq!(read.lines.len(), lines + 1, "{:?}", read.faults);
        assert_eq!(read.faults.len(), 1);
        assert_eq!(read.faults[0].position.to_string(), "row 3");
        assert_eq!(read.tally.service_lines, lines as u64 + 2);
    }
}

/// A quote too many, or one too few, costs the row it stands in, whatever quote of a row behind it
/// would close it.
#[test]
fn text_behind_a_closing_quote_costs_its_row_and_no_other() {
    let quoted = "\"A2\",\"1\",\"M1\",\"1888000019\",\"H0038\",\"4\",\"2025-09-01\"\n";
    let own = "A2,1,\"M1\",1888000019,H0038,4,2025-09-01\r\n";
    for (row, damaged) in [
        (own, "A0,1,\"M0,1888000019,H0038,4,2025-09-01\n"),
        (own, "A0,1,\"M0\"x,1888000019,H0038,4,2025-09-01\r\n"),
        (own, "A0,1,\"M0\" \"x\",1888000019,H0038,4,2025-09-01\n"),
        (quoted, "\"A0\",\"1\",\"M0,\"1888000019\",\"H0038\",\"4\",\"2025-09-01\"\n"),
        (quoted, "\"A0\",\"1\",\"M0\",\"1888000019\",\"H0038\",\"4\",\"2025-09-01\n"),
        (quoted, "\"A0\",\"1\",M0\",\"1888000019\",\"H0038\",\"4\",\"2025-\"09-01\"\n"),
    ] {
        for after in [1, 2, 60] {
            let text = format!("{row}{damaged}{}", row.repeat(after));
            let read = read(text.as_bytes());
            assert_eq!(read.lines.len(), after + 1, "{text}: {:?}", read.faults);
            let found: Vec<_> = read.faults.iter().map(|fault| &fault.position).collect();
            assert_eq!(found, [&peerclaims::model::Position::Row(3)], "{text}");
        }
        let last = read(format!("{row}{}", damaged.trim_end()).as_bytes());
        assert_eq!((last.lines.len(), last.faults.len()), (1, 1), "{damaged}");
    }
    let blanks = read(own.replace("\"M1\"", "\"M1\" \t").as_bytes());
    assert_eq!((blanks.lines.len(), blanks.faults.len()), (1, 0), "blanks are no text");
    let (code, summary, _) =
        validate(format!("{HEADER}A0,1,\"M0,1888000019,H0038,4,2025-09-01\n{own}").as_bytes(), "");
    assert_eq!(code, Some(3));
    assert!(summary.contains("\"F005\": 1"), "{summary}");
}

#[test]
fn long_rows_are_left_out_and_reading_goes_on() {
    let long = |bytes: usize| format!("A2,1,{},1888000019,H0038,4,2025-09-01\n", "M".repeat(bytes));
    // A field of ten megabytes is read, one of seventeen is not.
    for (bytes, faults) in [(10 << 20, 0), (17 << 20, 1), (40 << 20, 1), (70 << 20, 1)] {
        let text = format!("{ROW}{}{ROW}", long(bytes));
        for block_bytes in [100_000, 1 << 20, 3 << 20] {
            let read = csv_in_blocks(text.as_bytes(), &columns(), block_bytes);
            let found: Vec<String> =
                read.faults.iter().map(|fault| fault.position.to_string()).collect();
            assert_eq!(found, vec!["row 3".to_owned(); faults], "{bytes} in {block_bytes}");
            assert_eq!(read.records, 3, "{bytes} in {block_bytes}");
            assert_eq!(read.lines.len(), 3 - faults, "{bytes} in {block_bytes}");
        }
    }
}

#[test]
fn every_cut_and_change_of_the_csv_fixtures_is_survived() {
    for (name, bytes) in fixtures(FileKind::Csv) {
        let end = bytes.iter().position(|byte| *byte == b'\n').expect("a header") + 1;
        let header = String::from_utf8_lossy(&bytes[..end - 1]).into_owned();
        let header: Vec<String> = header.trim().split(',').map(str::to_owned).collect();
        let Ok(columns) = ClaimColumns::find(&header, b',', &Default::default()) else { continue };
        let rows = &bytes[end..];
        let whole = csv_in_blocks(rows, &columns, 1 << 20);
        for cut in 0..rows.len() {
            let read = csv_in_blocks(&rows[..cut], &columns, 1 << 20);
            let ends = rows[..cut].iter().filter(|byte| **byte == b'\n').count();
            let before: Vec<_> = whole
                .lines
                .iter()
                .zip(&whole.places)
                .take_while(|(_, place)| place_row(place) < ends as u64 + 2)
                .map(|(line, _)| line.clone())
                .collect();
            assert!(read.lines.starts_with(&before), "{name} cut at {cut}");
            read.assert_reconciles(&name);
        }
        let mut changed = rows.to_vec();
        for byte in (0..rows.len()).step_by(3) {
            for hostile in *b"\0,\"\n;A0\xff\r" {
                let own = std::mem::replace(&mut changed[byte], hostile);
                let read = csv_in_blocks(&changed, &columns, 1 << 20);
                changed[byte] = own;
                read.assert_reconciles(&name);
                let lost = whole.lines.iter().filter(|line| !read.lines.contains(line)).count();
                assert!(lost <= 2, "{name}: byte {byte} to {hostile:?}: {lost} lines");
            }
        }
    }
}

fn place_row(place: &peerclaims::model::Position) -> u64 {
    match place {
        peerclaims::model::Position::Row(row) => *row,
        _ => 0,
    }
}

/// Runs `validate` on a file of these bytes; gives exit code, summary and error text.
fn validate(bytes: &[u8], more: &str) -> (Option<i32>, String, String) {
    let place = Place::new();
    std::fs::write(place.path("c.csv"), bytes).expect("written");
    let ran = place.run(&format!("validate c.csv {AS_OF} {more} --out out"));
    let summary = if ran.code == Some(2) { String::new() } else { place.read("out/summary.json") };
    (ran.code, summary, ran.stderr)
}

#[test]
fn encodings_and_line_ends_are_told() {
    let text = format!("{HEADER}{ROW}");
    let old_mac = text.replace('\n', "\r");
    let refused: [(&[u8], &str); 5] = [
        (&utf16(&text, true), "UTF-16"),
        (&utf16(&text, false), "UTF-16"),
        (old_mac.as_bytes(), "old Mac"),
        (b"", "empty"),
        (b"claim_id\0,units\n", "bytes of zero"),
    ];
    for (bytes, said) in refused {
        let (code, _, error) = validate(bytes, "");
        assert_eq!(code, Some(2), "{said}");
        assert!(error.contains("c.csv") && error.contains(said), "{said}: {error}");
    }
    let latin1 = text.replace("A1", "A\u{1}").into_bytes();
    let latin1: Vec<u8> = latin1.iter().map(|b| if *b == 1 { 0xe9 } else { *b }).collect();
    let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [latin1, bom, text.replace('\n', "\r\n").into_bytes()] {
        let (code, summary, error) = validate(&bytes, "");
        assert_ne!(code, Some(2), "{error}");
        assert!(summary.contains("\"peer_support_lines\": 1"), "{summary}");
    }
}

fn utf16(text: &str, with_bom: bool) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    if with_bom { b"\xff\xfe".iter().copied().chain(units).collect() } else { units.collect() }
}

#[test]
fn headers_are_told_what_is_wrong() {
    for (header, said) in [
        (HEADER.replace("units", "unit"), "units is missing (there is \"unit\")"),
        (HEADER.replace("units", "unit"), "Rename the columns, or map their names in the config"),
        (HEADER.replace("units", "units,units"), "units stands twice"),
        (HEADER.replace(',', ";"), "--delimiter ';'"),
        (HEADER.trim().to_owned() + &",x".repeat(100_000) + "\n", "columns"),
    ] {
        let (code, _, error) = validate(format!("{header}{ROW}").as_bytes(), "");
        assert_eq!(code, Some(2));
        assert!(error.contains(said), "{said}: {error}");
    }
    for (delimiter, option) in [(";", ";"), ("|", "|"), ("\t", "tab")] {
        let text = format!("{HEADER}{ROW}").replace(',', delimiter);
        let (code, summary, error) = validate(text.as_bytes(), &format!("--delimiter {option}"));
        assert_ne!(code, Some(2), "{error}");
        assert!(summary.contains("\"peer_support_lines\": 1"), "{summary}");
    }
    let (code, summary, _) = validate(HEADER.as_bytes(), "");
    assert_eq!(code, Some(0), "a header alone is a file of no lines");
    assert!(summary.contains("\"service_lines\": 0"));
}

#[test]
fn archives_are_read_whole_or_not_at_all() {
    let text = format!("{HEADER}{}", ROW.repeat(200));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).expect("to memory");
    let gzip = gzip.finish().expect("to memory");
    let zstd = zstd::encode_all(text.as_bytes(), 3).expect("to memory");
    for archive in [gzip, zstd] {
        let (code, summary, error) = validate(&archive, "");
        assert_ne!(code, Some(2), "{error}");
        assert!(summary.contains("\"service_lines\": 200"));
        for cut in [20, archive.len() / 2, archive.len() - 1] {
            let (code, _, error) = validate(&archive[..cut], "");
            assert_eq!(code, Some(2), "cut at {cut}");
            assert!(error.contains("c.csv") && error.contains("cut short"), "{error}");
        }
        let (code, _, error) = validate(&[&archive[..], b"more"].concat(), "");
        assert_eq!(code, Some(2));
        assert!(error.contains("c.csv") && error.contains("archive"), "{error}");
        let (code, _, error) = validate(&archive, "--max-decompressed 1K");
        assert_eq!(code, Some(2));
        assert!(error.contains("--max-decompressed"), "{error}");
        assert_ne!(validate(&archive, "--max-decompressed 1M").0, Some(2));
    }
}

#[test]
fn the_taf_example_is_read_as_its_page_says() {
    let place = Place::new();
    let folder = repository().join("fixtures/taf");
    let line = format!(
        "validate --config {0}/peerclaims.toml {0}/ot-lines.csv {AS_OF} --out out",
        folder.display()
    );
    let ran = place.run(&line);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let summary = place.json("out/summary.json");
    let count = |key: &str| summary[key].as_u64().expect("a count");
    assert_eq!(count("service_lines"), 9);
    assert_eq!(count("passed_over"), 1, "90834");
    assert_eq!(count("denied_records"), 1, "status 542");
    // The original that was replaced, and the claim that was voided, with its void.
    assert_eq!(count("corrected_away"), 4);
    assert_eq!(count("checked"), 3);
    assert_eq!(count("unknown_status"), 0);
    let found = crate::support::columns(
        &place.read("out/findings.csv"),
        &["rule", "claim_id", "line_number", "excess_units"],
    );
    assert_eq!(found, [["U001", "20250900002", "1", "1"]], "8 units were replaced by 6");
}
