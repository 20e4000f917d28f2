//! What the lines are after the payer's word: whole families are netted again, as after a posting.

use crate::ledger::error::LedgerError;
use crate::ledger::load::{LineId, family};
use crate::ledger::open::Ledger;
use crate::ledger::post::{RunId, change_standings, digest_value, standing_number};
use crate::ledger::row::{LINE_COLUMN_COUNT, LINE_COLUMNS, text_of};
use crate::source::hash::hex;
use crate::store::Store;
use crate::store::past::{Number, PastLines, Standing};
use rusqlite::Transaction;
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// Lines of the ledger that are another thing now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Lines that used up the year, and give it back.
    pub given_back: u64,
    /// Lines that did not, and do now.
    pub counted_again: u64,
    /// Lines that stand otherwise than before, those included.
    pub changed: u64,
    /// Records that were added for an older number of the payer.
    pub added: u64,
}

/// Nets the families of the claims again, of which `first_lines` names one line each.
pub(super) fn work_out(
    ledger: &Ledger,
    transaction: &Transaction<'_>,
    run: RunId,
    first_lines: &[LineId],
    added: &[LineId],
    standings: impl FnOnce(&Store) -> Vec<Standing>,
) -> Result<Changes, LedgerError> {
    let sql = ledger.sql();
    let numbers = numbers(transaction, first_lines).map_err(&sql)?;
    let ids = family(transaction, &numbers).map_err(&sql)?;
    let mut lines = PastLines::default();
    let mut own = Vec::new();
    ledger.each_line(&ids, |id, line| {
        own.push(id);
        lines.push(line)
    })?;
    let standings = standings(&Store::of_past(lines));
    let mut changes = Changes { added: added.len() as u64, ..Changes::default() };
    let mut changed = Vec::new();
    let mut seen = HashSet::new();
    let mut select =
        transaction.prepare_cached("SELECT standing FROM line WHERE id = ?").map_err(&sql)?;
    for (id, standing) in own.into_iter().zip(standings) {
        // The second record of a line, with another number, says nothing of the line.
        if !seen.insert(id) {
            continue;
        }
        let now = standing_number(standing);
        let before: i64 = select.query_row([id], |row| row.get(0)).map_err(&sql)?;
        if now == before {
            continue;
        }
        let net = standing_number(Standing::Net);
        changes.changed += 1;
        changes.given_back += u64::from(before == net);
        changes.counted_again += u64::from(now == net);
        changed.push((id, standing));
    }
    change_standings(transaction, run, &changed).map_err(&sql)?;
    Ok(changes)
}

/// The claim ids of lines.
fn numbers(transaction: &Transaction<'_>, lines: &[LineId]) -> rusqlite::Result<Vec<Number>> {
    let select = "SELECT claim_id, billing_npi FROM line WHERE id = ?";
    let mut select = transaction.prepare_cached(select)?;
    let number = |line: &LineId| {
        select.query_row([line], |row| {
            Ok(Number::of(text_of(row.get_ref(0)?), text_of(row.get_ref(1)?)))
        })
    };
    lines.iter().map(number).collect()
}

/// The hash of the records that a run adds, as it is kept of any run.
pub(super) fn digest(transaction: &Transaction<'_>, added: &[LineId]) -> rusqlite::Result<String> {
    let mut hash = Sha256::new();
    let mut select =
        transaction.prepare_cached(&format!("SELECT {LINE_COLUMNS} FROM line WHERE id = ?"))?;
    for id in added {
        let mut rows = select.query([id])?;
        while let Some(row) = rows.next()? {
            for index in 0..LINE_COLUMN_COUNT {
                digest_value(&mut hash, row.get_ref(index)?);
            }
        }
    }
    Ok(hex(&hash.finalize()))
}
