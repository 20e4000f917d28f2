//! Stories of C001 to C010 and F005: what a claim says of itself.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::{Day, born, day};
use crate::synthetic::cell::{Carrier, MAIN, Original, ServiceLine, Spot, Units, When, peer};
use crate::synthetic::people::{credential, session};
use crate::synthetic::tables::{Credential, Plan, Stint};
use crate::synthetic::text::spoiled;

pub(super) const STORIES: &[Story] = &[
    Story::fires("C001", no_units),
    Story::fires("C001", half_units),
    Story::fires("C001", ten_minutes).with(&["C002"]),
    Story::fires("C001", too_many_units),
    Story::fires("C001", negative_units),
    Story::fires("C001", units_in_letters).in_rows_alone(),
    Story::fires("C001", blank_units).in_rows_alone(),
    Story::fires("C001", days_for_units).in_rows_alone(),
    Story::silent("C001", units_with_a_point),
    Story::silent("C001", units_with_a_zero),
    Story::fires("C002", an_hour_in_minutes),
    Story::fires("C002", broken_minutes),
    Story::silent("C002", blank_basis),
    Story::fires("C003", tomorrow),
    Story::fires("C003", ends_tomorrow),
    Story::fires("C003", ends_before_it_begins),
    Story::fires("C003", before_birth),
    Story::fires("C003", thirtieth_of_february).in_rows_alone(),
    Story::fires("C003", blank_date).in_rows_alone(),
    Story::silent("C003", today),
    Story::silent("C003", on_the_day_of_birth).people(1),
    Story::fires("C004", two_days),
    Story::fires("C004", a_working_week),
    Story::silent("C004", ends_on_its_first_day),
    Story::fires("C005", wrong_practitioner_npi).people(1),
    Story::fires("C005", wrong_billing_npi).people(1),
    Story::fires("C005", mistyped_practitioner_npi).people(1).with(&["K002"]),
    Story::fires("C005", nine_digits).people(1).with(&["K002"]),
    Story::silent("C005", wrong_supervising_npi),
    Story::fires("C006", paid_by_the_patient),
    Story::fires("C006", paid_by_the_patient_for_both).lines(2),
    Story::silent("C006", paid_nothing),
    Story::silent("C006", paid_for_something_else).lines(0).others(1),
    Story::fires("C007", a_year_and_a_day),
    Story::fires("C007", more_than_a_year),
    Story::silent("C007", exactly_a_year),
    Story::silent("C007", a_late_replacement).lines(2),
    Story::silent("C007", received_nobody_knows_when),
    Story::fires("C008", before_the_benefit).people(2),
    Story::silent("C008", first_day_of_the_benefit).people(2),
    Story::fires("C009", in_hospital),
    Story::fires("C009", in_psychiatric_hospital),
    Story::silent("C009", hospital_outpatient),
    Story::silent("C009", partial_hospitalization),
    Story::fires("C010", a_dollar_too_much).on_the_wire(),
    Story::fires("C010", a_dollar_too_much_on_two).others(1).on_the_wire(),
    Story::silent("C010", balanced_on_two).others(1),
    Story::fires("F005", without_member).in_rows_alone(),
];

/// One visit of four units, with something changed.
fn changed(scene: &mut Scene, change: impl FnOnce(ServiceLine, Day) -> ServiceLine) -> Spot {
    let (member, day) = (scene.adult(), scene.day());
    let line = change(peer(day, 4, scene.seasoned), day);
    scene.visit_with(member, day, line)
}

fn written(scene: &mut Scene, units: &'static str) -> Spot {
    changed(scene, |line, _| ServiceLine { units: Units::Written(units), ..line })
}

fn in_minutes(scene: &mut Scene, minutes: u32) -> Spot {
    changed(scene, |line, _| ServiceLine { units: Units::Whole(minutes), basis: "MJ", ..line })
}

fn csv_only(scene: &mut Scene, at: Spot) {
    scene.cell.claims[at.claim].csv_only = true;
}

fn no_units(scene: &mut Scene) {
    let at = written(scene, "0");
    scene.expect("C001", at);
}

fn half_units(scene: &mut Scene) {
    let at = written(scene, "1.5");
    scene.expect("C001", at);
}

fn ten_minutes(scene: &mut Scene) {
    let at = in_minutes(scene, 10);
    scene.expect("C001", at);
    scene.expect("C002", at);
}

fn too_many_units(scene: &mut Scene) {
    let at = changed(scene, |line, _| ServiceLine { units: Units::Whole(100_000), ..line });
    scene.expect("C001", at);
}

fn negative_units(scene: &mut Scene) {
    let at = written(scene, "-1");
    scene.expect("C001", at);
}

fn units_in_letters(scene: &mut Scene) {
    let at = written(scene, "four");
    csv_only(scene, at);
    scene.expect("C001", at);
}

fn blank_units(scene: &mut Scene) {
    let at = written(scene, "");
    csv_only(scene, at);
    scene.expect("C001", at);
}

