//! Is the ledger as its runs left it: SQLite's own checks, the chain of manifests, the lines of
//! each run, and the standing of every line worked out again from nothing.

use super::error::LedgerError;
use super::load::LineId;
use super::open::Ledger;
use super::post::{RunId, digest_value, standing_number};
use super::row::{LINE_COLUMN_COUNT, LINE_COLUMNS};
use crate::source::hash::{hex, sha256};
use crate::store::Store;
use crate::store::past::{PastLines, Standing};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// Faults of one kind that are listed one by one.
const MOST_LISTED: usize = 10;

/// What a check found.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// Runs looked at.
    pub runs: usize,
    /// Lines looked at.
    pub lines: usize,
    /// What is not well, in words; nothing of a member.
    pub faults: Vec<String>,
    /// A run between ledger and results: it goes on just now, or was cut off.
    pub unfinished: Option<RunId>,
}

impl Ledger {
    /// Looks at everything. `standings` says what lines are, taken by themselves.
    pub fn check(
        &self,
        standings: impl FnOnce(&Store) -> Vec<Standing>,
    ) -> Result<CheckReport, LedgerError> {
        let mut report = CheckReport::default();
        let _snapshot = self.snapshot()?;
        self.integrity(&mut report)?;
        if !report.faults.is_empty() {
            return Ok(report); // what is read from a broken file says nothing more
        }
        report.unfinished = self.intent()?.map(|(run, ..)| run);
        match self.contents(&mut report, standings) {
            Err(LedgerError::Damaged { what, .. }) => report.faults.push(what),
            looked => looked?,
        }
        Ok(report)
    }

    fn contents(
        &self,
        report: &mut CheckReport,
        standings: impl FnOnce(&Store) -> Vec<Standing>,
    ) -> Result<(), LedgerError> {
        let chain = self.chain()?;
        report.runs = chain.runs.len();
        report.faults.extend(chain.faults);
        self.lines_as_posted(report)?;
        self.balances(report, standings)
    }

    fn integrity(&self, report: &mut CheckReport) -> Result<(), LedgerError> {
        let sql = self.sql();
        for (pragma, what) in
            [("PRAGMA integrity_check(10)", ""), ("PRAGMA foreign_key_check", "a row of table ")]
        {
            let mut statement = self.connection.prepare(pragma).map_err(&sql)?;
            let mut rows = statement.query([]).map_err(&sql)?;
            while let Some(row) = rows.next().map_err(&sql)? {
                let said: String = row.get(0).map_err(&sql)?;
                if said != "ok" && report.faults.len() < MOST_LISTED {
                    let end =
                        if what.is_empty() { "" } else { " names something that is not there" };
                    report.faults.push(format!("{what}{said}{end}"));
                }
            }
        }
        Ok(())
    }

    /// The lines of each run give the hash that they gave when they were posted.
    fn lines_as_posted(&self, report: &mut CheckReport) -> Result<(), LedgerError> {
        let sql = self.sql();
        let mut runs = self
            .connection
            .prepare("SELECT id, lines_sha256 FROM run WHERE lines_sha256 IS NOT NULL ORDER BY id")
            .map_err(&sql)?;
        let runs = runs.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(&sql)?;
        let runs: Vec<(RunId, String)> = runs.collect::<rusqlite::Result<_>>().map_err(&sql)?;
        let mut hashes: Vec<(RunId, Sha256)> = Vec::new();
        let select = format!("SELECT run, {LINE_COLUMNS} FROM line ORDER BY id");
        let mut statement = self.connection.prepare(&select).map_err(&sql)?;
        let mut rows = statement.query([]).map_err(&sql)?;
        while let Some(row) = rows.next().map_err(&sql)? {
            let run: RunId = row.get(0).map_err(&sql)?;
            if hashes.last().is_none_or(|(last, _)| *last != run) {
                hashes.push((run, Sha256::new()));
            }
            if let Some((_, hash)) = hashes.last_mut() {
                for column in 1..=LINE_COLUMN_COUNT {
                    digest_value(hash, row.get_ref(column).map_err(&sql)?);
                }
            }
            report.lines += 1;
        }
        let empty = sha256(b"");
        for (run, stated) in runs {
            let own = hashes.iter().find(|(id, _)| *id == run);
            let found =
                own.map_or_else(|| empty.clone(), |(_, hash)| hex(&hash.clone().finalize()));
            if found != stated {
                report.faults.push(format!("the lines of run {run} are not those it posted"));
            }
        }
        Ok(())
    }

    /// The standing of every line, from the lines alone.
    fn balances(
        &self,
        report: &mut CheckReport,
        standings: impl FnOnce(&Store) -> Vec<Standing>,
    ) -> Result<(), LedgerError> {
        let sql = self.sql();
        let mut stated: Vec<(LineId, i64)> = Vec::new();
        let mut statement =
            self.connection.prepare("SELECT id, standing FROM line ORDER BY id").map_err(&sql)?;
        let mut rows = statement.query([]).map_err(&sql)?;
        while let Some(row) = rows.next().map_err(&sql)? {
            stated.push((row.get(0).map_err(&sql)?, row.get(1).map_err(&sql)?));
        }
        let ids: Vec<LineId> = stated.iter().map(|(id, _)| *id).collect();
        let mut lines = PastLines::default();
        let mut own = Vec::with_capacity(ids.len());
        self.each_line(&ids, |id, line| {
            own.push(id);
            lines.push(line)
        })?;
        let found = standings(&Store::of_past(lines));
        let mut seen = HashSet::new();
        let first_records = own.iter().zip(found).filter(|(id, _)| seen.insert(**id));
        let wrong = first_records
            .zip(&stated)
            .filter(|((_, found), (_, stated))| standing_number(*found) != *stated);
        let wrong: Vec<LineId> = wrong.map(|((id, _), _)| *id).collect();
        for id in wrong.iter().take(MOST_LISTED) {
            report.faults.push(format!(
                "line {id} of the table `line` has another standing than its claim and the \
                 corrections of it give"
            ));
        }
        if wrong.len() > MOST_LISTED {
            report.faults.push(format!("and {} more lines like it", wrong.len() - MOST_LISTED));
        }
        Ok(())
    }
}
