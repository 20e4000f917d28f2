//! What payers and people said: the payments of each run, what they make of lines, the decisions.

use super::CheckReport;
use super::chain::Run;
use crate::ledger::load::LineId;
use crate::ledger::post::RunId;
use crate::ledger::remit::replay::{LineState, replay};
use crate::ledger::remit::stored;
use crate::ledger::row::text_of;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashSet};

/// Each run has the payments that its manifest says, and the lines say what all payments of their
/// claims come to.
pub(super) fn payments(
    connection: &Connection,
    runs: &[Run],
    report: &mut CheckReport,
) -> rusqlite::Result<()> {
    let mut count = connection.prepare("SELECT count(*) FROM payment WHERE run = ?")?;
    for run in runs {
        let stated = run.stated["ledger"]["payments_sha256"].as_str();
        let is_same = match (run.kind == "remit", stated) {
            (true, Some(_)) if run.has_lost_payments => true,
            (true, Some(stated)) => stored::digest_payments(connection, run.id)? == stated,
            (true, None) => true, // no such hash in it yet
            (false, _) => count.query_row([run.id], |row| row.get::<_, i64>(0))? == 0,
        };
        if !is_same {
            let run = run.id;
            report.faults.push(format!("the payments of run {run} are not those it recorded"));
        }
    }
    let mut told: HashSet<LineId> = HashSet::new();
    let mut wrong = Vec::new();
    for lines in claims(connection)?.values() {
        let payments = stored::payments(connection, lines)?;
        let newest = payments.iter().map(|payment| payment.run).max().unwrap_or_default();
        for (line, state) in replay(&payments) {
            for record in stored::same_records(connection, line)? {
                told.insert(record);
                if !says(connection, record, &state, newest)? {
                    wrong.push(record);
                }
            }
        }
    }
    let mut others = connection.prepare(
        "SELECT id FROM line WHERE remit_run IS NOT NULL OR remit_status IS NOT NULL \
         OR remit_paid IS NOT NULL OR remit_number IS NOT NULL OR remit_denied <> 0",
    )?;
    for line in others.query_map([], |row| row.get(0))? {
        let line = line?;
        if !told.contains(&line) {
            wrong.push(line);
        }
    }
    wrong.sort_unstable();
    report.lines_that(&wrong, "says other things of remittances than its payments come to");
    Ok(())
}

/// The lines of each claim that was paid.
fn claims(connection: &Connection) -> rusqlite::Result<BTreeMap<[Vec<u8>; 4], Vec<LineId>>> {
    let mut claims: BTreeMap<[Vec<u8>; 4], Vec<LineId>> = BTreeMap::new();
    let mut statement = connection.prepare(
        "SELECT id, billing_npi, claim_id, coalesce(frequency_code, '1'), original_claim_id \
         FROM line WHERE id IN (SELECT line FROM payment_line) ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = |index: usize| row.get_ref(index).map(|value| text_of(value).to_vec());
        let key = [text(1)?, text(2)?, text(3)?, text(4)?];
        claims.entry(key).or_default().push(row.get(0)?);
    }
    Ok(claims)
}

/// Whether a record says what the payments come to. One that was posted after the newest of them
/// says nothing until the next.
fn says(
    connection: &Connection,
    record: LineId,
    state: &LineState,
    newest: RunId,
) -> rusqlite::Result<bool> {
    let mut select = connection.prepare_cached(
        "SELECT run, remit_status, remit_paid, remit_number, remit_denied FROM line WHERE id = ?",
    )?;
    select.query_row([record], |row| {
        let run: RunId = row.get(0)?;
        let status: Option<String> = row.get(1)?;
        let paid: Option<i64> = row.get(2)?;
        let number = text_of(row.get_ref(3)?).to_vec();
        let is_denied: bool = row.get(4)?;
        let is_blank = status.is_none() && paid.is_none() && number.is_empty() && !is_denied;
        let is_same = (&status, paid, &number, is_denied)
            == (&state.status, state.paid, &state.number, state.is_denied);
        Ok(is_same || (is_blank && run > newest))
    })
}

/// Each decision is the one that the manifest of its run says.
pub(super) fn decisions(
    connection: &Connection,
    runs: &[Run],
    report: &mut CheckReport,
) -> rusqlite::Result<()> {
    let mut decision = connection.prepare(
        "SELECT verdict, claim_id, billing_npi, reason, decided_by FROM decision WHERE run = ?",
    )?;
    for run in runs {
        let mut rows = decision.query([run.id])?;
        let is_decision = matches!(run.kind.as_str(), "release" | "hold" | "withdraw");
        let is_same = match rows.next()? {
            None => !is_decision || run.has_lost_manifest,
            Some(_) if !is_decision || run.has_lost_manifest => false,
            Some(row) => {
                let stated = &run.stated["ledger"];
                let keys = ["decision", "claim_id", "billing_npi", "reason", "by"];
                let mut is_same = true;
                for (column, key) in keys.into_iter().enumerate() {
                    let stated = stated[key].as_str().unwrap_or_default();
                    is_same &= text_of(row.get_ref(column)?) == stated.as_bytes();
                }
                is_same
            }
        };
        if !is_same {
            let run = run.id;
            report.faults.push(format!("the decision of run {run} is not the one that was made"));
        }
    }
    Ok(())
}
