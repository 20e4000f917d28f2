//! A claim CSV split by claim: rows byte for byte, the header in both parts.

use super::output::{Folder, Output};
use super::place::{Place, Places};
use super::tally::Tally;
use crate::normalize::claims_csv::keys::{RowKey, rows};
use crate::normalize::claims_csv::{ClaimColumns, CsvCutter};
use crate::outcome::ClaimKeys as Keys;
use crate::source::in_order::InOrder;
use std::io::{self, Read};
use std::ops::Range;

/// Rows of a block that follow each other and go to one place.
struct Run {
    rows: Range<usize>,
    /// `None`: blank rows, which go with the row before them.
    place: Option<Place>,
}

/// A block, looked at.
#[derive(Default)]
struct Outline {
    runs: Vec<Run>,
    records: u64,
    /// Claims that begin: rows whose key is not that of the row before.
    claims: Tally,
    /// Keys of the first and last row that has one.
    edges: Option<[u128; 2]>,
}

impl Outline {
    fn row(&mut self, rows: Range<usize>, key: RowKey, places: &Places) {
        self.records += u64::from(key != RowKey::GoesOn);
        let place = match key {
            RowKey::Blank => None,
            RowKey::None | RowKey::GoesOn => Some(Place::Hold),
            RowKey::Claim(key) => {
                let place = places.get(key);
                if self.edges.is_none_or(|[_, last]| last != key) {
                    self.claims.add(place);
                }
                self.edges = Some([self.edges.map_or(key, |[first, _]| first), key]);
                Some(place)
            }
        };
        match self.runs.last_mut() {
            Some(run) if place.is_none() || run.place == place => run.rows.end = rows.end,
            _ => self.runs.push(Run { rows, place }),
        }
    }
}

/// What reading came to.
pub struct Done {
    /// The claims.
    pub tally: Tally,
    /// Rows, blank ones counted.
    pub records: u64,
}

/// Writes the two parts of the rows of `stream`; gives back their names where there is something in
/// them. `header` is what stands before the rows.
pub fn split<F: Folder>(
    reading: InOrder,
    stream: impl Read + Send,
    (header, columns): (&[u8], &ClaimColumns),
    places: &Places,
    mut parts: [Output<'_, F>; 2],
) -> io::Result<(Done, [Option<String>; 2])> {
    parts.iter_mut().for_each(|part| part.prefix(header));
    let mut done = Done { tally: Tally::default(), records: 0 };
    let mut last = (None, None);
    reading.each_block(
        stream,
        CsvCutter::new(columns.delimiter, columns.width),
        |block, _| {
            let mut outline = Outline::default();
            rows(&block.bytes, &block.head, columns, &mut |rows, key| {
                outline.row(rows, key, places);
            });
            outline
        },
        |bytes, outline: Outline| {
            let (last_key, last_place) = &mut last;
            done.records += outline.records;
            done.tally.add_all(outline.claims);
            if let Some([first, end]) = outline.edges {
                if *last_key == Some(first) {
                    // A claim that goes on over the edge of two blocks was counted in both.
                    done.tally.take_back(places.get(first));
                }
                *last_key = Some(end);
            }
            for Run { rows, place } in outline.runs {
                *last_place = place.or(*last_place);
                match *last_place {
                    Some(Place::Release) => parts[0].write(&bytes[rows])?,
                    Some(Place::Hold) => parts[1].write(&bytes[rows])?,
                    Some(Place::Neither) => {}
                    // Before the first row: with the header.
                    None => parts.iter_mut().for_each(|part| part.prefix(&bytes[rows.clone()])),
                }
            }
            Ok::<(), io::Error>(())
        },
    )?;
    let [release, hold] = parts;
    Ok((done, [release.finish()?, hold.finish()?]))
}

/// The keys of the rows with these numbers (from 0, blank rows counted; ascending).
pub fn keys_of_rows(
    reading: InOrder,
    stream: impl Read + Send,
    columns: &ClaimColumns,
    numbers: &[u64],
    found: &mut Keys,
) -> io::Result<()> {
    let mut number = 0;
    let mut numbers = numbers.iter().copied().peekable();
    reading.each_block(
        stream,
        CsvCutter::new(columns.delimiter, columns.width),
        |block, _| {
            let mut keys = Vec::new();
            rows(&block.bytes, &block.head, columns, &mut |_, key| keys.push(key));
            keys.retain(|key| *key != RowKey::GoesOn);
            keys
        },
        |_, keys: Vec<RowKey>| {
            for key in keys {
                if numbers.next_if_eq(&number).is_some()
                    && let RowKey::Claim(key) = key
                {
                    found.insert(key);
                }
                number += 1;
            }
            Ok::<(), io::Error>(())
        },
    )
}
