//! `peerclaims completions` and `peerclaims man`: for packages, from the definitions of the help.

use super::args::Cli;
use super::error::CliError;
use super::exit::Exit;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

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
        io::stdout().lock().write_all(page(Cli::command())?.1.as_bytes())?;
        return Ok(Exit::Clean);
    };
    let mut all = Cli::command();
    all.build();
    let made = fs::create_dir_all(folder).and_then(|()| write_pages(&all, folder));
    made.map_err(|error| {
        let name = folder.display().to_string();
        let name = crate::report::plain(&name);
        CliError::Usage(format!("{name}: the manual pages cannot be written: {error}"))
    })?;
    Ok(Exit::Clean)
}

/// Writes the page of `command`, and those of its own commands.
fn write_pages(command: &clap::Command, folder: &Path) -> io::Result<()> {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        write_pages(inner, folder)?;
    }
    let (name, text) = page(command.clone())?;
    fs::write(folder.join(name), text)
}

/// The name of a page's file, and its text.
fn page(command: clap::Command) -> io::Result<(String, String)> {
    let page = clap_mangen::Man::new(command);
    let mut text = Vec::new();
    page.render(&mut text)?;
    Ok((page.get_filename(), with_examples(&String::from_utf8_lossy(&text))))
}

/// The text behind the options as sections of their own: examples line by line, so that they can
/// be copied from the page, and the exit codes.
fn with_examples(page: &str) -> String {
    let Some((before, rest)) = page.split_once(".SH EXTRA\n") else { return page.to_owned() };
    let (extra, after) = rest.split_at(rest.find("\n.SH ").map_or(rest.len(), |at| at + 1));
    let mut text = before.to_owned();
    for part in extra.split("\n\n").map(str::trim_end).filter(|part| !part.is_empty()) {
        if let Some(examples) = part.strip_prefix("Examples:\n") {
            text += &format!(".SH EXAMPLES\n.nf\n{examples}\n.fi\n");
        } else if let Some(example) = part.strip_prefix("Example: ") {
            text += &format!(".SH EXAMPLES\n.nf\n  {example}\n.fi\n");
        } else if let Some(codes) = part.strip_prefix("Exit codes: ") {
            text += &format!(".SH \"EXIT STATUS\"\n{codes}\n");
        } else {
            text += &format!(".SH NOTES\n{part}\n");
        }
    }
    text + after
}
