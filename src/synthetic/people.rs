//! Practitioners and supervisors of a cell: who is hired, certified and supervised, and when.

use super::calendar::{Day, born, cliff_from, month_of, plus_months, working_day_from};
use super::cell::{Cell, MAIN};
use super::tables::{Credential, Plan, Session, Stint, SupervisorId};
use super::text::practitioner_npi;

/// Staff under one supervisor of full time at most: the limit is nine, and one place stays free.
const STAFF_A_SUPERVISOR: u32 = 8;

/// Days between the sessions of someone long in the job: far below the year that is allowed.
const SEASONED_SESSION_DAYS: i32 = 91;

/// A credential as most practitioners have it, from a day to the end of its four-year period.
pub(super) fn credential(npi: u64, from: Day) -> Credential {
    Credential {
        npi,
        designation: "CPSSP-A",
        from,
        until: Some(cliff_from(from + 60)),
        status: "current",
        since: None,
        birth: Some(born(from, 25 + (npi / 10 % 20) as i32) - (npi / 10 % 360) as i32),
        training: Some(from - 40),
    }
}

/// An in-person session of one to one.
pub(super) fn session(npi: u64, supervisor: u64, on: Day) -> Session {
    Session {
        npi,
        supervisor: SupervisorId::Number(supervisor),
        on,
        mode: "in_person",
        format: "individual",
        minutes: 60,
    }
}

