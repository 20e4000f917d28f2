//! The stage of one story: who is there, when it happens, and the short words for what it does.

use crate::synthetic::calendar::{Day, month_of, weekday, working_day_from};
use crate::synthetic::cell::{
    Carrier, Cell, Expected, Original, Outcome, PARTNER, ServiceLine, Spot, peer,
};
use crate::synthetic::world::World;

/// Days between a story's first day and its claims, which then come in one by one.
const FIRST_LAG: Day = 3;
/// In a set with nights, how far back the services of a night reach: within the filing limit.
const NIGHT_REACH: Day = 340;

/// One story's stage.
pub(super) struct Scene<'c, 'w> {
    pub(super) cell: &'c mut Cell<'w>,
    /// A practitioner of the cell's agency about whom there is nothing to find.
    pub(super) seasoned: u64,
    /// The same at the partner agency, once a story needed one.
    pub(super) partner_seasoned: Option<u64>,
    /// Services lie between these two days; the second is the as-of date of the run concerned.
    pub(super) first: Day,
    pub(super) last: Day,
    /// The file in which the story's claims stand.
    pub(super) night: u16,
    /// How often a story of this kind was told before.
    pub(super) serial: u64,
    lag: Day,
}

impl<'c, 'w> Scene<'c, 'w> {
    pub(super) fn new(
        cell: &'c mut Cell<'w>,
        seasoned: u64,
        partner_seasoned: Option<u64>,
        serial: u64,
    ) -> Scene<'c, 'w> {
        let nights = cell.world.nights;
        let night = if nights == 0 { 0 } else { cell.random.below(nights.into()) as u16 + 1 };
        let first = cell.world.first;
        let mut scene = Scene {
            cell,
            seasoned,
            partner_seasoned,
            first,
            last: first,
            night,
            serial,
            lag: FIRST_LAG,
        };
        scene.move_to(night);
        scene
    }

    pub(super) fn world(&self) -> &'w World {
        self.cell.world
    }

    /// From now on claims stand in this file. Only sets with nights have more than file 0.
    pub(super) fn move_to(&mut self, night: u16) {
        self.night = night;
        self.last = self.world().night_date(night);
        self.first = match self.world().nights {
            0 => self.world().first,
            _ => self.world().first.max(self.last - NIGHT_REACH),
        };
    }

    /// A working day somewhere in the middle, so that a month before it and after it is there too.
    pub(super) fn day(&mut self) -> Day {
        let (low, high) = (self.first + 40, self.last - 42);
        working_day_from(self.cell.random.between(low, high))
    }

    /// A Monday whose week lies within its month.
    pub(super) fn monday(&mut self) -> Day {
        let day = self.day();
        let monday = day - weekday(day);
        let (first, last) = month_of(day);
        if monday < first {
            monday + 7
        } else if monday + 6 > last {
            monday - 7
        } else {
            monday
        }
    }

    /// When a claim for services until a day is received: each claim a day after the one before.
    pub(super) fn received(&mut self, day: Day) -> Day {
        self.lag += 1;
        let nights = self.world().nights;
        if nights > 0 && self.night > 0 { self.last } else { (day + self.lag).min(self.last) }
    }

    /// A claim for services until a day; `line` adds to it.
    pub(super) fn claim(&mut self, member: usize, day: Day) -> usize {
        let received = self.received(day);
        self.cell.claim(member, received)
    }

    pub(super) fn line(&mut self, line: ServiceLine) -> Spot {
        self.cell.line(line)
    }

    /// A claim of one line.
    pub(super) fn visit_with(&mut self, member: usize, day: Day, line: ServiceLine) -> Spot {
        self.claim(member, day);
        self.line(line)
    }

    /// A claim of one peer-support line by a practitioner.
    pub(super) fn visit_by(&mut self, member: usize, day: Day, units: u32, npi: u64) -> Spot {
        self.visit_with(member, day, peer(day, units, npi))
    }

    /// A claim of one peer-support line by the seasoned practitioner.
    pub(super) fn visit(&mut self, member: usize, day: Day, units: u32) -> Spot {
        self.visit_by(member, day, units, self.seasoned)
    }

    /// The same at the partner agency.
    pub(super) fn partner_visit(&mut self, member: usize, day: Day, units: u32) -> Spot {
        let npi = match self.partner_seasoned {
            Some(npi) => npi,
            None => self.cell.seasoned(PARTNER),
        };
        self.partner_seasoned = Some(npi);
        let claim = self.claim(member, day);
        self.cell.claims[claim].agency = PARTNER;
        self.line(peer(day, units, npi))
    }

    /// An adult with a wide plan.
    pub(super) fn adult(&mut self) -> usize {
        self.cell.adult()
    }

    /// A member born on a day, with a wide plan.
    pub(super) fn member_born(&mut self, birth: Option<Day>) -> usize {
        let member = self.cell.member(birth);
        let plan = self.cell.wide_plan(member);
        self.cell.tables.plan(&plan);
        member
    }

    /// Makes the newest claim a correction.
    pub(super) fn corrects(&mut self, frequency: u8, original: Original) {
        if let Some(claim) = self.cell.claims.last_mut() {
            claim.frequency = frequency;
            claim.original = original;
        }
    }

    /// The number of a line's claim.
    pub(super) fn number(&self, at: Spot) -> u64 {
        self.cell.claims[at.claim].number
    }

    /// The finding that the rule must give on a line.
    pub(super) fn expect(&mut self, rule: &'static str, at: Spot) {
        self.expect_units(rule, at, 0);
    }

    /// The same, with its excess units.
    pub(super) fn expect_units(&mut self, rule: &'static str, at: Spot, excess_units: u32) {
        let (outcome, carrier) = (Outcome::Fail, Carrier::Both);
        self.cell.expected.push(Expected { rule, outcome, at, excess_units, carrier });
    }

    /// The same, with an outcome that is not `fail`.
    pub(super) fn expect_outcome(&mut self, rule: &'static str, at: Spot, outcome: Outcome) {
        let (excess_units, carrier) = (0, Carrier::Both);
        self.cell.expected.push(Expected { rule, outcome, at, excess_units, carrier });
    }

    /// The finding that only one shape of the set gives.
    pub(super) fn expect_in(&mut self, rule: &'static str, at: Spot, carrier: Carrier) {
        let (outcome, excess_units) = (Outcome::Fail, 0);
        self.cell.expected.push(Expected { rule, outcome, at, excess_units, carrier });
    }
}
