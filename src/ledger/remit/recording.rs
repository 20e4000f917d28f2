//! Payments into the tables: one transaction, a run of its own, which `undo` takes back like any.

use super::identity::Ordinals;
use super::matching::{self, Unmatched};
use super::replay::{Effect, LineState, replay};
use super::standing::{self, Changes};
use super::stored;
use crate::ledger::error::LedgerError;
use crate::ledger::load::LineId;
use crate::ledger::open::Ledger;
use crate::ledger::post::{Prepared, RunFacts, RunId, insert_run, keep_before};
use crate::ledger::row::{Day, LINE_COLUMNS, Text, text_of};
use crate::model::Position;
use crate::remittance::{ClaimPayment, Processing, Remittance};
use crate::source::hash::{Passed, sha256};
use crate::store::Store;
use crate::store::past::Standing;
use rusqlite::{Transaction, TransactionBehavior, params};
use std::collections::BTreeMap;

/// What became of a claim payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is in the ledger now.
    Recorded {
        /// Lines of the ledger that it is about.
        lines: usize,
        /// Of them, those that the payer refused.
        refused: usize,
        /// Places of its peer-support services that are no line of the ledger.
        left: Vec<usize>,
    },
    /// The ledger has it from another file, or from this one.
    KnownBefore,
    /// No line of the ledger is meant.
    Unmatched(Unmatched),
    /// All its services are of procedures that the ledger does not hold.
    OtherProcedures,
    /// Sent on to another payer, or a price asked for: it decides nothing.
    NoEffect,
}

/// What a run of remittances came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remitted {
    /// The run; `None`: nothing was new, so that there is none.
    pub run: Option<RunId>,
    /// What became of the lines.
    pub changes: Changes,
    /// The hash of the manifest of the run before.
    pub previous_sha256: Option<String>,
    /// Of the records that the run adds.
    pub lines_sha256: String,
    /// Of the payments that it recorded, and the lines that each is about.
    pub payments_sha256: String,
}

/// A run of remittances that is going on. Dropped without [`Remitting::finish`], it leaves nothing.
pub struct Remitting<'l> {
    ledger: &'l Ledger,
    transaction: Transaction<'l>,
    prepared: Prepared,
    is_peer_support: &'l dyn Fn(&[u8]) -> bool,
    file: i64,
    recorded: u64,
    /// Claims that were paid: their lines, by the first of them.
    claims: BTreeMap<LineId, Vec<LineId>>,
    /// How often each payment stood in the set that is being read.
    ordinals: Ordinals,
}

impl Ledger {
    /// Begins a run of remittances. `is_peer_support` tells the procedures whose lines the ledger
    /// holds.
    pub fn remit<'l>(
        &'l self,
        facts: &RunFacts,
        is_peer_support: &'l dyn Fn(&[u8]) -> bool,
    ) -> Result<Remitting<'l>, LedgerError> {
        let sql = self.sql();
        let prepared = self.next_run()?;
        let behavior = TransactionBehavior::Immediate;
        let transaction = Transaction::new_unchecked(&self.connection, behavior).map_err(&sql)?;
        insert_run(&transaction, facts, &prepared, "").map_err(&sql)?;
        let claims = BTreeMap::new();
        Ok(Remitting {
            ledger: self,
            transaction,
            prepared,
            is_peer_support,
            file: 0,
            recorded: 0,
            claims,
            ordinals: Ordinals::default(),
        })
    }
}

