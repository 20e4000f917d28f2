//! The configuration file: column names, codes and delimiter, so that no data need be edited; paths
//! and defaults, so that they need not be typed (`configuration_keys.rs`).

use super::configuration_keys::{DEFAULTS, Given, PATHS, read};
use super::error::CliError;
use crate::acks;
use crate::model::likeness;
use crate::normalize::claims_csv::columns::NAMES;
use crate::normalize::claims_csv::mapping::CODED;
use crate::normalize::claims_csv::{CodeMaps, Sources};
use crate::pipeline::ClaimCsvForm;
use crate::report::OptionFacts;
use crate::report::manifest::ConfigFacts;
use crate::source::{hash, opening, whole};
use crate::split::ControlSuffix;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

/// Looked for in the working folder.
pub const DEFAULT_NAME: &str = "peerclaims.toml";
/// The option that names another.
pub const OPTION: &str = "--config";
/// The keys at the top of the file.
const KEYS: [&str; 7] = ["delimiter", "paths", "defaults", "columns", "codes", "acks", "split"];
/// The keys of `[split]`.
const SPLIT_KEYS: [&str; 1] = ["control_suffix"];
/// The tables whose columns may be mapped.
const COLUMN_TABLES: [&str; 7] = [
    CLAIMS,
    "credentials",
    "employment",
    "service_plans",
    "supervision",
    "supervisors",
    "authorizations",
];
/// The table of the claim files in `[columns]` and `[codes]`.
const CLAIMS: &str = "claims";

/// One table of the file, as read.
pub(super) type TablePart = BTreeMap<String, toml::Value>;

/// What the file may say.
#[derive(Default, Deserialize)]
pub struct Configuration {
    /// Delimiter of the CSV files.
    pub delimiter: Option<String>,
    /// Of the acknowledgements.
    #[serde(default)]
    pub acks: acks::Settings,
    /// Table, then our column name, then the file's.
    #[serde(default)]
    columns: BTreeMap<String, BTreeMap<String, Theirs>>,
    /// Table, then our column name, then the file's code, then ours.
    #[serde(default)]
    codes: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    /// How `--split` writes.
    #[serde(default)]
    split: BTreeMap<String, String>,
    /// Files and folders that need not be typed.
    #[serde(default)]
    paths: TablePart,
    /// Options that need not be typed.
    #[serde(default)]
    defaults: TablePart,
    /// Both, read.
    #[serde(skip)]
    given: Vec<Given>,
    /// Where it was read from.
    #[serde(skip)]
    pub origin: Option<ConfigFacts>,
}

/// The columns of the file that one of ours is read from.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a column name, or a list of them")]
enum Theirs {
    One(String),
    Several(Vec<String>),
}

/// The configuration that is named, or found, or none.
pub fn load(named: Option<&Path>) -> Result<Configuration, CliError> {
    let Some(path) = named.map(Path::to_owned).or_else(found) else {
        return Ok(Configuration::default());
    };
    let name = path.display();
    let failed = |what: String| CliError::Usage(format!("{name}: {what}"));
    let there = named.map_or_else(|| opening::refuse_all_but_files(&path), |_| Ok(()));
    let text = there
        .and_then(|()| whole::read(&path))
        .and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other))
        .map_err(|error| failed(format!("the configuration cannot be read: {error}")))?;
    let mut configuration = Configuration::read(&text).map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let failed = |what: String| CliError::Usage(format!("{name}: {what}"));
    configuration.given = read(&configuration.paths, &PATHS, "[paths]", folder).map_err(failed)?;
    let defaults = read(&configuration.defaults, &DEFAULTS, "[defaults]", folder);
    configuration.given.extend(defaults.map_err(failed)?);
    let sha256 = hash::sha256(text.as_bytes());
    configuration.origin =
        Some(ConfigFacts { name: name.to_string(), sha256, options: Vec::new() });
    Ok(configuration)
}

/// The configuration of the working folder, if there is one.
pub fn found() -> Option<PathBuf> {
    let is_there = std::fs::metadata(DEFAULT_NAME).is_ok_and(|there| !there.is_dir());
    is_there.then(|| PathBuf::from(DEFAULT_NAME))
}

/// What is wrong, and in which line; not the line itself, for it may be one of claims.
fn no_toml(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let what = error.message().lines().next().unwrap_or_default();
    // What is quoted is the file's own text.
    let what = what.split('`').next().unwrap_or_default().trim_end();
    format!("line {line} is no configuration (TOML): {what}")
}

impl Configuration {
    /// The options that it gives, in the order of the template.
    pub(super) fn given(&self) -> &[Given] {
        &self.given
    }

    /// What the manifest says of it: `options` are those of its options that were in force.
    pub fn facts(&self, options: &[OptionFacts]) -> Option<ConfigFacts> {
        let origin = self.origin.clone()?;
        Some(ConfigFacts { options: options.to_vec(), ..origin })
    }

