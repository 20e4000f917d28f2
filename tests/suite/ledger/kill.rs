//! Killed at any phase, or stopped by a disk that takes no more: ledger and results are both of the
//! new run or both of the old one. `tests/kill/posting.py` does it 300 times at random moments.

use super::{Nights, content};
use crate::support::{HEADER, Place};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn rows(claims: u32, first: u32) -> String {
    let rows = (first..first + claims)
        .map(|number| format!("C{number},1,MEMBER-{number},1234567893,H0038,4,2025-09-03\n"));
    HEADER.to_owned() + &rows.collect::<String>()
}

/// A ledger and results of one night, and the file of the next.
fn after_one_night() -> Nights {
    let nights = Nights::new();
    nights.place.write("one.csv", rows(50, 0));
    assert_eq!(nights.again("one.csv", "").code, Some(0));
    nights.place.write("two.csv", rows(300, 40));
    nights
}

fn start(place: &Place, hook: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerclaims"));
    command.current_dir(place.path(""));
    let line = "validate two.csv --ledger year.db --out out --as-of 2025-09-30 --quiet";
    command.args(line.split(' ')).env("PEERCLAIMS_TEST_PHASES", hook);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

pub fn wait_for(place: &Place, phase: &str) {
    let begin = Instant::now();
    let has_begun = || {
        let said = std::fs::read_to_string(place.path("phases")).unwrap_or_default();
        said.lines().any(|line| line == phase)
    };
    while !has_begun() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{phase} never began");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The run that ledger and results agree on.
fn run_of_both(nights: &Nights) -> i64 {
    let runs = nights.status("runs");
    let manifest = nights.place.json("out/manifest.json");
    assert_eq!(manifest["ledger"]["run"].as_i64(), Some(runs), "ledger and results disagree");
    let check = nights.ledger("check");
    assert_eq!(check.code, Some(0), "{}", check.stdout);
    let left: Vec<String> =
        nights.place.names(".").into_iter().filter(|name| name.contains("peerclaims-")).collect();
    if runs == 2 {
        assert!(left.len() <= 1, "{left:?}"); // the earlier results, which the next run removes
    }
    runs
}

#[test]
fn killed_in_any_phase_it_is_both_or_neither() {
    let phases = [
        ("open", 1),
        ("join", 1),
        ("prepare", 1),
        ("write", 1),
        ("commit", 1),
        ("committed", 2),
        ("exchanged", 2),
        ("checkpoint", 2),
    ];
    for (phase, expected) in phases {
        let nights = after_one_night();
        let mut child = start(&nights.place, &format!("phases,{phase}=60000"));
        wait_for(&nights.place, phase);
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        let mended = nights.ledger("runs");
        let said = match phase {
            "committed" => "run 2 was cut off between ledger and results: it is posted, and its",
            "exchanged" => "run 2 was cut off at its end: it is posted, and its results are in",
            _ => "",
        };
        assert!(mended.stderr.contains(said), "{phase}: {}", mended.stderr);
        assert_eq!(mended.stderr.is_empty(), said.is_empty(), "{phase}: {}", mended.stderr);
        assert!(!mended.stderr.contains("MEMBER-"), "no member in a message");
        assert_eq!(run_of_both(&nights), expected, "{phase}");
        // Nothing is in the way of the next run, and it posts each line once.
        assert_eq!(nights.again("two.csv", "").code, Some(0), "{phase}");
        assert_eq!(nights.status("net"), 340, "{phase}");
        let folders = nights.place.names(".");
        assert!(!folders.iter().any(|name| name.contains("-tmp-")), "{phase}: {folders:?}");
    }
}

/// A run that was killed in `phase`, and whose folder `of` somebody took away then.
fn without_its_results(phase: &str, of: &str) -> Nights {
    let nights = after_one_night();
    let mut child = start(&nights.place, &format!("phases,{phase}=60000"));
    wait_for(&nights.place, phase);
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    let taken = nights.place.names(".").into_iter().find(|name| name.contains(of));
    let taken = nights.place.path(&taken.expect("a folder"));
    std::fs::rename(taken, nights.place.path("elsewhere")).expect("moved");
    nights
}

#[test]
fn results_that_somebody_took_away_are_asked_about_once() {
    for (phase, folder) in [("exchanged", "out"), ("committed", "-tmp-")] {
        let nights = without_its_results(phase, folder);
        // Whoever looks changes nothing, and is told.
        let look = nights.ledger("check");
        assert_eq!(look.code, Some(0), "{}", look.stdout);
        assert!(look.stdout.contains("run 2 is between ledger and results"), "{}", look.stdout);
        let asked = nights.again("two.csv", "");
        assert_eq!(asked.code, Some(2), "{phase}");
        assert!(asked.stderr.contains("its results are not in"), "{}", asked.stderr);
        assert!(asked.stderr.contains("peerclaims ledger undo 2"), "{}", asked.stderr);
        // They were sent: nothing of run 2 goes out again.
        assert_eq!(nights.again("two.csv", "").code, Some(0), "{phase}");
        assert_eq!(nights.status("net"), 340, "{phase}");
        assert!(nights.dispositions().iter().all(|claim| claim.ends_with("already_posted")));
    }
}

#[test]
fn results_that_are_lost_can_be_made_again() {
    let nights = without_its_results("committed", "-tmp-");
    assert_eq!(nights.again("two.csv", "").code, Some(2));
    assert_eq!(nights.ledger("undo 2").code, Some(0));
    assert_eq!(nights.again("two.csv", "").code, Some(0));
    assert_eq!(run_of_both(&nights), 2);
    assert_eq!(nights.status("net"), 340);
}

#[test]
fn results_that_cannot_take_their_place_take_the_run_back() {
    let nights = after_one_night();
    let before = nights.content();
    // Held up before the exchange, while somebody puts a file among the earlier results.
    let child = start(&nights.place, "phases,committed=1500");
    wait_for(&nights.place, "committed");
    nights.place.write("out/notes.txt", "mine");
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("notes.txt"), "{said}");
    assert_eq!(content(&nights.place.path("year.db")), before);
    assert_eq!(nights.place.read("out/notes.txt"), "mine");
    assert_eq!(run_of_both(&nights), 1);
}

#[test]
fn the_second_of_two_waits_and_then_says_who_has_it() {
    let nights = after_one_night();
    let mut child = start(&nights.place, "phases,prepare=60000");
    wait_for(&nights.place, "prepare");
    let second = nights.again("one.csv", "--wait 1");
    assert_eq!(second.code, Some(2));
    let pid = child.id();
    assert!(second.stderr.contains(&format!("in use by process {pid} on ")), "{}", second.stderr);
    assert!(!second.stderr.contains("MEMBER-"));
    // Whoever only looks need not wait.
    assert_eq!(nights.status("runs"), 1);
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");

    let mut first = start(&nights.place, "phases,commit=300");
    wait_for(&nights.place, "commit");
    let second = nights.again("one.csv", "--wait 60");
    assert_eq!(first.wait().expect("it ends").code(), Some(0));
    assert_eq!(second.code, Some(0), "it waited: {}", second.stderr);
    assert_eq!(nights.status("runs"), 3);
}

/// No file may grow past a size: whichever write it is that fails, the old state stands.
#[test]
fn a_disk_that_takes_no_more_leaves_the_old_or_the_new() {
    let mut outcomes = [0, 0];
    for blocks in [1, 8, 16, 32, 64, 96, 128, 160, 200, 240, 280, 320, 400, 600, 1200] {
        let nights = after_one_night();
        let before = nights.content();
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec {} validate two.csv --ledger year.db --out out \
             --as-of 2025-09-30 --quiet",
            env!("CARGO_BIN_EXE_peerclaims")
        );
        let ended = Command::new("sh")
            .args(["-c", &script])
            .current_dir(nights.place.path(""))
            .output()
            .expect("a shell");
        let said = String::from_utf8_lossy(&ended.stderr);
        let runs = run_of_both(&nights);
        match ended.status.code() {
            Some(2) => {
                assert_eq!(runs, 1, "{blocks}: {said}");
                assert_eq!(nights.content(), before, "{blocks}");
                outcomes[0] += 1;
            }
            Some(0) => {
                assert_eq!((runs, nights.status("net")), (2, 340), "{blocks}: {said}");
                outcomes[1] += 1;
            }
            other => panic!("{blocks}: {other:?} {said}"),
        }
        assert!(!said.contains("panicked"), "{blocks}: {said}");
    }
    assert!(outcomes[0] >= 3 && outcomes[1] >= 1, "{outcomes:?}");
}
