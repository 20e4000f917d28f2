//! `authorizations.csv`: one prior authorization.

use super::by_id::{ById, Gathering};
use super::form::{TableForm, optional, required};
use super::header::{Field, Header};
use super::load::TableReader;
use super::row::{BadRow, Period, Row};
use super::rows::Authorization;
use std::io::Read;

/// Its columns.
pub static FORM: TableForm = TableForm {
    name: "authorizations",
    file: "authorizations.csv",
    option: "--authorizations",
    one_row_is: "one prior authorization",
    columns: &[
        required("authorization_number", "its number, as on the claims (REF*G1)", "PA-1"),
        required("member_id", "Medicaid id of the member, as on the claims", "M0000001"),
        required("start_date", "first day that it covers", "2025-01-01"),
        optional("end_date", "last day that it covers; blank = open", "2025-06-30"),
    ],
};

pub(super) struct Reader {
    number: Field,
    member_id: Field,
    start: Field,
    end: Field,
    rows: Gathering<Authorization>,
}

impl TableReader for Reader {
    const FORM: &'static TableForm = &FORM;
    type Table = ById<Authorization>;

    fn new(header: &Header) -> Reader {
        Reader {
            number: header.field("authorization_number"),
            member_id: header.field("member_id"),
            start: header.field("start_date"),
            end: header.field("end_date"),
            rows: Gathering::default(),
        }
    }

    fn take<R: Read>(&mut self, row: &mut Row<'_, R>) -> Result<Period, BadRow> {
        let number = row.required_id(&self.number)?;
        let member_id = row.required(&self.member_id)?;
        let (start, end) = row.period(&self.start, &self.end)?;
        self.rows.push(member_id, Authorization { row: row.number(), number, start, end });
        Ok((Some(start), end))
    }

    fn finish(self) -> ById<Authorization> {
        self.rows.finish()
    }
}
