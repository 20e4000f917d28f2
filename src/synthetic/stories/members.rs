//! Stories of K004 and K005: whom a designation may serve, and how old a youth specialist may be.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::{Day, born};
use crate::synthetic::cell::{MAIN, Outcome, ServiceLine, Spot, peer};
use crate::synthetic::people::credential;
use crate::synthetic::tables::Credential;

pub(super) const STORIES: &[Story] = &[
    Story::fires("K004", adult_specialist_for_seventeen).people(1),
    Story::fires("K004", recovery_without_substance_use).people(1),
    Story::fires("K004", youth_specialist_for_twenty_seven).people(1),
    Story::fires("K004", parent_specialist_for_twenty_one).people(1),
    Story::fires("K004", birth_not_known).people(1),
    Story::fires("K004", diagnosis_not_known).people(1).in_rows_alone(),
    Story::fires("K004", two_that_do_not_fit).people(1),
    Story::silent("K004", adult_specialist_for_eighteen).people(1),
    Story::silent("K004", recovery_for_nicotine).people(1),
    Story::silent("K004", recovery_by_modifier).people(1),
    Story::silent("K004", recovery_by_second_diagnosis).people(1),
    Story::silent("K004", youth_specialist_for_twenty_six).people(1),
    Story::silent("K004", parent_specialist_for_twenty).people(1),
    Story::silent("K004", one_of_two_fits).people(1),
    Story::fires("K005", youth_specialist_of_twenty_seven).people(1),
    Story::fires("K005", youth_specialist_of_seventeen).people(1),
    Story::fires("K005", youth_specialist_of_unknown_age).people(1),
    Story::silent("K005", youth_specialist_of_twenty_six).people(1),
    Story::silent("K005", youth_specialist_of_eighteen).people(1),
    Story::silent("K005", youth_specialist_and_more).people(1),
];

/// Birth dates: of the practitioner, of the member.
type Births = (Option<Day>, Option<Day>);

/// A visit by someone with these designations and no other.
fn visit(scene: &mut Scene, day: Day, designations: &[&'static str], births: Births) -> Spot {
    let npi = scene.cell.worker(MAIN);
    let row = credential(npi, scene.world().long_ago());
    for designation in designations {
        let row = Credential { designation, birth: births.0, until: None, ..row };
        scene.cell.tables.credential(&row);
    }
    let member = scene.member_born(births.1);
    scene.visit_by(member, day, 3, npi)
}

/// The member turns `age` so many days after the visit.
fn member_turns(scene: &mut Scene, designations: &[&'static str], age: i32, in_days: Day) -> Spot {
    let day = scene.day();
    let births = (Some(born(day - 100, 22)), Some(born(day + in_days, age)));
    visit(scene, day, designations, births)
}

/// The practitioner, a youth specialist, turns `age` so many days after the visit.
fn specialist_turns(scene: &mut Scene, age: i32, in_days: Day) -> Spot {
    let day = scene.day();
    let births = (Some(born(day + in_days, age)), Some(born(day - 50, 19)));
    visit(scene, day, &["CPSSP-Y"], births)
}

/// An adult with a diagnosis, seen by a recovery specialist.
fn recovery(scene: &mut Scene, designation: &'static str, diagnoses: &'static str) -> Spot {
    let at = member_turns(scene, &[designation], 40, 90);
    scene.cell.claims[at.claim].diagnoses = diagnoses;
    at
}

fn adult_specialist_for_seventeen(scene: &mut Scene) {
    let at = member_turns(scene, &["CPSSP-A"], 18, 1);
    scene.expect("K004", at);
}

fn adult_specialist_for_eighteen(scene: &mut Scene) {
    member_turns(scene, &["CPSSP-MH"], 18, 0);
}

fn recovery_without_substance_use(scene: &mut Scene) {
    let at = recovery(scene, "CPSSP-R", "F20.9:F33.1");
    scene.expect("K004", at);
}

fn recovery_for_nicotine(scene: &mut Scene) {
    recovery(scene, "CPSSP-R", "F17.210");
}

fn recovery_by_modifier(scene: &mut Scene) {
    let day = scene.day();
    let births = (Some(born(day, 50)), Some(born(day, 40)));
    let at = visit(scene, day, &["CPSSP-SU"], births);
    let npi = scene.cell.lines[scene.cell.claims[at.claim].lines.start].rendering;
    let line = ServiceLine { modifiers: "HF", ..peer(day, 3, npi) };
    let place = scene.cell.claims[at.claim].lines.start;
    scene.cell.lines[place] = line;
}

fn recovery_by_second_diagnosis(scene: &mut Scene) {
    recovery(scene, "CPSSP-SU", "F33.1:F10.20");
}

fn diagnosis_not_known(scene: &mut Scene) {
    let at = recovery(scene, "CPSSP-R", "");
    // The wire cannot leave the diagnosis out.
    scene.cell.claims[at.claim].csv_only = true;
    scene.expect_outcome("K004", at, Outcome::NotEvaluable);
}

fn birth_not_known(scene: &mut Scene) {
    let day = scene.day();
    let at = visit(scene, day, &["CPSSP-A"], (Some(born(day, 50)), None));
    scene.expect_outcome("K004", at, Outcome::NotEvaluable);
}

fn youth_specialist_for_twenty_seven(scene: &mut Scene) {
    let at = member_turns(scene, &["CPSSP-Y"], 27, 0);
    scene.expect("K004", at);
}

fn youth_specialist_for_twenty_six(scene: &mut Scene) {
    member_turns(scene, &["CPSSP-Y"], 27, 1);
}

fn parent_specialist_for_twenty_one(scene: &mut Scene) {
    let at = member_turns(scene, &["CPSSP-P"], 21, 0);
    scene.expect("K004", at);
}

fn parent_specialist_for_twenty(scene: &mut Scene) {
    member_turns(scene, &["CPSSP-P"], 21, 1);
}

/// Too old for the parent's specialist, and no substance use for the other.
fn two_that_do_not_fit(scene: &mut Scene) {
    let at = member_turns(scene, &["CPSSP-P", "CPSSP-R"], 21, 0);
    scene.expect("K004", at);
}

fn one_of_two_fits(scene: &mut Scene) {
    member_turns(scene, &["CPSSP-A", "CPSSP-P"], 18, 1);
}

fn youth_specialist_of_twenty_seven(scene: &mut Scene) {
    let at = specialist_turns(scene, 27, 0);
    scene.expect("K005", at);
}

fn youth_specialist_of_twenty_six(scene: &mut Scene) {
    specialist_turns(scene, 27, 1);
}

fn youth_specialist_of_seventeen(scene: &mut Scene) {
    let at = specialist_turns(scene, 18, 1);
    scene.expect("K005", at);
}

fn youth_specialist_of_eighteen(scene: &mut Scene) {
    specialist_turns(scene, 18, 0);
}

fn youth_specialist_of_unknown_age(scene: &mut Scene) {
    let day = scene.day();
    let at = visit(scene, day, &["CPSSP-Y"], (None, Some(born(day - 50, 19))));
    scene.expect_outcome("K005", at, Outcome::NotEvaluable);
}

/// Another designation is in force: the age asks nothing.
fn youth_specialist_and_more(scene: &mut Scene) {
    let day = scene.day();
    let births = (Some(born(day, 40)), Some(born(day - 50, 19)));
    visit(scene, day, &["CPSSP-Y", "CPSSP-A"], births);
}
