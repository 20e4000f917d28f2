//! One row of a table: its values by column, each read as what the column holds.
//!
//! A fault of a value that decides what the row means makes it a bad row ([`BadRow`]); another is
//! noted and its value blanked. No reason holds a value of the row.

use super::by_id::Id;
use super::header::{Field, Header};
use super::records::RecordReader;
use super::rows::FULL_TIME;
use crate::model::{NaiveDate, Position, Quantity, Reject, date, text};
use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

/// A row that is left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRow {
    /// The column at fault; empty where it is the row.
    pub(super) column: String,
    /// What is wrong, and what is expected.
    pub(super) reason: String,
}

impl BadRow {
    /// A row that is left out because of this column.
    pub(super) fn new(field: &Field, reason: impl Into<String>) -> BadRow {
        BadRow { column: field.name.clone(), reason: reason.into() }
    }
}

/// The period that a row covers, for the period of its table.
pub(super) type Period = (Option<NaiveDate>, Option<NaiveDate>);

const DATE_EXPECTED: &str = "not a date; expected YYYY-MM-DD or YYYYMMDD";

/// A record under its header.
pub(super) struct Row<'r, R> {
    record: &'r RecordReader<R>,
    source: &'r Arc<str>,
    /// Values that were blanked.
    notes: &'r mut Vec<Reject>,
}

