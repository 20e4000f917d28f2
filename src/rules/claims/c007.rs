//! C007: an original claim is filed in time.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::{Frequency, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C007",
    name: "filed-late",
    severity: Severity::Deny,
    statement: "The received date is more than the filing days after the last service day. \
        Originals only; a line without a received date is not tested, and the summary counts it.",
    why: "Mississippi Medicaid pays a claim only if it is filed within a year of the service.",
    source: "[A] Title 23 Rule 300-4.1, a neighbouring Mississippi rule",
    correct: "Do not bill the line. If the payer had it earlier under another number, bill a \
        replacement of that claim; if the payer allows an exception, bill with its proof.",
    policy_keys: &["claims.filing_days"],
    needs: &[],
    carc: "29",
    rarc: "",
    stc: "A3:718",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "Received 366 days after the service.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            received_date\n\
            A1,1,M1,1234567893,H0038,4,2024-09-03,2025-09-04\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C007 A1/1"],
    },
    silent: Example {
        story: "Received 365 days after the service.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            received_date\n\
            A1,1,M1,1234567893,H0038,4,2024-09-03,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let (received, last) = (facts.line.received?, facts.period.ok()?.last);
    let allowed = facts.context.policy.claims.filing_days;
    let days = (received - last).num_days();
    if facts.line.frequency() != Frequency::Original || days <= i64::from(allowed) {
        return None;
    }
    let draft = Draft::fail(format!(
        "Received on {received}, {days} days after the last service day {last}; {allowed} are \
         allowed. Do not bill it, unless the payer had the claim before.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: format!("{days} days, from {last} to {received}"),
        expected: format!("at most {allowed} days"),
    }))
}
