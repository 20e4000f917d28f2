//! S003: there were sessions face to face when one was due, but none by a qualified supervisor.

use super::evidence;
use crate::join::supervision::{NotQualifying, obstacle};
use crate::join::{LineFacts, Shortfall, ShortfallKind, SupervisionStanding};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "S003",
    name: "supervisor-not-qualified",
    severity: Severity::Deny,
    statement: "Sessions are on record in the interval that the stage of employment asks, one of \
        them face to face, but none is held by a qualified supervisor: somebody other than the \
        practitioner who is in supervisors.csv as a mental health professional, trained on or \
        before the session. Without supervisors.csv every other person is taken as qualified.",
    why: "Supervision counts when a mental health professional gives it who took the Department of \
        Mental Health's training for supervisors of peers.",
    source: "[S3] 24 Miss. Code R. 2-42.1 M; the arithmetic of the stages: [I]",
    correct: "If the supervisor is qualified, correct supervisors.csv (mental_health_professional, \
        training_date) and run again. Otherwise do not bill the line, and have a qualified \
        supervisor take over.",
    policy_keys: &[
        "supervision.first_stage_months",
        "supervision.first_stage_days",
        "supervision.second_stage_months",
        "supervision.last_stage_days",
        "supervision.face_to_face_modes",
    ],
    needs: &[TableKind::Credentials, TableKind::Employment, TableKind::Supervision],
    carc: "272",
    rarc: "N706",
    stc: "A7:294",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The only session was on July 20; its supervisor was trained on July 21.",
        claims: CLAIMS,
        history: "",
        tables: &[
            CREDENTIALS,
            EMPLOYMENT,
            SUPERVISION,
            (
                TableKind::Supervisors,
                "supervisor_id,mental_health_professional,training_date\nSV1,true,2025-07-21\n",
            ),
        ],
        as_of: "2025-09-30",
        finds: &["S003 A1/1"],
    },
    silent: Example {
        story: "The supervisor was trained on the day of the session.",
        claims: CLAIMS,
        history: "",
        tables: &[
            CREDENTIALS,
            EMPLOYMENT,
            SUPERVISION,
            (
                TableKind::Supervisors,
                "supervisor_id,mental_health_professional,training_date\nSV1,true,2025-07-20\n",
            ),
        ],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

const CLAIMS: &str = "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,\
    units,service_date,member_birth_date\n\
    A1,1,M1,1234567893,1999900016,H0038,4,2025-07-25,1990-01-01\n";

const CREDENTIALS: (TableKind, &str) = (
    TableKind::Credentials,
    "practitioner_npi,designation,effective_date,training_date\n\
     1999900016,CPSSP-A,2024-01-01,2024-01-01\n",
);

const EMPLOYMENT: (TableKind, &str) = (
    TableKind::Employment,
    "practitioner_npi,billing_npi,start_date\n1999900016,1234567893,2025-07-01\n",
);

const SUPERVISION: (TableKind, &str) = (
    TableKind::Supervision,
    "practitioner_npi,supervisor_id,session_date\n1999900016,SV1,2025-07-20\n",
);

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let SupervisionStanding::Short(shortfall) = facts.supervision()? else { return None };
    if shortfall.kind != ShortfallKind::NotQualified {
        return None;
    }
    let draft = Draft::fail(message(facts, shortfall));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::of(facts, shortfall)))
}

fn message(facts: &LineFacts<'_>, shortfall: &Shortfall<'_>) -> String {
    let (from, through) = shortfall.interval;
    let found = shortfall.in_question().iter().rev().find_map(|session| {
        let why = obstacle(&facts.context, facts.line.rendering_npi, session)?;
        (why != NotQualifying::Mode).then_some((session, why.as_str()))
    });
    let why = found.map_or(String::new(), |(session, why)| {
        format!(
            ": at the session of {} (row {} of supervision.csv) {why}",
            session.date(),
            session.row()
        )
    });
    format!(
        "Supervision by a qualified supervisor required from {from} to {through} ({} stage){why}. \
         Correct supervisors.csv if the supervisor is qualified; otherwise do not bill.",
        shortfall.stage.as_str(),
    )
}