impl<'r, R: Read> Row<'r, R> {
    /// The record that was just read; what is blanked in it goes to `notes`.
    pub(super) fn new(
        record: &'r RecordReader<R>,
        header: &Header,
        source: &'r Arc<str>,
        notes: &'r mut Vec<Reject>,
    ) -> Result<Row<'r, R>, BadRow> {
        let fields = record.field_count();
        if fields != header.width {
            let reason = format!("{fields} fields where the header has {}", header.width);
            return Err(BadRow { column: String::new(), reason });
        }
        Ok(Row { record, source, notes })
    }

    /// Its number: the header is 1.
    pub(super) fn number(&self) -> u64 {
        self.record.row()
    }

    /// The trimmed bytes of a value; empty if blank or not in the file.
    pub(super) fn bytes(&self, field: &Field) -> &'r [u8] {
        field.index.map_or(&[], |index| text::trim(self.record.field(index)))
    }

    /// A value that must be there.
    pub(super) fn required(&self, field: &Field) -> Result<&'r [u8], BadRow> {
        match self.bytes(field) {
            [] => Err(BadRow::new(field, "missing")),
            value => Ok(value),
        }
    }

    /// An id that must be there.
    pub(super) fn required_id(&self, field: &Field) -> Result<Id, BadRow> {
        self.required(field).map(Id::from_slice)
    }

    /// An id that may be blank.
    pub(super) fn id(&self, field: &Field) -> Id {
        Id::from_slice(self.bytes(field))
    }

    /// A word in lower case, of which most rows hold one of `usual`: those cost no memory.
    pub(super) fn word(&self, field: &Field, usual: &[&'static str]) -> Cow<'static, str> {
        let value = self.bytes(field);
        let known = usual.iter().find(|word| value.eq_ignore_ascii_case(word.as_bytes()));
        known.map_or_else(|| lower(value).into(), |word| Cow::Borrowed(*word))
    }

    /// A date that must be there.
    pub(super) fn required_date(&self, field: &Field) -> Result<NaiveDate, BadRow> {
        let value = self.required(field)?;
        date::parse(value).ok_or_else(|| BadRow::new(field, DATE_EXPECTED))
    }

    /// A date that may be blank, but not wrong.
    pub(super) fn strict_date(&self, field: &Field) -> Result<Option<NaiveDate>, BadRow> {
        match self.bytes(field) {
            [] => Ok(None),
            _ => self.required_date(field).map(Some),
        }
    }

    /// First and last day of a period; its end may be blank = open, but not before its start.
    pub(super) fn period(
        &self,
        start: &Field,
        end: &Field,
    ) -> Result<(NaiveDate, Option<NaiveDate>), BadRow> {
        let first = self.required_date(start)?;
        let last = self.strict_date(end)?;
        if last.is_some_and(|last| last < first) {
            return Err(BadRow::new(end, format!("before {}", start.name)));
        }
        Ok((first, last))
    }

    /// A date that may be blank; a wrong one is blanked.
    pub(super) fn date(&mut self, field: &Field) -> Option<NaiveDate> {
        self.optional(field, DATE_EXPECTED, date::parse)
    }

    /// A whole number that may be blank; a wrong one is blanked.
    pub(super) fn whole(&mut self, field: &Field) -> Option<u32> {
        self.optional(field, "not a whole number from 0", |value| match Quantity::parse(value) {
            Quantity::Whole(number) => u32::try_from(number).ok(),
            _ => None,
        })
    }

    /// A share of a full-time position; blank = full time, and so is a wrong one.
    pub(super) fn fte(&mut self, field: &Field) -> u32 {
        let expected = "not a decimal from 0 with at most four places; read as 1";
        self.optional(field, expected, ten_thousandths).unwrap_or(FULL_TIME)
    }

    /// Yes or no; blank = no, and so is a wrong one.
    pub(super) fn flag(&mut self, field: &Field) -> bool {
        self.optional(field, "neither true nor false; read as false", yes_or_no).unwrap_or(false)
    }

    fn optional<T>(
        &mut self,
        field: &Field,
        reason: &str,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<T> {
        let value = self.bytes(field);
        if value.is_empty() {
            return None;
        }
        let result = read(value);
        if result.is_none() {
            self.notes.push(Reject {
                source: Arc::clone(self.source),
                position: Position::Row(self.record.row()),
                column: field.name.clone(),
                reason: format!("{reason} (value blanked, row kept)"),
                is_bad_row: false,
            });
        }
        result
    }
}

/// A word in lower case.
pub(super) fn lower(value: &[u8]) -> String {
    text::decode(value).to_ascii_lowercase()
}

/// `true`, `yes`, `1`, `y`, `t` and their opposites, without case.
fn yes_or_no(value: &[u8]) -> Option<bool> {
    let is =
        |words: [&str; 5]| words.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    if is(["true", "yes", "1", "y", "t"]) {
        return Some(true);
    }
    is(["false", "no", "0", "n", "f"]).then_some(false)
}

/// A decimal with at most four places, in ten-thousandths: `1` is 10,000.
fn ten_thousandths(value: &[u8]) -> Option<u32> {
    let dot = value.iter().position(|byte| *byte == b'.').unwrap_or(value.len());
    let (whole, places) = (&value[..dot], value.get(dot + 1..).unwrap_or_default());
    if whole.len() + places.len() == 0 || places.len() > 4 {
        return None;
    }
    let padding = std::iter::repeat_n(&b'0', 4 - places.len());
    whole.iter().chain(places).chain(padding).try_fold(0_u32, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_at_most_four_places() {
        for (text, expected) in
            [("1", 10_000), ("1.0", 10_000), (".5", 5_000), ("0.0001", 1), ("2.", 20_000), ("0", 0)]
        {
            assert_eq!(ten_thousandths(text.as_bytes()), Some(expected), "{text}");
        }
        for bad in ["", ".", "-1", "+1", "0.00001", "1,5", "1e1", "1.2.3", "999999999", "half"] {
            assert_eq!(ten_thousandths(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn yes_and_no_have_many_coats() {
        for text in ["true", "YES", "1", "y", "T"] {
            assert_eq!(yes_or_no(text.as_bytes()), Some(true), "{text}");
        }
        for text in ["False", "no", "0", "N", "f"] {
            assert_eq!(yes_or_no(text.as_bytes()), Some(false), "{text}");
        }
        assert_eq!(yes_or_no(b"maybe"), None);
    }
}
