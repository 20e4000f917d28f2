//! Stories of P001 to P005: the Individual Service Plan on the day of the service.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::{Day, month_of};
use crate::synthetic::cell::Spot;
use crate::synthetic::tables::Plan;

pub(super) const STORIES: &[Story] = &[
    Story::fires("P001", no_plan),
    Story::fires("P001", plan_ended_yesterday),
    Story::fires("P001", plan_begins_tomorrow),
    Story::fires("P001", between_two_plans),
    Story::silent("P001", last_day_of_a_plan),
    Story::silent("P001", first_day_of_a_plan),
    Story::fires("P002", other_services),
    Story::fires("P002", blank_services),
    Story::silent("P002", among_other_services),
    Story::silent("P002", in_one_of_two_plans),
    Story::fires("P003", no_units),
    Story::fires("P003", no_period),
    Story::silent("P003", units_a_day),
    Story::fires("P004", third_visit_of_the_week).lines(3),
    Story::fires("P004", six_of_four_a_day),
    Story::fires("P004", past_the_month_twice).lines(3),
    Story::fires("P004", nothing_planned),
    Story::silent("P004", whole_week_used).lines(3),
    Story::silent("P004", sunday_and_monday).lines(4),
    Story::silent("P004", month_and_next_month).lines(2),
    Story::silent("P004", the_later_plan_governs),
    Story::fires("P005", signed_by_a_case_manager),
    Story::fires("P005", never_signed),
    Story::fires("P005", signed_tomorrow),
    Story::fires("P005", nobody_signed),
    Story::silent("P005", signed_today),
    Story::silent("P005", signed_by_a_professional),
];

/// An adult with a plan that is changed from the usual one.
fn planned(scene: &mut Scene, change: impl FnOnce(Plan) -> Plan) -> usize {
    let member = scene.cell.unplanned_adult();
    let plan = change(scene.cell.wide_plan(member));
    scene.cell.tables.plan(&plan);
    member
}

/// A visit on some day under a changed plan.
fn visit(scene: &mut Scene, change: impl FnOnce(Plan, Day) -> Plan) -> (usize, Spot) {
    let day = scene.day();
    let member = planned(scene, |plan| change(plan, day));
    (member, scene.visit(member, day, 4))
}

fn no_plan(scene: &mut Scene) {
    let (member, day) = (scene.cell.unplanned_adult(), scene.day());
    let at = scene.visit(member, day, 4);
    scene.expect("P001", at);
}

fn plan_ended_yesterday(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, day| Plan { until: Some(day - 1), ..plan });
    scene.expect("P001", at);
}

fn last_day_of_a_plan(scene: &mut Scene) {
    visit(scene, |plan, day| Plan { until: Some(day), ..plan });
}

fn plan_begins_tomorrow(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, day| Plan { from: day + 1, ..plan });
    scene.expect("P001", at);
}

fn first_day_of_a_plan(scene: &mut Scene) {
    visit(scene, |plan, day| Plan { from: day, ..plan });
}

/// A second plan beside the first one, with the next number.
fn second_plan(scene: &mut Scene, member: usize, change: impl FnOnce(Plan) -> Plan) {
    let plan = scene.cell.wide_plan(member);
    let plan = change(Plan { number: plan.number + 1, ..plan });
    scene.cell.tables.plan(&plan);
}

fn between_two_plans(scene: &mut Scene) {
    let day = scene.day();
    let member = planned(scene, |plan| Plan { until: Some(day - 1), ..plan });
    second_plan(scene, member, |plan| Plan { from: day + 1, ..plan });
    let at = scene.visit(member, day, 4);
    scene.expect("P001", at);
}

fn other_services(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, _| Plan { services: "H2015:H0004", ..plan });
    scene.expect("P002", at);
}

fn blank_services(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, _| Plan { services: "", ..plan });
    scene.expect("P002", at);
}

