//! Stories of D001 to D005: duplicates, corrections, and records that come twice.

use super::Story;
use super::scene::Scene;
use crate::synthetic::cell::{Carrier, Original, PARTNER, ServiceLine, Spot, Status, Units, peer};

pub(super) const STORIES: &[Story] = &[
    Story::fires("D001", the_same_again).lines(2),
    Story::fires("D001", modifiers_in_another_order).lines(2),
    Story::fires("D001", the_same_twice_again).lines(3),
    Story::fires("D001", the_same_in_other_digits).lines(2),
    Story::silent("D001", at_another_place).lines(2),
    Story::silent("D001", twice_on_one_claim).lines(2),
    Story::silent("D001", after_a_denial).lines(2),
    Story::silent("D001", one_is_a_replacement).lines(3),
    Story::fires("D002", two_agencies).lines(2),
    Story::fires("D002", two_agencies_two_lines).lines(3),
    Story::silent("D002", two_agencies_two_days).lines(2),
    Story::silent("D002", the_other_was_denied).lines(2),
    Story::silent("D002", the_other_was_voided).lines(3),
    Story::fires("D003", replacement_of_nothing),
    Story::fires("D003", void_of_nothing),
    Story::silent("D003", replacement_with_original).lines(2),
    Story::fires("D004", replacement_of_unknown),
    Story::fires("D004", void_of_unknown),
    Story::fires("D004", replacement_of_denied).lines(2),
    Story::fires("D004", replacement_of_something_else).others(1),
    Story::fires("D004", by_the_payers_number).lines(2).on_the_wire(),
    Story::silent("D004", void_before_its_target).lines(2),
    Story::silent("D004", chain_of_corrections).lines(4),
    Story::silent("D004", two_replacements_of_one).lines(3),
    Story::silent("D004", under_the_same_number).lines(2),
    Story::silent("D004", by_both_numbers).lines(3),
    Story::fires("D005", other_units_under_one_number).lines(2),
    Story::fires("D005", other_place_and_practitioner).lines(2).people(1),
    Story::silent("D005", the_same_record_twice).lines(2),
    Story::silent("D005", the_same_record_in_other_digits).lines(2),
];

fn the_same_again(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 3);
    let second = scene.visit(member, day, 3);
    scene.expect("D001", second);
}

fn modifiers_in_another_order(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let line = peer(day, 2, scene.seasoned);
    scene.visit_with(member, day, ServiceLine { modifiers: "HE:HF", ..line });
    let second = scene.visit_with(member, day, ServiceLine { modifiers: "HF:HE", ..line });
    scene.expect("D001", second);
}

fn the_same_twice_again(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 4);
    let second = scene.visit(member, day, 4);
    let third = scene.visit(member, day, 4);
    scene.expect("D001", second);
    scene.expect("D001", third);
}

fn the_same_in_other_digits(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let line = peer(day, 4, scene.seasoned);
    scene.visit_with(member, day, line);
    let units = Units::Written("4.0");
    let second = scene.visit_with(member, day, ServiceLine { units, ..line });
    scene.expect("D001", second);
}

fn at_another_place(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let line = peer(day, 3, scene.seasoned);
    scene.visit_with(member, day, line);
    scene.visit_with(member, day, ServiceLine { place: "12", ..line });
}

fn twice_on_one_claim(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 3);
    scene.line(peer(day, 3, scene.seasoned));
}

fn deny(scene: &mut Scene, at: Spot) {
    scene.cell.claims[at.claim].status = Status::Denied;
}

fn after_a_denial(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 4);
    deny(scene, first);
    scene.visit(member, day, 4);
}

/// The second replaces another claim, and looks like the first: a correction is no duplicate.
fn one_is_a_replacement(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 3);
    let wrong = scene.visit(member, day, 2);
    let original = Original::Claim(scene.number(wrong));
    scene.visit(member, day, 3);
    scene.corrects(b'7', original);
}

fn two_agencies(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 2);
    let second = scene.partner_visit(member, day, 2);
    scene.expect("D002", second);
}

fn two_agencies_two_lines(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 2);
    let second = scene.partner_visit(member, day, 2);
    let line = scene.cell.lines[scene.cell.claims[second.claim].lines.start];
    let third = scene.line(ServiceLine { modifiers: "HE", units: Units::Whole(1), ..line });
    scene.expect("D002", second);
    scene.expect("D002", third);
}

fn two_agencies_two_days(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 4);
    scene.partner_visit(member, day + 1, 4);
}

fn the_other_was_denied(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 4);
    deny(scene, first);
    scene.partner_visit(member, day, 4);
}

fn the_other_was_voided(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 4);
    let original = Original::Claim(scene.number(first));
    scene.visit(member, day, 4);
    scene.corrects(b'8', original);
    let last = scene.partner_visit(member, day, 4);
    debug_assert_eq!(scene.cell.claims[last.claim].agency, PARTNER);
}

/// A claim that corrects what the original says.
fn correction(scene: &mut Scene, frequency: u8, original: Original) -> Spot {
    let (member, day) = (scene.adult(), scene.day());
    let at = scene.visit(member, day, 4);
    scene.corrects(frequency, original);
    at
}

