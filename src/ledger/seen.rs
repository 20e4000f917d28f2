//! What the ledger has seen before: files, control numbers, and what people decided.

use super::change::Word;
use super::error::LedgerError;
use super::open::Ledger;
use super::post::RunId;
use super::row::{Day, Text, text_of};
use crate::model::NaiveDate;
use crate::outcome::Decision;
use crate::store::past::Interchange;
use rusqlite::{Transaction, params};

/// The key of a run's manifest, below `ledger`, that holds the control number which the last of its
/// acknowledgements bears.
pub const LAST_CONTROL_NUMBER: &str = "last_control_number";

/// The file that has these bytes, or this control number, in an earlier run.
pub struct Seen {
    /// The run.
    pub run: RunId,
    /// Its as-of date.
    pub as_of: Option<NaiveDate>,
    /// The file as it was named then.
    pub name: String,
}

impl Ledger {
    /// The newest run that read a file of these bytes.
    pub fn file_seen(&self, sha256: &str) -> Result<Option<Seen>, LedgerError> {
        self.seen(
            "SELECT run.id, run.as_of, file.name FROM file JOIN run ON run.id = file.run \
             WHERE file.sha256 = ? ORDER BY run.id DESC LIMIT 1",
            params![sha256],
        )
    }

    /// The newest run that read another file with an interchange of that number.
    pub fn interchange_seen(&self, own: &Interchange) -> Result<Option<Seen>, LedgerError> {
        let Interchange { control, sender, receiver } = own;
        if control.is_empty() {
            return Ok(None);
        }
        self.seen(
            "SELECT run.id, run.as_of, file.name FROM interchange \
             JOIN file ON file.id = interchange.file JOIN run ON run.id = file.run \
             WHERE control_number = ? AND sender = ? AND receiver = ? \
             ORDER BY run.id DESC LIMIT 1",
            params![control, sender, receiver],
        )
    }

    fn seen(
        &self,
        select: &str,
        values: impl rusqlite::Params,
    ) -> Result<Option<Seen>, LedgerError> {
        let sql = self.sql();
        let mut statement = self.connection.prepare_cached(select).map_err(&sql)?;
        let found = statement.query_row(values, |row| {
            let as_of = row.get::<_, Option<Day>>(1)?.map(|day| day.0);
            Ok(Seen { run: row.get(0)?, as_of, name: row.get(2)? })
        });
        match found {
            Ok(found) => Ok(Some(found)),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(sql(error)),
        }
    }

    /// The control number of the last acknowledgement that a run wrote, by the manifests.
    pub fn last_control_number(&self) -> Result<Option<u32>, LedgerError> {
        let select = "SELECT json_extract(manifest, ?1) AS number FROM run \
             WHERE json_valid(manifest) AND number IS NOT NULL ORDER BY id DESC LIMIT 1";
        let key = format!("$.ledger.{LAST_CONTROL_NUMBER}");
        match self.connection.query_row(select, [key], |row| row.get(0)) {
            Ok(number) => Ok(Some(number)),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(self.sql()(error)),
        }
    }

    /// What people decided on claims and is still to be followed, in the order in which they did.
    /// A decision is about the claim as it waits, and ends when a later run posts it: a
    /// replacement, or another claim that bears the number later, is for people to look at again.
    /// It ends too where it was withdrawn; the withdrawal stays beside it.
    pub fn decisions(&self) -> Result<Vec<Decision>, LedgerError> {
        let sql = self.sql();
        let select = "SELECT decision.run, verdict, claim_id, billing_npi, reason, decided_by, \
             started FROM decision JOIN run ON run.id = decision.run \
             WHERE verdict <> 'withdraw' \
             AND NOT EXISTS (SELECT 1 FROM line WHERE line.claim_id = decision.claim_id \
             AND line.run > decision.run AND (decision.billing_npi IS NULL \
             OR line.billing_npi = decision.billing_npi)) \
             AND NOT EXISTS (SELECT 1 FROM decision AS later JOIN run AS of ON of.id = later.run \
             WHERE later.verdict = 'withdraw' AND later.run > decision.run \
             AND later.claim_id = decision.claim_id AND (later.billing_npi IS NULL \
             OR later.billing_npi = decision.billing_npi)) ORDER BY decision.run";
        let mut statement = self.connection.prepare_cached(select).map_err(&sql)?;
        let rows = statement.query_map([], |row| {
            let text = |index: usize| -> rusqlite::Result<Vec<u8>> {
                Ok(text_of(row.get_ref(index)?).to_vec())
            };
            let billing_npi = text(3)?;
            Ok(Decision {
                run: row.get(0)?,
                releases: row.get::<_, String>(1)? == "release",
                claim_id: text(2)?,
                billing_npi: (!billing_npi.is_empty()).then_some(billing_npi),
                reason: row.get(4)?,
                decided_by: row.get(5)?,
                decided_at: row.get(6)?,
            })
        });
        let rows: rusqlite::Result<Vec<_>> = rows.map_err(&sql)?.collect();
        rows.map_err(&sql)
    }

    /// A decision of a person, as a run of its own.
    pub(super) fn insert_decision(
        transaction: &Transaction<'_>,
        run: RunId,
        word: &Word<'_>,
    ) -> rusqlite::Result<()> {
        transaction.execute(
            "INSERT INTO decision (run, verdict, claim_id, billing_npi, reason, decided_by) \
             VALUES (?, ?, ?, ?, ?, ?)",
            params![
                run,
                word.verdict.as_str(),
                Text(word.claim_id),
                word.billing_npi.map(Text),
                word.reason,
                word.decided_by,
            ],
        )?;
        Ok(())
    }
}
