//! P002: a plan that covers the service date must list the procedure.

use super::evidence;
use crate::join::{LineFacts, PlanStanding};
use crate::model::{Severity, text};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "P002",
    name: "peer-support-not-in-plan",
    severity: Severity::Deny,
    statement: "Service plans of the member cover the service date, but none lists the procedure. \
        A plan with blank services lists nothing.",
    why: "A plan orders services one by one; peer support that it does not list is not ordered.",
    source: "[S3] 24 Miss. Code R. 2-42.1 F",
    correct: "If the plan orders peer support, add the procedure to its services in \
        service_plans.csv and run again. Otherwise do not bill before the plan is amended.",
    policy_keys: &[],
    needs: &[TableKind::ServicePlans],
    carc: "272",
    rarc: "M135",
    stc: "A7:345",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The plan lists another service only.",
        claims: CLAIMS,
        history: "",
        tables: &[(
            TableKind::ServicePlans,
            "plan_id,member_id,start_date,services,planned_units,planned_period,signer_role,\
             signed_date\n\
             PL1,M1,2025-03-01,H0004,6,week,physician,2025-03-01\n",
        )],
        as_of: "2025-09-30",
        finds: &["P002 A1/1"],
    },
    silent: Example {
        story: "The plan lists peer support beside it.",
        claims: CLAIMS,
        history: "",
        tables: &[(
            TableKind::ServicePlans,
            "plan_id,member_id,start_date,services,planned_units,planned_period,signer_role,\
             signed_date\n\
             PL1,M1,2025-03-01,H0004:H0038,6,week,physician,2025-03-01\n",
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

/// Rows of plans named in the message at most.
const MAX_NAMED: usize = 3;

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let Some(PlanStanding::NotListed { covering }) = facts.plan.as_ref() else { return None };
    let rows: Vec<String> =
        covering.iter().take(MAX_NAMED).map(|plan| plan.row.to_string()).collect();
    let draft = Draft::fail(format!(
        "{} on {} is not among the services of the plan in force (row {} of service_plans.csv). \
         Add it if the plan orders peer support; otherwise do not bill.",
        text::decode(facts.line.procedure),
        facts.service_date()?,
        words::alternatives(&rows),
    ));
    let wanted = facts.context.wants_evidence;
    Some(draft.with_evidence(wanted, || evidence::plans(covering.iter().copied())))
}
