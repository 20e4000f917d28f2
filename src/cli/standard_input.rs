//! Standard input among the files of a command.

use super::error::CliError;
use std::path::Path;

/// That it is named (`-`) once at most: it can be read once.
pub fn check<'p>(
    named: impl IntoIterator<Item = &'p (impl AsRef<Path> + ?Sized + 'p)>,
) -> Result<(), CliError> {
    if named.into_iter().filter(|path| path.as_ref().as_os_str() == "-").count() > 1 {
        let what = "standard input (-) is named twice, but can be read once: name files instead";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(())
}
