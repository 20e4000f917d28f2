//! `claims.csv`: one row a current claim with peer-support lines, and what becomes of it.

use super::csv_rows::{CsvRows, merged, write_rows};
use crate::model::text;
use crate::outcome::{ClaimOutcome, RunOutcome};
use crate::store::Store;
use std::io::{self, Write};

pub use crate::earlier::claims::COLUMNS;

/// Writes the header and `claims` as they stand. `rules` are ids joined by `:`.
pub fn write(out: &mut dyn Write, claims: &[ClaimOutcome], store: &Store) -> io::Result<()> {
    write_rows(out, &COLUMNS, claims, |rows, claim| write_row(rows, claim, store))
}

/// Writes the claims of a run, wherever they are.
pub fn write_all(out: &mut dyn Write, outcome: &RunOutcome) -> io::Result<()> {
    match &outcome.elsewhere {
        None => write(out, &outcome.claims, &outcome.store),
        Some(elsewhere) => merged(out, &COLUMNS, elsewhere.claims.as_ref()),
    }
}

/// The cells of one claim.
pub(super) fn write_row(rows: &mut CsvRows<'_>, claim: &ClaimOutcome, store: &Store) {
    let line = store.line(claim.record);
    rows.text(&text::decode(line.claim_id));
    rows.text(&text::decode(line.frequency_or_default()));
    rows.text(&text::decode(line.original_claim_id));
    rows.text(&text::decode(line.member_id));
    rows.text(&text::decode(line.billing_npi));
    rows.word(claim.disposition.as_str());
    rows.words(claim.rules.ids());
    rows.number(claim.service_lines);
    rows.number(claim.units_billed);
    rows.number(claim.units_payable);
    rows.amount(claim.amount_billed);
    rows.amount(claim.amount_at_issue);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn every_field_comes_back() {
        let mut out = Vec::new();
        let outcome = samples::outcome();
        write(&mut out, &outcome.claims, &outcome.store).expect("memory takes it");
        let mut reader = csv::Reader::from_reader(out.as_slice());
        assert_eq!(reader.headers().expect("a header"), COLUMNS.as_slice());
        let rows: Vec<_> = reader.records().map(|row| row.expect("a whole row")).collect();
        let first = [
            "A1",
            "1",
            "",
            "M1",
            "1234567893",
            "hold",
            "S002:U001",
            "2",
            "8",
            "6",
            "110.00",
            "27.50",
        ];
        assert_eq!(rows[0], first.to_vec());
        assert_eq!(&rows[1][0], "'@B,2");
        assert_eq!(&rows[1][6], "");
        assert_eq!(rows.len(), 2);
    }
}
