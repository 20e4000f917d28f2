//! Archives that unpack to far more than they weigh, lie about their size, or ask for too much.

use std::io::Write as _;

use super::{said, within_memory};
use crate::support::{HEADER, Place};

/// Twice of it does not fit into the memory below.
const UNPACKED: usize = 400 << 20;
const MEMORY_KIB: u64 = 640 << 10;
const RUN: &str = "--as-of 2025-09-30 --quiet --fail-on never --out out";

fn gzip(start: &[u8], part: &[u8], bytes: usize) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(start).expect("to memory");
    (0..bytes / part.len()).for_each(|_| packer.write_all(part).expect("to memory"));
    packer.finish().expect("to memory")
}

fn zstd(start: &[u8], part: &[u8], bytes: usize) -> Vec<u8> {
    let mut packer = zstd::Encoder::new(Vec::new(), 1).expect("to memory");
    packer.write_all(start).expect("to memory");
    (0..bytes / part.len()).for_each(|_| packer.write_all(part).expect("to memory"));
    packer.finish().expect("to memory")
}

#[test]
fn bombs_are_read_in_bounded_memory() {
    let isa = "ISA*00*          *00*          *ZZ*A              *ZZ*B              \
               *250915*2130*^*00501*000000915*0*T*:~";
    let one_row = [HEADER.as_bytes(), b"N1,1,M1,1234567893,H0038,"].concat();
    let an_open_quote = [HEADER.as_bytes(), b"N1,1,\"M1,1234567893,H0038,"].concat();
    let a_megabyte = |byte: u8| vec![byte; 1 << 20];
    for (what, start, part) in [
        ("blank lines", HEADER.as_bytes().to_vec(), a_megabyte(b'\n')),
        ("one row without an end", one_row, a_megabyte(b'4')),
        ("a quote that is never closed", an_open_quote, a_megabyte(b'4')),
        ("cells without end", HEADER.as_bytes().to_vec(), a_megabyte(b',')),
        ("one segment without an end", isa.as_bytes().to_vec(), a_megabyte(b'A')),
        ("segments of nothing", isa.as_bytes().to_vec(), a_megabyte(b'~')),
        ("zeros behind a header", HEADER.as_bytes().to_vec(), a_megabyte(0)),
    ] {
        let place = Place::new();
        place.write("bomb.gz", gzip(&start, &part, UNPACKED));
        let done = within_memory(&place, MEMORY_KIB, &format!("validate bomb.gz {RUN}"));
        let (code, said) = (done.status.code(), said(&done));
        assert!(matches!(code, Some(0 | 2 | 3)), "{what}: {:?} {said}", done.status);
        assert!(
            !said.contains("memory") && !said.contains("fault of the program"),
            "{what}: {said}"
        );
        let inspected = within_memory(&place, MEMORY_KIB, "inspect bomb.gz");
        let code = inspected.status.code();
        assert!(matches!(code, Some(0 | 2 | 3)), "{what}: inspect: {:?}", inspected.status);
    }
}

/// Whatever stands in a segment, it is walked over once: where each element, or each lost segment,
/// walked over the rest of the block, these would take many minutes (and were such a fault).
#[test]
fn long_segments_end() {
    let isa = "ISA*00*          *00*          *ZZ*A              *ZZ*B              \
               *250915*2130*^*00501*000000915*0*T*:~GS*HC*A*B*20250915*2130*1*X*005010X222A1~\
               ST*837*0001*005010X222A1~HL*1**20*1~";
    // A separator that is filler, as some senders have it, stands before the segment too.
    let filler = isa.replace('*', "\x1d");
    let spare = |id: &str, code: &str| format!("{filler}\x1d{id}\x1d{code}");
    for (what, start, part, count) in [
        ("a party of blanks", spare("NM1", "82"), "\x1d", 1 << 20),
        ("diagnoses of blanks", spare("HI", "ABK:F331"), "\x1d", 1 << 20),
        ("levels in each other", isa.to_owned(), "HL*", 1 << 20),
        ("levels that run on", isa.to_owned(), "HL*1**20*", 1 << 19),
        ("claims that run on", isa.to_owned(), "CLM*A*1***11:B:1*", 1 << 18),
        ("line breaks alone", isa.to_owned(), "\n", 33 << 20),
    ] {
        let place = Place::new();
        place.write("long.x12", [start, part.repeat(count)].concat());
        for command in ["validate long.x12 --as-of 2025-09-30 --out -", "inspect long.x12"] {
            let done = within_memory(&place, MEMORY_KIB, command);
            let code = done.status.code();
            assert!(matches!(code, Some(0 | 2 | 3)), "{what}: {command}: {:?}", done.status);
        }
    }
}

