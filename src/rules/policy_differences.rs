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

#[cfg(test)]
mod tests {
    use super::super::registry::RULES;
    use super::*;
    use crate::policy::{builtin, read};

    #[test]
    fn keys_and_severities_that_differ_are_named_and_no_others() {
        let text = "[[limits]]\nfrom = 2012-01-01\ndaily_units = 8\n[severity]\nP005 = \"deny\"\n";
        let other = read(text, &["P005"]).expect("a policy");
        let found = differences(&builtin(), &other, RULES);
        let found: Vec<[&str; 3]> =
            found.iter().map(|it| [it.key.as_str(), &it.before, &it.after]).collect();
        let days = ["limits.daily_units", "6 (from 2012-01-01)", "8 (from 2012-01-01)"];
        assert_eq!(found, [days, ["severity.P005", "review", "deny"]]);
        assert_eq!(differences(&other, &other, RULES), []);
        let text = "procedures = [\"H0038\", \"H0023\"]\n";
        let found = differences(&builtin(), &read(text, &[]).expect("a policy"), RULES);
        let keys: Vec<&str> = found.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(keys, ["procedures"], "said once, and before all others");
    }
}
