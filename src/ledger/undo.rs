//! Takes the newest run back: the ledger is what it was before it, row by row.

use super::error::LedgerError;
use super::open::Ledger;
use super::post::RunId;
use rusqlite::{Transaction, TransactionBehavior};

/// What was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Lines that the run had posted.
    pub lines: usize,
    /// Lines of earlier runs that are again what they were.
    pub restored: usize,
    /// Where its results went, and still are.
    pub out_folder: Option<String>,
}

impl Ledger {
    /// Takes `run` back, which must be the newest.
    pub fn undo(&mut self, run: RunId) -> Result<Undone, LedgerError> {
        let newest = self.next_run()?.run - 1;
        if newest == 0 {
            return Err(self.refused("there is no run to take back".to_owned()));
        }
        if !(1..=newest).contains(&run) {
            return Err(self.refused(format!("there is no run {run}: the newest is run {newest}")));
        }
        if run != newest {
            return Err(self.refused(format!(
                "only the newest run can be taken back, which is run {newest}: later runs rest on \
                 run {run}. Take them back first, newest first"
            )));
        }
        let sql = self.sql();
        let select = "SELECT kind, out_folder FROM run WHERE id = ?";
        let found = self.connection.query_row(select, [run], |row| Ok((row.get(0)?, row.get(1)?)));
        let (kind, out_folder): (String, Option<String>) = found.map_err(&sql)?;
        if kind == "prune" {
            return Err(self.refused(format!(
                "run {run} is a prune: what it removed is gone, so it cannot be taken back"
            )));
        }
        let behavior = TransactionBehavior::Immediate;
        let transaction = Transaction::new(&mut self.connection, behavior).map_err(&sql)?;
        let (lines, restored) = take_back(&transaction, run).map_err(&sql)?;
        transaction.commit().map_err(&sql)?;
        Ok(Undone { lines, restored, out_folder })
    }
}

fn take_back(transaction: &Transaction<'_>, run: RunId) -> rusqlite::Result<(usize, usize)> {
    transaction.pragma_update(None, "secure_delete", "FAST")?;
    transaction.execute("DELETE FROM intent WHERE run = ?", [run])?;
    let restored = transaction.execute(
        "UPDATE line SET (standing, standing_run, remit_run, remit_status, remit_paid, \
         remit_number, remit_denied) = (SELECT standing, standing_run, remit_run, remit_status, \
         remit_paid, remit_number, remit_denied FROM line_before \
         WHERE line_before.run = ?1 AND line_before.line = line.id) \
         WHERE id IN (SELECT line FROM line_before WHERE run = ?1)",
        [run],
    )?;
    transaction.execute("DELETE FROM line_before WHERE run = ?", [run])?;
    // The lines of the newest run are the last ones.
    let lines = transaction.execute(
        "DELETE FROM line WHERE id > coalesce(\
         (SELECT id FROM line WHERE run < ?1 ORDER BY id DESC LIMIT 1), 0)",
        [run],
    )?;
    for delete in [
        "DELETE FROM interchange WHERE file IN (SELECT id FROM file WHERE run = ?)",
        "DELETE FROM file WHERE run = ?",
        "DELETE FROM decision WHERE run = ?",
        "DELETE FROM run WHERE id = ?",
    ] {
        transaction.execute(delete, [run])?;
    }
    Ok((lines, restored))
}
