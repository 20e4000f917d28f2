//! The positions of a cell: who holds each of them when, and how much he does on a day.

use super::calendar::{Day, born, cliff_from, working_day_from, working_day_until};
use super::cell::{Cell, MAIN};
use super::people::credential;
use super::tables::{Credential, Stint};

/// Units that ordinary work puts on one practitioner's day at most; 48 are plausible.
const UNITS_A_DAY: u8 = 40;

/// Whom a position serves; all who hold it have the designation that it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// `A` or `MH`: members from 18.
    Adult,
    /// `R` or `SU`: members with a substance use diagnosis, or lines with `HF`.
    Recovery,
    /// `P`: members up to 20.
    Parent,
    /// `Y`: members up to 26, by practitioners from 18 to 26.
    Youth,
}

/// One position and its holders, one after the other.
pub(super) struct Position {
    pub(super) kind: Kind,
    pub(super) agency: usize,
    /// First day in the position, and NPI.
    holders: Vec<(Day, u64)>,
    /// Units of each day since the world's first one.
    load: Vec<u8>,
}

impl Position {
    /// The NPI of whoever holds the position on a day.
    pub(super) fn holder(&self, day: Day) -> u64 {
        let after = self.holders.partition_point(|holder| holder.0 <= day);
        self.holders[after.max(1) - 1].1
    }

    /// Puts units on a day if there is room for them.
    pub(super) fn book(&mut self, place: usize, units: u32) -> bool {
        let Some(load) = self.load.get_mut(place) else { return false };
        let after = u32::from(*load) + units;
        if after > u32::from(UNITS_A_DAY) {
            return false;
        }
        *load = after as u8;
        true
    }
}

/// Makes the cell's positions; the last one is at the partner agency, if the cell shares members.
pub(super) fn positions(cell: &mut Cell, count: u32) -> Vec<Position> {
    let mut positions = Vec::with_capacity(count as usize + 1);
    let mut supervisor = 0;
    for number in 0..count {
        // A position has one holder at a time: eight positions stay below a supervisor's nine.
        if number % 8 == 0 {
            let training = cell.world.long_ago() - 2000;
            supervisor = cell.supervisor(true, Some(training));
        }
        let kind = match cell.random.below(20) {
            0..=13 => Kind::Adult,
            14..=16 => Kind::Recovery,
            17..=18 => Kind::Parent,
            _ => Kind::Youth,
        };
        positions.push(position(cell, kind, supervisor));
    }
    if count > 0 && cell.random.chance(400) {
        let npi = cell.seasoned(super::cell::PARTNER);
        let days = (cell.world.as_of - cell.world.first + 1) as usize;
        let holders = vec![(cell.world.first, npi)];
        let (kind, agency) = (Kind::Adult, super::cell::PARTNER);
        positions.push(Position { kind, agency, holders, load: vec![0; days] });
    }
    positions
}

/// One position from before the first day until after the last, whoever comes and goes.
fn position(cell: &mut Cell, kind: Kind, supervisor: u64) -> Position {
    let (first, as_of) = (cell.world.first, cell.world.as_of);
    let mut from = working_day_from(first - cell.random.between(30, 900));
    let mut holders = Vec::new();
    while from <= as_of {
        // The first one stays until some time after the set's first day.
        let least = if holders.is_empty() { 950 } else { 400 };
        let until = working_day_until(from + cell.random.between(least, 1000));
        let stays = until >= as_of;
        let npi = cell.practitioner();
        let stint = Stint {
            npi,
            agency: cell.agencies[MAIN],
            from,
            until: (!stays).then_some(until),
            fte: 100,
            supervisor: Some(supervisor),
        };
        cell.tables.stint(&stint);
        cell.supervise(npi, supervisor, from, until.min(as_of));
        certify(cell, npi, kind, from, until);
        holders.push((from, npi));
        from = working_day_from(until + 1);
    }
    let days = (as_of - first + 1) as usize;
    Position { kind, agency: MAIN, holders, load: vec![0; days] }
}

/// The credential rows of one holder: renewed on every cliff while he stays.
fn certify(cell: &mut Cell, npi: u64, kind: Kind, from: Day, until: Day) {
    let effective = from - cell.random.between(0, 200);
    let usual = credential(npi, effective);
    let new_text = cell.random.chance(300);
    let designation = match (kind, new_text) {
        (Kind::Adult, false) => "CPSSP-A",
        (Kind::Adult, true) => "CPSSP-MH",
        (Kind::Recovery, false) => "CPSSP-R",
        (Kind::Recovery, true) => "CPSSP-SU",
        (Kind::Parent, _) => "CPSSP-P",
        (Kind::Youth, _) => "CPSSP-Y",
    };
    let birth = match kind {
        // He is 26 at most when he leaves: nobody stays for three years.
        Kind::Youth => Some(born(from, 19) - cell.random.between(0, 1400)),
        _ => usual.birth,
    };
    let mut row = Credential { designation, birth, ..usual };
    while row.until.is_some_and(|last| last < until) {
        cell.tables.credential(&row);
        let next = row.until.map_or(until, |last| last + 1);
        row = Credential { from: next, until: Some(cliff_from(next)), ..row };
    }
    if until < cell.world.as_of && cell.random.chance(400) {
        // Whoever leaves may give up the certification from the next day on.
        row = Credential { status: "inactive", since: Some(until + 1), ..row };
    }
    cell.tables.credential(&row);
    if kind == Kind::Adult && cell.random.chance(150) {
        cell.tables.credential(&Credential { designation: "CPSSP-R", ..row });
    }
}
