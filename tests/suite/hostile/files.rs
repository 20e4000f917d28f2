//! Files that are none, that change while they are read, have names of every sort, or are too many.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{said, within_memory};
use crate::support::{HEADER, Place};

const RUN: &str = "--as-of 2025-09-30 --quiet --fail-on never --out out";
const ROW: &str = "N1,1,M1,1234567893,H0038,4,2025-09-03\n";
/// `O_NONBLOCK`
const NO_WAIT: i32 = 0o4000;
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

/// A run that has read `claims.csv` and the table and waits for a pipe, while `change` is done.
fn while_it_reads(place: &Place, line: &str, change: impl FnOnce()) -> (Option<i32>, String) {
    if !place.path("pipe").exists() {
        make_pipe(place, "pipe");
    }
    let mut run = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    run.current_dir(place.path("")).args(line.split(' '));
    let child = run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = child.spawn().expect("it starts");
    // It opens the pipe after it has read what is named before it; until then nobody can write.
    let mut waited = 0;
    let pipe = loop {
        let mut options = std::fs::OpenOptions::new();
        match options.write(true).custom_flags(NO_WAIT).open(place.path("pipe")) {
            Ok(pipe) => break Some(pipe),
            Err(_) if waited > 3000 || child.try_wait().expect("a child").is_some() => break None,
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
        waited += 1;
    };
    let Some(mut pipe) = pipe else {
        let _ = child.kill();
        panic!("{line}: {}", said(&child.wait_with_output().expect("it ends")));
    };
    change();
    pipe.write_all(format!("{HEADER}{}", ROW.replace("N1", "N2")).as_bytes()).expect("a reader");
    drop(pipe);
    let ended = child.wait_with_output().expect("it ends");
    (ended.status.code(), said(&ended))
}

#[test]
fn a_part_of_a_file_never_passes_for_the_whole() {
    let rest = "--as-of 2025-09-30 --quiet --fail-on never";
    for line in [
        format!("validate claims.csv pipe {rest} --out out --ledger year.db"),
        format!("validate claims.csv pipe {rest}"),
        format!("validate pipe --history claims.csv {rest} --out out --ledger year.db"),
        format!("audit claims.csv pipe {rest} --out out"),
        "simulate claims.csv pipe --policy policy.toml --quiet --out out".to_owned(),
        "ledger seed --history claims.csv pipe --ledger year.db".to_owned(),
    ] {
        for change in ["grows", "shrinks", "is replaced", "nothing"] {
            let place = Place::new();
            let whole = format!("{HEADER}{}", ROW.repeat(200));
            place.write("claims.csv", &whole);
            place.write("policy.toml", include_str!("../../../src/policy/builtin.toml"));
            let (code, said) = while_it_reads(&place, &line, || match change {
                "grows" => place.write("claims.csv", format!("{whole}{ROW}")),
                "shrinks" => place.write("claims.csv", HEADER),
                "is replaced" => {
                    place.write("new.csv", &whole);
                    std::fs::rename(place.path("new.csv"), place.path("claims.csv")).expect("it");
                }
                _ => {}
            });
            let what = format!("{line}: {change}: {said}");
            if change == "nothing" {
                assert_eq!(code, Some(0), "{what}");
                continue;
            }
            assert_eq!(code, Some(2), "{what}");
            assert!(said.contains("claims.csv: the file changed while it was read"), "{what}");
            assert_eq!(place.names("out"), [""; 0], "{what}");
            if place.path("year.db").exists() {
                let status = place.run("ledger status --ledger year.db --format json");
                let status: serde_json::Value = serde_json::from_str(&status.stdout).expect("JSON");
                assert_eq!(status["runs"], 0, "{what}");
            }
        }
    }
}

#[test]
fn a_table_that_changes_while_it_is_read_ends_the_run() {
    let place = Place::new();
    place.write("claims.csv", format!("{HEADER}{ROW}"));
    let rows = (0..150_000).map(|row| format!("P{row},M{row},2025-01-01,2025-12-31\n"));
    let whole = format!("plan_id,member_id,start_date,end_date\n{}", rows.collect::<String>());
    let mut said = Vec::new();
    for step in 1..40_u64 {
        place.write("plans.csv", &whole);
        let mut run = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
        run.current_dir(place.path(""));
        run.args(format!("validate claims.csv --plans plans.csv {RUN}").split(' '));
        let child = run.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(4 * step));
        let file = std::fs::OpenOptions::new().write(true).open(place.path("plans.csv"));
        file.expect("a file").set_len(100).expect("shorter");
        let ended = child.wait_with_output().expect("it ends");
        said.push(String::from_utf8_lossy(&ended.stderr).into_owned());
        if said.last().is_some_and(|said| said.contains("the file changed while it was read")) {
            assert_eq!(ended.status.code(), Some(2));
            return;
        }
    }
    panic!("it was never met while the table was read: {said:?}");
}

#[test]
fn a_pipe_that_nobody_named_holds_nobody_up() {
    let place = Place::new();
    place.write("claims.csv", format!("{HEADER}{ROW}"));
    place.write("in/claims.csv", format!("{HEADER}{ROW}"));
    std::fs::create_dir(place.path("tables")).expect("a folder");
    make_pipe(&place, "tables/supervision.csv");
    for line in ["validate claims.csv --ledger year.db", "check-tables", "upcoming"] {
        let ran = place.run(&format!("{line} --tables tables"));
        assert_eq!(ran.code, Some(2), "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains("supervision.csv: it is no file but a pipe"), "{}", ran.stderr);
    }
    assert!(!place.path("year.db").exists(), "the ledger was not held meanwhile");
    make_pipe(&place, "in/pipe.csv");
    assert_eq!(place.run(&format!("validate in {RUN}")).code, Some(0));
    for line in [
        "diff in/pipe.csv in/pipe.csv",
        "verify in",
        "diff in in",
        "ledger status --ledger in/pipe.csv",
    ] {
        let ran = place.run(line);
        assert_eq!(ran.code, Some(2), "{line}: {}", ran.stderr);
    }
    make_pipe(&place, "peerclaims.toml");
    let ran = place.run("validate claims.csv");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("peerclaims.toml: the configuration cannot be read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn devices_never_end_so_they_are_not_read() {
    let place = Place::new();
    place.write("claims.csv", format!("{HEADER}{ROW}"));
    for line in [
        "inspect /dev/zero",
        "inspect /dev/urandom",
        "inspect - </dev/zero",
        "validate - </dev/zero",
        "validate /dev/zero",
        "remit /dev/urandom --ledger year.db",
        "policy check /dev/zero",
        "audit claims.csv --rates /dev/zero",
        "audit estimate /dev/zero",
        "diff /dev/zero /dev/zero",
        "verify /dev/zero",
    ] {
        let script = format!("exec timeout 20 {} {line}", env!("CARGO_BIN_EXE_peerclaims"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(place.path("")).stdin(Stdio::null());
        let done = shell.output().expect("a shell");
        assert_eq!(done.status.code(), Some(2), "{line}: {}", said(&done));
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