fn replacement_of_nothing(scene: &mut Scene) {
    let at = correction(scene, b'7', Original::None);
    scene.expect("D003", at);
}

fn void_of_nothing(scene: &mut Scene) {
    let at = correction(scene, b'8', Original::None);
    scene.expect("D003", at);
}

/// A claim of four units and one that names it; returns the second one.
fn corrected(scene: &mut Scene, frequency: u8, units: u32) -> (Spot, Spot) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 4);
    let original = Original::Claim(scene.number(first));
    let second = scene.visit(member, day, units);
    scene.corrects(frequency, original);
    (first, second)
}

fn replacement_with_original(scene: &mut Scene) {
    corrected(scene, b'7', 3);
}

/// A number that nobody has: the number that the next claim will have is in use, so another range.
fn unknown(scene: &Scene) -> Original {
    Original::Unknown(scene.cell.spec.first_claim + scene.cell.claims.len() as u64)
}

fn replacement_of_unknown(scene: &mut Scene) {
    let original = unknown(scene);
    let at = correction(scene, b'7', original);
    scene.expect("D004", at);
}

fn void_of_unknown(scene: &mut Scene) {
    let original = unknown(scene);
    let at = correction(scene, b'8', original);
    scene.expect("D004", at);
}

fn replacement_of_denied(scene: &mut Scene) {
    let (first, second) = corrected(scene, b'7', 4);
    deny(scene, first);
    scene.expect("D004", second);
}

fn replacement_of_something_else(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let line = peer(day, 4, scene.seasoned);
    let first = scene.visit_with(member, day, ServiceLine { procedure: "H2015", ..line });
    let original = Original::Claim(scene.number(first));
    let second = scene.visit(member, day, 4);
    scene.corrects(b'7', original);
    scene.expect("D004", second);
}

/// The extract knows the payer's number of the first claim; on the wire nobody does.
fn by_the_payers_number(scene: &mut Scene) {
    let (first, second) = corrected(scene, b'7', 2);
    let original = Original::Payer(scene.cell.claims[first.claim].payer_number);
    scene.corrects(b'7', original);
    scene.expect_in("D004", second, Carrier::X12);
}

fn void_before_its_target(scene: &mut Scene) {
    let (first, second) = corrected(scene, b'8', 4);
    let place = scene.cell.claims[first.claim].place_in_file;
    // In a night all claims come in on one day: the void must stand before all of them.
    scene.cell.claims[second.claim].place_in_file = place - 2;
}

/// 1 → 7 → 7 → 8: nothing is left.
fn chain_of_corrections(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let mut before = scene.visit(member, day, 4);
    for (frequency, units) in [(b'7', 6), (b'7', 5), (b'8', 5)] {
        let original = Original::Claim(scene.number(before));
        before = scene.visit(member, day, units);
        scene.corrects(frequency, original);
    }
}

fn two_replacements_of_one(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 4);
    let original = Original::Claim(scene.number(first));
    for units in [5, 6] {
        scene.visit(member, day, units);
        scene.corrects(b'7', original);
    }
}

fn under_the_same_number(scene: &mut Scene) {
    let (first, second) = corrected(scene, b'7', 5);
    scene.cell.claims[second.claim].number = scene.number(first);
}

fn by_both_numbers(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 4);
    let claim = &scene.cell.claims[first.claim];
    let names = [Original::Claim(claim.number), Original::Payer(claim.payer_number)];
    for (original, units) in names.into_iter().zip([6, 5]) {
        let at = scene.visit(member, day, units);
        scene.corrects(b'7', original);
        scene.cell.claims[at.claim].csv_only = true;
    }
    scene.cell.claims[first.claim].csv_only = true;
}

/// Two records of one claim and line number.
fn recorded_twice(scene: &mut Scene, change: fn(ServiceLine) -> ServiceLine) -> Spot {
    let (member, day) = (scene.adult(), scene.day());
    let line = ServiceLine { modifiers: "HE:HF", ..peer(day, 4, scene.seasoned) };
    let first = scene.visit_with(member, day, line);
    let second = scene.visit_with(member, day, change(line));
    let claim = scene.cell.claims[first.claim].clone();
    scene.cell.claims[second.claim].number = claim.number;
    scene.cell.claims[second.claim].payer_number = claim.payer_number;
    second
}

fn other_units_under_one_number(scene: &mut Scene) {
    let at = recorded_twice(scene, |line| ServiceLine { units: Units::Whole(3), ..line });
    scene.expect("D005", at);
}

fn other_place_and_practitioner(scene: &mut Scene) {
    let at = recorded_twice(scene, |line| line);
    let npi = scene.cell.seasoned(0);
    let line = scene.cell.claims[at.claim].lines.start;
    scene.cell.lines[line].rendering = npi;
    scene.cell.lines[line].place = "12";
    scene.expect("D005", at);
}

fn the_same_record_twice(scene: &mut Scene) {
    recorded_twice(scene, |line| line);
}

fn the_same_record_in_other_digits(scene: &mut Scene) {
    recorded_twice(scene, |line| ServiceLine {
        units: Units::Written("04"),
        modifiers: "HF:HE",
        ..line
    });
}
