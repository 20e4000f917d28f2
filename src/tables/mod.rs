//! The six tables: loaded once, never changed. One table a file.
//!
//! A table is a CSV file with a header row. [`load`] opens each, finds its columns by name
//! (`header`), reads its records (`records`), hands each to the file of its table as a
//! [`form::TableForm`] declares it, and keeps what was left out or blanked as
//! [`crate::model::Reject`]s. The rows themselves, as the join reads them, are in [`rows`].

pub mod authorizations;
mod by_id;
pub mod credentials;
pub mod employment;
mod error;
mod file;
pub mod form;
mod header;
mod interner;
mod load;
mod paths;
mod records;
mod row;
pub mod rows;
pub mod service_plans;
pub mod supervision;
mod supervision_log;
pub mod supervisors;
pub mod template;
#[cfg(test)]
mod tests;

pub use by_id::{ById, Id, IdMap};
pub use error::{MissingColumn, TableError};
pub use form::{Column, CsvForm, TABLES, TableForm, table_of};
pub use load::{Loaded, TableFile, examples, load};
pub use paths::TablePaths;
pub use rows::*;
pub use supervision_log::{Sessions, SupervisionLog, SupervisionSession};
