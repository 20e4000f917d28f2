//! Claims that wait for a reason beside their findings: a split, the ledger, the work list and the
//! acknowledgements must say the same of them.

use crate::support::{HEADER, Place, columns, repository};
use std::collections::BTreeSet;

const NPI: &str = "1234567893";

fn nightly(place: &Place) -> String {
    let nightly = repository().join("fixtures/nightly");
    std::os::unix::fs::symlink(nightly, place.path("nightly")).expect("writable");
    std::fs::read_to_string(place.path("nightly/claims.837")).expect("the fixture")
}

/// Runs the nightly fixture, or what became of it, with everything.
fn night(place: &Place, claims: &str, options: &str) -> Option<i32> {
    let ran = place.run(&format!(
        "validate {claims} --tables nightly/tables --as-of 2025-09-15 --out out --split --quiet \
         {options}"
    ));
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    ran.code
}

/// CLM01 of the claims of a part.
fn claims_in(place: &Place, part: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(place.path(&format!("out/{part}"))).unwrap_or_default();
    let claims = text.split('~').filter_map(|segment| segment.trim().strip_prefix("CLM*"));
    claims.filter_map(|claim| claim.split('*').next()).map(str::to_owned).collect()
}

/// The claims of the 277CA with their statuses.
fn answered(place: &Place, name: &str) -> Vec<(String, String)> {
    let text = place.read(&format!("out/acks/{name}.277"));
    let mut found: Vec<(String, String)> = Vec::new();
    let mut is_claim = false;
    for segment in text.split('~').map(str::trim) {
        let elements: Vec<&str> = segment.split('*').collect();
        match elements[0] {
            "TRN" if elements[1] == "2" => {
                is_claim = true;
                found.push((elements[2].to_owned(), String::new()));
            }
            "STC" if is_claim => {
                if let Some((_, statuses)) = found.last_mut() {
                    statuses.push_str(elements[1]);
                    statuses.push(' ');
                }
            }
            "HL" => is_claim = false,
            _ => {}
        }
    }
    found
}

fn accepted(place: &Place, name: &str) -> BTreeSet<String> {
    let answers = answered(place, name).into_iter();
    answers.filter(|(_, codes)| codes.contains("A2:20")).map(|(claim, _)| claim).collect()
}

/// Claims with peer support that wait, by what became of them.
fn queued(place: &Place) -> BTreeSet<String> {
    let rows = columns(&place.read("out/queue.csv"), &["claim_id", "reasons", "what_to_do"]);
    for row in &rows {
        assert!(!row[1].is_empty() && !row[2].is_empty(), "{row:?}: nobody knows what to do");
    }
    rows.into_iter().map(|row| row[0].clone()).collect()
}

/// Accepted is what is in `release/`; what waits and needs somebody is in the work list.
fn assert_agrees(place: &Place, name: &str) {
    let released = claims_in(place, &format!("release/{name}"));
    let held = claims_in(place, &format!("hold/{name}"));
    assert_eq!(accepted(place, name), released, "accepted is what goes out");
    let rows = columns(&place.read("out/claims.csv"), &["claim_id", "disposition"]);
    let need_nobody = ["void", "superseded", "repeated", "already_posted"];
    let waiting =
        rows.iter().filter(|row| held.contains(&row[0]) && !need_nobody.contains(&row[1].as_str()));
    let waiting: BTreeSet<String> = waiting.map(|row| row[0].clone()).collect();
    assert_eq!(queued(place), waiting, "the work list has what waits");
}

#[test]
fn accepted_released_and_queued_agree() {
    let place = Place::new();
    let text = nightly(&place);
    place.write("whole.837", &text);
    place.write("header.837", text.replacen("PER*", "P?R*", 1));
    let end = text.find("CLM*N073*").expect("a claim");
    let end = end + text[end..].find("\nSE*").expect("its end");
    place.write("cut.837", &text[..end]);
    let line = text.find("SV1*HC:H0038").expect("a line");
    place.write("line.837", text[..line].to_owned() + &text[line..].replacen("H0038", "", 1));
    for name in ["whole.837", "header.837", "cut.837", "line.837"] {
        for review_to in ["release", "hold"] {
            night(&place, name, &format!("--acks --review-to {review_to}"));
            assert_agrees(&place, name);
        }
    }
}

