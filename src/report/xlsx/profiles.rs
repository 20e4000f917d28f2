//! Members over a limit, agencies, practitioners, and the sample.

use super::XlsxBook;
use super::sheet::{Book, Cell};
use crate::audit::agencies::Measure;
use crate::audit::timeline::EventKind;
use crate::model::text;
use rust_xlsxwriter::XlsxError;

const MEMBER_COLUMNS: &[(&str, u16)] = &[
    ("member_id", 16),
    ("fiscal_year", 10),
    ("lines", 8),
    ("units", 8),
    ("units_counted", 10),
    ("year_limit", 10),
    ("units_over_year", 10),
    ("units_over_days", 10),
];

pub(super) fn members(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Members over limit", MEMBER_COLUMNS)?;
    let ledger = &facts.audit.ledger;
    for year in ledger.members.iter().flat_map(|member| ledger.years(member)) {
        let sum = |part: fn(&crate::audit::ledger::LedgerLine) -> u32| -> u64 {
            year.iter().map(|line| u64::from(part(line))).sum()
        };
        let over_year = sum(|line| line.usage.year_excess);
        let over_days = sum(|line| line.usage.day_excess);
        if over_year + over_days == 0 || !year.iter().any(|line| line.is_reported) {
            continue;
        }
        let counted = year.iter().map(|line| u64::from(line.usage.year_total)).max();
        let line = facts.subject.store().line(year[0].record);
        table.row(&[
            Cell::Text(&text::decode(line.member_id)),
            Cell::optional(year[0].fiscal_year.and_then(|year| u64::try_from(year).ok())),
            Cell::Count(year.len() as u64),
            Cell::Count(sum(|line| line.units)),
            Cell::optional(counted),
            Cell::optional(
                year.iter().filter_map(|line| line.usage.year_limit).max().map(u64::from),
            ),
            Cell::Count(over_year),
            Cell::Count(over_days),
        ])?;
    }
    table.end()
}

const AGENCY_COLUMNS: &[(&str, u16)] = &[
    ("billing_npi", 13),
    ("lines", 9),
    ("units", 9),
    ("amount", 14),
    ("members", 9),
    ("practitioners", 9),
    ("deny_findings", 9),
    ("review_findings", 9),
    ("units_disallowed", 10),
    ("amount_disallowed", 14),
    ("findings_per_100_lines", 12),
    ("full_day_share", 12),
    ("days_per_member", 12),
    ("units_per_member", 12),
    ("group_share", 12),
    ("disallowed_share", 12),
    ("outlier_in", 50),
];

pub(super) fn agencies(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Agencies", AGENCY_COLUMNS)?;
    let agencies = &facts.audit.agencies;
    let mut median = vec![Cell::Text("median of all")];
    median.extend((1..10).map(|_| Cell::Empty));
    median.extend(agencies.medians.map(Cell::Number));
    table.row(&median)?;
    for own in &agencies.list {
        let marked = Measure::ALL.iter().zip(own.is_outlier).filter(|(_, is_out)| *is_out);
        let marked: Vec<&str> = marked.map(|(measure, _)| measure.as_str()).collect();
        let marked = marked.join(":");
        let mut cells = vec![
            Cell::Text(&own.billing_npi),
            Cell::Count(own.lines),
            Cell::Count(own.units),
            Cell::Dollars(own.amount),
            Cell::Count(own.members),
            Cell::Count(own.practitioners),
            Cell::Count(own.deny_findings),
            Cell::Count(own.review_findings),
            Cell::Count(own.disallowed_units),
            Cell::Dollars(own.disallowed_amount),
        ];
        cells.extend(own.measures.map(Cell::Number));
        cells.push(Cell::Text(&marked));
        table.row(&cells)?;
    }
    table.end()
}

const PRACTITIONER_COLUMNS: &[(&str, u16)] = &[
    ("rendering_npi", 13),
    ("lines", 9),
    ("units", 9),
    ("amount", 14),
    ("members", 9),
    ("agencies", 9),
    ("days", 9),
    ("most_units_a_day", 10),
    ("first_day", 12),
    ("last_day", 12),
    ("deny_findings", 9),
    ("review_findings", 9),
    ("gaps", 8),
];

pub(super) fn practitioners(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Practitioners", PRACTITIONER_COLUMNS)?;
    for own in &facts.audit.practitioners {
        let gaps = own.events.iter().filter(|event| event.kind == EventKind::Gap).count();
        table.row(&[
            Cell::Text(&own.rendering_npi),
            Cell::Count(own.lines),
            Cell::Count(own.units),
            Cell::Dollars(own.amount),
            Cell::Count(own.members),
            Cell::Count(own.agencies),
            Cell::Count(own.days),
            Cell::Count(own.most_units_a_day),
            Cell::Day(own.first_day),
            Cell::Day(own.last_day),
            Cell::Count(own.deny_findings),
            Cell::Count(own.review_findings),
            Cell::Count(gaps as u64),
        ])?;
    }
    table.end()
}

const SAMPLE_COLUMNS: &[(&str, u16)] = &[
    ("stratum", 14),
    ("stratum_lines", 10),
    ("stratum_sample", 10),
    ("kind", 8),
    ("order", 7),
    ("number", 9),
    ("billing_npi", 13),
    ("member_id", 16),
    ("service_date", 12),
    ("claim_id", 18),
    ("line_number", 8),
    ("rendering_npi", 13),
    ("units", 8),
    ("amount", 12),
    ("reviewed_by", 14),
    ("reviewed_on", 12),
    ("overpaid_amount", 12),
    ("reason", 30),
    ("notes", 40),
];

pub(super) fn sample(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Sample", SAMPLE_COLUMNS)?;
    let drawn = facts.sample.map_or(&[][..], |sample| &sample.drawn);
    for own in drawn {
        let Some(stratum) = facts.sample.and_then(|sample| sample.strata.get(own.stratum)) else {
            continue;
        };
        let framed = facts.frame().lines[own.number as usize - 1];
        let line = facts.subject.store().line(framed.record);
        table.row(&[
            Cell::Text(&stratum.name),
            Cell::Count(stratum.lines),
            Cell::Count(stratum.sample),
            Cell::Text(if own.is_spare { "spare" } else { "sample" }),
            Cell::Count(own.order),
            Cell::Count(own.number),
            Cell::Text(&text::decode(line.billing_npi)),
            Cell::Text(&text::decode(line.member_id)),
            Cell::Day(line.first_day.day()),
            Cell::Text(&text::decode(line.claim_id)),
            Cell::Count(u64::from(line.line_number)),
            Cell::Text(&text::decode(line.rendering_npi)),
            Cell::optional(line.units().map(u64::from)),
            Cell::Dollars(framed.amount),
        ])?;
    }
    table.end()
}
