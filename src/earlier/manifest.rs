//! `manifest.json`, read back. Keys that are not known are passed over: a later version may have
//! written it.

use super::error::EarlierError;
use crate::source::hash;
use serde::Deserialize;
use std::fs;
use std::io;
use std::path::Path;

/// The file's name in the output folder.
pub const FILE_NAME: &str = "manifest.json";

/// The program's name in it.
pub const PROGRAM: &str = "peerclaims";

/// What a run wrote of itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Manifest {
    /// Always [`PROGRAM`].
    pub program: String,
    /// The program's version.
    pub version: String,
    /// The policy used.
    pub policy: Option<Policy>,
    /// Nothing after this day was known.
    pub as_of: Option<String>,
    /// The options in force.
    pub options: Vec<OptionInForce>,
    /// The claim files.
    pub inputs: Vec<Input>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The files written.
    pub outputs: Vec<Output>,
    /// When the run began.
    pub started: Option<String>,
    /// What the ledger added.
    pub ledger: Option<InLedger>,
    /// The configuration file.
    pub config: Option<Configuration>,
}

/// `policy`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Whose it is.
    pub name: String,
    /// Of its text, in hex.
    pub sha256: String,
    /// `built-in`, or the file as it was named.
    pub origin: String,
}

/// One of `options`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OptionInForce {
    /// `--as-of`
    pub name: String,
    /// As given; none: a switch.
    pub value: Option<String>,
}

/// One of `inputs`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Input {
    /// As the user named it.
    pub name: String,
    /// From `--history`.
    pub is_history: bool,
    /// On disk.
    pub bytes: u64,
    /// In hex; none with `--input-hash none`.
    pub sha256: Option<String>,
}

/// One of `tables`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Table {
    /// `credentials`, …
    pub table: String,
    /// As the user named it.
    pub name: String,
    /// On disk.
    pub bytes: u64,
    /// In hex; none with `--input-hash none`.
    pub sha256: Option<String>,
}

/// One of `outputs`.
#[derive(Clone, Debug, Deserialize)]
pub struct Output {
    /// Its path in the folder, with `/`.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// In hex.
    pub sha256: String,
}

/// `ledger`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct InLedger {
    /// The number of the run.
    pub run: i64,
    /// Nothing was posted.
    pub is_dry_run: bool,
    /// As the user named it.
    pub name: String,
    /// Of the run before; none: there was none.
    pub previous_manifest_sha256: Option<String>,
}

/// `config`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// As named or found.
    pub name: String,
    /// In hex.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of the results in `folder`, and its own SHA-256.
    pub fn read(folder: &Path) -> Result<(Manifest, String), EarlierError> {
        let none = |why: String| EarlierError::NoResults { path: folder.to_owned(), why };
        let there = fs::metadata(folder).map_err(EarlierError::io(folder))?;
        if !there.is_dir() {
            return Err(none("it is no folder".to_owned()));
        }
        let path = folder.join(FILE_NAME);
        // Looked at without following it: a link or a pipe under that name is none of ours.
        match fs::symlink_metadata(&path) {
            Ok(file) if file.is_file() => {}
            Ok(_) => return Err(none(format!("its {FILE_NAME} is no file"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(none(format!("there is no {FILE_NAME} in it")));
            }
            Err(error) => return Err(EarlierError::io(&path)(error)),
        }
        let bytes = fs::read(&path).map_err(EarlierError::io(&path))?;
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .map_err(|error| none(format!("its {FILE_NAME} cannot be read ({error})")))?;
        if manifest.program != PROGRAM {
            return Err(none(format!("its {FILE_NAME} is of another program")));
        }
        Ok((manifest, hash::sha256(&bytes)))
    }
}