    /// The delimiter of the CSV files: as typed, else as configured, else a comma.
    pub(super) fn delimiter_or(&self, typed: Option<u8>) -> Result<u8, CliError> {
        match (typed, self.delimiter.as_deref()) {
            (Some(delimiter), _) => Ok(delimiter),
            (None, None | Some(",")) => Ok(b','),
            (None, Some(";")) => Ok(b';'),
            (None, Some("|")) => Ok(b'|'),
            (None, Some("\t")) => Ok(b'\t'),
            (None, Some(other)) => Err(CliError::Usage(format!(
                "configuration: delimiter {other:?} is none of , ; | \\t"
            ))),
        }
    }

    /// Reads the text of a configuration.
    pub fn read(text: &str) -> Result<Configuration, String> {
        let wrong = |error| no_toml(text, &error);
        let table: toml::Table = toml::from_str(text).map_err(wrong)?;
        for key in table.keys() {
            known(key, &KEYS, "the configuration", "key")?;
        }
        let configuration: Configuration = toml::from_str(text).map_err(wrong)?;
        configuration.check()?;
        Ok(configuration)
    }

    /// What the summary says of it, where it changes how claims or tables are read, or gives one of
    /// `options` that decides what is found: it may have been found in the working folder, and not
    /// named.
    pub(super) fn note(&self, options: &[OptionFacts]) -> Option<String> {
        let origin = &self.origin.as_ref()?.name;
        let mut said = Vec::new();
        if self.changes_reading() {
            said.push(format!("columns, codes and delimiter are read as {origin} says"));
        }
        let given: Vec<String> = deciding(options)
            .map(|option| match &option.value {
                Some(value) => format!("{} {value}", option.name),
                None => option.name.clone(),
            })
            .collect();
        if !given.is_empty() {
            said.push(format!("{origin} gives {}", given.join(", ")));
        }
        (!said.is_empty()).then(|| said.join("; "))
    }

    fn changes_reading(&self) -> bool {
        self.columns.values().any(|columns| !columns.is_empty())
            || self.codes.values().flat_map(BTreeMap::values).any(|codes| !codes.is_empty())
            || self.delimiter.is_some()
    }

    /// Whether anything of it is in force.
    fn says_nothing(&self) -> bool {
        let keys = self.paths.len() + self.defaults.len() + self.split.len();
        keys == 0 && !self.changes_reading() && self.acks == acks::Settings::default()
    }

    /// A configuration that stands among the tables of `folder`, says something, and is not this
    /// one: whoever wrote it there thinks that it is read.
    pub(super) fn passed_over(&self, folder: Option<&Path>) -> Option<PathBuf> {
        let path = folder?.join(DEFAULT_NAME);
        let text = std::fs::read_to_string(&path).ok()?;
        let whole = |path: &Path| path.canonicalize().ok();
        let own = self.origin.as_ref().and_then(|origin| whole(Path::new(&origin.name)));
        let is_own = own.is_some() && own == whole(&path);
        let says_nothing = Configuration::read(&text).is_ok_and(|other| other.says_nothing());
        (!is_own && !says_nothing).then_some(path)
    }

    /// How the claim CSVs are written; `typed` is the delimiter of the command line.
    pub fn claim_form(&self, typed: Option<u8>) -> Result<ClaimCsvForm, CliError> {
        Ok(ClaimCsvForm {
            delimiter: self.delimiter_or(typed)?,
            renamed: self.claim_columns(),
            codes: self.claim_codes(),
        })
    }

    /// Our names of claim columns to the file's.
    pub fn claim_columns(&self) -> HashMap<String, Sources> {
        let columns = self.columns.get(CLAIMS).into_iter().flatten();
        columns.map(|(ours, theirs)| (ours.clone(), theirs.sources())).collect()
    }

    /// The file's codes to ours, by our column.
    pub fn claim_codes(&self) -> CodeMaps {
        let codes = self.codes.get(CLAIMS).map(CodeMaps::of);
        codes.and_then(Result::ok).unwrap_or_default() // checked when it was read
    }

    /// What is put behind the control numbers of the files in `hold/`.
    pub fn control_suffix(&self) -> Option<ControlSuffix> {
        let text = self.split.get(SPLIT_KEYS[0])?;
        ControlSuffix::parse(text).ok() // checked when it was read
    }

    /// The same of the tables.
    pub fn table_columns(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let tables = self.columns.iter().filter(|(table, _)| *table != CLAIMS);
        let names = |columns: &BTreeMap<String, Theirs>| -> BTreeMap<String, String> {
            let first = |theirs: &Theirs| theirs.sources().into_iter().next().unwrap_or_default();
            columns.iter().map(|(ours, theirs)| (ours.clone(), first(theirs))).collect()
        };
        tables.map(|(table, columns)| (table.clone(), names(columns))).collect()
    }

