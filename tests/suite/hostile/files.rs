//! Files that are none, that change while they are read, have names of every sort, or are too many.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{said, within_memory};
use crate::support::{HEADER, Place};

const RUN: &str = "--as-of 2025-09-30 --quiet --fail-on never --out out";
const ROW: &str = "N1,1,M1,1234567893,H0038,4,2025-09-03\n";
const MEMORY_KIB: u64 = 640 << 10;

fn make_pipe(place: &Place, name: &str) {
    let made = Command::new("mkfifo").arg(place.path(name)).status().expect("mkfifo");
    assert!(made.success());
}

#[test]
fn what_is_no_file_ends_the_run_or_is_passed_over() {
    let place = Place::new();
    place.write("claims.csv", format!("{HEADER}{ROW}"));
    place.write("in/claims.csv", format!("{HEADER}{ROW}"));
    make_pipe(&place, "in/pipe.csv");
    symlink(place.path("in"), place.path("in/loop")).expect("a link");
    symlink(place.path("claims.csv"), place.path("in/linked.csv")).expect("a link");
    symlink("/dev/zero", place.path("in/zero.csv")).expect("a link");
    let done = within_memory(&place, MEMORY_KIB, &format!("validate in {RUN}"));
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    // The same rows twice, of the file and of the link to the other.
    assert_eq!(place.json("out/summary.json")["service_lines"], 2);
    symlink(place.path("nowhere"), place.path("in/dangling.csv")).expect("a link");
    let done = within_memory(&place, MEMORY_KIB, &format!("validate in {RUN}"));
    assert_eq!(done.status.code(), Some(2));
    assert!(said(&done).contains("dangling.csv"), "{}", said(&done));
    for option in ["", "--history", "--credentials", "--plans", "--policy", "--config", "--ledger"]
    {
        for strange in ["/dev/zero", "/dev/full", "in", "."] {
            let line = match (option, strange) {
                ("" | "--history", "in" | ".") => continue, // folders of claims
                ("", _) => format!("validate {strange} {RUN}"),
                _ => format!("validate claims.csv {option} {strange} {RUN}"),
            };
            let done = within_memory(&place, MEMORY_KIB, &format!("{line} --max-decompressed 1M"));
            let said = said(&done);
            assert_eq!(done.status.code(), Some(2), "{line}: {said}");
            assert!(said.starts_with("peerclaims: "), "{line}: {said}");
        }
    }
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let place = Place::new();
    make_pipe(&place, "pipe");
    let path = place.path("pipe");
    let writer = std::thread::spawn(move || {
        let mut pipe = std::fs::OpenOptions::new().write(true).open(path).expect("a pipe");
        pipe.write_all(format!("{HEADER}{ROW}").as_bytes()).expect("a reader");
    });
    let ran = place.run(&format!("validate pipe {RUN}"));
    writer.join().expect("it was read");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(place.json("out/summary.json")["service_lines"], 1);
}

#[test]
fn files_that_grow_or_shrink_while_they_are_read_do_not_crash_a_run() {
    for grows in [true, false] {
        let place = Place::new();
        let whole = format!("{HEADER}{}", ROW.repeat(200_000));
        place.write("claims.csv", &whole);
        for step in 0..6_u64 {
            place.write("claims.csv", &whole);
            let mut run = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
            let line = format!("validate claims.csv {RUN} --split --block-bytes 65536");
            run.current_dir(place.path("")).args(line.split(' '));
            let child = run.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
            std::thread::sleep(Duration::from_millis(10 + 40 * step));
            let opened = std::fs::OpenOptions::new().append(true).open(place.path("claims.csv"));
            let mut file = opened.expect("a file");
            match grows {
                true => file.write_all(ROW.repeat(50_000).as_bytes()).expect("room"),
                false => file.set_len(whole.len() as u64 / 3).expect("shorter"),
            }
            let ended = child.wait_with_output().expect("it ends");
            let said = String::from_utf8_lossy(&ended.stderr);
            assert!(matches!(ended.status.code(), Some(0 | 2 | 3)), "{:?} {said}", ended.status);
            assert!(!said.contains("fault of the program"), "{said}");
        }
    }
}

#[test]
fn names_that_are_not_utf8_are_read_and_shown() {
    let place = Place::new();
    place.write("in/a.csv", format!("{HEADER}{ROW}"));
    let wild: [&[u8]; 3] = [b"caf\xe9.csv", b"\xff\xfe.csv", b"new\nline.csv"];
    for (number, name) in wild.iter().enumerate() {
        let path = place.path("in").join(OsString::from_vec(name.to_vec()));
        let row = ROW.replace("N1", &format!("W{number}"));
        std::fs::write(path, format!("{HEADER}{row}")).expect("Linux takes any name");
    }
    for more in ["", "--split", "--ledger year.db", "--format csv,json,html,xlsx"] {
        let ran = place.run(&format!("validate in {RUN} {more}"));
        assert_eq!(ran.code, Some(0), "{more}: {}", ran.stderr);
        assert_eq!(place.json("out/summary.json")["service_lines"], 4, "{more}");
    }
    let ran = place.run("audit in --as-of 2025-09-30 --quiet --fail-on never --out papers");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn ten_thousand_files_in_a_folder_are_read() {
    const FILES: usize = 10_000;
    let place = Place::new();
    std::fs::create_dir(place.path("in")).expect("a folder");
    for number in 0..FILES {
        let row = ROW.replace("N1", &format!("N{number}")).replace("M1", &format!("M{number}"));
        std::fs::write(place.path("in").join(format!("{number}.csv")), format!("{HEADER}{row}"))
            .expect("room");
    }
    let line = format!("ulimit -n 64; exec {} validate in {RUN}", env!("CARGO_BIN_EXE_peerclaims"));
    let done = Command::new("sh").args(["-c", &line]).current_dir(place.path("")).output();
    let done = done.expect("a shell");
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let summary = place.json("out/summary.json");
    assert_eq!(summary["service_lines"], FILES);
    assert_eq!(summary["checked"], FILES);
}