fn among_other_services(scene: &mut Scene) {
    visit(scene, |plan, _| Plan { services: "H2015:h0038:90837", ..plan });
}

fn in_one_of_two_plans(scene: &mut Scene) {
    let day = scene.day();
    let member = planned(scene, |plan| plan);
    second_plan(scene, member, |plan| Plan { from: day - 20, services: "H2015", ..plan });
    scene.visit(member, day, 4);
}

fn no_units(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, _| Plan { units: None, ..plan });
    scene.expect("P003", at);
}

fn no_period(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, _| Plan { period: "", ..plan });
    scene.expect("P003", at);
}

fn units_a_day(scene: &mut Scene) {
    visit(scene, |plan, _| Plan { units: Some(4), period: "day", ..plan });
}

/// An adult whose plan allows so many units a period.
fn rationed(scene: &mut Scene, units: u32, period: &'static str) -> usize {
    planned(scene, |plan| Plan { units: Some(units), period, ..plan })
}

fn third_visit_of_the_week(scene: &mut Scene) {
    let (member, monday) = (rationed(scene, 9, "week"), scene.monday());
    scene.visit(member, monday, 4);
    scene.visit(member, monday + 2, 4);
    let third = scene.visit(member, monday + 6, 4);
    scene.expect_units("P004", third, 3);
}

fn whole_week_used(scene: &mut Scene) {
    let (member, monday) = (rationed(scene, 12, "week"), scene.monday());
    for step in [0, 2, 6] {
        scene.visit(member, monday + step, 4);
    }
}

fn sunday_and_monday(scene: &mut Scene) {
    let (member, monday) = (rationed(scene, 8, "week"), scene.monday());
    for step in [-3, -1, 0, 4] {
        scene.visit(member, monday + step, 4);
    }
}

fn six_of_four_a_day(scene: &mut Scene) {
    let (member, day) = (rationed(scene, 4, "day"), scene.day());
    let at = scene.visit(member, day, 6);
    scene.expect_units("P004", at, 2);
}

fn past_the_month_twice(scene: &mut Scene) {
    let (member, monday) = (rationed(scene, 10, "month"), scene.monday());
    scene.visit(member, monday, 6);
    let second = scene.visit(member, monday + 1, 6);
    let third = scene.visit(member, monday + 3, 5);
    scene.expect_units("P004", second, 2);
    scene.expect_units("P004", third, 5);
}

fn month_and_next_month(scene: &mut Scene) {
    let (member, day) = (rationed(scene, 6, "month"), scene.day());
    let last = month_of(day).1;
    scene.visit(member, last, 6);
    scene.visit(member, last + 1, 6);
}

fn nothing_planned(scene: &mut Scene) {
    let (member, day) = (rationed(scene, 0, "week"), scene.day());
    let at = scene.visit(member, day, 3);
    scene.expect_units("P004", at, 3);
}

fn the_later_plan_governs(scene: &mut Scene) {
    let day = scene.day();
    let member = rationed(scene, 1, "week");
    second_plan(scene, member, |plan| Plan { from: day, ..plan });
    scene.visit(member, day, 6);
}

fn signed_by_a_case_manager(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, _| Plan { signer: "case_manager", ..plan });
    scene.expect("P005", at);
}

fn never_signed(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, _| Plan { signed: None, ..plan });
    scene.expect("P005", at);
}

fn signed_tomorrow(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, day| Plan { signed: Some(day + 1), ..plan });
    scene.expect("P005", at);
}

fn nobody_signed(scene: &mut Scene) {
    let (_, at) = visit(scene, |plan, _| Plan { signer: "", ..plan });
    scene.expect("P005", at);
}

fn signed_today(scene: &mut Scene) {
    visit(scene, |plan, day| Plan { signed: Some(day), ..plan });
}

fn signed_by_a_professional(scene: &mut Scene) {
    visit(scene, |plan, _| Plan { signer: "Mental_Health_Professional", ..plan });
}
