//! Runs without a ledger that fail, or are stopped, at many places: the earlier results stand byte
//! for byte, or the new ones are whole. `tests/kill/outputs.py` does it at every system call, on
//! full disks, and at hundreds of random moments.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::parquet;
use crate::support::{HEADER, Place};

const ALL: &str = "csv,json,html,xlsx";
const VALIDATE: &str = "validate claims.csv --split --acks --format csv,json,html,xlsx";
const AUDIT: &str = "audit claims.csv --sample 5 --format csv,json,html,xlsx";
const COMMANDS: [&str; 2] = [VALIDATE, AUDIT];
const REST: &str = "--as-of 2025-09-30 --fail-on never --quiet --out out --threads 2";
const SIGTERM: i32 = 15;

fn rows(claims: u32, units: u32) -> String {
    let row = |number: u32| {
        let day = number % 28 + 1;
        let member = number % 40;
        format!("C{number},1,MEMBER-{member},1234567893,H0038,{units},2025-09-{day:02},50.00\n")
    };
    HEADER.trim_end().to_owned() + ",paid_amount\n" + &(0..claims).map(row).collect::<String>()
}

/// A part of a split that its file has no room for is no fault of the claims that it is of.
#[test]
fn a_full_disk_is_told_by_the_part_that_found_no_room() {
    let place = Place::new();
    let row = |number: u32| {
        format!("C{number},1,MEMBER-{number},1234567893,H0038,2,2025-09-04,{number:01000}\n")
    };
    let rows = (0..12_000).map(row).collect::<String>();
    place.write("claims.csv", HEADER.trim_end().to_owned() + ",note\n" + &rows);
    let output = limited(&place, "trap '' XFSZ; ulimit -f 8000", "validate claims.csv --split");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let begin = "peerclaims: cannot write out/release/claims.csv: File too large";
    assert!(said.starts_with(begin), "{said}");
    assert!(!said.contains("cannot be split"), "{said}");
    assert_eq!(place.names(""), ["claims.csv"]);
}

/// A file system of its own, until it is dropped.
struct Mounted(std::path::PathBuf);

impl Mounted {
    /// `None`: nothing can be mounted here.
    fn at(folder: std::path::PathBuf) -> Option<Mounted> {
        std::fs::create_dir(&folder).expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(&folder).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then_some(Mounted(folder))
    }

    fn is_read_only_now(&self) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-o", "remount,ro"]).arg(&self.0).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_only_can_be_read_keeps_its_results() {
    for command in COMMANDS {
        let place = Place::new();
        place.write("claims.csv", rows(30, 2));
        let disk = Mounted::at(place.path("disk"));
        let Some(disk) = disk else { return eprintln!("not run: nothing can be mounted here") };
        let line = format!("{command} {}", REST.replace("--out out", "--out disk/out"));
        assert_eq!(place.run(&line).code, Some(0));
        let earlier = content(&place.path("disk"));
        place.write("claims.csv", rows(400, 9));
        if !disk.is_read_only_now() {
            return eprintln!("not run: nothing can be mounted to be read alone");
        }
        for line in [&line, &line.replace("disk/out", "disk/new")] {
            let ran = place.run(line);
            assert_eq!(ran.code, Some(2), "{}", ran.stderr);
            assert!(ran.stderr.contains("Read-only file system"), "{}", ran.stderr);
            assert!(ran.stderr.contains("disk"), "{}", ran.stderr);
        }
        assert!(content(&place.path("disk")) == earlier, "as they were");
    }
}

/// Results of one run, and claims that give others.
fn with_earlier(command: &str) -> (Place, BTreeMap<String, Vec<u8>>) {
    let place = Place::new();
    place.write("claims.csv", rows(30, 2));
    let ran = place.run(&format!("{command} {REST}"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    place.write("claims.csv", rows(400, 9));
    let earlier = content(&place.path("out"));
    assert!(earlier.len() > 8);
    (place, earlier)
}

fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            let below = content(&entry.path()).into_iter();
            files.extend(below.map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            files.insert(name, std::fs::read(entry.path()).expect("a file"));
        }
    }
    files
}

