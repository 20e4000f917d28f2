//! The results of an earlier run, read back: its manifest, findings and claims.
//!
//! What stands in an output folder may have been changed since, by accident or on purpose, so that
//! nothing here trusts it: names of files stay inside of the folder, links and pipes are not
//! followed, and what is not as this program writes it is an error with its place.

pub mod claims;
pub mod error;
pub mod findings;
pub mod manifest;
pub mod rows;

pub use error::EarlierError;
pub use manifest::{FILE_NAME, Manifest, PROGRAM};
