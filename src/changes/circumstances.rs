//! What else differs between two runs, by their manifests: it may be why their findings differ.

use crate::earlier::Manifest;
use std::collections::{BTreeMap, BTreeSet};

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstance {
    /// `policy`, `as_of`, `claims`, …
    pub what: String,
    /// Of the run before; empty: it had none.
    pub before: String,
    /// Of the run after; empty: it had none.
    pub after: String,
}

/// Digits of a hash that are shown.
const HASH_DIGITS: usize = 12;

/// What differs between two runs.
pub fn between(before: &Manifest, after: &Manifest) -> Vec<Circumstance> {
    let mut found = Vec::new();
    let mut add = |what: &str, before: String, after: String| {
        if before != after {
            found.push(Circumstance { what: what.to_owned(), before, after });
        }
    };
    add("version", before.version.clone(), after.version.clone());
    let as_of = |run: &Manifest| run.as_of.clone().unwrap_or_default();
    add("as_of", as_of(before), as_of(after));
    // A policy is its text, wherever it stands.
    let hash = |run: &Manifest| run.policy.as_ref().map(|policy| policy.sha256.clone());
    if hash(before) != hash(after) {
        add("policy", policy(before), policy(after));
    }
    let config = |run: &Manifest| {
        run.config.as_ref().map_or_else(String::new, |config| file(&config.name, &config.sha256))
    };
    add("configuration", config(before), config(after));
    options(before, after, &mut add);
    files(&inputs(before), &inputs(after), &mut add);
    files(&tables(before), &tables(after), &mut add);
    found
}

fn policy(run: &Manifest) -> String {
    let shown = run.policy.as_ref().map(|policy| file(&policy.origin, &policy.sha256));
    shown.unwrap_or_default()
}

fn file(name: &str, hash: &str) -> String {
    format!("{name} ({})", hash.get(..HASH_DIGITS).unwrap_or(hash))
}

fn options(before: &Manifest, after: &Manifest, add: &mut impl FnMut(&str, String, String)) {
    let shown = |run: &Manifest, name: &str| {
        let option = run.options.iter().find(|option| option.name == name);
        option.map_or_else(String::new, |option| option.value.clone().unwrap_or("yes".to_owned()))
    };
    let names: BTreeSet<&str> =
        before.options.iter().chain(&after.options).map(|option| option.name.as_str()).collect();
    for name in names {
        add(name, shown(before, name), shown(after, name));
    }
}

/// Files of a run by what they are and what is in them.
type Files = BTreeMap<(String, String), String>;

fn inputs(run: &Manifest) -> Files {
    let key = |input: &crate::earlier::manifest::Input| {
        let what = if input.is_history { "history" } else { "claims" };
        (what.to_owned(), content(input.sha256.as_deref(), input.bytes, &input.name))
    };
    run.inputs.iter().map(|input| (key(input), input.name.clone())).collect()
}

fn tables(run: &Manifest) -> Files {
    let key = |table: &crate::earlier::manifest::Table| {
        (table.table.clone(), content(table.sha256.as_deref(), table.bytes, &table.name))
    };
    run.tables.iter().map(|table| (key(table), table.name.clone())).collect()
}

/// A hash; without one, the name and the size.
fn content(sha256: Option<&str>, bytes: u64, name: &str) -> String {
    sha256.map_or_else(|| format!("{bytes} bytes {name}"), str::to_owned)
}

/// Files that one run has and the other has not; those of the same name stand beside each other.
fn files(before: &Files, after: &Files, add: &mut impl FnMut(&str, String, String)) {
    let mut came: Vec<_> = after.iter().filter(|(key, _)| !before.contains_key(key)).collect();
    for ((what, hash), name) in before.iter().filter(|(key, _)| !after.contains_key(key)) {
        let twin = came.iter().position(|((other, _), named)| other == what && *named == name);
        let other = twin.map(|place| came.remove(place));
        let other = other.map_or_else(String::new, |((_, hash), name)| file(name, hash));
        add(what, file(name, hash), other);
    }
    for ((what, hash), name) in came {
        add(what, String::new(), file(name, hash));
    }
}
