//! Findings and claims that are not in memory, and what is asked of them wherever they are.

use super::{RunOutcome, Totals};
use crate::spill::SortedRows;
use crate::store::RecordId;
use std::collections::HashMap;

impl RunOutcome {
    /// Findings and claims, added up, wherever they are.
    pub fn totals(&self) -> Totals {
        match &self.elsewhere {
            Some(elsewhere) => elsewhere.totals.clone(),
            None => Totals::of(&self.findings, &self.claims),
        }
    }

    /// Corrections that name claims of other members, and all that name a claim.
    pub fn corrections_of_others(&self) -> (u64, u64) {
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.corrections;
        }
        let links = &self.standings.corrections;
        let mut first: HashMap<u32, Option<RecordId>> =
            links.iter().flat_map(|link| [(link.correction, None), (link.target, None)]).collect();
        if first.is_empty() {
            return (0, 0);
        }
        for (record, claim) in self.standings.claim_of.iter().enumerate() {
            if let Some(place) = first.get_mut(claim) {
                place.get_or_insert(record as RecordId);
            }
        }
        let is_other = |left: u32, right: u32| {
            let record = |claim: u32| first.get(&claim).copied().flatten();
            match (record(left), record(right)) {
                (Some(left), Some(right)) => {
                    self.store.line(left).member_id != self.store.line(right).member_id
                }
                _ => false,
            }
        };
        let strange = links.iter().filter(|link| is_other(link.correction, link.target)).count();
        (strange as u64, links.len() as u64)
    }
}

/// Findings and claims of a run that did not stay in memory: the rows of the outputs as they are to
/// be written, without their headers.
pub struct Elsewhere {
    /// Of `findings.csv`.
    pub findings: SortedRows,
    /// Of `findings.jsonl`, where it is wanted.
    pub json: Option<SortedRows>,
    /// Of `claims.csv`.
    pub claims: SortedRows,
    /// Of `queue.csv`.
    pub queue: SortedRows,
    /// All of them, added up.
    pub totals: Totals,
    /// Corrections that name a claim of another member, and all that name a claim.
    pub corrections: (u64, u64),
}
