//! D002: two agencies bill peer support for a member on one day.

use super::earlier;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;

/// The rule.
pub static RULE: Rule = Rule {
    id: "D002",
    name: "two-agencies-same-day",
    severity: Severity::Review,
    statement: "Another billing NPI has an earlier net line for the member on that date, in the \
        order history before current, received date, input.",
    why: "A member is seldom served by two agencies on one day: one of them may have the wrong \
        member or date, or both serve without knowing of each other.",
    source: "[I] no text forbids it; a person must look",
    correct: "Compare the service notes, and agree with the other agency who serves the member.",
    policy_keys: &[],
    needs: &[],
    carc: "B20",
    rarc: "M86",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "Two agencies, 2 and 4 units on one day.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,2,2025-09-03\n\
            B1,1,M1,1888000019,H0038,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["D002 B1/1"],
    },
    silent: Example {
        story: "Two agencies, on two days.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,2,2025-09-03\n\
            B1,1,M1,1888000019,H0038,4,2025-09-04\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: Some(earlier::named),
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let index = facts.state.other_agency?;
    let other = &facts.member.lines[index];
    let draft = Draft::fail(format!(
        "{} bills {} units for the member on {} too, on {}. Compare the service notes of \
         both.",
        words::agency(other.billing_npi),
        facts.member.states[index].units?,
        facts.period.ok()?.first,
        earlier::words(other),
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || earlier::evidence(facts, index)))
}
