//! Which file is which table.

use super::error::TableError;
use super::form::{TABLES, TableForm};
use crate::source::opening;
use std::io;
use std::path::{Path, PathBuf};

/// The files of the six tables; `None` = not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TablePaths {
    /// `credentials.csv`
    pub credentials: Option<PathBuf>,
    /// `employment.csv`
    pub employment: Option<PathBuf>,
    /// `service_plans.csv`
    pub plans: Option<PathBuf>,
    /// `supervision.csv`
    pub supervision: Option<PathBuf>,
    /// `supervisors.csv`
    pub supervisors: Option<PathBuf>,
    /// `authorizations.csv`
    pub authorizations: Option<PathBuf>,
}

impl TablePaths {
    /// The tables that stand in `folder` by their names, plain or with `.gz` or `.zst` behind; a
    /// table whose file is not there is not given.
    ///
    /// # Errors
    /// `folder` is no folder that can be read, or holds one table in two files.
    pub fn in_dir(folder: &Path) -> Result<TablePaths, TableError> {
        let failed = |source| TableError::Folder { path: folder.display().to_string(), source };
        if !std::fs::metadata(folder).map_err(failed)?.is_dir() {
            return Err(failed(io::Error::from(io::ErrorKind::NotADirectory)));
        }
        let mut paths = TablePaths::default();
        for (form, place) in TABLES.iter().zip(paths.places_mut()) {
            *place = find(folder, form, &failed)?;
        }
        Ok(paths)
    }

    /// These, if no file of `folder` has almost the name of a table that is not among them.
    ///
    /// # Errors
    /// There is one.
    pub fn without_slips(self, folder: &Path) -> Result<TablePaths, TableError> {
        let failed = |source| TableError::Folder { path: folder.display().to_string(), source };
        for (form, found) in TABLES.iter().zip(self.all()) {
            if found.is_none() {
                near_name(folder, form, &failed)?;
            }
        }
        Ok(self)
    }

    /// These files, and those of `base` for the tables that have none here.
    #[must_use]
    pub fn or(self, base: TablePaths) -> TablePaths {
        TablePaths {
            credentials: self.credentials.or(base.credentials),
            employment: self.employment.or(base.employment),
            plans: self.plans.or(base.plans),
            supervision: self.supervision.or(base.supervision),
            supervisors: self.supervisors.or(base.supervisors),
            authorizations: self.authorizations.or(base.authorizations),
        }
    }

    /// The file of each table, in the order of [`TABLES`].
    pub fn all(&self) -> [Option<&Path>; 6] {
        [
            self.credentials.as_deref(),
            self.employment.as_deref(),
            self.plans.as_deref(),
            self.supervision.as_deref(),
            self.supervisors.as_deref(),
            self.authorizations.as_deref(),
        ]
    }

    /// Whether no table is given.
    pub fn is_empty(&self) -> bool {
        self.all().iter().all(Option::is_none)
    }

    fn places_mut(&mut self) -> [&mut Option<PathBuf>; 6] {
        [
            &mut self.credentials,
            &mut self.employment,
            &mut self.plans,
            &mut self.supervision,
            &mut self.supervisors,
            &mut self.authorizations,
        ]
    }
}

/// An error if a file of the folder has almost the name of a table that is not there: it would be
/// passed over, and the rules that need it would not run.
fn near_name(
    folder: &Path,
    form: &TableForm,
    failed: &impl Fn(io::Error) -> TableError,
) -> Result<(), TableError> {
    let mut near = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let plain = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
        let is_other = TABLES.iter().any(|other| other.name != form.name && other.file == plain);
        if !is_other && strsim::damerau_levenshtein(plain, form.file) <= MOST_EDITS {
            near.push(path);
        }
    }
    near.sort();
    match near.into_iter().next() {
        Some(path) => Err(TableError::NearName {
            path: path.display().to_string(),
            file: form.file,
            option: form.option,
        }),
        None => Ok(()),
    }
}

/// Letters in which the name of a file may differ from a table's to be taken for a slip.
const MOST_EDITS: usize = 2;

/// A link that leads nowhere fails when it is opened, with a word of the table.
fn missing_is_said_later(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn find(
    folder: &Path,
    form: &TableForm,
    failed: &impl Fn(io::Error) -> TableError,
) -> Result<Option<PathBuf>, TableError> {
    let mut found: Option<PathBuf> = None;
    for ending in ["", ".gz", ".zst"] {
        let path = folder.join(format!("{}{ending}", form.file));
        // A link that leads nowhere is a table that is named: opening it must fail, not pass it
        // over.
        match std::fs::symlink_metadata(&path) {
            Ok(_) => {
                let name = path.display();
                let odd = |error| failed(io::Error::other(format!("{name}: {error}")));
                opening::refuse_all_but_files(&path).or_else(missing_is_said_later).map_err(odd)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(error)),
        }
        if let Some(first) = found {
            return Err(TableError::TwoFiles {
                first: first.display().to_string(),
                second: path.display().to_string(),
                option: form.option,
            });
        }
        found = Some(path);
    }
    Ok(found)
}
