//! `agencies.csv`: agencies beside the median of all, those that stand out marked.

use crate::audit::Audit;
use crate::audit::agencies::Measure;
use crate::report::csv_rows::CsvRows;
use std::io::{self, Write};

const COLUMNS: [&str; 16] = [
    "billing_npi",
    "lines",
    "units",
    "amount",
    "members",
    "practitioners",
    "member_days",
    "day_units",
    "days_at_limit",
    "units_at_limit",
    "group_lines",
    "deny_findings",
    "review_findings",
    "units_disallowed",
    "amount_disallowed",
    "whole_line_amount",
];

/// Writes a row an agency; of each measure the value, the median of all and whether it stands out.
pub(super) fn write(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    let medians: Vec<String> =
        Measure::ALL.iter().map(|measure| format!("median_{}", measure.as_str())).collect();
    let mut columns = COLUMNS.to_vec();
    columns.extend(Measure::ALL.iter().map(|measure| measure.as_str()));
    columns.extend(medians.iter().map(String::as_str));
    columns.push("outlier_in");
    let mut rows = CsvRows::begin(out, &columns)?;
    for own in &audit.agencies.list {
        rows.text(&own.billing_npi);
        rows.number(own.lines);
        rows.number(own.units);
        rows.amount(own.amount);
        rows.number(own.members);
        rows.number(own.practitioners);
        rows.number(own.member_days);
        rows.number(own.day_units);
        rows.number(own.days_at_limit);
        rows.number(own.units_at_limit);
        rows.number(own.group_lines);
        rows.number(own.deny_findings);
        rows.number(own.review_findings);
        rows.number(own.disallowed_units);
        rows.amount(own.disallowed_amount);
        rows.amount(own.whole_amount);
        for value in own.measures.iter().chain(&audit.agencies.medians) {
            rows.word(&value.map(|value| format!("{value:.4}")).unwrap_or_default());
        }
        rows.word(&own.outliers().collect::<Vec<_>>().join(":"));
        rows.end_row()?;
    }
    rows.finish()
}
