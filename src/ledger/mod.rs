//! SQLite: the lines of past nights that were posted, the files seen, the runs.
//!
//! [`open`] tells a ledger from other files and opens it; [`lock`] lets one run in at a time;
//! `schema.sql` is the description of the tables. Balances are nowhere stored: they are sums over
//! lines. This room knows lines and runs; what the lines mean for tonight, `pipeline` decides.

pub mod chain;
pub mod change;
pub mod check;
pub mod error;
pub mod known;
pub mod load;
pub mod lock;
pub mod open;
pub mod post;
pub mod prune;
pub mod remit;
mod row;
pub mod schema;
pub mod seen;
pub mod undo;

pub use chain::{Chain, ChainedRun};
pub use change::{Verdict, Word};
pub use check::CheckReport;
pub use error::LedgerError;
pub use known::{KnownLine, RunRow, Status};
pub use load::{LineId, Loaded};
pub use lock::Holder;
pub use open::{Ledger, Opening};
pub use post::{Intent, NewFile, Prepared, RunFacts, RunId};
pub use prune::Pruning;
pub use remit::{Changes, Remitted, Remitting, Taken, Unmatched};
pub use seen::LAST_CONTROL_NUMBER;
pub use seen::Seen;
pub use undo::Undone;