fn days_for_units(scene: &mut Scene) {
    let at = changed(scene, |line, _| ServiceLine { basis: "DA", ..line });
    csv_only(scene, at);
    scene.expect("C001", at);
}

fn units_with_a_point(scene: &mut Scene) {
    written(scene, "4.0");
}

fn units_with_a_zero(scene: &mut Scene) {
    written(scene, "04");
}

fn an_hour_in_minutes(scene: &mut Scene) {
    let at = in_minutes(scene, 60);
    scene.expect("C002", at);
}

/// 104 minutes are six units and fourteen minutes.
fn broken_minutes(scene: &mut Scene) {
    let at = in_minutes(scene, 104);
    scene.expect("C002", at);
}

fn blank_basis(scene: &mut Scene) {
    changed(scene, |line, _| ServiceLine { basis: "", ..line });
}

fn tomorrow(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.last);
    let at = scene.visit_with(member, day, peer(day + 1, 4, scene.seasoned));
    scene.expect("C003", at);
}

fn ends_tomorrow(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.last);
    let line = ServiceLine { last: Some(day + 1), ..peer(day - 1, 6, scene.seasoned) };
    let at = scene.visit_with(member, day, line);
    scene.expect("C003", at);
}

fn ends_before_it_begins(scene: &mut Scene) {
    let at = changed(scene, |line, day| ServiceLine { last: Some(day - 3), ..line });
    scene.expect("C003", at);
}

fn before_birth(scene: &mut Scene) {
    let day = scene.day();
    let member = scene.member_born(Some(day + 1));
    let at = scene.visit(member, day, 4);
    scene.expect("C003", at);
}

fn thirtieth_of_february(scene: &mut Scene) {
    let at = changed(scene, |line, _| ServiceLine { first: When::Written("2024-02-30"), ..line });
    csv_only(scene, at);
    scene.expect("C003", at);
}

fn blank_date(scene: &mut Scene) {
    let at = changed(scene, |line, _| ServiceLine { first: When::Written(""), ..line });
    csv_only(scene, at);
    scene.expect("C003", at);
}

fn today(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.last);
    scene.visit(member, day, 3);
}

fn on_the_day_of_birth(scene: &mut Scene) {
    let day = scene.day();
    let member = scene.member_born(Some(day));
    let npi = scene.cell.worker(MAIN);
    let row = credential(npi, scene.world().long_ago());
    scene.cell.certify(Credential { designation: "CPSSP-P", ..row }, scene.world().as_of);
    scene.visit_by(member, day, 1, npi);
}

fn two_days(scene: &mut Scene) {
    let line = |line, day| ServiceLine { last: Some(day + 1), units: Units::Whole(12), ..line };
    let at = changed(scene, line);
    scene.expect("C004", at);
}

fn a_working_week(scene: &mut Scene) {
    let line = |line, day| ServiceLine { last: Some(day + 4), units: Units::Whole(20), ..line };
    let at = changed(scene, line);
    scene.expect("C004", at);
}

fn ends_on_its_first_day(scene: &mut Scene) {
    changed(scene, |line, day| ServiceLine { last: Some(day), ..line });
}

/// The wrong number stands in the tables too: nothing but the number is wrong.
fn wrong_practitioner_npi(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let npi = spoiled(scene.cell.practitioner());
    scene.cell.employ(npi, MAIN, None);
    let row = credential(npi, scene.world().long_ago());
    scene.cell.certify(row, scene.world().as_of);
    let at = scene.visit_by(member, day, 2, npi);
    scene.expect("C005", at);
}

fn wrong_billing_npi(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let agency = scene.cell.agency(spoiled(scene.cell.agencies[MAIN]));
    let npi = scene.cell.seasoned(agency);
    let at = scene.visit_by(member, day, 2, npi);
    scene.cell.claims[at.claim].agency = agency;
    scene.expect("C005", at);
}

/// No table knows a number that was mistyped on the claim alone.
fn mistyped(scene: &mut Scene, wrong: fn(u64) -> u64) {
    let (member, day) = (scene.adult(), scene.day());
    let npi = scene.cell.seasoned(MAIN);
    let at = scene.visit_by(member, day, 2, wrong(npi));
    scene.expect("C005", at);
    scene.expect("K002", at);
}

fn mistyped_practitioner_npi(scene: &mut Scene) {
    mistyped(scene, spoiled);
}

fn nine_digits(scene: &mut Scene) {
    mistyped(scene, |npi| npi / 10);
}

fn wrong_supervising_npi(scene: &mut Scene) {
    let at = changed(scene, |line, _| line);
    scene.cell.claims[at.claim].supervising = spoiled(scene.seasoned);
}

fn paid_by_the_patient(scene: &mut Scene) {
    let at = changed(scene, |line, _| line);
    scene.cell.claims[at.claim].patient_paid_cents = Some(300);
    scene.expect("C006", at);
}

fn paid_by_the_patient_for_both(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.day());
    let first = scene.visit(member, day, 4);
    scene.line(peer(day + 1, 3, scene.seasoned));
    scene.cell.claims[first.claim].patient_paid_cents = Some(250);
    scene.expect("C006", first);
}

