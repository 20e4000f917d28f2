//! Tests of the output folder: all or nothing, whatever fails.

use super::disk::{Disk, Failing, lock_folder};
use super::*;
use crate::report::{self, Format, samples};
use crate::source::hash::sha256;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::{Arc, Mutex};

/// Every file below `folder`, by its path there, with its content.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it").to_owned();
                found.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<_> = entries.map(|entry| name(entry.expect("an entry"))).collect();
    names.sort();
    names
}

/// A folder on a disk that works, beside which no ledger awaits anything.
fn staged(target: &Path, inputs: &[PathBuf]) -> Result<StagedFolder, ReportError> {
    StagedFolder::stage(target, inputs, &|_| false)
}

/// A disk of which `count` steps fail, the first `after` so many.
fn failing(after: u32, count: u32, cannot_exchange: bool) -> Disk {
    Disk { failing: Arc::new(Mutex::new(Failing { after, count })), cannot_exchange }
}

/// A whole run that writes `text` and a manifest.
fn run(disk: Disk, target: &Path, text: &str) -> Result<Exchanged, ReportError> {
    let mut folder = StagedFolder::stage_on(disk, target, &[], &|_| true)?;
    folder.write("findings.csv", |out| out.write_all(text.as_bytes()))?;
    let mut streamed = folder.create("release/deep/night.837")?;
    streamed.write_all(text.as_bytes()).map_err(at("write", target))?;
    folder.finish(streamed)?;
    let outputs = serde_json::to_string(folder.written()).expect("JSON");
    folder.write("manifest.json", |out| {
        write!(out, "{{\"program\": \"peerclaims\", \"outputs\": {outputs}}}")
    })?;
    folder.seal()?.exchange()
}

fn words(result: Result<impl Sized, ReportError>) -> String {
    result.err().expect("an error").to_string()
}

#[test]
fn a_result_appears_and_is_replaced_whole() {
    let place = tempfile::tempdir().expect("a folder");
    let target = place.path().join("above/out");
    for (disk, text) in [
        (Disk::default(), "first"),
        (Disk::default(), "second"),
        (Disk { cannot_exchange: true, ..Disk::default() }, "third"),
    ] {
        let exchanged = run(disk, &target, text).expect("it works");
        assert_eq!(exchanged, Exchanged { folder: target.clone(), leftover: None, unsure: None });
        let files = content(&target);
        assert_eq!(files.len(), 3);
        assert_eq!(files[Path::new("release/deep/night.837")], text.as_bytes());
        assert_eq!(names(target.parent().expect("above")), ["out"], "nothing beside it");
    }
}

#[test]
fn every_output_of_a_run_with_its_hash() {
    let place = tempfile::tempdir().expect("a folder");
    let target = place.path().join("out");
    let mut runs = Vec::new();
    for _ in 0..2 {
        let staged = staged(&target, &[]).expect("it works");
        let (outcome, facts) = (samples::outcome(), samples::manifest_facts());
        let sealed = report::write_all(&outcome, &facts, &Format::ALL, staged).expect("it works");
        sealed.exchange().expect("it works");
        let mut files = content(&target);
        let manifest = files.remove(Path::new("manifest.json")).expect("a manifest");
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
        let outputs = manifest["outputs"].as_array().expect("a list");
        assert_eq!(outputs.len(), files.len());
        for output in outputs {
            let file = &files[Path::new(output["name"].as_str().expect("a name"))];
            assert_eq!(output["sha256"], sha256(file).as_str());
            assert_eq!(output["bytes"], file.len());
        }
        runs.push(files);
    }
    assert_eq!(runs[0].len(), 5 + usize::from(cfg!(feature = "parquet")));
    assert!(runs[0] == runs[1], "the same outcome gives the same bytes");
}

#[test]
fn large_writes_are_hashed_whole() {
    let place = tempfile::tempdir().expect("a folder");
    let mut folder = staged(&place.path().join("out"), &[]).expect("it works");
    let bytes: Vec<u8> = (0..3 * BLOCK_BYTES + 17).map(|index| (index % 251) as u8).collect();
    folder
        .write("big", |out| {
            out.write_all(&bytes[..10])?;
            out.write_all(&bytes[10..2 * BLOCK_BYTES])?;
            bytes[2 * BLOCK_BYTES..].chunks(1000).try_for_each(|part| out.write_all(part))
        })
        .expect("it works");
    assert_eq!(folder.written()[0].sha256, sha256(&bytes));
    assert_eq!(folder.written()[0].bytes, bytes.len() as u64);
    assert_eq!(fs::read(folder.path().join("big")).expect("readable"), bytes);
}

