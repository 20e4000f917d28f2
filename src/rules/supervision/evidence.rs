//! What the supervision log shows, as evidence and in words.

use crate::evidence::{Evidence, EvidenceSession};
use crate::join::supervision::obstacle;
use crate::join::{LineFacts, Shortfall};
use crate::model::text;

/// Sessions given as evidence at most, newest first.
const MAX_SESSIONS: usize = 12;

/// The stage, the interval asked, and the last sessions with why they do not qualify.
pub fn of(facts: &LineFacts<'_>, shortfall: &Shortfall<'_>) -> Evidence {
    let newest_first = shortfall.sessions.iter().rev().take(MAX_SESSIONS);
    let sessions = newest_first.map(|session| EvidenceSession {
        session_id: text::decode(&session.session_id).into_owned(),
        supervisor_id: text::decode(&session.supervisor_id).into_owned(),
        session_date: session.date,
        mode: session.mode.to_string(),
        why_not: obstacle(&facts.context, facts.line.rendering_npi, session)
            .map_or(String::new(), |why| why.as_str().to_owned()),
        row: session.row,
    });
    Evidence::Supervision {
        stage: shortfall.stage.as_str().to_owned(),
        start: Some(shortfall.start),
        from: Some(shortfall.interval.0),
        through: Some(shortfall.interval.1),
        sessions: sessions.collect(),
    }
}
