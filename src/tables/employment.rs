//! `employment.csv`: one stint of a practitioner at an agency.

use super::by_id::{ById, Gathering};
use super::form::{TableForm, optional, required};
use super::header::{Field, Header};
use super::load::TableReader;
use super::row::{BadRow, Period, Row};
use super::rows::EmploymentStint;
use std::io::Read;

/// Its columns.
pub static FORM: TableForm = TableForm {
    name: "employment",
    file: "employment.csv",
    option: "--employment",
    one_row_is: "one stint of a practitioner at an agency",
    columns: &[
        required("practitioner_npi", "NPI of the practitioner", "1234567893"),
        required("billing_npi", "NPI under which the agency bills", "1245319599"),
        required("start_date", "first day of the stint", "2024-02-01"),
        optional("end_date", "last day of the stint; blank = open", ""),
        optional("fte", "share of a full-time position, at most four places; blank = 1", "0.5"),
        optional("supervisor_id", "who supervises the practitioner there", "SUP-1"),
    ],
};

pub(super) struct Reader {
    npi: Field,
    billing_npi: Field,
    start: Field,
    end: Field,
    fte: Field,
    supervisor_id: Field,
    rows: Gathering<EmploymentStint>,
}

impl TableReader for Reader {
    const FORM: &'static TableForm = &FORM;
    type Table = ById<EmploymentStint>;

    fn new(header: &Header) -> Reader {
        Reader {
            npi: header.field("practitioner_npi"),
            billing_npi: header.field("billing_npi"),
            start: header.field("start_date"),
            end: header.field("end_date"),
            fte: header.field("fte"),
            supervisor_id: header.field("supervisor_id"),
            rows: Gathering::default(),
        }
    }

    fn take<R: Read>(&mut self, row: &mut Row<'_, R>) -> Result<Period, BadRow> {
        let npi = row.required(&self.npi)?;
        let billing_npi = row.required_id(&self.billing_npi)?;
        let (start, end) = row.period(&self.start, &self.end)?;
        let stint = EmploymentStint {
            row: row.number(),
            billing_npi,
            start,
            end,
            fte: row.fte(&self.fte),
            supervisor_id: row.id(&self.supervisor_id),
        };
        self.rows.push(npi, stint);
        Ok((Some(start), end))
    }

    fn finish(self) -> ById<EmploymentStint> {
        self.rows.finish()
    }
}
