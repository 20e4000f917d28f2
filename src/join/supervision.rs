//! What supervision a practitioner needed on a date, and what the log shows.
//!
//! The three stages of 24 Miss. Code R. 2-42.1 (as rules.md reads them) are decided here once for a
//! practitioner and date; the rules S001–S004 only name what came out.

use super::Context;
use crate::model::{NaiveDate, date};
use crate::tables::{Sessions, SupervisionSession};

/// The supervision of one practitioner on one date.
pub enum SupervisionStanding<'a> {
    /// As required.
    Met,
    /// No employment began on or before the date, so there is no clock.
    NoStart,
    /// Not as required.
    Short(Shortfall<'a>),
}

/// Stage of employment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// First six months: a session in the last 14 days.
    First,
    /// To one year: a session in the calendar month.
    Second,
    /// After one year: a session in the last 365 days.
    Last,
}

impl Stage {
    /// In words, for messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::First => "first",
            Stage::Second => "second",
            Stage::Last => "last",
        }
    }
}

/// How supervision falls short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortfallKind {
    /// No session that counts at all.
    NoSession,
    /// Sessions, but none in the interval asked.
    Overdue,
    /// The month is still open on the as-of date.
    MonthOpen,
    /// Sessions in the interval, one of them face to face, none by a qualified supervisor.
    NotQualified,
    /// Sessions in the interval, none face to face.
    NotFaceToFace,
}

/// What was asked, and what there is.
pub struct Shortfall<'a> {
    /// How it falls short.
    pub kind: ShortfallKind,
    /// Stage of employment on the date.
    pub stage: Stage,
    /// Start of employment.
    pub start: NaiveDate,
    /// The interval in which a qualifying session was asked.
    pub interval: (NaiveDate, NaiveDate),
    /// All sessions from the start to the as-of date, by date.
    pub sessions: Sessions<'a>,
}

impl<'a> Shortfall<'a> {
    /// The sessions that might have satisfied the stage: those in its interval, and in the last
    /// stage, where the interval only bounds the age of the newest, all up to the date.
    pub fn in_question(&self) -> Sessions<'a> {
        let (from, through) = self.interval;
        let from = if self.stage == Stage::Last { self.start } else { from };
        self.sessions.between(from, through)
    }
}

/// Why a session does not count as supervision face to face by a qualified supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotQualifying {
    /// By video, phone or another mode.
    Mode,
    /// The supervisor is the practitioner.
    OwnSupervisor,
    /// The supervisor has no row in `supervisors.csv`.
    UnknownSupervisor,
    /// The supervisor is no mental health professional.
    NoProfessional,
    /// The supervisor's training is missing or later than the session.
    Untrained,
}

impl NotQualifying {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            NotQualifying::Mode => "not face to face",
            NotQualifying::OwnSupervisor => "the supervisor is the practitioner",
            NotQualifying::UnknownSupervisor => "the supervisor is not in supervisors.csv",
            NotQualifying::NoProfessional => "the supervisor is no mental health professional",
            NotQualifying::Untrained => "the supervisor was not trained by that day",
        }
    }
}

impl<'a> SupervisionStanding<'a> {
    /// The standing of practitioner `npi` on `on`, given the starts of employment and all sessions.
    pub fn of(
        context: &Context<'a>,
        npi: &[u8],
        first_start: Option<NaiveDate>,
        all: Sessions<'a>,
        on: NaiveDate,
    ) -> SupervisionStanding<'a> {
        let Some(start) = first_start.filter(|start| *start <= on) else {
            return SupervisionStanding::NoStart;
        };
        let sessions = all.between(start, context.as_of);
        Search { context, npi, on, start, sessions }.standing()
    }
}

/// Why `session` of practitioner `npi` does not qualify; `None` if it does.
pub fn obstacle(
    context: &Context<'_>,
    npi: &[u8],
    session: SupervisionSession<'_>,
) -> Option<NotQualifying> {
    if !is_face_to_face(context, session) {
        return Some(NotQualifying::Mode);
    }
    if session.supervisor_id() == npi {
        return Some(NotQualifying::OwnSupervisor);
    }
    context.tables.supervisors.as_ref()?;
    let Some(supervisor) = session.supervisor() else {
        return Some(NotQualifying::UnknownSupervisor);
    };
    if !supervisor.mental_health_professional {
        return Some(NotQualifying::NoProfessional);
    }
    let trained = supervisor.training.is_some_and(|training| training <= session.date());
    (!trained).then_some(NotQualifying::Untrained)
}