impl Remitting<'_> {
    /// The next file begins.
    pub fn begin_file(&mut self, name: &str) -> Result<(), LedgerError> {
        let insert =
            "INSERT INTO file (run, name, kind, bytes, sha256) VALUES (?, ?, '835', 0, '')";
        let inserted = self.transaction.execute(insert, params![self.prepared.run, name]);
        inserted.map_err(self.ledger.sql())?;
        self.file = self.transaction.last_insert_rowid();
        Ok(())
    }

    /// It ends.
    pub fn end_file(&mut self, passed: &Passed) -> Result<(), LedgerError> {
        let sha256 = passed.sha256.as_deref().unwrap_or_default();
        let update = "UPDATE file SET bytes = ?, sha256 = ? WHERE id = ?";
        let updated =
            self.transaction.execute(update, params![passed.bytes as i64, sha256, self.file]);
        updated.map_err(self.ledger.sql())?;
        Ok(())
    }

    /// It holds nothing that is read: it was not there.
    pub fn drop_file(&mut self) -> Result<(), LedgerError> {
        let deleted = self.transaction.execute("DELETE FROM file WHERE id = ?", [self.file]);
        deleted.map_err(self.ledger.sql())?;
        Ok(())
    }

    /// Takes a claim payment.
    pub fn take(
        &mut self,
        remittance: &Remittance,
        payment: &ClaimPayment,
    ) -> Result<Taken, LedgerError> {
        if matches!(payment.processing, Processing::SentOn | Processing::PriceOnly) {
            return Ok(Taken::NoEffect);
        }
        let taken = self.match_and_record(remittance, payment).map_err(self.ledger.sql())?;
        let mut procedures = payment.services.iter().map(|service| &service.procedure);
        let is_other = !payment.services.is_empty()
            && !procedures.any(|procedure| (self.is_peer_support)(procedure));
        Ok(match taken {
            Taken::Unmatched(_) if is_other => Taken::OtherProcedures,
            taken => taken,
        })
    }

    fn match_and_record(
        &mut self,
        remittance: &Remittance,
        payment: &ClaimPayment,
    ) -> rusqlite::Result<Taken> {
        let identity = self.ordinals.identity(self.file, remittance, payment);
        let known = "SELECT 1 FROM payment WHERE identity = ?";
        let known = self.transaction.prepare_cached(known)?.exists([&identity[..]])?;
        if known {
            return Ok(Taken::KnownBefore);
        }
        let mut why = Unmatched::NoProvider;
        for npi in remittance.billing_npis() {
            let claims = stored::candidates(&self.transaction, &payment.claim_id, npi)?;
            match matching::find(payment, &claims, self.is_peer_support) {
                Ok(matched) => {
                    self.record(remittance, payment, &identity, &matched.lines)?;
                    let lines: Vec<LineId> =
                        claims[matched.claim].lines.iter().map(|line| line.id).collect();
                    self.claims.insert(lines[0], lines);
                    let refused = |line: &&(LineId, Effect, _)| line.1 == Effect::Refused;
                    return Ok(Taken::Recorded {
                        lines: matched.lines.len(),
                        refused: matched.lines.iter().filter(refused).count(),
                        left: matched.left,
                    });
                }
                Err(Unmatched::OtherServices) => why = Unmatched::OtherServices,
                Err(other) if why == Unmatched::NoProvider => why = other,
                Err(_) => {}
            }
        }
        Ok(Taken::Unmatched(why))
    }

    fn record(
        &mut self,
        remittance: &Remittance,
        payment: &ClaimPayment,
        identity: &[u8],
        lines: &[(LineId, Effect, Option<i64>)],
    ) -> rusqlite::Result<()> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO payment (run, file, place, identity, trace, day, status, charge_cents, \
             paid_cents, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        let place = match payment.position {
            Position::Segment { number, .. } | Position::Row(number) => number as i64,
        };
        insert.execute(params![
            self.prepared.run,
            self.file,
            place,
            identity,
            Text(&remittance.trace),
            remittance.day().map(Day),
            crate::model::text::decode(&payment.status_code),
            payment.charge.0,
            payment.paid.0,
            Text(&payment.payer_number),
        ])?;
        let id = self.transaction.last_insert_rowid();
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO payment_line (payment, line, effect, paid_cents) VALUES (?, ?, ?, ?)",
        )?;
        for (line, effect, paid) in lines {
            insert.execute(params![id, line, stored::effect_number(*effect), paid])?;
        }
        self.recorded += 1;
        Ok(())
    }

    /// Works out what all lines are now, and writes the run, all of it or nothing. `standings` says
    /// it of lines taken by themselves; `manifest` writes the manifest of the run. With `is_dry`,
    /// everything is worked out and nothing written.
    pub fn finish(
        self,
        standings: impl FnOnce(&Store) -> Vec<Standing>,
        manifest: impl FnOnce(&Remitted) -> String,
        is_dry: bool,
    ) -> Result<Remitted, LedgerError> {
        if self.recorded == 0 {
            return Ok(Remitted::default());
        }
        let sql = self.ledger.sql();
        let (run, previous_sha256) = (self.prepared.run, self.prepared.previous_sha256.clone());
        let mut added = Vec::new();
        for lines in self.claims.values() {
            let states = replay(&stored::payments(&self.transaction, lines).map_err(&sql)?);
            for (line, state) in &states {
                self.apply(*line, state, &mut added).map_err(&sql)?;
            }
        }
        let first_lines: Vec<LineId> = self.claims.keys().copied().collect();
        let transaction = &self.transaction;
        let changes =
            standing::work_out(self.ledger, transaction, run, &first_lines, &added, standings)?;
        let lines_sha256 = standing::digest(transaction, &added).map_err(&sql)?;
        let payments_sha256 = stored::digest_payments(transaction, run).map_err(&sql)?;
        let run_id = Some(run);
        let remitted =
            Remitted { run: run_id, changes, previous_sha256, lines_sha256, payments_sha256 };
        let manifest = manifest(&remitted);
        let update =
            "UPDATE run SET manifest = ?, manifest_sha256 = ?, lines_sha256 = ? WHERE id = ?";
        let hash = sha256(manifest.as_bytes());
        let values = params![manifest, hash, remitted.lines_sha256, run];
        self.transaction.execute(update, values).map_err(&sql)?;
        if !is_dry {
            self.transaction.commit().map_err(&sql)?;
        }
        Ok(remitted)
    }

    /// Gives the records of a line what the payer said of it; a number that would be forgotten gets
    /// a record of its own, as an extract of history would bring it.
    fn apply(
        &self,
        line: LineId,
        state: &LineState,
        added: &mut Vec<LineId>,
    ) -> rusqlite::Result<()> {
        let run = self.prepared.run;
        let mut borne: Vec<Vec<u8>> = vec![state.number.clone()];
        for record in stored::same_records(&self.transaction, line)? {
            let number = self
                .transaction
                .prepare_cached("SELECT payer_claim_number FROM line WHERE id = ?")?
                .query_row([record], |row| Ok(text_of(row.get_ref(0)?).to_vec()))?;
            borne.push(number);
            update(&self.transaction, run, record, state)?;
        }
        for number in state.numbers.iter().filter(|number| !borne.contains(number)) {
            let own = LINE_COLUMNS.replace("payer_claim_number", "?1");
            let mut insert = self.transaction.prepare_cached(&format!(
                "INSERT INTO line (run, file, place, standing, standing_run, remit_run, \
                 remit_status, remit_paid, remit_number, remit_denied, {LINE_COLUMNS}) \
                 SELECT ?2, (SELECT max(id) FROM file WHERE run = ?2), \
                 coalesce((SELECT max(place) FROM payment JOIN payment_line \
                 ON payment = payment.id \
                 WHERE line = ?3 AND number = ?1 AND payment.run = ?2), 0), \
                 2, ?2, ?2, remit_status, remit_paid, remit_number, remit_denied, {own} \
                 FROM line WHERE id = ?3"
            ))?;
            insert.execute(params![Text(number), run, line])?;
            added.push(self.transaction.last_insert_rowid());
        }
        Ok(())
    }
}

fn update(
    transaction: &Transaction<'_>,
    run: RunId,
    record: LineId,
    state: &LineState,
) -> rusqlite::Result<()> {
    let mut is_same = transaction.prepare_cached(
        "SELECT 1 FROM line WHERE id = ? AND remit_status IS ? AND remit_paid IS ? \
         AND remit_number IS ? AND remit_denied = ?",
    )?;
    let LineState { status, paid, number, is_denied, .. } = state;
    if is_same.exists(params![record, status, paid, Text(number), is_denied])? {
        return Ok(());
    }
    keep_before(transaction, run, record)?;
    let mut update = transaction.prepare_cached(
        "UPDATE line SET remit_run = ?, remit_status = ?, remit_paid = ?, remit_number = ?, \
         remit_denied = ? WHERE id = ?",
    )?;
    update.execute(params![run, status, paid, Text(number), is_denied, record])?;
    Ok(())
}
