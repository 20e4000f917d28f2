//! Plans with peer support that end, or ended a little while ago, and with no plan of the member
//! that goes on.

use super::{Due, Horizon, Kind};
use crate::join::Context;
use crate::model::{date, text};
use crate::tables::{ById, ServicePlan, covers};

pub(super) fn ending(context: &Context<'_>, horizon: Horizon) -> Vec<Due> {
    let mut found = Vec::new();
    let lists =
        |plan: &ServicePlan| plan.services.iter().any(|code| context.policy.is_peer_support(code));
    for (member_id, plans) in context.tables.plans.iter().flat_map(ById::iter) {
        for plan in plans.iter().filter(|plan| lists(plan)) {
            let Some(end) = plan.end.filter(|end| horizon.holds_end(*end)) else { continue };
            let next = date::add_days(end, 1);
            // Of a plan that has ended it is enough that there is another now.
            let day = if end < horizon.as_of { horizon.as_of } else { next };
            let goes_on = |other: &ServicePlan| {
                lists(other)
                    && (covers(other.start, other.end, next) || covers(other.start, other.end, day))
            };
            if plans.iter().any(goes_on) {
                continue;
            }
            let mut due = Due::new(Kind::PlanEnds, Some(end), horizon.as_of);
            due.member_id = text::decode(member_id).into_owned();
            due.table = "service_plans";
            due.row = Some(plan.row);
            due.detail = format!("plan {}", text::decode(&plan.plan_id));
            found.push(due);
        }
    }
    found
}
