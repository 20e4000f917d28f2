//! Stories of K001, K006, U004 and S005: who renders, where he is employed, and how much one does.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::Day;
use crate::synthetic::cell::{MAIN, Outcome, PARTNER, ServiceLine, Spot, peer};
use crate::synthetic::people::credential;
use crate::synthetic::tables::Stint;

pub(super) const STORIES: &[Story] = &[
    Story::fires("K001", nobody_rendered),
    Story::fires("K001", nobody_rendered_the_second).lines(2),
    Story::silent("K001", each_line_its_own).lines(2).people(1),
    Story::fires("K006", left_yesterday).people(1),
    Story::fires("K006", employed_elsewhere),
    Story::fires("K006", between_two_stints).people(1),
    Story::silent("K006", leaves_today).people(1),
    Story::silent("K006", begins_today).people(1),
    Story::silent("K006", back_again).people(1),
    Story::fires("U004", nine_members_of_six).lines(9).members(9).people(1),
    Story::fires("U004", past_twelve_hours_twice).lines(10).members(10).people(1),
    Story::silent("U004", eight_members_of_six).lines(8).members(8).people(1),
    Story::silent("U004", groups_do_not_count).lines(10).members(10).people(1),
    Story::fires("S005", ten_under_one).lines(0).members(0).people(11),
    Story::fires("S005", five_under_half_a_job).lines(0).members(0).people(6),
    Story::silent("S005", nine_under_one).lines(0).members(0).people(10),
    Story::silent("S005", nine_halves_under_half).lines(0).members(0).people(10),
    Story::silent("S005", ten_in_turn).lines(0).members(0).people(11),
];

fn nobody_rendered(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let at = scene.visit_by(member, day, 4, 0);
    scene.expect_outcome("K001", at, Outcome::NotEvaluable);
}

/// The first line names its practitioner at the line.
fn nobody_rendered_the_second(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 4);
    let second = scene.line(peer(day + 1, 4, 0));
    scene.expect_outcome("K001", second, Outcome::NotEvaluable);
}

fn each_line_its_own(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let other = scene.cell.seasoned(MAIN);
    scene.visit(member, day, 4);
    scene.line(peer(day + 1, 4, other));
}

/// A practitioner with these stints at the cell's agency, and all the rest in order.
fn with_stints(scene: &mut Scene, stints: &[(Day, Option<Day>)]) -> u64 {
    let npi = scene.cell.practitioner();
    let (first, rest) = (stints[0], &stints[1..]);
    let agency = scene.cell.agencies[MAIN];
    scene.cell.employ(npi, MAIN, first.1);
    for (from, until) in rest {
        let (from, until, fte) = (*from, *until, 50);
        let stint = Stint { npi, agency, from, until, fte, supervisor: None };
        scene.cell.tables.stint(&stint);
    }
    let row = credential(npi, scene.world().long_ago());
    scene.cell.certify(row, scene.world().as_of);
    npi
}

fn visit_with_stints(scene: &mut Scene, day: Day, stints: &[(Day, Option<Day>)]) -> Spot {
    let npi = with_stints(scene, stints);
    let member = scene.adult();
    scene.visit_by(member, day, 4, npi)
}

fn left_yesterday(scene: &mut Scene) {
    let (day, since) = (scene.day(), scene.world().long_ago());
    let at = visit_with_stints(scene, day, &[(since, Some(day - 1))]);
    scene.expect("K006", at);
}

fn leaves_today(scene: &mut Scene) {
    let (day, since) = (scene.day(), scene.world().long_ago());
    visit_with_stints(scene, day, &[(since, Some(day))]);
}

fn between_two_stints(scene: &mut Scene) {
    let (day, since) = (scene.day(), scene.world().long_ago());
    let at = visit_with_stints(scene, day, &[(since, Some(day - 30)), (day + 1, None)]);
    scene.expect("K006", at);
}

