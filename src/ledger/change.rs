//! Changes that bring no lines: decisions of people, the end of retention, a backup.

use super::error::{LedgerError, io};
use super::load::LineId;
use super::open::Ledger;
use super::post::{Prepared, RunFacts, RunId, insert_run};
use super::row::{Day, Text, text_of};
use crate::model::NaiveDate;
use crate::outcome::Decision;
use petgraph::unionfind::UnionFind;
use rusqlite::{Transaction, TransactionBehavior, params};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

impl Ledger {
    /// Records what a person decided on a claim, as a run of its own.
    pub fn decide(
        &mut self,
        facts: &RunFacts,
        prepared: &Prepared,
        manifest: &str,
        decision: &Decision,
    ) -> Result<(), LedgerError> {
        self.change(facts, prepared, manifest, |transaction| {
            Ledger::insert_decision(transaction, decision)
        })
    }

    /// The run that posted lines of a claim, if one did.
    pub fn posted_by(
        &self,
        claim_id: &[u8],
        billing_npi: Option<&[u8]>,
    ) -> Result<Option<RunId>, LedgerError> {
        let npi = billing_npi.map(Text);
        let select = "SELECT min(run) FROM line WHERE claim_id = ?1 AND standing <> 1 \
             AND (?2 IS NULL OR billing_npi = ?2)";
        let found =
            self.connection.query_row(select, params![Text(claim_id), npi], |row| row.get(0));
        found.map_err(self.sql())
    }

    /// Lines that a prune would take: those of families of claims of which every line is before
    /// `before`. A family goes whole, so that nothing it took out comes back.
    pub fn before(&self, before: NaiveDate) -> Result<Vec<LineId>, LedgerError> {
        let sql = self.sql();
        let mut lines: Vec<(LineId, usize, bool)> = Vec::new();
        let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut ties: Vec<(usize, usize)> = Vec::new();
        // A line without a readable date is as old as its run.
        let select = "SELECT line.id, coalesce(CASE WHEN typeof(service_end_day) = 'integer' \
             THEN service_end_day END, CASE WHEN typeof(service_day) = 'integer' THEN service_day \
             END, received_day, as_of, 99991231) < ?, billing_npi, claim_id, payer_claim_number, \
             remit_number, original_claim_id FROM line JOIN run ON run.id = line.run \
             ORDER BY line.id";
        let mut statement = self.connection.prepare(select).map_err(&sql)?;
        let mut rows = statement.query([Day(before)]).map_err(&sql)?;
        while let Some(row) = rows.next().map_err(&sql)? {
            let billing_npi = text_of(row.get_ref(2).map_err(&sql)?);
            let mut own: Option<usize> = None;
            for column in 3..7 {
                let number = text_of(row.get_ref(column).map_err(&sql)?);
                if number.is_empty() {
                    continue;
                }
                let next = numbers.len();
                let key = [billing_npi, b"\0", number].concat();
                let node = *numbers.entry(key).or_insert(next);
                match own {
                    None => own = Some(node),
                    Some(own) => ties.push((own, node)),
                }
            }
            let next = numbers.len();
            let own = own.unwrap_or_else(|| {
                *numbers.entry(format!("\0\0{next}").into_bytes()).or_insert(next)
            });
            lines.push((row.get(0).map_err(&sql)?, own, row.get(1).map_err(&sql)?));
        }
        let mut families: UnionFind<usize> = UnionFind::new(numbers.len());
        for (left, right) in ties {
            families.union(left, right);
        }
        let mut is_old = vec![true; numbers.len()];
        for (_, node, is_before) in &lines {
            is_old[families.find_mut(*node)] &= is_before;
        }
        let old = lines.into_iter().filter(|(_, node, _)| is_old[families.find(*node)]);
        Ok(old.map(|(id, ..)| id).collect())
    }

    /// Takes lines away for good: their bytes are written over, and the file is packed.
    pub fn prune(
        &mut self,
        facts: &RunFacts,
        prepared: &Prepared,
        manifest: &str,
        lines: &[LineId],
        before: NaiveDate,
    ) -> Result<(), LedgerError> {
        self.connection.pragma_update(None, "secure_delete", "ON").map_err(self.sql())?;
        self.change(facts, prepared, manifest, |transaction| {
            let mut runs = transaction.prepare(
                "UPDATE run SET lines_sha256 = NULL WHERE id = (SELECT run FROM line WHERE id = ?)",
            )?;
            let mut images = transaction.prepare("DELETE FROM line_before WHERE line = ?")?;
            let mut own = transaction.prepare("DELETE FROM line WHERE id = ?")?;
            for line in lines {
                runs.execute([line])?;
                images.execute([line])?;
                own.execute([line])?;
            }
            transaction.execute(
                "DELETE FROM decision WHERE run IN (SELECT id FROM run WHERE \
                 substr(started, 1, 10) < ?) AND NOT EXISTS (SELECT 1 FROM line \
                 WHERE line.claim_id = decision.claim_id)",
                [before.to_string()],
            )?;
            Ok(())
        })?;
        self.connection.execute_batch("VACUUM").map_err(self.sql())
    }

    fn change(
        &mut self,
        facts: &RunFacts,
        prepared: &Prepared,
        manifest: &str,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), LedgerError> {
        let sql = self.sql();
        let behavior = TransactionBehavior::Immediate;
        let transaction = Transaction::new(&mut self.connection, behavior).map_err(&sql)?;
        insert_run(&transaction, facts, prepared, manifest).map_err(&sql)?;
        write(&transaction).map_err(&sql)?;
        transaction.commit().map_err(&sql)
    }

    /// Copies the ledger, as it is at this moment, to a new file.
    pub fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        let mut options = OpenOptions::new();
        match options.write(true).create_new(true).mode(0o600).open(to) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(LedgerError::Refused {
                    path: to.to_owned(),
                    what: "it is there already: name a new file".to_owned(),
                });
            }
            Err(error) => return Err(io(to, "make the backup")(error)),
        }
        let path = to.as_os_str().as_encoded_bytes();
        let path = String::from_utf8_lossy(path);
        let copied =
            self.connection.execute("VACUUM INTO ?", [path]).map_err(self.sql()).and_then(|_| {
                let synced = File::open(to).and_then(|file| file.sync_all());
                synced.map_err(io(to, "write the backup"))
            });
        if copied.is_err() {
            let _ = fs::remove_file(to);
        }
        copied
    }
}
