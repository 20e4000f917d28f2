//! Ordinary peer support: members, their plans, their visits and the claims for them, with nothing
//! to find in any of it.

use super::calendar::{Day, born, fiscal_year_of, month_of, plus_months, weekday};
use super::cell::{Cell, Original, PARTNER, ServiceLine, Status, Units, When, peer};
use super::planner;
use super::tables::Plan;
use super::team::{Kind, Position, positions};

/// Units of one member in a fiscal year at most: below the 180 that U003 reports.
const UNITS_A_YEAR: u32 = 176;
/// Units of a visit, as often as they stand here; four are an hour.
const UNITS: [u32; 20] = [1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 6, 6, 6];
const MODIFIERS: [&str; 8] = ["", "", "", "", "HE", "HE", "HE:U1", "U7"];
const PLACES: [&str; 10] = ["53", "53", "53", "53", "11", "11", "12", "12", "10", "99"];
const MENTAL: [&str; 7] =
    ["F33.1", "F20.9", "F31.81", "F43.10", "F25.0:F41.1", "F33.2:F43.12", "F60.3"];
const SUBSTANCE: [&str; 5] = ["F11.20", "F10.20:F33.1", "F33.9:F14.20", "F15.20", "F19.20:F32.9"];
const PERIODS: [&str; 4] = ["week", "week", "month", "day"];

/// One member's visits before they are claims.
struct Visit {
    day: Day,
    units: u32,
    group: bool,
}

/// Fills what is left of the cell's peer-support lines with so many members.
pub(super) fn fill(cell: &mut Cell, members: u32) {
    let left = cell.spec.peer_lines - cell.peer_lines;
    if left == 0 {
        return;
    }
    let mut team = positions(cell, planner::positions(left, cell.world.years));
    let weights: Vec<u64> = (0..members).map(|_| cell.random.heavy(16, 3)).collect();
    let mut weight_left: u64 = weights.iter().sum();
    for (count, weight) in weights.iter().enumerate() {
        let left = cell.spec.peer_lines - cell.peer_lines;
        let last = count + 1 == weights.len();
        let share = u64::from(left) * weight / weight_left;
        weight_left -= weight;
        // Each member gets one line while there are lines.
        let quota = if last { left } else { (share as u32).clamp(1.min(left), left) };
        let place = count % team.len();
        member(cell, &mut team, place, quota, last);
    }
}

/// One member with so many lines, corrections included unless he is the last one.
fn member(cell: &mut Cell, team: &mut [Position], place: usize, quota: u32, last: bool) {
    let kind = team[place].kind;
    let birth = birth_for(cell, kind);
    let member = cell.member(Some(birth));
    let visits = visits(cell, quota, last);
    let by_modifier = kind == Kind::Recovery && cell.random.chance(200);
    let diagnoses = match kind {
        Kind::Recovery if !by_modifier => cell.random.pick(&SUBSTANCE),
        _ => cell.random.pick(&MENTAL),
    };
    let modifiers = if by_modifier { "HF" } else { cell.random.pick(&MODIFIERS) };
    let authorization = match kind {
        Kind::Parent | Kind::Youth if cell.random.chance(300) => authorize(cell, member),
        _ => 0,
    };
    plans(cell, member, &visits);
    // Some adults change to the partner agency, or away from it, half way.
    let other = team.iter().rposition(|other| other.agency == PARTNER);
    let changes = kind == Kind::Adult && cell.random.chance(120);
    let places = [place, if changes { other.unwrap_or(place) } else { place }];
    let (before, after) = visits.split_at(visits.len() / 2);
    for (visits, place) in [before, after].into_iter().zip(places) {
        let position = &mut team[place];
        let mut at = 0;
        while at < visits.len() && cell.peer_lines < cell.spec.peer_lines {
            let count = claim_lines(cell, position, &visits[at..]);
            let claim = claim(cell, position, member, &visits[at..at + count], modifiers);
            cell.claims[claim].diagnoses = diagnoses;
            cell.claims[claim].authorization = authorization;
            at += count;
            if !last {
                correct(cell, claim);
            }
        }
    }
}

