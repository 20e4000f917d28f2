//! Stories of S001 to S004: sessions that came late, by the wrong person, by telephone, or never.

use super::Story;
use super::scene::Scene;
use crate::synthetic::calendar::{Day, date, day, month_of, plus_months};
use crate::synthetic::cell::{Outcome, Spot};
use crate::synthetic::people::session;
use crate::synthetic::tables::{Session, SupervisorId};

pub(super) const STORIES: &[Story] = &[
    Story::fires("S001", never_in_two_weeks).people(1),
    Story::fires("S001", only_before_the_start).people(1),
    Story::fires("S001", only_after_the_service).people(1),
    Story::fires("S001", never_in_eight_months).people(1),
    Story::fires("S001", only_next_month).people(1),
    Story::fires("S001", never_in_three_years).people(1),
    Story::silent("S001", fourteen_days_in_the_job).people(1),
    Story::fires("S002", fifteen_days_ago).people(1),
    Story::fires("S002", last_month).people(1),
    Story::fires("S002", a_year_and_a_day_ago).people(1),
    Story::fires("S002", month_still_open).people(1),
    Story::fires("S002", starts_tomorrow).people(1).with(&["K006"]),
    Story::silent("S002", fourteen_days_ago).people(1),
    Story::silent("S002", later_in_the_month).people(1),
    Story::silent("S002", a_year_ago).people(1),
    Story::silent("S002", last_day_of_six_months).people(1),
    Story::silent("S002", first_day_after_six_months).people(1),
    Story::silent("S002", first_day_after_a_year).people(1),
    Story::silent("S002", half_a_year_from_august_31).people(1),
    Story::fires("S003", by_no_professional).people(2),
    Story::fires("S003", trained_the_day_after).people(2),
    Story::fires("S003", by_oneself).people(1),
    Story::fires("S003", by_somebody_unlisted).people(2),
    Story::fires("S003", by_no_professional_this_month).people(2),
    Story::fires("S003", by_no_professional_ever).people(2),
    Story::silent("S003", trained_on_the_day).people(2),
    Story::silent("S003", once_by_the_right_one).people(2),
    Story::fires("S004", by_video).people(1),
    Story::fires("S004", by_telephone_this_month).people(1),
    Story::fires("S004", by_video_ever).people(1),
    Story::silent("S004", by_video_and_in_person).people(1),
];

/// Someone new in the job, a supervisor, and the day of a service.
struct Novice {
    npi: u64,
    supervisor: u64,
    day: Day,
}

fn novice(scene: &mut Scene, start: impl FnOnce(Day) -> Day) -> Novice {
    let day = scene.day();
    let (npi, supervisor) = scene.cell.recruit(start(day));
    Novice { npi, supervisor, day }
}

/// A month in the job: the first stage.
fn in_first_stage(scene: &mut Scene) -> Novice {
    novice(scene, |day| day - 30)
}

/// Eight months and some days in the job: the second stage.
fn in_second_stage(scene: &mut Scene) -> Novice {
    novice(scene, |day| plus_months(day, -8) - 5)
}

/// Three years in the job: the last stage.
fn in_last_stage(scene: &mut Scene) -> Novice {
    novice(scene, |day| plus_months(day, -36))
}

fn log(scene: &mut Scene, novice: &Novice, on: Day) {
    scene.cell.tables.session(&session(novice.npi, novice.supervisor, on));
}

fn log_mode(scene: &mut Scene, novice: &Novice, on: Day, mode: &'static str) {
    let session = session(novice.npi, novice.supervisor, on);
    scene.cell.tables.session(&Session { mode, ..session });
}

fn log_by(scene: &mut Scene, novice: &Novice, on: Day, supervisor: SupervisorId) {
    let session = session(novice.npi, novice.supervisor, on);
    scene.cell.tables.session(&Session { supervisor, ..session });
}

fn visit(scene: &mut Scene, novice: &Novice) -> Spot {
    let member = scene.adult();
    scene.visit_by(member, novice.day, 4, novice.npi)
}

