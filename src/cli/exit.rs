//! Exit codes (outputs.md): the first that fits.

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