/// Steps of [`run`]: the folder, three files and two folders in it (made, written, synced), and the
/// exchange: in one step and a sync, in three where it cannot be done at once, or a rename and a
/// sync where there are no earlier results.
const STEPS: [(bool, bool, u32); 4] =
    [(false, false, 17), (false, true, 17), (true, false, 17), (true, true, 19)];

#[test]
fn whatever_step_fails_the_earlier_result_stands() {
    for (cannot_exchange, has_earlier, steps) in STEPS {
        let mut failures = 0;
        loop {
            let place = tempfile::tempdir().expect("a folder");
            let target = place.path().join("out");
            if has_earlier {
                run(Disk::default(), &target, "earlier").expect("it works");
            }
            let before = content(place.path());
            match run(failing(failures, 1, cannot_exchange), &target, "later") {
                Ok(_) => break,
                Err(error) => assert!(error.to_string().contains("the test asked"), "{error}"),
            }
            assert!(content(place.path()) == before, "step {failures} {cannot_exchange}");
            assert!(names(place.path()).len() <= 1, "nothing beside it");
            failures += 1;
        }
        assert_eq!(failures, steps, "{cannot_exchange} {has_earlier}");
    }
}

#[test]
fn a_disk_that_fails_again_loses_no_results() {
    for (cannot_exchange, has_earlier, steps) in STEPS {
        let mut unsure = 0;
        for (after, count) in (0..steps).flat_map(|after| [(after, 2), (after, 3), (after, 99)]) {
            let what = format!("{cannot_exchange} {has_earlier}: {count} from {after} on");
            let place = tempfile::tempdir().expect("a folder");
            let target = place.path().join("out");
            if has_earlier {
                run(Disk::default(), &target, "earlier").expect("it works");
            }
            let earlier = content(&target);
            let done = run(failing(after, count, cannot_exchange), &target, "later");
            match done {
                Ok(exchanged) => {
                    let left = exchanged.unsure.expect("two steps failed");
                    assert!(left.why.contains("the test asked"), "{what}");
                    assert!(exchanged.leftover.is_none(), "{what}");
                    let new = content(&target);
                    assert_eq!(new[Path::new("findings.csv")], b"later", "{what}");
                    assert_eq!(left.earlier.is_some(), has_earlier, "{what}");
                    let is_whole = |folder: PathBuf| content(&folder) == earlier;
                    assert!(left.earlier.is_none_or(is_whole), "{what}");
                    unsure += 1;
                }
                Err(error) => {
                    let aside = error.to_string().contains("are whole, but not in place");
                    assert!(aside == (content(&target) != earlier), "{what}: {error}");
                    assert!(!aside || (has_earlier && cannot_exchange), "{what}: {error}");
                    drop(staged(&target, &[]).expect("the disk works again"));
                    assert!(content(&target) == earlier, "{what}: {error}");
                }
            }
        }
        assert!(unsure > 0, "{cannot_exchange} {has_earlier}");
    }
}

#[test]
fn earlier_results_of_a_disk_that_failed_twice_survive_the_next_run() {
    let place = tempfile::tempdir().expect("a folder");
    let target = place.path().join("out");
    run(Disk::default(), &target, "earlier").expect("it works");
    let done = run(failing(16, 2, false), &target, "later").expect("it stands");
    let left = done.unsure.expect("unsure").earlier.expect("earlier ones");
    run(Disk::default(), &target, "third").expect("it works");
    assert_eq!(content(&left)[Path::new("findings.csv")], b"earlier");
    assert!(left.to_string_lossy().contains("out.peerclaims-earlier-"), "{}", left.display());
}

#[test]
fn the_rights_are_the_owners_alone_whatever_the_umask() {
    // A umask is of the whole process, so the test runs itself again below shells that set one.
    let name = "the_rights_below_this_umask";
    for umask in ["000", "022", "777"] {
        let command = format!("umask {umask}; exec \"$0\" --include-ignored {name}");
        let this = std::env::current_exe().expect("a test binary");
        let place = tempfile::tempdir().expect("a folder");
        let done = std::process::Command::new("sh")
            .args(["-c", &command])
            .arg(this)
            .env("PEERCLAIMS_TEST_PLACE", place.path())
            .output()
            .expect("a shell");
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{umask}: {said}");
    }
}

