//! The rows of a run that is checked part by part (`--memory`): made as each part is, sorted among
//! themselves, and merged when the outputs are written.

use super::csv_rows::{CsvRows, in_shares};
use super::{claims_csv, findings_csv, findings_jsonl, queue_csv};
use crate::finding::{Finding, Place};
use crate::model::{InputSeq, NaiveDate, Position};
use crate::outcome::{Bucket, ClaimOutcome, Elsewhere, RunOutcome, Totals};
use crate::policy::Policy;
use crate::queue::{self, QueueRow};
use crate::spill::{KEY_BYTES, Key, RowShare, SortedRows, TempSpace};
use chrono::Datelike;
use std::collections::HashMap;
use std::io;

/// Which outputs are written, and so which rows are made.
#[derive(Clone, Copy, Default)]
pub struct WantedRows {
    /// `findings.csv`, or those rows on standard output.
    pub findings: bool,
    /// The same as JSON lines.
    pub json: bool,
    /// `claims.csv` and `queue.csv`.
    pub claims: bool,
}

/// Takes the parts of a run.
pub struct PartedRows<'p> {
    policy: &'p Policy,
    elsewhere: Elsewhere,
}

impl<'p> PartedRows<'p> {
    /// Nothing yet.
    pub fn new(
        space: &TempSpace,
        policy: &'p Policy,
        wanted: WantedRows,
    ) -> io::Result<PartedRows<'p>> {
        let rows = |is_wanted: bool, key_bytes| {
            is_wanted.then(|| SortedRows::new(space, key_bytes)).transpose()
        };
        let elsewhere = Elsewhere {
            findings: rows(wanted.findings, KEY_BYTES)?,
            json: rows(wanted.json, KEY_BYTES)?,
            claims: rows(wanted.claims, CLAIM_KEY_BYTES)?,
            queue: rows(wanted.claims, QUEUE_KEY_BYTES)?,
            totals: Totals::default(),
            corrections: (0, 0),
        };
        Ok(PartedRows { policy, elsewhere })
    }

    /// Takes what one part came to; `part` is a run of its own over that part's records.
    pub fn take(&mut self, part: &RunOutcome) -> io::Result<()> {
        let own = &mut self.elsewhere;
        own.totals.add(&part.findings, &part.claims);
        let (strange, all) = part.corrections_of_others();
        own.corrections.0 += strange;
        own.corrections.1 += all;
        if let Some(rows) = &mut own.findings {
            push_all(rows, &part.findings, |made, index, finding| {
                findings_csv::write_row(made, finding, &part.files);
                finding_key(finding, index)
            })?;
        }
        if let Some(rows) = &mut own.json {
            push_json(rows, part)?;
        }
        let (Some(claims), Some(queue)) = (&mut own.claims, &mut own.queue) else { return Ok(()) };
        let first = first_lines(part);
        push_all(claims, &part.claims, |made, index, claim| {
            claims_csv::write_row(made, claim, &part.store);
            KeyBytes::default().number(first[index].0).key
        })?;
        let held = queue::rows(part, self.policy);
        let first_of = first_lines_of(&held, part, &first);
        push_all(queue, &held, |made, _, row| {
            queue_csv::write_row(made, row, &part.store, &part.files);
            queue_key(row, first_of.get(&row.claim.record).copied().unwrap_or_default())
        })
    }

    /// All parts were taken.
    pub fn finish(self) -> Box<Elsewhere> {
        Box::new(self.elsewhere)
    }
}

