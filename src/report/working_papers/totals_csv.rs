//! `overpayment_by_….csv`: the overpayment added up, beside the net lines of the same key.

use crate::audit::Audit;
use crate::audit::totals::By;
use crate::report::csv_rows::CsvRows;
use std::io::{self, Write};

/// The columns behind those of the key; those of net lines are left out by rule.
const COLUMNS: [&str; 8] = [
    "lines",
    "units_disallowed",
    "amount_disallowed",
    "whole_line_units",
    "whole_line_amount",
    "net_lines",
    "net_units",
    "net_amount",
];

/// Writes the totals by one of the words, in the order of the keys.
pub(super) fn write(out: &mut dyn Write, audit: &Audit, by: By) -> io::Result<()> {
    let has_net = by != By::Rule;
    let own = if has_net { &COLUMNS[..] } else { &COLUMNS[..5] };
    let columns: Vec<&str> = by.columns().iter().chain(own).copied().collect();
    let mut rows = CsvRows::begin(out, &columns)?;
    for total in audit.totals.by(by) {
        total.key.iter().for_each(|value| rows.text(value));
        rows.number(total.lines);
        rows.number(total.units);
        rows.amount(total.amount);
        rows.number(total.whole_units);
        rows.amount(total.whole_amount);
        if has_net {
            rows.number(total.net_lines);
            rows.number(total.net_units);
            rows.amount(total.net_amount);
        }
        rows.end_row()?;
    }
    rows.finish()
}
