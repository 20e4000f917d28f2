//! Rows of a CSV that this program wrote: columns found by name, the guard against formulas taken
//! off again.

use super::error::EarlierError;
use csv::{ReaderBuilder, StringRecord};
use std::fs::File;
use std::ops::Range;
use std::path::Path;

/// A row of known columns, as text: all cells in one, since a diff may keep a million rows. Holds
/// data of a member, so that it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Row<const COLUMNS: usize> {
    text: String,
    /// Where each cell ends; it begins where the one before it ends.
    ends: [u32; COLUMNS],
}

impl<const COLUMNS: usize> Default for Row<COLUMNS> {
    fn default() -> Row<COLUMNS> {
        Row { text: String::new(), ends: [0; COLUMNS] }
    }
}

impl<const COLUMNS: usize> Row<COLUMNS> {
    /// The text in a column, by its place among the columns.
    pub fn cell(&self, column: usize) -> &str {
        self.text.get(self.range(column)).unwrap_or_default()
    }

    /// Puts a text into a column; quickest in the order of the columns.
    pub fn put(&mut self, column: usize, text: &str) {
        let range = self.range(column);
        let (old, new) = (range.len() as u32, text.len() as u32);
        self.text.replace_range(range, text);
        self.ends.iter_mut().skip(column).for_each(|end| *end = *end - old + new);
    }

    /// Empties all columns.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends = [0; COLUMNS];
    }

    fn range(&self, column: usize) -> Range<usize> {
        let end = |column: usize| self.ends.get(column).map_or(0, |end| *end as usize);
        column.checked_sub(1).map_or(0, end)..end(column)
    }
}

/// Opens a file of an earlier run; pipes and devices cannot be read twice.
pub(super) fn open(path: &Path) -> Result<File, EarlierError> {
    // Looked at first: to open a pipe may take for ever.
    let there = std::fs::metadata(path).map_err(EarlierError::io(path))?;
    if there.is_file() {
        return File::open(path).map_err(EarlierError::io(path));
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
        check_length(path, record.as_slice().len())?;
        row.clear();
        for (column, place) in places.iter().enumerate() {
            row.put(column, unguarded(record.get(*place).unwrap_or_default()));
        }
        take(&mut row);
    }
    Ok(())
}

/// Bytes of a row at most; this program writes none that come near it.
pub(super) const MAX_ROW_BYTES: usize = 64 << 20;

/// An error for a row that no program of ours wrote: its cells are counted in 32 bits.
pub(super) fn check_length(path: &Path, bytes: usize) -> Result<(), EarlierError> {
    if bytes <= MAX_ROW_BYTES {
        return Ok(());
    }
    let why = "has a row of more than 64 MiB: it is no output of peerclaims";
    Err(EarlierError::content(path, why))
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
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_put_in_any_order_and_over_each_other() {
        let mut row = Row::<3>::default();
        row.put(2, "last");
        row.put(0, "ä");
        row.put(1, "middle");
        assert_eq!([0, 1, 2].map(|column| row.cell(column)), ["ä", "middle", "last"]);
        row.put(1, "");
        row.put(0, "longer");
        assert_eq!([0, 1, 2].map(|column| row.cell(column)), ["longer", "", "last"]);
        assert_eq!(row.cell(3), "", "there is no such column");
        row.clear();
        assert!(row == Row::default());
    }

    #[test]
    fn only_the_guard_is_taken_off() {
        let cells = ["'=1", "'-", "'x", "''=1", "'", ""].map(unguarded);
        assert_eq!(cells, ["=1", "-", "'x", "''=1", "'", ""]);
    }
}
