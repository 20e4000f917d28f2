//! D001: the same service billed again on another claim.

use super::earlier;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "D001",
    name: "duplicate-service",
    severity: Severity::Deny,
    statement: "Equal member, dates, procedure, set of modifiers, units as counted, billing NPI, \
        rendering NPI and place of service as an earlier net line of another claim, neither of \
        them a replacement. Every later one is reported; it uses no units.",
    why: "One service is paid once. The same line on a new claim is nearly always a claim sent \
        again because no answer had come.",
    source: "[I] no text of the program: the exact duplicate, as payers test it",
    correct: "Void one of the two. If both services took place, bill them as one line of that day, \
        or state what tells them apart.",
    policy_keys: &[],
    needs: &[],
    carc: "18",
    rarc: "N702",
    stc: "A3:54",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The same 4 units on two claims; the modifiers stand in another order.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,modifiers,\
            units,service_date\n\
            A1,1,M1,1234567893,1999900016,H0038,HE:HF,4,2025-09-03\n\
            A2,1,M1,1234567893,1999900016,H0038,HF:HE,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["D001 A2/1"],
    },
    silent: Example {
        story: "The second claim is of another practitioner.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,modifiers,\
            units,service_date\n\
            A1,1,M1,1234567893,1999900016,H0038,HE:HF,3,2025-09-03\n\
            A2,1,M1,1234567893,1999900024,H0038,HF:HE,3,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: Some(earlier::named),
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let index = facts.state.duplicate_of?;
    let (units, period) = (facts.units?, facts.period.ok()?);
    let draft = Draft::fail(format!(
        "The {units} units of {} are billed already on {}: same agency, practitioner, modifiers \
         and place. Void one of the two.",
        period.first,
        earlier::words(&facts.member.lines[index]),
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || earlier::evidence(facts, index)))
}
