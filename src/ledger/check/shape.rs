//! The tables, indexes and triggers, held against those of a new ledger.

use super::CheckReport;
use crate::ledger::schema::{self, STEPS};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Kind and name, and what makes it.
type Shape = BTreeMap<(String, String), String>;

/// Compares them. A missing index makes a night slow, a missing trigger an undo wrong.
pub(super) fn compare(connection: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut new = Connection::open_in_memory()?;
    schema::migrate(&mut new, &STEPS)?;
    let (expected, mut found) = (shape(&new)?, shape(connection)?);
    for ((kind, name), made) in &expected {
        match found.remove(&(kind.clone(), name.clone())) {
            None => report.faults.push(format!("the {kind} {name} is missing")),
            Some(own) if own != *made => {
                report.faults.push(format!("the {kind} {name} is not the one of a ledger"));
            }
            Some(_) => {}
        }
    }
    for (kind, _) in found.keys() {
        report.faults.push(format!("there is a {kind} that is none of a ledger"));
    }
    Ok(())
}

fn shape(connection: &Connection) -> rusqlite::Result<Shape> {
    let select = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema \
         WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'";
    let mut statement = connection.prepare(select)?;
    let rows = statement
        .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), plain(&row.get::<_, String>(2)?))))?;
    rows.collect()
}

/// The statement without its comments and line ends: a comment that reads better is no damage.
fn plain(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
