//! The expected rows of claims.csv: what becomes of each current claim with peer-support lines.

use std::collections::BTreeSet;

use super::Run;
use super::duplicates::stands;
use super::line::{Bucket, ServiceLine};
use super::report::{Finding, Report};
use super::value::{cents, dollars, share};

pub const CLAIM_COLUMNS: [&str; 12] = [
    "claim_id",
    "frequency_code",
    "original_claim_id",
    "member_id",
    "billing_npi",
    "disposition",
    "rules",
    "service_lines",
    "units_billed",
    "units_payable",
    "amount_billed",
    "amount_at_issue",
];

pub struct ClaimRows {
    pub rows: Vec<Vec<String>>,
    pub amount_at_issue: i64,
}

/// One row a current claim, in the order of the claims' first current peer-support lines.
pub fn claim_rows(run: &Run, report: &Report) -> ClaimRows {
    let mut all = ClaimRows { rows: Vec::new(), amount_at_issue: 0 };
    let mut seen: BTreeSet<[String; 4]> = BTreeSet::new();
    for line in run.lines {
        let listed = !line.history && line.bucket >= Bucket::Repeated;
        if listed && seen.insert(line.claim.clone()) {
            let (row, amount) = claim_row(run, report, &line.claim);
            all.rows.push(row);
            all.amount_at_issue += amount;
        }
    }
    all
}

fn claim_row(run: &Run, report: &Report, key: &[String; 4]) -> (Vec<String>, i64) {
    let is_own = |index: &usize| {
        let line = &run.lines[*index];
        !line.history && line.claim == *key && line.bucket >= Bucket::Repeated
    };
    let own: Vec<usize> = (0..run.lines.len()).filter(is_own).collect();
    let findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.line.is_some_and(|line| own.contains(&line)))
        .collect();
    let standing: Vec<usize> =
        own.iter().copied().filter(|line| stands(&run.lines[*line])).collect();
    // Whatever is found on a void, superseded or repeated claim: nothing of it is paid.
    let without_findings = disposition(run, key, &own, &[]);
    let disposition = disposition(run, key, &own, &findings);
    let counted = if standing.is_empty() { own } else { standing };

    let (mut billed, mut disallowed, mut charged, mut at_issue) = (0, 0, 0, 0);
    for index in &counted {
        let line = &run.lines[*index];
        let of_line: Vec<&Finding> =
            findings.iter().copied().filter(|finding| finding.line == Some(*index)).collect();
        let (units, amount) = disallowed_on(run, line, &of_line);
        billed += line.units.unwrap_or(0);
        disallowed += units;
        charged += cents(&line.row.charge_amount).unwrap_or(0);
        at_issue += amount;
    }
    let pays_nothing = ["void", "superseded", "repeated"].contains(&without_findings);
    let payable = if pays_nothing { 0 } else { billed - disallowed };
    let at_issue = if pays_nothing { 0 } else { at_issue };
    let rules: BTreeSet<&str> = findings.iter().map(|finding| finding.rule).collect();
    let rules: Vec<&str> = rules.into_iter().collect();
    let row = vec![
        key[1].clone(),
        key[2].clone(),
        key[3].clone(),
        run.lines[counted[0]].row.member_id.clone(),
        key[0].clone(),
        disposition.to_string(),
        rules.join(":"),
        counted.len().to_string(),
        billed.to_string(),
        payable.to_string(),
        dollars(charged),
        dollars(at_issue),
    ];
    (row, at_issue)
}

/// The first that fits.
fn disposition(run: &Run, key: &[String; 4], own: &[usize], findings: &[&Finding]) -> &'static str {
    let any = |severity: &str| findings.iter().any(|finding| finding.severity == severity);
    let superseded = run.claims.iter().any(|claim| claim.key == *key && claim.out);
    let repeated = own.iter().all(|line| run.lines[*line].bucket == Bucket::Repeated);
    if any("deny") {
        "hold"
    } else if key[2] == "8" {
        "void"
    } else if superseded {
        "superseded"
    } else if repeated {
        "repeated"
    } else if any("review") {
        "review"
    } else {
        "release"
    }
}

/// Units and cents disallowed: the whole line for a deny rule other than U, else the U excess.
fn disallowed_on(run: &Run, line: &ServiceLine, findings: &[&Finding]) -> (i64, i64) {
    let amount = line.amount().unwrap_or(0);
    let units = line.units.unwrap_or(0);
    let whole =
        findings.iter().any(|finding| finding.severity == "deny" && !finding.rule.starts_with('U'));
    if whole {
        return (units, amount);
    }
    let excess_by = |rule: &str| {
        let of_rule = findings.iter().find(|finding| finding.rule == rule);
        of_rule.and_then(|finding| finding.excess_units).unwrap_or(0)
    };
    let (daily, annual) = (excess_by("U001"), excess_by("U002"));
    let excess = if run.policy.annual_counts_billed { daily.max(annual) } else { daily + annual };
    if excess == 0 { (0, 0) } else { (excess, share(amount, excess, units)) }
}
