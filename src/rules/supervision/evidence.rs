//! What the supervision log shows, as evidence and in words.

use crate::evidence::{Evidence, EvidenceSession};
use crate::join::supervision::obstacle;
use crate::join::{LineFacts, Shortfall, Stage};
use crate::model::text;
use crate::tables::SupervisionSession;

/// Sessions given as evidence at most, newest first.
const MAX_SESSIONS: usize = 12;

/// The stage, the interval asked, and the last sessions with why they do not qualify.
pub fn of(facts: &LineFacts<'_>, shortfall: &Shortfall<'_>) -> Evidence {
    let newest_first = shortfall.sessions.iter().rev().take(MAX_SESSIONS);
    let sessions = newest_first.map(|session| EvidenceSession {
        session_id: text::decode(session.session_id()).into_owned(),
        supervisor_id: text::decode(session.supervisor_id()).into_owned(),
        session_date: session.date(),
        mode: session.mode().to_owned(),
        why_not: why_not(facts, shortfall, session),
        row: session.row(),
    });
    Evidence::Supervision {
        stage: shortfall.stage.as_str().to_owned(),
        start: Some(shortfall.start),
        from: Some(shortfall.interval.0),
        through: Some(shortfall.interval.1),
        sessions: sessions.collect(),
    }
}

/// Everything that keeps a session from counting: where it lies, and who held it how. Never empty:
/// a session without an obstacle within the interval would have met what was asked.
fn why_not(
    facts: &LineFacts<'_>,
    shortfall: &Shortfall<'_>,
    session: SupervisionSession<'_>,
) -> String {
    let (from, through) = shortfall.interval;
    let place = if session.date() < from {
        Some("before the interval")
    } else if session.date() > through {
        // The interval of the second stage is the month, and goes on after the service.
        Some(if shortfall.stage == Stage::Second {
            "after the month of service"
        } else {
            "after the service date"
        })
    } else {
        None
    };
    let obstacle = obstacle(&facts.context, facts.line.rendering_npi, session);
    let reasons = place.into_iter().chain(obstacle.map(|obstacle| obstacle.as_str()));
    reasons.collect::<Vec<_>>().join(", ")
}
