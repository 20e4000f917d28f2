//! Records, by hand and against the `csv` crate.

use super::*;

type Rows = Vec<(u64, Vec<Vec<u8>>)>;

fn read_all(text: &[u8], block_bytes: usize) -> (Rows, Vec<(u64, RecordFault)>) {
    let mut reader = RecordReader::with_block(text, b',', block_bytes).expect("memory reads");
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    loop {
        match reader.read().expect("memory reads") {
            Event::End => return (rows, faults),
            Event::Fault(fault) => faults.push((reader.row(), fault)),
            Event::Record => {
                let fields = 0..reader.field_count();
                let fields = fields.map(|index| reader.field(index).to_vec()).collect();
                rows.push((reader.row(), fields));
            }
        }
    }
}

fn row_numbers(text: &str) -> Vec<u64> {
    read_all(text.as_bytes(), BLOCK_BYTES).0.into_iter().map(|(row, _)| row).collect()
}

#[test]
fn rows_count_blank_lines_but_not_the_lines_inside_quotes() {
    assert_eq!(row_numbers("h\na\n\nb\n\n\nc"), [1, 2, 4, 7]);
    assert_eq!(row_numbers("h\r\na\r\n\r\nb\r\n"), [1, 2, 4]);
    assert_eq!(row_numbers("h\ra\r\rb"), [1, 2, 4]);
    assert_eq!(row_numbers("h\n\"a\n\n\nb\"\nc\n\nd\n"), [1, 2, 3, 5]);
    assert_eq!(row_numbers("\n\nh\na"), [1, 2]);
    assert_eq!(row_numbers("\u{feff}\"h\"\n\u{feff}a"), [1, 2]);
    assert_eq!(row_numbers("\n\r\n"), [0_u64; 0]);
}

fn read_by_the_crate(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.has_headers(false).flexible(true).from_reader(text);
    let rows = reader.byte_records().map(|record| record.expect("memory reads"));
    rows.map(|record| record.iter().map(Into::into).collect()).collect()
}

/// Every text of six of these bytes, read by us in blocks of any size and by the `csv` crate.
#[test]
fn reads_as_the_csv_crate_does() {
    const LETTERS: &[u8] = b"a,\"\n\r";
    for number in 0..LETTERS.len().pow(6) {
        let text: Vec<u8> =
            (0..6).map(|place| LETTERS[number / LETTERS.len().pow(place) % 5]).collect();
        let long = [b"x,y\n12345678\n".as_slice(), &text, b"z\n"].concat();
        for text in [text, long] {
            let (rows, faults) = read_all(&text, 8);
            assert_eq!((&rows, &faults), (&read_all(&text, 4096).0, &faults));
            let mut theirs = read_by_the_crate(&text);
            if !faults.is_empty() {
                theirs.pop(); // a quote that is never closed: the crate takes it as it is
            }
            let ours: Vec<_> = rows.into_iter().map(|(_, fields)| fields).collect();
            assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
        }
    }
}

/// Texts longer than what is searched at once, of rows that are nearly all plain.
#[test]
fn long_texts_are_read_as_the_csv_crate_does() {
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) % below
    };
    let long = "x".repeat(40_000);
    let odd =
        ["\"a,\r\n\"\"b\",c\n", "\n", "\r\n", "a\rb,c\n", "a\"b,c\"\n", "\r\r\n", &long, ",,"];
    for oddness in [u64::MAX, 5_000, 300, 10] {
        for line_end in ["\n", "\r\n"] {
            let mut text = String::new();
            while text.len() < 200_000 {
                match next(oddness) {
                    0 => text.push_str(odd[next(odd.len() as u64) as usize]),
                    number => text.push_str(&format!("{number},,{},x{line_end}", number % 977)),
                }
            }
            let (rows, faults) = read_all(text.as_bytes(), BLOCK_BYTES);
            assert_eq!(faults, []);
            for block_bytes in [1_000, 32 * 1024 + 1, 70_001] {
                assert!(read_all(text.as_bytes(), block_bytes) == (rows.clone(), vec![]));
            }
            let ours: Vec<_> = rows.into_iter().map(|(_, fields)| fields).collect();
            assert!(ours == read_by_the_crate(text.as_bytes()), "{oddness} {line_end:?}");
        }
    }
}

fn read_rows_of(width: usize, text: &str, block_bytes: usize) -> (Vec<String>, Vec<u64>) {
    let bytes = text.as_bytes();
    let mut reader = RecordReader::with_block(bytes, b',', block_bytes).expect("memory reads");
    reader.expect_fields(width);
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    loop {
        match reader.read().expect("memory reads") {
            Event::End => return (rows, faults),
            Event::Fault(_) => faults.push(reader.row()),
            Event::Record => {
                let fields = 0..reader.field_count();
                let fields = fields.map(|index| String::from_utf8_lossy(reader.field(index)));
                rows.push(format!("{} {}", reader.row(), fields.collect::<Vec<_>>().join("|")));
            }
        }
    }
}

#[test]
fn a_stray_quote_costs_its_own_line() {
    for (text, rows, faults) in [
        ("a,b\nc,\"d\ne,f\ng,h\n", vec!["1 a|b", "3 e|f", "4 g|h"], vec![2]),
        ("a,b\r\n\"c,d\r\ne,f\r\ng,\"h\"\r\n", vec!["1 a|b", "3 e|f", "4 g|h"], vec![2]),
        ("a,b\n\nc,\"d\n\ne,\"f\"\n", vec!["1 a|b", "5 e|f"], vec![3]),
        ("a,\"b\nc\"\nd,e\n", vec!["1 a|b\nc", "2 d|e"], vec![]),
        ("a,\"b\nc,\"d\"\ne,f", vec!["2 c|d", "3 e|f"], vec![1]),
        ("a,\"b\"x\nc,d\n", vec!["1 a|bx", "2 c|d"], vec![]),
    ] {
        for block_bytes in [8, 9, 11, 4096] {
            let (found, left_out) = read_rows_of(2, text, block_bytes);
            assert_eq!(
                (found, left_out),
                (rows.iter().map(|row| (*row).to_owned()).collect(), faults.clone()),
                "{text:?}"
            );
        }
    }
}

#[test]
fn stray_quotes_are_read_again_a_bounded_number_of_times() {
    let text = "\"\n\",\"\n\",".repeat(100_000);
    let mut reader = RecordReader::new(text.as_bytes(), b',').expect("memory reads");
    reader.expect_fields(3);
    let mut events = 0;
    while reader.read().expect("memory reads") != Event::End {
        events += 1;
    }
    let most = MOST_REREADINGS * (text.len() + BLOCK_BYTES) as u64;
    assert!(events > 1 && reader.bytes_reread <= most, "{events}, {}", reader.bytes_reread);
}

#[test]
fn records_past_the_limits_are_left_out_and_reading_goes_on() {
    let long = "x".repeat(MAX_RECORD_BYTES + 1);
    let wide = ",".repeat(100_000);
    let text = format!("h\n\"{long}\n\"\na\n{wide}\nb\n\"open\nc\n");
    let (rows, faults) = read_all(text.as_bytes(), BLOCK_BYTES);
    assert_eq!(rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [1, 3, 5]);
    let expected =
        [(2, RecordFault::TooLong), (4, RecordFault::TooManyFields), (6, RecordFault::OpenQuote)];
    assert_eq!(faults, expected);
    let just = format!("h\n{}\n", "x".repeat(MAX_RECORD_BYTES));
    assert_eq!(read_all(just.as_bytes(), BLOCK_BYTES).0.len(), 2);
}
