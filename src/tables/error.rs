//! Why a table cannot be read at all: the run ends before any output is written.

use std::fmt::Write;
use std::io;

/// A table, or a folder of tables, that cannot be used. Holds no value of a row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file that was named does not exist.
    #[error("{path}: there is no such file; `{option}` names it as the table {table}")]
    NotFound {
        /// The file, as the user named it.
        path: String,
        /// Its table.
        table: &'static str,
        /// The option that names this table.
        option: &'static str,
    },
    /// The file cannot be opened or read to its end.
    #[error("{path}: the table {table} cannot be read{}: {source}", after(*row))]
    Read {
        /// The file, as the user named it.
        path: String,
        /// Its table.
        table: &'static str,
        /// The last row that was read; 0 = none.
        row: u64,
        /// What the system says.
        source: io::Error,
    },
    /// Nothing in it.
    #[error(
        "{path}: the table {table} is empty; it needs a header row, even if it has no other \
         (`peerclaims init` writes one)"
    )]
    Empty {
        /// The file, as the user named it.
        path: String,
        /// Its table.
        table: &'static str,
    },
    /// UTF-16 text, as some spreadsheets export it.
    #[error("{path}: the table {table} is UTF-16 text (or binary); save it as CSV in UTF-8")]
    Utf16 {
        /// The file, as the user named it.
        path: String,
        /// Its table.
        table: &'static str,
    },
    /// A workbook or another binary file.
    #[error("{path}: the table {table} is {kind}; export it as CSV")]
    NotCsv {
        /// The file, as the user named it.
        path: String,
        /// Its table.
        table: &'static str,
        /// What it seems to be.
        kind: &'static str,
    },
    /// The first record is no header.
    #[error("{path}: the header of the table {table} {fault}")]
    BadHeader {
        /// The file, as the user named it.
        path: String,
        /// Its table.
        table: &'static str,
        /// What is wrong with it.
        fault: String,
    },
    /// Columns that we read stand twice in the header.
    #[error(
        "{path}: the table {table} has the column {} twice; rename or remove one",
        listed(columns)
    )]
    DuplicateColumn {
        /// The file, as the user named it.
        path: String,
        /// Its table.
        table: &'static str,
        /// Our names of the columns.
        columns: Vec<String>,
    },
    /// Columns that are required, or that the configuration maps, are not in the header.
    #[error("{path}: the table {table} has no column {}", missing_text(missing, *delimiter, twice))]
    MissingColumns {
        /// The file, as the user named it.
        path: String,
        /// Its table.
        table: &'static str,
        /// All of them.
        missing: Vec<MissingColumn>,
        /// Our names of columns that stand there twice.
        twice: Vec<String>,
        /// What seems to part its fields, if that is not what was said.
        delimiter: Option<char>,
    },
    /// The configuration names a table or column that there is not.
    #[error("column names in the configuration: {what}")]
    Mapping {
        /// What is wrong, and the nearest name that there is.
        what: String,
    },
    /// A delimiter that cannot part fields.
    #[error("the delimiter of the tables must be one ASCII character, no quote and no line break")]
    Delimiter,
    /// The folder of tables cannot be looked into.
    #[error("{path}: cannot look for tables there: {source}")]
    Folder {
        /// The folder, as the user named it.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// Almost the name of a table that is not there.
    #[error("{path}: almost the name of the table {file}; rename it, or name it with `{option}`")]
    NearName {
        /// The file.
        path: String,
        /// The name it should have.
        file: &'static str,
        /// The option that names this table.
        option: &'static str,
    },
    /// One table twice in a folder, compressed and not.
    #[error("{first} and {second} are the same table; remove one, or name one with `{option}`")]
    TwoFiles {
        /// One file.
        first: String,
        /// The other.
        second: String,
        /// The option that names this table.
        option: &'static str,
    },
}

/// A column that is not in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingColumn {
    /// Our name.
    pub name: String,
    /// The name that the configuration gives it, if it does.
    pub mapped: Option<String>,
    /// The column found that is most like it, if any is.
    pub nearest: Option<String>,
}

fn missing_text(missing: &[MissingColumn], delimiter: Option<char>, twice: &[String]) -> String {
    let mut text = String::new();
    for (index, column) in missing.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        // Writing to a String cannot fail.
        let _ = write!(text, "`{}`", column.mapped.as_ref().unwrap_or(&column.name));
        if column.mapped.is_some() {
            let _ = write!(text, " (the configuration's name of `{}`)", column.name);
        }
        if let Some(nearest) = &column.nearest {
            let _ = write!(text, " (did you mean `{nearest}`?)");
        }
    }
    match delimiter {
        Some(found) => {
            let name = match found {
                '\t' => "a tab (\\t)".to_owned(),
                other => format!("`{other}`"),
            };
            let _ =
                write!(text, ". Its fields seem to be parted by {name}: give that as delimiter");
        }
        None => text.push_str(
            ". Is the first row the header? Rename the columns, or map their names in the \
             configuration file",
        ),
    }
    // All that is wrong is to be known at once.
    if !twice.is_empty() {
        let _ = write!(text, ". It has {} twice: rename or remove one", listed(twice));
    }
    text
}

fn listed(columns: &[String]) -> String {
    columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ")
}

/// Where reading stopped, if it had begun.
fn after(row: u64) -> String {
    if row == 0 { String::new() } else { format!(" after row {row}") }
}
