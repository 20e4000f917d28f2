//! Why results could not be written, and what to do about it.

use super::plain_text::plain;
use std::io;
use std::path::{Path, PathBuf};

/// An error of the reports: the run ends with exit code 2, the earlier results stand as they were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The output folder and an input are one in the other.
    #[error("--out {} {how} the input {}: name another folder", shown(target), shown(input))]
    TargetIsInput {
        /// The folder named.
        target: PathBuf,
        /// `is`, `holds` or `lies inside`.
        how: &'static str,
        /// The input.
        input: PathBuf,
    },
    /// Something that is no folder has the name.
    #[error("--out {} is not a folder: name another --out", shown(target))]
    NotAFolder {
        /// The folder named.
        target: PathBuf,
    },
    /// A folder of somebody else's.
    #[error("--out {} is not a folder of peerclaims results: name another --out", shown(target))]
    NotResults {
        /// The folder named.
        target: PathBuf,
    },
    /// Earlier results with something of somebody else's among them.
    #[error(
        "--out {} holds {} beside the peerclaims results, and would lose it: move it away, or name \
         another --out",
        shown(target),
        shown(entry)
    )]
    HoldsForeign {
        /// The folder named.
        target: PathBuf,
        /// What is not ours.
        entry: PathBuf,
    },
    /// A mount point cannot be exchanged.
    #[error(
        "--out {} is a mount point and cannot be replaced in one step: name a folder inside it",
        shown(target)
    )]
    MountPoint {
        /// The folder named.
        target: PathBuf,
    },
    /// `/`, or a path that ends in `..`.
    #[error("--out {} has no name of its own: name a new folder", shown(target))]
    NotNameable {
        /// The folder named.
        target: PathBuf,
    },
    /// The folder in which the command was started.
    #[error(
        "--out {} is the folder that you are in, which results would replace: go to another \
         folder, or name another --out",
        shown(target)
    )]
    IsCurrent {
        /// The folder named.
        target: PathBuf,
    },
    /// The disk failed twice: the earlier results could not be given their name again.
    #[error(
        "{error}\n--out {}: its earlier results are whole, but not in place: they are {}. The next \
         run with this --out puts them back; or rename them",
        shown(target),
        shown(earlier)
    )]
    Aside {
        /// The folder named.
        target: PathBuf,
        /// Where its earlier results are.
        earlier: PathBuf,
        /// What failed first.
        error: String,
    },
    /// The disk.
    #[error("cannot {action} {}: {source}", shown(path))]
    Io {
        /// `write`, `create`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Puts what was done, and where, to an error of the disk.
pub(super) fn at(
    action: &'static str,
    path: impl AsRef<Path>,
) -> impl FnOnce(io::Error) -> ReportError {
    move |source| ReportError::Io { action, path: path.as_ref().to_owned(), source }
}

fn shown(path: &Path) -> String {
    plain(&path.to_string_lossy()).into_owned()
}
