//! K002: the rendering practitioner must have a CPSSP designation on record.

use super::evidence;
use crate::join::{CredentialStanding, LineFacts};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "K002",
    name: "no-cpssp-designation",
    severity: Severity::Deny,
    statement: "The rendering practitioner has no row at all in credentials.csv. No other K or S \
        rule runs on the line.",
    why: "Only a peer support specialist certified by the Department of Mental Health may render \
        peer support; whoever is not in the table is not known to be one.",
    source: "[S3] 24 Miss. Code R. 2-42.1 (certification of peer support specialists)",
    correct: "If the NPI on the claim is wrong, correct it. If the practitioner is certified, add \
        the designation with its dates to credentials.csv and run again. Otherwise do not bill the \
        line.",
    policy_keys: &[],
    needs: &[TableKind::Credentials],
    carc: "185",
    rarc: "N95",
    stc: "A7:147:82",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The practitioner is not in credentials.csv.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900024,H0038,4,2025-09-03,1990-01-01\n",
        history: "",
        tables: CREDENTIALS,
        as_of: "2025-09-30",
        finds: &["K002 A1/1"],
    },
    silent: Example {
        story: "The practitioner has a designation in force.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-03,1990-01-01\n",
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
     1999900016,CPSSP-A,2024-01-01,2024-01-01\n",
)];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    if !matches!(facts.credentials()?, CredentialStanding::NoRow) {
        return None;
    }
    let on = facts.service_date()?;
    let draft = Draft::fail(format!(
        "The rendering practitioner billed on {on} has no row in credentials.csv. Correct the NPI, \
         or add the designation to the table; if there is none, do not bill.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::credentials(facts)))
}
