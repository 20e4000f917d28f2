//! The nightly ledger, from outside.

mod nights;
