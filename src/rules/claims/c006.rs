//! C006: the member pays nothing for peer support.

use crate::evidence::Evidence;
use crate::join::ClaimFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C006",
    name: "copayment-collected",
    severity: Severity::Review,
    statement: "The claim says that the patient paid more than 0, and has a net peer-support line. \
        Once a claim, on its first net peer-support line.",
    why: "Peer support has no copayment: what the member was asked to pay must be given back.",
    source: "[S1] \"Peer Support in Mississippi\" fact sheet: no copayment",
    correct: "If the amount was for peer support, refund it and bill 0 (AMT*F5, \
        patient_paid_amount). If it was for another service of the claim, leave it.",
    policy_keys: &[],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The patient paid 3.00; said once for the claim's two lines.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            patient_paid_amount\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03,3.00\n\
            A1,2,M1,1234567893,H0038,4,2025-09-04,3.00\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C006 A1/1"],
    },
    silent: Example {
        story: "The patient paid 0.00.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            patient_paid_amount\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03,0.00\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Claim(check),
};

fn check(facts: &ClaimFacts<'_>) -> Option<Draft> {
    let paid = facts.patient_paid?;
    let draft = Draft::fail(format!(
        "The claim says that the patient paid {paid}; peer support has no copayment. Refund it, or \
         show that it was for another service.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: paid.to_string(),
        expected: "0.00".to_owned(),
    }))
}
