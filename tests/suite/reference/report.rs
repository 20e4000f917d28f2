//! What the rules of the reference report, and the two counters of each rule.

use std::collections::BTreeMap;

use super::line::ServiceLine;
use super::model::{ClaimSet, Policy};
use super::value::{dollars, share};

/// A finding as a rule states it; `line` is nothing for S005.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static str,
    pub outcome: &'static str,
    pub severity: String,
    pub line: Option<usize>,
    pub supervisor_id: String,
    pub excess_units: Option<i64>,
    pub rarc: &'static str,
}

/// How often a rule fired, and how often it stayed silent at its edge.
pub type Coverage = BTreeMap<&'static str, (usize, usize)>;

#[derive(Default)]
pub struct Report {
    pub findings: Vec<Finding>,
    pub coverage: Coverage,
}

/// Rule, severity of `fail`, CARC, RARC.
pub const RULES: [(&str, &str, &str, &str); 37] = [
    ("C001", "deny", "16", "M53"),
    ("C002", "review", "16", "M53"),
    ("C003", "deny", "16", "M52"),
    ("C004", "review", "16", "N345"),
    ("C005", "deny", "16", "N290"),
    ("C006", "review", "", ""),
    ("C007", "deny", "29", ""),
    ("C008", "review", "", ""),
    ("C009", "review", "5", "M77"),
    ("C010", "review", "16", "M54"),
    ("D001", "deny", "18", "N702"),
    ("D002", "review", "B20", "M86"),
    ("D003", "deny", "16", "M47"),
    ("D004", "review", "16", "N152"),
    ("D005", "review", "", ""),
    ("F005", "deny", "", ""),
    ("K001", "review", "16", "N290"),
    ("K002", "deny", "185", "N95"),
    ("K003", "deny", "B7", "N570"),
    ("K004", "review", "185", "N95"),
    ("K005", "review", "185", "N95"),
    ("K006", "deny", "B7", "N198"),
    ("K007", "review", "B7", "N570"),
    ("P001", "deny", "272", "N351"),
    ("P002", "deny", "272", "M135"),
    ("P003", "review", "272", "M135"),
    ("P004", "review", "151", "N54"),
    ("P005", "review", "272", "M135"),
    ("S001", "deny", "272", "N706"),
    ("S002", "deny", "272", "N706"),
    ("S003", "deny", "272", "N706"),
    ("S004", "deny", "272", "N706"),
    ("S005", "info", "", ""),
    ("U001", "deny", "119", "N362"),
    ("U002", "deny", "119", "N640"),
    ("U003", "info", "", ""),
    ("U004", "review", "", ""),
];

fn rule_facts(rule: &str) -> (&'static str, &'static str, &'static str, &'static str) {
    *RULES.iter().find(|facts| facts.0 == rule).expect("every rule is in the table")
}

impl Report {
    fn push(&mut self, rule: &'static str, line: Option<usize>, outcome: &'static str) {
        let (_, severity, _, rarc) = rule_facts(rule);
        let severity = match outcome {
            "not_evaluable" => "review",
            "pending" => "info",
            _ => severity,
        };
        self.coverage.entry(rule).or_default().0 += 1;
        self.findings.push(Finding {
            rule,
            outcome,
            severity: severity.to_string(),
            line,
            supervisor_id: String::new(),
            excess_units: None,
            rarc,
        });
    }

    fn last(&mut self) -> &mut Finding {
        self.findings.last_mut().expect("a finding was just pushed")
    }

    pub fn fail(&mut self, rule: &'static str, line: usize) {
        self.push(rule, Some(line), "fail");
    }

    pub fn fail_with_excess(&mut self, rule: &'static str, line: usize, excess: i64) {
        self.fail(rule, line);
        self.last().excess_units = Some(excess);
    }

    pub fn fail_with_rarc(&mut self, rule: &'static str, line: usize, rarc: &'static str) {
        self.fail(rule, line);
        self.last().rarc = rarc;
    }

