//! `supervision.csv`: one session of the supervision log.

use super::by_id::{Gathering, Id};
use super::form::{TableForm, optional, required};
use super::header::{Field, Header};
use super::interner::Interner;
use super::load::TableReader;
use super::row::{BadRow, Period, Row};
use super::supervision_log::{
    LoggedSession, LoggedSupervisor, Manner, SessionDetails, SupervisionLog,
};
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
    sessions: Gathering<LoggedSession>,
    supervisors: Interner<Id>,
    manners: Interner<Manner>,
    /// The first of them is the blank one.
    session_ids: Vec<Id>,
}

impl TableReader for Reader {
    const FORM: &'static TableForm = &FORM;
    type Table = SupervisionLog;

    fn new(header: &Header) -> Reader {
        Reader {
            npi: header.field("practitioner_npi"),
            supervisor_id: header.field("supervisor_id"),
            date: header.field("session_date"),
            session_id: header.field("session_id"),
            mode: header.field("mode"),
            format: header.field("format"),
            minutes: header.field("minutes"),
            sessions: Gathering::default(),
            supervisors: Interner::default(),
            manners: Interner::default(),
            session_ids: vec![Id::new()],
        }
    }

    fn take<R: Read>(&mut self, row: &mut Row<'_, R>) -> Result<Period, BadRow> {
        let npi = row.required(&self.npi)?;
        let supervisor_id = row.required(&self.supervisor_id)?;
        let date = row.required_date(&self.date)?;
        let mut mode = row.word(&self.mode, &["", DEFAULT_MODE, "video", "phone"]);
        if mode.is_empty() {
            mode = DEFAULT_MODE.into();
        }
        let format = row.word(&self.format, &["", "individual", "group"]);
        let manner = Manner { mode, format, minutes: row.whole(&self.minutes) };
        let supervisor = self.supervisors.number(supervisor_id, Id::from_slice);
        let manner = self.manners.number(&manner, Manner::clone);
        let session_id = match row.id(&self.session_id) {
            id if id.is_empty() => 0,
            id => {
                self.session_ids.push(id);
                self.session_ids.len() - 1
            }
        };
        let session = LoggedSession {
            row: row.number(),
            date,
            supervisor: narrow(supervisor, &self.supervisor_id)?,
            manner: narrow(manner, &self.minutes)?,
            session_id: narrow(session_id, &self.session_id)?,
        };
        self.sessions.push(npi, session);
        Ok((Some(date), Some(date)))
    }

    fn finish(self) -> SupervisionLog {
        let supervisors = self.supervisors.into_values().into_iter();
        let details = SessionDetails {
            supervisors: supervisors.map(|id| LoggedSupervisor { id, row: None }).collect(),
            manners: self.manners.into_values(),
            session_ids: self.session_ids,
        };
        let sessions = self.sessions.finish_sorted(|session| session.date);
        SupervisionLog { sessions, details }
    }
}

/// The number of a value as a session holds it.
fn narrow(number: usize, column: &Field) -> Result<u32, BadRow> {
    u32::try_from(number).map_err(|_| {
        BadRow::new(column, "one more value than can be told apart (4,294,967,296 in a column)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_too_large_is_said_and_not_cut() {
        let column = Field { index: Some(3), name: "session_id".to_owned() };
        let most = u32::MAX as usize;
        assert_eq!(narrow(most, &column), Ok(u32::MAX));
        let bad = narrow(most + 1, &column).expect_err("one too many");
        assert_eq!(bad.column, "session_id");
        assert!(bad.reason.contains("4,294,967,296"), "{}", bad.reason);
    }
}
