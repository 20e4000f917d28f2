//! `queue.csv`: the morning's work list, one row a held claim.

use super::csv_rows::{CsvRows, merged, write_rows};
use super::source_name;
use crate::model::text;
use crate::outcome::{FileOutcome, RunOutcome};
use crate::policy::Policy;
use crate::queue::{self, QueueRow, in_words};
use crate::store::Store;
use std::io::{self, Write};

/// The file's name in the output folder.
pub const FILE_NAME: &str = "queue.csv";

/// The columns, in order.
pub const COLUMNS: [&str; 18] = [
    "deadline",
    "days_left",
    "amount_at_issue",
    "amount_billed",
    "claim_id",
    "frequency_code",
    "original_claim_id",
    "member_id",
    "billing_npi",
    "first_service_date",
    "last_service_date",
    "units_billed",
    "units_payable",
    "rules",
    "reasons",
    "what_to_do",
    "source",
    "position",
];

/// Writes the header and the rows as they stand.
pub fn write(
    out: &mut dyn Write,
    queue: &[QueueRow<'_>],
    store: &Store,
    files: &[FileOutcome],
) -> io::Result<()> {
    write_rows(out, &COLUMNS, queue, |rows, row| write_row(rows, row, store, files))
}

/// Writes the work list of a run, wherever its claims are.
pub fn write_all(out: &mut dyn Write, outcome: &RunOutcome, policy: &Policy) -> io::Result<()> {
    match &outcome.elsewhere {
        None => write(out, &queue::rows(outcome, policy), &outcome.store, &outcome.files),
        Some(elsewhere) => merged(out, &COLUMNS, elsewhere.queue.as_ref()),
    }
}

/// The cells of one held claim.
pub(super) fn write_row(
    rows: &mut CsvRows<'_>,
    row: &QueueRow<'_>,
    store: &Store,
    files: &[FileOutcome],
) {
    let (claim, line) = (row.claim, store.line(row.claim.record));
    rows.day(row.deadline);
    match row.days_left {
        Some(days) => rows.word(&days.to_string()),
        None => rows.empty(),
    }
    rows.amount(claim.amount_at_issue);
    rows.amount(claim.amount_billed);
    rows.text(&text::decode(line.claim_id));
    rows.text(&text::decode(line.frequency_or_default()));
    rows.text(&text::decode(line.original_claim_id));
    rows.text(&text::decode(line.member_id));
    rows.text(&text::decode(line.billing_npi));
    rows.day(row.service.map(|(first, _)| first));
    rows.day(row.service.map(|(_, last)| last));
    rows.number(claim.units_billed);
    rows.number(claim.units_payable);
    rows.word(&rules(row));
    rows.text(&reasons(row));
    rows.text(&what_to_do(row));
    rows.file_name(source_name(files, row.place.0));
    rows.position(row.place.1);
}

/// The ids of the rules that hold the claim, ascending, each once, joined by `:`.
fn rules(row: &QueueRow<'_>) -> String {
    let mut ids: Vec<&str> = row.findings.iter().map(|finding| finding.rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.join(":")
}

/// Why it waits besides its findings; line, name of the rule, and its message, for each finding.
fn reasons(row: &QueueRow<'_>) -> String {
    let waits = row.claim.waits.as_ref().map(|waits| in_words(waits).0);
    let reasons = row.findings.iter().map(|finding| {
        let line = finding.line.as_ref().map_or("", |line| &line.line_text);
        format!("line {line}, {}: {}", finding.rule.name, finding.message)
    });
    waits.into_iter().chain(reasons).collect::<Vec<_>>().join(" | ")
}

/// What the rules say to do, each once, in the order of the findings.
fn what_to_do(row: &QueueRow<'_>) -> String {
    let mut texts: Vec<&str> = row.claim.waits.iter().map(|waits| in_words(waits).1).collect();
    for finding in &row.findings {
        if !texts.contains(&finding.rule.correct) {
            texts.push(finding.rule.correct);
        }
    }
    texts.join(" | ")
}