fn paid_nothing(scene: &mut Scene) {
    let at = changed(scene, |line, _| line);
    scene.cell.claims[at.claim].patient_paid_cents = Some(0);
}

fn paid_for_something_else(scene: &mut Scene) {
    let at = changed(scene, |line, _| ServiceLine { procedure: "H2015", ..line });
    scene.cell.claims[at.claim].patient_paid_cents = Some(300);
}

/// A visit so many days before the last one, received on the last.
fn received_after(scene: &mut Scene, days: Day) -> Spot {
    let (member, day) = (scene.adult(), scene.last - days);
    scene.cell.claim(member, scene.last);
    scene.line(peer(day, 4, scene.seasoned))
}

fn a_year_and_a_day(scene: &mut Scene) {
    let at = received_after(scene, 366);
    scene.expect_in("C007", at, Carrier::Csv);
}

fn more_than_a_year(scene: &mut Scene) {
    let at = received_after(scene, 366 + 7 * (scene.serial % 9) as Day);
    scene.expect_in("C007", at, Carrier::Csv);
}

fn exactly_a_year(scene: &mut Scene) {
    received_after(scene, 365);
}

fn a_late_replacement(scene: &mut Scene) {
    let (member, day) = (scene.adult(), scene.last - 500);
    let first = scene.cell.claim(member, day + 50);
    scene.line(peer(day, 4, scene.seasoned));
    let replacement = scene.cell.copy(first, scene.last);
    let original = scene.cell.claims[first].number;
    scene.cell.claims[replacement].frequency = b'7';
    scene.cell.claims[replacement].original = Original::Claim(original);
}

fn received_nobody_knows_when(scene: &mut Scene) {
    let at = received_after(scene, 500);
    scene.cell.claims[at.claim].received = None;
}

/// A visit about the first day of the benefit, by someone who was there then.
fn early_visit(scene: &mut Scene, on: Day) -> Spot {
    let member = scene.cell.member(Some(born(on, 40)));
    let plan = scene.cell.wide_plan(member);
    let signed = Some(day(2011, 5, 27));
    scene.cell.tables.plan(&Plan { from: day(2011, 6, 1), signed, ..plan });
    let supervisor = scene.cell.supervisor(true, Some(day(2005, 3, 1)));
    let npi = scene.cell.practitioner();
    let stint = Stint {
        npi,
        agency: scene.cell.agencies[MAIN],
        from: day(2009, 1, 5),
        until: Some(day(2012, 6, 30)),
        fte: 100,
        supervisor: Some(supervisor),
    };
    scene.cell.tables.stint(&stint);
    scene.cell.tables.credential(&credential(npi, day(2010, 1, 4)));
    scene.cell.tables.session(&session(npi, supervisor, day(2011, 10, 3)));
    let at = scene.visit_by(member, on, 2, npi);
    if scene.night > 0 {
        // Received that night it would have been filed years too late.
        scene.cell.claims[at.claim].received = None;
    }
    at
}

fn before_the_benefit(scene: &mut Scene) {
    let at = early_visit(scene, day(2011, 12, 31) - (scene.serial % 20) as Day);
    scene.expect("C008", at);
}

fn first_day_of_the_benefit(scene: &mut Scene) {
    early_visit(scene, day(2012, 1, 1));
}

fn at_place(scene: &mut Scene, place: &'static str) -> Spot {
    changed(scene, |line, _| ServiceLine { place, ..line })
}

fn in_hospital(scene: &mut Scene) {
    let at = at_place(scene, "21");
    scene.expect("C009", at);
}

fn in_psychiatric_hospital(scene: &mut Scene) {
    let at = at_place(scene, "51");
    scene.expect("C009", at);
}

fn hospital_outpatient(scene: &mut Scene) {
    at_place(scene, "22");
}

fn partial_hospitalization(scene: &mut Scene) {
    at_place(scene, "52");
}

fn a_dollar_too_much(scene: &mut Scene) {
    let at = changed(scene, |line, _| line);
    scene.cell.claims[at.claim].extra_total_cents = 100;
    scene.expect_in("C010", at, Carrier::X12);
}

/// A line of another procedure, then a peer-support line.
fn mixed(scene: &mut Scene) -> Spot {
    let first = changed(scene, |line, _| ServiceLine { procedure: "H2015", ..line });
    let like = scene.cell.lines[scene.cell.claims[first.claim].lines.start];
    scene.line(ServiceLine { procedure: "H0038", ..like })
}

fn a_dollar_too_much_on_two(scene: &mut Scene) {
    let at = mixed(scene);
    scene.cell.claims[at.claim].extra_total_cents = 100;
    scene.expect_in("C010", at, Carrier::X12);
}

fn balanced_on_two(scene: &mut Scene) {
    mixed(scene);
}

fn without_member(scene: &mut Scene) {
    let at = changed(scene, |line, _| line);
    scene.cell.claims[at.claim].blank_member = true;
    csv_only(scene, at);
    scene.expect("F005", at);
}
