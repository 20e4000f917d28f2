//! What a table looks like: its columns, declared once, for reading, templates and documents.

use super::{authorizations, credentials, employment, service_plans, supervision, supervisors};
use std::collections::BTreeMap;

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header; found without case.
    pub name: &'static str,
    /// Whether the file must have it, and every row a value in it.
    pub required: bool,
    /// What it holds, in one line.
    pub meaning: &'static str,
    /// A value as it may stand there.
    pub example: &'static str,
}

/// A column that every file and row must have.
pub(super) const fn required(
    name: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> Column {
    Column { name, required: true, meaning, example }
}

/// A column that a file may lack, and a row may leave blank.
pub(super) const fn optional(
    name: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> Column {
    Column { name, required: false, meaning, example }
}

/// One of the six tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableForm {
    /// Its name: the file's without `.csv`, and the key of its column names in the configuration.
    pub name: &'static str,
    /// Its file in a folder of tables; `.gz` or `.zst` may follow.
    pub file: &'static str,
    /// The option that names its file.
    pub option: &'static str,
    /// What one row of it is.
    pub one_row_is: &'static str,
    /// Its columns, the required first.
    pub columns: &'static [Column],
}

/// The six tables, in the order in which they are loaded and listed.
pub static TABLES: [&TableForm; 6] = [
    &credentials::FORM,
    &employment::FORM,
    &service_plans::FORM,
    &supervision::FORM,
    &supervisors::FORM,
    &authorizations::FORM,
];

/// How the CSV files of the tables are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvForm {
    /// What parts the fields: `,` unless told; any ASCII byte but a quote or line break.
    pub delimiter: u8,
    /// By the table's name ([`TableForm::name`]): our column's name to the name that the user's
    /// export gives it. A column that is not here has our name. A mapped column must be in the file
    /// under either name, even if it is an optional one.
    pub columns: BTreeMap<String, BTreeMap<String, String>>,
    /// Bytes that a compressed file may unpack to at most.
    pub max_decompressed: u64,
    /// Whether files are hashed (SHA-256).
    pub wants_hash: bool,
}

impl Default for CsvForm {
    fn default() -> CsvForm {
        let max_decompressed = crate::source::decompress::DEFAULT_MOST_BYTES;
        CsvForm { delimiter: b',', columns: BTreeMap::new(), max_decompressed, wants_hash: true }
    }
}

/// The table whose required columns are all among the names of a header.
pub fn table_of(names: &[String]) -> Option<&'static TableForm> {
    let has = |name: &str| names.iter().any(|own| own.trim().eq_ignore_ascii_case(name));
    let found = TABLES.iter().filter(|form| {
        form.columns.iter().filter(|column| column.required).all(|column| has(column.name))
    });
    // Of two that fit, the one of which more is there.
    let known = |form: &&&TableForm| form.columns.iter().filter(|column| has(column.name)).count();
    found.max_by_key(known).filter(|form| known(form) > 1).copied()
}
