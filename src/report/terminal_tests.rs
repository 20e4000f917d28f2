//! Tests of the summary on the terminal.

use super::*;
use crate::report::samples;

fn text(outcome: &RunOutcome, width: usize, out: Option<&Path>) -> String {
    let options = TerminalOptions {
        command: "validate",
        width,
        findings_shown: 2,
        out,
        elapsed: Some(Duration::from_millis(1500)),
    };
    let mut bytes = Vec::new();
    write(&mut bytes, outcome, &options).expect("memory takes it");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn says_all_that_a_person_must_know() {
    let outcome = samples::outcome();
    let page = text(&outcome, 100, None);
    println!("{page}");
    for expected in [
        "peerclaims validate · as of 2025-09-15",
        "night.837",
        "130 segments",
        "passed over: another procedure",
        "service lines seen",
        "daily-units-exceeded",
        "$27.50",
        "RULES NOT RUN",
        "P001, P002",
        "no service_plans.csv was given",
        "PART RESULT",
        "1 row left out, 1 value blanked",
        "credentials.csv, row 7, effective_date: is no date",
        "C007 was not tested on 4 lines",
        "readme.txt",
        "The first 2 of 3 findings",
        "claim A1 line 2 · night.csv, row 3",
        "20 lines/s",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("M1"), "no member id");
    assert!(!page.contains('\u{1b}'), "no escape sequence");
    assert!(!page.contains("NOTHING WAS CHECKED"));
    let written = text(&outcome, 100, Some(Path::new("out")));
    assert!(written.contains("see rejects.csv") && written.ends_with("Results are in out\n"));
    assert!(!written.contains("credentials.csv"));
}

#[test]
fn an_exemption_is_not_listed_as_a_rule() {
    let mut outcome = samples::outcome();
    let why = "authorizations.csv not given".to_owned();
    outcome.rules_not_run.push(NotRun { rule: "EPSDT", why });
    let page = text(&outcome, 100, None);
    let (before, after) = page.split_once("EXEMPTION NOT APPLIED").expect("a heading of its own");
    assert!(before.contains("RULES NOT RUN") && !before.contains("EPSDT"), "{page}");
    assert!(after.contains("EPSDT") && after.contains("authorizations.csv not given"), "{page}");
    outcome.rules_not_run.retain(|not_run| not_run.rule == "EPSDT");
    assert!(!text(&outcome, 100, None).contains("RULES NOT RUN"));
    outcome.rules_not_run.clear();
    assert!(!text(&outcome, 100, None).contains("EXEMPTION"));
}

#[test]
fn lines_keep_to_the_width() {
    let mut outcome = samples::outcome();
    outcome.files[0].name = "a/long/path/".repeat(20).into();
    outcome.notes = vec!["word ".repeat(100)];
    for width in [70, 80, 100, 120] {
        for line in text(&outcome, width, None).lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn a_run_that_checked_nothing_says_so() {
    let mut outcome = samples::outcome();
    outcome.counts = Counts::default();
    outcome.findings.clear();
    outcome.claims.clear();
    let page = text(&outcome, 80, None);
    assert!(page.contains("NOTHING WAS CHECKED"), "{page}");
    outcome.counts = Counts { service_lines: 3, passed_over: 3, ..Counts::default() };
    assert!(text(&outcome, 80, None).contains("right policy"));
}
