//! U003: the member's year is nearly used up.

use super::evidence;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;

/// The rule.
pub static RULE: Rule = Rule {
    id: "U003",
    name: "annual-limit-near",
    severity: Severity::Info,
    statement: "The line on which the member's running total of the limit year first reaches the \
        policy's share of the annual limit (rounded up) without passing the limit on that line. \
        Once a member and year. A line is exempt, and uses none of these units, if the member is \
        under the policy's age on that day and a row of authorizations.csv for the member (with \
        the authorization number, where the line names one) covers it (EPSDT).",
    why: "The agency should know, before the limit is reached, that the member will soon have no \
        units left, and plan with the member for the rest of the year.",
    source: "[I] no text asks for it",
    correct: "Nothing is to be corrected. Plan the units that are left until the limit year ends.",
    policy_keys: &[
        "limits.annual_units",
        "units.near_annual_percent",
        "units.limit_year_starts",
        "units.annual_counts",
        "units.epsdt_under_age",
    ],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::Nothing,
    fires: Example {
        story: "174 units in history (6 a day on 29 days), then 6: 180 of 200.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,6,2025-09-03\n",
        history: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            service_end_date\n\
            H1,1,M1,1234567893,H0038,174,2025-07-01,2025-07-29\n",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["U003 A1/1"],
    },
    silent: Example {
        story: "The same history, then 5 units: 179 of 200.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,5,2025-09-03\n",
        history: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            service_end_date\n\
            H1,1,M1,1234567893,H0038,174,2025-07-01,2025-07-29\n",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let usage = facts.state.usage.filter(|usage| usage.first_near_limit)?;
    let limit = usage.annual_limit?;
    // A line that jumps over the limit at once is U002's; the year is not said to be near any more.
    let left = limit.checked_sub(usage.year_total)?;
    let draft = Draft::fail(format!(
        "{} of {limit} units for the member {} with this line, {} % or more; left: {}. Plan the \
         rest of the year.",
        usage.year_total,
        evidence::year_words(facts, &usage),
        facts.context.policy.units.near_annual_percent,
        words::units(left),
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::year(facts, &usage, limit)))
}
