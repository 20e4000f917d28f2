//! Rows of a CSV that this program wrote: columns found by name, the guard against formulas taken
//! off again.

use super::error::EarlierError;
use csv::{ReaderBuilder, StringRecord};
use std::fs::File;
use std::path::Path;

/// A row of known columns, as text. Holds data of a member, so that it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Row<const COLUMNS: usize> {
    cells: [String; COLUMNS],
}

impl<const COLUMNS: usize> Default for Row<COLUMNS> {
    fn default() -> Row<COLUMNS> {
        Row { cells: std::array::from_fn(|_| String::new()) }
    }
}

impl<const COLUMNS: usize> Row<COLUMNS> {
    /// The text in a column, by its place among the columns.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// Puts a text into a column.
    pub fn put(&mut self, column: usize, text: &str) {
        if let Some(cell) = self.cells.get_mut(column) {
            cell.clear();
            cell.push_str(text);
        }
    }
}

/// Opens a file of an earlier run; pipes and devices cannot be read twice.
pub(super) fn open(path: &Path) -> Result<File, EarlierError> {
    let file = File::open(path).map_err(EarlierError::io(path))?;
    let there = file.metadata().map_err(EarlierError::io(path))?;
    if there.is_file() {
        return Ok(file);
    }
    Err(EarlierError::content(path, "is no file; findings are read twice, so save them first"))
}

/// Hands over each row of the CSV at `path`, which must have all of `columns`.
pub(super) fn each<const COLUMNS: usize>(
    path: &Path,
    columns: &[&str; COLUMNS],
    take: &mut dyn FnMut(&mut Row<COLUMNS>),
) -> Result<(), EarlierError> {
    let mut reader = ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(open(path)?);
    let wrong = |error: csv::Error| EarlierError::content(path, in_words(&error));
    let places = places(path, reader.headers().map_err(wrong)?, columns)?;
    let (mut record, mut row) = (StringRecord::new(), Row::default());
    while reader.read_record(&mut record).map_err(wrong)? {
        for (column, place) in places.iter().enumerate() {
            row.put(column, unguarded(record.get(*place).unwrap_or_default()));
        }
        take(&mut row);
    }
    Ok(())
}

/// Where each column stands; an error names all that are missing.
fn places<const COLUMNS: usize>(
    path: &Path,
    header: &StringRecord,
    columns: &[&str; COLUMNS],
) -> Result<[usize; COLUMNS], EarlierError> {
    let place = |column: &str| header.iter().position(|name| name.trim() == column);
    let missing: Vec<&str> =
        columns.iter().copied().filter(|column| place(column).is_none()).collect();
    if missing.is_empty() {
        return Ok(columns.map(|column| place(column).unwrap_or_default()));
    }
    let why = format!(
        "is no such output of peerclaims: its header lacks {}. Name an output folder, or its \
         findings.csv or findings.jsonl",
        missing.join(", ")
    );
    Err(EarlierError::content(path, why))
}

/// A fault of a CSV with its row, and nothing of its content.
fn in_words(error: &csv::Error) -> String {
    let row = error.position().map_or(0, |position| position.record() + 1);
    match error.kind() {
        csv::ErrorKind::Io(error) => format!("cannot be read: {error}"),
        csv::ErrorKind::Utf8 { .. } => format!("row {row}: is no UTF-8"),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
            "row {row}: {len} fields where the header has {expected_len}: the file was cut off or \
             edited. Run peerclaims again, or take another copy"
        ),
        _ => format!("row {row}: cannot be read as CSV"),
    }
}

/// A text without the `'` that keeps a spreadsheet from running it.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => text,
    }
}
