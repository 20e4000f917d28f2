//! Why the ledger cannot be used, in words for whoever runs it at night; no value of a line.

use super::lock::Holder;
use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};

/// An error of the ledger: exit code 2, and the ledger stands as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// No such file, and the command makes none.
    #[error(
        "{}: there is no such ledger; `peerclaims validate … --ledger FILE` and `peerclaims \
         ledger seed` make one",
        path.display()
    )]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// The folder that it would be made in is missing.
    #[error(
        "{}: there is no folder {}; make it (or mount it), and start again",
        path.display(), folder.display()
    )]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// It can only be looked at, and what the last run wrote is not all in the file.
    #[error(
        "{}: its folder cannot be written, and {}-wal holds what is not yet in it: copy both into \
         a folder of yours, and look there",
        path.display(), path.display()
    )]
    Unmoved {
        /// The file.
        path: PathBuf,
    },
    /// No room.
    #[error(
        "{}: the disk is full; the ledger stands as it was. Make room, and start again",
        path.display()
    )]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Some other file.
    #[error(
        "{}: {what}; it was not touched. Name the ledger's own file, or a new one",
        path.display()
    )]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// Made by a newer program.
    #[error(
        "{}: written by a newer peerclaims (schema {found}, this program knows {known}); it was \
         not touched. Use that program",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i32,
        /// Ours.
        known: i32,
    },
    /// Bytes are missing or wrong.
    #[error(
        "{}: this ledger is damaged ({what}); it was not changed. Put the newest backup in its \
         place (`peerclaims ledger backup` makes them) and run the nights since then again",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// In what way.
        what: String,
    },
    /// Another run of peerclaims has it.
    #[error("{}: in use by {holder}; nothing was done. Try later, or wait longer with --wait",
        path.display())]
    Held {
        /// The file.
        path: PathBuf,
        /// Who.
        holder: Holder,
    },
    /// Another program writes to it.
    #[error(
        "{}: another program than peerclaims is writing to it; nothing was done. Try later, or \
         wait longer with --wait",
        path.display()
    )]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The disk.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// `open`, `lock`, …
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// What SQLite says beyond all that.
    #[error("{}: {what}; the ledger stands as it was", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// In SQLite's words.
        what: String,
    },
    /// The ledger cannot do what was asked, and why.
    #[error("{}: {what}", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why, and what to do.
        what: String,
    },
}

/// Puts the file to an error of SQLite.
pub(super) fn sql(path: &Path) -> impl Fn(rusqlite::Error) -> LedgerError + use<> {
    let path = path.to_owned();
    move |error| {
        let path = path.clone();
        // Not the statement: it may be long, and says nothing to whoever runs it at night.
        let said = match &error {
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Busy { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                LedgerError::Damaged { path, what: said }
            }
            Some(ErrorCode::DiskFull) => LedgerError::Full { path },
            Some(ErrorCode::SystemIoFailure) if is_full(&path) => LedgerError::Full { path },
            Some(ErrorCode::SystemIoFailure) => {
                LedgerError::Sql { path, what: format!("the disk failed ({said})") }
            }
            None if is_of_a_value(&error) => {
                let what = "a value in it is not what its column holds".to_owned();
                LedgerError::Damaged { path, what }
            }
            _ => LedgerError::Sql { path, what: said },
        }
    }
}

/// Less room than SQLite needs to look at a file.
fn is_full(path: &Path) -> bool {
    const LEAST_BYTES: u64 = 64 << 10;
    let resolved = super::lock::resolve(path);
    let folder = resolved.parent().filter(|folder| !folder.as_os_str().is_empty());
    let found = rustix::fs::statvfs(folder.unwrap_or(Path::new(".")));
    found.is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) < LEAST_BYTES)
}

/// A row holds something that we never write there. What it is may be of a member: not said.
fn is_of_a_value(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    )
}

/// Puts the file, and what was done with it, to an error of the disk.
pub(super) fn io(
    path: &Path,
    action: &'static str,
) -> impl FnOnce(io::Error) -> LedgerError + use<> {
    let path = path.to_owned();
    move |source| LedgerError::Io { path, action, source }
}
