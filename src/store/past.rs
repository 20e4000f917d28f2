//! Lines of past nights beside those of tonight: what is asked of a ledger, and what it answers.
//!
//! Plain data: the pipeline says what bears on tonight's claims, a ledger gives the lines, and
//! neither knows the other.

use crate::model::{ClaimStatus, InputSeq, LocalPosition, NaiveDate, ServiceLine, record};
use crate::normalize::{RecordKey, Tally};
use std::collections::HashSet;
use thiserror::Error;

/// Blocks that are kept for lines of the past, in front of all others.
pub const BLOCKS: u32 = 32;
/// A block of them is not made longer than this.
const BLOCK_BYTES: usize = 128 << 20;

/// What became of a posted line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It uses up the year.
    Net,
    /// Denied by the payer.
    Denied,
    /// The same as one before; kept because it bears another number of the payer.
    Repeated,
    /// The same key as one before, with other content: it counts nowhere.
    Conflicting,
    /// Voided, replaced, or a void itself.
    CorrectedAway,
}

/// An interchange of a file, and between whom its number counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Interchange {
    /// ISA13.
    pub control: String,
    /// ISA05 and ISA06.
    pub sender: String,
    /// ISA07 and ISA08.
    pub receiver: String,
}

/// What of the past can bear on the claims of tonight. Ids as read.
#[derive(Default)]
pub struct Bearing {
    /// Members, and the days of which lines can share a limit with a line of tonight.
    pub members: Vec<(Vec<u8>, NaiveDate, NaiveDate)>,
    /// Practitioners and their days.
    pub practitioner_days: Vec<(Vec<u8>, NaiveDate)>,
    /// Numbers that claims bear or name, each with its billing provider, in order.
    pub numbers: Vec<Number>,
}

/// A number of a claim (its own, the payer's, or the one that it names), and the billing provider.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// The number.
    pub number: Vec<u8>,
    /// Whose it is.
    pub billing_npi: Vec<u8>,
}

impl Number {
    /// Of borrowed texts.
    pub fn of(number: &[u8], billing_npi: &[u8]) -> Number {
        Number { number: number.to_vec(), billing_npi: billing_npi.to_vec() }
    }
}

/// More lines than a run can hold.
#[derive(Debug, Error)]
#[error("more than 4 GiB of lines of past nights bear on these claims: check them in several runs")]
pub struct TooMany;

/// Lines of the past, as the pipeline takes them: history, in the order in which they were posted.
#[derive(Default)]
pub struct PastLines {
    blocks: Vec<(Vec<u8>, Vec<RecordKey>)>,
    key_buffer: Vec<u8>,
    tally: Tally,
    claims: HashSet<u128, foldhash::fast::RandomState>,
}

impl PastLines {
    /// Adds the next line; where it stands in input order is decided here.
    pub fn push(&mut self, line: &ServiceLine<'_>) -> Result<(), TooMany> {
        if self.blocks.last().is_none_or(|(records, _)| records.len() >= BLOCK_BYTES) {
            if self.blocks.len() >= BLOCKS as usize {
                return Err(TooMany);
            }
            self.blocks.push((Vec::new(), Vec::new()));
        }
        let block = self.blocks.len() - 1;
        let (records, keys) = &mut self.blocks[block];
        let line = ServiceLine {
            seq: InputSeq::new(block as u32, keys.len() as u32),
            position: LocalPosition::default(),
            is_history: true,
            ..line.clone()
        };
        let mut key = RecordKey::of(&line, records.len() as u32, &mut self.key_buffer);
        key.flags |= RecordKey::LEDGER;
        record::encode(&line, records);
        self.tally.service_lines += 1;
        self.tally.peer_support_lines += u64::from(line.is_peer_support);
        self.tally.passed_over += u64::from(!line.is_peer_support);
        let is_unknown = line.is_peer_support && line.status == ClaimStatus::Unknown;
        self.tally.unknown_status += u64::from(is_unknown);
        self.claims.insert(key.claim);
        keys.push(key);
        Ok(())
    }

    /// Lines, peer-support lines, claims.
    pub fn tally(&self) -> Tally {
        Tally { claims: self.claims.len() as u64, ..self.tally }
    }

    pub(super) fn into_blocks(self) -> Vec<(Vec<u8>, Vec<RecordKey>)> {
        self.blocks
    }
}
