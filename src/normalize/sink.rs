//! What reading a block yields: compact records of the lines that matter, and counts of the rest.

use super::edi837p::Kept;
use crate::model::{
    ClaimStatus, FaultKind, Frequency, InputSeq, LocalPosition, NaiveDate, ServiceLine, record,
};
use crate::policy::Policy;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// What a reader needs to know of the run.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// For its procedures.
    pub policy: &'a Policy,
    /// The day of the run: no as-of date lies after it.
    pub today: NaiveDate,
    /// The block is of history.
    pub is_history: bool,
    /// Number of the block among all blocks of the run.
    pub block: u32,
}

/// Counts of one block, or of the part of it that stands or falls with what came before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Claims begun.
    pub claims: u64,
    /// Service lines, counted apart from what became of them.
    pub service_lines: u64,
    /// Lines of procedures that are not in the policy.
    pub passed_over: u64,
    /// Lines that cannot be used.
    pub left_out: u64,
    /// Peer-support lines handed on.
    pub peer_support_lines: u64,
    /// Of them, those whose status is an unknown word.
    pub unknown_status: u64,
}

impl Tally {
    /// Adds another count.
    pub fn add(&mut self, other: &Tally) {
        self.claims += other.claims;
        self.service_lines += other.service_lines;
        self.passed_over += other.passed_over;
        self.left_out += other.left_out;
        self.peer_support_lines += other.peer_support_lines;
        self.unknown_status += other.unknown_status;
    }
}

/// A fault, placed from the start of the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFault {
    /// What kind.
    pub kind: FaultKind,
    /// Where.
    pub at: LocalPosition,
    /// Column, element or segment; may be empty.
    pub part: String,
    /// What is wrong, without the value.
    pub message: String,
}

/// An optional value that was blanked, placed from the start of the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReject {
    /// Where.
    pub at: LocalPosition,
    /// The column or element.
    pub column: &'static str,
    /// What is expected.
    pub reason: &'static str,
}

/// The 128-bit hash of a claim's key: billing NPI, claim id, frequency code, original claim id.
///
/// Two of 10⁹ claims collide with a chance of 10⁻²¹; the hash is the same on every machine.
pub fn claim_key(line: &ServiceLine<'_>, buffer: &mut Vec<u8>) -> u128 {
    buffer.clear();
    let frequency = line.frequency_or_default();
    for text in [line.billing_npi, line.claim_id, line.original_claim_id] {
        buffer.extend_from_slice(&(text.len() as u32).to_le_bytes());
        buffer.extend_from_slice(text);
    }
    buffer.extend(frequency.iter().map(u8::to_ascii_uppercase));
    xxh3_128(buffer)
}

/// What the net stage asks of a record before it looks at the record itself. A hash of an id can be
/// tried out: no `Debug`, on purpose.
// Aligned as an u128 is, eight bytes of each would be filler.
#[derive(Clone, Copy)]
#[repr(Rust, packed(8))]
pub struct RecordKey {
    /// Hash of the claim's key.
    pub claim: u128,
    /// Hash of the member id; members that share it are told apart by their ids.
    pub member: u64,
    /// Where the record begins in the block's records.
    pub offset: u32,
    /// LX01.
    pub line_number: u32,
    /// What kind of line it is.
    pub flags: u8,
}

impl RecordKey {
    /// From history.
    pub const HISTORY: u8 = 1;
    /// A peer-support line (else a line of a correction).
    pub const PEER_SUPPORT: u8 = 1 << 1;
    /// Denied by the payer.
    pub const DENIED: u8 = 1 << 2;
    /// Of a replacement.
    pub const REPLACEMENT: u8 = 1 << 3;
    /// Of a void.
    pub const VOID: u8 = 1 << 4;
    /// The claim's patient paid something, or the claim does not balance.
    pub const CLAIM_FACTS: u8 = 1 << 5;
    /// From the ledger (history too).
    pub const LEDGER: u8 = 1 << 6;
    /// Of a current file of which the ledger has seen these very bytes before.
    pub const SEEN: u8 = 1 << 7;

