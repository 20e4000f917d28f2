//! The policy: the numbers of the rules, by service date, as data.
//!
//! A policy is a TOML file ([`read`]). What a file leaves out keeps the value of the built-in
//! policy ([`builtin`]), whose text ([`BUILTIN_TEXT`]) names the source of every number. What is
//! odd about a policy, though allowed, [`remarks`] says.

mod error;
mod fields;
mod read;
mod remarks;
#[cfg(test)]
mod tests;
pub mod values;

pub use error::{PolicyError, Problem};
pub use read::{BUILTIN_TEXT, builtin, read};
pub use remarks::remarks;
pub use values::*;
