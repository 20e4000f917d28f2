//! `member_ledger.csv` and `member_years.csv`: net lines with running totals, and years added up.

use super::{bytes, flag, optional, place};
use crate::audit::ledger::Standing;
use crate::audit::{Audit, Subject};
use crate::report::csv_rows::CsvRows;
use std::collections::BTreeSet;
use std::io::{self, Write};

const LINE_COLUMNS: [&str; 21] = [
    "member_id",
    "fiscal_year",
    "order",
    "service_date",
    "claim_id",
    "line_number",
    "billing_npi",
    "rendering_npi",
    "units",
    "standing",
    "day_total",
    "day_limit",
    "day_excess",
    "year_total",
    "year_limit",
    "year_excess",
    "is_history",
    "is_reported",
    "rules",
    "source",
    "position",
];

/// Writes every net line of the members that have a reported one.
pub(super) fn write_lines(
    out: &mut dyn Write,
    subject: &Subject<'_>,
    audit: &Audit,
) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &LINE_COLUMNS)?;
    for member in &audit.ledger.members {
        for year in audit.ledger.years(member) {
            for (order, own) in year.iter().enumerate() {
                let line = subject.store().line(own.record);
                bytes(&mut rows, line.member_id);
                fiscal_year(&mut rows, own.fiscal_year);
                rows.number(order as u64 + 1);
                rows.day(own.day);
                bytes(&mut rows, line.claim_id);
                bytes(&mut rows, line.line_text);
                bytes(&mut rows, line.billing_npi);
                bytes(&mut rows, line.rendering_npi);
                bytes(&mut rows, line.units_text);
                rows.word(own.standing.as_str());
                let usage = own.usage;
                let counted =
                    |value: u32| (own.standing == Standing::Counted).then_some(u64::from(value));
                optional(&mut rows, counted(usage.day_total));
                optional(&mut rows, usage.day_limit.map(u64::from));
                optional(&mut rows, counted(usage.day_excess));
                optional(&mut rows, counted(usage.year_total));
                optional(&mut rows, usage.year_limit.map(u64::from));
                optional(&mut rows, counted(usage.year_excess));
                flag(&mut rows, line.is_history);
                flag(&mut rows, own.is_reported);
                let rules: BTreeSet<&str> =
                    subject.findings_of(own.record).map(|finding| finding.rule.id).collect();
                rows.word(&rules.into_iter().collect::<Vec<_>>().join(":"));
                place(&mut rows, subject, &line);
                rows.end_row()?;
            }
        }
    }
    rows.finish()
}

fn fiscal_year(rows: &mut CsvRows<'_>, year: Option<i32>) {
    rows.word(&year.map(|year| year.to_string()).unwrap_or_default());
}

const YEAR_COLUMNS: [&str; 12] = [
    "member_id",
    "fiscal_year",
    "lines",
    "reported_lines",
    "units",
    "units_counted",
    "year_limit",
    "day_excess",
    "year_excess",
    "agencies",
    "first_day",
    "last_day",
];

/// Writes a row a member and year with a reported line.
pub(super) fn write_years(
    out: &mut dyn Write,
    subject: &Subject<'_>,
    audit: &Audit,
) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &YEAR_COLUMNS)?;
    for member in &audit.ledger.members {
        for year in audit.ledger.years(member) {
            let reported = year.iter().filter(|own| own.is_reported).count() as u64;
            if reported == 0 {
                continue;
            }
            let lines = || year.iter().map(|own| subject.store().line(own.record));
            let agencies: BTreeSet<&[u8]> = lines().map(|line| line.billing_npi).collect();
            lines().take(1).for_each(|line| bytes(&mut rows, line.member_id));
            fiscal_year(&mut rows, year[0].fiscal_year);
            rows.number(year.len() as u64);
            rows.number(reported);
            rows.number(year.iter().map(|own| u64::from(own.units)).sum());
            let totals = year.iter().map(|own| u64::from(own.usage.year_total));
            rows.number(totals.max().unwrap_or_default());
            optional(
                &mut rows,
                year.iter().filter_map(|own| own.usage.year_limit).max().map(u64::from),
            );
            rows.number(year.iter().map(|own| u64::from(own.usage.day_excess)).sum());
            rows.number(year.iter().map(|own| u64::from(own.usage.year_excess)).sum());
            rows.number(agencies.len() as u64);
            rows.day(year.iter().filter_map(|own| own.day).min());
            rows.day(year.iter().filter_map(|own| own.day).max());
            rows.end_row()?;
        }
    }
    rows.finish()
}
