//! Why a file could not be acknowledged.

use crate::source::input::InputError;
use std::io;

/// An error of the acknowledgements: the run ends with exit code 2, nothing is written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AckError {
    /// The file cannot be read a second time.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is not what it was.
    #[error(
        "{name}: the file changed while it was read: --acks reads each file twice. Run again when \
         nothing writes to it."
    )]
    Changed {
        /// As the user named it.
        name: String,
    },
    /// A fault of this program.
    #[error(
        "{name}: {read} claims were read, {acknowledged} would be acknowledged; no result was \
         written. This is a fault of peerclaims: please report it."
    )]
    Claims {
        /// As the user named it.
        name: String,
        /// Claims of the first reading.
        read: u64,
        /// Claims of the second.
        acknowledged: u64,
    },
    /// The answer cannot be written.
    #[error("cannot write the acknowledgements: {0}")]
    Output(#[from] io::Error),
}
