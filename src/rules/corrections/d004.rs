//! D004: the claim that a correction names is known, and billed peer support.

use crate::evidence::Evidence;
use crate::join::{ClaimFacts, CorrectionStanding};
use crate::model::{Frequency, Severity, text};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "D004",
    name: "correction-of-unknown-claim",
    severity: Severity::Review,
    statement: "A replacement (7) or void (8) names a claim that has no peer-support line in this \
        input or in history: it is unknown, was denied, or billed something else. Every current \
        one, superseded or not; once a claim, on its first peer-support line.",
    why: "A correction of a claim that nobody knows takes nothing back: its units may be billed \
        twice. Or history is incomplete, and the limits are counted wrong.",
    source: "[I] no text of the program; a person must look",
    correct: "Compare the number with the remittance advice. If it is right, give the run the \
        history that holds the claim; if the claim was denied, bill a new original.",
    policy_keys: &[],
    needs: &[],
    carc: "16",
    rarc: "N152",
    stc: "A7:464",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "A replacement of a claim that stands nowhere.",
        claims: "claim_id,line_number,frequency_code,original_claim_id,member_id,billing_npi,\
            procedure_code,units,service_date\n\
            A1,1,7,H9,M1,1234567893,H0038,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["D004 A1/1"],
    },
    silent: Example {
        story: "It names a claim of history by the payer's number.",
        claims: "claim_id,line_number,frequency_code,original_claim_id,member_id,billing_npi,\
            procedure_code,units,service_date\n\
            A1,1,7,ICN9,M1,1234567893,H0038,4,2025-09-03\n",
        history: "claim_id,line_number,payer_claim_number,member_id,billing_npi,procedure_code,\
            units,service_date\n\
            H1,1,ICN9,M1,1234567893,H0038,6,2025-09-03\n",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Claim(check),
};

fn check(facts: &ClaimFacts<'_>) -> Option<Draft> {
    let (known, advice) = words(facts.correction?)?;
    let line = facts.first_line;
    let what = match line.frequency() {
        Frequency::Void => "void",
        _ => "replacement",
    };
    let original = text::decode(line.original_claim_id);
    let draft = Draft::fail(format!("This {what} names claim {original}, but {known}. {advice}"));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Correction {
        original_claim_id: original.into_owned(),
        known: known.to_owned(),
    }))
}

/// What is known of the claim that is named, and what to do; `None`: it has a peer-support line, or
/// none is named (D003).
fn words(standing: CorrectionStanding) -> Option<(&'static str, &'static str)> {
    match standing {
        CorrectionStanding::NamesNone | CorrectionStanding::Known => None,
        CorrectionStanding::TargetDenied => Some((
            "its peer-support lines were denied: there is nothing to correct",
            "Bill a new original.",
        )),
        CorrectionStanding::TargetBillsOther => Some((
            "that claim bills no peer support",
            "Compare the number with the remittance advice.",
        )),
        CorrectionStanding::TargetUnknown => Some((
            "no peer-support line of that number is in this input or in history",
            "Compare the number with the remittance advice, or add the history that holds it.",
        )),
    }
}
