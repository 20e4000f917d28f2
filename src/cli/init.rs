//! `peerclaims init DIR`: configuration, templates of the tables and the page of their columns.

use super::configuration::DEFAULT_NAME;
use super::configuration_template;
use super::error::CliError;
use super::exit::{self, Exit};
use super::first_day_args::InitArgs;
use super::shell;
use crate::normalize::claims_csv::columns::NAMES;
use crate::report::plain;
use crate::tables::{TABLES, template};
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const PAGE: &str = "README.md";

const PAGE_HEAD: &str = "\
# The first day with peerclaims

1. Export your tables into this folder under the names below, or fill the templates in; take the
   example rows out. A table that you do not have: remove its file. Its rules do not run then, and
   every summary says so.
2. `peerclaims check-tables .` says what looks wrong in them, before any claim is there.
3. `peerclaims validate CLAIMS --tables .` checks claims.
4. In `peerclaims.toml` stands what need not be typed each time, and the names of your columns if
   they are others. It is found by commands that are run in this folder; from elsewhere, name it:
   `--config FOLDER/peerclaims.toml`, or move it to where you work.

Each file is CSV with a header row. Columns are found by name, in any order and case; others are
passed over. Dates are `YYYY-MM-DD` or `YYYYMMDD`. A row that cannot be used is left out and said.
";

/// Makes the files, and none of them if one is there.
pub fn run(args: &InitArgs) -> Result<Exit, CliError> {
    let folder = &args.folder;
    let files = files();
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    // A link that leads nowhere is there too.
    let there: Vec<String> = paths
        .iter()
        .filter(|path| fs::symlink_metadata(path).is_ok())
        .map(|path| plain(&path.display().to_string()).into_owned())
        .collect();
    if !there.is_empty() {
        let what = "already there, and nothing is ever overwritten. Name another folder, or move";
        let them = if there.len() == 1 { "it" } else { "them" };
        return Err(CliError::Usage(format!("{}: {what} {them} away", there.join(", "))));
    }
    let failed = |path: &Path, error: io::Error| {
        CliError::Usage(format!("{}: cannot be made: {error}", plain(&path.display().to_string())))
    };
    if folder.exists() && !folder.is_dir() {
        let name = folder.display().to_string();
        let what = "it is a file; name a folder, one that is there or a new one";
        return Err(CliError::Usage(format!("{}: {what}", plain(&name))));
    }
    let new_folders = missing(folder);
    if !new_folders.is_empty() {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).map_err(|error| {
            take_away(&new_folders);
            failed(folder, error)
        })?;
    }
    let mut made: Vec<&Path> = Vec::new();
    for (path, (_, text)) in paths.iter().zip(&files) {
        if let Err(error) = write_new(path, text, &mut made) {
            // All or none; these are ours, as they were not there a moment ago.
            made.iter().for_each(|path| drop(fs::remove_file(path)));
            take_away(&new_folders);
            return Err(failed(path, error));
        }
    }
    exit::done(say(folder, &files).map_err(CliError::from))?;
    Ok(Exit::Clean)
}

/// `folder` and those above it that are not there yet, the innermost first.
fn missing(folder: &Path) -> Vec<&Path> {
    let names = folder.ancestors().filter(|path| !path.as_os_str().is_empty());
    names.take_while(|path| !path.exists()).collect()
}

/// Takes folders away that were made a moment ago. One in which something lies stays.
fn take_away(folders: &[&Path]) {
    folders.iter().for_each(|folder| drop(fs::remove_dir(folder)));
}

/// Names and texts of the files.
fn files() -> Vec<(&'static str, String)> {
    let mut files = vec![(DEFAULT_NAME, configuration_template::text())];
    files.extend(TABLES.iter().map(|form| (form.file, template::csv(form))));
    files.push((PAGE, page()));
    files
}

fn page() -> String {
    let names = |required| -> String {
        let names = NAMES.iter().filter(|(_, is_required)| *is_required == required);
        names.map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    format!(
        "{PAGE_HEAD}{}\n## Claim CSV\n\nOne row is one service line (837P files need none of \
         this).\n\n- Required: {}\n- Optional: {}\n",
        template::columns_page(),
        names(true),
        names(false)
    )
}

/// Writes a file that is not there yet, readable by its owner alone, whatever the umask.
fn write_new<'p>(path: &'p Path, text: &str, made: &mut Vec<&'p Path>) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    made.push(path);
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn say(folder: &Path, files: &[(&str, String)]) -> io::Result<()> {
    let name = folder.display().to_string();
    let mut out = io::stdout().lock();
    writeln!(out, "{}: {} files are made", plain(&name), files.len())?;
    for (file, _) in files {
        let what = match (*file, TABLES.iter().find(|form| form.file == *file)) {
            (_, Some(form)) => form.one_row_is,
            (PAGE, _) => "what each column holds",
            _ => "what need not be typed; nothing is in force yet",
        };
        writeln!(out, "  {file:<20} {what}")?;
    }
    writeln!(out, "Put your rows in the place of the example rows, then:")?;
    let (tables, config) = (shell::word(folder), shell::word(&folder.join(DEFAULT_NAME)));
    writeln!(out, "  peerclaims check-tables {tables} --config {config}")?;
    writeln!(out, "  peerclaims validate CLAIMS --tables {tables} --config {config}")?;
    writeln!(out, "In the folder of {DEFAULT_NAME} it is found, and need not be named.")
}
