//! The Individual Service Plans of a member on a date, and the one that governs.

use crate::model::{NaiveDate, date};
use crate::policy::Policy;
use crate::tables::{PlanPeriod, ServicePlan, covers};

/// The plans of one member on one date, for one procedure.
pub enum PlanStanding<'a> {
    /// No plan covers the date.
    NoneInForce {
        /// All plans of the member, whatever their dates.
        all: &'a [ServicePlan],
    },
    /// Plans cover the date, but none lists the procedure.
    NotListed {
        /// The plans that cover the date.
        covering: Vec<&'a ServicePlan>,
    },
    /// Of those that cover the date and list the procedure: latest start, then highest plan id.
    Governed(&'a ServicePlan),
}

impl<'a> PlanStanding<'a> {
    /// The standing on `on` of a member who has the plans `all`.
    pub fn of(all: &'a [ServicePlan], procedure: &[u8], on: NaiveDate) -> PlanStanding<'a> {
        let covering = || all.iter().filter(|plan| covers(plan.start, plan.end, on));
        let governing = covering()
            .filter(|plan| lists(plan, procedure))
            .max_by_key(|plan| (plan.start, &plan.plan_id));
        if let Some(plan) = governing {
            return PlanStanding::Governed(plan);
        }
        let covering: Vec<_> = covering().collect();
        if covering.is_empty() {
            PlanStanding::NoneInForce { all }
        } else {
            PlanStanding::NotListed { covering }
        }
    }
}

fn lists(plan: &ServicePlan, procedure: &[u8]) -> bool {
    plan.services.iter().any(|service| service.eq_ignore_ascii_case(procedure))
}

/// The planned frequency, where the plan states both its parts.
pub fn frequency(plan: &ServicePlan) -> Option<(u32, PlanPeriod)> {
    Some((plan.planned_units?, plan.planned_period?))
}

/// First day of the plan period in which `on` lies.
pub fn period_start(policy: &Policy, period: PlanPeriod, on: NaiveDate) -> NaiveDate {
    match period {
        PlanPeriod::Day => on,
        PlanPeriod::Week => date::week_start(on, policy.plans.week_starts.0),
        PlanPeriod::Month => date::month_start(on),
    }
}

/// Whether somebody who may approve it had signed the plan by `on`.
pub fn is_approved(policy: &Policy, plan: &ServicePlan, on: NaiveDate) -> bool {
    policy.plans.signer_roles.iter().any(|role| **role == *plan.signer_role)
        && plan.signed.is_some_and(|signed| signed <= on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_period_begins_with_its_day_week_or_month() {
        let policy = crate::policy::builtin();
        let day = |text: &[u8]| date::parse(text).expect("a date in a test");
        let start = |period, on| period_start(&policy, period, day(on));
        // A Wednesday.
        assert_eq!(start(PlanPeriod::Day, b"20250903"), day(b"20250903"));
        assert_eq!(start(PlanPeriod::Week, b"20250903"), day(b"20250901"));
        assert_eq!(start(PlanPeriod::Month, b"20250903"), day(b"20250901"));
        assert_eq!(start(PlanPeriod::Week, b"20250901"), day(b"20250901"));
        assert_eq!(start(PlanPeriod::Week, b"20250831"), day(b"20250825"));
    }
}
