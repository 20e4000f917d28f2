//! The examples in the pages of the rules, through the whole program: exactly what they say.

use peerclaims::rules::registry::RULES;
use peerclaims::rules::{Example, Rule};
use std::collections::BTreeMap;

use crate::support::{Place, assert_words, columns};

/// Rules whose examples are run with a ledger; the one that fires, for the second time.
const OF_THE_LEDGER: [&str; 1] = ["F003"];

/// One finding as `Example::finds` writes it.
fn written(row: &[String]) -> String {
    let [rule, outcome, claim, line, excess] = row else { panic!("five columns are read") };
    let mut text = rule.clone();
    if !claim.is_empty() {
        text.push_str(&format!(" {claim}/{line}"));
    }
    if !excess.is_empty() {
        text.push_str(&format!(" excess {excess}"));
    }
    if outcome != "fail" {
        text.push_str(&format!(" {outcome}"));
    }
    text
}

/// Runs an example; its results stand in `out`.
fn ran(example: &Example, ledger_runs: u32) -> Result<Place, String> {
    let place = Place::new();
    let is_x12 = example.claims.starts_with("ISA");
    let claims = if is_x12 { "claims.837" } else { "claims.csv" };
    place.write(claims, example.claims);
    let mut line =
        format!("validate {claims} --quiet --format csv,json --out out --as-of {}", example.as_of);
    if !example.history.is_empty() {
        place.write("history.csv", example.history);
        line.push_str(" --history history.csv");
    }
    if !example.tables.is_empty() {
        line.push_str(" --tables tables");
    }
    for (table, text) in example.tables {
        place.write(&format!("tables/{}", table.file_name()), text);
    }
    if ledger_runs > 0 {
        line.push_str(" --ledger year.db");
    }
    for _ in 1..ledger_runs {
        place.run(&line);
    }
    let ran = place.run(&line);
    if !matches!(ran.code, Some(0 | 1 | 3)) {
        return Err(format!("exit {:?}: {}", ran.code, ran.stderr));
    }
    Ok(place)
}

/// What the program finds in an example, in the order of findings.csv.
fn found(example: &Example, ledger_runs: u32) -> Result<Vec<String>, String> {
    let place = ran(example, ledger_runs)?;
    let names = ["rule", "outcome", "claim_id", "line_number", "excess_units"];
    let rows = columns(&place.read("out/findings.csv"), &names);
    Ok(rows.iter().map(|row| written(row)).collect())
}

fn differences(rule: &Rule) -> Vec<String> {
    let mut texts = Vec::new();
    let with_ledger = u32::from(OF_THE_LEDGER.contains(&rule.id));
    for (name, example, runs) in [("fires", &rule.fires, 2), ("silent", &rule.silent, 1)] {
        let found = found(example, runs * with_ledger);
        let expected = example.finds.iter().map(|text| (*text).to_string()).collect();
        if found != Ok(expected) {
            texts.push(format!("{} {name}: finds {:?}, found {found:?}", rule.id, example.finds));
        }
    }
    texts
}

#[test]
fn every_example_gives_the_findings_that_it_names() {
    let texts: Vec<String> = RULES.iter().flat_map(|rule| differences(rule)).collect();
    assert!(texts.is_empty(), "{}", texts.join("\n"));
}

#[test]
fn explain_shows_the_examples_as_they_are_run() {
    let place = Place::new();
    for rule in RULES {
        let ran = place.run(&format!("explain {}", rule.id));
        assert_eq!(ran.code, Some(0), "{}: {}", rule.id, ran.stderr);
        let page = ran.stdout;
        for example in [&rule.fires, &rule.silent] {
            let texts = [example.claims, example.history];
            let tables = example.tables.iter().map(|(_, text)| *text);
            for row in texts.into_iter().chain(tables).flat_map(str::lines) {
                assert!(page.contains(row), "{}: the page lacks {row}", rule.id);
            }
        }
    }
}

/// Every word of the findings, their evidence too: who reads them must act on them, and a change of
/// a word is to be seen. `UPDATE_WORDS=1` writes them anew.
#[test]
fn every_example_is_told_in_these_words() {
    let mut said = String::new();
    for rule in RULES {
        let runs = 2 * u32::from(OF_THE_LEDGER.contains(&rule.id));
        let place = ran(&rule.fires, runs).unwrap_or_else(|error| panic!("{}: {error}", rule.id));
        said.push_str(&place.read("out/findings.jsonl"));
    }
    assert_words("tests/suite/rule_examples.jsonl", &said);
}

/// A finding without what differs from one to the next of its kind: numbers.
fn shape(finding: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(finding).expect("a finding");
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let message = text("message").replace(|letter: char| letter.is_ascii_digit(), "");
    format!("{} {} {message}", text("rule"), text("outcome"))
}

/// Findings of a shape that are held word for word.
const OF_A_SHAPE: usize = 3;

/// The same of a generated set, which tells some two hundred stories.
#[test]
fn generated_stories_are_told_in_these_words() {
    let place = Place::new();
    let made = place.run("generate --lines 20000 --seed 5 --quiet --out set");
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    place.run("validate set/claims.csv --tables set/tables --quiet --format csv,json --out out");
    let findings = place.read("out/findings.jsonl");
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut told = String::new();
    for finding in findings.lines() {
        let count = seen.entry(shape(finding)).or_default();
        *count += 1;
        if *count <= OF_A_SHAPE {
            told.push_str(finding);
            told.push('\n');
        }
    }
    assert!(seen.len() > 40, "{} shapes", seen.len());
    assert_words("tests/suite/generated_stories.jsonl", &told);
}

/// The pages of the documents that the program itself writes. `UPDATE_WORDS=1` writes them anew.
#[test]
fn pages_of_rules_and_policy_are_what_the_program_says() {
    let place = Place::new();
    let said = |line: &str| {
        let ran = place.run(line);
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
        ran.stdout
    };
    let mut rules =
        "# Rules\n\nThe page of each rule, as `peerclaims explain RULE` prints it with \
        the built-in policy. A test\nholds this file to the program.\n"
            .to_owned();
    for rule in RULES {
        let page = said(&format!("explain {}", rule.id));
        let (heading, page) = page.split_once('\n').expect("a heading");
        rules.push_str(&format!("\n## {heading}\n\n```text\n{}```\n", page.trim_start()));
    }
    assert_words("docs/rules.md", &rules);
    let policy = format!(
        "# The built-in policy\n\nWhat `peerclaims policy` prints: every number of the rules, with \
         its source. A file given with `--policy`\nreplaces single keys; `peerclaims policy check \
         FILE` says what is wrong in one, and what is odd. A test holds\nthis file to the \
         program.\n\n```toml\n{}```\n",
        said("policy"),
    );
    assert_words("docs/policy.md", &policy);
}
