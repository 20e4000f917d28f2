//! P003: the plan that governs the service should state how often peer support is planned.

use super::evidence;
use crate::join::{LineFacts, PlanStanding, plan};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "P003",
    name: "frequency-not-planned",
    severity: Severity::Review,
    statement: "The governing plan (of those that cover the service date and list the procedure: \
        latest start, then highest plan id) has no planned units or no planned period. 0 counts as \
        stated: then P004 reports every unit.",
    why: "The plan should say how much peer support the member is to have; without it nobody can \
        tell whether the units billed are those that were planned.",
    source: "[S3] 24 Miss. Code R. 2-42.1 F (\"should\")",
    correct: "Enter planned_units and planned_period (day, week or month) of the plan in \
        service_plans.csv, or have the plan amended.",
    policy_keys: &[],
    needs: &[TableKind::ServicePlans],
    carc: "272",
    rarc: "M135",
    stc: "A7:345",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The plan states 6 units, but not whether a day, a week or a month.",
        claims: CLAIMS,
        history: "",
        tables: &[(
            TableKind::ServicePlans,
            "plan_id,member_id,start_date,services,planned_units,planned_period,signer_role,\
             signed_date\n\
             PL1,M1,2025-03-01,H0038,6,,physician,2025-03-01\n",
        )],
        as_of: "2025-09-30",
        finds: &["P003 A1/1"],
    },
    silent: Example {
        story: "6 units a week.",
        claims: CLAIMS,
        history: "",
        tables: &[(
            TableKind::ServicePlans,
            "plan_id,member_id,start_date,services,planned_units,planned_period,signer_role,\
             signed_date\n\
             PL1,M1,2025-03-01,H0038,6,week,physician,2025-03-01\n",
        )],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

const CLAIMS: &str = "claim_id,line_number,member_id,billing_npi,procedure_code,units,\
    service_date\n\
    A1,1,M1,1234567893,H0038,4,2025-09-01\n";

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let Some(PlanStanding::Governed(plan)) = facts.plan.as_ref() else { return None };
    if plan::frequency(plan).is_some() {
        return None;
    }
    let missing = match (plan.planned_units, plan.planned_period) {
        (None, None) => "neither planned units nor a period",
        (None, Some(_)) => "no planned units",
        _ => "no planned period",
    };
    let draft = Draft::fail(format!(
        "The plan that governs {} (row {} of service_plans.csv) states {missing}. Enter the \
         planned frequency, or have the plan amended.",
        facts.service_date()?,
        plan.row,
    ));
    let wanted = facts.context.wants_evidence;
    Some(draft.with_evidence(wanted, || evidence::plans(std::iter::once(*plan))))
}
