//! Acknowledgements of 837P files: TA1 for an interchange, 999 (005010X231A1) for the syntax of a
//! functional group, 277CA (005010X214) for its claims.
//!
//! ```text
//! RunOutcome ─ Verdicts ──────────────────┐
//! file ─ Pass ─ blocks ─ Conversation ────┼─ interchange (TA1)
//!        (the input a second time)        ├─ syntax (999)
//!                                         └─ claim_set (277CA) ─ Spool ─ out
//! ```
//!
//! The run keeps peer-support claims alone; every claim of the input is acknowledged, so the files
//! are read a second time. A file that changed in between ends the run. Memory
//! holds some blocks, the 999 of the file at hand, and at most a few megabytes of its 277CA: its
//! totals stand before its claims, so the claims of a transaction set wait in a spool.
//!
//! All dates are the as-of date and all times midnight: the same input gives the same bytes.
//! `docs/acknowledgements.md` says what is decided where the guides leave a choice.

mod claim;
mod claim_set;
mod conversation;
mod envelope;
mod error;
mod names;
mod numbers;
mod pass;
mod settings;
mod spool;
mod syntax;
mod verdict;
mod wire;

pub use error::AckError;
pub use names::{Planned, plan};
pub use numbers::Numbers;
pub use pass::Pass;
pub use settings::{InformationSource, Settings};
pub use verdict::Verdicts;

use crate::model::NaiveDate;
use crate::source::snapshot::Snapshot;
use std::io::Write;
use std::path::Path;

/// What holds for all answers of a run.
pub struct Context<'c> {
    /// The day that they bear.
    pub as_of: NaiveDate,
    /// What the user set.
    pub settings: &'c Settings,
    /// What becomes of the claims.
    pub verdicts: &'c Verdicts<'c>,
    /// Where a spool may stand while it is needed.
    pub folder: &'c Path,
}

/// The answers to one file that are small; the 277CA was written on the way.
#[derive(Default)]
pub struct Answers {
    /// Interchanges with one TA1 each.
    pub interchanges: Vec<u8>,
    /// Interchanges with the 999s.
    pub syntax: Vec<u8>,
    /// What they say, counted.
    pub tally: Tally,
}

/// What was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// TA1 segments.
    pub interchanges: u64,
    /// Functional groups with a 999.
    pub groups: u64,
    /// 277CA transaction sets.
    pub claim_sets: u64,
    /// Claims accepted.
    pub accepted: u64,
    /// Claims not accepted.
    pub rejected: u64,
    /// Interchanges whose sender cannot be told, so that nothing can be answered.
    pub nameless: u64,
}

impl Tally {
    /// Adds another count.
    pub fn add(&mut self, other: &Tally) {
        self.interchanges += other.interchanges;
        self.groups += other.groups;
        self.claim_sets += other.claim_sets;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.nameless += other.nameless;
    }
}

/// Reads one file again, writes its 277CA to `out`, and gives back its other answers.
pub fn answer(
    planned: &Planned<'_>,
    pass: &Pass<'_>,
    context: &Context<'_>,
    numbers: &mut Numbers,
    out: &mut dyn Write,
) -> Result<Answers, AckError> {
    let mut conversation = conversation::Conversation::new(context, numbers, planned.file, out);
    pass.read(planned.input, &mut |block| conversation.block(block))?;
    let answers = conversation.end()?;
    let (outcome, tally) = (planned.outcome, answers.tally);
    if Snapshot::take(&planned.input.path).ok() != planned.snapshot {
        return Err(AckError::Changed { name: planned.input.name.clone() });
    }
    let acknowledged = tally.accepted + tally.rejected;
    if acknowledged != outcome.claims {
        return Err(AckError::Claims {
            name: planned.input.name.clone(),
            read: outcome.claims,
            acknowledged,
        });
    }
    Ok(answers)
}
