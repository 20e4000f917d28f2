//! Nothing that says who a member is leaves by another door than the findings: canaries in the
//! place of ids, names, birth dates and streets, and all that the program says looked through for
//! them.

pub mod canaries;
mod commands;
mod numbers;
mod others;
mod progress;
mod rights;
mod talk;
mod types;
