//! Changes that bring no lines: decisions of people, a backup.

use super::error::{LedgerError, io};
use super::open::{Ledger, uri};
use super::post::{Prepared, RunFacts, RunId, insert_run};
use super::row::Text;
use rusqlite::{Transaction, TransactionBehavior, params};
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// A person's word on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes out, whatever is found on it.
    Release,
    /// It is held, whatever is found on it.
    Hold,
    /// What was decided on it before holds no more: what is found on it decides.
    Withdraw,
}

impl Verdict {
    /// As a run, a decision and the command are named.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Release => "release",
            Verdict::Hold => "hold",
            Verdict::Withdraw => "withdraw",
        }
    }
}

/// A word as it is to be recorded. It may name somebody: no `Debug`, on purpose.
pub struct Word<'a> {
    /// Which.
    pub verdict: Verdict,
    /// Of which claim.
    pub claim_id: &'a [u8],
    /// Of which agency; `None`: of any.
    pub billing_npi: Option<&'a [u8]>,
    /// Why.
    pub reason: &'a str,
    /// Who.
    pub decided_by: &'a str,
}

impl Ledger {
    /// Records what a person decided on a claim, as a run of its own.
    pub fn decide(
        &mut self,
        facts: &RunFacts,
        prepared: &Prepared,
        manifest: &str,
        word: &Word<'_>,
    ) -> Result<(), LedgerError> {
        self.change(facts, prepared, manifest, |transaction| {
            Ledger::insert_decision(transaction, prepared.run, word)
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

    pub(super) fn change(
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
        // Whatever the bytes of its name are.
        let path = uri(to, "");
        let written = self.connection.execute("VACUUM INTO ?", [path]);
        let written = written.map_err(|error| match self.sql()(error) {
            LedgerError::Full { .. } => LedgerError::Full { path: to.to_owned() },
            other => other,
        });
        let copied = written.and_then(|_| {
            let synced = File::open(to).and_then(|file| file.sync_all());
            synced.map_err(io(to, "write the backup"))
        });
        if copied.is_err() {
            let _ = fs::remove_file(to);
        }
        copied
    }
}
