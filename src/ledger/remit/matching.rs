//! Which claim of the ledger a payment is about, and which of its lines each service is.

use super::replay::Effect;
use crate::ledger::LineId;
use crate::model::{Cents, NaiveDate, text};
use crate::remittance::{ClaimPayment, Processing, ServicePayment};

/// Why a payment found no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmatched {
    /// The set names no NPI of the provider.
    NoProvider,
    /// No claim of that id and provider in the ledger.
    NoClaim,
    /// A claim of that id, but none with such services.
    OtherServices,
}

impl Unmatched {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Unmatched::NoProvider => "the remittance names no NPI of the provider (N1*PE, TS3)",
            Unmatched::NoClaim => "the ledger has no claim of that id and provider",
            Unmatched::OtherServices => {
                "the ledger has a claim of that id, but with other services or dates"
            }
        }
    }
}

/// A line of a claim that may be meant; of repeated records the first.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub id: LineId,
    pub line_number: u32,
    pub procedure: Vec<u8>,
    pub modifiers: Vec<u8>,
    pub day: Option<NaiveDate>,
    pub charge: Option<i64>,
}

/// A claim of the ledger that bears the id of a payment.
#[derive(Clone, Default)]
pub(super) struct CandidateClaim {
    pub frequency: Vec<u8>,
    pub original: Vec<u8>,
    /// The numbers that the payer gave it.
    pub numbers: Vec<Vec<u8>>,
    /// There are payments of it.
    pub is_paid: bool,
    pub lines: Vec<Candidate>,
}

/// A payment and its lines.
#[derive(Debug)]
pub(super) struct Matched {
    /// Which of the claims.
    pub claim: usize,
    pub lines: Vec<(LineId, Effect, Option<i64>)>,
    /// Places of the services that no line is, though they are peer support.
    pub left: Vec<usize>,
}

/// Finds the claim that `payment` is about. `is_peer_support` says it of a procedure: the ledger
/// has no lines of others.
pub(super) fn find(
    payment: &ClaimPayment,
    claims: &[CandidateClaim],
    is_peer_support: &dyn Fn(&[u8]) -> bool,
) -> Result<Matched, Unmatched> {
    let mut best: Option<(Rank, Matched)> = None;
    for (number, claim) in claims.iter().enumerate() {
        let pairs = pair(payment, &claim.lines);
        let Some(matched) = matched(payment, claim, number, &pairs, is_peer_support) else {
            continue;
        };
        let rank = rank(payment, claim, &pairs);
        // Of two alike, the newer one.
        if best.as_ref().is_none_or(|(other, _)| *other <= rank) {
            best = Some((rank, matched));
        }
    }
    let none = if claims.is_empty() { Unmatched::NoClaim } else { Unmatched::OtherServices };
    best.map(|(_, matched)| matched).ok_or(none)
}

/// How well a claim fits: the payer's number, the frequency code, the number that it corrects, its
/// services, that nothing was said of it yet (a reversal: that something was).
type Rank = (bool, bool, bool, usize, bool);

fn rank(payment: &ClaimPayment, claim: &CandidateClaim, pairs: &[Option<usize>]) -> Rank {
    let is_reversal = payment.processing == Processing::Reversal;
    (
        !payment.payer_number.is_empty() && claim.numbers.contains(&payment.payer_number),
        payment.frequency_code == claim.frequency,
        !claim.original.is_empty() && payment.original_number == claim.original,
        pairs.iter().flatten().count(),
        claim.is_paid == is_reversal,
    )
}

