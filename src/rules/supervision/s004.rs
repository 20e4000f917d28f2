//! S004: there were sessions when one was due, but none face to face.

use super::evidence;
use crate::join::{LineFacts, ShortfallKind, SupervisionStanding};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "S004",
    name: "supervision-not-face-to-face",
    severity: Severity::Deny,
    statement: "Sessions are on record in the interval that the stage of employment asks, but none \
        of a mode that is face to face. Individual and group sessions both count.",
    why: "Supervision of a peer support specialist is given face to face; a call or a video \
        session may come on top of it, not in its place.",
    source: "[S3] 24 Miss. Code R. 2-42.1 M; that video is not face to face, and the arithmetic of \
        the stages: [I]",
    correct: "If a session was in person, correct its mode in the supervision log, or enter the \
        session that is missing there, and run again. Otherwise do not bill the line.",
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
        story: "The only session, on July 20, was by video.",
        claims: CLAIMS,
        history: "",
        tables: &[
            CREDENTIALS,
            EMPLOYMENT,
            (
                TableKind::Supervision,
                "practitioner_npi,supervisor_id,session_date,mode\n\
                 1999900016,SV1,2025-07-20,video\n",
            ),
        ],
        as_of: "2025-09-30",
        finds: &["S004 A1/1"],
    },
    silent: Example {
        story: "A group session in person on the same day.",
        claims: CLAIMS,
        history: "",
        tables: &[
            CREDENTIALS,
            EMPLOYMENT,
            (
                TableKind::Supervision,
                "practitioner_npi,supervisor_id,session_date,mode,format\n\
                 1999900016,SV1,2025-07-20,in_person,group\n",
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

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let SupervisionStanding::Short(shortfall) = facts.supervision()? else { return None };
    if shortfall.kind != ShortfallKind::NotFaceToFace {
        return None;
    }
    let (from, through) = shortfall.interval;
    let newest = shortfall.in_question().iter().next_back();
    let newest = newest.map_or(String::new(), |session| {
        // Only the words of the contract: anything may stand in a free text.
        let mode = match session.mode() {
            "video" => "by video",
            "phone" => "by phone",
            _ => "in another mode",
        };
        format!(
            "; the newest was {mode} on {} (row {} of supervision.csv)",
            session.date(),
            session.row(),
        )
    });
    let draft = Draft::fail(format!(
        "Supervision face to face required from {from} to {through} ({} stage), but none was held\
         {newest}. Correct the mode or enter the session in person; otherwise do not bill.",
        shortfall.stage.as_str(),
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::of(facts, shortfall)))
}
