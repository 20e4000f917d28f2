//! Stories of U002 and U003: the units of one member in one fiscal year.
//!
//! A member cannot come to 200 units without passing 180, so a story of U002 always has its U003.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::{Day, fiscal_year_of, working_day_from};
use crate::synthetic::cell::{ServiceLine, Spot, peer};

pub(super) const STORIES: &[Story] = &[
    Story::fires("U002", two_past_the_limit).lines(34),
    Story::fires("U002", past_day_and_year).lines(35).with(&["U001"]),
    Story::fires("U002", all_past_the_limit).lines(36),
    Story::fires("U002", three_days_past_the_limit).lines(34).with(&["C004"]),
    Story::silent("U002", two_years).lines(40),
    Story::silent("U002", exactly_two_hundred).lines(34).with(&["U003"]),
    Story::fires("U003", exactly_one_hundred_eighty).lines(30),
    Story::fires("U003", past_one_hundred_eighty).lines(31),
    Story::silent("U003", one_hundred_seventy_nine).lines(30),
    Story::silent("U003", over_both_at_once).lines(31).with(&["U002", "C004"]),
];

/// Six units on each of so many working days of one fiscal year; returns the spot of each line and
/// the working days after them, still of that year.
fn many_visits(scene: &mut Scene, count: usize) -> (usize, Vec<Spot>, [Day; 3]) {
    let needed = count as Day * 7 / 5 + 12;
    let (low, high) = (scene.first + 10, scene.last - 10);
    let mut years = Vec::new();
    let mut at = low;
    while at <= high {
        let (begins, ends) = fiscal_year_of(at);
        let (from, through) = (begins.max(low), ends.min(high));
        if through - from >= needed {
            years.push((from, through));
        }
        at = ends + 1;
    }
    debug_assert!(!years.is_empty(), "a year of services holds most of a fiscal year");
    let (from, through) = scene.cell.random.pick(&years);
    let mut day = working_day_from(scene.cell.random.between(from, through - needed));
    let member = scene.adult();
    let mut spots = Vec::with_capacity(count);
    for _ in 0..count {
        spots.push(scene.visit(member, day, 6));
        day = working_day_from(day + 1);
    }
    let second = working_day_from(day + 1);
    (member, spots, [day, second, working_day_from(second + 1)])
}

fn two_past_the_limit(scene: &mut Scene) {
    let (member, spots, days) = many_visits(scene, 33);
    let last = scene.visit(member, days[0], 4);
    scene.expect("U003", spots[29]);
    scene.expect_units("U002", last, 2);
}

fn past_day_and_year(scene: &mut Scene) {
    let (member, spots, days) = many_visits(scene, 33);
    scene.visit(member, days[0], 1);
    let last = scene.visit(member, days[1], 8);
    scene.expect("U003", spots[29]);
    scene.expect_units("U001", last, 2);
    scene.expect_units("U002", last, 5);
}

fn all_past_the_limit(scene: &mut Scene) {
    let (member, spots, days) = many_visits(scene, 33);
    scene.visit(member, days[0], 2);
    let next = scene.visit(member, days[1], 6);
    let last = scene.visit(member, days[2], 4);
    scene.expect("U003", spots[29]);
    scene.expect_units("U002", next, 6);
    scene.expect_units("U002", last, 4);
}

fn three_days_past_the_limit(scene: &mut Scene) {
    let (member, spots, days) = many_visits(scene, 33);
    let line = ServiceLine { last: Some(days[0] + 2), ..peer(days[0], 18, scene.seasoned) };
    let last = scene.visit_with(member, days[0] + 2, line);
    scene.expect("U003", spots[29]);
    scene.expect("C004", last);
    scene.expect_units("U002", last, 16);
}

fn exactly_two_hundred(scene: &mut Scene) {
    let (member, spots, days) = many_visits(scene, 33);
    scene.visit(member, days[0], 2);
    scene.expect("U003", spots[29]);
}

/// 120 units up to June 30 and 120 from July 1 on; where no such day lies well inside the set, 179.
fn two_years(scene: &mut Scene) {
    let (_, ends) = fiscal_year_of(scene.first + 50);
    if ends > scene.last - 50 {
        return one_hundred_seventy_nine(scene);
    }
    let member = scene.adult();
    for step in 0..20 {
        scene.visit(member, ends - 19 + step, 6);
    }
    for step in 0..20 {
        scene.visit(member, ends + 1 + step, 6);
    }
}

fn exactly_one_hundred_eighty(scene: &mut Scene) {
    let (_, spots, _) = many_visits(scene, 30);
    scene.expect("U003", spots[29]);
}

fn past_one_hundred_eighty(scene: &mut Scene) {
    let (member, _, days) = many_visits(scene, 29);
    scene.visit(member, days[0], 4);
    let at = scene.visit(member, days[1], 6);
    scene.expect("U003", at);
}

fn one_hundred_seventy_nine(scene: &mut Scene) {
    let (member, _, days) = many_visits(scene, 29);
    scene.visit(member, days[0], 5);
}

/// 178, then 24 on one line of four days: the line that passes 180 passes 200 too.
fn over_both_at_once(scene: &mut Scene) {
    let (member, _, days) = many_visits(scene, 29);
    scene.visit(member, days[0], 4);
    let line = ServiceLine { last: Some(days[1] + 3), ..peer(days[1], 24, scene.seasoned) };
    let at = scene.visit_with(member, days[1] + 3, line);
    scene.expect("C004", at);
    scene.expect_units("U002", at, 2);
}
