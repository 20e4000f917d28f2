//! K004: one of the practitioner's designations must fit the member served.

use super::{evidence, scope};
use crate::join::{CredentialStanding, LineFacts, ScopeStanding};
use crate::model::{NaiveDate, Severity, date};
use crate::policy::Policy;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::{Credential, TableKind};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "K004",
    name: "designation-out-of-scope",
    severity: Severity::Review,
    statement: "No designation in force fits the member on the service date. A and MH (adult, \
        mental health) serve members of an age and older; R and SU (recovery, substance use) those \
        with a substance use diagnosis, or lines with the modifier that stands for it; Y (youth) \
        and P (parent) members up to an age. One that fits is enough. Where none fits, but a birth \
        date or every diagnosis is missing that one of them needs, it is not evaluable.",
    why: "A peer support specialist works from lived experience: each designation is certified for \
        the people who share it.",
    source: "[S3] 24 Miss. Code R. 2-42.1 K; the matrix of ages and diagnoses: [I]",
    correct: "Check the member's birth date and the diagnoses on the claim. If the practitioner \
        holds a further designation, add it to credentials.csv. Otherwise a supervisor decides \
        whether the service was within scope before it is billed.",
    policy_keys: &[
        "designations.member_age_min",
        "designations.member_age_max",
        "designations.diagnosis_prefixes",
        "designations.or_modifiers",
    ],
    needs: &[TableKind::Credentials],
    carc: "185",
    rarc: "N95",
    stc: "A7:147:82",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The designation is CPSSP-P (parent); the member turned 21 on the service date.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-03,2004-09-03\n",
        history: "",
        tables: CREDENTIALS,
        as_of: "2025-09-30",
        finds: &["K004 A1/1"],
    },
    silent: Example {
        story: "One day earlier the member is still 20.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-02,2004-09-03\n",
        history: "",
        tables: CREDENTIALS,
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

const CREDENTIALS: &[(TableKind, &str)] = &[(
    TableKind::Credentials,
    "practitioner_npi,designation,effective_date,training_date\n\
     1999900016,CPSSP-P,2024-01-01,2024-01-01\n",
)];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    // Words are for those that fail: nearly all lines fit.
    let standing = facts.scope.as_ref().filter(|standing| **standing != ScopeStanding::Fits)?;
    let CredentialStanding::InForce(rows) = facts.credentials()? else { return None };
    let on = facts.service_date()?;
    let designations = designations(facts.context.policy, rows);
    let draft = match standing {
        ScopeStanding::Fits => return None,
        ScopeStanding::OutOfScope => Draft::fail(format!(
            "No designation in force on {on} fits: {designations}; {}. Check birth date and \
             diagnoses, or whether the practitioner holds another designation.",
            member_as_billed(facts, rows, on),
        )),
        ScopeStanding::MissingFact { birth, diagnosis } => {
            let missing = match (birth, diagnosis) {
                (true, true) => "the member's birth date and every diagnosis are",
                (true, false) => "the member's birth date is",
                _ => "every diagnosis is",
            };
            Draft::not_evaluable(format!(
                "Whether a designation in force on {on} fits is unknown: {designations}; {missing} \
                 missing on the claim. Add what is missing and run again.",
            ))
        }
    };
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::credentials(facts)))
}

/// What the claim says of the member, of that which the designations ask. No code is named.
fn member_as_billed(facts: &LineFacts<'_>, rows: &[&Credential], on: NaiveDate) -> String {
    let scopes = || rows.iter().filter_map(|row| facts.context.policy.designation(row.designation));
    let mut parts = Vec::new();
    if scopes().any(|scope| scope.member_age_min.is_some() || scope.member_age_max.is_some()) {
        parts.push(match facts.line.birth {
            Some(birth) => format!("the member is {}", date::age_on(birth, on)),
            None => "the claim has no birth date of the member".to_owned(),
        });
    }
    if scopes().any(|scope| !scope.diagnosis_prefixes.is_empty()) {
        parts.push("no diagnosis or modifier on the claim fits".to_owned());
    }
    if parts.is_empty() { "the policy lets it serve nobody".to_owned() } else { parts.join(", ") }
}

/// Each designation once, in table order, with what it serves.
fn designations(policy: &Policy, rows: &[&Credential]) -> String {
    let mut seen = BTreeSet::new();
    let mut designations = Vec::new();
    for row in rows.iter().filter(|row| seen.insert(row.designation)) {
        designations.push(scope::in_words(row.designation, policy.designation(row.designation)));
    }
    designations.join(", ")
}
