//! What the payments of a claim come to: for each line the last one that stands.
//!
//! A reversal takes back the payment that it answers: the one with its number and the opposite
//! amount, else with its number, else with the opposite amounts. Where there is none in the ledger,
//! the payer took back what it paid before the ledger knew of it: all that was said of its lines
//! until then is void.

use crate::ledger::{LineId, RunId};
use std::collections::BTreeMap;

/// What a payment says of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ledger) enum Effect {
    /// Accepted, whatever was paid.
    Accepted,
    /// Refused: nothing is paid, the units are not used.
    Refused,
    /// Nothing but the payer's number of the claim.
    NumberOnly,
}

/// One payment of a claim.
#[derive(Clone)]
pub(in crate::ledger) struct Payment {
    /// CLP02 as written.
    pub status: String,
    /// CLP02 is 22.
    pub is_reversal: bool,
    /// CLP03.
    pub charge: i64,
    /// CLP04.
    pub paid: i64,
    /// CLP07.
    pub number: Vec<u8>,
    /// The run that recorded it.
    pub run: RunId,
    /// Its lines.
    pub lines: Vec<(LineId, Effect, Option<i64>)>,
}

/// What a line is by all its payments.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::ledger) struct LineState {
    /// CLP02 of the payment that stands; `22` where none does any more.
    pub status: Option<String>,
    /// What was paid.
    pub paid: Option<i64>,
    /// The payer's number of the payment that stands, else of the last one.
    pub number: Vec<u8>,
    /// It uses no units.
    pub is_denied: bool,
    /// All numbers that the payer gave it, in order.
    pub numbers: Vec<Vec<u8>>,
}

/// A line on the way.
#[derive(Default)]
struct Track {
    /// Payments that stand, by their place.
    standing: Vec<(usize, Effect, Option<i64>)>,
    was_taken_back: bool,
    numbers: Vec<Vec<u8>>,
}

/// Works out the lines of `payments`, which are in the order in which they count.
pub(in crate::ledger) fn replay(payments: &[Payment]) -> BTreeMap<LineId, LineState> {
    let mut tracks: BTreeMap<LineId, Track> = BTreeMap::new();
    let mut live: Vec<usize> = Vec::new();
    for (place, payment) in payments.iter().enumerate() {
        for (line, effect, paid) in &payment.lines {
            let track = tracks.entry(*line).or_default();
            if !payment.number.is_empty() && !track.numbers.contains(&payment.number) {
                track.numbers.push(payment.number.clone());
            }
            if !payment.is_reversal || *effect == Effect::NumberOnly {
                track.standing.push((place, *effect, *paid));
            }
        }
        if !payment.is_reversal {
            live.push(place);
        } else if let Some(answered) = answered(payments, &live, payment) {
            live.retain(|other| *other != answered);
            for (line, _, _) in &payments[answered].lines {
                tracks.entry(*line).or_default().take_back(|other| other == answered);
            }
        } else {
            let said = payment.lines.iter().filter(|(_, effect, _)| *effect != Effect::NumberOnly);
            for (line, _, _) in said {
                tracks.entry(*line).or_default().take_back(|_| true);
            }
        }
    }
    tracks.into_iter().map(|(line, track)| (line, track.state(payments))).collect()
}

/// The payment that a reversal takes back.
fn answered(payments: &[Payment], live: &[usize], reversal: &Payment) -> Option<usize> {
    let find = |fits: &dyn Fn(&Payment) -> bool| {
        live.iter().copied().find(|place| fits(&payments[*place]))
    };
    let has_number =
        |other: &Payment| !reversal.number.is_empty() && other.number == reversal.number;
    let is_opposite = |other: &Payment| {
        other.paid == reversal.paid.saturating_neg()
            && other.charge == reversal.charge.saturating_neg()
    };
    find(&|other| has_number(other) && is_opposite(other))
        .or_else(|| find(&has_number))
        .or_else(|| find(&is_opposite))
}

impl Track {
    fn take_back(&mut self, is_gone: impl Fn(usize) -> bool) {
        self.standing.retain(|(place, _, _)| !is_gone(*place));
        self.was_taken_back = true;
    }

