//! `supervisors.csv`: one supervisor.

use super::by_id::IdMap;
use super::form::{TableForm, optional, required};
use super::header::{Field, Header};
use super::load::TableReader;
use super::row::{BadRow, Period, Row};
use super::rows::Supervisor;
use std::io::Read;

/// Its columns.
pub static FORM: TableForm = TableForm {
    name: "supervisors",
    file: "supervisors.csv",
    option: "--supervisors",
    one_row_is: "one supervisor",
    columns: &[
        required("supervisor_id", "id of the supervisor, as in the other tables", "SUP-1"),
        optional("mental_health_professional", "true or false; blank = false", "true"),
        optional("training_date", "when the DMH peer supervisory training was done", "2023-06-01"),
        optional("fte", "share of a full-time position, at most four places; blank = 1", "1"),
    ],
};

pub(super) struct Reader {
    supervisor_id: Field,
    professional: Field,
    training: Field,
    fte: Field,
    rows: IdMap<Supervisor>,
}

impl TableReader for Reader {
    const FORM: &'static TableForm = &FORM;
    type Table = IdMap<Supervisor>;

    fn new(header: &Header) -> Reader {
        Reader {
            supervisor_id: header.field("supervisor_id"),
            professional: header.field("mental_health_professional"),
            training: header.field("training_date"),
            fte: header.field("fte"),
            rows: IdMap::default(),
        }
    }

    fn take<R: Read>(&mut self, row: &mut Row<'_, R>) -> Result<Period, BadRow> {
        let supervisor_id = row.required(&self.supervisor_id)?;
        if let Some(first) = self.rows.get(supervisor_id) {
            let reason = format!("the supervisor of row {} again; one row each", first.row);
            return Err(BadRow::new(&self.supervisor_id, reason));
        }
        let supervisor = Supervisor {
            row: row.number(),
            mental_health_professional: row.flag(&self.professional),
            training: row.date(&self.training),
            fte: row.fte(&self.fte),
        };
        self.rows.insert(supervisor_id.into(), supervisor);
        // A training is no period.
        Ok((None, None))
    }

    fn finish(self) -> IdMap<Supervisor> {
        self.rows
    }
}