#[test]
fn what_the_split_holds_is_not_posted_and_goes_out_once_it_is_mended() {
    let place = Place::new();
    let text = nightly(&place);
    place.write("damaged.837", text.replacen("PER*", "P?R*", 1));
    place.write("mended.837", &text);
    night(&place, "damaged.837", "--ledger year.db");
    assert!(claims_in(&place, "release/damaged.837").is_empty());
    let status = place.run("ledger status --ledger year.db --format json");
    let status: serde_json::Value = serde_json::from_str(&status.stdout).expect("JSON");
    assert_eq!(status["lines"], 0, "nothing went out");
    night(&place, "mended.837", "");
    let expected = claims_in(&place, "release/mended.837");
    night(&place, "mended.837", "--ledger year.db");
    assert_eq!(claims_in(&place, "release/mended.837"), expected);
    assert!(expected.len() > 40);
}

#[test]
fn a_claim_that_went_out_in_part_is_held_whole() {
    let place = Place::new();
    let line = |number: u32, day: u32| format!("A,{number},M1,{NPI},H0038,4,2025-09-{day:02}\n");
    let other = format!("B,1,M2,{NPI},H0038,4,2025-09-03\n");
    place.write("one.csv", format!("{HEADER}{}", line(1, 3)));
    place.write("two.csv", format!("{HEADER}{}{}{other}", line(1, 3), line(2, 4)));
    let run = |name: &str, options: &str| {
        let line = "--ledger year.db --as-of 2025-09-30 --out out --split --quiet";
        place.run(&format!("validate {name} {line} {options}")).code
    };
    assert_eq!(run("one.csv", ""), Some(0));
    assert_eq!(run("two.csv", ""), Some(0));
    assert!(!place.read("out/release/two.csv").contains("A,"), "line 1 went out before");
    assert!(place.read("out/hold/two.csv").contains("A,2,"));
    let queue = columns(&place.read("out/queue.csv"), &["claim_id", "reasons"]);
    assert_eq!((queue.len(), queue[0][0].as_str()), (1, "A"));
    assert!(queue[0][1].contains("went out before"), "{queue:?}");
    // A person may let it go as it is.
    let released = place.run("ledger release A --reason checked --ledger year.db");
    assert_eq!(released.code, Some(2), "it is posted in part: {}", released.stderr);
}

#[test]
fn what_a_person_holds_says_so_everywhere_until_the_person_lets_it_go() {
    let place = Place::new();
    let text = nightly(&place);
    place.write("night.837", &text);
    night(&place, "night.837", "");
    let released = claims_in(&place, "release/night.837");
    let clean = columns(&place.read("out/claims.csv"), &["claim_id", "disposition"]);
    let clean = &clean.iter().find(|row| row[1] == "release").expect("a clean claim")[0];
    assert!(released.contains(clean));
    assert_eq!(place.run("ledger seed --history night.837 --ledger none.db").code, Some(0));
    night(&place, "night.837", "--ledger year.db --post none");
    let hold = format!("ledger hold {clean} --reason asked-the-payer --by Ann --ledger year.db");
    assert_eq!(place.run(&hold).code, Some(0));
    night(&place, "night.837", "--ledger year.db --acks");
    assert!(!claims_in(&place, "release/night.837").contains(clean));
    assert_agrees(&place, "night.837");
    let queue = columns(&place.read("out/queue.csv"), &["claim_id", "reasons"]);
    let row = queue.iter().find(|row| row[0] == *clean).expect("it is in the work list");
    assert!(row[1].contains("held by Ann") && row[1].contains("asked-the-payer"), "{row:?}");
    let release = format!("ledger release {clean} --reason settled --ledger year.db");
    assert_eq!(place.run(&release).code, Some(0));
    night(&place, "night.837", "--ledger year.db");
    assert!(claims_in(&place, "release/night.837").contains(clean));
}

