//! Supervision that falls due, by the standing that S001 to S004 read.
//!
//! A day is asked about as if a service were rendered on it, with the sessions that are known on
//! the as-of date. The day on which that first falls short is the day by which a session is due:
//! one on that day still covers it. In the second stage it is due by the end of the month.
//!
//! Days without a credential in force are not asked about: no session makes a service of such a day
//! payable (K003), and the credential is what is named.

use super::{Due, Horizon, Kind};
use crate::join::practitioner::stints_of;
use crate::join::supervision::obstacle;
use crate::join::{
    Context, CredentialStanding, Practitioners, Shortfall, Stage, SupervisionStanding,
};
use crate::model::{NaiveDate, date, text};
use crate::tables::covers;

pub(super) fn due(context: &Context<'_>, horizon: Horizon) -> Vec<Due> {
    let Some(employment) = &context.tables.employment else { return Vec::new() };
    let practitioners = Practitioners::new(*context);
    let mut found = Vec::new();
    for npi in employment.ids() {
        // Who has no designation renders nothing (K002), and needs none.
        if context.tables.credentials.as_ref().is_some_and(|table| !table.contains(npi)) {
            continue;
        }
        let search = Search { context, practitioners: &practitioners, npi, horizon };
        found.extend(search.due());
    }
    found
}

struct Search<'c, 'a> {
    context: &'c Context<'a>,
    practitioners: &'c Practitioners<'a>,
    npi: &'c [u8],
    horizon: Horizon,
}

impl<'a> Search<'_, 'a> {
    fn due(&self) -> Option<Due> {
        for day in self.horizon.days() {
            let Some(shortfall) = self.shortfall(day) else { continue };
            if !self.helps(&shortfall, day) {
                continue;
            }
            let due = match shortfall.stage {
                Stage::Second => shortfall.interval.1,
                _ if day == self.horizon.as_of => self.short_since(day),
                _ => day,
            };
            if due <= self.horizon.through {
                return Some(self.describe(due, &shortfall));
            }
        }
        None
    }

    /// How a service on `day` would fall short; `None` also where the practitioner is not employed.
    fn shortfall(&self, day: NaiveDate) -> Option<Shortfall<'a>> {
        let mut stints = stints_of(self.context, self.npi).iter();
        if !stints.any(|stint| covers(stint.start, stint.end, day)) {
            return None;
        }
        match self.practitioners.standing(self.npi, day).supervision? {
            SupervisionStanding::Short(shortfall) => Some(shortfall),
            SupervisionStanding::Met | SupervisionStanding::NoStart => None,
        }
    }

    /// Whether a session could make a service payable: one on `day`, or, in the second stage, whose
    /// session may follow it, one of the same month before.
    fn helps(&self, shortfall: &Shortfall<'_>, day: NaiveDate) -> bool {
        let first = if shortfall.stage == Stage::Second { shortfall.interval.0 } else { day };
        let mut days = first.iter_days().take_while(|asked| *asked <= day);
        days.any(|asked| self.may_practise(asked))
    }

    /// Whether a credential is in force, as far as the table is there to say.
    fn may_practise(&self, day: NaiveDate) -> bool {
        let standing = self.practitioners.standing(self.npi, day).credentials;
        standing.is_none_or(|standing| matches!(standing, CredentialStanding::InForce(_)))
    }

    /// The first of the days up to `day` on all of which a service falls short.
    fn short_since(&self, day: NaiveDate) -> NaiveDate {
        let mut since = day;
        loop {
            let before = date::add_days(since, -1);
            let is_short = before < since
                && self.may_practise(before)
                && self.shortfall(before).is_some_and(|short| short.stage != Stage::Second);
            if !is_short {
                return since;
            }
            since = before;
        }
    }

    fn describe(&self, day: NaiveDate, shortfall: &Shortfall<'_>) -> Due {
        let counts = shortfall
            .sessions
            .iter()
            .rev()
            .find(|session| obstacle(self.context, self.npi, *session).is_none());
        let last = match counts {
            Some(session) => format!("last session that counts {}", session.date()),
            None => "no session counts".to_owned(),
        };
        let mut due = Due::new(Kind::SupervisionDue, Some(day), self.horizon.as_of);
        due.practitioner_npi = text::decode(self.npi).into_owned();
        due.table = "supervision";
        due.detail = format!("{} stage; {last}", shortfall.stage.as_str());
        due
    }
}