/// A birth date that the designation of the position may serve on all days of the set.
fn birth_for(cell: &mut Cell, kind: Kind) -> Day {
    let (first, as_of) = (cell.world.first, cell.world.as_of);
    match kind {
        Kind::Adult | Kind::Recovery => born(first, 18) - cell.random.between(0, 17_000),
        Kind::Parent | Kind::Youth => {
            let youngest = born(first, 4);
            cell.random.between((born(as_of, 21) + 1).min(youngest), youngest)
        }
    }
}

fn authorize(cell: &mut Cell, member: usize) -> u64 {
    let number = cell.members[member].number;
    let from = cell.world.first - 30;
    cell.tables.authorization(number, number, from, cell.world.as_of + 300);
    number
}

/// The working day with this number since the Monday of the world's first week.
fn working_day(monday: Day, number: i32) -> Day {
    monday + number / 5 * 7 + number % 5
}

/// So many visits, one a working day at most, spread over a spell of care, within the year's units.
fn visits(cell: &mut Cell, quota: u32, whole: bool) -> Vec<Visit> {
    let (first, as_of) = (cell.world.first, cell.world.as_of);
    let monday = first - weekday(first) + 7;
    let days = (as_of - 1 - monday) / 7 * 5;
    // A visit every second working day at most, and a spell of three months at least.
    let needed = (quota as i32 * 2).max(60).min(days);
    let spell = if whole { days } else { cell.random.between(needed, days.min(needed * 4)) };
    let begins = cell.random.between(0, days - spell);
    let quota = (quota as i32).min(spell);
    let group_day = if cell.random.chance(250) { cell.random.between(0, 4) } else { -1 };
    let mut visits = Vec::with_capacity(quota as usize);
    for number in 0..quota {
        let stratum = (number * spell / quota, (number + 1) * spell / quota - 1);
        let number = begins + cell.random.between(stratum.0, stratum.1);
        let group = number % 5 == group_day;
        let units = if group { 4 } else { cell.random.pick(&UNITS) };
        visits.push(Visit { day: working_day(monday, number), units, group });
    }
    within_the_year(&mut visits);
    visits
}

/// Lowers the units until no fiscal year holds more than it may.
fn within_the_year(visits: &mut [Visit]) {
    let mut from = 0;
    while from < visits.len() {
        let ends = fiscal_year_of(visits[from].day).1;
        let count = visits[from..].iter().take_while(|visit| visit.day <= ends).count();
        let mut left = UNITS_A_YEAR;
        for (index, visit) in visits[from..from + count].iter_mut().enumerate() {
            // Each later visit of the year keeps one unit.
            let kept = (count - index - 1) as u32;
            visit.units = visit.units.min(left.saturating_sub(kept)).max(1);
            left = left.saturating_sub(visit.units);
        }
        from += count;
    }
}

/// Yearly plans without a gap, each allowing exactly what is used, or somewhat more.
fn plans(cell: &mut Cell, member: usize, visits: &[Visit]) {
    let period = cell.random.pick(&PERIODS);
    let mut most = 4;
    let mut from = 0;
    while from < visits.len() {
        let day = visits[from].day;
        let ends = match period {
            "week" => day - weekday(day) + 6,
            "month" => month_of(day).1,
            _ => day,
        };
        let used = visits[from..].iter().take_while(|visit| visit.day <= ends);
        let (count, units) = used.fold((0, 0), |sum, visit| (sum.0 + 1, sum.1 + visit.units));
        most = most.max(units);
        from += count;
    }
    let units = most + cell.random.pick(&[0, 0, 1, 2, 4]);
    let signer = cell.random.pick(&["physician", "mental_health_professional"]);
    let number = cell.members[member].number;
    let mut starts = cell.world.first - cell.random.between(0, 364);
    for version in 0..=(cell.world.years + 1) {
        let next = plus_months(starts, 12);
        let plan = Plan {
            number: number * 100 + u64::from(version),
            member: number,
            from: starts,
            until: Some(next - 1),
            services: cell.random.pick(&["H0038", "H0038:H2015", "H0004:H0038:90837"]),
            units: Some(units),
            period,
            signer,
            signed: Some(starts - cell.random.between(0, 14)),
        };
        cell.tables.plan(&plan);
        if next > cell.world.as_of {
            return;
        }
        starts = next;
    }
}

