//! C001: the quantity of a line is one that can be counted.

use super::shown;
use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::quantity::{MAX_UNITS, UNIT_MINUTES};
use crate::model::{Quantity, Severity, UnitBasis, text};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C001",
    name: "units-invalid",
    severity: Severity::Deny,
    statement: "Units are missing, not a number, not whole, below 1 or above 99,999; minutes are \
        below 15; or the unit basis is neither UN (units) nor MJ (minutes). Such a line uses no \
        units, and no rule on units, duplicates, practitioners or plans is tested on it.",
    why: "H0038 is billed in whole units of 15 minutes. A quantity that is none cannot be paid, \
        and cannot be counted against any limit.",
    source: "[I] the form of the claim: 005010X222A1 loop 2400, SV103 and SV104",
    correct: "Take the time of the service from its note and bill it in whole units of 15 minutes.",
    policy_keys: &[],
    needs: &[],
    carc: "16",
    rarc: "M53",
    stc: "A7:476",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "Two and a half units.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,2.5,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C001 A1/1"],
    },
    silent: Example {
        story: "4.0 and 04 are 4.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4.0,2025-09-03\n\
            A1,2,M1,1234567893,H0038,04,2025-09-04\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    if facts.units.is_some() {
        return None;
    }
    let line = facts.line;
    let message = match line.basis() {
        UnitBasis::Other => wrong_basis(line.basis_text),
        basis => format!(
            "{} Bill whole units of 15 minutes, 1 to {MAX_UNITS}.",
            wrong_quantity(facts.quantity, basis == UnitBasis::Minutes),
        ),
    };
    let draft = Draft::fail(message);
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: format!("{} {}", text::decode(line.units_text), text::decode(line.basis_text)),
        expected: format!("1 to {MAX_UNITS} UN, or at least {UNIT_MINUTES} MJ"),
    }))
}

fn wrong_basis(basis: &[u8]) -> String {
    let stated = shown::code(basis).map_or(String::new(), |code| format!(" {code}"));
    format!(
        "The unit basis{stated} is neither UN (units) nor MJ (minutes). Bill whole units of 15 \
         minutes with UN."
    )
}

fn wrong_quantity(quantity: Quantity, is_minutes: bool) -> String {
    match (quantity, is_minutes) {
        (Quantity::Missing, _) => "No units are stated.".to_owned(),
        (Quantity::NotANumber, _) => "The units are not a number.".to_owned(),
        (Quantity::Fraction, _) => "The units are not a whole number.".to_owned(),
        (Quantity::Negative, _) => "The units are below zero.".to_owned(),
        (Quantity::Whole(minutes), true) if minutes < UNIT_MINUTES => {
            format!("{minutes} minutes are less than one unit of {UNIT_MINUTES} minutes.")
        }
        (Quantity::Whole(0), false) => "0 units are stated.".to_owned(),
        // A number of that size comes from a shifted column, and may be an id: it is not shown.
        (Quantity::Whole(_), _) => "The units are too many.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_its_words() {
        let words = |text: &[u8], is_minutes| wrong_quantity(Quantity::parse(text), is_minutes);
        assert_eq!(words(b"", false), "No units are stated.");
        assert_eq!(words(b"+4", false), "The units are not a number.");
        assert_eq!(words(b"2.5", false), "The units are not a whole number.");
        assert_eq!(words(b"-1", false), "The units are below zero.");
        assert_eq!(words(b"0", false), "0 units are stated.");
        assert_eq!(words(b"100000", false), "The units are too many.");
        assert_eq!(words(b"14", true), "14 minutes are less than one unit of 15 minutes.");
        assert_eq!(words(b"1500000", true), "The units are too many.");
    }

    #[test]
    fn a_basis_is_shown_only_where_it_is_a_code() {
        assert!(wrong_basis(b"F2").starts_with("The unit basis F2 is neither"));
        assert!(wrong_basis(b"MSM000001").starts_with("The unit basis is neither"));
    }
}
