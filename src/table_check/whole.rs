//! What is asked of every table alike: rows at all, example rows, a row twice, an old export.

use super::flat::Flat;
use super::{Doubts, Seen, checks};
use crate::model::date;
use crate::tables::{TableKind, covers};
use std::collections::HashMap;

/// A supervision log whose newest session is older than this has ended. A session a month is the
/// least that the rules ask in the first year.
const OLD_SESSION_DAYS: i64 = 45;

/// A table of plans whose newest one began longer ago than this is an old export, even if plans in
/// it are open.
const OLD_PLAN_DAYS: i64 = 180;

pub(super) fn look(
    seen: &Seen<'_>,
    kind: TableKind,
    rows: &[Flat<'_>],
    is_example: impl Fn(&Flat<'_>) -> bool,
    doubts: &mut Doubts<'_>,
) {
    if rows.is_empty() {
        doubts.add(kind, &checks::NO_ROWS, "", [], "");
        return;
    }
    for row in rows.iter().filter(|row| is_example(row)) {
        doubts.add(kind, &checks::EXAMPLE_ROW, "", [row.row], "");
    }
    for rows in same(rows) {
        doubts.add(kind, &checks::DUPLICATE, "", rows, "");
    }
    periods(seen, kind, rows, doubts);
}

/// Rows that are the same cell by cell, each list by row.
pub(super) fn same(rows: &[Flat<'_>]) -> impl Iterator<Item = Vec<u64>> {
    let mut same: HashMap<_, Vec<u64>> = HashMap::new();
    for row in rows {
        same.entry((row.key(), row.end)).or_default().push(row.row);
    }
    same.into_values().filter(|rows| rows.len() > 1)
}

/// Whether anything is in force, and whether the table goes on to the as-of date.
fn periods(seen: &Seen<'_>, kind: TableKind, rows: &[Flat<'_>], doubts: &mut Doubts<'_>) {
    let (start, end, most) = match kind {
        TableKind::Credentials => ("effective_date", "expiration_date", None),
        TableKind::ServicePlans => ("start_date", "end_date", Some(OLD_PLAN_DAYS)),
        TableKind::Supervision => ("session_date", "session_date", Some(OLD_SESSION_DAYS)),
        TableKind::Employment | TableKind::Authorizations => ("start_date", "end_date", None),
        TableKind::Supervisors => return,
    };
    let in_force =
        |row: &Flat<'_>| row.start.is_some_and(|start| covers(start, row.end, seen.as_of));
    if kind != TableKind::Supervision && !rows.iter().any(in_force) {
        let newest = rows.iter().filter_map(|row| row.end.max(row.start)).max();
        let detail = newest.map(|day| format!("the last day that it names is {day}"));
        doubts.add(kind, &checks::NOTHING_IN_FORCE, end, [], detail.unwrap_or_default());
        return;
    }
    let Some(most) = most else { return };
    let newest = rows.iter().filter_map(|row| row.start).filter(|day| *day <= seen.as_of).max();
    if let Some(newest) = newest.filter(|day| *day < date::add_days(seen.as_of, -most)) {
        let days = (seen.as_of - newest).num_days();
        let detail = format!("the newest is of {newest}, {days} days before {}", seen.as_of);
        doubts.add(kind, &checks::ENDS_EARLY, start, [], detail);
    }
}
