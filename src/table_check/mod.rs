//! What looks wrong in the tables, before any claim is there.
//!
//! A **check** looks for one thing; a **doubt** is one place where it is so: table, column and
//! rows, and never a value. Which rows a rule would trip over the rules alone say, of claims; here
//! the tables are held against each other, and against the as-of date.

mod checks;
mod flat;
mod practitioners;
mod service_plans;
mod supervision;
mod whole;

pub use checks::{CHECKS, Check};

use crate::model::{NaiveDate, PassedOver, Position};
use crate::policy::Policy;
use crate::tables::{Loaded, TableFile, TableKind, Tables, examples};
use flat::Flat;
use serde::Serialize;
use std::collections::HashSet;

/// What was seen of the tables.
#[derive(Debug, Serialize)]
pub struct TableReport {
    /// The day for which they were looked at.
    pub as_of: NaiveDate,
    /// The tables given, in the order of the contract.
    pub tables: Vec<TableSummary>,
    /// The others.
    pub not_given: Vec<NotGiven>,
    /// What looks wrong, by table, check and row.
    pub doubts: Vec<Doubt>,
    /// All tables hold the example row of the template and no other: nothing was looked for.
    pub holds_examples_only: bool,
}

/// One table.
#[derive(Debug, Serialize)]
pub struct TableSummary {
    /// Its name.
    pub table: &'static str,
    /// The file as the user named it.
    pub file: String,
    /// Rows behind the header.
    pub rows: u64,
    /// Rows left out.
    pub bad_rows: u64,
    /// The first day that a row names.
    pub first_day: Option<NaiveDate>,
    /// The last day that a row names: its end, or its start where that is open.
    pub last_day: Option<NaiveDate>,
    /// Rows whose period is open.
    pub open_rows: u64,
    /// Optional columns that it lacks, and columns of its own that are not read.
    #[serde(flatten)]
    pub passed_over: PassedOver,
}

/// A table that is not there.
#[derive(Debug, Serialize)]
pub struct NotGiven {
    /// Its name.
    pub table: &'static str,
    /// Rules that do not run without it.
    pub rules: Vec<&'static str>,
}

/// One place that looks wrong.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// The table's name.
    pub table: &'static str,
    /// The file as the user named it.
    pub file: String,
    /// Which check says it.
    pub check: &'static str,
    /// The column; empty where it is the row, or the table.
    pub column: String,
    /// The rows (header = 1), ascending; none where it is the table.
    pub rows: Vec<u64>,
    /// More about the place; may be empty.
    pub detail: String,
}

/// Gathers doubts of one run.
struct Doubts<'a> {
    files: &'a [TableFile],
    list: Vec<Doubt>,
}

impl Doubts<'_> {
    /// Notes a doubt; `column` and `detail` may be empty.
    fn add(
        &mut self,
        kind: TableKind,
        check: &'static Check,
        column: &str,
        rows: impl Into<Vec<u64>>,
        detail: impl Into<String>,
    ) {
        let Some(file) = self.files.iter().find(|file| is_of(file, kind)) else { return };
        let mut rows = rows.into();
        rows.sort_unstable();
        self.list.push(Doubt {
            table: file.table,
            file: file.path.clone(),
            check: check.id,
            column: column.to_owned(),
            rows,
            detail: detail.into(),
        });
    }
}

/// What every check sees.
struct Seen<'a> {
    tables: &'a Tables,
    policy: &'a Policy,
    as_of: NaiveDate,
    /// Rows that an earlier row says already, cell by cell: a fault of their own, and no other.
    repeats: HashSet<(&'static str, u64)>,
}

impl Seen<'_> {
    fn is_repeat(&self, kind: TableKind, row: u64) -> bool {
        self.repeats.contains(&(kind.file_name(), row))
    }
}

