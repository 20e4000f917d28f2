//! The configuration file: column names and delimiter, so that no data need be edited.

use super::error::CliError;
use crate::normalize::claims_csv::columns::NAMES;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Looked for in the working folder.
const DEFAULT_NAME: &str = "peerclaims.toml";

/// What the file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Delimiter of the CSV files.
    pub delimiter: Option<String>,
    /// Table, then our column name, then the file's.
    #[serde(default)]
    pub columns: BTreeMap<String, BTreeMap<String, String>>,
}

/// The configuration that is named, or found, or none.
pub fn load(named: Option<&Path>) -> Result<Configuration, CliError> {
    let path = match named {
        Some(path) => path.to_owned(),
        None if Path::new(DEFAULT_NAME).is_file() => PathBuf::from(DEFAULT_NAME),
        None => return Ok(Configuration::default()),
    };
    let name = path.display();
    let failed = |what: String| CliError::Usage(format!("{name}: {what}"));
    let text = std::fs::read_to_string(&path)
        .map_err(|error| failed(format!("the configuration cannot be read: {error}")))?;
    let configuration: Configuration =
        toml::from_str(&text).map_err(|error| failed(error.to_string()))?;
    configuration.check().map_err(failed)?;
    Ok(configuration)
}

impl Configuration {
    /// Our names of claim columns to the file's.
    pub fn claim_columns(&self) -> HashMap<String, String> {
        let columns = self.columns.get("claims").into_iter().flatten();
        columns.map(|(ours, theirs)| (ours.clone(), theirs.clone())).collect()
    }

    /// The same of the tables.
    pub fn table_columns(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let tables = self.columns.iter().filter(|(table, _)| *table != "claims");
        tables.map(|(table, columns)| (table.clone(), columns.clone())).collect()
    }

    fn check(&self) -> Result<(), String> {
        for ours in self.columns.get("claims").into_iter().flat_map(BTreeMap::keys) {
            if NAMES.iter().any(|(known, _)| known == ours) {
                continue;
            }
            let near = NAMES.iter().max_by(|left, right| {
                strsim::jaro_winkler(left.0, ours).total_cmp(&strsim::jaro_winkler(right.0, ours))
            });
            let near = near.map_or("", |(known, _)| known);
            return Err(format!("[columns.claims] has no column {ours:?}; did you mean {near:?}?"));
        }
        Ok(())
    }
}
