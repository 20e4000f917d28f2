//! What differs between two sets of findings: of two runs, or of one input under two policies.
//!
//! A finding is known by its **key**: rule, claim, line, billing provider, member and service date;
//! one that is about no service line (files, supervisors) by its rule and message. Where a finding
//! stands (source, position) is no part of it, so that the same claims in another file, or in
//! another order, make no difference. A key that comes several times is counted as often as it
//! comes: of two such, equal ones are the same, and what is left over is paired in its order.
//!
//! - *came*: only after · *went*: only before · *changed*: the same key with another severity,
//!   outcome, practitioner, units, dollars, code or message.
//!
//! Findings are read as they come and kept as two hashes each; only those that differ are kept
//! whole. So a million findings that are mostly the same need little memory.

mod circumstances;
mod claims;
mod compare;
mod findings;
mod of_run;
mod run;

pub use circumstances::Circumstance;
pub use claims::{ClaimsChange, Move, compare as compare_claims};
pub use compare::{Pair, Rows};
pub use findings::{
    CONTENT, FindingsChange, RuleChange, Side, changed_fields, compare as compare_findings,
};
pub use of_run::{ClaimsOf, FindingsOf};
pub use run::EarlierRun;

use crate::earlier::{EarlierError, claims as earlier_claims, findings as earlier_findings};
use std::path::{Path, PathBuf};

/// What differs between a run before and a run after.
pub struct Changes {
    /// The run before, as it was named.
    pub before: String,
    /// The run after, as it was named.
    pub after: String,
    /// Of the findings.
    pub findings: FindingsChange,
    /// Of the claims; `None`: one of the runs has no `claims.csv`.
    pub claims: Option<ClaimsChange>,
    /// What else differs between the runs: program, policy, inputs.
    pub circumstances: Vec<Circumstance>,
    /// What a reader must know besides, say which rules did not run.
    pub notes: Vec<String>,
}

impl Changes {
    /// Whether the results are the same, whatever led to them.
    pub fn is_same(&self) -> bool {
        self.findings.pairs.is_empty()
            && self.claims.as_ref().is_none_or(|claims| claims.pairs.is_empty())
    }
}

/// Findings in a file.
pub struct FindingsFile(pub PathBuf);

impl Rows<17> for FindingsFile {
    fn each(
        &self,
        take: &mut dyn FnMut(&earlier_findings::FindingRow),
    ) -> Result<(), EarlierError> {
        earlier_findings::each(&self.0, take)
    }

    fn name(&self) -> &Path {
        &self.0
    }
}

/// Claims in a file.
pub struct ClaimsFile(pub PathBuf);

impl Rows<12> for ClaimsFile {
    fn each(&self, take: &mut dyn FnMut(&earlier_claims::ClaimRow)) -> Result<(), EarlierError> {
        earlier_claims::each(&self.0, take)
    }

    fn name(&self) -> &Path {
        &self.0
    }
}

/// A folder of results without `claims.csv` is not whole: half of it cannot be compared. A file of
/// findings was named as that.
fn lacks_claims(run: &EarlierRun) -> Result<Option<ClaimsChange>, EarlierError> {
    let path = PathBuf::from(&run.name).join("claims.csv");
    let why = "it is not there, as it is of the other run, so the claims cannot be compared; name \
               the findings files of both to compare findings alone";
    if run.is_folder { Err(EarlierError::Content { path, why: why.to_owned() }) } else { Ok(None) }
}

/// What differs between two earlier runs.
pub fn between(before: &EarlierRun, after: &EarlierRun) -> Result<Changes, EarlierError> {
    let file = |run: &EarlierRun| FindingsFile(run.findings.clone());
    let findings = findings::compare(&file(before), &file(after))?;
    let claims = match (&before.claims, &after.claims) {
        (Some(before), Some(after)) => {
            Some(claims::compare(&ClaimsFile(before.clone()), &ClaimsFile(after.clone()))?)
        }
        (Some(_), None) => lacks_claims(after)?,
        (None, Some(_)) => lacks_claims(before)?,
        (None, None) => None,
    };
    let circumstances = match (&before.manifest, &after.manifest) {
        (Some((before, _)), Some((after, _))) => circumstances::between(before, after),
        _ => Vec::new(),
    };
    // Of two files of findings nobody expects them.
    let lacks_some = claims.is_none() && (before.is_folder || after.is_folder);
    let note = "claims were not compared, findings alone: one run or both have no claims.csv";
    let notes = lacks_some.then(|| note.to_owned()).into_iter().collect();
    let (before, after) = (before.name.clone(), after.name.clone());
    Ok(Changes { before, after, findings, claims, circumstances, notes })
}
