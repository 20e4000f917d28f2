//! One reading checked more than once, say under two policies.

use super::read::ReadOutcome;
use crate::model::ServiceLine;
use crate::store::Store;

impl ReadOutcome {
    /// The service lines that were kept, in input order: those of peer support, and those of
    /// corrections. All others are counted alone.
    pub fn service_lines(&self) -> impl Iterator<Item = ServiceLine<'_>> {
        self.collector.store.lines()
    }

    /// All but the records, which may be most of the memory: [`Self::with_records`] puts them back
    /// once a check has given them up ([`crate::outcome::RunOutcome::store`]). To be called when
    /// the reading is whole, with the lines of a ledger in it.
    pub fn without_records(&self) -> ReadOutcome {
        ReadOutcome {
            collector: self.collector.without_records(),
            files: self.files.clone(),
            skipped: self.skipped.clone(),
            notes: self.notes.clone(),
            past: self.past,
            aside: None,
        }
    }

    /// The reading with its records, to be checked again.
    pub fn with_records(mut self, store: Store) -> ReadOutcome {
        self.collector.store = store;
        self
    }
}