fn is_face_to_face(context: &Context<'_>, session: SupervisionSession<'_>) -> bool {
    context.policy.supervision.face_to_face_modes.iter().any(|mode| mode == session.mode())
}

struct Search<'c, 'a> {
    context: &'c Context<'a>,
    npi: &'c [u8],
    on: NaiveDate,
    start: NaiveDate,
    /// From the start to the as-of date.
    sessions: Sessions<'a>,
}

impl<'a> Search<'_, 'a> {
    fn standing(&self) -> SupervisionStanding<'a> {
        let numbers = &self.context.policy.supervision;
        let begins = |months| date::add_months(self.start, months).unwrap_or(NaiveDate::MAX);
        if self.on < begins(numbers.first_stage_months) {
            self.first_stage(i64::from(numbers.first_stage_days))
        } else if self.on < begins(numbers.second_stage_months) {
            self.second_stage()
        } else {
            self.last_stage(i64::from(numbers.last_stage_days))
        }
    }

    fn first_stage(&self, days: i64) -> SupervisionStanding<'a> {
        let window = (date::add_days(self.on, -days), self.on);
        let in_window = self.sessions.between(window.0, window.1);
        if self.on <= date::add_days(self.start, days) || self.any_qualifies(in_window) {
            return SupervisionStanding::Met;
        }
        let kind = if !in_window.is_empty() {
            self.unqualified(in_window)
        } else if self.any_until(self.on) {
            ShortfallKind::Overdue
        } else {
            ShortfallKind::NoSession
        };
        self.short(Stage::First, kind, window)
    }

    fn second_stage(&self) -> SupervisionStanding<'a> {
        let month = (date::month_start(self.on), date::month_end(self.on));
        let in_month = self.sessions.between(month.0, month.1);
        if self.any_qualifies(in_month) {
            return SupervisionStanding::Met;
        }
        let kind = if self.context.as_of < month.1 {
            ShortfallKind::MonthOpen
        } else if !in_month.is_empty() {
            self.unqualified(in_month)
        } else if self.any_until(month.1) {
            ShortfallKind::Overdue
        } else {
            ShortfallKind::NoSession
        };
        self.short(Stage::Second, kind, month)
    }

    fn last_stage(&self, days: i64) -> SupervisionStanding<'a> {
        let window = (date::add_days(self.on, -days), self.on);
        let so_far = self.sessions.between(self.start, self.on);
        let qualifies =
            |session: &SupervisionSession<'_>| obstacle(self.context, self.npi, *session).is_none();
        let kind = match so_far.iter().rev().find(qualifies) {
            Some(newest) if newest.date() >= window.0 => return SupervisionStanding::Met,
            Some(_) => ShortfallKind::Overdue,
            None if !so_far.is_empty() => self.unqualified(so_far),
            None => ShortfallKind::NoSession,
        };
        self.short(Stage::Last, kind, window)
    }

    fn any_qualifies(&self, sessions: Sessions<'_>) -> bool {
        sessions.iter().any(|session| obstacle(self.context, self.npi, session).is_none())
    }

    fn any_until(&self, through: NaiveDate) -> bool {
        !self.sessions.between(self.start, through).is_empty()
    }

    /// Which of the two: sessions face to face by somebody unqualified, or none face to face.
    fn unqualified(&self, sessions: Sessions<'_>) -> ShortfallKind {
        if sessions.iter().any(|session| is_face_to_face(self.context, session)) {
            ShortfallKind::NotQualified
        } else {
            ShortfallKind::NotFaceToFace
        }
    }

    fn short(
        &self,
        stage: Stage,
        kind: ShortfallKind,
        interval: (NaiveDate, NaiveDate),
    ) -> SupervisionStanding<'a> {
        SupervisionStanding::Short(Shortfall {
            kind,
            stage,
            start: self.start,
            interval,
            sessions: self.sessions,
        })
    }
}
