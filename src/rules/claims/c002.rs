//! C002: units of 15 minutes are billed, not minutes.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::quantity::UNIT_MINUTES;
use crate::model::{Quantity, Severity, UnitBasis, text};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C002",
    name: "unit-basis-not-units",
    severity: Severity::Review,
    statement: "The unit basis is MJ (minutes): H0038 is billed in units of 15 minutes. The whole \
        units in the minutes are counted against the limits.",
    why: "A payer that reads the minutes as units pays fifteen times too much, or denies the line.",
    source: "[I] H0038 is by its description a service of 15 minutes a unit; 005010X222A1 loop \
        2400, SV103",
    correct: "Bill the whole units of 15 minutes with the basis UN.",
    policy_keys: &[],
    needs: &[],
    carc: "16",
    rarc: "M53",
    stc: "A7:659",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "60 minutes.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,unit_basis,\
            service_date\n\
            A1,1,M1,1234567893,H0038,60,MJ,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C002 A1/1"],
    },
    silent: Example {
        story: "The same hour as 4 units, with the basis stated and without.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,unit_basis,\
            service_date\n\
            A1,1,M1,1234567893,H0038,4,UN,2025-09-03\n\
            A1,2,M1,1234567893,H0038,4,,2025-09-04\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    if facts.line.basis() != UnitBasis::Minutes {
        return None;
    }
    let message = match (facts.quantity, facts.units) {
        (Quantity::Whole(minutes), Some(units)) => format!(
            "Billed in minutes (MJ), {minutes} of them: whole units of {UNIT_MINUTES} minutes: \
             {units}. Bill {units} with the basis UN."
        ),
        _ => "Billed in minutes (MJ), not in units of 15 minutes. Bill whole units with the basis \
              UN."
        .to_owned(),
    };
    let draft = Draft::fail(message);
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: format!("{} MJ", text::decode(facts.line.units_text)),
        expected: facts.units.map_or("units, UN".to_owned(), |units| format!("{units} UN")),
    }))
}
