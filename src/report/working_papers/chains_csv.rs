//! `chains.csv`: corrections and what they correct, claim by claim.

use super::{bytes, flag, place};
use crate::audit::{Audit, Subject};
use crate::report::csv_rows::CsvRows;
use std::io::{self, Write};

const COLUMNS: [&str; 17] = [
    "chain",
    "step",
    "claim_id",
    "frequency_code",
    "original_claim_id",
    "payer_claim_number",
    "member_id",
    "billing_npi",
    "received_date",
    "is_history",
    "standing",
    "service_lines",
    "units",
    "amount_billed",
    "amount_paid",
    "source",
    "position",
];

/// Writes the steps, chain after chain in input order.
pub(super) fn write(out: &mut dyn Write, subject: &Subject<'_>, audit: &Audit) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &COLUMNS)?;
    for step in &audit.chains {
        let line = subject.store().line(step.record);
        rows.number(u64::from(step.chain));
        rows.number(u64::from(step.step));
        bytes(&mut rows, line.claim_id);
        bytes(&mut rows, line.frequency_or_default());
        bytes(&mut rows, line.original_claim_id);
        bytes(&mut rows, line.payer_claim_number);
        bytes(&mut rows, line.member_id);
        bytes(&mut rows, line.billing_npi);
        rows.day(line.received);
        flag(&mut rows, line.is_history);
        rows.word(step.standing);
        rows.number(step.lines);
        rows.number(step.units);
        rows.amount(step.billed);
        rows.amount(step.paid);
        place(&mut rows, subject, &line);
        rows.end_row()?;
    }
    rows.finish()
}
