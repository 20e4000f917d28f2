//! Members over a limit, agencies, practitioners, and the sample.

use super::XlsxBook;
use super::sheet::{Book, Cell};
use crate::audit::agencies::Measure;
use crate::audit::timeline::EventKind;
use crate::model::text;
use crate::report::source_name;
use crate::report::working_papers::priced_by;
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
    let ledger = &facts.desk.audit.ledger;
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
        let line = facts.desk.subject.store().line(year[0].record);
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
    ("findings_per_100_lines", 13),
    ("units_at_limit_share", 13),
    ("days_per_member", 12),
    ("units_per_member", 12),
    ("group_share", 12),
    ("disallowed_share", 13),
    ("outlier_in", 50),
];

pub(super) fn agencies(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Agencies", AGENCY_COLUMNS)?;
    let agencies = &facts.desk.audit.agencies;
    let mut median = vec![Cell::Text("median of all")];
    median.extend((1..10).map(|_| Cell::Empty));
    median.extend(measures(agencies.medians));
    table.row(&median)?;
    for own in &agencies.list {
        let marked = own.outliers().collect::<Vec<_>>().join(":");
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
        cells.extend(measures(own.measures));
        cells.push(Cell::Text(&marked));
        table.row(&cells)?;
    }
    table.end()
}

/// The measures as cells: shares with four places, nothing where there is nothing to measure.
fn measures<'c>(values: [Option<f64>; 6]) -> impl Iterator<Item = Cell<'c>> {
    let cell = |(measure, value): (Measure, Option<f64>)| match value {
        None => Cell::Empty,
        Some(value) if measure.is_share() => Cell::Share(value),
        Some(value) => Cell::Number(value),
    };
    Measure::ALL.into_iter().zip(values).map(cell)
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
    for own in &facts.desk.audit.practitioners {
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
    ("frame_sha256", 20),
    ("frame_lines", 10),
    ("strata", 8),
    ("stratum", 14),
    ("stratum_lines", 10),
    ("stratum_amount", 14),
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
    ("procedure_code", 10),
    ("modifiers", 12),
    ("units", 8),
    ("amount", 12),
    ("priced_by", 9),
    ("source", 30),
    ("position", 22),
    ("reviewed_by", 14),
    ("reviewed_on", 12),
    ("overpaid_amount", 12),
    ("reason", 30),
    ("notes", 40),
];

/// The columns of `sample.csv`, so that a sheet that was filled in can be saved as one.
pub(super) fn sample(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Sample", SAMPLE_COLUMNS)?;
    let Some(drawn) = facts.sample else { return table.end() };
    let subject = facts.desk.subject;
    let frame = &facts.desk.audit.frame;
    for own in &drawn.sample.drawn {
        let stratum = &drawn.sample.strata[own.stratum];
        let framed = frame.lines[own.number as usize - 1];
        let line = subject.store().line(framed.record);
        let (file, position) = subject.store().position(&line);
        let modifiers = text::decode(line.modifiers);
        table.row(&[
            Cell::Text(drawn.frame_sha256),
            Cell::Count(frame.lines.len() as u64),
            Cell::Count(drawn.sample.strata.len() as u64),
            Cell::Text(&stratum.name),
            Cell::Count(stratum.lines),
            Cell::Dollars(stratum.amount),
            Cell::Count(stratum.sample),
            Cell::Text(if own.is_spare { "spare" } else { "sample" }),
            Cell::Count(own.order),
            Cell::Count(own.number),
            Cell::Text(&text::decode(line.billing_npi)),
            Cell::Text(&text::decode(line.member_id)),
            Cell::Day(line.first_day.day()),
            Cell::Text(&text::decode(line.claim_id)),
            Cell::Text(&text::decode(line.line_text)),
            Cell::Text(&text::decode(line.rendering_npi)),
            Cell::Text(&text::decode(line.procedure)),
            Cell::Text(&modifiers),
            Cell::Text(&text::decode(line.units_text)),
            Cell::Dollars(framed.amount),
            Cell::Text(priced_by(&line)),
            Cell::Text(source_name(&subject.outcome.files, file)),
            Cell::Text(&position.to_string()),
        ])?;
    }
    table.end()
}