/// Adds a run of CSV rows, one for each of `items`, which are in the order of their keys; rows are
/// made on all threads. `row` makes one and gives its key.
fn push_all<T: Sync>(
    rows: &mut SortedRows,
    items: &[T],
    row: impl Fn(&mut CsvRows<'_>, usize, &T) -> Key + Sync,
) -> io::Result<()> {
    push_run(rows, items, |share, first, items| {
        let mut made = CsvRows::apart();
        for (index, item) in (first..).zip(items) {
            let key = row(&mut made, index, item);
            made.take_row(|row| share.push(&key, row));
        }
        Ok(())
    })
}

fn push_json(rows: &mut SortedRows, part: &RunOutcome) -> io::Result<()> {
    push_run(rows, &part.findings, |share, first, findings| {
        let mut line = Vec::new();
        for (index, finding) in (first..).zip(findings) {
            line.clear();
            findings_jsonl::write_row(&mut line, finding, &part.files)?;
            share.push(&finding_key(finding, index), &line);
        }
        Ok(())
    })
}

/// Adds a run of rows that `fill` makes, some at a time, on all threads.
fn push_run<T: Sync>(
    rows: &mut SortedRows,
    items: &[T],
    fill: impl Fn(&mut RowShare, usize, &[T]) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let key_bytes = rows.key_bytes();
    in_shares(
        items,
        |first, items| {
            let mut share = RowShare::of(key_bytes);
            fill(&mut share, first, items).map(|()| share)
        },
        |share| rows.append(&share?),
    )?;
    rows.end_run()
}

/// The place of each claim's first line that counts, in the order of the claims: that is the order
/// in which [`RunOutcome::claims`] stand.
fn first_lines(part: &RunOutcome) -> Vec<InputSeq> {
    let mut first = Vec::with_capacity(part.claims.len());
    let standings = &part.standings;
    let numbers = standings.claim_of.iter().filter(|claim| **claim != u32::MAX);
    let mut is_met = vec![false; numbers.max().map_or(0, |last| *last as usize + 1)];
    let of_record = standings.buckets.iter().zip(&standings.claim_of);
    for ((seq, is_history), (bucket, claim)) in part.store.places().zip(of_record) {
        let is_counted = bucket.is_some_and(|bucket| bucket != Bucket::Denied) && !is_history;
        if is_counted && !std::mem::replace(&mut is_met[*claim as usize], true) {
            first.push(seq);
        }
    }
    debug_assert_eq!(first.len(), part.claims.len());
    first
}

/// The places of the held claims, by their records; `first` are those of all claims.
fn first_lines_of(
    held: &[QueueRow<'_>],
    part: &RunOutcome,
    first: &[InputSeq],
) -> HashMap<u32, InputSeq> {
    let mut first_of: HashMap<u32, InputSeq> =
        held.iter().map(|row| (row.claim.record, InputSeq::default())).collect();
    for (claim, first) in part.claims.iter().zip(first) {
        if let Some(place) = first_of.get_mut(&claim.record) {
            *place = *first;
        }
    }
    first_of
}

/// By place, then rule; what is about no place comes last, in the order in which it stands.
fn finding_key(finding: &Finding, index: usize) -> Key {
    let parts = KeyBytes::default();
    let parts = match &finding.place {
        Place::Supervisor(_) => return parts.short(u32::MAX).number(index as u64).key,
        Place::Input { file, position } => match *position {
            Position::Row(row) => parts.short(*file).byte(0).number(row).number(0),
            Position::Segment { number, byte } => {
                parts.short(*file).byte(1).number(number).number(byte)
            }
        },
    };
    parts.text(finding.rule.id).key
}

/// Bytes of a claim's key: the place of its first line.
const CLAIM_KEY_BYTES: usize = 8;
/// Bytes of a held claim's key.
const QUEUE_KEY_BYTES: usize = 1 + 4 + 8 + 8;

/// By deadline (none last), dollars at issue (most first), then input order.
fn queue_key(row: &QueueRow<'_>, first: InputSeq) -> Key {
    let day = |day: NaiveDate| day.num_days_from_ce() as u32 ^ 0x8000_0000;
    let ClaimOutcome { amount_at_issue, .. } = row.claim;
    let amount = !(amount_at_issue.0 as u64 ^ (1 << 63));
    let parts = KeyBytes::default().byte(u8::from(row.deadline.is_none()));
    parts.short(row.deadline.map_or(0, day)).number(amount).number(first.0).key
}

/// A key in the making: numbers with their upper bytes first compare as bytes do.
#[derive(Default)]
struct KeyBytes {
    key: Key,
    used: usize,
}

impl KeyBytes {
    fn byte(self, byte: u8) -> KeyBytes {
        self.bytes(&[byte])
    }

    fn short(self, number: u32) -> KeyBytes {
        self.bytes(&number.to_be_bytes())
    }

    fn number(self, number: u64) -> KeyBytes {
        self.bytes(&number.to_be_bytes())
    }

    fn text(self, text: &str) -> KeyBytes {
        self.bytes(text.as_bytes())
    }

    fn bytes(mut self, bytes: &[u8]) -> KeyBytes {
        let end = (self.used + bytes.len()).min(KEY_BYTES);
        self.key[self.used..end].copy_from_slice(&bytes[..end - self.used]);
        self.used = end;
        self
    }
}
