//! Out of the ledger: the lines that bear on tonight's claims, and nothing else of a million.

use super::error::LedgerError;
use super::open::Ledger;
use super::row::{self, Day, LINE_COLUMNS, Text, text_of};
use crate::model::{ClaimStatus, NaiveDate, ServiceLine};
use crate::store::past::{Bearing, Number, PastLines};
use rusqlite::{Connection, Row, params};
use std::collections::HashSet;

/// Number of a line in the ledger.
pub type LineId = i64;

/// What a remittance makes of a line, then the line as read.
pub(super) const REMIT_COLUMNS: &str = "remit_denied, remit_paid, remit_number";

/// Lines of the ledger beside the run that asked for them.
#[derive(Default)]
pub struct Loaded {
    /// For the pipeline, in the order of posting.
    pub lines: PastLines,
    /// The newest date of the files that were posted, for the as-of date.
    pub newest: Option<NaiveDate>,
    /// Lines of the whole families of claims that numbers tie to tonight's, in order.
    pub(super) family: Vec<LineId>,
}

impl Ledger {
    /// The lines that bear on a run. The numbers asked for are in order.
    pub fn load(&self, bearing: &Bearing) -> Result<Loaded, LedgerError> {
        let sql = self.sql();
        let _snapshot = self.snapshot()?;
        let family = family(&self.connection, &bearing.numbers).map_err(&sql)?;
        let mut ids = sharing_limits(&self.connection, bearing).map_err(&sql)?;
        ids.extend_from_slice(&family);
        ids.sort_unstable();
        ids.dedup();
        let mut lines = PastLines::default();
        self.each_line(&ids, |_, line| lines.push(line))?;
        let newest = "SELECT max(newest_day) FROM file";
        let newest = self.connection.query_row(newest, [], |row| row.get::<_, Option<Day>>(0));
        let newest = newest.map_err(&sql)?.map(|day| day.0);
        Ok(Loaded { lines, newest, family })
    }

    /// Hands on lines in the order of `ids`, as history would bring them: with what a remittance
    /// said of them. A line with two numbers of the payer comes twice, once with each.
    pub(super) fn each_line(
        &self,
        ids: &[LineId],
        mut take: impl FnMut(LineId, &ServiceLine<'_>) -> Result<(), crate::store::past::TooMany>,
    ) -> Result<(), LedgerError> {
        let sql = self.sql();
        let select = format!("SELECT {REMIT_COLUMNS}, {LINE_COLUMNS} FROM line WHERE id = ?");
        let mut statement = self.connection.prepare_cached(&select).map_err(&sql)?;
        let mut scratch = row::Scratch::default();
        for id in ids {
            let taken = statement
                .query_row([id], |row| with_remitted(row, 0, &mut scratch, |line| take(*id, line)));
            taken.map_err(&sql)?.map_err(|error| self.refused(error.to_string()))?;
        }
        Ok(())
    }

    pub(super) fn refused(&self, what: String) -> LedgerError {
        LedgerError::Refused { path: self.path.clone(), what }
    }
}

/// The line of a row ([`REMIT_COLUMNS`], [`LINE_COLUMNS`]) as it counts now, once a number of the
/// payer.
pub(super) fn with_remitted<E>(
    row: &Row<'_>,
    from: usize,
    scratch: &mut row::Scratch,
    mut take: impl FnMut(&ServiceLine<'_>) -> Result<(), E>,
) -> rusqlite::Result<Result<(), E>> {
    let is_denied: bool = row.get(from)?;
    let paid: Option<i64> = row.get(from + 1)?;
    let number = text_of(row.get_ref(from + 2)?);
    row::with_line(row, from + 3, scratch, |line| {
        let mut line: ServiceLine<'_> = line;
        if is_denied {
            line.status = ClaimStatus::Denied;
        }
        line.paid = paid.map(crate::model::Cents).or(line.paid);
        if line.payer_claim_number.is_empty() {
            line.payer_claim_number = number;
        }
        take(&line)?;
        if !number.is_empty() && number != line.payer_claim_number {
            line.payer_claim_number = number;
            take(&line)?;
        }
        Ok(())
    })
}

/// Net lines of the members and practitioners, by their indexes alone.
fn sharing_limits(connection: &Connection, bearing: &Bearing) -> rusqlite::Result<Vec<LineId>> {
    let mut ids = Vec::new();
    let mut statement = connection.prepare_cached(
        "SELECT id FROM line INDEXED BY line_member \
         WHERE standing = 0 AND member_id = ? AND service_day BETWEEN ? AND ?",
    )?;
    for (member, from, through) in &bearing.members {
        let mut rows = statement.query(params![Text(member), Day(*from), Day(*through)])?;
        while let Some(row) = rows.next()? {
            ids.push(row.get(0)?);
        }
    }
    let mut statement = connection.prepare_cached(
        "SELECT id FROM line INDEXED BY line_practitioner \
         WHERE standing = 0 AND rendering_npi = ? AND service_day = ?",
    )?;
    for (practitioner, day) in &bearing.practitioner_days {
        let mut rows = statement.query(params![Text(practitioner), Day(*day)])?;
        while let Some(row) = rows.next()? {
            ids.push(row.get(0)?);
        }
    }
    Ok(ids)
}

/// The columns by which a number finds claims: those that bear it, and those that name it.
const NUMBER_COLUMNS: [&str; 4] =
    ["claim_id", "payer_claim_number", "remit_number", "original_claim_id"];

/// All lines of the claims that bear or name one of the numbers, of the claims that these are tied
/// to by their numbers, and so on, whatever their standing.
pub(super) fn family(connection: &Connection, first: &[Number]) -> rusqlite::Result<Vec<LineId>> {
    let mut statements = Vec::new();
    for column in NUMBER_COLUMNS {
        // Most ledgers have no line at all for one or two of them.
        let any = format!("SELECT EXISTS (SELECT 1 FROM line WHERE {column} IS NOT NULL)");
        if connection.query_row(&any, [], |row| row.get(0))? {
            statements.push(connection.prepare(&format!(
                "SELECT id, billing_npi, claim_id, payer_claim_number, remit_number, \
                 original_claim_id FROM line WHERE {column} = ? AND billing_npi IS ?"
            ))?);
        }
    }
    let mut family = Vec::new();
    let mut known: HashSet<LineId> = HashSet::new();
    let mut reached: HashSet<Number> = HashSet::new();
    let mut open: Vec<Number> = Vec::new();
    let mut next = first.iter().cloned();
    while let Some(number) = open.pop().or_else(|| next.next()) {
        for statement in &mut statements {
            let mut rows =
                statement.query(params![Text(&number.number), Text(&number.billing_npi)])?;
            while let Some(row) = rows.next()? {
                let id: LineId = row.get(0)?;
                if !known.insert(id) {
                    continue;
                }
                family.push(id);
                let billing_npi = text_of(row.get_ref(1)?);
                for index in 2..6 {
                    let tied = text_of(row.get_ref(index)?);
                    // Asked from the start, or from here.
                    let tied = Number::of(tied, billing_npi);
                    let is_asked = tied.number.is_empty() || first.binary_search(&tied).is_ok();
                    if !is_asked && reached.insert(tied.clone()) {
                        open.push(tied);
                    }
                }
            }
        }
    }
    family.sort_unstable();
    Ok(family)
}
