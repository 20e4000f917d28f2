//! The header of a table: which field of its rows is which of our columns.

use super::error::{MissingColumn, TableError};
use super::form::{CsvForm, TABLES, TableForm};
use crate::model::{PassedOver, likeness, text};
use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};

/// One of our columns, as it was found.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Its place in the rows; `None`: the file does not have it.
    pub(super) index: Option<usize>,
    /// Its name in messages: the one that the configuration gives it, else ours.
    pub(super) name: String,
}

/// The header of one file.
#[derive(Debug)]
pub(super) struct Header {
    form: &'static TableForm,
    fields: Vec<Field>,
    /// What it has and is not read, and what it lacks.
    pub(super) passed_over: PassedOver,
    /// Fields of each row.
    pub(super) width: usize,
}

/// Longer names are not shown.
const NAME_CHARS: usize = 64;

impl Header {
    /// Finds the columns of `form` among the names of a header.
    ///
    /// # Errors A column that we read stands there twice, or all that are missing, with what is
    /// most like each.
    pub(super) fn find<'a>(
        path: &str,
        form: &'static TableForm,
        csv: &CsvForm,
        names: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Header, TableError> {
        let written: Vec<String> = names.map(|name| text::decode(name).into_owned()).collect();
        let names: Vec<String> = written.iter().map(|name| normalized(name.as_bytes())).collect();
        // Where a name stands, and whether it stands there twice.
        let mut places: HashMap<&str, (usize, bool)> = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            match places.entry(name) {
                Entry::Vacant(place) => _ = place.insert((index, false)),
                Entry::Occupied(mut place) => place.get_mut().1 = true,
            }
        }
        let mapping = csv.columns.get(form.name);
        let (mut fields, mut missing) = (Vec::new(), Vec::new());
        let (mut unmapped, mut twice) = (Vec::new(), Vec::new());
        for column in form.columns {
            let mapped = mapping.and_then(|mapping| mapped_name(mapping, column.name));
            let theirs = mapped.map(|name| normalized(name.as_bytes()));
            let found = theirs.as_deref().and_then(|name| places.get(name));
            let own = places.get(column.name);
            if let (Some(mapped), None, Some(_)) = (mapped, found, own) {
                unmapped.push((mapped.clone(), column.name));
            }
            let found = found.or(own);
            if found.is_some_and(|(_, is_twice)| *is_twice) {
                twice.push(column.name.to_owned());
            }
            if found.is_none() && (column.required || mapped.is_some()) {
                let wanted = theirs.as_deref().unwrap_or(column.name);
                missing.push((column.name, mapped, wanted.to_owned()));
            }
            let name = mapped.map_or(column.name, String::as_str).to_owned();
            fields.push(Field { index: found.map(|(index, _)| *index), name });
        }
        let read: Vec<usize> = fields.iter().filter_map(|field| field.index).collect();
        let is_unread = |place: &usize| !read.contains(place) && !names[*place].is_empty();
        let unread: Vec<usize> = (0..names.len()).filter(is_unread).collect();
        let (path, table) = (path.to_owned(), form.name);
        if missing.is_empty() && !twice.is_empty() {
            return Err(TableError::DuplicateColumn { path, table, columns: twice });
        }
        if missing.is_empty() {
            let absent =
                form.columns.iter().zip(&fields).filter(|(_, field)| field.index.is_none());
            let passed_over = PassedOver {
                absent: absent.map(|(column, _)| column.name).collect(),
                unread: unread.iter().map(|place| written[*place].clone()).collect(),
                unmapped,
            };
            return Ok(Header { form, fields, passed_over, width: names.len() });
        }
        let unread: Vec<&str> = unread.iter().map(|place| &*names[*place]).collect();
        let missing = missing.into_iter().map(|(name, mapped, wanted)| MissingColumn {
            name: name.to_owned(),
            mapped: mapped.cloned(),
            nearest: nearest_found(&wanted, &unread),
        });
        let missing = missing.collect();
        let delimiter = other_delimiter(&names, csv.delimiter);
        Err(TableError::MissingColumns { path, table, missing, twice, delimiter })
    }

    /// The column of that name.
    pub(super) fn field(&self, name: &str) -> Field {
        let place = self.form.columns.iter().position(|column| column.name == name);
        debug_assert!(place.is_some(), "{} declares no column {name}", self.form.name);
        place.map_or(Field { index: None, name: name.to_owned() }, |at| self.fields[at].clone())
    }
}

/// Whether the configuration maps only tables and columns that there are, and the delimiter can be
/// one.
pub(super) fn check(csv: &CsvForm) -> Result<(), TableError> {
    if !csv.delimiter.is_ascii() || matches!(csv.delimiter, b'"' | b'\n' | b'\r' | 0) {
        return Err(TableError::Delimiter);
    }
    for (table, mapping) in &csv.columns {
        let Some(form) = TABLES.iter().find(|form| form.name == table) else {
            let hint = hint(table, TABLES.iter().map(|form| form.name));
            let what = format!("there is no table `{table}`{hint}");
            return Err(TableError::Mapping { what });
        };
        for name in mapping.keys() {
            let ours = || form.columns.iter().map(|column| column.name);
            if !ours().any(|column| column.eq_ignore_ascii_case(name)) {
                let hint = hint(name, ours());
                let what = format!("the table {table} has no column `{name}`{hint}");
                return Err(TableError::Mapping { what });
            }
        }
    }
    Ok(())
}

/// A name as names are compared: trimmed, without case.
fn normalized(name: &[u8]) -> String {
    text::decode(text::trim(name)).trim().to_ascii_lowercase()
}

fn mapped_name<'m>(mapping: &'m BTreeMap<String, String>, column: &str) -> Option<&'m String> {
    mapping.iter().find(|(ours, _)| ours.eq_ignore_ascii_case(column)).map(|(_, theirs)| theirs)
}

/// ` (did you mean …)` of a name in the configuration.
fn hint<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> String {
    likeness::nearest(word, known).map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

/// The name of the header that is most like `wanted`, of those that are no column of ours.
///
/// A file may lack its header: then these names are values of a row, and none may be shown. A name
/// with a digit is none that we show (ids and dates hold digits), nor one that is like nothing of
/// ours.
fn nearest_found(wanted: &str, unread: &[&str]) -> Option<String> {
    let shown = unread.iter().copied().filter(|name| {
        !name.bytes().any(|byte| byte.is_ascii_digit()) && name.chars().count() <= NAME_CHARS
    });
    likeness::nearest(wanted, shown).map(str::to_owned)
}

/// What parts the fields of a header that was read as one field.
fn other_delimiter(names: &[String], delimiter: u8) -> Option<char> {
    let [only] = names else { return None };
    let count = |candidate: &char| only.matches(*candidate).count();
    let others = [',', ';', '\t', '|'].into_iter().filter(|c| *c != char::from(delimiter));
    others.filter(|c| count(c) > 0).max_by_key(count)
}
