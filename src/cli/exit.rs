//! Exit codes (outputs.md): the first that fits.

use super::error::CliError;
use super::talk::Talk;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, nothing to report.
    Clean,
    /// 1: findings at or above `--fail-on`; or what was looked at is not well.
    Findings,
    /// 2: it could not be done, and nothing was written.
    NotDone,
    /// 3: done, but some input had to be left out.
    Partial,
}

/// Of a change that is made already: what saying so came to. A reader who has seen enough
/// (`| head`) changes nothing; where nothing can be written, standard error says that the change
/// is made, for exit code 2 would say that it is not.
pub fn done(told: Result<(), CliError>) -> Result<(), CliError> {
    match told {
        Err(CliError::Output(error)) => {
            if error.kind() != io::ErrorKind::BrokenPipe {
                let _ = writeln!(
                    Talk,
                    "peerclaims: done, but standard output cannot be written: {error}"
                );
            }
            Ok(())
        }
        told => told,
    }
}

/// How a command ends that was to say what it saw on standard output: as what it saw, also where
/// the reader has seen enough (`| head`).
pub fn after(told: Result<(), CliError>, exit: Exit) -> Result<Exit, CliError> {
    match told {
        Err(error) if error.is_closed_pipe() => Ok(exit),
        told => told.map(|()| exit),
    }
}

/// Says on standard output that a change is made; see [`done`].
pub fn say_done(text: &str) -> Result<(), CliError> {
    done(writeln!(io::stdout(), "{text}").map_err(CliError::from))
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::NotDone => 2,
            Exit::Partial => 3,
        })
    }
}