    fn state(self, payments: &[Payment]) -> LineState {
        let last = self.standing.last();
        let said = self.standing.iter().rfind(|(_, effect, _)| *effect != Effect::NumberOnly);
        let number = match last.filter(|(place, _, _)| !payments[*place].number.is_empty()) {
            Some((place, _, _)) => payments[*place].number.clone(),
            None => self.numbers.last().cloned().unwrap_or_default(),
        };
        let (status, paid, is_denied) = match said {
            Some((place, effect, paid)) => {
                (Some(payments[*place].status.clone()), *paid, *effect == Effect::Refused)
            }
            None if self.was_taken_back => (Some("22".to_owned()), Some(0), true),
            None => (None, None, false),
        };
        LineState { status, paid, number, is_denied, numbers: self.numbers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(status: &str, number: &str, paid: i64, effects: &[(LineId, Effect)]) -> Payment {
        Payment {
            status: status.to_owned(),
            is_reversal: status == "22",
            charge: if paid < 0 { -10_000 } else { 10_000 },
            paid,
            number: number.as_bytes().to_vec(),
            run: 1,
            lines: effects.iter().map(|(line, effect)| (*line, *effect, Some(paid))).collect(),
        }
    }

    const A: &[(LineId, Effect)] = &[(1, Effect::Accepted), (2, Effect::Accepted)];

    fn denied(payments: &[Payment]) -> Vec<bool> {
        replay(payments).values().map(|state| state.is_denied).collect()
    }

    #[test]
    fn the_last_payment_that_stands_decides() {
        let first = payment("1", "I1", 9_000, A);
        let back = payment("22", "I1", -9_000, A);
        let again = payment("1", "I2", 7_000, &[(1, Effect::Accepted), (2, Effect::Refused)]);
        assert_eq!(denied(std::slice::from_ref(&first)), [false, false]);
        assert_eq!(denied(&[first.clone(), back.clone()]), [true, true]);
        let all = [first.clone(), back.clone(), again.clone()];
        assert_eq!(denied(&all), [false, true]);
        let states = replay(&all);
        assert_eq!(states[&1].number, b"I2");
        assert_eq!(states[&1].numbers, [b"I1".to_vec(), b"I2".to_vec()]);
        // The corrected claim may stand before the reversal.
        assert_eq!(denied(&[first, again, back]), [false, true]);
    }

    #[test]
    fn a_reversal_answers_the_payment_with_its_number_and_amount() {
        let first = payment("1", "I1", 9_000, A);
        let again = payment("1", "I1", 7_000, A);
        let back = payment("22", "I1", -9_000, A);
        let states = replay(&[first.clone(), again, back.clone()]);
        assert_eq!((states[&1].paid, states[&1].is_denied), (Some(7_000), false));
        // Two payments of a claim that was split: one is taken back.
        let one = payment("1", "I1", 9_000, &[(1, Effect::Accepted)]);
        let two = payment("1", "I2", 9_000, &[(2, Effect::Accepted)]);
        assert_eq!(denied(&[one, two, back]), [true, false]);
    }

    #[test]
    fn a_reversal_of_what_nobody_knows_voids_what_was_said_of_its_lines() {
        let denial = payment("4", "I1", 0, &[(1, Effect::Refused), (2, Effect::Refused)]);
        let back = payment("22", "I9", -5_000, &[(1, Effect::Accepted)]);
        let again = payment("1", "I3", 5_000, &[(1, Effect::Accepted)]);
        assert_eq!(denied(std::slice::from_ref(&back)), [true]);
        assert_eq!(denied(&[denial, back.clone(), again]), [false, true]);
    }

    #[test]
    fn a_number_alone_says_nothing_of_a_line() {
        let number = payment("1", "I1", 9_000, &[(1, Effect::NumberOnly)]);
        let state = &replay(&[number])[&1];
        assert_eq!((state.status.as_deref(), state.is_denied), (None, false));
        assert_eq!(state.number, b"I1");
    }
}
