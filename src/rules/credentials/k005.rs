//! K005: a practitioner who works as youth specialist alone must be of that age.

use super::evidence;
use crate::join::{CredentialStanding, LineFacts, PractitionerAge};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "K005",
    name: "youth-designation-age",
    severity: Severity::Review,
    statement: "Y (youth) is the only designation in force on the service date, and the \
        practitioner is outside its ages on that day. The birth date is the first given in the \
        rows in force, in table order; without one the rule is not evaluable.",
    why: "A youth peer support specialist is certified as a young person who supports young \
        people; past that age another designation is needed.",
    source: "[S3] 24 Miss. Code R. 2-42.1 B.3",
    correct: "Check the practitioner's birth date in credentials.csv. If the practitioner holds \
        another designation, add it. Otherwise ask the Department of Mental Health for the \
        designation to be changed before more is billed.",
    policy_keys: &["designations.practitioner_age_min", "designations.practitioner_age_max"],
    needs: &[TableKind::Credentials],
    carc: "185",
    rarc: "N95",
    stc: "A7:147:82",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "CPSSP-Y is the only designation; the practitioner turned 27 on the service date.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-03,2005-01-01\n",
        history: "",
        tables: CREDENTIALS,
        as_of: "2025-09-30",
        finds: &["K005 A1/1"],
    },
    silent: Example {
        story: "One day earlier the practitioner is still 26.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-02,2005-01-01\n",
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
    "practitioner_npi,designation,effective_date,birth_date,training_date\n\
     1999900016,CPSSP-Y,2024-01-01,1998-09-03,2024-01-01\n",
)];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let CredentialStanding::InForce(rows) = facts.credentials()? else { return None };
    let on = facts.service_date()?;
    let draft = match PractitionerAge::of(facts.context.policy, rows, on) {
        PractitionerAge::NotAsked | PractitionerAge::Fits => return None,
        PractitionerAge::OutOfRange { age, scope } => Draft::fail(format!(
            "Only CPSSP-{} is in force on {on}, for practitioners aged {}; the practitioner is \
             {age}. Check the birth date in credentials.csv, or add another designation held.",
            scope.code,
            words::ages(scope.practitioner_age_min, scope.practitioner_age_max),
        )),
        PractitionerAge::BirthMissing(scope) => Draft::not_evaluable(format!(
            "Only CPSSP-{} is in force on {on}, for practitioners aged {}; the practitioner's \
             birth date is missing. Add it to credentials.csv and run again.",
            scope.code,
            words::ages(scope.practitioner_age_min, scope.practitioner_age_max),
        )),
    };
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::credentials(facts)))
}
