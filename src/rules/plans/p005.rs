//! P005: the plan that governs the service must be approved by the service date.

use super::evidence;
use crate::join::{LineFacts, PlanStanding, plan};
use crate::model::{NaiveDate, Severity};
use crate::policy::Policy;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;
use crate::tables::{ServicePlan, TableKind};

/// The rule.
pub static RULE: Rule = Rule {
    id: "P005",
    name: "plan-not-approved",
    severity: Severity::Review,
    statement: "The governing plan (of those that cover the service date and list the procedure: \
        latest start, then highest plan id) is not signed on or before the service date by one of \
        the roles that may approve it.",
    why: "A plan orders services once somebody entitled to has signed it; services before that are \
        not approved.",
    source: "[S3] 24 Miss. Code R. 2-42.1 F; roles: [I]",
    correct: "Find the signed plan and enter signer_role and signed_date in service_plans.csv. If \
        it was signed later, or by nobody entitled to, ask before billing.",
    policy_keys: &["plans.signer_roles"],
    needs: &[TableKind::ServicePlans],
    carc: "272",
    rarc: "M135",
    stc: "A7:345",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The physician signed on September 2, the day after the service.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-01\n",
        history: "",
        tables: PLANS,
        as_of: "2025-09-30",
        finds: &["P005 A1/1"],
    },
    silent: Example {
        story: "Service on the day of the signature.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-02\n",
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
    "plan_id,member_id,start_date,services,planned_units,planned_period,signer_role,signed_date\n\
     PL1,M1,2025-09-01,H0038,6,week,physician,2025-09-02\n",
)];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let Some(PlanStanding::Governed(plan)) = facts.plan.as_ref() else { return None };
    let (policy, on) = (facts.context.policy, facts.service_date()?);
    if plan::is_approved(policy, plan, on) {
        return None;
    }
    let draft = Draft::fail(format!(
        "The plan that governs {on} (row {} of service_plans.csv) is not approved by then: {}. \
         Enter the signature if there is one; otherwise ask before billing.",
        plan.row,
        reason(policy, plan, on),
    ));
    let wanted = facts.context.wants_evidence;
    Some(draft.with_evidence(wanted, || evidence::plans(std::iter::once(*plan))))
}

fn reason(policy: &Policy, plan: &ServicePlan, on: NaiveDate) -> String {
    let Some(signed) = plan.signed else { return "it has no signature date".to_owned() };
    if signed > on {
        return format!("it was signed on {signed}");
    }
    let roles = words::alternatives(&policy.plans.signer_roles);
    if plan.signer_role.is_empty() {
        return format!("the signer's role is not stated (needed: {roles})");
    }
    // Not the role itself: a name may stand in its place.
    format!("it was signed by another role (needed: {roles})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_missing() {
        let day = |text: &str| crate::model::date::parse(text.as_bytes()).expect("a date");
        let policy = crate::policy::builtin();
        let on = day("2025-09-01");
        let said = |role: &str, signed: Option<&str>| {
            let plan = ServicePlan {
                row: 2,
                plan_id: Default::default(),
                start: on,
                end: None,
                services: [].into(),
                planned_units: None,
                planned_period: None,
                signer_role: role.into(),
                signed: signed.map(day),
            };
            reason(&policy, &plan, on)
        };
        let needed = "(needed: physician or mental_health_professional)";
        assert_eq!(said("physician", None), "it has no signature date");
        assert_eq!(said("physician", Some("2025-09-02")), "it was signed on 2025-09-02");
        assert_eq!(
            said("", Some("2025-09-01")),
            format!("the signer's role is not stated {needed}")
        );
        assert_eq!(
            said("nurse", Some("2025-09-01")),
            format!("it was signed by another role {needed}")
        );
    }
}
