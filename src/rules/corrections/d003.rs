//! D003: a correction says which claim it corrects.

use crate::evidence::Evidence;
use crate::join::{ClaimFacts, CorrectionStanding};
use crate::model::{Frequency, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "D003",
    name: "correction-without-original",
    severity: Severity::Deny,
    statement: "A replacement (frequency 7) or void (8) names no claim. Every current one, \
        superseded or not; once a claim, on its first peer-support line.",
    why: "Without the number of the claim it corrects, the payer cannot take the earlier one back: \
        it would be paid twice, or the correction is rejected.",
    source: "[I] the form of the claim: 005010X222A1 loop 2300, CLM05-3 of 7 or 8 with REF*F8",
    correct: "Enter the payer's control number of the claim (REF*F8, original_claim_id). If this \
        is a new service, bill it as an original (frequency 1).",
    policy_keys: &[],
    needs: &[],
    carc: "16",
    rarc: "M47",
    stc: "A6:464",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "A replacement without a number.",
        claims: "claim_id,line_number,frequency_code,original_claim_id,member_id,billing_npi,\
            procedure_code,units,service_date\n\
            A1,1,7,,M1,1234567893,H0038,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["D003 A1/1"],
    },
    silent: Example {
        story: "It names a claim of history.",
        claims: "claim_id,line_number,frequency_code,original_claim_id,member_id,billing_npi,\
            procedure_code,units,service_date\n\
            A1,1,7,H1,M1,1234567893,H0038,4,2025-09-03\n",
        history: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            H1,1,M1,1234567893,H0038,6,2025-09-03\n",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Claim(check),
};

fn check(facts: &ClaimFacts<'_>) -> Option<Draft> {
    if facts.correction? != CorrectionStanding::NamesNone {
        return None;
    }
    let what = match facts.first_line.frequency() {
        Frequency::Void => "void (frequency 8)",
        _ => "replacement (frequency 7)",
    };
    let draft = Draft::fail(format!(
        "This {what} names no claim. Enter the payer's control number of the claim it corrects \
         (REF*F8), or bill it as an original.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Correction {
        original_claim_id: String::new(),
        known: "no claim is named".to_owned(),
    }))
}
