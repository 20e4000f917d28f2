//! Is the ledger as its runs left it: SQLite's own checks, and what of it can be worked out again.
//!
//! ```text
//! shape   the tables, indexes and triggers are those of a ledger
//! chain   each run's manifest has its hash, names the one before it, and says what the run says
//! lines   each run's lines give their hash; what changed a line left a trace that follows
//! said    what remittances and people said: the payments, what they make of lines, the decisions
//! ```
//!
//! and here the standing of every line, worked out again from nothing.

pub(super) mod chain;
mod lines;
mod said;
mod shape;

use super::error::LedgerError;
use super::load::LineId;
use super::open::Ledger;
use super::post::{RunId, standing_number};
use crate::store::Store;
use crate::store::past::{PastLines, Standing};
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

impl CheckReport {
    /// Lists lines of which the same is not well.
    fn lines_that(&mut self, wrong: &[LineId], what: &str) {
        for id in wrong.iter().take(MOST_LISTED) {
            self.faults.push(format!("line {id} of the table `line` {what}"));
        }
        if wrong.len() > MOST_LISTED {
            self.faults.push(format!("and {} more lines like it", wrong.len() - MOST_LISTED));
        }
    }
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
        let sql = self.sql();
        shape::compare(&self.connection, report).map_err(&sql)?;
        if !report.faults.is_empty() {
            return Ok(()); // what is asked below may not be there
        }
        let runs = chain::follow(&self.connection, report).map_err(&sql)?;
        lines::as_posted(&self.connection, &runs, report).map_err(&sql)?;
        lines::as_changed(&self.connection, report).map_err(&sql)?;
        said::payments(&self.connection, &runs, report).map_err(&sql)?;
        said::decisions(&self.connection, &runs, report).map_err(&sql)?;
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
        report.lines_that(
            &wrong,
            "has another standing than its claim and the corrections of it give",
        );
        Ok(())
    }
}
