//! The supervision log against employment and supervisors.

use super::{Doubts, Seen, checks};
use crate::tables::{ById, SupervisionSession, Supervisor, TableKind, covers};
use std::collections::HashMap;

const SUPERVISOR: &str = "supervisor_id";
const MODES: [&str; 3] = ["in_person", "video", "phone"];

pub(super) fn look(seen: &Seen<'_>, doubts: &mut Doubts<'_>) {
    supervisors(seen, doubts);
    let Some(log) = &seen.tables.supervision else { return };
    for (npi, sessions) in log.iter() {
        let stints = seen.tables.employment.as_ref().map(|table| table.get(npi));
        let add = |doubts: &mut Doubts<'_>, check, column, session: SupervisionSession<'_>| {
            doubts.add(TableKind::Supervision, check, column, [session.row()], "");
        };
        for session in sessions.iter() {
            if session.date() > seen.as_of {
                add(doubts, &checks::SESSION_IN_FUTURE, "session_date", session);
            }
            let is_employed = stints.is_none_or(|stints| {
                let mut stints = stints.into_iter().flatten();
                stints.any(|stint| covers(stint.start, stint.end, session.date()))
            });
            if !is_employed {
                add(doubts, &checks::SESSION_WITHOUT_EMPLOYMENT, "session_date", session);
            }
            if session.supervisor_id() == npi {
                add(doubts, &checks::OWN_SUPERVISOR, SUPERVISOR, session);
            }
            let known = MODES.contains(&session.mode())
                || seen.policy.supervision.face_to_face_modes.iter().any(|m| m == session.mode());
            if !known {
                add(doubts, &checks::UNKNOWN_MODE, "mode", session);
            }
        }
    }
}

/// Supervisors who are named elsewhere, and those who hold sessions that cannot count.
fn supervisors(seen: &Seen<'_>, doubts: &mut Doubts<'_>) {
    let Some(known) = &seen.tables.supervisors else { return };
    let mut holds: HashMap<&[u8], Vec<SupervisionSession<'_>>> = HashMap::new();
    for session in seen.tables.supervision.iter().flat_map(|log| log.all().iter()) {
        holds.entry(session.supervisor_id()).or_default().push(session);
    }
    for (id, sessions) in &holds {
        let Some(supervisor) = known.get(*id) else {
            let rows: Vec<u64> = sessions.iter().map(|session| session.row()).collect();
            let check = &checks::UNKNOWN_SUPERVISOR;
            let detail = "the sessions do not count (S003)";
            doubts.add(TableKind::Supervision, check, SUPERVISOR, rows, detail);
            continue;
        };
        if let Some((column, detail)) = lacks(supervisor, sessions) {
            let check = &checks::SUPERVISOR_NOT_QUALIFIED;
            doubts.add(TableKind::Supervisors, check, column, [supervisor.row], detail);
        }
    }
    let mut named: HashMap<&[u8], Vec<u64>> = HashMap::new();
    for stint in seen.tables.employment.iter().flat_map(ById::rows) {
        if !stint.supervisor_id.is_empty() && !known.contains_key(&stint.supervisor_id) {
            named.entry(&stint.supervisor_id).or_default().push(stint.row);
        }
    }
    for rows in named.into_values() {
        let check = &checks::UNKNOWN_SUPERVISOR;
        let detail = "how many practitioners the supervisor has is not tested (S005)";
        doubts.add(TableKind::Employment, check, SUPERVISOR, rows, detail);
    }
}

/// What keeps sessions with `supervisor` from counting: the column, and how many sessions where it
/// is not all of them.
fn lacks(
    supervisor: &Supervisor,
    sessions: &[SupervisionSession<'_>],
) -> Option<(&'static str, String)> {
    if !supervisor.mental_health_professional {
        return Some(("mental_health_professional", String::new()));
    }
    let Some(training) = supervisor.training else {
        return Some(("training_date", String::new()));
    };
    let early = sessions.iter().filter(|session| session.date() < training);
    let first = early.clone().map(|session| session.row()).min()?;
    let detail = format!(
        "{} of {} sessions before it, the first in row {first} of the log",
        early.count(),
        sessions.len()
    );
    Some(("training_date", detail))
}
