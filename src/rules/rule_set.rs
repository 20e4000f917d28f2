//! A set of rules in eight bytes: a run keeps one for each of its claims, which may be millions.

use super::registry::RULES;
use super::rule::Rule;

const _: () = assert!(RULES.len() <= u64::BITS as usize, "a bit for each rule");

/// Some of [`RULES`]: a bit each, by their places there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleSet(u64);

impl RuleSet {
    /// Adds a rule; nothing, if it is there.
    pub fn insert(&mut self, rule: &Rule) {
        let place = RULES.binary_search_by(|known| known.id.cmp(rule.id));
        self.0 |= 1 << place.expect("every rule is registered");
    }

    /// The ids of those in the set, ascending.
    pub fn ids(self) -> impl Iterator<Item = &'static str> {
        let is_in = move |(place, _): &(usize, &&Rule)| self.0 & 1 << place != 0;
        RULES.iter().enumerate().filter(is_in).map(|(_, rule)| rule.id)
    }
}

impl<'r> FromIterator<&'r Rule> for RuleSet {
    fn from_iter<I: IntoIterator<Item = &'r Rule>>(rules: I) -> RuleSet {
        let mut set = RuleSet::default();
        rules.into_iter().for_each(|rule| set.insert(rule));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_in_a_set_once() {
        let mut all = RuleSet::default();
        for rule in RULES.iter().rev() {
            let one: RuleSet = [*rule, *rule].into_iter().collect();
            assert_eq!(one.ids().collect::<Vec<_>>(), [rule.id]);
            all.insert(rule);
        }
        assert!(all.ids().eq(RULES.iter().map(|rule| rule.id)));
        assert_eq!(RuleSet::default().ids().count(), 0);
    }
}
