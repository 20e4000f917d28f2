//! U004: more units of one practitioner on one day than a person can plausibly render.

use crate::evidence::{Evidence, EvidenceLine, newest_lines};
use crate::join::PractitionerDayFacts;
use crate::model::Severity;
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "U004",
    name: "practitioner-day-implausible",
    severity: Severity::Review,
    statement: "A rendering practitioner's units on one date over all members, group services (by \
        their modifiers) left out, past the plausible day: each line whose running total, itself \
        included, is past it, in the order history before current, received date, input. Lines of \
        several days are left out.",
    why: "48 units are 12 hours of service face to face, without travel, notes or a pause. More in \
        a day is seldom true: a wrong practitioner on the claim, group services billed one by one, \
        or services that did not take place.",
    source: "[I] after the Louisiana Legislative Auditor's 12-hour test",
    correct: "Compare the day's lines with the practitioner's service notes. Correct the rendering \
        practitioner, add the group modifier, or void what did not take place.",
    policy_keys: &["units.practitioner_daily_units", "units.group_modifiers"],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::Nothing,
    fires: Example {
        story: "One practitioner with 6 units for each of eight members, and 1 for a ninth: 49.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date\n\
            A1,1,M1,1234567893,1999900016,H0038,6,2025-09-03\n\
            A2,1,M2,1234567893,1999900016,H0038,6,2025-09-03\n\
            A3,1,M3,1234567893,1999900016,H0038,6,2025-09-03\n\
            A4,1,M4,1234567893,1999900016,H0038,6,2025-09-03\n\
            A5,1,M5,1234567893,1999900016,H0038,6,2025-09-03\n\
            A6,1,M6,1234567893,1999900016,H0038,6,2025-09-03\n\
            A7,1,M7,1234567893,1999900016,H0038,6,2025-09-03\n\
            A8,1,M8,1234567893,1999900016,H0038,6,2025-09-03\n\
            A9,1,M9,1234567893,1999900016,H0038,1,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["U004 A9/1"],
    },
    silent: Example {
        story: "Exactly 48 units over eight members; the ninth took part in a group (HQ).",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,modifiers,\
            units,service_date\n\
            A1,1,M1,1234567893,1999900016,H0038,,6,2025-09-03\n\
            A2,1,M2,1234567893,1999900016,H0038,,6,2025-09-03\n\
            A3,1,M3,1234567893,1999900016,H0038,,6,2025-09-03\n\
            A4,1,M4,1234567893,1999900016,H0038,,6,2025-09-03\n\
            A5,1,M5,1234567893,1999900016,H0038,,6,2025-09-03\n\
            A6,1,M6,1234567893,1999900016,H0038,,6,2025-09-03\n\
            A7,1,M7,1234567893,1999900016,H0038,,6,2025-09-03\n\
            A8,1,M8,1234567893,1999900016,H0038,,6,2025-09-03\n\
            A9,1,M9,1234567893,1999900016,H0038,HQ,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::PractitionerDay(check),
};

fn check(facts: &PractitionerDayFacts<'_>) -> Option<Draft> {
    let limit = u64::from(facts.context.policy.units.practitioner_daily_units);
    let total = facts.running_total;
    let day = facts.line.first_day.day().filter(|_| total > limit)?;
    let draft = Draft::fail(format!(
        "{total} units ({} hours) of the rendering practitioner on {day} with this line, over all \
         members; up to {limit} ({} hours) are plausible. Compare with the service notes before \
         billing.",
        hours(total),
        hours(limit),
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Limit {
        period: format!("practitioner's day {day}"),
        limit,
        running_total: total,
        lines: lines(facts),
    }))
}

/// The practitioner's lines of the day up to and with the one of the finding, the newest at most.
fn lines(facts: &PractitionerDayFacts<'_>) -> Vec<EvidenceLine> {
    let end = facts.day.partition_point(|(_, total)| *total <= facts.running_total);
    let upto = facts.day[..end].iter().rev();
    newest_lines(upto.map(|(line, total)| EvidenceLine::of(line, *total)))
}

/// Units of a quarter of an hour in hours: `12`, `12.25`.
fn hours(units: u64) -> String {
    let quarters = ["", ".25", ".5", ".75"];
    format!("{}{}", units / 4, quarters[(units % 4) as usize])
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn hours_are_quarters_of_units() {
        let words: Vec<_> = [48, 49, 50, 51, 3].map(hours).into();
        assert_eq!(words, ["12", "12.25", "12.5", "12.75", "0.75"]);
    }
}