/// Looks at the tables for `as_of`. `rules` are those that need each table.
pub fn look(
    loaded: &Loaded,
    policy: &Policy,
    as_of: NaiveDate,
    rules: impl Fn(TableKind) -> Vec<&'static str>,
) -> TableReport {
    let mut doubts = Doubts { files: &loaded.files, list: Vec::new() };
    let all: Vec<(TableKind, Vec<Flat<'_>>)> = TableKind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, flat::rows(&loaded.tables, kind)?)))
        .collect();
    let of_examples = examples();
    let is_example = |kind: TableKind| {
        let row = flat::rows(&of_examples, kind).and_then(|mut rows| rows.pop());
        move |flat: &Flat<'_>| row.as_ref().is_some_and(|row| row.is_same(flat))
    };
    let holds_examples_only = loaded.bad_rows() == 0
        && !all.is_empty()
        && all.iter().all(|(kind, rows)| rows.len() == 1 && rows.iter().all(is_example(*kind)));
    if !holds_examples_only {
        columns(loaded, &mut doubts);
        rejected(loaded, &mut doubts);
        let later = |rows: Vec<u64>| rows.into_iter().skip(1);
        let repeats = all.iter().flat_map(|(kind, rows)| {
            whole::same(rows).flat_map(later).map(|row| (kind.file_name(), row))
        });
        let seen = Seen { tables: &loaded.tables, policy, as_of, repeats: repeats.collect() };
        for (kind, rows) in &all {
            whole::look(&seen, *kind, rows, is_example(*kind), &mut doubts);
        }
        practitioners::look(&seen, &mut doubts);
        service_plans::look(&seen, &mut doubts);
        supervision::look(&seen, &mut doubts);
    }
    let table_place = |name: &str| loaded.files.iter().position(|file| file.table == name);
    let check_place = |id: &str| CHECKS.iter().position(|check| check.id == id);
    doubts.list.sort_by(|left, right| {
        let key = |doubt: &Doubt| (table_place(doubt.table), check_place(doubt.check));
        key(left).cmp(&key(right)).then_with(|| left.rows.cmp(&right.rows))
    });
    let summary = |file: &TableFile| TableSummary {
        table: file.table,
        file: file.path.clone(),
        rows: file.rows,
        bad_rows: file.bad_rows,
        first_day: file.first_day,
        last_day: file.last_day,
        open_rows: file.open_rows,
        passed_over: file.passed_over.clone(),
    };
    let absent = TableKind::ALL.into_iter().filter(|kind| !loaded.tables.has(*kind));
    let not_given = absent.map(|kind| NotGiven { table: table_name(kind), rules: rules(kind) });
    TableReport {
        as_of,
        tables: loaded.files.iter().map(summary).collect(),
        not_given: not_given.collect(),
        doubts: doubts.list,
        holds_examples_only,
    }
}

/// Tables that hold no row of the user's own, and what they hold instead: then every line is found
/// at fault, or none. That nobody has an authorization is usual.
pub fn without_own_rows(loaded: &Loaded) -> Vec<(&TableFile, &'static str)> {
    let mut found = Vec::new();
    let of_examples = examples();
    for kind in TableKind::ALL {
        let Some(file) = loaded.files.iter().find(|file| is_of(file, kind)) else { continue };
        match file.rows - file.bad_rows {
            0 if kind != TableKind::Authorizations => {
                found.push((file, "no row that can be used"));
            }
            1 => {
                let own = flat::rows(&loaded.tables, kind).unwrap_or_default();
                let example = flat::rows(&of_examples, kind).unwrap_or_default();
                if own.iter().zip(&example).any(|(own, example)| own.is_same(example)) {
                    found.push((file, "the example row of the template and nothing else"));
                }
            }
            _ => {}
        }
    }
    found
}

/// The table's name, without `.csv`.
fn table_name(kind: TableKind) -> &'static str {
    kind.file_name().trim_end_matches(".csv")
}

fn is_named(name: &str, kind: TableKind) -> bool {
    name == table_name(kind)
}

fn is_of(file: &TableFile, kind: TableKind) -> bool {
    is_named(file.table, kind)
}

/// Columns that are not read, though each is like one that the table lacks.
fn columns(loaded: &Loaded, doubts: &mut Doubts<'_>) {
    for kind in TableKind::ALL {
        let Some(file) = loaded.files.iter().find(|file| is_of(file, kind)) else { continue };
        for (theirs, ours) in file.passed_over.likely() {
            let detail = format!("is it {ours}, which the table lacks?");
            doubts.add(kind, &checks::COLUMN_NOT_READ, theirs, [], detail);
        }
    }
}

/// What reading left out or blanked.
fn rejected(loaded: &Loaded, doubts: &mut Doubts<'_>) {
    for reject in &loaded.rejects {
        let file = loaded.files.iter().find(|file| file.path == *reject.source);
        let kind = TableKind::ALL.into_iter().find(|kind| file.is_some_and(|f| is_of(f, *kind)));
        let (Some(kind), Position::Row(row)) = (kind, reject.position) else { continue };
        let check = if reject.is_bad_row { &checks::ROW_LEFT_OUT } else { &checks::VALUE_BLANKED };
        doubts.add(kind, check, &reject.column, [row], reject.reason.as_str());
    }
}
