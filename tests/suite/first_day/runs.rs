//! What every run says: warnings, the line for cron, progress for machines, colours.

use super::{WELL, well};
use crate::support::{HEADER, Place, Ran};
use serde_json::Value;

fn notes(place: &Place) -> Vec<String> {
    let summary = place.json("out/summary.json");
    let notes = summary["notes"].as_array().expect("a list").clone();
    let texts = notes.iter().map(|note| note.as_str().unwrap_or_default().to_owned());
    texts.filter(|note| note.starts_with("WARNING: ")).collect()
}

/// The warnings of a run: the same in the notes of the summary and on standard error.
fn warnings(place: &Place, rows: &str, options: &str) -> Vec<String> {
    place.write("claims.csv", format!("{HEADER}{rows}"));
    let ran = place.run(&format!("validate claims.csv --out out {options}"));
    let notes = notes(place);
    let said = ran.stderr.lines().filter_map(|line| line.strip_prefix("peerclaims: WARNING: "));
    let said: Vec<String> = said.map(|text| format!("WARNING: {text}")).collect();
    assert_eq!(said, notes, "{ran:?}");
    let quiet = place.run(&format!("validate claims.csv --out out --quiet {options}"));
    assert_eq!(quiet.stderr, "", "--quiet says errors alone");
    notes
}

const AS_OF: &str = "--as-of 2025-09-30 --tables tables";

#[test]
fn nothing_checked_is_said() {
    let rows = "A,1,M,1245319599,99213,1,2025-09-12\n";
    let said = warnings(&well(), rows, AS_OF);
    assert!(said.len() == 1 && said[0].contains("not one service line was checked"), "{said:?}");
    let rows = "A,1,M,1245319599,H0038,1,2025-09-12\n";
    assert!(warnings(&well(), rows, AS_OF).is_empty());
}

#[test]
fn a_table_that_ends_before_the_claims_is_said() {
    let rows = |day: &str| format!("A,1,M,1245319599,H0038,1,{day}\n");
    let place = well();
    let ends =
        |place: &Place, day| warnings(place, &rows(day), "--as-of 2026-09-30 --tables tables");
    // The log ends on 2025-09-11: 31 days later is a month without, the next is more.
    assert!(ends(&place, "2025-10-12").is_empty());
    let said = ends(&place, "2025-10-13");
    assert!(said.len() == 1 && said[0].contains("supervision ends on 2025-09-11"), "{said:?}");
    // Plans: the last day is the last; an open one goes on.
    place.write("tables/supervision.csv", WELL[3].1.replace("2025-09-1", "2026-06-1"));
    assert!(ends(&place, "2026-06-30").is_empty());
    let said = ends(&place, "2026-07-01");
    assert!(said.len() == 1 && said[0].contains("service_plans ends on 2026-06-30"), "{said:?}");
    place.write("tables/service_plans.csv", WELL[2].1.replace("2026-06-30", ""));
    assert!(ends(&place, "2026-07-01").is_empty());
}

#[test]
fn numbers_that_are_used_again_are_said() {
    let conflicts = |count: usize| -> String {
        let row = |claim: usize, units: u32| {
            format!("A{claim},1,M,1245319599,H0038,{units},2025-09-12\n")
        };
        (0..30).map(|claim| row(claim, 1)).chain((0..count).map(|claim| row(claim, 2))).collect()
    };
    let said = warnings(&well(), &conflicts(10), AS_OF);
    assert!(
        said.len() == 1 && said[0].contains("10 of 40 peer-support lines conflict"),
        "{said:?}"
    );
    assert!(warnings(&well(), &conflicts(9), AS_OF).is_empty());

    let place = well();
    let corrections = |members: fn(u32) -> u32| -> String {
        let row = |claim: u32, code: u32, original: &str, member: u32| {
            format!("{claim},1,M{member},1245319599,H0038,1,2025-09-12,{code},{original}\n")
        };
        let header = HEADER.trim_end().to_owned() + ",frequency_code,original_claim_id\n";
        let first = (100..110).map(|claim| row(claim, 1, "", claim));
        let second =
            (100..110).map(|claim| row(claim + 100, 7, &claim.to_string(), members(claim)));
        header + &first.chain(second).collect::<String>()
    };
    for (members, expected) in [((|claim| claim) as fn(u32) -> u32, 0), (|claim| claim + 1, 1)] {
        place.write("claims.csv", corrections(members));
        place.run(&format!("validate claims.csv --out out {AS_OF}"));
        let said = notes(&place);
        assert_eq!(said.len(), expected, "{said:?}");
        assert!(
            said.iter().all(|note| note.contains("10 of 10 corrections name a claim of another"))
        );
    }
}