#[test]
fn the_limit_ends_the_run_and_names_the_file() {
    let rows = "N1,1,M1,1234567893,H0038,4,2025-09-03\n".repeat(1000);
    for (name, bomb) in [
        ("b.gz", gzip(HEADER.as_bytes(), rows.as_bytes(), 30 << 20)),
        ("b.zst", zstd(HEADER.as_bytes(), rows.as_bytes(), 30 << 20)),
    ] {
        let place = Place::new();
        place.write(name, bomb);
        place.write("claims.csv", HEADER);
        for line in [
            format!("validate {name} {RUN}"),
            format!("validate claims.csv --history {name} {RUN}"),
            format!("audit {name} {RUN}"),
            format!("inspect {name}"),
        ] {
            let ran = place.run(&format!("{line} --max-decompressed 20M"));
            assert_eq!(ran.code, Some(2), "{line}: {}", ran.stderr);
            assert!(
                ran.stderr.contains(name) && ran.stderr.contains("--max-decompressed"),
                "{line}"
            );
            assert!(!place.path("out").exists());
        }
    }
}

#[test]
fn sizes_that_lie_are_errors() {
    let text = format!("{HEADER}N1,1,M1,1234567893,H0038,4,2025-09-03\n");
    let gzip = gzip(text.as_bytes(), b"\n", 100);
    let mut length_lies = gzip.clone();
    let end = length_lies.len();
    length_lies[end - 4..].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut sum_lies = gzip;
    sum_lies[end - 8] ^= 1;
    // A zstd frame of a single segment whose header says how much it holds: 2^60 bytes.
    let mut huge = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000];
    huge.extend_from_slice(&(1_u64 << 60).to_le_bytes());
    huge.extend_from_slice(&[1, 0, 0]);
    // A window of 2^41 bytes; then one of 2 GiB.
    let window = |log: u8| vec![0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3, 1, 0, 0];
    for (what, bytes) in [
        ("length", length_lies),
        ("checksum", sum_lies),
        ("frame size", huge),
        ("window 41", window(41)),
        ("window 31", window(31)),
        ("window 28", window(28)),
    ] {
        let place = Place::new();
        place.write("lie", &bytes);
        let done = within_memory(&place, MEMORY_KIB, &format!("validate lie {RUN}"));
        let said = said(&done);
        assert_eq!(done.status.code(), Some(2), "{what}: {said}");
        assert!(said.starts_with("peerclaims: lie: "), "{what}: {said}");
        assert!(!place.path("out").exists());
    }
}

#[test]
fn archives_of_other_programs_are_no_claims() {
    let zip = [&b"PK\x03\x04\x14\0\0\0\x08\0"[..], &[0; 200]].concat();
    let magic: [&[u8]; 5] =
        [&zip, b"7z\xbc\xaf\x27\x1c\0\x04", b"\xfd7zXZ\0\0\x04", b"BZh91AY&SY", b"Rar!\x1a\x07\0"];
    for bytes in magic {
        let place = Place::new();
        place.write("claims.zip", [bytes, &[0, 1, 2, 3, 255, 254]].concat());
        let ran = place.run(&format!("validate claims.zip {RUN}"));
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains("claims.zip"), "{}", ran.stderr);
    }
}
