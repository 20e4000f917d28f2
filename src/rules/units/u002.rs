//! U002: no more than the annual limit of units for a member in one limit year.

use super::evidence;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::policy::AnnualCounts;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;

/// The rule.
pub static RULE: Rule = Rule {
    id: "U002",
    name: "annual-units-exceeded",
    severity: Severity::Deny,
    statement: "Per member and limit year (named by its end): units past the annual limit, in the \
        order history before current, service date, received date, input. Only units that the \
        daily limit left are counted, unless the policy counts every unit billed. The units of a \
        line of several days count to the year of its first day. A line is exempt, and uses none \
        of these units, if the member is under the policy's age on that day and a row of \
        authorizations.csv for the member (with the authorization number, where the line names \
        one) covers it (EPSDT).",
    why: "Mississippi Medicaid pays at most 200 units (50 hours) of peer support for a member in a \
        state fiscal year, whoever renders them.",
    source: "[S1] \"Peer Support in Mississippi\" fact sheet: 200 units per year; that the year is \
        the state fiscal year: [A] neighbouring Mississippi rules",
    correct: "Bill only the units that were left in the year. Ask the other agencies of the member \
        what they billed; if an earlier claim was wrong, void or replace it, and the units come \
        back.",
    policy_keys: &[
        "limits.annual_units",
        "units.limit_year_starts",
        "units.annual_counts",
        "units.epsdt_under_age",
    ],
    needs: &[],
    carc: "119",
    rarc: "N640",
    stc: "A3:483",
    disallows: Disallows::ExcessUnits,
    fires: Example {
        story: "198 units in history (6 a day on 33 days), then 4: 2 units are past 200.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n",
        history: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            service_end_date\n\
            H1,1,M1,1234567893,H0038,198,2025-07-01,2025-08-02\n",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["U002 A1/1 excess 2"],
    },
    silent: Example {
        story: "The same history, then 2 units: exactly 200.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,2,2025-09-03\n",
        history: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            service_end_date\n\
            H1,1,M1,1234567893,H0038,198,2025-07-01,2025-08-02\n",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let usage = facts.state.usage.filter(|usage| usage.year_excess > 0)?;
    let (limit, units) = (usage.annual_limit?, facts.units?);
    let excess = usage.year_excess;
    let over = match facts.context.policy.units.annual_counts {
        AnnualCounts::Payable => usage.day_excess + excess,
        AnnualCounts::Billed => usage.day_excess.max(excess),
    };
    let message = format!(
        "{} for the member {} with this line, limit {limit} a year ({} used before it); {}. {}",
        words::units(usage.year_total),
        evidence::year_words(facts, &usage),
        usage.year_before,
        words::over(excess),
        words::bill_at_most(units.saturating_sub(over)),
    );
    let draft = Draft::fail(message).with_excess(excess);
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::year(facts, &usage, limit)))
}
