//! What the commands beside runs say: their words on the terminal, and their errors. Their results
//! may show ids, where they are asked for; only then, and nothing else of a member.

use super::canaries::{self, ID, OTHERS, place, within};
use super::talk::{listen, listen_with};
use crate::support::{Place, columns, repository};

const RUN: &str = "good.csv claims.837 --tables tables --history history --as-of 2025-09-30";

/// Two runs with a ledger, which differ, and another policy.
fn with_runs() -> Place {
    let place = place();
    let policy = std::fs::read_to_string(repository().join("src/policy/builtin.toml"));
    let policy = policy.expect("the policy").replace("daily_units = ", "daily_units = 1 # ");
    place.write("policy.toml", policy);
    listen(&place, &format!("validate {RUN} --ledger year.db --post all --out a"));
    listen(&place, &format!("validate {RUN} --policy policy.toml --out b"));
    place
}

/// The rows of a run that is checked in parts are written as each part is: their messages are as
/// quiet as those of a run that is held whole.
#[test]
fn a_run_in_parts_says_what_a_whole_one_says() {
    let place = place();
    listen(&place, &format!("validate {RUN} --format csv,json --out whole"));
    let said = listen(
        &place,
        &format!("validate {RUN} --format csv,json --out parts -v --memory 1K --block-bytes 400"),
    );
    assert!(said.contains("went to temporary files"), "{said}");
    for name in ["findings.csv", "findings.jsonl", "claims.csv", "queue.csv", "summary.json"] {
        assert!(
            place.read(&format!("parts/{name}")) == place.read(&format!("whole/{name}")),
            "{name}"
        );
    }
    let messages = columns(&place.read("parts/findings.csv"), &["message"]).concat();
    assert_eq!(within(&messages.join("\n")), [""; 0]);
    assert!(messages.iter().any(|message| message.contains("(member)-")), "{messages:?}");
}

/// A command whose standard output is a result that names members by their ids: of the other
/// canaries it holds none, and what is said beside it holds none at all.
fn shows_ids(place: &Place, line: &str) {
    let ran = place.run(line);
    assert_eq!(within(&ran.stderr), [""; 0], "{line}: {}", ran.stderr);
    let found = within(&ran.stdout);
    assert_eq!(found, [ID], "{line}: the search finds what is there, and nothing else");
}

#[test]
fn what_differs_is_told_without_members() {
    let place = with_runs();
    let said = listen(&place, "diff a b");
    assert!(said.contains("claim (member)-"), "claims are named without the id: {said}");
    listen(&place, "diff a b --out d");
    listen(&place, "diff a b --quiet --out d");
    shows_ids(&place, "diff a b --format csv");
    shows_ids(&place, "diff a b --format json");
    for more in ["", "-v", "--summary-line", "--out s", "--progress json"] {
        let said = listen(&place, &format!("simulate {RUN} --policy policy.toml {more}"));
        let is_short = ["--summary-line", "--progress json"].contains(&more);
        assert!(is_short || said.contains("claim (member)-"), "{more}: {said}");
    }
    listen(&place, "simulate claims.csv --policy policy.toml --tables bad --as-of 2025-09-30 -v");
    shows_ids(&place, &format!("simulate {RUN} --policy policy.toml --format csv --out -"));
    for summary in ["d/diff.json", "s/diff.json", "d/manifest.json", "s/manifest.json"] {
        assert_eq!(within(&place.read(summary)), [""; 0], "{summary}");
    }
}

#[test]
fn what_is_verified_checked_and_explained_is_told_without_members() {
    let place = with_runs();
    for line in [
        "verify a",
        "verify a --inputs --ledger year.db",
        "verify a --format json",
        "verify claims.csv",
        "verify history",
        "check-tables tables",
        "check-tables --tables tables --format json",
        "init made",
        "init claims.csv",
        "explain U001",
        "explain C006 --format json",
        "rules",
        "policy",
        "diff a claims.csv",
        "diff a/findings.csv first.835",
        "upcoming --tables claims.csv",
        "upcoming --tables tables --results claims.csv",
        "upcoming --tables tables --ledger claims.csv",
    ] {
        listen(&place, line);
    }
    place.write("a/claims.csv", canaries::csv());
    place.write("a/new.csv", canaries::csv());
    assert!(listen(&place, "verify a").contains("claims.csv"));
    assert!(listen(&place, "verify a --format json").contains("new.csv"));
}

#[test]
fn what_is_upcoming_names_members_by_their_ids_alone() {
    let place = with_runs();
    let line = "upcoming --ledger year.db --as-of 2025-09-15 --days 400 --near 9999";
    for format in ["table", "csv", "json"] {
        shows_ids(&place, &format!("{line} --tables tables --format {format}"));
    }
    // Rows that hold canaries where practitioners and supervisors stand show them as such.
    let ran = place.run(&format!("{line} --tables bad"));
    assert_eq!(within(&ran.stderr), [""; 0], "{}", ran.stderr);
    assert_eq!(ran.code, Some(3));
}

#[test]
fn a_ledger_is_told_of_without_members() {
    let place = with_runs();
    for command in [
        "status",
        "runs",
        "check",
        "release C5 --reason looked",
        "release NONE --reason looked",
        "hold C6 --reason looked",
        "status --format json",
        "runs --format json",
        "check --format json",
        "backup copy.db",
        "seed --history claims.csv",
        "seed --history claims.837",
        "prune --before 2025-08-15",
        "export --format yaml",
        "members --as-of never",
        "undo 1",
        "undo 99",
    ] {
        listen(&place, &format!("ledger {command} --ledger year.db"));
    }
    listen_with(&place, "validate - --ledger year.db --out c", canaries::csv().as_bytes());
    listen(&place, "remit first.835 claims.837 claims.csv --ledger year.db");
    listen(&place, "remit first.835 --ledger year.db --dry-run --format json");
    let line = "ledger members --as-of 2025-09-30 --ledger copy.db";
    shows_ids(&place, line);
    shows_ids(&place, &format!("{line} --format json"));
    let export = place.run("ledger export --ledger copy.db");
    let found = within(&export.stdout);
    assert!(found.contains(&ID) && found.contains(&OTHERS[3]), "{found:?}");
}
