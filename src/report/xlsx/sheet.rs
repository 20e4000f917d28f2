//! Sheets that grow row by row and go on in another one where a sheet is full.

use crate::model::{Cents, NaiveDate};
use crate::report::plain_text::plain;
use chrono::Datelike;
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};
use std::path::Path;

/// The first day that a workbook knows; an earlier one stands in it as text.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date");

/// Rows that a sheet can hold, heading included.
const MOST_ROWS: u32 = 1_048_576;
/// Characters that a cell can hold, less room for a mark.
const MOST_CHARACTERS: usize = 32_000;
/// Texts of columns of this width, in characters, and wider go on in lines below.
const WRAPPED_WIDTH: u16 = 40;
/// Points of one line of a heading.
const HEADING_HEIGHT: f64 = 15.0;

/// A cell. Texts are written as texts, whatever they begin with: nothing becomes a formula.
pub(super) enum Cell<'a> {
    /// Text of any origin; empty: nothing.
    Text(&'a str),
    /// A whole number.
    Count(u64),
    /// Dollars.
    Dollars(Cents),
    /// A day; none: nothing.
    Day(Option<NaiveDate>),
    /// Another number, with two places.
    Number(f64),
    /// A part of one, with four places.
    Share(f64),
    /// Nothing.
    Empty,
}

impl Cell<'_> {
    /// A number, or nothing.
    pub(super) fn optional(value: Option<u64>) -> Cell<'static> {
        value.map_or(Cell::Empty, Cell::Count)
    }
}

/// The workbook while it is filled.
pub(super) struct Book {
    workbook: Workbook,
    heading: Format,
    dollars: Format,
    day: Format,
    number: Format,
    share: Format,
    wrapped: Format,
    most_rows: u32,
    /// Name and rows of every sheet written.
    pub(super) written: Vec<(String, u64)>,
}

/// A table of the workbook, over as many sheets as it needs.
pub(super) struct Table<'b> {
    book: &'b mut Book,
    name: &'static str,
    columns: &'static [(&'static str, u16)],
    sheet: usize,
    /// The next row of the sheet.
    row: u32,
    parts: u32,
}

impl Book {
    /// An empty workbook whose rows wait in `folder` (in files without a name) until they are
    /// packed; its date is `as_of`, so that the same input gives the same bytes.
    pub(super) fn new(folder: &Path, as_of: NaiveDate) -> Result<Book, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        let properties = rust_xlsxwriter::DocProperties::new()
            .set_title("Findings on peer-support claims")
            .set_author("peerclaims")
            .set_creation_datetime(&excel_day(as_of).or_else(|_| excel_day(FIRST_DAY))?);
        workbook.set_properties(&properties);
        Ok(Book {
            workbook,
            heading: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color(Color::RGB(0x00F4_F6F9))
                .set_border_bottom(FormatBorder::Thin),
            dollars: Format::new().set_num_format("#,##0.00"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            number: Format::new().set_num_format("#,##0.00"),
            share: Format::new().set_num_format("0.0000"),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            most_rows: MOST_ROWS,
            written: Vec::new(),
        })
    }

    /// Sheets hold no more than this: for tests.
    #[cfg(test)]
    pub(super) fn with_most_rows(self, most_rows: u32) -> Book {
        Book { most_rows, ..self }
    }

    /// Begins a table; the columns come with their widths in characters.
    pub(super) fn table<'b>(
        &'b mut self,
        name: &'static str,
        columns: &'static [(&'static str, u16)],
    ) -> Result<Table<'b>, XlsxError> {
        let mut table = Table { book: self, name, columns, sheet: 0, row: 0, parts: 0 };
        table.begin_sheet()?;
        Ok(table)
    }

    /// The workbook as it stands in a file.
    pub(super) fn into_bytes(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}

