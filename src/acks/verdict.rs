//! What becomes of each claim, found by the claim's key: the statuses of its 277CA.

use crate::finding::{Finding, Place};
use crate::model::{Position, Severity};
use crate::outcome::{Disposition, RunOutcome, UnreadClaims, Waits};
use crate::rules::Check;
use std::collections::HashMap;

/// Of a finding whose rule has no code, and of a part that could not be read: "missing or invalid
/// information".
pub const NO_CODE: &str = "A7:21";
/// Of a claim that came before: "duplicate".
const DUPLICATE: &str = "A3:54";
/// Of a claim that waits for a reason that has no code: "cannot provide further status".
const WAITS: &str = "A3:0";

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
    unread: &'o UnreadClaims,
}

#[derive(Default)]
struct Held {
    /// Its findings of severity deny.
    findings: Vec<u32>,
    /// Said of the claim beside its findings.
    own: Option<&'static str>,
    /// Said where nothing else is.
    otherwise: &'static str,
}

impl<'o> Verdicts<'o> {
    /// From what a run came to.
    pub fn of(outcome: &'o RunOutcome) -> Verdicts<'o> {
        let store = &outcome.store;
        let mut held: HashMap<u128, Held, foldhash::fast::RandomState> = HashMap::default();
        // Without a disposition: denied by the payer before, so nobody checked them.
        let held_alone = outcome.split.held.iter().flatten();
        held.extend(held_alone.map(|key| (*key, Held { otherwise: WAITS, ..Held::default() })));
        for claim in &outcome.claims {
            let key = store.key(claim.record).claim;
            let is_split_off = outcome.split.is_held(key);
            let own = match (claim.disposition, &claim.waits) {
                (Disposition::Repeated | Disposition::AlreadyPosted, _) => Some(DUPLICATE),
                (_, Some(Waits::PartlyPosted)) if is_split_off => Some(DUPLICATE),
                (Disposition::Hold, _) | (_, Some(Waits::PartUnread)) => None,
                _ if is_split_off => None,
                _ => continue,
            };
            let is_unread = claim.waits == Some(Waits::PartUnread);
            let otherwise = if is_unread { NO_CODE } else { WAITS };
            held.insert(key, Held { own, otherwise, findings: Vec::new() });
        }
        for (index, finding) in outcome.findings.iter().enumerate() {
            let Some(line) = finding.line.as_ref().filter(|_| finding.severity != Severity::Info)
            else {
                continue;
            };
            let Some(id) = store.id_of(line.seq) else { continue };
            if let Some(claim) = held.get_mut(&{ store.key(id).claim }) {
                claim.findings.push(index as u32);
            }
        }
        for claim in held.values_mut() {
            claim.keep_the_gravest(&outcome.findings);
        }
        Verdicts { findings: &outcome.findings, held, unread: &outcome.split.unread_claims }
    }

    /// Whether every claim is accepted, as far as the run knows.
    pub fn are_empty(&self) -> bool {
        self.held.is_empty() && self.unread.ranges.is_empty()
    }

    /// Adds the statuses of the claim with that key, as it stands in that file.
    pub fn add(&self, claim: u128, file: u32, statuses: &mut Vec<Status>) {
        let Some(held) = self.held.get(&claim) else { return };
        statuses.extend(held.own.map(|code| Status { code, line: None }));
        let findings = held.findings.iter().map(|index| &self.findings[*index as usize]);
        statuses.extend(findings.map(|finding| status(finding, file)));
        if statuses.is_empty() {
            statuses.push(Status { code: held.otherwise, line: None });
        }
    }
}

impl Verdicts<'_> {
    /// Adds the status of a claim of which part could not be read, if nothing is said of it yet;
    /// `place` is its file and the byte of its CLM.
    pub fn add_unread(&self, place: (u32, u64), statuses: &mut Vec<Status>) {
        if statuses.is_empty() && self.unread.holds(place.0, place.1) {
            statuses.push(Status { code: NO_CODE, line: None });
        }
    }
}

impl Held {
    /// A claim with a finding of severity deny is not held for one of severity review.
    fn keep_the_gravest(&mut self, findings: &[Finding]) {
        let is_deny = |index: &u32| findings[*index as usize].severity == Severity::Deny;
        if self.findings.iter().any(is_deny) {
            self.findings.retain(is_deny);
        }
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
