//! S001: no supervision session on record counts at all.

use super::evidence;
use crate::join::{LineFacts, ShortfallKind, SupervisionStanding};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "S001",
    name: "no-supervision-documented",
    severity: Severity::Deny,
    statement: "Supervision is due and no session of the practitioner is on record up to the \
        service date (in the second stage, up to the end of its month). Sessions before the start \
        of employment or after the as-of date are left out. In the first days of employment none \
        is due.",
    why: "A peer support specialist works under a trained mental health professional; supervision \
        that nobody wrote down cannot be shown to an auditor.",
    source: "[S3] 24 Miss. Code R. 2-42.1 M; the arithmetic of the stages: [I]",
    correct: "If sessions took place, enter them in the supervision log with date, mode and \
        supervisor and run again. If none did, do not bill the line.",
    policy_keys: &[
        "supervision.first_stage_months",
        "supervision.first_stage_days",
        "supervision.second_stage_months",
        "supervision.last_stage_days",
    ],
    needs: &[TableKind::Credentials, TableKind::Employment, TableKind::Supervision],
    carc: "272",
    rarc: "N706",
    stc: "A7:294",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "Employed since July 1, no session; service on July 16, 15 days later.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-07-16,1990-01-01\n",
        history: "",
        tables: TABLES,
        as_of: "2025-09-30",
        finds: &["S001 A1/1"],
    },
    silent: Example {
        story: "Service on July 15: within the first 14 days no session is due yet.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-07-15,1990-01-01\n",
        history: "",
        tables: TABLES,
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

/// The only session in the log is another practitioner's.
const TABLES: &[(TableKind, &str)] = &[
    (
        TableKind::Credentials,
        "practitioner_npi,designation,effective_date,training_date\n\
         1999900016,CPSSP-A,2024-01-01,2024-01-01\n",
    ),
    (
        TableKind::Employment,
        "practitioner_npi,billing_npi,start_date\n1999900016,1234567893,2025-07-01\n",
    ),
    (
        TableKind::Supervision,
        "practitioner_npi,supervisor_id,session_date\n1999900024,SV1,2025-07-10\n",
    ),
];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let SupervisionStanding::Short(shortfall) = facts.supervision()? else { return None };
    if shortfall.kind != ShortfallKind::NoSession {
        return None;
    }
    let (from, through) = shortfall.interval;
    let draft = Draft::fail(format!(
        "Supervision required from {from} to {through} ({} stage, employed since {}), but no \
         session up to {through} is on record. Enter the missing sessions in the log, or do not \
         bill.",
        shortfall.stage.as_str(),
        shortfall.start,
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::of(facts, shortfall)))
}
