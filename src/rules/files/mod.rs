//! Faults of claim files: envelopes, sets that are not read, damage, rows that cannot be used.

pub mod f001;
pub mod f002;
pub mod f003;
pub mod f004;
pub mod f005;
mod message;