#[test]
#[ignore = "run by the_rights_are_the_owners_alone_whatever_the_umask"]
fn the_rights_below_this_umask() {
    let Some(place) = std::env::var_os("PEERCLAIMS_TEST_PLACE") else { return };
    let target = PathBuf::from(place).join("new/out");
    run(Disk::default(), &target, "text").expect("it works");
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    for folder in ["", "..", "release", "release/deep"] {
        assert_eq!(mode(&target.join(folder)), 0o700, "{folder}");
    }
    for file in ["findings.csv", "manifest.json", "release/deep/night.837"] {
        assert_eq!(mode(&target.join(file)), 0o600, "{file}");
    }
}

#[test]
fn folders_of_others_are_refused() {
    let place = tempfile::tempdir().expect("a folder");
    let target = place.path().join("out");
    fs::create_dir(&target).expect("a folder");
    fs::write(target.join("thesis.txt"), "years of work").expect("a file");
    let error = words(run(Disk::default(), &target, "x"));
    assert!(error.contains("is not a folder of peerclaims results: name another --out"), "{error}");
    fs::write(target.join("manifest.json"), "{\"program\": \"other\", \"outputs\": []}")
        .expect("a file");
    assert!(words(run(Disk::default(), &target, "x")).contains("is not a folder of peerclaims"));
    assert_eq!(names(place.path()), ["out"]);
    assert_eq!(names(&target), ["manifest.json", "thesis.txt"]);

    fs::remove_dir_all(&target).expect("removable");
    fs::create_dir(&target).expect("a folder");
    run(Disk::default(), &target, "x").expect("an empty folder is nobody's");
    fs::write(target.join("my notes.txt"), "n").expect("a file");
    let error = words(run(Disk::default(), &target, "y"));
    assert!(error.contains("holds my notes.txt beside the peerclaims results"), "{error}");

    let file = place.path().join("file");
    fs::write(&file, "text").expect("a file");
    assert!(words(run(Disk::default(), &file, "x")).contains("is not a folder"));
    assert!(words(run(Disk::default(), Path::new("/"), "x")).contains("no name of its own"));
    let odd = place.path().join("missing/../out");
    assert!(words(run(Disk::default(), &odd, "x")).contains("no name of its own"));
}

#[test]
fn what_came_since_the_start_is_not_lost() {
    let place = tempfile::tempdir().expect("a folder");
    let target = place.path().join("out");
    let mut folder = staged(&target, &[]).expect("it works");
    folder.write("findings.csv", |out| out.write_all(b"x")).expect("it works");
    let sealed = folder.seal().expect("it works");
    fs::create_dir(&target).expect("a folder");
    fs::write(target.join("thesis.txt"), "years of work").expect("a file");
    assert!(words(sealed.exchange()).contains("is not a folder of peerclaims results"));
    assert_eq!(names(place.path()), ["out"]);
    assert_eq!(names(&target), ["thesis.txt"]);
}

#[test]
fn inputs_are_never_written_over() {
    let place = tempfile::tempdir().expect("a folder");
    let claims = place.path().join("claims");
    fs::create_dir(&claims).expect("a folder");
    let night = claims.join("night.837");
    fs::write(&night, "ISA").expect("a file");
    symlink(&claims, place.path().join("link")).expect("a link");
    let stage =
        |target: &str, input: &Path| words(staged(&place.path().join(target), &[input.to_owned()]));
    assert!(stage("claims", &claims).contains("claims is the input"));
    assert!(stage("claims", &night).contains("holds the input"));
    assert!(stage("claims/out", &claims).contains("lies inside the input"));
    assert!(stage("link", &night).contains("holds the input"));
    assert!(stage("link/new/out", &claims).contains("lies inside the input"));
    assert_eq!(names(place.path()), ["claims", "link"]);
    assert_eq!(names(&claims), ["night.837"]);
    let beside = place.path().join("claims-out");
    assert!(staged(&beside, &[claims]).is_ok(), "a name that begins like an input");
}

#[test]
fn a_link_is_followed() {
    let place = tempfile::tempdir().expect("a folder");
    let real = place.path().join("real");
    run(Disk::default(), &real, "first").expect("it works");
    let link = place.path().join("link");
    symlink(&real, &link).expect("a link");
    run(Disk::default(), &link, "second").expect("it works");
    assert_eq!(content(&real)[Path::new("findings.csv")], b"second");
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
}

