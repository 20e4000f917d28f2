//! The sessions of the supervision log, as the join reads them.
//!
//! A log is by far the longest table: a million sessions of a thousand supervisors. What many
//! sessions say alike is held once and named by its number, so that a session takes 24 bytes.

use super::by_id::{ById, Id, IdMap};
use super::rows::Supervisor;
use crate::model::NaiveDate;
use std::borrow::Cow;

/// `supervision.csv` by practitioner NPI, sorted by session date, then table order.
pub struct SupervisionLog {
    pub(super) sessions: ById<LoggedSession>,
    pub(super) details: SessionDetails,
}

/// One session as it is held.
pub(super) struct LoggedSession {
    pub(super) row: u64,
    pub(super) date: NaiveDate,
    /// These are numbers in [`SessionDetails`].
    pub(super) supervisor: u32,
    pub(super) manner: u32,
    pub(super) session_id: u32,
}

/// What the numbers of sessions stand for.
pub(super) struct SessionDetails {
    pub(super) supervisors: Vec<LoggedSupervisor>,
    pub(super) manners: Vec<Manner>,
    pub(super) session_ids: Vec<Id>,
}

/// A supervisor whom sessions name.
pub(super) struct LoggedSupervisor {
    pub(super) id: Id,
    /// As `supervisors.csv` has the supervisor.
    pub(super) row: Option<Supervisor>,
}

/// How a session was held.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Manner {
    pub(super) mode: Cow<'static, str>,
    pub(super) format: Cow<'static, str>,
    pub(super) minutes: Option<u32>,
}

impl SupervisionLog {
    /// The sessions of practitioner `npi`; there may be none.
    pub fn of(&self, npi: &[u8]) -> Sessions<'_> {
        self.sessions(self.sessions.get(npi).unwrap_or_default())
    }

    /// Each practitioner who has sessions, with them; in no order of the practitioners.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Sessions<'_>)> {
        self.sessions.iter().map(|(npi, rows)| (npi, self.sessions(rows)))
    }

    /// All sessions; those of a practitioner together.
    pub fn all(&self) -> Sessions<'_> {
        self.sessions(self.sessions.rows())
    }

    fn sessions<'a>(&'a self, rows: &'a [LoggedSession]) -> Sessions<'a> {
        Sessions { rows, details: &self.details }
    }

    /// Finds the rows of the supervisors, once for all sessions.
    pub(super) fn find_supervisors(&mut self, table: &IdMap<Supervisor>) {
        for supervisor in &mut self.details.supervisors {
            supervisor.row = table.get(&supervisor.id).cloned();
        }
    }
}

/// Sessions of one practitioner by date, then in table order (of all of them:
/// [`SupervisionLog::all`]).
#[derive(Clone, Copy)]
pub struct Sessions<'a> {
    rows: &'a [LoggedSession],
    details: &'a SessionDetails,
}

impl Default for Sessions<'_> {
    /// None.
    fn default() -> Self {
        static NOTHING: SessionDetails = SessionDetails {
            supervisors: Vec::new(),
            manners: Vec::new(),
            session_ids: Vec::new(),
        };
        Sessions { rows: &[], details: &NOTHING }
    }
}

impl<'a> Sessions<'a> {
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.rows.is_empty()
    }

    /// One after the other.
    pub fn iter(
        self,
    ) -> impl DoubleEndedIterator<Item = SupervisionSession<'a>> + ExactSizeIterator {
        self.rows.iter().map(move |row| SupervisionSession { row, details: self.details })
    }

    /// Those of a practitioner from `from` to `through`.
    pub fn between(self, from: NaiveDate, through: NaiveDate) -> Sessions<'a> {
        let begin = self.rows.partition_point(|session| session.date < from);
        let end = self.rows.partition_point(|session| session.date <= through);
        Sessions { rows: &self.rows[begin..end.max(begin)], ..self }
    }
}

/// One session of the supervision log.
#[derive(Clone, Copy)]
pub struct SupervisionSession<'a> {
    row: &'a LoggedSession,
    details: &'a SessionDetails,
}

impl<'a> SupervisionSession<'a> {
    /// Row in its file (header = 1).
    pub fn row(self) -> u64 {
        self.row.row
    }

    /// When.
    pub fn date(self) -> NaiveDate {
        self.row.date
    }

    /// Its id; may be empty.
    pub fn session_id(self) -> &'a [u8] {
        &self.details.session_ids[self.row.session_id as usize]
    }

    /// Who supervised.
    pub fn supervisor_id(self) -> &'a [u8] {
        &self.logged_supervisor().id
    }

    /// The supervisor's row in `supervisors.csv`; `None`: there is no row, or no such table.
    pub fn supervisor(self) -> Option<&'a Supervisor> {
        self.logged_supervisor().row.as_ref()
    }

    /// `in_person` (default), `video`, `phone` or another word; lower case.
    pub fn mode(self) -> &'a str {
        &self.manner().mode
    }

    /// `individual`, `group` or another word, or empty; lower case.
    pub fn format(self) -> &'a str {
        &self.manner().format
    }

    /// How long.
    pub fn minutes(self) -> Option<u32> {
        self.manner().minutes
    }

    fn logged_supervisor(self) -> &'a LoggedSupervisor {
        &self.details.supervisors[self.row.supervisor as usize]
    }

    fn manner(self) -> &'a Manner {
        &self.details.manners[self.row.manner as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_small() {
        assert_eq!(size_of::<LoggedSession>(), 24);
    }
}
