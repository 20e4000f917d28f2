//! P004: no more units in a plan period than the governing plan plans.

use super::evidence;
use crate::evidence::Evidence;
use crate::join::{LineFacts, PlanStanding, plan, units};
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "P004",
    name: "planned-frequency-exceeded",
    severity: Severity::Review,
    statement: "Units of the member in the plan period of the service date (day; week; calendar \
        month), over all net lines in the order history before current, service date, received \
        date, input, past the planned units of the plan that governs the line. The excess is \
        reported on the lines that hold it; lines exempt from the limits (EPSDT) count too.",
    why: "The plan says how much peer support the member is to have; more than that needs an \
        amended plan, or a reason in the record.",
    source: "[S3] 24 Miss. Code R. 2-42.1 F",
    correct: "If the plan was amended, enter its new version in service_plans.csv. Otherwise \
        compare the units with the progress notes, and have the plan amended before more is \
        billed.",
    policy_keys: &["plans.week_starts"],
    needs: &[TableKind::ServicePlans],
    carc: "151",
    rarc: "N54",
    stc: "A7:258",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "4 units a week are planned: 4 on Monday use them up, 2 on Sunday are over.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-08\n\
            A1,2,M1,1234567893,H0038,2,2025-09-14\n",
        history: "",
        tables: PLANS,
        as_of: "2025-09-30",
        finds: &["P004 A1/2 excess 2"],
    },
    silent: Example {
        story: "The same with the second service on the Monday after: another week.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-08\n\
            A1,2,M1,1234567893,H0038,2,2025-09-15\n",
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
     PL1,M1,2025-03-01,H0038,4,week,physician,2025-03-01\n",
)];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let Some(PlanStanding::Governed(plan)) = facts.plan.as_ref() else { return None };
    let (planned, period) = plan::frequency(plan)?;
    let total = facts.state.plan_totals?.in_period(period);
    let excess = units::excess(facts.units?, total, Some(u64::from(planned)));
    if excess == 0 {
        return None;
    }
    let start = plan::period_start(facts.context.policy, period, facts.service_date()?);
    let word = period.as_str();
    let draft = Draft::fail(format!(
        "{} for the member in the {word} from {start} with this line, {planned} planned a {word} \
         (row {} of service_plans.csv); {}. Check against the progress notes, or have the plan \
         amended.",
        words::units(total),
        plan.row,
        words::over(excess),
    ));
    let draft = draft.with_excess(excess);
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Limit {
        period: format!("{word} from {start}"),
        limit: u64::from(planned),
        running_total: total,
        lines: evidence::lines(facts, period, start),
    }))
}
