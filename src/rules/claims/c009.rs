//! C009: peer support is a service of the community, not of an inpatient stay.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C009",
    name: "inpatient-place-of-service",
    severity: Severity::Review,
    statement: "The place of service is one of those that the policy takes for an inpatient's.",
    why: "While a member is an inpatient (21: inpatient hospital, 51: inpatient psychiatric \
        facility), the payment of the facility covers the care; peer support is not among the \
        services billed beside it.",
    source: "[S1] \"Peer Support in Mississippi\" fact sheet, table; [A] neighbouring Mississippi \
        rules",
    correct: "Look where the service took place. If the code is wrong, correct it; if the member \
        was an inpatient, do not bill the line.",
    policy_keys: &["claims.inpatient_places_of_service"],
    needs: &[],
    carc: "5",
    rarc: "M77",
    stc: "A7:249",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "In an inpatient hospital.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            place_of_service\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03,21\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C009 A1/1"],
    },
    silent: Example {
        story: "In a community mental health center (53), and in a psychiatric day program (52).",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            place_of_service\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03,53\n\
            A1,2,M1,1234567893,H0038,4,2025-09-04,52\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let inpatient = &facts.context.policy.claims.inpatient_places_of_service;
    let stated = facts.line.place_of_service;
    let place = inpatient.iter().find(|code| code.as_bytes().eq_ignore_ascii_case(stated))?;
    let draft = Draft::fail(format!(
        "Place of service {place} is inpatient; peer support is not billed beside an inpatient \
         stay. Correct the place, or do not bill the line.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: place.clone(),
        expected: format!("none of {}", inpatient.join(", ")),
    }))
}
