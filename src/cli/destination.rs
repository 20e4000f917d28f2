//! Where the results of a run over claims go.

use super::args::CommonArgs;
use super::error::CliError;
use super::leftovers::{self, is_awaited};
use crate::report::StagedFolder;
use crate::source::input::InputPath;
use crate::tables::TablePaths;
use std::path::{Path, PathBuf};

/// Where the results go.
pub(super) enum Destination {
    /// Summary and first findings to standard output.
    Terminal,
    /// Findings to standard output.
    Stdout,
    /// Everything into a folder.
    Folder(Box<StagedFolder>),
}

/// Where the results go: not onto what was named, what was read or what is kept (a ledger).
pub(super) fn of(
    named: &[PathBuf],
    common: &CommonArgs,
    kept: Option<&PathBuf>,
    claims: &[InputPath],
    history: &[InputPath],
    tables: &TablePaths,
) -> Result<Destination, CliError> {
    let Some(out) = &common.out else { return Ok(Destination::Terminal) };
    if out.as_os_str() == "-" {
        return Ok(Destination::Stdout);
    }
    let mut inputs: Vec<PathBuf> =
        claims.iter().chain(history).map(|input| input.path.clone()).collect();
    // Folders too: results inside one would be read as claims the next time.
    inputs.extend(named.iter().chain(&common.history).cloned());
    inputs.retain(|path| path.as_os_str() != "-");
    inputs.extend(tables.all().into_iter().flatten().map(Path::to_owned));
    inputs.extend(
        common.policy.iter().chain(&common.config).chain(&common.deidentify).chain(kept).cloned(),
    );
    let ledger = kept.map(PathBuf::as_path);
    let folder = StagedFolder::stage(out, &inputs, &|left| is_awaited(ledger, left))?;
    leftovers::say(folder.leftovers(), common.quiet);
    Ok(Destination::Folder(Box::new(folder)))
}
