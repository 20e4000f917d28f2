//! Stories of K002, K003 and K007: whether the practitioner was certified and trained on the day.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::{Day, cliff_from};
use crate::synthetic::cell::{MAIN, Spot};
use crate::synthetic::people::credential;
use crate::synthetic::tables::Credential;

pub(super) const STORIES: &[Story] = &[
    Story::fires("K002", never_certified).people(1),
    Story::silent("K002", one_row_of_the_new_text).people(1),
    Story::silent("K002", two_rows).people(1),
    Story::fires("K003", day_after_the_cliff).people(1),
    Story::fires("K003", day_before_the_first).people(1),
    Story::fires("K003", suspended_today).people(1),
    Story::fires("K003", lapsed).people(1),
    Story::fires("K003", between_two_periods).people(1),
    Story::silent("K003", last_day_before_the_cliff).people(1),
    Story::silent("K003", first_day).people(1),
    Story::silent("K003", suspended_tomorrow).people(1),
    Story::silent("K003", limited).people(1),
    Story::fires("K007", never_trained).people(1),
    Story::fires("K007", trained_tomorrow).people(1),
    Story::fires("K007", trained_for_an_old_row).people(1),
    Story::silent("K007", trained_today).people(1),
    Story::silent("K007", trained_for_the_other_row).people(1),
];

/// A visit on a day by someone about whom only the credential rows are missing.
fn visit(scene: &mut Scene, day: Day) -> (u64, Spot) {
    let member = scene.adult();
    let npi = scene.cell.worker(MAIN);
    (npi, scene.visit_by(member, day, 4, npi))
}

/// The same with one credential row, changed from the usual one.
fn certified(scene: &mut Scene, day: Day, change: impl FnOnce(Credential) -> Credential) -> Spot {
    let (npi, at) = visit(scene, day);
    let usual = Credential { until: None, ..credential(npi, scene.world().long_ago()) };
    scene.cell.tables.credential(&change(usual));
    at
}

fn never_certified(scene: &mut Scene) {
    let day = scene.day();
    let (_, at) = visit(scene, day);
    scene.expect("K002", at);
}

fn one_row_of_the_new_text(scene: &mut Scene) {
    let day = scene.day();
    certified(scene, day, |row| Credential { designation: "MH", ..row });
}

fn two_rows(scene: &mut Scene) {
    let day = scene.day();
    let (npi, _) = visit(scene, day);
    let row = Credential { until: None, ..credential(npi, scene.world().long_ago()) };
    scene.cell.tables.credential(&row);
    scene.cell.tables.credential(&Credential { designation: "cpssp-r", ..row });
}

/// The last September 30 of a period that the scene reaches, or any day where it reaches none.
fn last_day_of_a_period(scene: &mut Scene) -> Day {
    let cliff = cliff_from(scene.first + 20);
    if cliff + 2 <= scene.last { cliff } else { scene.day() }
}

fn day_after_the_cliff(scene: &mut Scene) {
    let last = last_day_of_a_period(scene);
    let at = certified(scene, last + 1, |row| Credential { until: Some(last), ..row });
    scene.expect("K003", at);
}

fn last_day_before_the_cliff(scene: &mut Scene) {
    let last = last_day_of_a_period(scene);
    certified(scene, last, |row| Credential { until: Some(last), ..row });
}

fn day_before_the_first(scene: &mut Scene) {
    let day = scene.day();
    let row = |row| Credential { from: day + 1, until: Some(cliff_from(day + 1)), ..row };
    let at = certified(scene, day, row);
    scene.expect("K003", at);
}

fn first_day(scene: &mut Scene) {
    let day = scene.day();
    let row = |row| Credential { from: day, until: Some(cliff_from(day)), ..row };
    certified(scene, day, row);
}

fn suspended_today(scene: &mut Scene) {
    let day = scene.day();
    let row = |row| Credential { status: "suspended", since: Some(day), ..row };
    let at = certified(scene, day, row);
    scene.expect("K003", at);
}

fn suspended_tomorrow(scene: &mut Scene) {
    let day = scene.day();
    let row = |row| Credential { status: "suspended", since: Some(day + 1), ..row };
    certified(scene, day, row);
}

/// A status without a date holds from the start.
fn lapsed(scene: &mut Scene) {
    let day = scene.day();
    let at = certified(scene, day, |row| Credential { status: "lapsed", ..row });
    scene.expect("K003", at);
}

fn limited(scene: &mut Scene) {
    let day = scene.day();
    certified(scene, day, |row| Credential { status: "limited", ..row });
}

fn between_two_periods(scene: &mut Scene) {
    let day = scene.day();
    let (npi, at) = visit(scene, day);
    let row = credential(npi, scene.world().long_ago());
    scene.cell.tables.credential(&Credential { until: Some(day - 1), ..row });
    scene.cell.tables.credential(&Credential { from: day + 1, until: None, ..row });
    scene.expect("K003", at);
}

fn never_trained(scene: &mut Scene) {
    let day = scene.day();
    let at = certified(scene, day, |row| Credential { training: None, ..row });
    scene.expect("K007", at);
}

fn trained_tomorrow(scene: &mut Scene) {
    let day = scene.day();
    let at = certified(scene, day, |row| Credential { training: Some(day + 1), ..row });
    scene.expect("K007", at);
}

/// The training stands on a row that is no more in force.
fn trained_for_an_old_row(scene: &mut Scene) {
    let day = scene.day();
    let (npi, at) = visit(scene, day);
    let row = credential(npi, scene.world().long_ago());
    scene.cell.tables.credential(&Credential { until: Some(day - 10), ..row });
    let renewed = Credential { from: day - 9, until: None, training: None, ..row };
    scene.cell.tables.credential(&renewed);
    scene.expect("K007", at);
}

fn trained_today(scene: &mut Scene) {
    let day = scene.day();
    certified(scene, day, |row| Credential { training: Some(day), ..row });
}

fn trained_for_the_other_row(scene: &mut Scene) {
    let day = scene.day();
    let (npi, _) = visit(scene, day);
    let row = Credential { until: None, ..credential(npi, scene.world().long_ago()) };
    scene.cell.tables.credential(&Credential { training: None, ..row });
    scene.cell.tables.credential(&Credential { designation: "CPSSP-SU", ..row });
}
