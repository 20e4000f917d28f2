//! Stories that pass from the history, or an earlier night, into a later night.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::{Day, fiscal_year_of, working_day_from};
use crate::synthetic::cell::{Original, ServiceLine, Spot, Units, peer};

pub(super) const STORIES: &[Story] = &[
    Story::fires("U001", history_used_four).lines(2).across_nights(),
    Story::fires("U001", seven_then_voided).lines(2).across_nights(),
    Story::silent("U001", history_voided_tonight).lines(3).across_nights(),
    Story::silent("U001", history_replaced_tonight).lines(3).across_nights(),
    Story::fires("U002", history_used_the_year).lines(34).across_nights(),
    Story::fires("D001", billed_again_tonight).lines(2).across_nights(),
    Story::fires("D005", changed_tonight).lines(2).across_nights(),
    Story::silent("D005", sent_again_tonight).lines(2).across_nights(),
    Story::silent("D004", payers_number_of_history).lines(2).across_nights(),
];

/// A visit that the history has, and the night after it; returns member, day and the visit.
fn visit_of_history(scene: &mut Scene, units: u32) -> (usize, Day, usize) {
    let night = scene.night;
    scene.move_to(0);
    let (member, day) = (scene.adult(), scene.day());
    let at = scene.visit(member, day, units);
    scene.move_to(night);
    (member, day, at.claim)
}

fn history_used_four(scene: &mut Scene) {
    let (member, day, _) = visit_of_history(scene, 4);
    let line = ServiceLine { place: "12", ..peer(day, 4, scene.seasoned) };
    let at = scene.visit_with(member, day, line);
    scene.expect_units("U001", at, 2);
}

/// Tonight seven units are too many; on a later night the claim is taken back.
fn seven_then_voided(scene: &mut Scene) {
    let nights = scene.world().nights;
    let (member, day) = (scene.adult(), scene.day());
    if scene.night == nights && nights > 1 {
        scene.move_to(nights - 1);
    }
    let at = scene.visit(member, day, 7);
    scene.expect_units("U001", at, 1);
    if scene.night < nights {
        let original = Original::Claim(scene.number(at));
        scene.move_to(scene.night + 1);
        scene.visit(member, day, 7);
        scene.corrects(b'8', original);
    }
}

fn history_voided_tonight(scene: &mut Scene) {
    let (member, day, first) = visit_of_history(scene, 4);
    let original = Original::Claim(scene.cell.claims[first].number);
    scene.visit(member, day, 4);
    scene.corrects(b'8', original);
    scene.visit(member, day, 6);
}

fn history_replaced_tonight(scene: &mut Scene) {
    let (member, day, first) = visit_of_history(scene, 6);
    let original = Original::Claim(scene.cell.claims[first].number);
    scene.visit(member, day, 4);
    scene.corrects(b'7', original);
    scene.visit(member, day, 2);
}

/// 198 units stand in the history; only what is billed tonight is reported.
fn history_used_the_year(scene: &mut Scene) {
    let night = scene.night;
    scene.move_to(0);
    let (low, high) = (scene.first + 10, scene.last - 10);
    let (begins, ends) = fiscal_year_of(high);
    // The current fiscal year where it is old enough, else the one before it.
    let (from, through) = match high - begins.max(low) >= 70 {
        true => (begins.max(low), high.min(ends)),
        false => (fiscal_year_of(begins - 1).0.max(low), begins - 1),
    };
    debug_assert!(through - from >= 60, "nights reach most of a year back");
    let mut day = working_day_from(from);
    let member = scene.adult();
    for _ in 0..33 {
        scene.visit(member, day, 6);
        day = working_day_from(day + 1);
    }
    scene.move_to(night);
    let at = scene.visit(member, day, 6);
    scene.expect_units("U002", at, 4);
}

fn billed_again_tonight(scene: &mut Scene) {
    let (member, day, _) = visit_of_history(scene, 3);
    let at = scene.visit(member, day, 3);
    scene.expect("D001", at);
}

/// The record of a claim of the history once more, with so many units.
fn record_again(scene: &mut Scene, units: u32) -> Spot {
    let (member, day, first) = visit_of_history(scene, 4);
    let claim = scene.cell.claims[first].clone();
    let line = ServiceLine { units: Units::Whole(units), ..peer(day, 4, scene.seasoned) };
    let at = scene.visit_with(member, day, line);
    scene.cell.claims[at.claim].number = claim.number;
    scene.cell.claims[at.claim].payer_number = claim.payer_number;
    at
}

fn changed_tonight(scene: &mut Scene) {
    let at = record_again(scene, 5);
    scene.expect("D005", at);
}

fn sent_again_tonight(scene: &mut Scene) {
    record_again(scene, 4);
}

fn payers_number_of_history(scene: &mut Scene) {
    let (member, day, first) = visit_of_history(scene, 6);
    let original = Original::Payer(scene.cell.claims[first].payer_number);
    let at = scene.visit(member, day, 3);
    scene.corrects(b'7', original);
    // A claim on the wire does not say the payer's number for it.
    scene.cell.claims[at.claim].csv_only = true;
}
