//! What people decided on claims, and which lines of a run are to be posted to a ledger.

use super::claims::Claims;
use super::net::{ClaimNo, Net, Verdict};
use super::request::LedgerRequest;
use crate::model::{ServiceLine, record};
use crate::normalize::RecordKey;
use crate::outcome::{ClaimOutcome, Decision, Disposition, LedgerOutcome, Post, Waits};
use crate::store::{RecordId, Store};
use petgraph::unionfind::UnionFind;
use std::collections::{HashMap, HashSet};
use xxhash_rust::xxh3::xxh3_128;

/// Lets the decisions of people change what becomes of claims, and picks what is to be posted.
pub(super) fn decide(
    request: &LedgerRequest,
    store: &Store,
    net: &Net,
    claims: &mut Claims,
) -> LedgerOutcome {
    let decided = apply_decisions(&request.decisions, store, claims);
    let released = released(request, store, net, claims);
    let picker = Picker { request, store, net, claims, released };
    let last_control_number = request.last_control_number;
    LedgerOutcome { posting: picker.posting(), decided, last_control_number }
}

/// The last decision on a claim holds. Voids, and claims that are out anyway, stay what they are.
fn apply_decisions(decisions: &[Decision], store: &Store, claims: &mut Claims) -> Vec<Decision> {
    if decisions.is_empty() {
        return Vec::new();
    }
    let mut by_claim: HashMap<&[u8], Vec<&Decision>> = HashMap::new();
    for decision in decisions {
        by_claim.entry(&decision.claim_id).or_default().push(decision);
    }
    let mut used = Vec::new();
    for outcome in &mut claims.outcomes {
        let line = store.line(outcome.record);
        let of_claim = by_claim.get(line.claim_id).map_or(&[][..], Vec::as_slice);
        let is_its = |decision: &&&Decision| {
            decision.billing_npi.as_deref().is_none_or(|npi| npi == line.billing_npi)
        };
        let Some(decision) = of_claim.iter().rev().find(is_its) else { continue };
        if decide_claim(decision, outcome) {
            used.push((*decision).clone());
        }
    }
    used.sort_by_key(|decision| decision.run);
    used.dedup();
    used
}

/// Whether the decision changed what becomes of the claim.
fn decide_claim(decision: &Decision, outcome: &mut ClaimOutcome) -> bool {
    (outcome.disposition, outcome.waits) = match (decision.releases, outcome.disposition) {
        (true, Disposition::Hold | Disposition::Review) if !outcome.pays_nothing => {
            (Disposition::Release, None)
        }
        (true, Disposition::Release) if outcome.waits.is_some() => (Disposition::Release, None),
        (false, Disposition::Release | Disposition::Review) => {
            (Disposition::Hold, Some(Waits::Decided(Box::new(decision.clone()))))
        }
        _ => return false,
    };
    true
}

/// Whether a claim of tonight goes out by what became of it.
fn goes_out(request: &LedgerRequest, disposition: Disposition) -> bool {
    match disposition {
        // What was posted already may bring another number of the payer.
        Disposition::Release | Disposition::Void | Disposition::AlreadyPosted => true,
        Disposition::Review => request.releases_review,
        Disposition::Hold | Disposition::Superseded | Disposition::Repeated => false,
    }
}

/// Superseded claims that go out: those with a correction of their family that goes out, or did.
fn released(
    request: &LedgerRequest,
    store: &Store,
    net: &Net,
    claims: &Claims,
) -> HashSet<ClaimNo> {
    let is_superseded = |outcome: &ClaimOutcome| outcome.disposition == Disposition::Superseded;
    if !claims.outcomes.iter().any(is_superseded) {
        return HashSet::new();
    }
    let families = Families::of(store, net);
    let mut out: HashSet<usize> = HashSet::new();
    for id in 0..store.len() as RecordId {
        let key = store.key(id);
        let claim = net.claim_of[id as usize];
        let is_correction = key.is(RecordKey::VOID) || key.is(RecordKey::REPLACEMENT);
        if !is_correction || claim == ClaimNo::MAX || net.verdicts[id as usize].is_denied() {
            continue;
        }
        let goes = match claims.of_claim(claim) {
            Some(outcome) => goes_out(request, outcome.disposition),
            // A correction that bills no peer support goes out as it is.
            None => key.is(RecordKey::LEDGER) || !key.is(RecordKey::HISTORY),
        };
        if goes {
            out.insert(families.of_claim(claim));
        }
    }
    let superseded = claims.outcomes.iter().filter(|outcome| is_superseded(outcome));
    let numbers = superseded.map(|outcome| net.claim_of[outcome.record as usize]);
    numbers.filter(|claim| out.contains(&families.of_claim(*claim))).collect()
}

/// Claims that numbers tie together.
struct Families {
    ties: UnionFind<usize>,
}

impl Families {
    fn of(store: &Store, net: &Net) -> Families {
        let mut ties = UnionFind::new(net.claim_states.len());
        let mut first: HashMap<u128, ClaimNo> = HashMap::new();
        let mut buffer = Vec::new();
        for id in 0..store.len() as RecordId {
            let claim = net.claim_of[id as usize];
            if claim == ClaimNo::MAX {
                continue;
            }
            let line: ServiceLine<'_> = record::decode(store.record(id));
            for number in [line.claim_id, line.payer_claim_number, line.original_claim_id] {
                if number.is_empty() {
                    continue;
                }
                buffer.clear();
                buffer.extend_from_slice(&(line.billing_npi.len() as u32).to_le_bytes());
                buffer.extend_from_slice(line.billing_npi);
                buffer.extend_from_slice(number);
                let other = *first.entry(xxh3_128(&buffer)).or_insert(claim);
                ties.union(claim as usize, other as usize);
            }
        }
        Families { ties }
    }

    fn of_claim(&self, claim: ClaimNo) -> usize {
        self.ties.find(claim as usize)
    }
}

struct Picker<'p> {
    request: &'p LedgerRequest,
    store: &'p Store,
    net: &'p Net,
    claims: &'p Claims,
    /// Superseded claims that go out.
    released: HashSet<ClaimNo>,
}

impl Picker<'_> {
    fn posting(&self) -> Vec<RecordId> {
        if self.request.post == Post::None {
            return Vec::new();
        }
        let ids = 0..self.store.len() as RecordId;
        ids.filter(|id| self.is_line_posted(*id) && self.is_claim_posted(*id)).collect()
    }

    /// Of the lines of a posted claim: those that are new, or bear a number of the payer.
    fn is_line_posted(&self, id: RecordId) -> bool {
        if self.store.key(id).is(RecordKey::HISTORY) {
            return false;
        }
        match self.net.verdicts[id as usize] {
            Verdict::Net | Verdict::CorrectedAway | Verdict::Denied => true,
            Verdict::Repeated if self.request.post == Post::All => true,
            Verdict::Posted | Verdict::Repeated => {
                !self.store.line(id).payer_claim_number.is_empty()
            }
            Verdict::Returned | Verdict::Conflicting | Verdict::Ignored => false,
        }
    }

    fn is_claim_posted(&self, id: RecordId) -> bool {
        if self.request.post == Post::All {
            return true;
        }
        let claim = self.net.claim_of[id as usize];
        match self.claims.of_claim(claim) {
            Some(outcome) if outcome.disposition == Disposition::Superseded => {
                self.released.contains(&claim)
            }
            Some(outcome) => goes_out(self.request, outcome.disposition),
            // No peer-support line counts: a correction of other services, or lines that the payer
            // denied.
            None => !self.store.key(id).is(RecordKey::PEER_SUPPORT),
        }
    }
}
