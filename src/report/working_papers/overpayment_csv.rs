//! `overpayment.csv`: one row a service line and primary reason, every unit disallowed once.

use super::{bytes, place, priced_by};
use crate::audit::{Audit, Subject};
use crate::report::csv_rows::CsvRows;
use std::io::{self, Write};

/// The columns, in order.
const COLUMNS: [&str; 20] = [
    "billing_npi",
    "claim_id",
    "line_number",
    "member_id",
    "rendering_npi",
    "service_date",
    "fiscal_year",
    "procedure_code",
    "modifiers",
    "units",
    "amount",
    "priced_by",
    "primary_rule",
    "further_rules",
    "units_disallowed",
    "amount_disallowed",
    "whole_line_units",
    "whole_line_amount",
    "source",
    "position",
];

/// Writes the rows in input order.
pub(super) fn write(out: &mut dyn Write, subject: &Subject<'_>, audit: &Audit) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &COLUMNS)?;
    for row in &audit.overpayment {
        let line = subject.store().line(row.record);
        let day = line.first_day.day();
        bytes(&mut rows, line.billing_npi);
        bytes(&mut rows, line.claim_id);
        bytes(&mut rows, line.line_text);
        bytes(&mut rows, line.member_id);
        bytes(&mut rows, line.rendering_npi);
        rows.day(day);
        let year = day.map(|day| subject.fiscal_year(day).to_string());
        rows.word(&year.unwrap_or_default());
        bytes(&mut rows, line.procedure);
        bytes(&mut rows, line.modifiers);
        bytes(&mut rows, line.units_text);
        rows.amount(line.amount().unwrap_or_default());
        rows.word(priced_by(&line));
        rows.word(row.rule.id);
        rows.word(&row.further.join(":"));
        rows.number(u64::from(row.units));
        rows.amount(row.amount);
        rows.number(u64::from(row.whole_units));
        rows.amount(row.whole_amount);
        place(&mut rows, subject, &line);
        rows.end_row()?;
    }
    rows.finish()
}
