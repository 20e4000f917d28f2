//! S001 to S005: was the practitioner supervised as the stage of employment asks?

use super::Run;
use super::date::Date;
use super::report::Report;
use super::tables::{Session, covers};

/// The sessions that bear on one line, with what makes them count.
struct Clock<'a> {
    run: &'a Run<'a>,
    date: Date,
    start: Date,
    sessions: Vec<&'a Session>,
}

impl Clock<'_> {
    fn face_to_face(&self, session: &Session) -> bool {
        self.run.policy.face_to_face_modes.iter().any(|mode| mode.to_lowercase() == session.mode)
    }

    fn qualified_supervisor(&self, session: &Session) -> bool {
        if session.supervisor == session.practitioner {
            return false;
        }
        let Some(supervisors) = &self.run.tables.supervisors else { return true };
        supervisors.iter().any(|row| {
            let trained = row.training.is_some_and(|training| training <= session.date);
            row.id == session.supervisor && row.professional && trained
        })
    }

    fn qualifies(&self, session: &Session) -> bool {
        self.face_to_face(session) && self.qualified_supervisor(session)
    }

    fn between(&self, from: Date, to: Date) -> Vec<&Session> {
        let sessions = self.sessions.iter().copied();
        sessions.filter(|session| from <= session.date && session.date <= to).collect()
    }
}

/// The rules S001 to S004 on the lines that passed K002.
pub fn check(run: &Run, passed_k002: &[usize], report: &mut Report) {
    let (Some(sessions), Some(stints)) = (&run.tables.supervision, &run.tables.employment) else {
        return;
    };
    for index in passed_k002 {
        let line = &run.lines[*index];
        let (npi, date) = (&line.row.rendering_npi, line.date());
        let own = stints.iter().filter(|stint| stint.practitioner == *npi && stint.start <= date);
        let Some(start) = own.map(|stint| stint.start).min() else {
            report.not_evaluable("S002", *index);
            continue;
        };
        let of_practitioner = sessions.iter().filter(|session| session.practitioner == *npi);
        let in_time = of_practitioner
            .filter(|session| start <= session.date && session.date <= run.as_of)
            .collect();
        let clock = Clock { run, date, start, sessions: in_time };
        if date < start.plus_months(run.policy.first_stage_months) {
            first_stage(&clock, *index, report);
        } else if date < start.plus_months(run.policy.second_stage_months) {
            second_stage(&clock, *index, report);
        } else {
            last_stage(&clock, *index, report);
        }
    }
}

/// S003 where one of the sessions in question is face to face, else S004.
fn not_counted(clock: &Clock, asked: &[&Session], index: usize, report: &mut Report) {
    let met = asked.iter().any(|session| clock.face_to_face(session));
    report.fail(if met { "S003" } else { "S004" }, index);
}

/// Notes near misses of S003 and S004 where the interval holds a session that qualifies.
fn passed(clock: &Clock, asked: &[&Session], report: &mut Report) {
    let good = asked.iter().filter(|session| clock.qualifies(session));
    let just_trained = good.clone().any(|session| {
        let supervisors = clock.run.tables.supervisors.iter().flatten();
        let mut own = supervisors.filter(|row| row.id == session.supervisor);
        own.any(|row| row.training == Some(session.date))
    });
    let others = asked
        .iter()
        .any(|session| clock.face_to_face(session) && !clock.qualified_supervisor(session));
    let good = good.count() > 0;
    report.edge("S003", good && (just_trained || others));
    report.edge("S004", good && asked.iter().any(|session| !clock.face_to_face(session)));
    report.edge("S001", clock.sessions.len() == 1);
}

fn first_stage(clock: &Clock, index: usize, report: &mut Report) {
    let days = clock.run.policy.first_stage_days;
    let asked = clock.between(clock.date.plus_days(-days), clock.date);
    let qualifying: Vec<Date> =
        asked.iter().filter(|one| clock.qualifies(one)).map(|one| one.date).collect();
    if !qualifying.is_empty() {
        let newest = qualifying.iter().max().expect("it is not empty");
        report.edge("S002", newest.plus_days(days) == clock.date);
        passed(clock, &asked, report);
    } else if clock.date <= clock.start.plus_days(days) {
        report.edge("S001", clock.date == clock.start.plus_days(days));
        report.edge("S002", clock.date == clock.start.plus_days(days));
    } else if !asked.is_empty() {
        not_counted(clock, &asked, index, report);
    } else if !clock.between(clock.start, clock.date).is_empty() {
        report.fail("S002", index);
    } else {
        report.fail("S001", index);
    }
}

fn second_stage(clock: &Clock, index: usize, report: &mut Report) {
    let last_day = clock.date.last_of_month();
    let asked = clock.between(clock.date.first_of_month(), last_day);
    let mut good = asked.iter().filter(|session| clock.qualifies(session));
    if let Some(first) = good.next() {
        report.edge("S002", first.date > clock.date);
        passed(clock, &asked, report);
    } else if clock.run.as_of < last_day {
        report.pending("S002", index);
    } else if !asked.is_empty() {
        not_counted(clock, &asked, index, report);
    } else if !clock.between(clock.start, last_day).is_empty() {
        report.fail("S002", index);
    } else {
        report.fail("S001", index);
    }
}

fn last_stage(clock: &Clock, index: usize, report: &mut Report) {
    let asked = clock.between(clock.start, clock.date);
    let good = asked.iter().filter(|session| clock.qualifies(session));
    let newest = good.map(|session| session.date).max();
    match newest.map(|newest| clock.date.days() - newest.days()) {
        Some(age) if age <= clock.run.policy.last_stage_days => {
            report.edge("S002", age == clock.run.policy.last_stage_days);
            passed(clock, &asked, report);
        }
        Some(_) => report.fail_as_review("S002", index),
        None if !asked.is_empty() => not_counted(clock, &asked, index, report),
        None => report.fail("S001", index),
    }
}

/// S005: the first day on which a supervisor's practitioners exceed nine to one.
pub fn check_capacity(run: &Run, report: &mut Report) {
    let tables = &run.tables;
    let (Some(stints), Some(supervisors)) = (&tables.employment, &tables.supervisors) else {
        return;
    };
    let dates: Vec<Date> =
        run.current_net_lines().filter_map(|(_, line)| line.days).map(|days| days.0).collect();
    let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else { return };
    for supervisor in supervisors {
        let most = run.policy.supervisor_fte_ratio * supervisor.fte;
        let mut day = *first;
        let mut at_limit = false;
        loop {
            let named = stints.iter().filter(|stint| stint.supervisor == supervisor.id);
            let open = named.filter(|stint| covers(stint.start, stint.end, day));
            let sum: i64 = open.map(|stint| stint.fte).sum();
            at_limit |= sum == most && sum > 0;
            if sum > most {
                report.fail_supervisor(&supervisor.id);
                break;
            }
            if day == *last {
                report.edge("S005", at_limit);
                break;
            }
            day = day.tomorrow();
        }
    }
}
