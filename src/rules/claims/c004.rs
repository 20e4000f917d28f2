//! C004: one line, one day.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C004",
    name: "service-date-span",
    severity: Severity::Review,
    statement: "More than one day of service on a line. The line stands on its first day for the \
        other rules and the year; it joins no day's sum, and U001 allows it the daily limit times \
        its days.",
    why: "Limits, credentials, supervision and plans hold by the day: units of several days on one \
        line cannot be held against any of them.",
    source: "[I] a daily limit can be checked only by the day; 005010X222A1 loop 2400, DTP*472 RD8",
    correct: "Bill each day on its own line, with the units of that day.",
    policy_keys: &[],
    needs: &[],
    carc: "16",
    rarc: "N345",
    stc: "A8:187",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "10 units on two days, on one line.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            service_end_date\n\
            A1,1,M1,1234567893,H0038,10,2025-09-03,2025-09-04\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C004 A1/1"],
    },
    silent: Example {
        story: "A period whose end is its first day.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            service_end_date\n\
            A1,1,M1,1234567893,H0038,6,2025-09-03,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let period = facts.period.ok().filter(|period| period.is_span())?;
    let (first, last, days) = (period.first, period.last, period.days());
    let draft = Draft::fail(format!(
        "One line for {days} days, {first} to {last}. Bill each day on its own line, with its own \
         units.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: format!("{first} to {last}, {days} days"),
        expected: "one day a line".to_owned(),
    }))
}