#[test]
fn a_decision_ends_when_the_claim_is_posted() {
    let place = Place::new();
    let header = HEADER.replace('\n', ",frequency_code,original_claim_id\n");
    place.write("one.csv", format!("{header}A,1,M1,{NPI},H0038,7,2025-09-03,1,\n"));
    place.write("two.csv", format!("{header}A,1,M1,{NPI},H0038,30,2025-09-03,7,A\n"));
    let run = |name: &str| {
        place.run(&format!("validate {name} --ledger year.db --as-of 2025-09-30 --out out -q"))
    };
    assert_eq!(run("one.csv").code, Some(1));
    let release = "ledger release A --reason prior-authorization --ledger year.db";
    assert_eq!(place.run(release).code, Some(0));
    run("one.csv");
    assert!(place.read("out/claims.csv").contains(",release,U001"));
    assert_eq!(run("two.csv").code, Some(1));
    assert!(place.read("out/claims.csv").contains(",hold,U001"), "nobody looked at this one");
}

#[test]
fn a_claim_that_the_payer_denied_does_not_go_out_again_by_itself() {
    let place = Place::new();
    let claims = nightly(&place);
    place.write("night.837", &claims);
    night(&place, "night.837", "--ledger year.db");
    let first = claims_in(&place, "release/night.837");
    let remit = repository().join("fixtures/remit/first.835");
    std::fs::copy(remit, place.path("first.835")).expect("a copy");
    assert_eq!(place.run("remit first.835 --ledger year.db").code, Some(0));
    let status = place.run("ledger status --ledger year.db --format json");
    let status: serde_json::Value = serde_json::from_str(&status.stdout).expect("JSON");
    assert!(status["denied"].as_u64() > Some(1), "{status}");
    night(&place, "night.837", "--ledger year.db");
    let peer: BTreeSet<String> = columns(&place.read("out/claims.csv"), &["claim_id"])
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    let again: Vec<_> = claims_in(&place, "release/night.837").into_iter().collect();
    let again: Vec<_> = again.iter().filter(|claim| peer.contains(*claim)).collect();
    assert!(again.iter().all(|claim| !first.contains(*claim)), "{again:?} went out before");
    assert_eq!(place.run("ledger check --ledger year.db").code, Some(0));
    // Sent again on purpose, in a file of its own, it goes out.
    place.write("again.837", format!("{claims}\n\n"));
    night(&place, "again.837", "--ledger year.db");
    assert!(place.read("out/claims.csv").contains(",release,"));
}

#[test]
fn numbers_of_acknowledgements_go_on_from_night_to_night() {
    let place = Place::new();
    let claims = nightly(&place);
    let mut numbers = Vec::new();
    for name in ["one.837", "two.837"] {
        place.write(name, format!("{claims}{}", if name == "one.837" { "" } else { "\n\n" }));
        night(&place, name, "--acks --ledger year.db");
        for kind in ["277", "999"] {
            let answer = place.read(&format!("out/acks/{name}.{kind}"));
            numbers.push(answer[90..99].to_owned());
        }
    }
    let different: BTreeSet<&String> = numbers.iter().collect();
    assert_eq!(different.len(), 4, "{numbers:?}");
}

#[test]
fn what_nobody_could_read_is_not_posted() {
    let place = Place::new();
    place.write("one.csv", format!("{HEADER}A,1,M1,{NPI},H0038,4,2025-09-03\n"));
    let line = "validate one.csv --ledger year.db --as-of 2025-09-30";
    for output in ["--out -", ""] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_peerclaims"));
        command.current_dir(place.path("")).args(line.split(' ')).args(output.split_whitespace());
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let ended = command.stdout(full).output().expect("it starts");
        assert_eq!(ended.status.code(), Some(2), "{output}");
        assert!(!place.path("year.db").exists(), "{output}: the ledger that the run began is gone");
    }
}

