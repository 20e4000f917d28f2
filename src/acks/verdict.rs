//! What becomes of each claim, found by the claim's key: the statuses of its 277CA.

use crate::finding::{Finding, Place};
use crate::model::{Position, Severity};
use crate::outcome::{Disposition, RunOutcome};
use crate::rules::Check;
use std::collections::HashMap;

/// Of a finding whose rule has no code, and of a part that could not be read: "missing or invalid
/// information".
pub const NO_CODE: &str = "A7:21";
/// Of a claim that came before: "duplicate".
const DUPLICATE: &str = "A3:54";

/// One status of a claim that is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// `category:code` or `category:code:entity`.
    pub code: &'static str,
    /// Number of the segment of the service line that is meant (its LX), if one is.
    pub line: Option<u64>,
}

/// The claims that are not accepted.
pub struct Verdicts<'o> {
    findings: &'o [Finding],
    held: HashMap<u128, Held, foldhash::fast::RandomState>,
}

#[derive(Default)]
struct Held {
    /// Its findings of severity deny.
    findings: Vec<u32>,
    is_duplicate: bool,
}

impl<'o> Verdicts<'o> {
    /// From what a run came to.
    pub fn of(outcome: &'o RunOutcome) -> Verdicts<'o> {
        let store = &outcome.store;
        let mut held: HashMap<u128, Held, foldhash::fast::RandomState> = HashMap::default();
        for claim in &outcome.claims {
            let is_duplicate = match claim.disposition {
                Disposition::Hold => false,
                Disposition::Repeated | Disposition::AlreadyPosted => true,
                _ => continue,
            };
            let key = store.key(claim.record).claim;
            held.insert(key, Held { is_duplicate, ..Held::default() });
        }
        for (index, finding) in outcome.findings.iter().enumerate() {
            let Some(line) = finding.line.as_ref().filter(|_| finding.severity == Severity::Deny)
            else {
                continue;
            };
            let Some(id) = store.id_of(line.seq) else { continue };
            if let Some(claim) = held.get_mut(&store.key(id).claim) {
                claim.findings.push(index as u32);
            }
        }
        Verdicts { findings: &outcome.findings, held }
    }

    /// Whether every claim is accepted, as far as findings go.
    pub fn are_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Adds the statuses of the claim with that key, as it stands in that file.
    pub fn add(&self, claim: u128, file: u32, statuses: &mut Vec<Status>) {
        let Some(held) = self.held.get(&claim) else { return };
        if held.is_duplicate {
            statuses.push(Status { code: DUPLICATE, line: None });
        }
        let findings = held.findings.iter().map(|index| &self.findings[*index as usize]);
        statuses.extend(findings.map(|finding| status(finding, file)));
    }
}

fn status(finding: &Finding, file: u32) -> Status {
    let stc = finding.rule.stc;
    let is_of_line = !matches!(finding.rule.check, Check::Claim(_));
    let line = match finding.place {
        Place::Input { file: own, position: Position::Segment { number, .. } } if own == file => {
            Some(number)
        }
        _ => None,
    };
    let code = if stc.is_empty() { NO_CODE } else { stc };
    Status { code, line: line.filter(|_| is_of_line) }
}
