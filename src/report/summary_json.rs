//! `summary.json`: the counts of a run, for programs. The same input gives the same bytes: it holds
//! no clock time.

use super::split;
use crate::model::Severity;
use crate::outcome::{Counts, FileKind, FileOutcome, RunOutcome};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// All severities, gravest first.
pub(super) const SEVERITIES: [Severity; 3] = [Severity::Deny, Severity::Review, Severity::Info];

/// Writes the summary as an indented object.
pub fn write(out: &mut dyn Write, outcome: &RunOutcome) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &summary(outcome))?;
    out.write_all(b"\n")
}

fn summary(outcome: &RunOutcome) -> Value {
    let mut keys = Map::new();
    keys.insert("as_of".to_owned(), json!(outcome.as_of));
    keys.append(&mut counts(&outcome.counts));
    let not_run = outcome
        .rules_not_run
        .iter()
        .map(|not_run| json!({ "rule": not_run.rule, "why": not_run.why }));
    keys.insert("rules_not_run".to_owned(), not_run.collect());
    keys.insert("bad_rows".to_owned(), json!(outcome.bad_rows));
    keys.insert("is_partial".to_owned(), json!(outcome.is_partial));
    keys.insert("dispositions".to_owned(), dispositions(outcome));
    keys.insert("history".to_owned(), Value::Object(counts(&outcome.history)));
    keys.insert("inputs".to_owned(), outcome.files.iter().map(input).collect());
    keys.extend(split::summary(outcome));
    keys.insert("skipped_files".to_owned(), json!(outcome.skipped_files));
    keys.insert("notes".to_owned(), json!(outcome.notes));
    Value::Object(keys)
}

/// What stands at the top for the current input, and under `history` for the other.
fn counts(counts: &Counts) -> Map<String, Value> {
    let mut severities = Map::new();
    for severity in SEVERITIES {
        let count = counts.severities.get(severity.as_str()).copied().unwrap_or_default();
        severities.insert(severity.as_str().to_owned(), json!(count));
    }
    let keys = [
        ("files", json!(counts.files)),
        ("claims", json!(counts.claims)),
        ("service_lines", json!(counts.service_lines)),
        ("peer_support_lines", json!(counts.peer_support_lines)),
        ("left_out", json!(counts.left_out)),
        ("passed_over", json!(counts.passed_over)),
        ("denied_records", json!(counts.denied_records)),
        ("repeated_records", json!(counts.repeated_records)),
        ("conflicting_records", json!(counts.conflicting_records)),
        ("corrected_away", json!(counts.corrected_away)),
        ("checked", json!(counts.checked)),
        ("findings", json!(counts.findings)),
        ("severities", Value::Object(severities)),
        ("excess_units", json!(counts.excess_units)),
        ("amount_at_issue", json!(counts.amount_at_issue.to_string())),
        ("units", json!(counts.units)),
        ("units_disallowed", json!(counts.units_disallowed)),
        ("untested_filing", json!(counts.untested_filing)),
        ("unknown_status", json!(counts.unknown_status)),
    ];
    keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn dispositions(outcome: &RunOutcome) -> Value {
    let totals = outcome.totals();
    let keys = totals
        .each
        .map(|(disposition, totals)| (disposition.as_str().to_owned(), json!(totals.claims)));
    Value::Object(keys.into_iter().collect())
}

fn input(file: &FileOutcome) -> Value {
    json!({
        "name": *file.name,
        "kind": kind_name(file.kind),
        "is_history": file.is_history,
        "is_same_as_current": file.is_same_as_current,
        records_name(file.kind): file.records,
        "claims": file.claims,
        "service_lines": file.service_lines,
        "peer_support_lines": file.peer_support_lines,
    })
}

/// The word for a kind of claim file in JSON.
pub(super) fn kind_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::X12 => "x12",
        FileKind::Csv => "csv",
    }
}

/// What a file of that kind consists of.
pub(super) fn records_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::X12 => "segments",
        FileKind::Csv => "rows",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn has_the_keys_that_programs_rely_on() {
        let outcome = samples::outcome();
        let mut out = Vec::new();
        write(&mut out, &outcome).expect("memory takes it");
        let summary: Value = serde_json::from_slice(&out).expect("JSON");
        for key in [
            "as_of",
            "files",
            "claims",
            "service_lines",
            "peer_support_lines",
            "passed_over",
            "denied_records",
            "repeated_records",
            "conflicting_records",
            "corrected_away",
            "left_out",
            "checked",
            "findings",
            "severities",
            "excess_units",
            "amount_at_issue",
            "rules_not_run",
            "bad_rows",
            "history",
            "untested_filing",
            "unknown_status",
        ] {
            assert!(summary.get(key).is_some(), "{key}");
        }
        assert_eq!(summary["as_of"], json!("2025-09-15"));
        assert_eq!(summary["files"], json!(2));
        assert_eq!(summary["findings"], json!({ "S002": 2, "U001": 1 }));
        assert_eq!(summary["severities"], json!({ "deny": 2, "review": 0, "info": 1 }));
        assert_eq!(summary["excess_units"], json!({ "U001": 2 }));
        assert_eq!(summary["amount_at_issue"], json!("27.50"));
        assert_eq!(summary["rules_not_run"][0]["rule"], json!("P001"));
        assert_eq!(summary["history"]["checked"], json!(5));
        assert_eq!(summary["history"]["severities"]["deny"], json!(0));
        assert_eq!(summary["dispositions"]["hold"], json!(1));
        assert_eq!(summary["dispositions"]["void"], json!(0));
        assert_eq!(summary["inputs"][1]["segments"], json!(130));
        let mut again = Vec::new();
        write(&mut again, &outcome).expect("memory takes it");
        assert_eq!(out, again);
    }
}