#[test]
fn the_summary_line_is_one_line_that_counts() {
    let place = well();
    let rows =
        "A,1,MEMBER7,1245319599,H0038,4,2025-09-12\nB,1,MEMBER7,1245319599,H0038,5,2025-09-12\n";
    place.write("claims.csv", format!("{HEADER}{rows}"));
    let line = |options: &str| place.run(&format!("validate claims.csv --summary-line {options}"));
    let ran = line("--tables tables --as-of 2025-09-30 --select U,C007");
    assert_eq!(
        ran.stdout,
        "peerclaims validate 2025-09-30: 2 of 2 peer-support lines checked; 1 finding (1 deny, 0 \
         review, 0 info); claims: 1 held, 0 to review, 1 to release; $0.00 at issue; --select \
         U,C007; exit 1: findings\n"
    );
    assert_eq!(ran.code, Some(1));
    let ran = line("--as-of 2025-09-30 --out out --quiet --fail-on never");
    assert_eq!((ran.code, ran.stdout.lines().count(), &*ran.stderr), (Some(0), 1, ""));
    assert!(ran.stdout.contains("rules not run") && ran.stdout.ends_with("nothing to stop for\n"));
    place.write("tables/credentials.csv", format!("{}x,y,z,,\n", WELL[0].1));
    let ran = line("--tables tables --as-of 2025-09-30 --quiet");
    assert!(
        ran.stdout.contains("; 1 row left out") && ran.stdout.contains("; exit 3: "),
        "{ran:?}"
    );
    assert_eq!(line("--out -").code, Some(2));
    let audit = place.run("audit claims.csv --summary-line --as-of 2025-09-30");
    assert!(audit.stdout.starts_with("peerclaims audit ") && audit.stdout.lines().count() == 1);
}

#[test]
fn progress_for_machines_is_json_line_by_line() {
    let place = well();
    place.write("claims.csv", format!("{HEADER}A,1,M,1245319599,H0038,4,2025-09-12\n"));
    let bytes = std::fs::metadata(place.path("claims.csv")).expect("it is there").len();
    let run = "validate claims.csv --as-of 2025-09-30 --quiet --progress";
    let ran = place.run(&format!("{run} json"));
    let lines: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let last = lines.last().expect("a line");
    assert_eq!((&last["stage"], &last["total_bytes"]), (&"done".into(), &bytes.into()));
    assert_eq!(last["bytes"], bytes, "all of it was read");
    assert!(lines.iter().all(|line| line["stage"] != "running"), "a stage has a name");
    assert!(last["seconds"].is_number());
    assert!(lines.iter().any(|line| line["stage"] == "check members" && line["is_over"] == true));
    // Results in a folder are written, and told, before it is done; each stage once.
    place.write("policy.toml", "[units]\nnear_annual_percent = 80\n");
    for command in ["validate", "audit", "simulate --policy policy.toml"] {
        let ran = place.run(&format!("{command} claims.csv --quiet --progress json --out out"));
        let stages: Vec<Value> =
            ran.stderr.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let over = |name: &str| {
            stages.iter().filter(|line| line["stage"] == name && line["is_over"] == true).count()
        };
        assert_eq!(over("read claims"), 1, "{ran:?}");
        assert_eq!(over("write results"), usize::from(command.len() < 10), "{ran:?}");
        let done = stages.iter().filter(|line| line["stage"] == "done").count();
        assert!(done == 1 && stages.last().is_some_and(|line| line["stage"] == "done"), "{ran:?}");
    }
    for how in ["auto", "bar", "none"] {
        assert_eq!(place.run(&format!("{run} {how}")).stderr, "", "no terminal, no bar");
    }
}

