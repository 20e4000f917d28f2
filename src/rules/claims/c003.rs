//! C003: the dates of service can be right.

use super::shown;
use crate::evidence::Evidence;
use crate::join::{LineFacts, PeriodFault};
use crate::model::{DateField, NaiveDate, ServiceLine, Severity, text};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "C003",
    name: "service-date-invalid",
    severity: Severity::Deny,
    statement: "A date of service is missing or not a date, the end is before the start, the first \
        or last day is after the as-of date, or the first day is before the member's birth. Such a \
        line uses no units, and no rule that asks for its date is tested on it.",
    why: "A service without a date that can be right did not take place as billed, and can be held \
        against no limit, credential or plan.",
    source: "[I] the form of the claim: 005010X222A1 loop 2400, DTP*472",
    correct: "Take the date from the service note. If the note agrees with the claim, look whether \
        the member's birth date on the claim, or the as-of date of this run, is the wrong one.",
    policy_keys: &[],
    needs: &[],
    carc: "16",
    rarc: "M52",
    stc: "A7:187",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The period ends the day before it begins.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            service_end_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03,2025-09-02\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C003 A1/1"],
    },
    silent: Example {
        story: "The service is on the as-of date itself.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date,\
            service_end_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-30,2025-09-30\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let fault = facts.period.err()?;
    let wrong = words(fault, facts.line, facts.context.as_of);
    let draft = Draft::fail(format!("{wrong} Correct it from the service note."));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: format!("{} to {}", stated(facts.line.first_day), stated(facts.line.last_day)),
        expected: expected(fault, facts.context.as_of),
    }))
}

fn words(fault: PeriodFault, line: &ServiceLine<'_>, as_of: NaiveDate) -> String {
    match fault {
        PeriodFault::Missing => "There is no service date.".to_owned(),
        PeriodFault::FirstUnreadable => unreadable("service date", line.first_day),
        PeriodFault::LastUnreadable => unreadable("end of the service period", line.last_day),
        PeriodFault::EndBeforeStart(first, last) => {
            format!("The service period ends on {last}, before it begins on {first}.")
        }
        PeriodFault::AfterAsOf(day) => {
            format!("The service date {day} is after the as-of date {as_of}.")
        }
        PeriodFault::BeforeBirth(day) => format!(
            "The service date {day} is before the member's birth date on the claim; one of the two \
             is wrong."
        ),
    }
}

fn unreadable(what: &str, field: DateField<'_>) -> String {
    let shown = match field {
        DateField::Unreadable(text) => shown::date(text),
        _ => None,
    };
    match shown {
        Some(text) => format!("The {what} {text} is on no calendar."),
        None => format!("The {what} is not a date (YYYY-MM-DD or YYYYMMDD)."),
    }
}

fn stated(field: DateField<'_>) -> String {
    match field {
        DateField::Missing => "nothing".to_owned(),
        DateField::Unreadable(text) => text::decode(text).into_owned(),
        DateField::Day(day) => day.to_string(),
    }
}

fn expected(fault: PeriodFault, as_of: NaiveDate) -> String {
    match fault {
        PeriodFault::Missing | PeriodFault::FirstUnreadable | PeriodFault::LastUnreadable => {
            "a date".to_owned()
        }
        PeriodFault::EndBeforeStart(first, _) => format!("an end on or after {first}"),
        PeriodFault::AfterAsOf(_) => format!("no day after {as_of}"),
        PeriodFault::BeforeBirth(_) => "no day before the member's birth".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        DateField::parse(text.as_bytes()).day().expect("a date in a test")
    }

    #[test]
    fn each_fault_has_its_words() {
        let line = ServiceLine {
            first_day: DateField::parse(b"20250931"),
            last_day: DateField::parse(b"MSM000001"),
            ..ServiceLine::empty()
        };
        let says = |fault| words(fault, &line, day("2025-09-30"));
        assert_eq!(says(PeriodFault::Missing), "There is no service date.");
        assert_eq!(
            says(PeriodFault::FirstUnreadable),
            "The service date 20250931 is on no calendar."
        );
        assert_eq!(
            says(PeriodFault::LastUnreadable),
            "The end of the service period is not a date (YYYY-MM-DD or YYYYMMDD)."
        );
        assert_eq!(
            says(PeriodFault::EndBeforeStart(day("2025-09-03"), day("2025-09-02"))),
            "The service period ends on 2025-09-02, before it begins on 2025-09-03."
        );
        assert_eq!(
            says(PeriodFault::AfterAsOf(day("2025-10-01"))),
            "The service date 2025-10-01 is after the as-of date 2025-09-30."
        );
        assert!(says(PeriodFault::BeforeBirth(day("2019-01-01"))).contains("2019-01-01 is before"));
    }
}
