//! The rows of any table alike: whose, from when to when, and all cells in one text to compare.

use crate::model::NaiveDate;
use crate::tables::{
    ById, IdMap, SupervisionLog, SupervisionSession, Supervisor, TableKind, Tables,
};

/// One row.
pub(super) struct Flat<'a> {
    /// Whose it is: the id under which the join finds it.
    pub(super) id: &'a [u8],
    /// Row in its file (header = 1).
    pub(super) row: u64,
    /// First day; `None`: the table has no periods.
    pub(super) start: Option<NaiveDate>,
    /// Last day; `None`: open, or no periods.
    pub(super) end: Option<NaiveDate>,
    /// The other cells, as read.
    cells: String,
}

impl Flat<'_> {
    /// Whether all cells are equal.
    pub(super) fn is_same(&self, other: &Flat<'_>) -> bool {
        (self.id, self.start, self.end) == (other.id, other.start, other.end)
            && self.cells == other.cells
    }

    /// What is equal of equal rows.
    pub(super) fn key(&self) -> (&[u8], Option<NaiveDate>, &str) {
        (self.id, self.start, &self.cells)
    }
}

/// The rows of a table, by row; `None`: it is not given.
pub(super) fn rows(tables: &Tables, kind: TableKind) -> Option<Vec<Flat<'_>>> {
    let mut rows = match kind {
        TableKind::Credentials => each(tables.credentials.as_ref()?, |id, row| Flat {
            id,
            row: row.row,
            start: Some(row.effective),
            end: row.expiration,
            cells: format!(
                "{}|{}|{:?}|{:?}|{}|{:?}",
                row.designation,
                row.status.as_str(),
                row.status_date,
                row.birth,
                row.training_program,
                row.training_date
            ),
        }),
        TableKind::Employment => each(tables.employment.as_ref()?, |id, row| Flat {
            id,
            row: row.row,
            start: Some(row.start),
            end: row.end,
            cells: format!("{:?}|{}|{:?}", row.billing_npi, row.fte, row.supervisor_id),
        }),
        TableKind::ServicePlans => each(tables.plans.as_ref()?, |id, row| Flat {
            id,
            row: row.row,
            start: Some(row.start),
            end: row.end,
            cells: format!(
                "{:?}|{:?}|{:?}|{:?}|{}|{:?}",
                row.plan_id,
                row.services,
                row.planned_units,
                row.planned_period,
                row.signer_role,
                row.signed
            ),
        }),
        TableKind::Supervision => sessions(tables.supervision.as_ref()?),
        TableKind::Supervisors => supervisors(tables.supervisors.as_ref()?),
        TableKind::Authorizations => each(tables.authorizations.as_ref()?, |id, row| Flat {
            id,
            row: row.row,
            start: Some(row.start),
            end: row.end,
            cells: format!("{:?}", row.number),
        }),
    };
    rows.sort_by_key(|row| row.row);
    Some(rows)
}

fn sessions(log: &SupervisionLog) -> Vec<Flat<'_>> {
    let flat = |id, row: SupervisionSession<'_>| Flat {
        id,
        row: row.row(),
        start: Some(row.date()),
        end: Some(row.date()),
        cells: format!(
            "{:?}|{:?}|{}|{}|{:?}",
            row.session_id(),
            row.supervisor_id(),
            row.mode(),
            row.format(),
            row.minutes()
        ),
    };
    let rows = log.iter().flat_map(|(id, rows)| rows.iter().map(move |row| (id, row)));
    rows.map(|(id, row)| flat(id, row)).collect()
}

fn supervisors(table: &IdMap<Supervisor>) -> Vec<Flat<'_>> {
    let flat = table.iter().map(|(id, row)| Flat {
        id,
        row: row.row,
        start: None,
        end: None,
        cells: format!("{}|{:?}|{}", row.mental_health_professional, row.training, row.fte),
    });
    flat.collect()
}

fn each<'a, T>(table: &'a ById<T>, flat: impl Fn(&'a [u8], &'a T) -> Flat<'a>) -> Vec<Flat<'a>> {
    let rows = table.iter().flat_map(|(id, rows)| rows.iter().map(move |row| (id, row)));
    rows.map(|(id, row)| flat(id, row)).collect()
}