#[test]
fn colours_come_where_they_are_asked_for_and_change_no_text() {
    let place = well();
    place.write("claims.csv", format!("{HEADER}A,1,M,1245319599,H0038,7,2025-09-12\n"));
    for run in [
        "validate claims.csv --as-of 2025-09-30",
        "check-tables tables --as-of 2026-09-30",
        "upcoming --tables tables --as-of 2025-09-30",
    ] {
        let plain = place.run(run);
        assert!(!plain.stdout.contains('\u{1b}'), "{run}: in a pipe");
        assert_eq!(place.run(&format!("{run} --color never")).stdout, plain.stdout);
        let coloured = place.run(&format!("{run} --color always"));
        assert_eq!(coloured.code, plain.code);
        assert!(coloured.stdout.contains("\u{1b}[1m"), "{run}");
        assert_eq!(bare(&coloured), plain.stdout, "{run}");
    }
    assert!(place.run("--color always --help").stdout.contains('\u{1b}'));
    assert!(!place.run("--color=never --help").stdout.contains('\u{1b}'));
    assert!(place.run("validate --colour never").code == Some(2));
}

/// Standard output without escape sequences.
fn bare(ran: &Ran) -> String {
    let mut parts = ran.stdout.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(|part| part.split_once('m').map_or("", |(_, text)| text)).collect::<String>()
}

#[test]
fn decisions_in_force_are_listed_until_their_claim_is_posted() {
    let place = well();
    place.write("claims.csv", format!("{HEADER}A,1,M,1245319599,H0038,4,2025-09-12\n"));
    place.write("none.csv", HEADER);
    place.run("ledger seed --history none.csv --ledger l.db");
    let held = place.run("ledger hold C99 --reason looked --by anna --ledger l.db");
    assert!(held.code == Some(0) && held.stdout.contains("cannot say whether one"), "{held:?}");
    place.run("ledger release A --billing-npi 1245319599 --reason looked --by bo --ledger l.db");
    let listed = || {
        let ran = place.run("ledger status --ledger l.db --format json");
        let status: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
        status["decisions"].as_array().expect("a list").clone()
    };
    let words = |decision: &Value| format!("{} {}", decision["decision"], decision["claim_id"]);
    let all: Vec<String> = listed().iter().map(words).collect();
    assert_eq!(all, ["\"hold\" \"C99\"", "\"release\" \"A\""]);
    let text = place.run("ledger status --ledger l.db").stdout;
    assert!(text.contains("    release A of 1245319599: run "), "{text}");
    assert!(text.contains("by anna") && !text.contains("looked"), "{text}");
    place.run("validate claims.csv --ledger l.db --out out --as-of 2025-09-30");
    let all: Vec<String> = listed().iter().map(words).collect();
    assert_eq!(all, ["\"hold\" \"C99\""], "A is posted");
}

#[test]
fn simulate_says_at_once_which_formats_it_has() {
    let ran = Place::with_claims("").run("simulate claims.csv --policy p.toml --format html");
    assert!(ran.code == Some(2) && ran.stderr.contains("[possible values: csv, json]"), "{ran:?}");
}

#[test]
fn dates_written_another_way_are_said_once() {
    let row = |number: u32, day: &str| format!("C{number},1,M,1245319599,H0038,4,{day}\n");
    let run = |rows: String| {
        let ran = Place::with_claims(&rows).run("validate claims.csv --as-of 2025-09-30 --out -");
        assert_eq!(ran.code, Some(1), "{ran:?}");
        ran.stderr.contains("YYYY-MM-DD or YYYYMMDD. If the export")
    };
    let slashes = |count| (0..count).map(|number| row(number, "9/12/2025")).collect::<String>();
    let good =
        |count: u32| (50..50 + count).map(|number| row(number, "2025-09-12")).collect::<String>();
    assert!(run(slashes(10)) && run(slashes(10) + &good(10)));
    assert!(!run(slashes(9)), "slips");
    assert!(!run(slashes(10) + &good(11)), "the export writes others right");
}
