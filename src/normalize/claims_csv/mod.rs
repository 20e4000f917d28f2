//! Claim CSV: one row a service line.
//!
//! A block without a quote takes the plain path (`plain.rs`): fields end where a delimiter stands,
//! and only those are looked at that decide whether the row matters. A block that holds a quote
//! takes the `csv` crate (`quoted.rs`). Both hand their rows to `row.rs`, the one place that knows
//! what a row means; tests hold the two paths to each other.

pub mod columns;
pub mod cutter;
pub mod fields;
pub mod header;
pub mod keys;
pub mod lookalike;
pub mod mapping;
pub mod plain;
pub mod quoted;
pub mod row;

pub use columns::{ClaimColumns, ColumnError};
pub use cutter::{CsvCutter, CsvHead};
pub use header::Header;
pub use mapping::{CodeMaps, Sources};
pub use row::CsvEdges;

use super::sink::{Sink, Wanted};

/// What reading a block of a claim CSV yields.
pub struct CsvOutput {
    /// Lines, counts, faults.
    pub sink: Sink,
    /// Rows of the block, blank ones too.
    pub rows: u64,
    /// The claim keys at its ends, to count claims over the edge.
    pub edges: CsvEdges,
    /// The newest `received_date` that is not after the day of the run.
    pub newest_received: Option<crate::model::NaiveDate>,
}

/// Reads one block, which begins at the start of a row and ends at the end of one.
pub fn read_block(
    bytes: &[u8],
    head: &CsvHead,
    columns: &ClaimColumns,
    wanted: &Wanted<'_>,
) -> CsvOutput {
    let mut reader = row::RowReader::new(columns, wanted, bytes.len());
    let rows = match head {
        CsvHead::Plain => plain::read(bytes, &mut reader),
        CsvHead::Quoted => quoted::read(bytes, &mut reader),
        CsvHead::UnclosedQuote => reader.unclosed_quote(),
        CsvHead::TooLong => {
            reader.too_long(crate::model::LocalPosition::default());
            reader.count_lines(1);
            1
        }
        CsvHead::TooLongGoesOn => 0,
    };
    reader.finish(rows)
}
