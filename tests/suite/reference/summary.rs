//! The expected numbers of summary.json.

use std::collections::BTreeMap;

use super::line::{Bucket, ServiceLine};
use super::model::{ClaimSet, RowShape, Tables};
use super::report::Report;
use super::{Run, value};

/// Numbers by the keys of summary.json.
#[derive(Debug, Default, PartialEq)]
pub struct Summary {
    pub as_of: String,
    /// The buckets and the other plain counts of the current input.
    pub counts: BTreeMap<&'static str, usize>,
    /// The same buckets of history.
    pub history: BTreeMap<&'static str, usize>,
    pub findings: BTreeMap<String, usize>,
    pub severities: BTreeMap<String, usize>,
    pub excess_units: BTreeMap<String, i64>,
    pub amount_at_issue: String,
    pub rules_not_run: Vec<&'static str>,
}

fn buckets(lines: &[&ServiceLine]) -> BTreeMap<&'static str, usize> {
    let count = |bucket| lines.iter().filter(|line| line.bucket == bucket).count();
    let named = [
        ("left_out", count(Bucket::LeftOut)),
        ("passed_over", count(Bucket::PassedOver)),
        ("denied_records", count(Bucket::Denied)),
        ("repeated_records", count(Bucket::Repeated)),
        ("conflicting_records", count(Bucket::Conflicting)),
        ("corrected_away", count(Bucket::CorrectedAway)),
        ("checked", count(Bucket::Checked)),
    ];
    let peer_support: usize = named[2..].iter().map(|(_, count)| count).sum();
    let mut counts = BTreeMap::from(named);
    counts.insert("service_lines", lines.len());
    counts.insert("peer_support_lines", peer_support);
    counts
}

pub fn summary(run: &Run, set: &ClaimSet, report: &Report, amount_at_issue: i64) -> Summary {
    let (history, current): (Vec<&ServiceLine>, Vec<&ServiceLine>) =
        run.lines.iter().partition(|line| line.history);
    let mut counts = buckets(&current);
    let untested = |line: &&&ServiceLine| {
        line.is_net() && line.days.is_some() && !line.is_correction() && line.received.is_none()
    };
    counts.insert("untested_filing", current.iter().filter(untested).count());
    let unknown = |line: &&&ServiceLine| {
        let status = line.row.claim_status.to_lowercase();
        let known = ["", "paid", "pending", "denied"].contains(&status.as_str());
        line.bucket > Bucket::PassedOver && !known
    };
    counts.insert("unknown_status", current.iter().filter(unknown).count());
    let left_out = run.lines.iter().filter(|line| line.bucket == Bucket::LeftOut).count();
    counts.insert("bad_rows", run.tables.bad_rows + left_out);
    // Runs of adjacent rows of one key; a row without a sound key says nothing of claims.
    if current.iter().all(|line| line.row.shape == RowShape::Whole && !line.row.claim_id.is_empty())
    {
        counts.insert("claims", adjacent_runs(&current));
    }
    let mut summary = Summary {
        as_of: run.as_of.iso(),
        counts,
        history: buckets(&history),
        amount_at_issue: value::dollars(amount_at_issue),
        rules_not_run: rules_not_run(&set.tables),
        ..Summary::default()
    };
    for finding in &report.findings {
        *summary.findings.entry(finding.rule.to_string()).or_default() += 1;
        *summary.severities.entry(finding.severity.clone()).or_default() += 1;
        if let Some(excess) = finding.excess_units {
            *summary.excess_units.entry(finding.rule.to_string()).or_default() += excess;
        }
    }
    summary
}

fn adjacent_runs(lines: &[&ServiceLine]) -> usize {
    let key = |line: &ServiceLine| (line.file, line.row.clm, line.claim.clone());
    let mut runs = 0;
    for (place, line) in lines.iter().enumerate() {
        if place == 0 || key(lines[place - 1]) != key(line) {
            runs += 1;
        }
    }
    runs
}

/// Rules that a missing table keeps from running, K, S, P and the EPSDT exemption alone.
fn rules_not_run(tables: &Tables) -> Vec<&'static str> {
    let mut rules = Vec::new();
    let missing = |names: &[&str]| names.iter().any(|name| !tables.contains_key(name));
    let mut need = |names: &[&str], skipped: &[&'static str]| {
        if missing(names) {
            rules.extend(skipped);
        }
    };
    need(&["authorizations"], &["EPSDT"]);
    need(&["credentials"], &["K001", "K002", "K003", "K004", "K005", "K007"]);
    need(&["credentials", "employment"], &["K006"]);
    need(&["service_plans"], &["P001", "P002", "P003", "P004", "P005"]);
    let supervised = ["credentials", "employment", "supervision"];
    need(&supervised, &["S001", "S002", "S003", "S004"]);
    need(&["employment", "supervisors"], &["S005"]);
    rules.sort_unstable();
    rules
}