impl Cell<'_> {
    /// The number of a new practitioner or supervisor.
    fn person(&mut self) -> u64 {
        debug_assert!(self.people < u64::from(self.spec.people), "more people than the plan has");
        let number = self.spec.first_person + self.people;
        self.people += 1;
        number
    }

    /// A new practitioner's NPI.
    pub(super) fn practitioner(&mut self) -> u64 {
        practitioner_npi(self.person())
    }

    /// A new supervisor in full time; returns the number.
    pub(super) fn supervisor(&mut self, professional: bool, training: Option<Day>) -> u64 {
        let number = self.person();
        self.tables.supervisor(number, professional, training, 100);
        number
    }

    /// The number of a supervisor whom the table of supervisors does not have.
    pub(super) fn unlisted(&mut self) -> u64 {
        self.person()
    }

    /// A new supervisor of part time, in hundredths.
    pub(super) fn part_time_supervisor(&mut self, fte: u64) -> u64 {
        let number = self.person();
        let training = Some(self.world.long_ago() - 2000);
        self.tables.supervisor(number, true, training, fte);
        number
    }

    /// A qualified supervisor who has room for one more.
    pub(super) fn supervisor_with_room(&mut self) -> u64 {
        let (number, staff) = self.staff_supervisor;
        if staff < STAFF_A_SUPERVISOR {
            self.staff_supervisor.1 += 1;
            return number;
        }
        let training = self.world.long_ago() - 2000;
        let number = self.supervisor(true, Some(training));
        self.staff_supervisor = (number, 1);
        number
    }

    /// Hires a new practitioner at an agency of the cell; returns NPI and supervisor.
    pub(super) fn hire(&mut self, agency: usize, from: Day, until: Option<Day>) -> (u64, u64) {
        let npi = self.practitioner();
        let supervisor = self.supervisor_with_room();
        let agency = self.agencies[agency];
        let supervisor_named = Some(supervisor);
        let stint = Stint { npi, agency, from, until, fte: 100, supervisor: supervisor_named };
        self.tables.stint(&stint);
        (npi, supervisor)
    }

    /// Certifies a practitioner without a gap from a day until after another one.
    pub(super) fn certify(&mut self, row: Credential, through: Day) {
        let mut row = row;
        loop {
            self.tables.credential(&row);
            match row.until {
                Some(until) if until < through => {
                    row.from = until + 1;
                    row.until = Some(cliff_from(until + 1));
                }
                _ => return,
            }
        }
    }

    /// Gives a practitioner a stint that began long ago, and a session every quarter.
    pub(super) fn employ(&mut self, npi: u64, agency: usize, until: Option<Day>) {
        let supervisor = self.supervisor_with_room();
        let from = self.world.long_ago();
        let agency = self.agencies[agency];
        let supervisor_named = Some(supervisor);
        let stint = Stint { npi, agency, from, until, fte: 100, supervisor: supervisor_named };
        self.tables.stint(&stint);
        // Stories reach back to lines filed more than a year late.
        let mut on = working_day_from(self.world.first - 800);
        while on <= self.world.as_of {
            self.tables.session(&session(npi, supervisor, on));
            on += SEASONED_SESSION_DAYS;
        }
    }

    /// A practitioner long in the job, supervised every quarter, without any credential row.
    pub(super) fn worker(&mut self, agency: usize) -> u64 {
        let npi = self.practitioner();
        self.employ(npi, agency, None);
        npi
    }

    /// A practitioner about whom there is nothing to find.
    pub(super) fn seasoned(&mut self, agency: usize) -> u64 {
        let npi = self.worker(agency);
        self.certify(credential(npi, self.world.long_ago() - 30), self.world.as_of);
        npi
    }

    /// Writes a session into the log, unless it lies after the set's last day.
    fn log(&mut self, session: &Session) {
        if session.on <= self.world.as_of {
            self.tables.session(session);
        }
    }

    /// The sessions of a stint as the contract asks for them: every second week for six months,
    /// on the first working day of each month up to a year, every quarter after it.
    pub(super) fn supervise(&mut self, npi: u64, supervisor: u64, from: Day, until: Day) {
        let six_months = plus_months(from, 6);
        let year = plus_months(from, 12);
        let mut on = from;
        while on < six_months && on <= until {
            // The fourteenth day after the last session is the last good one: no gap is longer.
            on += if self.random.chance(250) { 7 } else { 14 };
            let format = if self.random.chance(300) { "group" } else { "individual" };
            self.log(&Session { format, ..session(npi, supervisor, on) });
        }
        let mut month = month_of(six_months).0;
        while month < year && month <= until {
            let on = working_day_from(month);
            if on > from {
                self.log(&session(npi, supervisor, on));
            }
            if self.random.chance(300) {
                let mode = if self.random.chance(500) { "video" } else { "phone" };
                let extra = Session { mode, minutes: 30, ..session(npi, supervisor, on + 9) };
                self.log(&extra);
            }
            month = plus_months(month, 1);
        }
        let mut on = plus_months(month, -1) + 20;
        while on <= until {
            on += self.random.between(60, 120);
            self.log(&session(npi, supervisor, on));
        }
    }

    /// A service plan that covers everything and allows more than any story uses.
    pub(super) fn wide_plan(&self, member: usize) -> Plan {
        let member = self.members[member].number;
        let from = self.world.first - 900;
        Plan {
            number: member * 100,
            member,
            from,
            until: None,
            services: "H0038",
            units: Some(400),
            period: "month",
            signer: "physician",
            signed: Some(from - 5),
        }
    }

    /// An adult member without a plan, of an age that no rule asks about.
    pub(super) fn unplanned_adult(&mut self) -> usize {
        let age = self.random.between(30, 60);
        let birth = born(self.world.first - 400, age) - self.random.between(0, 300);
        self.member(Some(birth))
    }

    /// An adult member with a wide plan.
    pub(super) fn adult(&mut self) -> usize {
        let member = self.unplanned_adult();
        let plan = self.wide_plan(member);
        self.tables.plan(&plan);
        member
    }

    /// A practitioner hired at the cell's agency on a day and certified ever since, without any
    /// session; returns NPI and supervisor.
    pub(super) fn recruit(&mut self, from: Day) -> (u64, u64) {
        let hired = self.hire(MAIN, from, None);
        self.certify(credential(hired.0, from - 30), self.world.as_of);
        hired
    }
}
