//! U001: no more than the daily limit of units for a member on one day.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;

/// The rule.
pub static RULE: Rule = Rule {
    id: "U001",
    name: "daily-units-exceeded",
    severity: Severity::Deny,
    statement: "Per member and service date, over all agencies, practitioners and modifiers: units \
        past the daily limit, in the order history before current, service date, received date, \
        input. Only the lines that hold the excess are reported. A line of several days joins no \
        day's sum: its units past limit × days are the excess. A line is exempt, and uses none of \
        these units, if the member is under the policy's age on that day and a row of \
        authorizations.csv for the member (with the authorization number, where the line names \
        one) covers it (EPSDT).",
    why: "Mississippi Medicaid pays at most 6 units (90 minutes) of peer support for a member on \
        one day, whoever renders them.",
    source: "[S1] \"Peer Support in Mississippi\" fact sheet: 6 units per day; counted over the \
        whole member: [A] neighbouring Mississippi rules",
    correct: "Bill only the units that were within the limit. If another agency's units took the \
        day, agree with it who bills; if this line is a repeat of another, void one of them.",
    policy_keys: &["limits.daily_units", "units.epsdt_under_age"],
    needs: &[],
    carc: "119",
    rarc: "N362",
    stc: "A3:258",
    disallows: Disallows::ExcessUnits,
    fires: Example {
        story: "4 units in the morning and 4 in the afternoon: the second line has 2 too many.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n\
            A1,2,M1,1234567893,H0038,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["U001 A1/2 excess 2"],
    },
    silent: Example {
        story: "Exactly 6 units on a day.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n\
            A1,2,M1,1234567893,H0038,2,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let usage = facts.state.usage.filter(|usage| usage.day_excess > 0)?;
    let (limit, period) = (usage.daily_limit?, facts.period.ok()?);
    let excess = usage.day_excess;
    let message = if period.is_span() {
        format!(
            "{} over {} days where {limit} are allowed; {}. Bill each day on its own line, within \
             its limit.",
            words::units(usage.day_total),
            period.days(),
            words::over(excess),
        )
    } else {
        format!(
            "{} for the member on {} with this line, limit {limit} a day; {}. {}",
            words::units(usage.day_total),
            period.first,
            words::over(excess),
            words::bill_at_most(facts.units? - excess),
        )
    };
    let draft = Draft::fail(message).with_excess(excess);
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Limit {
        period: format!("day {}", period.first),
        limit,
        running_total: usage.day_total,
        lines: super::evidence::lines(facts, (period.first, period.last), |other| {
            let same_day = other.period.is_ok_and(|other| other == period);
            other.usage.filter(|_| same_day && !period.is_span()).map(|usage| usage.day_total)
        }),
    }))
}
