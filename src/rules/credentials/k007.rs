//! K007: a peer training of the practitioner must be on record by the service date.

use super::evidence;
use crate::join::{CredentialStanding, LineFacts, credential};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "K007",
    name: "peer-training-not-documented",
    severity: Severity::Review,
    statement: "No credential in force on the service date has a training date on or before it.",
    why: "A peer support specialist must have completed an approved peer training before rendering \
        services; an auditor asks for the certificate.",
    source: "[S3] 24 Miss. Code R. 2-42.1 G",
    correct: "Find the training certificate and enter its date in credentials.csv (training_date). \
        If there is none, the services are not those of a trained specialist: ask before billing.",
    policy_keys: &[],
    needs: &[TableKind::Credentials],
    carc: "B7",
    rarc: "N570",
    stc: "A7:91:82",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The training was completed on September 4, the day after the service.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-03,1990-01-01\n",
        history: "",
        tables: CREDENTIALS,
        as_of: "2025-09-30",
        finds: &["K007 A1/1"],
    },
    silent: Example {
        story: "Service on the day of the training.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-04,1990-01-01\n",
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
     1999900016,CPSSP-A,2024-01-01,2025-09-04\n",
)];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let CredentialStanding::InForce(rows) = facts.credentials()? else { return None };
    let on = facts.service_date()?;
    if credential::is_trained(rows, on) {
        return None;
    }
    let found = match rows.iter().filter_map(|row| row.training_date).min() {
        Some(training) => format!("the earliest training on record is of {training}, after it"),
        None => "no training date is on record".to_owned(),
    };
    let draft = Draft::fail(format!(
        "Peer training must be completed by the service of {on}, but {found}. Enter the date of \
         the training certificate in credentials.csv; if there is none, ask before billing.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::credentials(facts)))
}