#[test]
fn leftovers_of_killed_runs_go_and_those_of_living_ones_stay() {
    let place = tempfile::tempdir().expect("a folder");
    let target = place.path().join("out");
    // A night has another name than the one before.
    let dead =
        [".night 1.peerclaims-tmp-4000000000-2", ".out.peerclaims-tmp-4000000000"].map(|name| {
            let path = place.path().join(name);
            fs::create_dir(&path).expect("a folder");
            fs::write(path.join("findings.csv"), "half").expect("a file");
            path.canonicalize().expect("it is there")
        });
    let others = [
        ".out.peerclaims-tmp-",
        ".out.peerclaims-tmp-1x",
        ".out.peerclaims-tmp-1-",
        ".peerclaims-tmp-1",
        "out.peerclaims-tmp-1",
    ];
    others.iter().for_each(|name| fs::create_dir(place.path().join(name)).expect("a folder"));
    fs::write(place.path().join(".file.peerclaims-tmp-1"), "text").expect("a file");

    let living = staged(&target, &[]).expect("it works");
    assert_eq!(living.leftovers().removed, dead);
    assert!(dead.iter().all(|path| !path.exists()));
    let quick = place.path().join("quick");
    run(Disk::default(), &quick, "quicker").expect("two runs at once");
    assert!(living.path().exists());
    let path = living.path().to_owned();
    drop(living);
    assert!(!path.exists());
    let mut expected = [&others[..], &[".file.peerclaims-tmp-1", "quick"]].concat();
    expected.sort_unstable();
    assert_eq!(names(place.path()), expected);
}

#[test]
fn whole_results_that_a_ledger_awaits_stay() {
    let place = tempfile::tempdir().expect("a folder");
    let left = |name: &str, ledger: &str| {
        let path = place.path().join(format!(".{name}.peerclaims-tmp-4000000000"));
        fs::create_dir(&path).expect("a folder");
        let text = format!("{{\"program\": \"peerclaims\", \"outputs\": []{ledger}}}");
        fs::write(path.join("manifest.json"), text).expect("a file");
        path.canonicalize().expect("it is there")
    };
    let awaited = left("awaited", ", \"ledger\": {\"run\": 7}");
    let fulfilled = left("fulfilled", ", \"ledger\": {\"run\": 6}");
    let without = left("without", "");
    let dry = left("dry", ", \"ledger\": {\"run\": 7, \"is_dry_run\": true}");
    let ask = |left: &Awaiting<'_>| left.manifest.ledger.as_ref().is_some_and(|own| own.run == 7);
    let folder = StagedFolder::stage(&place.path().join("out"), &[], &ask).expect("it works");
    assert_eq!(folder.leftovers().awaited, std::slice::from_ref(&awaited));
    assert_eq!(folder.leftovers().removed, [dry, fulfilled, without]);
    assert!(awaited.join("manifest.json").exists());
}

#[test]
fn results_that_a_killed_run_had_moved_aside_come_back() {
    let place = tempfile::tempdir().expect("a folder");
    let target = place.path().join("out");
    run(Disk::default(), &target, "earlier").expect("it works");
    let aside = place.path().join(".out.peerclaims-old-77");
    fs::rename(&target, &aside).expect("renamed");
    let lock = lock_folder(&aside).expect("a folder");
    drop(staged(&target, &[]).expect("it works"));
    assert!(aside.exists() && !target.exists(), "a living run is between its two steps");
    drop(lock);
    // A process that another test starts in this moment holds a copy of the lock until its `exec`.
    for _ in 0..200 {
        drop(staged(&target, &[]).expect("it works"));
        if !aside.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(!aside.exists());
    assert_eq!(content(&target)[Path::new("findings.csv")], b"earlier");

    // Of results under another name too; where they have been written anew, they are in the way.
    fs::rename(&target, &aside).expect("renamed");
    let other = place.path().join("other");
    let put_back = staged(&other, &[]).expect("it works").leftovers().put_back.clone();
    assert_eq!(put_back, [target.canonicalize().expect("it is there")]);
    fs::create_dir(&aside).expect("a folder");
    drop(staged(&other, &[]).expect("it works"));
    assert!(target.join("findings.csv").exists() && !aside.exists());
}

#[test]
fn names_of_outputs_stay_inside() {
    let place = tempfile::tempdir().expect("a folder");
    let mut folder = staged(&place.path().join("out"), &[]).expect("it works");
    for name in ["", "../x", "/etc/x", "a/../../x"] {
        assert!(folder.write(name, |_| Ok(())).is_err(), "{name}");
    }
}

#[test]
fn errors_name_the_file_and_hold_no_escape_sequence() {
    let place = tempfile::tempdir().expect("a folder");
    let mut folder = staged(&place.path().join("o\u{1b}[31m"), &[]).expect("it works");
    let error = words(folder.write("findings.csv", |_| Err(io::ErrorKind::StorageFull.into())));
    assert!(error.starts_with("cannot write ") && error.contains("o?[31m/findings.csv"), "{error}");
    assert!(error.ends_with("no storage space"), "{error}");
}
