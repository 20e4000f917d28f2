//! Standard input among the files of a command.

use super::error::CliError;
use std::path::PathBuf;

/// That it is named (`-`) once at most: it can be read once.
pub fn check<'p>(named: impl IntoIterator<Item = &'p PathBuf>) -> Result<(), CliError> {
    if named.into_iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        let what = "standard input (-) is named twice, but can be read once: name files instead";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(())
}
