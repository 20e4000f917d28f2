//! The lines: those of each run give the hash that they gave when they were posted, and whatever
//! changed a line since then left what it was before.

use super::CheckReport;
use super::chain::Run;
use crate::ledger::load::LineId;
use crate::ledger::post::{RunId, digest_value};
use crate::ledger::row::{LINE_COLUMN_COUNT, LINE_COLUMNS, text_of};
use crate::source::hash::{hex, sha256};
use rusqlite::{Connection, Row};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The lines of each run give its hash, stand behind those of the runs before it, and came in its
/// files.
pub(super) fn as_posted(
    connection: &Connection,
    runs: &[Run],
    report: &mut CheckReport,
) -> rusqlite::Result<()> {
    let mut hashes: HashMap<RunId, Sha256> = HashMap::new();
    let select = format!(
        "SELECT line.run, {LINE_COLUMNS}, line.id, file.run FROM line \
         JOIN file ON file.id = line.file ORDER BY line.id"
    );
    let mut statement = connection.prepare(&select)?;
    let mut rows = statement.query([])?;
    let (mut newest, mut out_of_order) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        let run: RunId = row.get(0)?;
        let hash = hashes.entry(run).or_default();
        for column in 1..=LINE_COLUMN_COUNT {
            digest_value(hash, row.get_ref(column)?);
        }
        let file_run: RunId = row.get(LINE_COLUMN_COUNT + 2)?;
        if run < newest || file_run != run {
            out_of_order.push(row.get(LINE_COLUMN_COUNT + 1)?);
        }
        newest = newest.max(run);
        report.lines += 1;
    }
    for run in runs {
        let Some(stated) = &run.lines_sha256 else { continue };
        let found =
            hashes.remove(&run.id).map_or_else(|| sha256(b""), |hash| hex(&hash.finalize()));
        if found != *stated {
            report.faults.push(format!("the lines of run {} are not those it posted", run.id));
        }
    }
    report.lines_that(&out_of_order, "stands among lines, or names a file, of another run");
    Ok(())
}

/// What a line says besides how it was read.
#[derive(Clone)]
struct Said {
    standing: i64,
    standing_run: RunId,
    remit_run: Option<RunId>,
    /// Status, paid amount, number, whether it is denied.
    remit: (Option<String>, Option<i64>, Vec<u8>, i64),
}

const SAID_COLUMNS: &str = "standing, standing_run, remit_run, remit_status, remit_paid, \
    remit_number, remit_denied";

fn said(row: &Row<'_>, from: usize) -> rusqlite::Result<Said> {
    let number = text_of(row.get_ref(from + 5)?).to_vec();
    Ok(Said {
        standing: row.get(from)?,
        standing_run: row.get(from + 1)?,
        remit_run: row.get(from + 2)?,
        remit: (row.get(from + 3)?, row.get(from + 4)?, number, row.get(from + 6)?),
    })
}

/// A run that changed what a line says stands in the line, and what it said before in
/// `line_before`; so each step from the posting to today can be followed.
pub(super) fn as_changed(
    connection: &Connection,
    report: &mut CheckReport,
) -> rusqlite::Result<()> {
    let mut before: HashMap<LineId, Vec<(RunId, Said)>> = HashMap::new();
    let mut statement = connection.prepare(&format!(
        "SELECT line, run, {SAID_COLUMNS} FROM line_before ORDER BY line, run"
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        before.entry(row.get(0)?).or_default().push((row.get(1)?, said(row, 2)?));
    }
    let mut statement =
        connection.prepare(&format!("SELECT id, run, {SAID_COLUMNS} FROM line ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let mut wrong = Vec::new();
    while let Some(row) = rows.next()? {
        let id: LineId = row.get(0)?;
        let steps = before.remove(&id).unwrap_or_default();
        if !is_followed(row.get(1)?, &steps, said(row, 2)?) {
            wrong.push(id);
        }
    }
    report
        .lines_that(&wrong, "does not follow from what it was, and from the runs that changed it");
    Ok(())
}

fn is_followed(posted_by: RunId, steps: &[(RunId, Said)], now: Said) -> bool {
    let first = steps.first().map_or(&now, |(_, said)| said);
    // A record added for an older number of the payer begins with what its line says.
    let is_first = first.standing_run == posted_by
        && match first.remit_run {
            None => first.remit == (None, None, Vec::new(), 0),
            Some(run) => run <= posted_by,
        };
    let later = steps.iter().skip(1).map(|(_, said)| said).chain([&now]);
    let mut steps = steps.iter().zip(later);
    is_first
        && steps.all(|((run, from), to)| {
            let standing_run = if from.standing == to.standing { from.standing_run } else { *run };
            let remit_run = if from.remit == to.remit { from.remit_run } else { Some(*run) };
            *run >= posted_by && to.standing_run == standing_run && to.remit_run == remit_run
        })
}
