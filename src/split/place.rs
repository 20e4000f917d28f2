//! Which claim goes where (outputs.md, "Split").

use crate::normalize::RecordKey;
use crate::outcome::{ClaimKeys as Keys, Disposition, RunOutcome, Tie, Waits};
use std::collections::HashMap;

/// Where a claim goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// `release/`
    Release,
    /// `hold/`
    Hold,
    /// Neither: it was released before.
    Neither,
}

/// Hashes of claim keys are as good as random.
type Hasher = foldhash::fast::RandomState;

/// The claims that do not go to `release/`, by the hash of their key.
#[derive(Default)]
pub struct Places {
    elsewhere: HashMap<u128, Place, Hasher>,
}

impl Places {
    /// By what became of the claims. `broken` are those of which part could not be read.
    pub fn of(outcome: &RunOutcome, broken: &Keys, reviews_to: Place) -> Places {
        let mut places = Places::default();
        let mut superseded = Keys::default();
        for claim in &outcome.claims {
            let key = outcome.store.key(claim.record).claim;
            let is_checked =
                matches!(claim.disposition, Disposition::Release | Disposition::Review);
            let place = match claim.disposition {
                // Part of it is out already, and a claim is not cut.
                _ if is_checked && claim.waits == Some(Waits::PartlyPosted) => Place::Hold,
                Disposition::Superseded => {
                    superseded.insert(key);
                    continue;
                }
                // Repeated: the first copies of all its lines are in history.
                Disposition::Hold | Disposition::Repeated => Place::Hold,
                Disposition::Review => reviews_to,
                Disposition::Release | Disposition::Void => Place::Release,
                Disposition::AlreadyPosted => Place::Neither,
            };
            places.put(key, place);
        }
        for key in broken {
            superseded.remove(key);
            places.put(*key, Place::Hold);
        }
        places.hold_denied(outcome, &superseded);
        places.follow(&outcome.split.ties, &superseded);
        places
    }

    /// Where the claim goes that has this key.
    pub fn get(&self, key: u128) -> Place {
        self.elsewhere.get(&key).copied().unwrap_or(Place::Release)
    }

    /// The claims that go to `hold/`.
    pub fn held(&self) -> Keys {
        let held = self.elsewhere.iter().filter(|(_, place)| **place == Place::Hold);
        held.map(|(key, _)| *key).collect()
    }

    fn put(&mut self, key: u128, place: Place) {
        if place != Place::Release {
            self.elsewhere.insert(key, place);
        }
    }

    /// Claims whose peer-support lines were all denied by the payer have no disposition: nobody
    /// checked them, so they are held.
    fn hold_denied(&mut self, outcome: &RunOutcome, superseded: &Keys) {
        if outcome.counts.denied_records == 0 {
            return;
        }
        let mut known: Keys = superseded.clone();
        known.extend(outcome.claims.iter().map(|claim| outcome.store.key(claim.record).claim));
        let all = RecordKey::PEER_SUPPORT | RecordKey::DENIED;
        for key in outcome.store.blocks.iter().flat_map(|block| &block.keys) {
            let is_denied = key.flags & all == all && !key.is(RecordKey::HISTORY);
            if is_denied && !known.contains(&{ key.claim }) {
                self.put(key.claim, Place::Hold);
            }
        }
    }

    /// A superseded claim goes with the claim that superseded it: with one that stands if there is
    /// any, else with one that was superseded in its turn. Where there are several, to `release/`
    /// if one of them goes there, so that nothing is released without what it corrects.
    fn follow(&mut self, ties: &[Tie], superseded: &Keys) {
        if superseded.is_empty() {
            return;
        }
        let mut starts: HashMap<Place, Vec<u128>> = HashMap::new();
        let mut tied: HashMap<u128, Vec<u128>> = HashMap::new();
        let mut numbers = Keys::default();
        for tie in ties {
            let (taken, by, is_history) = match *tie {
                Tie::Bears { claim, number } => {
                    tied.entry(number).or_default().push(claim);
                    continue;
                }
                Tie::Names { claim, number, is_history } => {
                    numbers.insert(number);
                    (number, claim, is_history)
                }
                Tie::GivesWay { claim, to, is_history } => (claim, to, is_history),
            };
            tied.entry(by).or_default().push(taken);
            if !superseded.contains(&by) {
                // A correction of history alone was billed before, and not tonight.
                let place = if is_history { Place::Hold } else { self.get(by) };
                starts.entry(place).or_default().push(by);
            }
        }
        let mut decided = Keys::default();
        while !starts.is_empty() {
            let mut next: HashMap<Place, Vec<u128>> = HashMap::new();
            for place in [Place::Release, Place::Hold, Place::Neither] {
                let mut waiting = starts.remove(&place).unwrap_or_default();
                while let Some(by) = waiting.pop() {
                    for taken in tied.get(&by).map_or(&[][..], Vec::as_slice) {
                        let is_number = numbers.contains(taken);
                        if !(is_number || superseded.contains(taken)) || !decided.insert(*taken) {
                            continue;
                        }
                        if is_number {
                            waiting.push(*taken);
                        } else {
                            self.put(*taken, place);
                            next.entry(place).or_default().push(*taken);
                        }
                    }
                }
            }
            starts = next;
        }
        for claim in superseded.difference(&decided) {
            self.put(*claim, Place::Hold);
        }
    }
}
