//! The claim key of each row, and nothing else: for whoever parts a file by claim.
//!
//! A row has the key here that `row.rs` gives it.

use super::columns::ClaimColumns;
use super::cutter::{CsvHead, MAX_ROW_BYTES};
use super::plain::each_row;
use super::row::{KEY_COLUMNS, hash_of_key, is_same_claim};
use csv::{ByteRecord, ReaderBuilder, Terminator};
use std::ops::Range;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKey {
    /// Of the claim with this key ([`crate::normalize::sink::claim_key`]).
    Claim(u128),
    /// Nothing stands in it.
    Blank,
    /// No row that can be told to be of a claim (a quote is not closed, it is too long).
    None,
    /// More of the row before, which is too long.
    GoesOn,
}

/// Tells the rows of a block, in order, each with its bytes (its line end too).
pub fn rows(
    bytes: &[u8],
    head: &CsvHead,
    columns: &ClaimColumns,
    each: &mut dyn FnMut(Range<usize>, RowKey),
) {
    match head {
        CsvHead::Plain => plain(bytes, columns, each),
        CsvHead::Quoted => quoted(bytes, columns, each),
        CsvHead::UnclosedQuote | CsvHead::TooLong => each(0..bytes.len(), RowKey::None),
        CsvHead::TooLongGoesOn => each(0..bytes.len(), RowKey::GoesOn),
    }
}

fn plain(bytes: &[u8], columns: &ClaimColumns, each: &mut dyn FnMut(Range<usize>, RowKey)) {
    let mut buffer = Vec::new();
    let mut before: Option<([&[u8]; 4], u128)> = None;
    each_row(bytes, columns.delimiter, |row, start| {
        let text = row.bytes();
        let key = if text.is_empty() {
            RowKey::Blank
        } else if text.len() > MAX_ROW_BYTES {
            RowKey::None
        } else {
            let key = KEY_COLUMNS.map(|column| columns.value(row, column));
            let hash = match &before {
                Some((own, hash)) if is_same_claim(own, &key) => *hash,
                _ => hash_of_key(&key, &mut buffer),
            };
            // Values may be codes of ours, which live as long as the columns.
            before = Some((key, hash));
            RowKey::Claim(hash)
        };
        each(start..start + row.with_line_end().len(), key);
    });
}

fn quoted(bytes: &[u8], columns: &ClaimColumns, each: &mut dyn FnMut(Range<usize>, RowKey)) {
    let mut rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(columns.delimiter)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut buffer = Vec::new();
    let mut start = 0;
    // Reading from memory fails on nothing that a flexible byte reader does not accept.
    while rows.read_byte_record(&mut record).unwrap_or(false) {
        start = blanks(bytes, start, each);
        let end = rows.position().byte() as usize;
        let fields: Vec<&[u8]> = record.iter().collect();
        let key = if fields == [b"\r"] {
            RowKey::Blank
        } else if end - start > MAX_ROW_BYTES + 1 {
            RowKey::None
        } else {
            let key = KEY_COLUMNS.map(|column| columns.value(fields.as_slice(), column));
            RowKey::Claim(hash_of_key(&key, &mut buffer))
        };
        each(start..end, key);
        start = end;
    }
    blanks(bytes, start.min(bytes.len()), each);
}

/// The blank rows at `start`, which the `csv` crate skips; returns where they end.
fn blanks(bytes: &[u8], start: usize, each: &mut dyn FnMut(Range<usize>, RowKey)) -> usize {
    let count = bytes[start..].iter().take_while(|byte| **byte == b'\n').count();
    (start..start + count).for_each(|at| each(at..at + 1, RowKey::Blank));
    start + count
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn columns() -> ClaimColumns {
        let header = "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            frequency_code,original_claim_id";
        let fields: Vec<String> = header.split(',').map(str::to_owned).collect();
        ClaimColumns::find(&fields, b',', &HashMap::new()).expect("all there")
    }

    fn all(text: &str, head: CsvHead) -> Vec<(Range<usize>, RowKey)> {
        let mut found = Vec::new();
        rows(text.as_bytes(), &head, &columns(), &mut |place, key| found.push((place, key)));
        let places = found.iter().map(|(place, _)| place.clone());
        let end = places.fold(0, |end, place| {
            assert_eq!(place.start, end, "{text:?}: nothing stands between rows");
            place.end
        });
        assert_eq!(end, text.len(), "{text:?}");
        found
    }

    #[test]
    fn both_ways_to_split_tell_the_same() {
        let text = "A,1,M,N,H0038,4,2025-01-01,1,\r\n\r\nA,2,M,N,H0038,4,2025-01-01,,\r\n\n\n\
            B,1,M,N,H0038,4,2025-01-01,7,A\nshort\nB,1,M,N,H0038,4,2025-01-01,7,A,more";
        let found = all(text, CsvHead::Plain);
        assert_eq!(found, all(text, CsvHead::Quoted));
        let keys: Vec<RowKey> = found.iter().map(|(_, key)| *key).collect();
        assert_eq!(keys.len(), 8);
        assert_eq!(keys[0], keys[2], "a blank frequency code is 1");
        assert_eq!(keys[5], keys[7]);
        assert_ne!(keys[0], keys[5]);
        let blanks = keys.iter().filter(|key| **key == RowKey::Blank);
        assert_eq!(blanks.count(), 3);
    }

    #[test]
    fn line_ends_in_quotes_end_no_row() {
        let text = "\n\"A\",1,M,N,H0038,4,\"x\ny\",1,\nA,2,M,N,H0038,4,,1,\"\"\n";
        let found = all(text, CsvHead::Quoted);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].1, found[2].1);
    }
}
