//! From the draft of a rule to a finding: severity, dollars, codes, place.

use crate::finding::{Finding, FindingLine, Place};
use crate::model::{Outcome, ServiceLine, Severity};
use crate::policy::Policy;
use crate::rules::{Draft, Rule};
use crate::store::Store;
use std::collections::HashMap;
use std::sync::Arc;

/// Makes findings of drafts.
#[derive(Clone)]
pub struct Finisher<'a> {
    store: &'a Store,
    overrides: HashMap<&'static str, Severity>,
}

impl<'a> Finisher<'a> {
    /// With the severities of `policy` for `rules`.
    pub fn new(store: &'a Store, policy: &Policy, rules: &[&'static Rule]) -> Finisher<'a> {
        let severity = |rule: &&'static Rule| {
            policy.severity.get(rule.id).map(|severity| (rule.id, *severity))
        };
        Finisher { store, overrides: rules.iter().filter_map(severity).collect() }
    }

    /// A finding on a service line. `shared` holds what findings of the line say of it.
    pub fn on_line(
        &self,
        rule: &'static Rule,
        draft: Draft,
        line: &ServiceLine<'_>,
        shared: &mut Option<Arc<FindingLine>>,
    ) -> Finding {
        let (file, position) = self.store.position(line);
        let shared = shared.get_or_insert_with(|| Arc::new(FindingLine::of(line)));
        let mut finding = self.elsewhere(rule, draft, Place::Input { file, position });
        finding.amount_at_issue = match (line.amount(), finding.excess_units, shared.units) {
            (Some(amount), Some(excess), Some(units)) => {
                Some(amount.share(u64::from(excess), u64::from(units)))
            }
            (amount, ..) => amount,
        };
        finding.line = Some(Arc::clone(shared));
        finding
    }

    /// A finding that is about no service line.
    pub fn elsewhere(&self, rule: &'static Rule, draft: Draft, place: Place) -> Finding {
        let severity = match (draft.severity, draft.outcome) {
            (Some(severity), _) => severity,
            (None, Outcome::Fail) => self.overrides.get(rule.id).copied().unwrap_or(rule.severity),
            (None, _) => rule.severity,
        };
        Finding {
            rule,
            severity,
            outcome: draft.outcome,
            place,
            line: None,
            excess_units: draft.excess_units,
            amount_at_issue: None,
            carc: rule.carc,
            rarc: draft.rarc.unwrap_or(rule.rarc),
            message: draft.message,
            evidence: draft.evidence,
        }
    }
}