fn back_again(scene: &mut Scene) {
    let (day, since) = (scene.day(), scene.world().long_ago());
    visit_with_stints(scene, day, &[(since, Some(day - 30)), (day, Some(day))]);
}

fn employed_elsewhere(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let elsewhere = match scene.partner_seasoned {
        Some(npi) => npi,
        None => scene.cell.seasoned(PARTNER),
    };
    scene.partner_seasoned = Some(elsewhere);
    let at = scene.visit_by(member, day, 2, elsewhere);
    scene.expect("K006", at);
}

/// On the first day the supervision has fourteen more to begin.
fn begins_today(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let (npi, _) = scene.cell.recruit(day);
    scene.visit_by(member, day, 4, npi);
}

/// One practitioner's day: a visit to a new member each, of so many units, with these modifiers.
fn busy_day(scene: &mut Scene, visits: &[(u32, &'static str)]) -> Vec<Spot> {
    let day = scene.day();
    let npi = scene.cell.seasoned(MAIN);
    let mut spots = Vec::with_capacity(visits.len());
    for (units, modifiers) in visits {
        let member = scene.adult();
        let line = ServiceLine { modifiers, ..peer(day, *units, npi) };
        spots.push(scene.visit_with(member, day, line));
    }
    spots
}

fn nine_members_of_six(scene: &mut Scene) {
    let spots = busy_day(scene, &[(6, ""); 9]);
    scene.expect("U004", spots[8]);
}

fn past_twelve_hours_twice(scene: &mut Scene) {
    let mut visits = [(6, ""); 10];
    visits[8].0 = 1;
    visits[9].0 = 2;
    let spots = busy_day(scene, &visits);
    scene.expect("U004", spots[8]);
    scene.expect("U004", spots[9]);
}

fn eight_members_of_six(scene: &mut Scene) {
    busy_day(scene, &[(6, ""); 8]);
}

fn groups_do_not_count(scene: &mut Scene) {
    let mut visits = [(6, ""); 10];
    visits[2].1 = "HQ";
    visits[5].1 = "HE:HQ";
    busy_day(scene, &visits);
}

/// A supervisor of so many hundredths of a job, with this staff: when each begins and ends, and
/// the hundredths.
fn supervisor_of(scene: &mut Scene, fte: u64, staff: &[(Day, Option<Day>, u64)]) {
    let supervisor = scene.cell.part_time_supervisor(fte);
    let agency = scene.cell.agencies[MAIN];
    for (from, until, fte) in staff {
        let npi = scene.cell.practitioner();
        let (from, until, fte) = (*from, *until, *fte);
        let stint = Stint { npi, agency, from, until, fte, supervisor: Some(supervisor) };
        scene.cell.tables.stint(&stint);
    }
}

fn ten_under_one(scene: &mut Scene) {
    let since = scene.world().long_ago();
    supervisor_of(scene, 100, &[(since, None, 100); 10]);
    scene.cell.supervisors_over_capacity += 1;
}

fn five_under_half_a_job(scene: &mut Scene) {
    let since = scene.world().long_ago();
    supervisor_of(scene, 50, &[(since, None, 100); 5]);
    scene.cell.supervisors_over_capacity += 1;
}

fn nine_under_one(scene: &mut Scene) {
    let since = scene.world().long_ago();
    supervisor_of(scene, 100, &[(since, None, 100); 9]);
}

fn nine_halves_under_half(scene: &mut Scene) {
    let since = scene.world().long_ago();
    supervisor_of(scene, 50, &[(since, None, 50); 9]);
}

/// Nine, and a tenth who begins the day after one of them has left.
fn ten_in_turn(scene: &mut Scene) {
    let (since, day) = (scene.world().long_ago(), scene.day());
    let mut staff = [(since, None, 100); 10];
    staff[0].1 = Some(day);
    staff[9].0 = day + 1;
    supervisor_of(scene, 100, &staff);
}
