//! What was left out or blanked on reading: a row of `rejects.csv`.

use super::Position;
use std::sync::Arc;

/// One row, or one value of a row, that could not be used. Holds no value of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The file, as the user named it.
    pub source: Arc<str>,
    /// Where in it.
    pub position: Position,
    /// The column at fault; empty where it is the row.
    pub column: String,
    /// What is wrong and what is expected, without the value.
    pub reason: String,
    /// `true`: the row is left out (a bad row). `false`: an optional value is blanked, the row
    /// stays.
    pub is_bad_row: bool,
}
