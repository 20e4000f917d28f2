//! `--deidentify`: pseudonyms in the place of member ids, in everything that is shown.
//!
//! A pseudonym is a hash of the id that takes a secret key (HMAC-SHA-256): the same id gives the
//! same pseudonym in every output and run with that key, and nobody without the key can tell the
//! id, or try out ids. docs/deidentify.md says what that is and is not.

mod apply;
mod key;
mod mask;

pub use apply::{deidentify, members_of};
pub use key::{Key, KeyError};
pub use mask::mask;
