//! P001 to P005: the Individual Service Plan behind a service line.

use super::Run;
use super::date::Date;
use super::line::ServiceLine;
use super::report::Report;
use super::tables::{Plan, covers};

pub fn check(run: &Run, report: &mut Report) {
    let Some(plans) = &run.tables.plans else { return };
    for (index, line) in run.current_net_lines() {
        if !line.is_tested() {
            continue;
        }
        let date = line.date();
        let procedure = line.row.procedure_code.to_uppercase();
        let covering: Vec<&Plan> = plans
            .iter()
            .filter(|plan| plan.member_id == line.row.member_id)
            .filter(|plan| covers(plan.start, plan.end, date))
            .collect();
        let listing: Vec<&Plan> =
            covering.iter().copied().filter(|plan| plan.services.contains(&procedure)).collect();
        if covering.is_empty() {
            report.fail("P001", index);
            continue;
        }
        let at_end = |plan: &&Plan| plan.start == date || plan.end == Some(date);
        report.edge("P001", covering.iter().all(at_end));
        let Some(governing) = listing.iter().max_by_key(|plan| (plan.start, &plan.plan_id)) else {
            report.fail("P002", index);
            continue;
        };
        report.edge("P002", listing.len() < covering.len());
        frequency(run, index, governing, report);
        approval(run, index, governing, date, report);
    }
}

/// First and last day of the plan period of a day.
fn period(name: &str, date: Date) -> (Date, Date) {
    match name {
        "day" => (date, date),
        "week" => (date.monday(), date.monday().plus_days(6)),
        _ => (date.first_of_month(), date.last_of_month()),
    }
}

/// P003, then P004: the running total takes all net lines of the member's period, history too.
fn frequency(run: &Run, index: usize, plan: &Plan, report: &mut Report) {
    let line = &run.lines[index];
    let Some(planned) = plan.planned_units.filter(|_| !plan.planned_period.is_empty()) else {
        report.fail("P003", index);
        return;
    };
    report.edge("P003", planned == 0);
    let (from, to) = period(&plan.planned_period, line.date());
    let in_period = |other: &ServiceLine| {
        let same_member = other.row.member_id == line.row.member_id;
        same_member && from <= other.date() && other.date() <= to
    };
    let mut total = 0;
    for other in run.tested_in_order() {
        if in_period(&run.lines[other]) {
            total += run.lines[other].good_units();
        }
        if other == index {
            break;
        }
    }
    let excess = line.good_units().min((total - planned).max(0));
    if excess > 0 {
        report.fail_with_excess("P004", index, excess);
    }
    report.edge("P004", total == planned);
}

/// P005: signed by one who may, on or before the service date.
fn approval(run: &Run, index: usize, plan: &Plan, date: Date, report: &mut Report) {
    let roles = &run.policy.signer_roles;
    let may_sign = roles.iter().any(|role| role.to_lowercase() == plan.signer_role);
    match plan.signed {
        Some(signed) if may_sign && signed <= date => report.edge("P005", signed == date),
        _ => report.fail("P005", index),
    }
}
