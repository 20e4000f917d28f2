//! What is checked: one file a rule, in a folder a group, and the registry that lists them.

pub mod catalogue;
pub mod claims;
pub mod corrections;
pub mod credentials;
pub mod files;
pub mod page;
pub mod plans;
pub mod policy_differences;
mod policy_values;
pub mod registry;
pub mod rule;
pub mod rule_set;
pub mod supervision;
pub mod units;
mod words;

pub use rule::{Check, Disallows, Draft, Example, Rule};
pub use rule_set::RuleSet;
