//! Where two policies say something else, key by key.

use super::Rule;
use super::page::severity_in_force;
use super::policy_values;
use crate::policy::Policy;
use std::collections::BTreeSet;

/// A key with the values that it has in two policies, as a policy file writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDifference {
    /// `limits.daily_units`
    pub key: String,
    /// In the first.
    pub before: String,
    /// In the second.
    pub after: String,
}

/// What differs between two policies of the values that `rules` rest on, by key.
pub fn differences(before: &Policy, after: &Policy, rules: &[&Rule]) -> Vec<PolicyDifference> {
    let keys: BTreeSet<&str> = rules.iter().flat_map(|rule| rule.policy_keys).copied().collect();
    let keys =
        ["procedures"].into_iter().chain(keys.into_iter().filter(|key| *key != "procedures"));
    let mut found = Vec::new();
    for key in keys {
        let values = |policy| {
            let values = policy_values::in_force(policy, key).unwrap_or_default().into_iter();
            let prefix = format!("{key} = ");
            let values =
                values.map(|value| value.strip_prefix(&prefix).unwrap_or(&value).to_owned());
            values.collect::<Vec<_>>()
        };
        let (before, after) = (values(before), values(after));
        if before != after {
            let (before, after) = (before.join(", "), after.join(", "));
            found.push(PolicyDifference { key: key.to_owned(), before, after });
        }
    }
    for rule in rules {
        let severity = |policy: &Policy| severity_in_force(rule, policy).as_str().to_owned();
        let (before, after) = (severity(before), severity(after));
        if before != after {
            found.push(PolicyDifference { key: format!("severity.{}", rule.id), before, after });
        }
    }
    found
}
