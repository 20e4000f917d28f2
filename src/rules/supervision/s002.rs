//! S002: there are supervision sessions, but none in the interval that the stage asks.

use super::evidence;
use crate::evidence::Evidence;
use crate::join::supervision::obstacle;
use crate::join::{LineFacts, Shortfall, ShortfallKind, Stage, SupervisionStanding};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::{SupervisionSession, TableKind};

/// The rule.
pub static RULE: Rule = Rule {
    id: "S002",
    name: "supervision-overdue",
    severity: Severity::Deny,
    statement: "The practitioner has supervision sessions, but none in the interval asked: in the \
        first stage of employment the days up to the service date, in the second the calendar \
        month of the service date, in the last a longer number of days up to the service date \
        (then for review only). How long the stages and their days are is policy. Pending while \
        the month is open on the as-of date; not evaluable where no employment began by the date.",
    why: "A peer support specialist works under a trained mental health professional, closely at \
        first: every two weeks, then every month, then as deemed necessary.",
    source: "[S3] 24 Miss. Code R. 2-42.1 M; the arithmetic of the stages and the 365 days: [I]",
    correct: "If a session took place, enter it in the supervision log with its date, mode and \
        supervisor and run again. If none did, do not bill the line.",
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
        story: "Employed since July 1; one session on July 10; service on July 25, 15 days later.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-07-25,1990-01-01\n",
        history: "",
        tables: &[
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
                "practitioner_npi,supervisor_id,session_date\n1999900016,SV1,2025-07-10\n",
            ),
        ],
        as_of: "2025-09-30",
        finds: &["S002 A1/1"],
    },
    silent: Example {
        story: "The same with service on July 24: exactly 14 days after the session.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-07-24,1990-01-01\n",
        history: "",
        tables: &[
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
                "practitioner_npi,supervisor_id,session_date\n1999900016,SV1,2025-07-10\n",
            ),
        ],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let shortfall = match facts.supervision()? {
        SupervisionStanding::Met => return None,
        SupervisionStanding::NoStart => return Some(no_start(facts)),
        SupervisionStanding::Short(shortfall) => shortfall,
    };
    let (from, through) = shortfall.interval;
    let draft = match shortfall.kind {
        ShortfallKind::MonthOpen => Draft::pending(format!(
            "No qualifying supervision session from {from} to {through} so far; the month is open \
             until {through}. Enter the month's session in the log and run again.",
        )),
        ShortfallKind::Overdue => overdue(facts, shortfall),
        _ => return None,
    };
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::of(facts, shortfall)))
}

fn overdue(facts: &LineFacts<'_>, shortfall: &Shortfall<'_>) -> Draft {
    let (from, through) = shortfall.interval;
    let draft = Draft::fail(format!(
        "Supervision required from {from} to {through} ({} stage, employed since {}); {}. Enter \
         the missing session in the log, or do not bill.",
        shortfall.stage.as_str(),
        shortfall.start,
        last_sessions(facts, shortfall),
    ));
    // "As deemed necessary": a person must look, whatever the policy makes of the other stages.
    if shortfall.stage == Stage::Last { draft.with_severity(Severity::Review) } else { draft }
}

/// The last session on record; in the last stage, where newer ones that do not qualify may stand
/// in the interval, the last that qualifies and the newest with what is wrong with it.
fn last_sessions(facts: &LineFacts<'_>, shortfall: &Shortfall<'_>) -> String {
    let through = shortfall.interval.1;
    let why_not = |session: SupervisionSession<'_>| {
        obstacle(&facts.context, facts.line.rendering_npi, session)
    };
    let mut newest_first =
        shortfall.sessions.iter().rev().skip_while(|session| session.date() > through);
    let Some(newest) = newest_first.next() else { return "none is on record".to_owned() };
    let Some(obstacle) = why_not(newest).filter(|_| shortfall.stage == Stage::Last) else {
        return format!("the last before it is of {}", newest.date());
    };
    let newer = format!("the one of {} does not count: {}", newest.date(), obstacle.as_str());
    match newest_first.find(|session| why_not(*session).is_none()) {
        Some(last) => format!("the last that qualifies is of {} ({newer})", last.date()),
        None => newer,
    }
}

fn no_start(facts: &LineFacts<'_>) -> Draft {
    let draft = Draft::not_evaluable(
        "No employment of the practitioner began on or before the service date, so it is unknown \
         what supervision was due. Complete employment.csv and run again."
            .to_owned(),
    );
    draft.with_evidence(facts.context.wants_evidence, || Evidence::Supervision {
        stage: String::new(),
        start: None,
        from: None,
        through: None,
        sessions: Vec::new(),
    })
}