fn expect_visit(scene: &mut Scene, novice: &Novice, rule: &'static str) {
    let at = visit(scene, novice);
    scene.expect(rule, at);
}

fn never_in_two_weeks(scene: &mut Scene) {
    let novice = novice(scene, |day| day - 15);
    expect_visit(scene, &novice, "S001");
}

fn fourteen_days_in_the_job(scene: &mut Scene) {
    let novice = novice(scene, |day| day - 14);
    visit(scene, &novice);
}

fn only_before_the_start(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    log(scene, &novice, novice.day - 31);
    expect_visit(scene, &novice, "S001");
}

fn only_after_the_service(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    log(scene, &novice, novice.day + 1);
    expect_visit(scene, &novice, "S001");
}

fn never_in_eight_months(scene: &mut Scene) {
    let novice = in_second_stage(scene);
    expect_visit(scene, &novice, "S001");
}

fn only_next_month(scene: &mut Scene) {
    let novice = in_second_stage(scene);
    log(scene, &novice, month_of(novice.day).1 + 1);
    expect_visit(scene, &novice, "S001");
}

fn never_in_three_years(scene: &mut Scene) {
    let novice = in_last_stage(scene);
    expect_visit(scene, &novice, "S001");
}

fn fifteen_days_ago(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    log(scene, &novice, novice.day - 15);
    log(scene, &novice, novice.day + 1);
    expect_visit(scene, &novice, "S002");
}

fn fourteen_days_ago(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    log(scene, &novice, novice.day - 14);
    visit(scene, &novice);
}

fn last_month(scene: &mut Scene) {
    let novice = in_second_stage(scene);
    log(scene, &novice, month_of(novice.day).0 - 1);
    log(scene, &novice, month_of(novice.day).1 + 1);
    expect_visit(scene, &novice, "S002");
}

fn later_in_the_month(scene: &mut Scene) {
    let novice = in_second_stage(scene);
    log(scene, &novice, month_of(novice.day).1);
    visit(scene, &novice);
}

fn a_year_and_a_day_ago(scene: &mut Scene) {
    let novice = in_last_stage(scene);
    log(scene, &novice, novice.day - 366);
    log_mode(scene, &novice, novice.day - 10, "video");
    expect_visit(scene, &novice, "S002");
}

fn a_year_ago(scene: &mut Scene) {
    let novice = in_last_stage(scene);
    log(scene, &novice, novice.day - 365);
    visit(scene, &novice);
}

/// A service in the month of the as-of date: until that month is over, a session may yet come.
fn month_still_open(scene: &mut Scene) {
    let (month, ends) = month_of(scene.last);
    let day = scene.cell.random.between(month, scene.last);
    let (npi, supervisor) = scene.cell.recruit(plus_months(month, -9));
    let novice = Novice { npi, supervisor, day };
    log(scene, &novice, month - 3);
    let at = visit(scene, &novice);
    let outcome = if scene.last < ends { Outcome::Pending } else { Outcome::Fail };
    scene.expect_outcome("S002", at, outcome);
}

fn starts_tomorrow(scene: &mut Scene) {
    let novice = novice(scene, |day| day + 1);
    let at = visit(scene, &novice);
    scene.expect("K006", at);
    scene.expect_outcome("S002", at, Outcome::NotEvaluable);
}

/// Still the first stage: a session two weeks back does, and none is asked of this month.
fn last_day_of_six_months(scene: &mut Scene) {
    let novice = novice(scene, |day| plus_months(day + 1, -6));
    let month = month_of(novice.day).0;
    log(scene, &novice, (month - 1).max(novice.day - 14));
    visit(scene, &novice);
}

/// Already the second: a session of this month does, two weeks back or not.
fn first_day_after_six_months(scene: &mut Scene) {
    let day = month_of(scene.day()).1;
    let (npi, supervisor) = scene.cell.recruit(plus_months(day, -6));
    let novice = Novice { npi, supervisor, day };
    log(scene, &novice, month_of(novice.day).0);
    visit(scene, &novice);
}

