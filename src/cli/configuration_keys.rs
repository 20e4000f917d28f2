//! `[paths]` and `[defaults]` of the configuration: options that need not be typed.
//!
//! A key is the long name of an option with `_` for `-`. What it means, and its default, stand with
//! the option in the command line's definition, and nowhere else.

use super::configuration::{TablePart, known};
use std::path::Path;

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file or folder, beside the configuration file unless it is absolute.
    Path,
    /// One or several of them.
    Paths,
    /// A word or a number.
    Word,
    /// One word or several.
    Words,
    /// `true` or `false`.
    Switch,
}

/// What must be in force for an option to mean anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Nothing,
    /// `--ledger FILE`
    Ledger,
    /// `--out DIR`, and not `--out -`
    OutFolder,
    /// `--split`
    Split,
}

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name.
    pub name: &'static str,
    /// The option, without `--`; where it is not the name, the configuration knows both.
    pub option: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The commands that take it.
    pub commands: &'static [&'static str],
    /// Options and arguments which, where they are typed, stand in its place.
    pub gives_way_to: &'static [&'static str],
    /// What it rests on.
    pub needs: Needs,
    /// A value as TOML: the default, where there is one.
    pub example: &'static str,
}

/// Commands that check claims.
const RUNS: &[&str] = &["validate", "audit", "simulate"];
/// Those, and the ones that look at tables alone.
const TABLES: &[&str] = &["validate", "audit", "simulate", "check-tables", "upcoming"];
/// Commands that read the numbers of the rules.
const POLICIES: &[&str] = &[
    "validate",
    "audit",
    "simulate",
    "check-tables",
    "upcoming",
    "inspect",
    "explain",
    "rules",
    "remit",
    "ledger",
];

const fn table(name: &'static str, option: &'static str, example: &'static str) -> Key {
    Key {
        name,
        option,
        kind: Kind::Path,
        commands: TABLES,
        gives_way_to: &["tables", "folder"],
        needs: Needs::Nothing,
        example,
    }
}

const fn key(
    name: &'static str,
    option: &'static str,
    kind: Kind,
    commands: &'static [&'static str],
    example: &'static str,
) -> Key {
    Key { name, option, kind, commands, gives_way_to: &[], needs: Needs::Nothing, example }
}

/// `[paths]`, in the order of the template.
pub(super) static PATHS: [Key; 11] = [
    Key { gives_way_to: &["folder"], ..key("tables", "tables", Kind::Path, TABLES, "'.'") },
    table("credentials", "credentials", "'credentials.csv'"),
    table("employment", "employment", "'employment.csv'"),
    table("service_plans", "plans", "'service_plans.csv'"),
    table("supervision", "supervision", "'supervision.csv'"),
    table("supervisors", "supervisors", "'supervisors.csv'"),
    table("authorizations", "authorizations", "'authorizations.csv'"),
    key("history", "history", Kind::Paths, RUNS, "['history']"),
    Key {
        gives_way_to: &["file"],
        ..key(
            "ledger",
            "ledger",
            Kind::Path,
            &["validate", "remit", "ledger", "upcoming"],
            "'ledger/year.db'",
        )
    },
    key("policy", "policy", Kind::Path, POLICIES, "'policy.toml'"),
    key("out", "out", Kind::Path, &["validate", "audit"], "'results'"),
];

