//! `rejects.csv`: what was left out or blanked on reading, and why.

use super::csv_rows::CsvRows;
use crate::model::Reject;
use std::io::{self, Write};

/// The columns, in order.
pub const COLUMNS: [&str; 4] = ["source", "position", "column", "reason"];

/// Writes the header and `rejects` as they stand.
pub fn write(out: &mut dyn Write, rejects: &[Reject]) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &COLUMNS)?;
    for reject in rejects {
        rows.file_name(&reject.source);
        rows.position(reject.position);
        rows.text(&reject.column);
        rows.text(&reject.reason);
        rows.end_row()?;
    }
    rows.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn every_field_comes_back() {
        let mut out = Vec::new();
        write(&mut out, &samples::outcome().rejects).expect("memory takes it");
        let mut reader = csv::Reader::from_reader(out.as_slice());
        assert_eq!(reader.headers().expect("a header"), COLUMNS.as_slice());
        let rows: Vec<_> = reader.records().map(|row| row.expect("a whole row")).collect();
        let first = ["credentials.csv", "row 7", "effective_date", "is no date"];
        assert_eq!(rows[0], first.to_vec());
        assert_eq!(&rows[1][0], "'-night.837");
        assert_eq!(&rows[1][1], "segment 9, byte 312");
        assert_eq!(rows.len(), 2);
    }
}
