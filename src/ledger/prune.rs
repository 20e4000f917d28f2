//! The end of retention: old claims are taken away for good, and what people said of them.

use super::error::LedgerError;
use super::load::LineId;
use super::open::Ledger;
use super::post::{Prepared, RunFacts, RunId};
use super::row::{Day, text_of};
use crate::model::NaiveDate;
use petgraph::unionfind::UnionFind;
use rusqlite::{Connection, params};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What a prune takes away.
#[derive(Debug, Default)]
pub struct Pruning {
    /// Service lines.
    pub lines: Vec<LineId>,
    /// Decisions of people, by their runs.
    pub decisions: BTreeSet<RunId>,
    /// Runs that posted some of the lines.
    pub runs: BTreeSet<RunId>,
    /// Runs that recorded payments of the lines.
    pub payments: BTreeSet<RunId>,
    /// Runs whose manifest names one of the decisions, and so the claim and the reason.
    pub manifests: BTreeSet<RunId>,
}

impl Pruning {
    /// Nothing is that old.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.decisions.is_empty()
    }
}

impl Ledger {
    /// What a prune would take: the families of claims of which every line is before `before`, and
    /// the decisions on claims of which nothing is left then.
    pub fn before(&self, before: NaiveDate) -> Result<Pruning, LedgerError> {
        let mut pruning = Pruning { lines: self.old_lines(before)?, ..Pruning::default() };
        let found = add_runs(&self.connection, &mut pruning)
            .and_then(|()| add_decisions(&self.connection, &mut pruning, before))
            .and_then(|()| add_manifests(&self.connection, &mut pruning));
        found.map_err(self.sql())?;
        Ok(pruning)
    }

    /// Lines that a prune takes: those of families of claims of which every line is before
    /// `before`. A family goes whole, so that nothing it took out comes back.
    fn old_lines(&self, before: NaiveDate) -> Result<Vec<LineId>, LedgerError> {
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
        pruning: &Pruning,
    ) -> Result<(), LedgerError> {
        self.connection.pragma_update(None, "secure_delete", "ON").map_err(self.sql())?;
        self.change(facts, prepared, manifest, |transaction| {
            let mut images = transaction.prepare("DELETE FROM line_before WHERE line = ?")?;
            let mut own = transaction.prepare("DELETE FROM line WHERE id = ?")?;
            for line in &pruning.lines {
                images.execute([line])?;
                own.execute([line])?;
            }
            for run in &pruning.runs {
                transaction.execute("UPDATE run SET lines_sha256 = NULL WHERE id = ?", [run])?;
            }
            for run in &pruning.decisions {
                transaction.execute("DELETE FROM decision WHERE run = ?", [run])?;
            }
            // Its hash stays, so that the chain holds.
            for run in &pruning.manifests {
                transaction.execute("UPDATE run SET manifest = '' WHERE id = ?", [run])?;
            }
            Ok(())
        })?;
        self.connection.execute_batch("VACUUM").map_err(|error| match self.sql()(error) {
            LedgerError::Full { .. } => self.refused(format!(
                "run {} took the lines away and wrote over their bytes, but the disk has no room \
                 to pack the file. Nothing is lost; the next prune packs it",
                prepared.run
            )),
            other => other,
        })
    }
}

/// The runs that posted the lines, and those that recorded payments of them.
fn add_runs(connection: &Connection, pruning: &mut Pruning) -> rusqlite::Result<()> {
    let mut posted = connection.prepare("SELECT run FROM line WHERE id = ?")?;
    let mut paid = connection.prepare(
        "SELECT payment.run FROM payment_line JOIN payment ON payment.id = payment_line.payment \
         WHERE payment_line.line = ?",
    )?;
    for line in &pruning.lines {
        pruning.runs.insert(posted.query_row([line], |row| row.get(0))?);
        for run in paid.query_map([line], |row| row.get(0))? {
            pruning.payments.insert(run?);
        }
    }
    Ok(())
}

/// Decisions on claims of which no line is left: all of them were pruned, or there never was one
/// and the decision itself is old.
fn add_decisions(
    connection: &Connection,
    pruning: &mut Pruning,
    before: NaiveDate,
) -> rusqlite::Result<()> {
    let old: HashSet<LineId> = pruning.lines.iter().copied().collect();
    let mut decisions = connection.prepare(
        "SELECT decision.run, claim_id, billing_npi, substr(started, 1, 10) < ? FROM decision \
         JOIN run ON run.id = decision.run",
    )?;
    let mut lines = connection
        .prepare("SELECT id FROM line WHERE claim_id = ?1 AND (?2 IS NULL OR billing_npi = ?2)")?;
    let mut rows = decisions.query([before.to_string()])?;
    while let Some(row) = rows.next()? {
        let claim = row.get_ref(1)?;
        let npi = row.get_ref(2)?;
        let claim = super::row::Text(text_of(claim));
        let npi = super::row::Text(text_of(npi));
        let of_claim = lines.query_map(params![claim, npi], |row| row.get::<_, LineId>(0))?;
        let of_claim: Vec<LineId> = of_claim.collect::<rusqlite::Result<_>>()?;
        let is_old: bool = row.get(3)?;
        let goes = match of_claim.is_empty() {
            true => is_old,
            false => of_claim.iter().all(|line| old.contains(line)),
        };
        if goes {
            pruning.decisions.insert(row.get(0)?);
        }
    }
    Ok(())
}

/// The manifests of the decisions, and of the runs that followed them.
fn add_manifests(connection: &Connection, pruning: &mut Pruning) -> rusqlite::Result<()> {
    pruning.manifests = pruning.decisions.clone();
    if pruning.decisions.is_empty() {
        return Ok(());
    }
    let mut runs = connection
        .prepare("SELECT id, manifest FROM run WHERE instr(manifest, '\"decisions\"')")?;
    let mut rows = runs.query([])?;
    while let Some(row) = rows.next()? {
        let manifest: Value = serde_json::from_str(&row.get::<_, String>(1)?).unwrap_or_default();
        let followed = manifest["ledger"]["decisions"].as_array();
        let mut followed = followed.into_iter().flatten().filter_map(|said| said["run"].as_i64());
        if followed.any(|run| pruning.decisions.contains(&run)) {
            pruning.manifests.insert(row.get(0)?);
        }
    }
    Ok(())
}
