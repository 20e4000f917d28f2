//! The only room that knows threads, memory and order: read → net → check → collect.
//!
//! 1. *Read* ([`mod@read`]): claim files are cut into blocks, blocks are parsed on all threads, and
//!    what matters of them (peer-support lines, and lines of corrections) is kept as compact
//!    records in input order ([`crate::store`]). Everything else is counted and forgotten.
//! 2. *Net* ([`net`], [`corrections`]): which records count. Keyed by claim, since a correction may
//!    move a claim to another member.
//! 3. *Members* ([`mod@check`]): each member's net lines in the order of the limits, beside the
//!    tables, through the rules.
//! 4. *Practitioner days* ([`mod@check`]): units of a practitioner on a day over all members.
//! 5. *Collect* (`findings.rs`, [`claims`]): findings in input order, dispositions, counts that
//!    reconcile. `whole.rs` goes through the stages from 2 on, over all records or over a part.
//!
//! With a ledger, the lines of past nights that bear on tonight's join after stage 1 ([`past`]),
//! and stage 5 says which lines are to be posted ([`posting`]). With a [`MemoryLimit`], records
//! that are too many go to temporary files, and stages 2 to 5 run over one part of the members
//! after the other (`parts`). ([`memory`] is something else: claim files that a program has in
//! memory.)

pub mod again;
mod by_hash;
pub mod check;
pub mod claims;
pub mod collector;
pub mod corrections;
pub mod draft;
mod findings;
pub mod line_blocks;
pub mod memory;
pub mod net;
mod parts;
pub mod past;
pub mod posting;
pub mod read;
pub mod request;
pub mod run;
mod whole;

pub use line_blocks::{LineBlock, LineBlocks, line_blocks};
pub use memory::Memory;
pub use read::ReadOutcome;
pub use request::{ClaimCsvForm, LedgerRequest, MemoryLimit, Progress, Request};
pub use run::{RunError, check, check_parts, read, run};
