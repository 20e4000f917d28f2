//! Why results of an earlier run cannot be read.

use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What was named holds no results of this program, or they cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EarlierError {
    /// The system said no.
    #[error("{}: cannot be read: {error}", shown(path))]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It is no folder of results.
    #[error(
        "{}: no results of peerclaims: {why}. Name the folder that a run wrote with --out",
        shown(path)
    )]
    NoResults {
        /// The folder.
        path: PathBuf,
        /// What is missing or wrong.
        why: String,
    },
    /// A file is not as this program writes it.
    #[error("{}: {why}", shown(path))]
    Content {
        /// The file.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
}

impl EarlierError {
    /// Puts the path to an error of the system.
    pub fn io(path: &Path) -> impl FnOnce(io::Error) -> EarlierError {
        move |error| EarlierError::Io { path: path.to_owned(), error }
    }

    /// A file with something wrong in it.
    pub fn content(path: &Path, why: impl Into<String>) -> EarlierError {
        EarlierError::Content { path: path.to_owned(), why: why.into() }
    }
}

/// A path without what a terminal would act on.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect()
}
