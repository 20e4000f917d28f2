//! Remittances (835) into the ledger: which line a payment is about, and what all payments together
//! make of a line.
//!
//! ```text
//! matching   a claim payment and the lines of the claims that bear its id → lines, each with what
//!            the payer did
//! identity   what makes a payment this one and no other
//! stored     lines, records and payments of a claim out of the tables
//! replay     all payments of a claim, in the order of their days → what each line is now
//! recording  the tables: one transaction, a run of its own
//! standing   what the lines of the families are after that
//! ```
//!
//! A payment is recorded once, known again by its identity, and never changed; so the order in
//! which files are read, and how often, changes nothing. What a line is then goes through the same
//! netting as everything else: a denied claim gives its units back, and with a denied replacement
//! its target stands again.

mod identity;
mod matching;
mod recording;
pub(super) mod replay;
mod standing;
pub(super) mod stored;

pub use matching::Unmatched;
pub use recording::{Remitted, Remitting, Taken};
pub use standing::Changes;
