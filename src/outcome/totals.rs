//! Findings added up by rule, and claims by disposition, for the summaries.

use super::{ClaimOutcome, Disposition};
use crate::finding::Finding;
use crate::model::{Cents, Severity};
use crate::rules::Rule;

/// Findings and claims of a run, added up.
#[derive(Clone)]
pub struct Totals {
    /// Findings by rule, the gravest severity first.
    pub groups: Vec<Group>,
    /// Claims by disposition, in the order of the first that fits.
    pub each: [(Disposition, ClaimTotals); 7],
    /// All claims.
    pub all: ClaimTotals,
}

impl Default for Totals {
    fn default() -> Totals {
        let each = DISPOSITIONS.map(|disposition| (disposition, ClaimTotals::default()));
        Totals { groups: Vec::new(), each, all: ClaimTotals::default() }
    }
}

impl Totals {
    /// Of so many.
    pub fn of(findings: &[Finding], claims: &[ClaimOutcome]) -> Totals {
        let mut totals = Totals::default();
        totals.add(findings, claims);
        totals
    }

    /// How many findings there are.
    pub fn findings(&self) -> u64 {
        self.groups.iter().map(|group| group.findings).sum()
    }

    /// Claims of one disposition.
    pub fn of_disposition(&self, wanted: Disposition) -> ClaimTotals {
        let found = self.each.iter().find(|(disposition, _)| *disposition == wanted);
        found.map_or(ClaimTotals::default(), |(_, totals)| *totals)
    }

    /// Adds more of them.
    pub fn add(&mut self, findings: &[Finding], claims: &[ClaimOutcome]) {
        for finding in findings {
            self.add_finding(finding);
        }
        self.groups.sort_by(|left, right| {
            left.rule.id.cmp(right.rule.id).then(right.severity.cmp(&left.severity))
        });
        // One pass: there may be millions.
        for claim in claims {
            if let Some((_, totals)) = self.each.iter_mut().find(|(is, _)| *is == claim.disposition)
            {
                totals.add(claim);
            }
            self.all.add(claim);
        }
    }

    fn add_finding(&mut self, finding: &Finding) {
        // At most three a rule, so a search is as quick as a map.
        let same = |group: &&mut Group| {
            group.severity == finding.severity && group.rule.id == finding.rule.id
        };
        let (excess, amount) = (
            u64::from(finding.excess_units.unwrap_or_default()),
            finding.amount_at_issue.unwrap_or_default(),
        );
        if let Some(group) = self.groups.iter_mut().find(same) {
            group.findings += 1;
            group.excess_units += excess;
            group.amount += amount;
        } else {
            self.groups.push(Group {
                rule: finding.rule,
                severity: finding.severity,
                findings: 1,
                excess_units: excess,
                amount,
            });
        }
    }
}

/// The findings of one rule with one severity (S002 has several).
#[derive(Clone)]
pub struct Group {
    /// The rule.
    pub rule: &'static Rule,
    /// Of all of them.
    pub severity: Severity,
    /// How many.
    pub findings: u64,
    /// Units over a limit.
    pub excess_units: u64,
    /// At issue; a line with findings of several rules counts in each.
    pub amount: Cents,
}

/// The claims of one disposition, or of all.
#[derive(Clone, Copy, Default)]
pub struct ClaimTotals {
    /// How many.
    pub claims: u64,
    /// As billed.
    pub units_billed: u64,
    /// What is left of them.
    pub units_payable: u64,
    /// As billed.
    pub amount_billed: Cents,
    /// Disallowed.
    pub amount_at_issue: Cents,
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
const DISPOSITIONS: [Disposition; 7] = [
    Disposition::Hold,
    Disposition::Void,
    Disposition::Superseded,
    Disposition::AlreadyPosted,
    Disposition::Repeated,
    Disposition::Review,
    Disposition::Release,
];
