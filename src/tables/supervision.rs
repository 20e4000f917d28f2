//! `supervision.csv`: one session of the supervision log.

use super::form::{TableForm, optional, required};
use super::header::{Field, Header};
use super::load::{TableReader, insert};
use super::row::{BadRow, Period, Row};
use super::rows::{ById, SupervisionSession};
use std::io::Read;

/// Its columns.
pub static FORM: TableForm = TableForm {
    name: "supervision",
    file: "supervision.csv",
    option: "--supervision",
    one_row_is: "one session of the supervision log",
    columns: &[
        required("practitioner_npi", "NPI of the practitioner supervised", "1234567893"),
        required("supervisor_id", "who supervised", "SUP-1"),
        required("session_date", "day of the session", "2025-03-05"),
        optional("session_id", "id of the session", "S-1"),
        optional("mode", "in_person (default), video or phone", "in_person"),
        optional("format", "individual or group", "individual"),
        optional("minutes", "how long it took", "60"),
    ],
};

/// The mode of a session that states none.
const DEFAULT_MODE: &str = "in_person";

pub(super) struct Reader {
    npi: Field,
    supervisor_id: Field,
    date: Field,
    session_id: Field,
    mode: Field,
    format: Field,
    minutes: Field,
    rows: ById<SupervisionSession>,
}

impl TableReader for Reader {
    const FORM: &'static TableForm = &FORM;
    type Table = ById<SupervisionSession>;

    fn new(header: &Header) -> Reader {
        Reader {
            npi: header.field("practitioner_npi"),
            supervisor_id: header.field("supervisor_id"),
            date: header.field("session_date"),
            session_id: header.field("session_id"),
            mode: header.field("mode"),
            format: header.field("format"),
            minutes: header.field("minutes"),
            rows: ById::default(),
        }
    }

    fn take<R: Read>(&mut self, row: &mut Row<'_, R>) -> Result<Period, BadRow> {
        let npi = row.required(&self.npi)?;
        let supervisor_id = row.required_id(&self.supervisor_id)?;
        let date = row.required_date(&self.date)?;
        let mut mode = row.word(&self.mode, &["", DEFAULT_MODE, "video", "phone"]);
        if mode.is_empty() {
            mode = DEFAULT_MODE.into();
        }
        let session = SupervisionSession {
            row: row.number(),
            session_id: row.id(&self.session_id),
            supervisor_id,
            date,
            mode,
            format: row.word(&self.format, &["", "individual", "group"]),
            minutes: row.whole(&self.minutes),
        };
        insert(&mut self.rows, npi, session);
        Ok((Some(date), Some(date)))
    }

    fn finish(mut self) -> ById<SupervisionSession> {
        for sessions in self.rows.values_mut() {
            // Stable: sessions of one day stay in table order.
            sessions.sort_by_key(|session| session.date);
        }
        self.rows
    }
}
