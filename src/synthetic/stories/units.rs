//! Stories of U001: the units of one member on one day.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::{Day, born};
use crate::synthetic::cell::{Original, ServiceLine, Status, peer};

pub(super) const STORIES: &[Story] = &[
    Story::fires("U001", two_claims_of_a_day).lines(2),
    Story::fires("U001", seven_at_once),
    Story::fires("U001", three_lines_of_a_claim).lines(3),
    Story::fires("U001", two_agencies_of_a_day).lines(2).with(&["D002"]),
    Story::fires("U001", thirteen_in_two_days).with(&["C004"]),
    Story::fires("U001", replaced_by_eight).lines(2),
    Story::fires("U001", excess_on_two_lines).lines(3),
    Story::fires("U001", twenty_one_today),
    Story::fires("U001", another_authorization),
    Story::silent("U001", four_and_two).lines(2),
    Story::silent("U001", exactly_six),
    Story::silent("U001", six_beside_a_denial).lines(2),
    Story::silent("U001", six_after_a_void).lines(3),
    Story::silent("U001", twenty_one_tomorrow),
    Story::silent("U001", authorized_until_today),
    Story::silent("U001", six_on_each_of_two_days).lines(2),
];

fn two_claims_of_a_day(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 4);
    let second = scene.visit(member, day, 3);
    scene.expect_units("U001", second, 1);
}

fn seven_at_once(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let at = scene.visit(member, day, 7);
    scene.expect_units("U001", at, 1);
}

fn three_lines_of_a_claim(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 3);
    let line = peer(day, 3, scene.seasoned);
    scene.line(ServiceLine { modifiers: "HE", ..line });
    let third = scene.line(ServiceLine { modifiers: "HQ", ..peer(day, 2, scene.seasoned) });
    scene.expect_units("U001", third, 2);
}

fn two_agencies_of_a_day(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 4);
    let second = scene.partner_visit(member, day, 4);
    scene.expect("D002", second);
    scene.expect_units("U001", second, 2);
}

fn thirteen_in_two_days(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let line = ServiceLine { last: Some(day + 1), ..peer(day, 13, scene.seasoned) };
    let at = scene.visit_with(member, day + 1, line);
    scene.expect("C004", at);
    scene.expect_units("U001", at, 1);
}

fn replaced_by_eight(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 4);
    let original = Original::Claim(scene.number(first));
    let second = scene.visit(member, day, 8);
    scene.corrects(b'7', original);
    scene.expect_units("U001", second, 2);
}

fn excess_on_two_lines(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 5);
    let second = scene.visit(member, day, 4);
    let line = ServiceLine { modifiers: "HQ", ..peer(day, 6, scene.seasoned) };
    let third = scene.visit_with(member, day, line);
    scene.expect_units("U001", second, 3);
    scene.expect_units("U001", third, 6);
}

/// A member who turns 21 on a day, with an authorization up to a day; returns its number too.
fn authorized(scene: &mut Scene, birthday: Day, until: Day) -> (usize, u64) {
    let member = scene.member_born(Some(born(birthday, 21)));
    let number = scene.cell.members[member].number;
    scene.cell.tables.authorization(number, number, until - 60, until);
    (member, number)
}

fn twenty_one_today(scene: &mut Scene) {
    let day = scene.day();
    let (member, _) = authorized(scene, day, day + 60);
    let at = scene.visit(member, day, 8);
    scene.expect_units("U001", at, 2);
}

fn another_authorization(scene: &mut Scene) {
    let day = scene.day();
    let (member, number) = authorized(scene, day + 300, day + 60);
    let at = scene.visit(member, day, 8);
    scene.cell.claims[at.claim].authorization = number + 8_000_000;
    scene.expect_units("U001", at, 2);
}

fn four_and_two(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 4);
    scene.visit(member, day, 2);
}

fn exactly_six(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 6);
}

fn six_beside_a_denial(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let denied = scene.visit(member, day, 6);
    scene.cell.claims[denied.claim].status = Status::Denied;
    scene.visit(member, day, 6);
}

fn six_after_a_void(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 6);
    let original = Original::Claim(scene.number(first));
    scene.visit(member, day, 6);
    scene.corrects(b'8', original);
    scene.visit(member, day, 6);
}

fn twenty_one_tomorrow(scene: &mut Scene) {
    let day = scene.day();
    let (member, number) = authorized(scene, day + 1, day + 60);
    let at = scene.visit(member, day, 10);
    scene.cell.claims[at.claim].authorization = number;
}

fn authorized_until_today(scene: &mut Scene) {
    let day = scene.day();
    let (member, _) = authorized(scene, day + 300, day);
    scene.visit(member, day, 9);
}

fn six_on_each_of_two_days(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    scene.visit(member, day, 6);
    scene.visit(member, day + 1, 6);
}