/// `[defaults]`, in the order of the template; what another rests on stands before it.
pub(super) static DEFAULTS: [Key; 18] = [
    Key {
        needs: Needs::OutFolder,
        ..key("format", "format", Kind::Words, &["validate", "audit"], "['csv']")
    },
    key("fail_on", "fail-on", Kind::Word, RUNS, "'deny'"),
    Key { gives_way_to: &["ignore"], ..key("select", "select", Kind::Words, RUNS, "['U', 'K']") },
    Key { gives_way_to: &["select"], ..key("ignore", "ignore", Kind::Words, RUNS, "['U003']") },
    key("threads", "threads", Kind::Word, RUNS, "2"),
    key("memory", "memory", Kind::Word, RUNS, "'4G'"),
    key("max_bad_rows", "max-bad-rows", Kind::Word, RUNS, "100"),
    key(
        "max_decompressed",
        "max-decompressed",
        Kind::Word,
        &["validate", "audit", "simulate", "inspect", "remit", "check-tables", "upcoming"],
        "'256G'",
    ),
    key("input_hash", "input-hash", Kind::Word, &["validate", "audit"], "'sha256'"),
    Key { needs: Needs::OutFolder, ..key("acks", "acks", Kind::Switch, &["validate"], "false") },
    Key { needs: Needs::OutFolder, ..key("split", "split", Kind::Switch, &["validate"], "false") },
    Key {
        needs: Needs::Split,
        ..key("review_to", "review-to", Kind::Word, &["validate"], "'release'")
    },
    Key { needs: Needs::Ledger, ..key("post", "post", Kind::Word, &["validate"], "'released'") },
    Key { needs: Needs::Ledger, ..key("wait", "wait", Kind::Word, &["validate"], "60") },
    Key {
        gives_way_to: &["verbose"],
        ..key("quiet", "quiet", Kind::Switch, &["validate", "audit", "remit"], "false")
    },
    key("progress", "progress", Kind::Word, &["validate", "audit"], "'auto'"),
    key("days", "days", Kind::Word, &["upcoming"], "30"),
    key("near", "near", Kind::Word, &["upcoming"], "20"),
];

/// One option as the configuration gives it: the key, and its words.
pub(super) struct Given {
    pub key: &'static Key,
    /// As they would be typed; none of a switch.
    pub values: Vec<String>,
}

/// Reads `[paths]` or `[defaults]`; `folder` is that of the configuration file.
pub(super) fn read(
    part: &TablePart,
    keys: &'static [Key],
    place: &str,
    folder: &Path,
) -> Result<Vec<Given>, String> {
    let mut given: Vec<Given> = Vec::new();
    for (name, value) in part {
        let is_it = |key: &&Key| key.name == name || key.option.replace('-', "_") == *name;
        let Some(key) = keys.iter().find(is_it) else {
            let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
            return Err(known(name, &names, place, "key").err().unwrap_or_default());
        };
        if given.iter().any(|other| other.key.name == key.name) {
            return Err(format!("{place} has {} twice, by two names; keep one", key.name));
        }
        let wrong = |expected: &str| format!("{place} {name}: expected {expected}");
        if let Some(values) = values(key.kind, value, folder, wrong)? {
            given.push(Given { key, values });
        }
    }
    // What another rests on comes before it.
    given.sort_by_key(|given| keys.iter().position(|key| key.name == given.key.name));
    Ok(given)
}

/// The words of a value; `None`: a switch that is off.
fn values(
    kind: Kind,
    value: &toml::Value,
    folder: &Path,
    wrong: impl Fn(&str) -> String,
) -> Result<Option<Vec<String>>, String> {
    let text = |value: &toml::Value, expected: &str| match value {
        toml::Value::String(text) if !text.trim().is_empty() => Ok(text.clone()),
        _ => Err(wrong(expected)),
    };
    let list = |value: &toml::Value, expected: &str| match value {
        toml::Value::Array(all) if !all.is_empty() => {
            all.iter().map(|one| text(one, expected)).collect()
        }
        one => text(one, expected).map(|one| vec![one]),
    };
    let beside = |path: String| match path.as_str() {
        "-" => path,
        _ => folder.join(path).to_string_lossy().into_owned(),
    };
    match (kind, value) {
        (Kind::Switch, toml::Value::Boolean(is_on)) => Ok(is_on.then(Vec::new)),
        (Kind::Switch, _) => Err(wrong("true or false")),
        (Kind::Word, toml::Value::Integer(number)) => Ok(Some(vec![number.to_string()])),
        (Kind::Word, other) => Ok(Some(vec![text(other, "a word or a whole number")?])),
        (Kind::Words, other) => {
            let words: Vec<String> = list(other, "a word, or a list of words")?;
            Ok(Some(vec![words.join(",")]))
        }
        (Kind::Path, other) => Ok(Some(vec![beside(text(other, "a path")?)])),
        (Kind::Paths, other) => {
            let paths: Vec<String> = list(other, "a path, or a list of paths")?;
            Ok(Some(paths.into_iter().map(beside).collect()))
        }
    }
}
