//! K001: a service line must say who rendered it, or nothing about the practitioner can be checked.

use super::evidence;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "K001",
    name: "rendering-practitioner-missing",
    severity: Severity::Review,
    statement: "The service line states no rendering practitioner (2420A, else 2310B; a billing \
        organisation is never taken for one). Its outcome is always not evaluable, and no other K \
        or S rule runs on the line.",
    why: "Peer support must be rendered by a certified peer support specialist. A line that names \
        nobody can be neither confirmed nor refused; no data is not a pass.",
    source: "[S3] 24 Miss. Code R. 2-42.1 asks for a certified practitioner; that a line without \
        one is for review: [I]",
    correct: "Put the NPI of the practitioner who rendered the service on the claim (NM1*82 in \
        loop 2310B, or 2420A for the line; column rendering_npi) and resubmit.",
    policy_keys: &[],
    needs: &[TableKind::Credentials],
    carc: "16",
    rarc: "N290",
    stc: "A6:562:82",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The claim has no rendering practitioner.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,,H0038,4,2025-09-03,1990-01-01\n",
        history: "",
        tables: CREDENTIALS,
        as_of: "2025-09-30",
        finds: &["K001 A1/1 not_evaluable"],
    },
    silent: Example {
        story: "The same with the practitioner's NPI.",
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
    if !facts.lacks_practitioner() {
        return None;
    }
    let draft = Draft::not_evaluable(
        "No rendering practitioner is stated, so neither credential nor supervision can be \
         checked. Add the practitioner's NPI (loop 2310B or 2420A, column rendering_npi) and \
         resubmit."
            .to_owned(),
    );
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::credentials(facts)))
}
