//! `diff.json`, and the whole of a diff as JSON.

use crate::changes::{Changes, ClaimsChange, Pair, RuleChange, Side, changed_fields};
use crate::earlier::{claims, findings};
use crate::model::Cents;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Writes the sums as an indented object.
pub fn write_summary(out: &mut dyn Write, changes: &Changes) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Value::Object(summary(changes)))?;
    out.write_all(b"\n")
}

/// Writes the sums, and each finding and claim that differs, as one object: a difference a line.
pub fn write_json(out: &mut dyn Write, changes: &Changes) -> io::Result<()> {
    let sums = summary(changes);
    out.write_all(b"{\n")?;
    for (key, value) in &sums {
        writeln!(out, "  {}: {},", json!(key), value)?;
    }
    list(out, "findings", &changes.findings.pairs, finding)?;
    out.write_all(b",\n")?;
    let none = Vec::new();
    let pairs = changes.claims.as_ref().map_or(&none, |claims| &claims.pairs);
    list(out, "claims", pairs, claim)?;
    out.write_all(b"\n}\n")
}

fn list<const N: usize>(
    out: &mut dyn Write,
    name: &str,
    pairs: &[Pair<N>],
    value: fn(&Pair<N>) -> Value,
) -> io::Result<()> {
    write!(out, "  {}: [", json!(name))?;
    for (number, pair) in pairs.iter().enumerate() {
        out.write_all(if number == 0 { b"\n    " } else { b",\n    " })?;
        serde_json::to_writer(&mut *out, &value(pair))?;
    }
    out.write_all(if pairs.is_empty() { b"]" } else { b"\n  ]" })
}

fn summary(changes: &Changes) -> Map<String, Value> {
    let found = &changes.findings;
    let rules = found.rules.iter().map(|(rule, change)| {
        let mut value = json!({ "rule": rule });
        if let (Some(own), Value::Object(counts)) = (value.as_object_mut(), counts(change)) {
            own.extend(counts);
        }
        value
    });
    let runs = changes
        .circumstances
        .iter()
        .map(|one| json!({ "what": one.what, "before": one.before, "after": one.after }));
    let entries = [
        ("is_same", json!(changes.is_same())),
        ("before", json!(changes.before)),
        ("after", json!(changes.after)),
        ("all_rules", counts(&found.all)),
        ("rules", rules.collect()),
        ("claims_touched", json!(found.claims_touched)),
        ("members_touched", json!(found.members_touched)),
        ("claims_summary", changes.claims.as_ref().map_or(Value::Null, of_claims)),
        ("runs_differ", runs.collect()),
        ("notes", json!(changes.notes)),
    ];
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn counts(change: &RuleChange) -> Value {
    json!({
        "same": change.same,
        "came": change.came,
        "went": change.went,
        "changed": change.changed,
        "before": side(&change.before),
        "after": side(&change.after),
    })
}

fn side(side: &Side) -> Value {
    json!({
        "findings": side.findings,
        "excess_units": side.excess_units,
        "amount_at_issue": side.amount_at_issue.to_string(),
    })
}

fn of_claims(change: &ClaimsChange) -> Value {
    let moves = change.moves.iter().map(|((before, after), one)| {
        json!({
            "disposition_before": filled(before),
            "disposition_after": filled(after),
            "claims": one.claims,
            "units_payable": one.units_payable,
            "amount_at_issue": one.amount_at_issue.to_string(),
        })
    });
    let amount = |amount: Cents| amount.to_string();
    json!({
        "before": change.before,
        "after": change.after,
        "same": change.same,
        "units_payable_before": change.units_payable[0],
        "units_payable_after": change.units_payable[1],
        "amount_at_issue_before": amount(change.amount_at_issue[0]),
        "amount_at_issue_after": amount(change.amount_at_issue[1]),
        "moves": moves.collect::<Vec<_>>(),
    })
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn finding(pair: &Pair<17>) -> Value {
    json!({
        "change": pair.change(),
        "changed_fields": changed_fields(pair),
        "before": object(&findings::COLUMNS, pair.before.as_ref().map(|row| |at| row.cell(at))),
        "after": object(&findings::COLUMNS, pair.after.as_ref().map(|row| |at| row.cell(at))),
    })
}

fn claim(pair: &Pair<12>) -> Value {
    json!({
        "change": pair.change(),
        "before": object(&claims::COLUMNS, pair.before.as_ref().map(|row| |at| row.cell(at))),
        "after": object(&claims::COLUMNS, pair.after.as_ref().map(|row| |at| row.cell(at))),
    })
}

/// A side with the columns as its keys; `null` where the column is empty, or the side not there.
fn object<'r>(columns: &[&str], cell: Option<impl Fn(usize) -> &'r str>) -> Value {
    let Some(cell) = cell else { return Value::Null };
    let cells = columns.iter().enumerate();
    let cells = cells.map(|(at, name)| ((*name).to_owned(), json!(filled(cell(at)))));
    Value::Object(cells.collect())
}
