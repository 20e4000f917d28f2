//! Rows of `service_plans.csv`, and the lines of a plan period, as evidence.

use crate::evidence::{Evidence, EvidenceLine, newest_lines};
use crate::join::{LineFacts, plan};
use crate::model::{NaiveDate, text};
use crate::rules::words;
use crate::tables::{PlanPeriod, ServicePlan};

/// Plans given as evidence at most; a member has a few a year.
const MAX_ROWS: usize = 50;

/// These plans, in table order.
pub fn plans<'a>(plans: impl Iterator<Item = &'a ServicePlan>) -> Evidence {
    Evidence::Plans { rows: plans.take(MAX_ROWS).map(row).collect() }
}

fn row(plan: &ServicePlan) -> String {
    let services: Vec<_> = plan.services.iter().map(|service| text::decode(service)).collect();
    let services = if services.is_empty() { "nothing".into() } else { services.join(":") };
    let frequency = match (plan.planned_units, plan.planned_period) {
        (Some(units), Some(period)) => format!("{units} units a {}", period.as_str()),
        (Some(units), None) => format!("{units} units, no period"),
        (None, Some(period)) => format!("no units a {}", period.as_str()),
        (None, None) => "no frequency".to_owned(),
    };
    let signer = match (&*plan.signer_role, plan.signed) {
        ("", None) => "not signed".to_owned(),
        (role, None) => format!("signer {role}, no date"),
        ("", Some(signed)) => format!("signed {signed}, no role"),
        (role, Some(signed)) => format!("signed {signed} by {role}"),
    };
    let (id, period) = (text::decode(&plan.plan_id), words::period(plan.start, plan.end));
    format!("row {}: plan {id}, {period}, lists {services}, {frequency}, {signer}", plan.row)
}

/// The member's lines of the plan period that begins on `start`, up to and with the finding's.
pub fn lines(facts: &LineFacts<'_>, period: PlanPeriod, start: NaiveDate) -> Vec<EvidenceLine> {
    let policy = facts.context.policy;
    let upto = facts.member.states[..=facts.index].iter().enumerate();
    newest_lines(upto.rev().filter_map(|(index, state)| {
        let totals = state.plan_totals?;
        let first = state.period.ok()?.first;
        let is_same = plan::period_start(policy, period, first) == start;
        is_same.then(|| facts.evidence_line(index, totals.in_period(period)))
    }))
}
