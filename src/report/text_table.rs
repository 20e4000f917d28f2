//! A table for the terminal: columns aligned, one of them shortened where the width asks for it.

use super::plain_text::shorten;
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
    /// Numbers, to the right.
    Right,
}

/// Rows of cells.
pub(super) struct TextTable {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// An empty table.
    pub(super) fn new(columns: &[Column]) -> TextTable {
        TextTable { columns: columns.to_vec(), rows: Vec::new() }
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

    /// Writes it, in lines of at most `width` characters where the fixed columns leave room.
    pub(super) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        let mut widths = self.widths();
        let total = INDENT + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if let Some(at) = self.columns.iter().position(|column| *column == Column::Flexible) {
            let over = total.saturating_sub(width);
            let narrowest = MIN_FLEXIBLE.min(widths[at]);
            widths[at] = widths[at].saturating_sub(over).max(narrowest);
        }
        let mut line = String::new();
        for row in &self.rows {
            line.clear();
            line.extend(std::iter::repeat_n(' ', INDENT));
            for ((cell, column), width) in row.iter().zip(&self.columns).zip(&widths) {
                let cell = shorten(cell, *width);
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
        assert!(written(5).starts_with("  a-v…name  x "), "never narrower than it can be read");
        let sum = "                         ─────\n                         1,001\n";
        assert!(written(80).ends_with(sum), "{}", written(80));
    }
}