/// The command below a shell that limits it.
fn limited(place: &Place, limit: &str, command: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_peerclaims");
    let script = format!("{limit}; exec {program} {command} {REST}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(place.path("")).stdin(Stdio::null());
    shell.output().expect("a shell")
}

/// Whether the results are those of the new run; they are whole, or those of the earlier one.
fn is_new(place: &Place, earlier: &BTreeMap<String, Vec<u8>>, what: &str) -> bool {
    let now = content(&place.path("out"));
    if now == *earlier {
        return false;
    }
    let manifest = place.json("out/manifest.json");
    let outputs = manifest["outputs"].as_array().expect("a list");
    assert_eq!(outputs.len() + 1, now.len(), "{what}: {:?}", now.keys());
    for output in outputs {
        let bytes = &now[output["name"].as_str().expect("a name")];
        assert_eq!(output["bytes"], bytes.len(), "{what}");
    }
    true
}

fn leftovers(place: &Place) -> Vec<String> {
    let mut names = place.names(".");
    names.retain(|name| name.contains("peerclaims-"));
    names
}

/// Runs below a limit that is loosened step by step, until one goes through: the earlier results
/// stand until then. What the failed runs named.
fn until_it_goes_through(command: &str, limits: impl Iterator<Item = String>) -> BTreeSet<String> {
    let (place, earlier) = with_earlier(command);
    let mut named = BTreeSet::new();
    for limit in limits {
        let what = format!("{command}, {limit}");
        let done = limited(&place, &limit, command);
        let said = String::from_utf8_lossy(&done.stderr);
        if done.status.code() == Some(0) {
            assert!(is_new(&place, &earlier, &what));
            return named;
        }
        // Too few files for the program to start is the shell's word, or the loader's.
        let is_ours = said.starts_with("peerclaims: ");
        let is_of_files = limit.contains("-n ");
        assert!(is_ours || is_of_files, "{what}: {:?} {said}", done.status);
        if is_ours {
            assert_eq!(done.status.code(), Some(2), "{what}: {said}");
            let name = said.split_once("out/").map(|(_, rest)| rest.split([':', ' ']).next());
            named.insert(name.flatten().unwrap_or(&said).to_owned());
        }
        assert!(!is_new(&place, &earlier, &what), "{what}");
        // Without files to be had, a folder cannot be emptied either; the next run does it.
        let left = leftovers(&place);
        assert!(left.is_empty() || is_of_files, "{what}: {left:?}");
        assert!(!said.contains("MEMBER-"), "{what}: {said}");
    }
    panic!("{command}: no limit was loose enough");
}

#[test]
fn a_file_that_cannot_be_written_whole_leaves_the_earlier_results() {
    let formats = parquet::FORMAT;
    let page = |command: &str| command.replace(ALL, "html");
    for (command, stopped_at) in [
        (format!("{VALIDATE}{formats}"), &["queue.csv", "findings.jsonl", "findings.xlsx"][..]),
        (format!("{AUDIT}{formats}"), &["findings.csv", "findings.jsonl", "findings.xlsx"]),
        (page(VALIDATE), &["queue.csv", "report.html"]),
        (page(AUDIT), &["findings.csv", "report.html"]),
    ] {
        // Files of at most so many blocks of 512 bytes: from nothing to 600 KiB.
        let sizes = std::iter::successors(Some(0_u32), |blocks| Some(blocks * 5 / 4 + 1));
        let sizes = sizes.take_while(|blocks| *blocks < 1_200);
        let limits = sizes.map(|blocks| format!("trap '' XFSZ; ulimit -f {blocks}"));
        let named = until_it_goes_through(&command, limits);
        for name in stopped_at {
            assert!(named.contains(*name), "{command}: {name} never stopped it, but {named:?}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_opened_leaves_the_earlier_results() {
    for command in [VALIDATE, AUDIT] {
        let limits = (3..60).map(|files| format!("ulimit -n {files}"));
        let named = until_it_goes_through(command, limits);
        assert!(named.len() >= 3, "{command}: {named:?}");
    }
}

#[test]
fn stopped_at_any_moment_it_is_the_old_or_the_new() {
    for command in COMMANDS {
        let (mut old, mut new) = (0, 0);
        for step in 0..8_u64 {
            let (place, earlier) = with_earlier(command);
            let mut run = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
            run.current_dir(place.path("")).args(command.split(' ')).args(REST.split(' '));
            let mut child = run.stderr(Stdio::null()).spawn().expect("the program starts");
            std::thread::sleep(Duration::from_millis(5 + 23 * step));
            let kills = step % 2 == 0;
            if kills {
                child.kill().expect("SIGKILL");
            } else {
                let kill = ["-TERM".to_owned(), child.id().to_string()];
                // It may have ended by itself.
                let _ = Command::new("kill").args(kill).stderr(Stdio::null()).status();
            }
            let status = child.wait().expect("it ends");
            let what = format!("{command}, step {step}: {status}");
            if !kills && status.code() != Some(0) {
                assert!(status.signal() == Some(SIGTERM) || status.code() == Some(143), "{what}");
            }
            match is_new(&place, &earlier, &what) {
                true => new += 1,
                false => old += 1,
            }
            for name in leftovers(&place) {
                assert!(name.starts_with(".out.peerclaims-tmp-"), "{what}: {name}");
            }
            // The next run takes away what was left.
            let ran = place.run(&format!("{command} {REST}"));
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            assert!(is_new(&place, &earlier, &what));
            assert_eq!(leftovers(&place), [""; 0], "{what}");
        }
        assert!(old > 0, "{command}: {old} old, {new} new");
    }
}

#[test]
fn folders_that_cannot_take_results_are_said_and_left_as_they_are() {
    let place = Place::new();
    place.write("in/claims.csv", rows(30, 2));
    place.write("in/tables/credentials.csv", "npi,designation,effective_date\n");
    for (out, word) in [
        ("/proc/out", "cannot create"),
        ("in/claims.csv", "is the input"),
        ("in", "holds the input"),
        ("in/deeper/out", "lies inside the input"),
        (".", "holds the input"),
    ] {
        let before = content(&place.path(""));
        let line = "in --tables in/tables --as-of 2025-09-30 --fail-on never --quiet";
        for command in ["validate", "audit"] {
            let ran = place.run(&format!("{command} {line} --out {out}"));
            assert_eq!(ran.code, Some(2), "{command} {out}: {}", ran.stderr);
            assert!(ran.stderr.contains(word), "{out}: {}", ran.stderr);
            assert!(content(&place.path("")) == before, "{command} {out}");
        }
    }
}

#[test]
fn another_file_system_takes_results_too() {
    // Temporary files beside the results, so nothing is renamed from one file system to another.
    let place = Place::new();
    let device = |path: &Path| path.metadata().map(|found| found.dev()).ok();
    let own = device(&place.path(""));
    // Folders that are mostly a file system of their own, and one of them not that of the place.
    let candidates = ["/dev/shm", "/run/shm", "/tmp", "/var/tmp", env!("CARGO_TARGET_TMPDIR")];
    let other = candidates.into_iter().find_map(|folder| {
        let folder = tempfile::tempdir_in(folder).ok()?;
        (device(folder.path()) != own).then_some(folder)
    });
    let Some(other) = other else {
        eprintln!("not run: {candidates:?} are not there, or one file system with the place");
        return;
    };
    assert_ne!(device(other.path()), own);
    place.write("claims.csv", rows(30, 2));
    for command in COMMANDS {
        let out = other.path().join("out");
        for _ in 0..2 {
            let line = REST.replace("--out out", &format!("--out {}", out.display()));
            let ran = place.run(&format!("{command} {line}"));
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            assert_eq!(device(&out.join("manifest.json")), device(other.path()));
        }
        let names = std::fs::read_dir(other.path()).expect("a folder").count();
        assert_eq!(names, 1, "nothing beside the results");
        std::fs::remove_dir_all(out).expect("removed");
    }
}