fn first_day_after_a_year(scene: &mut Scene) {
    let novice = novice(scene, |day| plus_months(day, -12));
    log(scene, &novice, novice.day - 200);
    visit(scene, &novice);
}

/// Six months after August 31 is the last of February. Where the set has none, any month serves.
fn half_a_year_from_august_31(scene: &mut Scene) {
    let (year, _, _) = date(scene.last - 45);
    let begins = [year - 1, year - 2].map(|year| day(year, 8, 31));
    let inside = |begins: &Day| {
        let day = plus_months(*begins, 6);
        day > scene.first + 5 && day < scene.last - 45
    };
    let Some(start) = begins.into_iter().find(inside) else {
        return later_in_the_month(scene);
    };
    let day = plus_months(start, 6);
    let (npi, supervisor) = scene.cell.recruit(start);
    let novice = Novice { npi, supervisor, day };
    log(scene, &novice, month_of(day).0);
    visit(scene, &novice);
}

/// A supervisor with this training who is a mental health professional or not.
fn other_supervisor(scene: &mut Scene, professional: bool, training: Day) -> SupervisorId {
    SupervisorId::Number(scene.cell.supervisor(professional, Some(training)))
}

fn by_no_professional(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    let other = other_supervisor(scene, false, novice.day - 900);
    log_by(scene, &novice, novice.day - 3, other);
    expect_visit(scene, &novice, "S003");
}

fn trained_the_day_after(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    let other = other_supervisor(scene, true, novice.day - 2);
    log_by(scene, &novice, novice.day - 3, other);
    expect_visit(scene, &novice, "S003");
}

fn trained_on_the_day(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    let other = other_supervisor(scene, true, novice.day - 3);
    log_by(scene, &novice, novice.day - 3, other);
    visit(scene, &novice);
}

fn by_oneself(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    log_by(scene, &novice, novice.day - 3, SupervisorId::Npi(novice.npi));
    expect_visit(scene, &novice, "S003");
}

/// The second is by telephone: one face-to-face session is enough for this reason.
fn by_somebody_unlisted(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    let unlisted = SupervisorId::Number(scene.cell.unlisted());
    log_by(scene, &novice, novice.day - 8, unlisted);
    log_mode(scene, &novice, novice.day - 1, "phone");
    expect_visit(scene, &novice, "S003");
}

fn by_no_professional_this_month(scene: &mut Scene) {
    let novice = in_second_stage(scene);
    let other = other_supervisor(scene, false, novice.day - 900);
    log_by(scene, &novice, month_of(novice.day).1, other);
    expect_visit(scene, &novice, "S003");
}

fn by_no_professional_ever(scene: &mut Scene) {
    let novice = in_last_stage(scene);
    let other = other_supervisor(scene, false, novice.day - 2000);
    log_by(scene, &novice, novice.day - 500, other);
    expect_visit(scene, &novice, "S003");
}

fn once_by_the_right_one(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    let other = other_supervisor(scene, false, novice.day - 900);
    log_by(scene, &novice, novice.day - 1, other);
    log(scene, &novice, novice.day - 9);
    visit(scene, &novice);
}

fn by_video(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    log_mode(scene, &novice, novice.day - 14, "video");
    expect_visit(scene, &novice, "S004");
}

fn by_telephone_this_month(scene: &mut Scene) {
    let novice = in_second_stage(scene);
    log_mode(scene, &novice, month_of(novice.day).0, "phone");
    expect_visit(scene, &novice, "S004");
}

fn by_video_ever(scene: &mut Scene) {
    let novice = in_last_stage(scene);
    log_mode(scene, &novice, novice.day - 700, "video");
    expect_visit(scene, &novice, "S004");
}

fn by_video_and_in_person(scene: &mut Scene) {
    let novice = in_first_stage(scene);
    log_mode(scene, &novice, novice.day - 2, "video");
    log_mode(scene, &novice, novice.day - 12, "");
    visit(scene, &novice);
}
