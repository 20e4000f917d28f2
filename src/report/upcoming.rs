//! What ends or falls due (`peerclaims upcoming`): for people, as CSV and as JSON.
//!
//! It is a result for the desk: member ids stand in the rows of plans and members, where they are
//! the point.

use super::csv_rows::CsvRows;
use super::plain_text::{counted, paragraph, plain};
use super::text_table::{Column, TextTable};
use crate::model::NaiveDate;
use crate::upcoming::{Due, Horizon, Kind};
use serde_json::json;
use std::io::{self, Write};

/// Lines narrower than this cannot hold it.
const MIN_WIDTH: usize = 40;

/// The columns of the CSV, in order.
pub const COLUMNS: [&str; 12] = [
    "kind",
    "due_date",
    "days_left",
    "practitioner_npi",
    "billing_npi",
    "member_id",
    "claim_id",
    "units_left",
    "table",
    "row",
    "detail",
    "what_to_do",
];

/// What is said.
pub struct Upcoming<'a> {
    /// The days.
    pub horizon: Horizon,
    /// What was found, sorted.
    pub found: &'a [Due],
    /// What was not looked for, and why.
    pub not_looked_for: &'a [(Kind, String)],
    /// What else is to be said.
    pub notes: &'a [String],
}

/// For people.
pub fn write(out: &mut dyn Write, upcoming: &Upcoming<'_>, width: usize) -> io::Result<()> {
    let width = width.max(MIN_WIDTH);
    let Horizon { as_of, through } = upcoming.horizon;
    writeln!(out, "peerclaims upcoming · {as_of} to {through}")?;
    for kind in Kind::ALL {
        let found: Vec<&Due> = upcoming.found.iter().filter(|due| due.kind == kind).collect();
        writeln!(out, "\n{}", kind.heading())?;
        let mut reasons = upcoming.not_looked_for.iter().filter(|(of, _)| *of == kind).peekable();
        let is_whole = reasons.peek().is_none();
        for (_, why) in reasons {
            paragraph(out, "  NOT LOOKED FOR: ", why, width)?;
        }
        if found.is_empty() {
            if is_whole {
                writeln!(out, "  none")?;
            }
            continue;
        }
        table(out, &found, width)?;
        paragraph(out, "  → ", kind.next(), width)?;
    }
    if !upcoming.notes.is_empty() {
        writeln!(out, "\nNotes")?;
    }
    upcoming.notes.iter().try_for_each(|note| paragraph(out, "  - ", note, width))
}

fn table(out: &mut dyn Write, found: &[&Due], width: usize) -> io::Result<()> {
    use Column::{Flexible, Left, Right};
    let mut table = TextTable::new(&[Left, Right, Left, Flexible]);
    for due in found {
        let day = due.due_date.map_or(String::new(), |day: NaiveDate| day.to_string());
        let left = match (due.units_left, due.days_left) {
            (Some(units), _) => counted(units, "units"),
            (None, None) if due.kind == Kind::CredentialEnds => "ENDED".to_owned(),
            (None, Some(days)) if days < 0 => match due.kind {
                Kind::CredentialEnds | Kind::PlanEnds => "ENDED".to_owned(),
                _ => "OVERDUE".to_owned(),
            },
            (None, Some(0)) => "today".to_owned(),
            (None, Some(days)) => counted(days.unsigned_abs(), "days"),
            (None, None) => String::new(),
        };
        let whom = [&due.practitioner_npi, &due.member_id, &due.claim_id];
        let whom = whom.into_iter().find(|id| !id.is_empty()).map_or("", String::as_str);
        let row = due.row.map_or(String::new(), |row| format!(", row {row}"));
        let detail = format!("{}{row}", due.detail);
        table.row([day, left, plain(whom).into_owned(), plain(&detail).into_owned()]);
    }
    table.write(out, width)
}

/// As CSV: every row with what to do.
pub fn write_csv(out: &mut dyn Write, upcoming: &Upcoming<'_>) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &COLUMNS)?;
    for due in upcoming.found {
        rows.word(due.kind.as_str());
        rows.day(due.due_date);
        match due.days_left {
            Some(days) => rows.word(&days.to_string()),
            None => rows.empty(),
        }
        for id in [&due.practitioner_npi, &due.billing_npi, &due.member_id, &due.claim_id] {
            rows.text(id);
        }
        match due.units_left {
            Some(units) => rows.number(units),
            None => rows.empty(),
        }
        rows.word(due.table);
        match due.row {
            Some(row) => rows.number(row),
            None => rows.empty(),
        }
        rows.text(&due.detail);
        rows.text(due.kind.next());
        rows.end_row()?;
    }
    rows.finish()
}

/// As JSON.
pub fn write_json(out: &mut dyn Write, upcoming: &Upcoming<'_>) -> io::Result<()> {
    let not_looked_for = upcoming.not_looked_for.iter();
    let not_looked_for = not_looked_for.map(|(kind, why)| json!({ "kind": kind, "why": why }));
    let value = json!({
        "as_of": upcoming.horizon.as_of,
        "through": upcoming.horizon.through,
        "upcoming": upcoming.found,
        "not_looked_for": not_looked_for.collect::<Vec<_>>(),
        "notes": upcoming.notes,
    });
    serde_json::to_writer_pretty(&mut *out, &value)?;
    out.write_all(b"\n")
}