impl Table<'_> {
    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        self.end_sheet()?;
        self.parts += 1;
        let name = match self.parts {
            1 => self.name.to_owned(),
            part => format!("{} {part}", self.name),
        };
        let sheet = self.book.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        // A heading longer than its column goes on in a line below.
        let lines = self.columns.iter().map(|(name, width)| heading_lines(name, *width)).max();
        sheet.set_row_height(0, HEADING_HEIGHT * f64::from(lines.unwrap_or(1)))?;
        for (place, (column, width)) in (0_u16..).zip(self.columns) {
            sheet.set_column_width(place, f64::from(*width))?;
            sheet.write_string_with_format(0, place, *column, &self.book.heading)?;
        }
        self.sheet = self.book.written.len();
        self.book.written.push((name, 0));
        self.row = 1;
        Ok(())
    }

    /// Puts a filter on all rows of the sheet.
    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        if self.row == 0 {
            return Ok(());
        }
        let last = (self.columns.len() as u16).saturating_sub(1);
        let sheet = self.book.workbook.worksheet_from_index(self.sheet)?;
        sheet.autofilter(0, 0, self.row.max(2) - 1, last)?;
        Ok(())
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        if self.row >= self.book.most_rows {
            self.begin_sheet()?;
        }
        let Book { workbook, dollars, day, number, share, wrapped, .. } = &mut *self.book;
        let sheet = workbook.worksheet_from_index(self.sheet)?;
        let row = self.row;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text("") | Cell::Empty | Cell::Day(None) => {}
                Cell::Text(text) if is_wide(self.columns, column) => {
                    sheet.write_string_with_format(row, column, fitted(text), wrapped)?;
                }
                Cell::Text(text) => {
                    sheet.write_string(row, column, fitted(text))?;
                }
                Cell::Count(value) => {
                    sheet.write_number(row, column, *value as f64)?;
                }
                Cell::Dollars(amount) => {
                    sheet.write_number_with_format(
                        row,
                        column,
                        amount.0 as f64 / 100.0,
                        dollars,
                    )?;
                }
                Cell::Number(value) => {
                    sheet.write_number_with_format(row, column, *value, number)?;
                }
                Cell::Share(value) => {
                    sheet.write_number_with_format(row, column, *value, share)?;
                }
                Cell::Day(Some(on)) => match excel_day(*on) {
                    Ok(date) => {
                        sheet.write_datetime_with_format(row, column, &date, day)?;
                    }
                    // Days before 1900 are no dates there.
                    Err(_) => {
                        sheet.write_string(row, column, on.to_string())?;
                    }
                },
            }
        }
        self.row += 1;
        self.book.written[self.sheet].1 += 1;
        Ok(())
    }

    /// Ends the table.
    pub(super) fn end(mut self) -> Result<(), XlsxError> {
        self.end_sheet()
    }
}

/// Lines that a heading takes: spreadsheets break it between words, and at width within one.
fn heading_lines(name: &str, width: u16) -> u32 {
    let room = u32::from(width.max(2)) - 1;
    (name.len() as u32).div_ceil(room)
}

/// A column for sentences: they go on in lines below.
fn is_wide(columns: &[(&str, u16)], column: u16) -> bool {
    columns.get(usize::from(column)).is_some_and(|(_, width)| *width >= WRAPPED_WIDTH)
}

fn fitted(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}… (cut; findings.csv has all)", &text[..end]),
        None => text.into_owned(),
    }
}

fn excel_day(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(0);
    ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_sheet_goes_on_in_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let as_of = crate::model::date::parse(b"2025-09-15").expect("a date");
        let make = || {
            let mut book = Book::new(folder.path(), as_of).expect("a book").with_most_rows(3);
            let mut table = book.table("Rows", &[("a", 10), ("b", 10)]).expect("a table");
            for value in 1..=5 {
                table.row(&[Cell::Count(value), Cell::Text("=1+1")]).expect("a row");
            }
            table.end().expect("an end");
            let written = book.written.clone();
            (written, book.into_bytes().expect("bytes"))
        };
        let (written, bytes) = make();
        let sheets = [("Rows", 2), ("Rows 2", 2), ("Rows 3", 1)];
        assert_eq!(written, sheets.map(|(name, rows)| (name.to_owned(), rows)));
        assert_eq!(bytes, make().1, "the same rows give other bytes");
        let left = std::fs::read_dir(folder.path()).expect("the folder").count();
        assert_eq!(left, 0, "temporary files stayed");
    }

    #[test]
    fn a_heading_has_the_lines_that_it_needs() {
        assert_eq!(heading_lines("rule", 8), 1);
        assert_eq!(heading_lines("amount_disallowed", 14), 2);
        assert_eq!(heading_lines("findings_per_100_lines", 13), 2);
    }

    #[test]
    fn a_text_longer_than_a_cell_is_cut_and_says_so() {
        let text = fitted(&"é".repeat(40_000));
        assert!(text.chars().count() < 32_767 && text.ends_with("has all)"));
        assert_eq!(fitted("short"), "short");
    }
}
