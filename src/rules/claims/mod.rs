//! What stands on the claim itself: units, dates, identifiers, place, filing, amounts.

pub mod c001;
pub mod c002;
pub mod c003;
pub mod c004;
pub mod c005;
pub mod c006;
pub mod c007;
pub mod c008;
pub mod c009;
pub mod c010;
mod shown;
