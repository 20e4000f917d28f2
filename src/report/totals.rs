//! Findings added up by rule, and claims by disposition, for the summaries.

use crate::finding::Finding;
use crate::model::{Cents, Severity};
use crate::outcome::{ClaimOutcome, Disposition};
use crate::rules::Rule;

/// The findings of one rule with one severity (S002 has several).
pub(super) struct Group {
    pub(super) rule: &'static Rule,
    pub(super) severity: Severity,
    pub(super) findings: u64,
    pub(super) excess_units: u64,
    pub(super) amount: Cents,
}

/// Groups by rule id, then the gravest severity first.
pub(super) fn by_rule(findings: &[Finding]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for finding in findings {
        // At most three a rule, so a search is as quick as a map.
        let same = |group: &&mut Group| {
            group.severity == finding.severity && group.rule.id == finding.rule.id
        };
        let (excess, amount) = (
            u64::from(finding.excess_units.unwrap_or_default()),
            finding.amount_at_issue.unwrap_or_default(),
        );
        if let Some(group) = groups.iter_mut().find(same) {
            group.findings += 1;
            group.excess_units += excess;
            group.amount += amount;
        } else {
            groups.push(Group {
                rule: finding.rule,
                severity: finding.severity,
                findings: 1,
                excess_units: excess,
                amount,
            });
        }
    }
    groups.sort_by(|left, right| {
        left.rule.id.cmp(right.rule.id).then(right.severity.cmp(&left.severity))
    });
    groups
}

/// The claims of one disposition, or of all.
#[derive(Clone, Copy, Default)]
pub(super) struct ClaimTotals {
    pub(super) claims: u64,
    pub(super) units_billed: u64,
    pub(super) units_payable: u64,
    pub(super) amount_billed: Cents,
    pub(super) amount_at_issue: Cents,
}

impl ClaimTotals {
    fn add(&mut self, claim: &ClaimOutcome) {
        self.claims += 1;
        self.units_billed += claim.units_billed;
        self.units_payable += claim.units_payable;
        self.amount_billed += claim.amount_billed;
        self.amount_at_issue += claim.amount_at_issue;
    }
}

/// All dispositions, in the order of the first that fits.
pub(super) const DISPOSITIONS: [Disposition; 7] = [
    Disposition::Hold,
    Disposition::Void,
    Disposition::Superseded,
    Disposition::AlreadyPosted,
    Disposition::Repeated,
    Disposition::Review,
    Disposition::Release,
];

/// The claims of each of [`DISPOSITIONS`], and of all. One pass: there may be millions.
pub(super) fn by_disposition(
    claims: &[ClaimOutcome],
) -> ([(Disposition, ClaimTotals); 7], ClaimTotals) {
    let mut each = DISPOSITIONS.map(|disposition| (disposition, ClaimTotals::default()));
    let mut all = ClaimTotals::default();
    for claim in claims {
        if let Some((_, totals)) = each.iter_mut().find(|(is, _)| *is == claim.disposition) {
            totals.add(claim);
        }
        all.add(claim);
    }
    (each, all)
}
