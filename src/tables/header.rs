//! The header of a table: which field of its rows is which of our columns.

use super::error::{MissingColumn, TableError};
use super::form::{CsvForm, TABLES, TableForm};
use crate::model::text;
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
    /// Fields of each row.
    pub(super) width: usize,
}

/// Names longer than this are compared and shown cut short.
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
        let names: Vec<String> = names.map(normalized).collect();
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
        for column in form.columns {
            let mapped = mapping.and_then(|mapping| mapped_name(mapping, column.name));
            let theirs = mapped.map(|name| normalized(name.as_bytes()));
            let found = theirs.as_deref().and_then(|name| places.get(name));
            let found = found.or_else(|| places.get(column.name));
            if found.is_some_and(|(_, twice)| *twice) {
                let (path, column) = (path.to_owned(), column.name.to_owned());
                return Err(TableError::DuplicateColumn { path, table: form.name, column });
            }
            if found.is_none() && (column.required || mapped.is_some()) {
                let wanted = theirs.as_deref().unwrap_or(column.name);
                missing.push(MissingColumn {
                    name: column.name.to_owned(),
                    mapped: mapped.cloned(),
                    nearest: nearest_found(wanted, &names),
                });
            }
            let name = mapped.map_or(column.name, String::as_str).to_owned();
            fields.push(Field { index: found.map(|(index, _)| *index), name });
        }
        if missing.is_empty() {
            return Ok(Header { form, fields, width: names.len() });
        }
        let delimiter = other_delimiter(&names, csv.delimiter);
        Err(TableError::MissingColumns {
            path: path.to_owned(),
            table: form.name,
            missing,
            delimiter,
        })
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
            let nearest = nearest(table, TABLES.iter().map(|form| form.name));
            let what = format!("there is no table `{table}`; the nearest is `{nearest}`");
            return Err(TableError::Mapping { what });
        };
        for name in mapping.keys() {
            let ours = || form.columns.iter().map(|column| column.name);
            if !ours().any(|column| column.eq_ignore_ascii_case(name)) {
                let nearest = nearest(name, ours());
                let what =
                    format!("the table {table} has no column `{name}`; the nearest is `{nearest}`");
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

fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    let word: String = word.chars().take(NAME_CHARS).collect();
    known.max_by(|a, b| likeness(&word, a).total_cmp(&likeness(&word, b))).unwrap_or_default()
}

/// The name of the header that is most like `wanted`, if one is like it at all.
///
/// A file may lack its header: then these names are values of a row, and none may be shown. A name
/// with a digit is none that we show (ids and dates hold digits), nor one that is like nothing of
/// ours.
fn nearest_found(wanted: &str, names: &[String]) -> Option<String> {
    const LEAST_LIKENESS: f64 = 0.5;
    let shown = names.iter().filter(|name| {
        let plain = !name.bytes().any(|byte| byte.is_ascii_digit());
        plain && !name.is_empty() && name.chars().count() <= NAME_CHARS
    });
    let (best, name) =
        shown.map(|name| (likeness(wanted, name), name)).max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best >= LEAST_LIKENESS).then(|| name.clone())
}

/// How like two names are, from 0 to 1: by letters, or by the words that they share.
fn likeness(left: &str, right: &str) -> f64 {
    let words = |name: &str| -> Vec<String> {
        let parts = name.split(|letter: char| !letter.is_alphanumeric());
        parts.filter(|part| !part.is_empty()).map(str::to_ascii_lowercase).collect()
    };
    let (left_words, right_words) = (words(left), words(right));
    let shared = left_words.iter().filter(|word| right_words.contains(word)).count();
    let most = left_words.len().max(right_words.len()).max(1);
    let by_letters = strsim::normalized_damerau_levenshtein(left, right);
    by_letters.max(shared as f64 / most as f64)
}

/// What parts the fields of a header that was read as one field.
fn other_delimiter(names: &[String], delimiter: u8) -> Option<char> {
    let [only] = names else { return None };
    let count = |candidate: &char| only.matches(*candidate).count();
    let others = [',', ';', '\t', '|'].into_iter().filter(|c| *c != char::from(delimiter));
    others.filter(|c| count(c) > 0).max_by_key(count)
}
