//! The overpayment: every unit disallowed once, under the reason that comes first.
//!
//! Of the deny findings on a line, those that disallow the whole line come before those that
//! disallow excess units; among equals the lower rule id comes first. Where only excess units are
//! disallowed and two rules share them (a day over its limit at the end of a year), each rule has a
//! row of its own with the units that are its.

use super::Subject;
use crate::finding::Finding;
use crate::model::{Cents, Outcome, Severity};
use crate::outcome::Bucket;
use crate::policy::AnnualCounts;
use crate::rules::{Disallows, Rule};
use crate::store::RecordId;

/// Units of one line that are disallowed for one reason.
#[derive(Clone)]
pub struct Disallowance {
    /// The line.
    pub record: RecordId,
    /// The primary reason.
    pub rule: &'static Rule,
    /// Other rules with a deny finding on the line, by id.
    pub further: Vec<&'static str>,
    /// Units disallowed for it.
    pub units: u32,
    /// Dollars of those units.
    pub amount: Cents,
    /// Units at stake if a line with any disallowed unit falls whole: on the first row of a line.
    pub whole_units: u32,
    /// Dollars of those.
    pub whole_amount: Cents,
    /// It is the first row of its line.
    pub is_first: bool,
}

/// All disallowances, in input order of their lines, then in order of their rules.
pub fn disallowances(subject: &Subject<'_>) -> Vec<Disallowance> {
    let pays = Pays::of(subject);
    let mut found = Vec::new();
    for (record, findings) in subject.with_findings() {
        if pays.for_line(subject, record) {
            found.extend(of_line(subject, record, &findings));
        }
    }
    found
}

/// What of a claim is paid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Paid {
    /// Nothing: a void, superseded or repeated claim.
    Nothing,
    /// Its lines that stand.
    LinesThatStand,
    /// All its lines are in conflict with records before (D005): they are all that there is of it.
    Conflicting,
}

/// What of each claim is paid, by its number: as the run counted it.
struct Pays {
    of_claim: Vec<Paid>,
}

impl Pays {
    fn of(subject: &Subject<'_>) -> Pays {
        let standings = &subject.outcome.standings;
        let claims = standings.claim_of.iter().filter(|claim| **claim != u32::MAX).max();
        let mut of_claim = vec![Paid::Nothing; claims.map_or(0, |last| *last as usize + 1)];
        for claim in &subject.outcome.claims {
            if let Some(number) = standings.claim_of.get(claim.record as usize)
                && let Some(paid) = of_claim.get_mut(*number as usize)
            {
                *paid = match subject.bucket(claim.record) {
                    _ if claim.pays_nothing => Paid::Nothing,
                    Some(Bucket::Conflicting) => Paid::Conflicting,
                    _ => Paid::LinesThatStand,
                };
            }
        }
        Pays { of_claim }
    }

    /// Whether anything of the line is paid. A record in conflict counts nowhere beside lines of
    /// its claim that stand, so nothing of it can be disallowed.
    fn for_line(&self, subject: &Subject<'_>, record: RecordId) -> bool {
        let claim = subject.outcome.standings.claim_of.get(record as usize);
        match claim.and_then(|claim| self.of_claim.get(*claim as usize)) {
            None | Some(Paid::Nothing) => false,
            Some(Paid::Conflicting) => true,
            Some(Paid::LinesThatStand) => subject.bucket(record) != Some(Bucket::Conflicting),
        }
    }
}

fn of_line(subject: &Subject<'_>, record: RecordId, findings: &[&Finding]) -> Vec<Disallowance> {
    let line = subject.store().line(record);
    let units = line.units().unwrap_or_default();
    let amount = line.amount().unwrap_or_default();
    let denies = |finding: &&&Finding| {
        finding.severity == Severity::Deny
            && finding.outcome == Outcome::Fail
            && finding.rule.disallows != Disallows::Nothing
    };
    let mut reasons: Vec<&Finding> = findings.iter().filter(denies).copied().collect();
    let rank =
        |finding: &Finding| (finding.rule.disallows != Disallows::WholeLine, finding.rule.id);
    reasons.sort_by_key(|finding| rank(finding));
    reasons.dedup_by_key(|finding| finding.rule.id);
    let ids = |except: &Rule| {
        let mut ids: Vec<&'static str> =
            reasons.iter().map(|finding| finding.rule.id).filter(|id| *id != except.id).collect();
        ids.sort_unstable();
        ids
    };
    let mut rows: Vec<Disallowance> = Vec::new();
    let mut add = |rule: &'static Rule, own: u32, dollars: Cents| {
        let is_first = rows.is_empty();
        rows.push(Disallowance {
            record,
            rule,
            further: ids(rule),
            units: own,
            amount: dollars,
            whole_units: if is_first { units } else { 0 },
            whole_amount: if is_first { amount } else { Cents(0) },
            is_first,
        });
    };
    if let Some(whole) =
        reasons.first().filter(|first| first.rule.disallows == Disallows::WholeLine)
    {
        add(whole.rule, units, amount);
        return rows;
    }
    let mut so_far = 0_u64;
    for finding in &reasons {
        let own = u64::from(finding.excess_units.unwrap_or_default());
        let upto = match subject.policy.units.annual_counts {
            AnnualCounts::Payable => so_far + own,
            AnnualCounts::Billed => so_far.max(own),
        };
        // Shares of the sums, so that the rows of a line add up to the cent.
        let share = |part: u64| amount.share(part, u64::from(units)).0;
        let dollars = Cents(share(upto) - share(so_far));
        if upto > so_far {
            add(finding.rule, (upto - so_far) as u32, dollars);
        }
        so_far = upto;
    }
    rows
}
