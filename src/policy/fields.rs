//! Typed reading of the keys of one TOML table: a key that is absent changes nothing, a value that
//! does not fit is a problem with its line.

use super::error::Problems;
use crate::model::{NaiveDate, date};
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One table of the file.
pub(super) struct Section<'a, 'i> {
    /// Its name; empty for the top of the file.
    pub(super) name: &'static str,
    /// Its keys and values.
    pub(super) table: &'a DeTable<'i>,
    /// Its bytes.
    pub(super) at: Range<usize>,
}

impl<'a, 'i> Section<'a, 'i> {
    /// The name that messages give a key of this table.
    pub(super) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// The table `name` of this one, if it is there and a table.
    pub(super) fn section(
        &self,
        problems: &mut Problems<'_>,
        name: &'static str,
    ) -> Option<Section<'a, 'i>> {
        let value = self.table.get(name)?;
        let DeValue::Table(table) = value.get_ref() else {
            unexpected(problems, name, value, &format!("a table `[{name}]`"));
            return None;
        };
        Some(Section { name, table, at: value.span() })
    }

    /// The tables `[[name]]` of this one; `None` if there is no such key.
    pub(super) fn sections(
        &self,
        problems: &mut Problems<'_>,
        name: &'static str,
    ) -> Option<Vec<Section<'a, 'i>>> {
        let value = self.table.get(name)?;
        let expected = format!("tables `[[{name}]]`");
        let DeValue::Array(items) = value.get_ref() else {
            unexpected(problems, name, value, &expected);
            return Some(Vec::new());
        };
        let mut sections = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => sections.push(Section { name, table, at: item.span() }),
                _ => unexpected(problems, name, item, &expected),
            }
        }
        Some(sections)
    }

    /// The value of `key` as `read` takes it; `None` if it is absent, or a problem.
    pub(super) fn value<T>(
        &self,
        problems: &mut Problems<'_>,
        key: &str,
        expected: &str,
        read: impl FnOnce(&DeValue<'i>) -> Option<T>,
    ) -> Option<T> {
        let value = self.table.get(key)?;
        let result = read(value.get_ref());
        if result.is_none() {
            unexpected(problems, &self.path(key), value, expected);
        }
        result
    }

    /// A text of at least one character, trimmed.
    pub(super) fn text(&self, problems: &mut Problems<'_>, key: &str) -> Option<String> {
        self.value(problems, key, "text in quotes, not empty", |value| {
            word(value).map(str::to_owned)
        })
    }

    /// A whole number that is not negative.
    pub(super) fn count(&self, problems: &mut Problems<'_>, key: &str) -> Option<u32> {
        let expected = format!("a whole number from 0 to {}", u32::MAX);
        self.value(problems, key, &expected, whole_number)
    }

    /// A date, written as TOML's own or in quotes.
    pub(super) fn date(&self, problems: &mut Problems<'_>, key: &str) -> Option<NaiveDate> {
        self.value(problems, key, "a date YYYY-MM-DD", calendar_date)
    }

    /// One of a few words, without case.
    pub(super) fn one_of<T: Copy>(
        &self,
        problems: &mut Problems<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let expected = format!("one of {}", names.join(", "));
        self.value(problems, key, &expected, |value| {
            let word = word(value)?;
            let choice = choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
            choice.map(|(_, meaning)| *meaning)
        })
    }

    /// A list of texts as `read` takes each, each once; `None` from `read` is a problem of that
    /// item.
    pub(super) fn list(
        &self,
        problems: &mut Problems<'_>,
        key: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<String>,
    ) -> Option<Vec<String>> {
        let value = self.table.get(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            unexpected(problems, &self.path(key), value, &format!("a list: {expected}"));
            return None;
        };
        let mut seen = BTreeSet::new();
        let mut list = Vec::new();
        for item in items.iter() {
            match word(item.get_ref()).and_then(&read) {
                Some(text) if seen.insert(text.clone()) => list.push(text),
                Some(_) => {}
                None => unexpected(problems, &self.path(key), item, expected),
            }
        }
        Some(list)
    }
}

/// Notes that `value` is not what is expected.
pub(super) fn unexpected(
    problems: &mut Problems<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    expected: &str,
) {
    let found = match value.get_ref() {
        // What it holds may be long, and its kind is what is wrong.
        DeValue::Table(_) => "a table".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        _ => problems.excerpt(value.span()),
    };
    problems.add(value.span(), key, format!("expected {expected}, found {found}"));
}

/// A text that is not empty, trimmed.
pub(super) fn word<'a>(value: &'a DeValue<'_>) -> Option<&'a str> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn whole_number(value: &DeValue<'_>) -> Option<u32> {
    let integer = value.as_integer()?;
    u32::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn calendar_date(value: &DeValue<'_>) -> Option<NaiveDate> {
    if let Some(text) = word(value) {
        return date::parse(text.as_bytes());
    }
    let moment = value.as_datetime()?;
    let day = moment.date.filter(|_| moment.time.is_none() && moment.offset.is_none())?;
    NaiveDate::from_ymd_opt(i32::from(day.year), u32::from(day.month), u32::from(day.day))
}
