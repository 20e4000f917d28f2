//! Looking at a ledger where nothing can be written; copies; files that only look like ours.

use super::Nights;
use super::commands::two_nights;
use rusqlite::Connection;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;

const NOBODY: u32 = 65_534;

/// Runs the program as somebody for whom the rights of files count.
fn as_nobody(nights: &Nights, line: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.current_dir(nights.place.path("shelf")).args(line.split_whitespace());
    let is_root = fs::metadata("/proc/self").expect("a process").uid() == 0;
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    let ran = command.output().expect("the program starts");
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_ledger_that_cannot_be_written_can_be_looked_at() {
    let nights = two_nights();
    let set = |name: &str, mode: u32| {
        let rights = Permissions::from_mode(mode);
        fs::set_permissions(nights.place.path(name), rights).expect("it is ours");
    };
    nights.place.write("shelf/year.db", fs::read(nights.place.path("year.db")).expect("it"));
    nights.place.write("shelf/two.csv", nights.place.read("two.csv"));
    set(".", 0o755);
    set("shelf/year.db", 0o444);
    set("shelf", 0o555);
    let before = fs::read(nights.place.path("shelf/year.db")).expect("it");
    for line in [
        "ledger status",
        "ledger check",
        "ledger export",
        "ledger runs",
        "ledger members",
        "validate two.csv --dry-run --ignore C007 --quiet",
    ] {
        let (code, said) = as_nobody(&nights, &format!("{line} --ledger year.db"));
        assert_eq!(code, Some(0), "{line}: {said}");
    }
    let (code, said) = as_nobody(&nights, "ledger status --ledger year.db");
    assert!(code == Some(0) && said.contains("runs               2"), "{said}");
    let (code, said) = as_nobody(&nights, "ledger undo 2 --ledger year.db");
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(nights.place.names("shelf"), ["two.csv", "year.db"]);
    assert!(fs::read(nights.place.path("shelf/year.db")).expect("it") == before);
    set("shelf", 0o755);
}

/// A small disk of its own, where this user may mount one.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn at(path: std::path::PathBuf) -> Option<SmallDisk> {
        fs::create_dir_all(&path).expect("writable");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=700k", "tmpfs"]).arg(&path);
        let is_there = mount.output().is_ok_and(|ran| ran.status.success());
        is_there.then_some(SmallDisk(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

/// Runs where tests may mount a disk (as root in CI); elsewhere it says that it did not.
#[test]
fn a_ledger_on_a_full_disk_can_be_looked_at() {
    let nights = two_nights();
    let Some(disk) = SmallDisk::at(nights.place.path("disk")) else {
        return eprintln!("no right to mount a small disk: not tested");
    };
    nights.place.write("disk/year.db", fs::read(nights.place.path("year.db")).expect("it"));
    let mut room = fs::File::create(disk.0.join("fill")).expect("writable");
    while std::io::Write::write_all(&mut room, &[0; 512]).is_ok() {}
    for line in ["ledger status", "ledger check", "ledger export", "ledger backup copy.db"] {
        let ran = nights.place.run(&format!("{line} --ledger disk/year.db"));
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
    }
    let ran = nights.place.run("ledger undo 2 --ledger disk/year.db");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("the disk is full"), "{}", ran.stderr);
    let ran = nights.place.run("ledger backup disk/copy.db --ledger year.db");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("copy.db: the disk is full"), "{}", ran.stderr);
    assert_eq!(nights.place.run("ledger check --ledger copy.db").code, Some(0));
}

#[test]
fn files_that_only_look_like_ours_are_not_touched() {
    let good = two_nights();
    let ledger = fs::read(good.place.path("year.db")).expect("the ledger");
    let with_mark = |name: &str, tables: &str| {
        let other = Connection::open(good.place.path(name)).expect("an SQLite file");
        other.pragma_update(None, "application_id", 0x5063_4c67).expect("a mark");
        other.pragma_update(None, "user_version", 1).expect("a version");
        other.execute_batch(tables).expect("tables");
    };
    with_mark("other.db", "CREATE TABLE x (a)");
    good.place.write("old.db", &ledger);
    let old = Connection::open(good.place.path("old.db")).expect("it opens");
    old.pragma_update(None, "journal_mode", "DELETE").expect("a mode");
    old.pragma_update(None, "user_version", 0).expect("a version");
    drop(old);
    for name in ["other.db", "old.db"] {
        let before = fs::read(good.place.path(name)).expect("it");
        for line in ["validate two.csv --out out", "ledger status", "ledger check", "ledger undo 2"]
        {
            let ran = good.place.run(&format!("{line} --ledger {name}"));
            assert_eq!(ran.code, Some(2), "{line} {name}: {}", ran.stdout);
            let said = "without its tables; it was not touched";
            assert!(ran.stderr.contains(said) && ran.stderr.len() < 300, "{}", ran.stderr);
            assert!(fs::read(good.place.path(name)).expect("it") == before, "{line}: {name}");
            let names = good.place.names(".");
            assert!(!names.iter().any(|other| other.starts_with(&format!("{name}-"))), "{names:?}");
        }
    }
}

#[test]
fn a_backup_stands_where_it_was_named_whatever_the_name() {
    let nights = two_nights();
    let name = OsStr::from_bytes(b"copy\xff%3f.db");
    for (code, line) in [(0, &b"backup"[..]), (2, b"backup")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
        command.current_dir(nights.place.path("."));
        command.args(["ledger", "--ledger", "year.db"]).arg(OsStr::from_bytes(line)).arg(name);
        let ran = command.output().expect("the program starts");
        assert_eq!(ran.status.code(), Some(code), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    let copy = nights.place.path(".").join(name);
    assert_eq!(fs::metadata(&copy).expect("it is there").permissions().mode() & 0o777, 0o600);
    let checked = Command::new(env!("CARGO_BIN_EXE_peerclaims"))
        .args(["ledger", "check", "--ledger"])
        .arg(&copy)
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(said.contains("well (2 runs, 3 service lines)"), "{said}");
    let names = fs::read_dir(nights.place.path(".")).expect("a folder").flatten();
    let copies = names.filter(|entry| entry.file_name().as_bytes().starts_with(b"copy"));
    let copies: Vec<_> = copies.map(|entry| entry.file_name()).collect();
    assert!(copies.iter().all(|found| found.as_bytes().starts_with(name.as_bytes())), "{copies:?}");
}
