//! A table for the terminal: columns aligned, one of them shortened where the width asks for it;
//! where even that is too wide, each row as text.

use super::plain_text::{hanging, shorten, shorten_path};
use std::io::{self, Write};

/// Blanks before a row.
const INDENT: usize = 2;

/// Blanks between two columns.
const GAP: usize = 2;

/// The flexible column is never narrower.
const MIN_FLEXIBLE: usize = 8;

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Text, to the left.
    Left,
    /// Text, to the left; gives way where the table is too wide.
    Flexible,
    /// Paths, to the left; give way in front where the table is too wide.
    Path,
    /// Numbers, to the right.
    Right,
}

impl Column {
    fn gives_way(&self) -> bool {
        matches!(self, Column::Flexible | Column::Path)
    }
}

/// Rows of cells.
pub(super) struct TextTable {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    /// The first row names the columns.
    has_heading: bool,
}

impl TextTable {
    /// An empty table.
    pub(super) fn new(columns: &[Column]) -> TextTable {
        TextTable { columns: columns.to_vec(), rows: Vec::new(), has_heading: false }
    }

    /// Adds the first row, which names the columns.
    pub(super) fn heading<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.row(cells);
        self.has_heading = true;
    }

    /// Adds a row; missing cells are empty.
    pub(super) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Adds a line under the column `index` and those after it, for a sum.
    pub(super) fn rule_from(&mut self, index: usize) {
        let widths = self.widths();
        let cells = widths
            .iter()
            .enumerate()
            .map(|(at, width)| if at < index { String::new() } else { "─".repeat(*width) });
        let cells = cells.collect();
        self.rows.push(cells);
    }

    /// Writes it, in lines of at most `width` characters.
    pub(super) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        let mut widths = self.widths();
        let total = INDENT + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if let Some(at) = self.columns.iter().position(Column::gives_way) {
            let over = total.saturating_sub(width);
            let narrowest = MIN_FLEXIBLE.min(widths[at]);
            widths[at] = widths[at].saturating_sub(over).max(narrowest);
        }
        let total = INDENT + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if total > width {
            return self.write_folded(out, width);
        }
        let mut line = String::new();
        for row in &self.rows {
            line.clear();
            line.extend(std::iter::repeat_n(' ', INDENT));
            for ((cell, column), width) in row.iter().zip(&self.columns).zip(&widths) {
                let is_path = *column == Column::Path;
                let cell = if is_path { shorten_path(cell, *width) } else { shorten(cell, *width) };
                let blanks = std::iter::repeat_n(' ', *width - cell.chars().count());
                if *column == Column::Right {
                    line.extend(blanks);
                    line.push_str(&cell);
                } else {
                    line.push_str(&cell);
                    line.extend(blanks);
                }
                line.extend(std::iter::repeat_n(' ', GAP));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Each row as text: its first cell, and the others with the names of their columns.
    fn write_folded(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        let (names, rows) = match self.rows.split_first() {
            Some((names, rows)) if self.has_heading => (names.as_slice(), rows),
            _ => (&[][..], self.rows.as_slice()),
        };
        let is_rule = |row: &[String]| row.iter().any(|cell| cell.starts_with('─'));
        for row in rows.iter().filter(|row| !is_rule(row)) {
            let first = row.first().map_or("", String::as_str);
            let others = row.iter().enumerate().skip(1).filter(|(_, cell)| !cell.is_empty());
            let others = others.map(|(at, cell)| match names.get(at).map(String::as_str) {
                None | Some("") => cell.clone(),
                Some(name) => format!("{name} {cell}"),
            });
            let others = others.collect::<Vec<_>>().join(" · ");
            let colon = if names.is_empty() || first.is_empty() { "" } else { ":" };
            hanging(out, INDENT, &format!("{first}{colon} {others}"), width)?;
        }
        Ok(())
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.columns.len()];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_the_flexible_one_gives_way() {
        let mut table = TextTable::new(&[Column::Flexible, Column::Left, Column::Right]);
        table.row(["a-very-long-name", "x", "1"]);
        table.row(["b", "xyz", "1,000"]);
        table.rule_from(2);
        table.row(["", "", "1,001"]);
        let written = |width| {
            let mut out = Vec::new();
            table.write(&mut out, width).expect("memory takes it");
            String::from_utf8(out).expect("UTF-8")
        };
        let wide = "  a-very-long-name  x        1\n  b                 xyz  1,000\n";
        assert!(written(80).starts_with(wide), "{}", written(80));
        assert!(written(24).starts_with("  a-ve…-name  x        1\n"), "{}", written(24));
        let folded = "  a-very-l\n      ong-name\n      x · 1\n  b xyz ·\n      1,000\n  1,001\n";
        assert_eq!(written(14), folded, "never narrower than it can be read");
        let sum = "                         ─────\n                         1,001\n";
        assert!(written(80).ends_with(sum), "{}", written(80));
    }

    #[test]
    fn of_a_path_the_end_stays() {
        let mut table = TextTable::new(&[Column::Path, Column::Right]);
        table.row(["fixtures/nightly/history/2025-07.csv", "1"]);
        let mut out = Vec::new();
        table.write(&mut out, 20).expect("memory takes it");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text, "  …ry/2025-07.csv  1\n");
    }

    #[test]
    fn a_row_of_a_folded_table_names_its_columns() {
        let mut table = TextTable::new(&[Column::Left, Column::Right, Column::Right]);
        table.heading(["", "before", "after"]);
        table.row(["U001", "8", "1"]);
        table.rule_from(1);
        table.row(["all", "8", ""]);
        let mut out = Vec::new();
        table.write(&mut out, 20).expect("memory takes it");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text, "  U001: before 8\n      · after 1\n  all: before 8\n");
    }
}
