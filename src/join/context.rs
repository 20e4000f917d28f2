//! What every join of a run shares: policy, tables, as-of date.

use crate::model::NaiveDate;
use crate::policy::Policy;
use crate::tables::Tables;

/// Shared, read-only facts of a run.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The numbers of the rules.
    pub policy: &'a Policy,
    /// The tables given.
    pub tables: &'a Tables,
    /// Nothing after this day is known.
    pub as_of: NaiveDate,
    /// Whether findings carry what they rest on.
    pub wants_evidence: bool,
}