/// How many of the next visits go onto one claim: same practitioner, same month, mostly one.
fn claim_lines(cell: &mut Cell, position: &Position, visits: &[Visit]) -> usize {
    let wanted = cell.random.pick(&[1, 1, 1, 1, 1, 1, 2, 2, 3, 5]);
    let room = (cell.spec.peer_lines - cell.peer_lines) as usize;
    let first = &visits[0];
    let (month, npi) = (month_of(first.day).1, position.holder(first.day));
    let fits = |visit: &&Visit| visit.day <= month && position.holder(visit.day) == npi;
    visits.iter().take(wanted.min(room)).take_while(fits).count()
}

/// When a claim for services until a day is received: mostly within three weeks, sometimes late.
pub(super) fn received(cell: &mut Cell, last: Day) -> Day {
    let lag = match cell.random.below(100) {
        0..=79 => cell.random.between(1, 12),
        80..=95 => cell.random.between(8, 40),
        _ => cell.random.between(40, 320),
    };
    let as_of = cell.world.as_of;
    if last + lag <= as_of { last + lag } else { cell.random.between(last.min(as_of), as_of) }
}

fn claim(
    cell: &mut Cell,
    position: &mut Position,
    member: usize,
    visits: &[Visit],
    modifiers: &'static str,
) -> usize {
    let holder = visits.first().map_or(0, |visit| position.holder(visit.day));
    let last = visits.last().map_or(cell.world.as_of, |visit| visit.day);
    let received = received(cell, last);
    let claim = cell.claim(member, received);
    cell.claims[claim].agency = position.agency;
    let place = cell.random.pick(&PLACES);
    for visit in visits {
        let day = (visit.day - cell.world.first) as usize;
        // Where the day is full, the visit becomes one of a group: groups do not count.
        let group = visit.group || !position.book(day, visit.units);
        let modifiers = match (group, modifiers) {
            (true, "HF") => "HF:HQ",
            (true, _) => "HQ",
            (false, own) => own,
        };
        cell.line(ServiceLine { modifiers, place, ..peer(visit.day, visit.units, holder) });
    }
    if cell.random.chance(15) && position.agency != PARTNER {
        cell.claims[claim].received = None;
    }
    if cell.random.chance(80) {
        cell.claims[claim].supervising = holder;
    }
    if received > cell.world.as_of - 20 && cell.random.chance(500) {
        cell.claims[claim].status = Status::Pending;
    }
    claim
}

/// What happens to a claim afterwards: denied and sent again, replaced, voided, extracted twice.
fn correct(cell: &mut Cell, claim: usize) {
    let dice = cell.random.below(1000);
    let lines = cell.claims[claim].lines.clone();
    let room = (cell.spec.peer_lines - cell.peer_lines) as usize >= lines.len();
    let Some(received) = cell.claims[claim].received else { return };
    let later = received + cell.random.between(10, 35);
    let When::On(first) = cell.lines[lines.start].first else { return };
    if dice >= 45 || !room || later > cell.world.as_of || later - first > 365 {
        return;
    }
    let number = cell.claims[claim].number;
    let copy = cell.copy(claim, later);
    cell.claims[copy].status = Status::Paid;
    match dice {
        0..=24 => cell.claims[claim].status = Status::Denied,
        25..=34 => {
            cell.claims[copy].frequency = b'7';
            cell.claims[copy].original = Original::Claim(number);
            if dice < 30 {
                // Some billers keep their number on the replacement.
                cell.claims[copy].number = number;
            }
            let start = cell.claims[copy].lines.start;
            if let Units::Whole(units @ 2..) = cell.lines[start].units {
                cell.lines[start].units = Units::Whole(units - 1);
            }
        }
        35..=40 => {
            cell.claims[copy].frequency = b'8';
            cell.claims[copy].original = Original::Claim(number);
        }
        _ => {
            cell.claims[copy].number = number;
            cell.claims[copy].payer_number = cell.claims[claim].payer_number;
        }
    }
}
