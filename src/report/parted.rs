//! The rows of a run that is checked part by part (`--memory`): made as each part is, sorted among
//! themselves, and merged when the outputs are written.

use super::csv_rows::CsvRows;
use super::{Format, claims_csv, findings_csv, findings_jsonl, queue_csv};
use crate::finding::{Finding, Place};
use crate::model::{InputSeq, NaiveDate, Position};
use crate::outcome::{Bucket, ClaimOutcome, Elsewhere, RunOutcome, Totals};
use crate::policy::Policy;
use crate::queue::{self, QueueRow};
use crate::spill::{KEY_BYTES, Key, SortedRows, TempSpace};
use chrono::Datelike;
use std::collections::HashMap;
use std::io;

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
        formats: &[Format],
    ) -> io::Result<PartedRows<'p>> {
        let wants_json = formats.contains(&Format::Json);
        let elsewhere = Elsewhere {
            findings: SortedRows::new(space)?,
            json: wants_json.then(|| SortedRows::new(space)).transpose()?,
            claims: SortedRows::new(space)?,
            queue: SortedRows::new(space)?,
            totals: Totals::default(),
            corrections: (0, 0),
        };
        Ok(PartedRows { policy, elsewhere })
    }

    /// Takes what one part came to; `part` is a run of its own over that part's records.
    pub fn take(&mut self, part: &RunOutcome) -> io::Result<()> {
        let own = &mut self.elsewhere;
        let mut rows = CsvRows::apart();
        own.totals.add(&part.findings, &part.claims);
        let (strange, all) = part.corrections_of_others();
        own.corrections.0 += strange;
        own.corrections.1 += all;

        let mut line = Vec::new();
        for (index, finding) in part.findings.iter().enumerate() {
            let key = finding_key(finding, index);
            findings_csv::write_row(&mut rows, finding, &part.files);
            rows.take_row(|row| own.findings.push(&key, row))?;
            if let Some(json) = &mut own.json {
                line.clear();
                findings_jsonl::write_row(&mut line, finding, &part.files)?;
                json.push(&key, &line)?;
            }
        }
        own.findings.end_run()?;
        own.json.as_mut().map_or(Ok(()), SortedRows::end_run)?;

        let first = first_lines(part);
        let mut first_of: HashMap<u32, InputSeq> = HashMap::new();
        for (claim, first) in part.claims.iter().zip(&first) {
            first_of.insert(claim.record, *first);
            claims_csv::write_row(&mut rows, claim, &part.store);
            let key = Parts::default().number(first.0).key;
            rows.take_row(|row| own.claims.push(&key, row))?;
        }
        own.claims.end_run()?;

        for row in &queue::rows(part, self.policy) {
            queue_csv::write_row(&mut rows, row, &part.store, &part.files);
            let first = first_of.get(&row.claim.record).copied().unwrap_or_default();
            let key = queue_key(row, first);
            rows.take_row(|row| own.queue.push(&key, row))?;
        }
        own.queue.end_run()
    }

    /// All parts were taken.
    pub fn finish(self) -> Box<Elsewhere> {
        Box::new(self.elsewhere)
    }
}

/// The place of each claim's first line that counts, in the order of the claims: that is the order
/// in which [`RunOutcome::claims`] stand.
fn first_lines(part: &RunOutcome) -> Vec<InputSeq> {
    let mut first = Vec::with_capacity(part.claims.len());
    let numbers = part.standings.claim_of.iter().filter(|claim| **claim != u32::MAX);
    let mut is_met = vec![false; numbers.max().map_or(0, |last| *last as usize + 1)];
    for (id, bucket) in part.standings.buckets.iter().enumerate() {
        let id = id as u32;
        let is_counted = bucket.is_some_and(|bucket| bucket != Bucket::Denied);
        if !is_counted || part.store.is_history(id) {
            continue;
        }
        let is_met = &mut is_met[part.standings.claim_of[id as usize] as usize];
        if !std::mem::replace(is_met, true) {
            first.push(part.store.seq(id));
        }
    }
    debug_assert_eq!(first.len(), part.claims.len());
    first
}

/// By place, then rule; what is about no place comes last, in the order in which it stands.
fn finding_key(finding: &Finding, index: usize) -> Key {
    let parts = Parts::default();
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

/// By deadline (none last), dollars at issue (most first), then input order.
fn queue_key(row: &QueueRow<'_>, first: InputSeq) -> Key {
    let day = |day: NaiveDate| day.num_days_from_ce() as u32 ^ 0x8000_0000;
    let ClaimOutcome { amount_at_issue, .. } = row.claim;
    let amount = !(amount_at_issue.0 as u64 ^ (1 << 63));
    let parts = Parts::default().byte(u8::from(row.deadline.is_none()));
    parts.short(row.deadline.map_or(0, day)).number(amount).number(first.0).key
}

/// A key in the making: numbers with their upper bytes first compare as bytes do.
#[derive(Default)]
struct Parts {
    key: Key,
    used: usize,
}

impl Parts {
    fn byte(self, byte: u8) -> Parts {
        self.bytes(&[byte])
    }

    fn short(self, number: u32) -> Parts {
        self.bytes(&number.to_be_bytes())
    }

    fn number(self, number: u64) -> Parts {
        self.bytes(&number.to_be_bytes())
    }

    fn text(self, text: &str) -> Parts {
        self.bytes(text.as_bytes())
    }

    fn bytes(mut self, bytes: &[u8]) -> Parts {
        let end = (self.used + bytes.len()).min(KEY_BYTES);
        self.key[self.used..end].copy_from_slice(&bytes[..end - self.used]);
        self.used = end;
        self
    }
}