    pub fn fail_supervisor(&mut self, supervisor_id: &str) {
        self.push("S005", None, "fail");
        self.last().supervisor_id = supervisor_id.to_string();
    }

    pub fn not_evaluable(&mut self, rule: &'static str, line: usize) {
        self.push(rule, Some(line), "not_evaluable");
    }

    pub fn pending(&mut self, rule: &'static str, line: usize) {
        self.push(rule, Some(line), "pending");
    }

    /// S002 after one year: a fail whose severity no policy changes.
    pub fn fail_as_review(&mut self, rule: &'static str, line: usize) {
        self.push(rule, Some(line), "fail");
        self.last().severity = "review".to_string();
    }

    /// Counts a line on which the rule stayed silent by the width of a hair.
    pub fn edge(&mut self, rule: &'static str, silent: bool) {
        self.coverage.entry(rule).or_default().1 += usize::from(silent);
    }

    /// Severity overrides, `--select` and `--ignore`, then the order of findings.csv.
    pub fn finish(mut self, set: &ClaimSet) -> Report {
        let begins = |rule: &str, list: &[String]| list.iter().any(|begin| rule.starts_with(begin));
        self.findings.retain(|finding| {
            let selected = set.select.is_empty() || begins(finding.rule, &set.select);
            selected && !begins(finding.rule, &set.ignore)
        });
        for finding in &mut self.findings {
            override_severity(finding, &set.policy);
        }
        self.findings.sort_by_key(|finding| {
            let place = finding.line.unwrap_or(usize::MAX);
            (place, finding.rule, finding.supervisor_id.clone())
        });
        self
    }
}

/// An override changes `fail` only, and not S002's review after one year.
fn override_severity(finding: &mut Finding, policy: &Policy) {
    let (_, own, _, _) = rule_facts(finding.rule);
    if finding.outcome == "fail"
        && finding.severity == own
        && let Some(severity) = policy.severity.get(finding.rule)
    {
        finding.severity.clone_from(severity);
    }
}

/// The columns of findings.csv that the reference knows, `position` for CSV lines too.
pub const FINDING_COLUMNS: [&str; 14] = [
    "rule",
    "severity",
    "outcome",
    "claim_id",
    "line_number",
    "member_id",
    "billing_npi",
    "rendering_npi",
    "service_date",
    "units",
    "excess_units",
    "amount_at_issue",
    "carc",
    "rarc",
];

impl Finding {
    pub fn columns(&self, lines: &[ServiceLine]) -> Vec<String> {
        let (_, _, carc, _) = rule_facts(self.rule);
        let mut cells = vec![self.rule.to_string(), self.severity.clone(), self.outcome.into()];
        match self.line.filter(|_| self.rule != "F005") {
            None => cells.resize(10, String::new()),
            Some(line) => {
                let row = &lines[line].row;
                let date = super::date::Date::parse(&row.service_date);
                cells.extend([
                    row.claim_id.clone(),
                    row.line_number.clone(),
                    row.member_id.clone(),
                    row.billing_npi.clone(),
                    row.rendering_npi.clone(),
                    date.map_or(String::new(), super::date::Date::iso),
                    row.units.clone(),
                ]);
            }
        }
        cells.push(self.excess_units.map_or(String::new(), |units| units.to_string()));
        cells.push(self.amount_at_issue(lines).map_or(String::new(), dollars));
        cells.push(carc.to_string());
        cells.push(self.rarc.to_string());
        cells
    }

    /// The line's amount; for U001, U002, P004 times excess / units.
    fn amount_at_issue(&self, lines: &[ServiceLine]) -> Option<i64> {
        let line = &lines[self.line.filter(|_| self.rule != "F005")?];
        let amount = line.amount()?;
        match self.excess_units {
            Some(excess) => Some(share(amount, excess, line.good_units())),
            None => Some(amount),
        }
    }
}
