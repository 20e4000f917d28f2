//! Findings, what they rest on, what is disallowed for them, and what could not be decided.

use super::XlsxBook;
use super::sheet::{Book, Cell};
use crate::evidence::{Evidence, EvidenceLine};
use crate::finding::{Finding, Place};
use crate::model::{Outcome, text};
use crate::report::source_name;
use rust_xlsxwriter::XlsxError;

const FINDING_COLUMNS: &[(&str, u16)] = &[
    ("rule", 8),
    ("severity", 9),
    ("outcome", 14),
    ("claim_id", 18),
    ("line_number", 8),
    ("member_id", 16),
    ("billing_npi", 13),
    ("rendering_npi", 13),
    ("service_date", 12),
    ("units", 8),
    ("excess_units", 8),
    ("amount_at_issue", 12),
    ("carc", 7),
    ("rarc", 7),
    ("message", 90),
    ("source", 30),
    ("position", 22),
];

pub(super) fn findings(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let outcome = facts.desk.subject.outcome;
    let mut table = book.table("Findings", FINDING_COLUMNS)?;
    for finding in &outcome.findings {
        let line = finding.line.as_deref();
        let (source, position) = match &finding.place {
            Place::Input { file, position } => {
                (source_name(&outcome.files, *file), position.to_string())
            }
            Place::Supervisor(_) => ("", String::new()),
        };
        let of_line = |text: fn(&crate::finding::FindingLine) -> &String| {
            Cell::Text(line.map_or("", |line| text(line)))
        };
        // Numbers as numbers, and as they were read where a number would read otherwise.
        let as_read = |text: fn(&crate::finding::FindingLine) -> &String| {
            let number = line.and_then(|line| text(line).parse::<u64>().ok());
            let number = number.filter(|value| line.is_some_and(|l| *text(l) == value.to_string()));
            number.map_or_else(|| of_line(text), Cell::Count)
        };
        table.row(&[
            Cell::Text(finding.rule.id),
            Cell::Text(finding.severity.as_str()),
            Cell::Text(finding.outcome.as_str()),
            of_line(|line| &line.claim_id),
            as_read(|line| &line.line_text),
            of_line(|line| &line.member_id),
            of_line(|line| &line.billing_npi),
            of_line(|line| &line.rendering_npi),
            Cell::Day(line.and_then(|line| line.service_date)),
            as_read(|line| &line.units_text),
            Cell::optional(finding.excess_units.map(u64::from)),
            finding.amount_at_issue.map_or(Cell::Empty, Cell::Dollars),
            Cell::Text(finding.carc),
            Cell::Text(finding.rarc),
            Cell::Text(&finding.message),
            Cell::Text(source),
            Cell::Text(&position),
        ])?;
    }
    table.end()
}

/// Contributing lines written: a finding may rest on hundreds.
const MOST_CONTRIBUTING: u64 = 1_000_000;

const CONTRIBUTING_COLUMNS: &[(&str, u16)] = &[
    ("rule", 8),
    ("claim_id", 18),
    ("line_number", 8),
    ("member_id", 16),
    ("period", 24),
    ("limit", 8),
    ("contributing_claim_id", 18),
    ("contributing_line", 8),
    ("billing_npi", 13),
    ("service_date", 12),
    ("units", 8),
    ("running_total", 8),
    ("is_history", 9),
];

pub(super) fn contributing(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Contributing lines", CONTRIBUTING_COLUMNS)?;
    let mut rows = 0;
    for finding in &facts.desk.subject.outcome.findings {
        let (period, limit, lines): (&str, Option<u64>, &[EvidenceLine]) = match finding
            .evidence
            .as_deref()
        {
            Some(Evidence::Limit { period, limit, lines, .. }) => (period, Some(*limit), lines),
            Some(Evidence::Earlier { line }) => ("earlier line", None, std::slice::from_ref(line)),
            _ => continue,
        };
        let Some(own) = &finding.line else { continue };
        rows += lines.len() as u64;
        if rows > MOST_CONTRIBUTING {
            let text = "CUT: the lines of later findings are in findings.jsonl (--format json)";
            table.row(&[Cell::Empty, Cell::Text(text)])?;
            break;
        }
        for line in lines {
            table.row(&[
                Cell::Text(finding.rule.id),
                Cell::Text(&own.claim_id),
                Cell::Count(u64::from(own.line_number)),
                Cell::Text(&own.member_id),
                Cell::Text(period),
                Cell::optional(limit),
                Cell::Text(&line.claim_id),
                Cell::Count(u64::from(line.line_number)),
                Cell::Text(&line.billing_npi),
                Cell::Day(line.service_date),
                Cell::Count(u64::from(line.units)),
                Cell::optional(limit.map(|_| line.running_total)),
                Cell::Text(if line.is_history { "yes" } else { "" }),
            ])?;
        }
    }
    table.end()
}

const OVERPAYMENT_COLUMNS: &[(&str, u16)] = &[
    ("billing_npi", 13),
    ("claim_id", 18),
    ("line_number", 8),
    ("member_id", 16),
    ("rendering_npi", 13),
    ("service_date", 12),
    ("primary_rule", 9),
    ("further_rules", 18),
    ("units_disallowed", 10),
    ("amount_disallowed", 14),
    ("whole_line_units", 10),
    ("whole_line_amount", 14),
];

pub(super) fn overpayment(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Overpayment", OVERPAYMENT_COLUMNS)?;
    for row in &facts.desk.audit.overpayment {
        let line = facts.desk.subject.store().line(row.record);
        table.row(&[
            Cell::Text(&text::decode(line.billing_npi)),
            Cell::Text(&text::decode(line.claim_id)),
            Cell::Count(u64::from(line.line_number)),
            Cell::Text(&text::decode(line.member_id)),
            Cell::Text(&text::decode(line.rendering_npi)),
            Cell::Day(line.first_day.day()),
            Cell::Text(row.rule.id),
            Cell::Text(&row.further.join(":")),
            Cell::Count(u64::from(row.units)),
            Cell::Dollars(row.amount),
            Cell::Count(u64::from(row.whole_units)),
            Cell::Dollars(row.whole_amount),
        ])?;
    }
    table.end()
}

const NOT_EVALUATED_COLUMNS: &[(&str, u16)] =
    &[("what", 16), ("rule", 8), ("claim_id", 18), ("line_number", 8), ("why", 110)];

pub(super) fn not_evaluated(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let outcome = facts.desk.subject.outcome;
    let mut table = book.table("Not evaluated", NOT_EVALUATED_COLUMNS)?;
    for not_run in &outcome.rules_not_run {
        let (rule, why) = (Cell::Text(not_run.rule), Cell::Text(&not_run.why));
        table.row(&[Cell::Text("rule not run"), rule, Cell::Empty, Cell::Empty, why])?;
    }
    if outcome.counts.untested_filing > 0 {
        let lines = outcome.counts.untested_filing;
        let why = format!("{lines} lines without a received date");
        let (what, rule) = (Cell::Text("not tested"), Cell::Text("C007"));
        table.row(&[what, rule, Cell::Empty, Cell::Empty, Cell::Text(&why)])?;
    }
    let is_open = |finding: &&Finding| finding.outcome != Outcome::Fail;
    for finding in outcome.findings.iter().filter(is_open) {
        let line = finding.line.as_deref();
        table.row(&[
            Cell::Text(finding.outcome.as_str()),
            Cell::Text(finding.rule.id),
            Cell::Text(line.map_or("", |line| &line.claim_id)),
            Cell::optional(line.map(|line| u64::from(line.line_number))),
            Cell::Text(&finding.message),
        ])?;
    }
    table.end()
}
