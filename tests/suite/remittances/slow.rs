//! A slow and plain 835 reader: split at the separators, walk over the segments. It shares nothing
//! with the program.

use super::wire::{Check, Payment, Service};
use crate::slow_x12::segments::{Segment, split};

/// What stands in a file.
#[derive(Debug, Default)]
pub struct SlowRemittance {
    pub checks: Vec<Check>,
    /// Where each CLP stands.
    pub positions: Vec<String>,
}

fn cents(text: &str) -> i64 {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let places = format!("{places:0<2}");
    let whole: i64 = format!("0{whole}").parse().expect("an amount");
    sign * (whole * 100 + places[..2].parse::<i64>().expect("two places"))
}

fn adjustments(segment: &Segment) -> Vec<(String, String, i64)> {
    let group = segment.element(1).to_owned();
    let found =
        (0..6).map(|place| (segment.element(2 + place * 3), segment.element(3 + place * 3)));
    let found = found.filter(|(reason, _)| !reason.is_empty());
    found.map(|(reason, amount)| (group.clone(), reason.to_owned(), cents(amount))).collect()
}

/// Reads a whole file of sets that are all 835.
pub fn read(bytes: &[u8]) -> SlowRemittance {
    let mut file = SlowRemittance::default();
    for segment in split(bytes) {
        let text = |number| segment.element(number).to_owned();
        if segment.id() == "ST" {
            file.checks.push(Check::default());
        }
        let Some(check) = file.checks.last_mut() else { continue };
        let payment = check.payments.last_mut();
        match (segment.id(), segment.element(1)) {
            ("TRN", _) => check.trace = text(2),
            ("N1", "PE") if segment.element(3) == "XX" => check.payee_npi = text(4),
            ("TS3", _) => check.provider = text(1),
            ("PLB", _) => {
                let reason = segment.components(3)[0].to_owned();
                check.adjustments.push((reason, cents(segment.element(4))));
            }
            ("CLP", _) => {
                file.positions.push(segment.position.clone());
                check.payments.push(Payment {
                    claim_id: text(1),
                    status: text(2),
                    charge: cents(segment.element(3)),
                    paid: cents(segment.element(4)),
                    number: text(7),
                    frequency: text(9),
                    ..Payment::default()
                });
            }
            (_, _) => {
                if let Some(payment) = payment {
                    detail(payment, &segment);
                }
            }
        }
    }
    file
}

fn detail(payment: &mut Payment, segment: &Segment) {
    let text = |number| segment.element(number).to_owned();
    let service = payment.services.last_mut();
    match (segment.id(), segment.element(1), service) {
        ("REF", "F8", None) => payment.original = text(2),
        ("CAS", _, None) => payment.adjustments.extend(adjustments(segment)),
        ("CAS", _, Some(service)) => service.adjustments.extend(adjustments(segment)),
        ("REF", "6R", Some(service)) => service.line_control = text(2),
        ("DTM", "472" | "150", Some(service)) => service.first_day = text(2),
        ("DTM", "151", Some(service)) => service.last_day = text(2),
        ("SVC", _, _) => {
            let is_recoded = !segment.element(6).is_empty();
            let billed = segment.components(if is_recoded { 6 } else { 1 });
            payment.services.push(Service {
                procedure: billed[1].to_owned(),
                modifiers: billed[2..].join(":"),
                charge: cents(segment.element(2)),
                paid: cents(segment.element(3)),
                units: text(5),
                ..Service::default()
            });
        }
        _ => {}
    }
}
