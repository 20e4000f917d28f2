//! What a user types on the first day, and each morning.

use clap::Args;
use std::path::PathBuf;

/// The first day: a commented configuration, templates of the tables, a page of their columns.
///
/// Makes peerclaims.toml (every key there is, none in force yet), the six tables with a header and
/// an example row each, and README.md, which says what each column holds. A file that is there is
/// never overwritten: then nothing is made, and the exit code is 2.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims init tables\n  \
    peerclaims check-tables tables")]
pub struct InitArgs {
    /// Folder for the files; it is made if it is not there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
