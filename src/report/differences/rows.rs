//! `diff.csv` and `diff_claims.csv`: one row a finding, or a claim, that differs.

use crate::changes::{Pair, changed_fields};
use crate::earlier::{claims, findings};
use crate::report::csv_rows::CsvRows;
use std::io::{self, Write};

/// The columns of `diff.csv`, in order.
const FINDING_COLUMNS: [&str; 30] = [
    "change",
    "rule",
    "claim_id",
    "line_number",
    "member_id",
    "billing_npi",
    "service_date",
    "changed_fields",
    "severity_before",
    "severity_after",
    "outcome_before",
    "outcome_after",
    "rendering_npi_before",
    "rendering_npi_after",
    "units_before",
    "units_after",
    "excess_units_before",
    "excess_units_after",
    "amount_at_issue_before",
    "amount_at_issue_after",
    "carc_before",
    "carc_after",
    "rarc_before",
    "rarc_after",
    "message_before",
    "message_after",
    "source_before",
    "source_after",
    "position_before",
    "position_after",
];

/// The columns of `diff_claims.csv`, in order.
const CLAIM_COLUMNS: [&str; 20] = [
    "change",
    "claim_id",
    "frequency_code",
    "original_claim_id",
    "member_id",
    "billing_npi",
    "disposition_before",
    "disposition_after",
    "rules_before",
    "rules_after",
    "service_lines_before",
    "service_lines_after",
    "units_billed_before",
    "units_billed_after",
    "units_payable_before",
    "units_payable_after",
    "amount_billed_before",
    "amount_billed_after",
    "amount_at_issue_before",
    "amount_at_issue_after",
];

/// Columns of the key, which both sides share: once a row.
const FINDING_KEY: [usize; 6] = {
    use findings::column as c;
    [c::RULE, c::CLAIM_ID, c::LINE_NUMBER, c::MEMBER_ID, c::BILLING_NPI, c::SERVICE_DATE]
};

/// Columns that each side has.
const FINDING_SIDES: [usize; 11] = {
    use findings::column as c;
    [
        c::SEVERITY,
        c::OUTCOME,
        c::RENDERING_NPI,
        c::UNITS,
        c::EXCESS_UNITS,
        c::AMOUNT_AT_ISSUE,
        c::CARC,
        c::RARC,
        c::MESSAGE,
        c::SOURCE,
        c::POSITION,
    ]
};

/// Columns of a finding, by which it is told from a claim.
const FINDING_WIDTH: usize = findings::COLUMNS.len();

const CLAIM_KEY: [usize; 5] = [0, 1, 2, 3, 4];
const CLAIM_SIDES: [usize; 7] = {
    use claims::column as c;
    [
        c::DISPOSITION,
        c::RULES,
        c::SERVICE_LINES,
        c::UNITS_BILLED,
        c::UNITS_PAYABLE,
        c::AMOUNT_BILLED,
        c::AMOUNT_AT_ISSUE,
    ]
};

/// Columns that hold numbers of ours: the guard against formulas would spoil a minus.
const AMOUNTS: [usize; 1] = [findings::column::AMOUNT_AT_ISSUE];
const CLAIM_AMOUNTS: [usize; 2] = [claims::column::AMOUNT_BILLED, claims::column::AMOUNT_AT_ISSUE];

/// Writes the findings that differ.
pub fn write_findings(out: &mut dyn Write, pairs: &[Pair<17>]) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &FINDING_COLUMNS)?;
    for pair in pairs {
        rows.word(pair.change());
        key(&mut rows, pair, &FINDING_KEY);
        rows.word(&changed_fields(pair).join(":"));
        sides(&mut rows, pair, &FINDING_SIDES, &AMOUNTS);
        rows.end_row()?;
    }
    rows.finish()
}

/// Writes the claims that differ.
pub fn write_claims(out: &mut dyn Write, pairs: &[Pair<12>]) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &CLAIM_COLUMNS)?;
    for pair in pairs {
        rows.word(pair.change());
        key(&mut rows, pair, &CLAIM_KEY);
        sides(&mut rows, pair, &CLAIM_SIDES, &CLAIM_AMOUNTS);
        rows.end_row()?;
    }
    rows.finish()
}

fn key<const N: usize>(rows: &mut CsvRows<'_>, pair: &Pair<N>, columns: &[usize]) {
    for column in columns {
        rows.text(pair.row().map_or("", |row| row.cell(*column)));
    }
}

fn sides<const N: usize>(
    rows: &mut CsvRows<'_>,
    pair: &Pair<N>,
    columns: &[usize],
    amounts: &[usize],
) {
    for column in columns {
        for side in [&pair.before, &pair.after] {
            let cell = side.as_ref().map_or("", |row| row.cell(*column));
            // Of a file that somebody edited, an amount may be anything.
            let is_amount = crate::model::Cents::parse(cell.as_bytes()).is_some();
            match *column {
                column if amounts.contains(&column) && is_amount => rows.word(cell),
                findings::column::SOURCE if N == FINDING_WIDTH => rows.file_name(cell),
                _ => rows.text(cell),
            }
        }
    }
}
