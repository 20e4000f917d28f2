//! C008: no peer support before there was a benefit.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C008",
    name: "before-benefit-began",
    severity: Severity::Review,
    statement: "The service date is before the first day of the peer-support benefit.",
    why: "Mississippi Medicaid has paid peer support since 2012. An earlier date is a typing \
        error, or a service that was not covered.",
    source: "[S2] DMH Certified Peer Support Specialist guide",
    correct: "Compare the date with the service note and correct it; a service before the benefit \
        cannot be billed.",
    policy_keys: &["benefit_began"],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The day before the benefit began.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2011-12-31\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C008 A1/1"],
    },
    silent: Example {
        story: "The first day of the benefit.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2012-01-01\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let began = facts.context.policy.benefit_began;
    let first = facts.period.ok()?.first;
    if first >= began {
        return None;
    }
    let draft = Draft::fail(format!(
        "Service on {first}; the peer-support benefit began on {began}. Compare the date with the \
         service note.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: first.to_string(),
        expected: format!("{began} or later"),
    }))
}
