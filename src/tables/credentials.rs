//! `credentials.csv`: one designation of one practitioner for one period.

use super::by_id::{ById, Gathering};
use super::form::{TableForm, optional, required};
use super::header::{Field, Header};
use super::interner::SharedCells;
use super::load::TableReader;
use super::row::{BadRow, Period, Row};
use super::rows::{Credential, CredentialStatus};
use crate::model::text;
use std::io::Read;

/// Its columns.
pub static FORM: TableForm = TableForm {
    name: "credentials",
    file: "credentials.csv",
    option: "--credentials",
    one_row_is: "one designation of one practitioner for one period",
    columns: &[
        required("practitioner_npi", "NPI of the practitioner", "1234567893"),
        required(
            "designation",
            "CPSSP-A, CPSSP-P, CPSSP-Y, CPSSP-R, CPSSP-MH or CPSSP-SU, with or without CPSSP-",
            "CPSSP-A",
        ),
        required("effective_date", "first day of the credential", "2024-01-15"),
        optional("expiration_date", "last day of the credential; blank = open", "2026-01-14"),
        optional(
            "status",
            "current (default), inactive, limited, lapsed, suspended, surrendered, revoked, \
             retired or relinquished",
            "current",
        ),
        optional(
            "status_date",
            "from when a status other than current holds; blank = from the start",
            "",
        ),
        optional("birth_date", "birth date of the practitioner, for CPSSP-Y (K005)", "1988-04-02"),
        optional("training_program", "where the practitioner was trained", "DMH CPSS training"),
        optional("training_date", "when the training was completed (K007)", "2023-11-10"),
    ],
};

/// The designations, without `CPSSP-`.
pub const DESIGNATIONS: [&str; 6] = ["A", "P", "Y", "R", "MH", "SU"];

pub(super) struct Reader {
    npi: Field,
    designation: Field,
    effective: Field,
    expiration: Field,
    status: Field,
    status_date: Field,
    birth: Field,
    training_program: Field,
    training_date: Field,
    programs: SharedCells<str>,
    rows: Gathering<Credential>,
}

impl TableReader for Reader {
    const FORM: &'static TableForm = &FORM;
    type Table = ById<Credential>;

    fn new(header: &Header) -> Reader {
        Reader {
            npi: header.field("practitioner_npi"),
            designation: header.field("designation"),
            effective: header.field("effective_date"),
            expiration: header.field("expiration_date"),
            status: header.field("status"),
            status_date: header.field("status_date"),
            birth: header.field("birth_date"),
            training_program: header.field("training_program"),
            training_date: header.field("training_date"),
            programs: SharedCells::default(),
            rows: Gathering::default(),
        }
    }

    fn take<R: Read>(&mut self, row: &mut Row<'_, R>) -> Result<Period, BadRow> {
        let npi = row.required(&self.npi)?;
        let designation = designation(row.required(&self.designation)?).ok_or_else(|| {
            BadRow::new(&self.designation, format!("none of {}", DESIGNATIONS.join(", ")))
        })?;
        let (effective, expiration) = row.period(&self.effective, &self.expiration)?;
        let status = match row.bytes(&self.status) {
            [] => CredentialStatus::Current,
            word => CredentialStatus::parse(word).ok_or_else(|| {
                let known = CredentialStatus::ALL.map(CredentialStatus::as_str);
                BadRow::new(&self.status, format!("none of {}", known.join(", ")))
            })?,
        };
        let credential = Credential {
            row: row.number(),
            designation,
            effective,
            expiration,
            status,
            status_date: row.strict_date(&self.status_date)?,
            birth: row.date(&self.birth),
            training_program: self
                .programs
                .get(row.bytes(&self.training_program), |cell| text::decode(cell).into()),
            training_date: row.date(&self.training_date),
        };
        self.rows.push(npi, credential);
        Ok((Some(effective), expiration))
    }

    fn finish(self) -> ById<Credential> {
        self.rows.finish()
    }
}

/// Reads a designation, with or without `CPSSP-`, in any case.
fn designation(word: &[u8]) -> Option<&'static str> {
    let code = match word.split_at_checked(b"CPSSP-".len()) {
        Some((prefix, code)) if prefix.eq_ignore_ascii_case(b"CPSSP-") => code,
        _ => word,
    };
    DESIGNATIONS.into_iter().find(|known| code.eq_ignore_ascii_case(known.as_bytes()))
}