    fn check(&self) -> Result<(), String> {
        self.acks.check()?;
        for (key, value) in &self.split {
            known(key, &SPLIT_KEYS, "[split]", "key")?;
            ControlSuffix::parse(value).map_err(|why| format!("[split] {key}: {why}"))?;
        }
        for (table, columns) in &self.columns {
            known(table, &COLUMN_TABLES, "[columns]", "table")?;
            for (ours, theirs) in columns {
                if table == CLAIMS {
                    known(ours, &NAMES.map(|(name, _)| name), "[columns.claims]", "column")?;
                }
                let sources = theirs.sources();
                if sources.is_empty() || sources.iter().any(|name| name.trim().is_empty()) {
                    return Err(format!(
                        "[columns.{table}] {ours}: the name of the file's column is blank; write \
                         it, or take the line out",
                    ));
                }
                if table != CLAIMS && sources.len() > 1 {
                    return Err(format!(
                        "[columns.{table}] {ours}: one name is expected; a list of names goes with \
                         claims alone",
                    ));
                }
            }
        }
        for (table, columns) in &self.codes {
            known(table, &[CLAIMS], "[codes]", "table")?;
            for column in columns.keys() {
                known(column, &CODED.map(|(_, name)| name), "[codes.claims]", "coded column")?;
            }
        }
        Ok(())
    }
}

/// Those of the options that decide what is found, or what goes out; the others say how it is done.
pub(super) fn deciding(options: &[OptionFacts]) -> impl Iterator<Item = &OptionFacts> {
    const HOW: [&str; 9] = [
        "--format",
        "--input-hash",
        "--max-decompressed",
        "--memory",
        "--out",
        "--progress",
        "--quiet",
        "--threads",
        "--wait",
    ];
    options.iter().filter(|option| !HOW.contains(&option.name.as_str()))
}

impl Theirs {
    fn sources(&self) -> Sources {
        match self {
            Theirs::One(name) => vec![name.clone()],
            Theirs::Several(names) => names.clone(),
        }
    }
}

/// An error that names the nearest of `names` (all, where none is near), if `word` is none of them.
pub(super) fn known(word: &str, names: &[&str], place: &str, what: &str) -> Result<(), String> {
    if names.contains(&word) {
        return Ok(());
    }
    match likeness::nearest(word, names.iter().copied()) {
        Some(near) => Err(format!("{place} has no {what} {word:?}; did you mean {near:?}?")),
        None => {
            let known = names.join(", ");
            Err(format!("{place} has no {what} {word:?}; what may stand there: {known}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Configuration::read(text).err().expect("not right")
    }

    #[test]
    fn names_and_codes_are_read() {
        let text = "delimiter = ';'\n[columns.claims]\nclaim_id = ['ADJ', 'ICN']\nunits = 'QTY'\n\
            [columns.employment]\nfte = 'FTE_SHARE'\n[codes.claims.frequency_code]\n0 = '1'\n";
        let configuration = Configuration::read(text).expect("right");
        assert_eq!(configuration.claim_columns()["claim_id"], ["ADJ", "ICN"]);
        assert_eq!(configuration.claim_columns()["units"], ["QTY"]);
        assert_eq!(configuration.table_columns()["employment"]["fte"], "FTE_SHARE");
        assert!(!configuration.claim_codes().is_empty());
    }

    #[test]
    fn the_suffix_of_control_numbers_is_checked() {
        let suffix = Configuration::read("[split]\ncontrol_suffix = '02'").expect("right");
        assert!(suffix.control_suffix().is_some());
        let said = error("[split]\ncontrol_suffix = 'H'");
        assert!(
            said.contains("[split] control_suffix: \"H\" is not one to three digits"),
            "{said}"
        );
        assert!(error("[split]\nsuffix = '2'").contains("did you mean \"control_suffix\"?"));
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let said = error("zzzzzz = 1");
        assert!(
            said.ends_with("delimiter, paths, defaults, columns, codes, acks, split"),
            "{said}"
        );
        assert!(error("colums = 1").contains("no key \"colums\"; did you mean \"columns\"?"));
        let said = error("[columns.claims]\nmember = 'X'");
        assert!(said.contains("no column \"member\"; did you mean \"member_id\"?"), "{said}");
        let said = error("[codes.claims.frequency]\n0 = '1'");
        assert!(said.contains("did you mean \"frequency_code\"?"), "{said}");
        assert!(error("[codes.claim.frequency_code]\n0 = '1'").contains("\"claims\""));
        assert!(error("[columns.service_plans]\nplan_id = ['A', 'B']").contains("one name"));
        let said = error("[columns.claim]\nclaim_id = 'A'");
        assert!(said.contains("no table \"claim\"; did you mean \"claims\"?"), "{said}");
        for blank in ["units = ''", "units = []", "units = ['A', ' ']"] {
            assert!(error(&format!("[columns.claims]\n{blank}")).contains("is blank"), "{blank}");
        }
        assert!(error("[columns.claims]\nunits = 4").contains("column name"));
    }
}
