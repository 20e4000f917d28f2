//! `peerclaims completions` and `peerclaims man`: for packages, from the definitions of the help.

use super::args::Cli;
use super::error::CliError;
use super::exit::Exit;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::{self, Write};
use std::path::PathBuf;

/// The program's name in both.
const NAME: &str = "peerclaims";

/// Completions for a shell, on standard output.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims completions bash > ~/.local/share/bash-completion/completions/peerclaims\n  \
    peerclaims completions zsh > ~/.zfunc/_peerclaims")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Manual pages: the main one on standard output, or all of them into a folder.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    peerclaims man | man -l -\n  \
    peerclaims man ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Folder for the pages of all commands; it is made if it is not there
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Prints completions.
pub fn completions(args: &CompletionsArgs) -> Result<Exit, CliError> {
    // The generator panics where its writer fails, so it writes into memory.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut text);
    io::stdout().lock().write_all(&text)?;
    Ok(Exit::Clean)
}

/// Prints the main page, or writes all of them.
pub fn man(args: &ManArgs) -> Result<Exit, CliError> {
    let Some(folder) = &args.folder else {
        clap_mangen::Man::new(Cli::command()).render(&mut io::stdout().lock())?;
        return Ok(Exit::Clean);
    };
    let made = std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    made.map_err(|error| {
        let name = folder.display().to_string();
        let name = crate::report::plain(&name);
        CliError::Usage(format!("{name}: the manual pages cannot be written: {error}"))
    })?;
    Ok(Exit::Clean)
}