#[test]
fn files_of_others_in_the_folders_of_a_split_are_not_lost() {
    let place = Place::new();
    place.write("one.csv", format!("{HEADER}A,1,M1,{NPI},H0038,4,2025-09-03\n"));
    let line = "validate one.csv --split --as-of 2025-09-30 --out out -q";
    assert_eq!(place.run(line).code, Some(0));
    assert_eq!(place.run(line).code, Some(0));
    for name in ["out/release/mine.txt", "out/hold/sub/mine.txt"] {
        place.write(name, "mine");
        let ran = place.run(line);
        assert_eq!(ran.code, Some(2), "{name}");
        assert!(ran.stderr.contains("would lose it"), "{}", ran.stderr);
        assert_eq!(place.read(name), "mine");
        std::fs::remove_file(place.path(name)).expect("it is there");
        let _ = std::fs::remove_dir_all(place.path("out/hold"));
    }
}

#[test]
fn a_decision_is_withdrawn_and_both_words_stay() {
    let place = Place::new();
    place.write("one.csv", format!("{HEADER}A,1,M1,{NPI},H0038,4,2025-09-03\n"));
    place.write("none.csv", HEADER);
    let on = |command: &str| place.run(&format!("ledger {command} --ledger year.db"));
    assert_eq!(on("seed --history none.csv").code, Some(0));
    let disposition = || {
        place.run("validate one.csv --ledger year.db --dry-run --out out -q --as-of 2025-09-30");
        columns(&place.read("out/claims.csv"), &["disposition"])[0][0].clone()
    };
    let nothing = on("withdraw A --reason none");
    assert!(nothing.code == Some(2) && nothing.stderr.contains("none to withdraw"), "{nothing:?}");
    assert_eq!(disposition(), "release");
    // What another word replaced comes back no more than the word itself.
    assert_eq!(on("hold A --reason look").code, Some(0));
    assert_eq!(on("release A --reason looked").code, Some(0));
    assert_eq!(on("hold A --reason again").code, Some(0));
    assert_eq!(disposition(), "hold");
    let listed = on("status").stdout;
    assert!(listed.contains("decisions in force  1\n    hold A: run 4"), "{listed}");
    let other = on(&format!("withdraw A --billing-npi {NPI} --reason x"));
    assert!(other.code == Some(2) && other.stderr.contains("run 4 decided on it"), "{other:?}");
    let withdrawn = on("withdraw A --reason wrong-claim --by Ann");
    assert!(withdrawn.stdout.contains("run 2 and run 3 and run 4"), "{withdrawn:?}");
    assert_eq!(disposition(), "release");
    assert!(!on("status").stdout.contains("decisions in force"));
    let (runs, check) = (on("runs").stdout, on("check"));
    assert_eq!(runs.matches("hold ").count(), 2, "{runs}");
    assert!(runs.contains("withdraw") && check.code == Some(0), "{runs}{check:?}");
    // While it is the newest run, the withdrawal itself is taken back.
    assert_eq!(on("undo 5").code, Some(0));
    assert_eq!(disposition(), "hold");
    // Of an agency alone.
    assert_eq!(on(&format!("release A --billing-npi {NPI} --reason x")).code, Some(0));
    assert_eq!(disposition(), "release");
    assert_eq!(on(&format!("withdraw A --billing-npi {NPI} --reason y")).code, Some(0));
    assert_eq!(disposition(), "hold", "the word on the claim of any agency holds again");
    // A word after a withdrawal holds.
    assert_eq!(on("withdraw A --reason z").code, Some(0));
    assert_eq!(on("hold A --reason after").code, Some(0));
    assert_eq!(disposition(), "hold");
}