/// Each service's place among the lines.
fn pair(payment: &ClaimPayment, lines: &[Candidate]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; payment.services.len()];
    let day = |service: &ServicePayment| service.first_day.or(payment.statement.0);
    let same_service = |service: &ServicePayment, line: &Candidate| {
        let days = day(service).is_none() || day(service) == line.day;
        days && line.procedure.eq_ignore_ascii_case(&service.procedure)
    };
    let same_number = |service: &ServicePayment, line: &Candidate| {
        let number = str::from_utf8(&service.line_control).ok();
        number.and_then(|number| number.parse().ok()) == Some(line.line_number)
    };
    let same_modifiers = |service: &ServicePayment, line: &Candidate| {
        text::same_set(&service.modifiers, &line.modifiers)
    };
    let same_charge = |service: &ServicePayment, line: &Candidate| {
        line.charge.is_some_and(|charge| charge.abs() == service.charge.0.abs())
    };
    // What tells more comes first, over all services, so that none takes another's line.
    for round in 0..5 {
        for (place, service) in payment.services.iter().enumerate() {
            if pairs[place].is_some() {
                continue;
            }
            let fits = |line: &Candidate| {
                same_service(service, line)
                    && match round {
                        0 => same_number(service, line),
                        1 => same_modifiers(service, line) && same_charge(service, line),
                        2 => same_modifiers(service, line),
                        3 => same_charge(service, line),
                        _ => true,
                    }
            };
            pairs[place] =
                (0..lines.len()).find(|line| !pairs.contains(&Some(*line)) && fits(&lines[*line]));
        }
    }
    // A payer may decide on a line in parts, each a service: what is left joins the line that it
    // names, or one of its modifiers whose charge is not used up by its other parts.
    for (place, service) in payment.services.iter().enumerate() {
        if pairs[place].is_some() {
            continue;
        }
        let has_room = |number: usize| {
            let parts = pairs.iter().zip(&payment.services);
            let parts = parts.filter(|(pair, _)| **pair == Some(number));
            let used: i64 = parts.map(|(_, part)| part.charge.0.abs()).sum();
            let charge = lines[number].charge;
            charge.is_some_and(|charge| used + service.charge.0.abs() <= charge.abs())
        };
        let is_part = |number: &usize| {
            let line = &lines[*number];
            same_service(service, line)
                && (same_number(service, line)
                    || (same_modifiers(service, line) && has_room(*number)))
        };
        pairs[place] = (0..lines.len()).find(is_part);
    }
    pairs
}

/// The lines of a claim and what the payment says of them; `None`: it is about another claim.
fn matched(
    payment: &ClaimPayment,
    claim: &CandidateClaim,
    number: usize,
    pairs: &[Option<usize>],
    is_peer_support: &dyn Fn(&[u8]) -> bool,
) -> Option<Matched> {
    let is_ours = |service: &&ServicePayment| is_peer_support(&service.procedure);
    let has_ours = payment.services.iter().any(|service| is_ours(&service));
    let is_found = pairs.iter().any(Option::is_some);
    if (has_ours && !is_found) || !in_statement(payment, claim) {
        return None;
    }
    let left = pairs.iter().enumerate().filter(|(_, line)| line.is_none());
    let left = left.map(|(place, _)| place);
    let left = left.filter(|place| is_peer_support(&payment.services[*place].procedure)).collect();
    let mut lines: Vec<(LineId, Effect, Option<i64>)> = Vec::new();
    for (place, line) in pairs.iter().enumerate() {
        let Some(line) = line else { continue };
        let service = &payment.services[place];
        let effect = effect(payment, claim, service.is_refused());
        let (id, paid) = (claim.lines[*line].id, service.paid.0);
        match lines.iter_mut().find(|(other, ..)| *other == id) {
            None => lines.push((id, effect, Some(paid))),
            // A line decided on in parts is refused where all of them are.
            Some((_, whole, sum)) => {
                *sum = sum.map(|sum| sum.saturating_add(paid));
                if *whole == Effect::Refused {
                    *whole = effect;
                }
            }
        }
    }
    if payment.services.is_empty() {
        let effect = effect(payment, claim, payment.is_refused());
        let paid = (claim.lines.len() == 1).then_some(payment.paid.0);
        let paid = if payment.paid == Cents(0) { Some(0) } else { paid };
        lines.extend(claim.lines.iter().map(|line| (line.id, effect, paid)));
    } else if !is_found {
        // All its services are of other procedures: the payer's number is the claim's all the same.
        lines.extend(claim.lines.iter().map(|line| (line.id, Effect::NumberOnly, None)));
    }
    Some(Matched { claim: number, lines, left })
}

fn effect(payment: &ClaimPayment, claim: &CandidateClaim, is_refused: bool) -> Effect {
    let is_void = claim.frequency == b"8";
    match payment.processing {
        Processing::Denied if payment.paid == Cents(0) => Effect::Refused,
        // The payer did what the void asked for.
        Processing::Reversal if is_void => Effect::NumberOnly,
        Processing::Processed | Processing::Denied if is_refused => Effect::Refused,
        _ => Effect::Accepted,
    }
}

/// Whether a day of the claim lies in the statement period, where the payment has one.
fn in_statement(payment: &ClaimPayment, claim: &CandidateClaim) -> bool {
    let (Some(from), through) = payment.statement else { return true };
    let through = through.unwrap_or(from);
    let mut days = claim.lines.iter().filter_map(|line| line.day).peekable();
    let has_services = !payment.services.is_empty();
    has_services || days.peek().is_none() || days.any(|day| from <= day && day <= through)
}
