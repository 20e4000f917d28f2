//! P001: a service plan of the member must cover the service date.

use super::evidence;
use crate::join::{LineFacts, PlanStanding};
use crate::model::{NaiveDate, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::{ServicePlan, TableKind};

/// The rule.
pub static RULE: Rule = Rule {
    id: "P001",
    name: "no-plan-in-force",
    severity: Severity::Deny,
    statement: "No service plan (ISP) of the member covers the service date, both ends included; a \
        plan without an end is open.",
    why: "Peer support is part of a plan that the member agreed to; without one in force the \
        service is not ordered.",
    source: "[S3] 24 Miss. Code R. 2-42.1 F",
    correct: "If a plan was in force, enter it in service_plans.csv with its dates and run again. \
        Otherwise do not bill the line.",
    policy_keys: &[],
    needs: &[TableKind::ServicePlans],
    carc: "272",
    rarc: "N351",
    stc: "A7:345",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The plan ended on August 31; service on September 1.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-01\n",
        history: "",
        tables: PLANS,
        as_of: "2025-09-30",
        finds: &["P001 A1/1"],
    },
    silent: Example {
        story: "Service on August 31, the plan's last day.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-08-31\n",
        history: "",
        tables: PLANS,
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

const PLANS: &[(TableKind, &str)] = &[(
    TableKind::ServicePlans,
    "plan_id,member_id,start_date,end_date,services,planned_units,planned_period,signer_role,\
     signed_date\n\
     PL1,M1,2025-03-01,2025-08-31,H0038,6,week,physician,2025-03-01\n",
)];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let Some(PlanStanding::NoneInForce { all }) = facts.plan.as_ref() else { return None };
    let on = facts.service_date()?;
    let found = match all.iter().min_by_key(|plan| days_away(plan, on)) {
        Some(plan) => nearest(plan, on),
        None => "service_plans.csv has no plan of the member".to_owned(),
    };
    let draft = Draft::fail(format!(
        "No service plan covers {on}: {found}. Enter the plan that was in force, if there was one; \
         otherwise do not bill.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::plans(all.iter())))
}

/// Days between a plan that does not cover `on` and `on`.
fn days_away(plan: &ServicePlan, on: NaiveDate) -> i64 {
    let nearest_day = plan.end.filter(|end| *end < on).unwrap_or(plan.start);
    (on - nearest_day).num_days().abs()
}

fn nearest(plan: &ServicePlan, on: NaiveDate) -> String {
    match plan.end.filter(|end| *end < on) {
        Some(end) => format!("the nearest (row {} of service_plans.csv) ended on {end}", plan.row),
        None => {
            format!("the nearest (row {} of service_plans.csv) starts on {}", plan.row, plan.start)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        crate::model::date::parse(text.as_bytes()).expect("a date in a test")
    }

    #[test]
    fn names_the_nearer_end() {
        let plan = |row, start, end: Option<&str>| ServicePlan {
            row,
            plan_id: Default::default(),
            start: day(start),
            end: end.map(day),
            services: [].into(),
            planned_units: None,
            planned_period: None,
            signer_role: "".into(),
            signed: None,
        };
        let on = day("2025-09-01");
        let past = plan(2, "2024-01-01", Some("2025-08-31"));
        let future = plan(3, "2025-09-03", None);
        assert_eq!((days_away(&past, on), days_away(&future, on)), (1, 2));
        assert_eq!(
            nearest(&past, on),
            "the nearest (row 2 of service_plans.csv) ended on 2025-08-31"
        );
        assert_eq!(
            nearest(&future, on),
            "the nearest (row 3 of service_plans.csv) starts on 2025-09-03"
        );
    }
}
