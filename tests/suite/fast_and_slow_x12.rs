//! The fast X12 reader against the slow one of the tests: equal claims, lines, values and places on
//! random files with random separators; and the same with a file wrapped at a random column, packed
//! close, or spread over lines.

use peerclaims::model::FileKind;

use crate::random_sets::{Rng, generate, wire, write_x12};
use crate::reading::{Read, fixtures, x12, x12_in_blocks};
use crate::slow_x12;

const SEEDS: u64 = 60;

/// Holds the fast reader to the slow one.
fn assert_agree(bytes: &[u8], read: &Read, what: &str) {
    let slow = slow_x12::read(bytes);
    assert_eq!(read.tally.claims, slow.claims as u64, "{what}: claims");
    assert_eq!(read.tally.service_lines, slow.rows.len() as u64, "{what}: service lines");
    let mut places = slow.positions.iter();
    let ours = slow.rows.iter().filter_map(|row| {
        let place = places.next().expect("a place a row");
        (row.procedure_code.eq_ignore_ascii_case("H0038")).then_some((row, place))
    });
    let ours: Vec<_> = ours.collect();
    assert_eq!(read.lines.len(), ours.len(), "{what}: peer-support lines");
    for ((row, place), (line, position)) in ours.iter().zip(read.lines.iter().zip(&read.places)) {
        assert_eq!(**place, position.to_string(), "{what}");
        let slow = [&row.claim_id, &row.member_id, &row.billing_npi];
        assert_eq!(slow, [&line.claim_id, &line.member_id, &line.billing_npi], "{what}: {place}");
        let slow = [&row.rendering_npi, &row.units, &row.place_of_service];
        assert_eq!(slow, [&line.rest[2], &line.rest[6], &line.rest[8]], "{what}: {place}");
    }
}

fn random_file(seed: u64) -> Option<Vec<u8>> {
    let set = wire::as_carried_by_the_wire(&generate(seed), seed);
    let file = set.files.iter().find(|file| file.kind == crate::reference::model::FileKind::X12)?;
    Some(write_x12::file(&mut Rng::new(seed), file, 1))
}

#[test]
fn fixtures_and_random_files_are_read_alike() {
    for (name, bytes) in fixtures(FileKind::X12) {
        assert_agree(&bytes, &x12(&bytes), &name);
    }
    for seed in 1..=SEEDS {
        let Some(bytes) = random_file(seed) else { continue };
        let read = x12(&bytes);
        assert_agree(&bytes, &read, &format!("seed {seed}"));
        read.assert_reconciles(&format!("seed {seed}"));
        for block_bytes in [64, 700] {
            assert_eq!(read, x12_in_blocks(&bytes, block_bytes), "seed {seed}, {block_bytes}");
        }
    }
}

/// What was read, without the places in bytes.
fn without_places(mut read: Read) -> Read {
    read.places.clear();
    read.faults.clear();
    read
}

/// A file without line breaks, broken at every `column` bytes, its headers too.
fn wrapped(bytes: &[u8], column: usize, line_break: &[u8]) -> Vec<u8> {
    let close: Vec<u8> =
        bytes.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    close.chunks(column).collect::<Vec<_>>().join(line_break)
}

#[test]
fn wraps_change_nothing() {
    for (name, bytes) in fixtures(FileKind::X12) {
        let read = x12(&bytes);
        for column in [11, 32, 57, 72, 80, 105, 106, 107, 128, 512, 4095] {
            for line_break in [&b"\n"[..], b"\r\n", b"\r"] {
                let wrapped = wrapped(&bytes, column, line_break);
                let what = format!("{name} wrapped at {column} by {line_break:?}");
                let again = x12(&wrapped);
                assert_eq!(again.faults.len(), read.faults.len(), "{what}: {:?}", again.faults);
                assert_eq!(without_places(again.clone()), without_places(read.clone()), "{what}");
                assert_eq!(again, x12_in_blocks(&wrapped, 64), "{what}: blocks");
            }
        }
    }
}

#[test]
fn several_files_in_one_are_read_one_after_the_other() {
    let all: Vec<_> = fixtures(FileKind::X12);
    let other = |bytes: &[u8]| -> Vec<u8> {
        let swap = |byte: &u8| match byte {
            b'*' => b'|',
            b'~' => b'\'',
            b':' => b'>',
            other => *other,
        };
        bytes.iter().map(swap).collect()
    };
    for filler in [&b""[..], b"\n\n", b"\x1a\r\n", b" junk behind the end \n\x1a"] {
        let mut bytes = Vec::new();
        let (mut claims, mut lines) = (0, 0);
        for (round, (name, file)) in all.iter().enumerate() {
            if name == "missing-iea.837" {
                continue;
            }
            let read = x12(file);
            claims += read.tally.claims;
            lines += read.tally.service_lines;
            bytes.extend(if round % 2 == 0 { file.clone() } else { other(file) });
            bytes.extend(filler);
        }
        let read = x12(&bytes);
        assert_eq!((read.tally.claims, read.tally.service_lines), (claims, lines), "{filler:?}");
        assert_eq!(read, x12_in_blocks(&bytes, 64), "{filler:?}: blocks");
    }
}
