//! How wide what we print may be.

use std::io::{self, IsTerminal};

/// Where there is no terminal to ask.
pub const PLAIN: usize = 100;

/// Characters a line of the terminal, if standard output (else standard error) is one.
pub fn of_terminal(is_stdout: bool) -> Option<usize> {
    let is_terminal =
        if is_stdout { io::stdout().is_terminal() } else { io::stderr().is_terminal() };
    let size = terminal_size::terminal_size().filter(|_| is_terminal);
    size.map(|(columns, _)| usize::from(columns.0))
}

/// Characters a line of results on standard output.
pub fn of_results() -> usize {
    of_terminal(true).unwrap_or(PLAIN)
}
