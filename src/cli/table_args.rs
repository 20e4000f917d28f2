//! Tables of the commands that look at tables alone: found, read, and what they are read with.

use super::configuration;
use super::error::CliError;
use super::first_day_args::TableArgs;
use super::standard_input;
use super::talk::Talk;
use crate::model::NaiveDate;
use crate::pipeline::Progress;
use crate::tables::{self, CsvForm, Loaded, TablePaths};
use std::io::Write;
use std::path::Path;

/// The tables that are `named`, and those of `folder` by their names.
pub(super) fn found(named: TablePaths, folder: Option<&Path>) -> Result<TablePaths, CliError> {
    Ok(match folder {
        Some(folder) => named.or(TablePaths::in_dir(folder)?).without_slips(folder)?,
        None => named,
    })
}

/// Reads the tables of `args`, those of `folder` by their names.
pub(super) fn load(args: &TableArgs, folder: Option<&Path>) -> Result<Loaded, CliError> {
    let configuration = configuration::load(args.config.as_deref())?;
    let named = TablePaths {
        credentials: args.credentials.clone(),
        employment: args.employment.clone(),
        plans: args.plans.clone(),
        supervision: args.supervision.clone(),
        supervisors: args.supervisors.clone(),
        authorizations: args.authorizations.clone(),
    };
    standard_input::check(named.all().into_iter().flatten())?;
    let folder = folder.or(args.tables.as_deref());
    let paths = found(named, folder)?;
    if paths.is_empty() {
        let what = match folder {
            Some(folder) => format!(
                "{}: none of the six tables is there (credentials.csv, employment.csv, …); \
                 `peerclaims init DIR` makes templates",
                crate::report::plain(&folder.display().to_string())
            ),
            None => "name the tables: --tables DIR, or --credentials FILE and so on".to_owned(),
        };
        return Err(CliError::Usage(what));
    }
    let form = CsvForm {
        delimiter: configuration.delimiter_or(args.delimiter)?,
        columns: configuration.table_columns(),
        max_decompressed: args.max_decompressed,
        wants_hash: false,
    };
    if let Some(path) = configuration.passed_over(folder) {
        let path = path.display().to_string();
        let path = crate::report::plain(&path);
        let what = "was not read: name it with --config, or go to its folder";
        writeln!(Talk, "peerclaims: WARNING: {path} {what}")?;
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let progress = Progress::default();
    Ok(progress.stage("load tables", || tables::load(&paths, &form, threads))?)
}

/// The day that is asked for, else today.
pub(super) fn as_of(args: &TableArgs) -> NaiveDate {
    args.as_of.unwrap_or_else(|| chrono::Utc::now().date_naive())
}
