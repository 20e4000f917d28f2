//! Findings and claims that are not in memory, and what is asked of them wherever they are.

use super::{CorrectionLink, RunOutcome, Totals};
use crate::spill::SortedRows;
use crate::store::RecordId;
use rayon::prelude::*;

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
        let linked = links.iter().flat_map(|link| [link.correction, link.target]);
        let Some(last) = linked.max() else { return (0, 0) };
        // The first record of each claim, by its number.
        let mut first = vec![RecordId::MAX; last as usize + 1];
        for (record, claim) in (0..).zip(&self.standings.claim_of) {
            if let Some(first) = first.get_mut(*claim as usize) {
                *first = record.min(*first);
            }
        }
        // Each has one: claims are numbered by their records.
        let member = |claim: u32| self.store.member_id(first[claim as usize]);
        let is_other = |link: &&CorrectionLink| member(link.correction) != member(link.target);
        let strange = links.par_iter().filter(is_other).count();
        (strange as u64, links.len() as u64)
    }
}

/// Findings and claims of a run that did not stay in memory: the rows of the outputs that are
/// wanted, as they are to be written, without their headers.
pub struct Elsewhere {
    /// Of `findings.csv`.
    pub findings: Option<SortedRows>,
    /// Of `findings.jsonl`.
    pub json: Option<SortedRows>,
    /// Of `claims.csv`.
    pub claims: Option<SortedRows>,
    /// Of `queue.csv`.
    pub queue: Option<SortedRows>,
    /// All of them, added up.
    pub totals: Totals,
    /// Corrections that name a claim of another member, and all that name a claim.
    pub corrections: (u64, u64),
}