    /// The key of `line`, whose record begins at `offset`; `buffer` is memory to be used again.
    pub fn of(line: &ServiceLine<'_>, offset: u32, buffer: &mut Vec<u8>) -> RecordKey {
        RecordKey {
            claim: claim_key(line, buffer),
            member: xxh3_64(line.member_id),
            offset,
            line_number: line.line_number,
            flags: flags(line),
        }
    }

    /// Whether a flag is set.
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Takes the lines of one block that matter.
#[derive(Default)]
pub struct Sink {
    /// Their records, one after the other.
    pub records: Vec<u8>,
    /// A key a record.
    pub keys: Vec<RecordKey>,
    /// Counts.
    pub tally: Tally,
    /// Faults.
    pub faults: Vec<LocalFault>,
    /// Values blanked.
    pub rejects: Vec<LocalReject>,
    /// X12 segments kept for an answer; not joined by [`Sink::append`].
    pub kept: Kept,
    key_buffer: Vec<u8>,
    expected_bytes: usize,
}

impl Sink {
    /// For a block of that many bytes: records of a block of nothing but peer support take a little
    /// more than its bytes.
    pub fn for_block(block_bytes: usize) -> Sink {
        Sink { expected_bytes: block_bytes + block_bytes / 4, ..Sink::default() }
    }

    /// Takes a line; its seq is given here: block and number in the block.
    pub fn push(&mut self, line: &mut ServiceLine<'_>, wanted: &Wanted<'_>, index: u32) {
        line.seq = InputSeq::new(wanted.block, index);
        line.is_history = wanted.is_history;
        if line.is_peer_support {
            self.tally.peer_support_lines += 1;
            self.tally.unknown_status += u64::from(line.status == ClaimStatus::Unknown);
        }
        if self.records.is_empty() {
            // Where one line matters, others mostly do: growing from nothing copies everything
            // twice.
            self.records.reserve(self.expected_bytes);
        }
        let offset = self.records.len() as u32;
        self.keys.push(RecordKey::of(line, offset, &mut self.key_buffer));
        record::encode(line, &mut self.records);
    }

    /// Takes what another sink of the same block holds, after what this one holds.
    pub fn append(&mut self, other: Sink) {
        let shift = self.records.len() as u32;
        if shift == 0 {
            self.records = other.records;
        } else {
            self.records.extend_from_slice(&other.records);
        }
        let shifted = other.keys.into_iter();
        self.keys.extend(shifted.map(|key| RecordKey { offset: key.offset + shift, ..key }));
        self.tally.add(&other.tally);
        self.faults.extend(other.faults);
        self.rejects.extend(other.rejects);
    }

    /// Notes a line that cannot be used.
    pub fn leave_out(&mut self, at: LocalPosition, part: &str, message: &str) {
        self.tally.left_out += 1;
        self.fault(FaultKind::UnusableRow, at, part, message);
    }

    /// Notes a fault.
    pub fn fault(&mut self, kind: FaultKind, at: LocalPosition, part: &str, message: &str) {
        let (part, message) = (part.to_owned(), message.to_owned());
        self.faults.push(LocalFault { kind, at, part, message });
    }
}

fn flags(line: &ServiceLine<'_>) -> u8 {
    let mut flags = match line.frequency() {
        Frequency::Original => 0,
        Frequency::Replacement => RecordKey::REPLACEMENT,
        Frequency::Void => RecordKey::VOID,
    };
    let paid = line.patient_paid.is_some_and(|amount| amount.0 > 0);
    for (condition, flag) in [
        (line.is_history, RecordKey::HISTORY),
        (line.is_peer_support, RecordKey::PEER_SUPPORT),
        (line.status == ClaimStatus::Denied, RecordKey::DENIED),
        (paid || line.out_of_balance.is_some(), RecordKey::CLAIM_FACTS),
    ] {
        flags |= if condition { flag } else { 0 };
    }
    flags
}
