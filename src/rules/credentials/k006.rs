//! K006: the agency that bills must employ the practitioner on the service date.

use super::evidence;
use crate::join::{LineFacts, practitioner};
use crate::model::{NaiveDate, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::{EmploymentStint, TableKind};

/// The rule.
pub static RULE: Rule = Rule {
    id: "K006",
    name: "not-employed-by-agency",
    severity: Severity::Deny,
    statement: "No employment stint of the rendering practitioner at the billing NPI covers the \
        service date, both ends included.",
    why: "A peer support specialist works for a certified provider agency, under its supervision; \
        an agency bills the services of its own staff.",
    source: "[S2] DMH Certified Peer Support Specialist guide",
    correct: "If the practitioner worked for the agency on that day, correct the stint in \
        employment.csv and run again. If for another agency, that agency bills the service.",
    policy_keys: &[],
    needs: &[TableKind::Credentials, TableKind::Employment],
    carc: "B7",
    rarc: "N198",
    stc: "A7:91:82",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "Employment at the billing agency ended on August 31; service on September 1.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-01,1990-01-01\n",
        history: "",
        tables: TABLES,
        as_of: "2025-09-30",
        finds: &["K006 A1/1"],
    },
    silent: Example {
        story: "Service on August 31, the last day of employment.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-08-31,1990-01-01\n",
        history: "",
        tables: TABLES,
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

const TABLES: &[(TableKind, &str)] = &[
    (
        TableKind::Credentials,
        "practitioner_npi,designation,effective_date,training_date\n\
         1999900016,CPSSP-A,2024-01-01,2024-01-01\n",
    ),
    (
        TableKind::Employment,
        "practitioner_npi,billing_npi,start_date,end_date\n\
         1999900016,1234567893,2024-01-01,2025-08-31\n",
    ),
];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    if facts.is_employed? {
        return None;
    }
    let on = facts.service_date()?;
    let stints = practitioner::stints_of(&facts.context, facts.line.rendering_npi);
    let here = stints.iter().filter(|stint| *stint.billing_npi == *facts.line.billing_npi);
    let reason = match here.min_by_key(|stint| days_away(stint, on)) {
        Some(stint) => nearest(stint, on),
        None if stints.is_empty() => "employment.csv has no stint of the practitioner".to_owned(),
        None => "employment.csv has stints at other agencies only".to_owned(),
    };
    let draft = Draft::fail(format!(
        "The practitioner is not employed by the billing agency on {on}: {reason}. Correct \
         employment.csv if the stint is missing there; otherwise the agency may not bill this.",
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::employment(facts)))
}

/// Days between a stint that does not cover `on` and `on`.
fn days_away(stint: &EmploymentStint, on: NaiveDate) -> i64 {
    let nearest_day = stint.end.filter(|end| *end < on).unwrap_or(stint.start);
    (on - nearest_day).num_days().abs()
}

fn nearest(stint: &EmploymentStint, on: NaiveDate) -> String {
    match stint.end.filter(|end| *end < on) {
        Some(end) => format!("the nearest stint there (row {}) ended on {end}", stint.row),
        None => format!("the nearest stint there (row {}) starts on {}", stint.row, stint.start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        crate::model::date::parse(text.as_bytes()).expect("a date in a test")
    }

    #[test]
    fn names_the_nearer_end() {
        let stint = |row, start, end: Option<&str>| EmploymentStint {
            row,
            billing_npi: Default::default(),
            start: day(start),
            end: end.map(day),
            fte: 10_000,
            supervisor_id: Default::default(),
        };
        let on = day("2025-09-01");
        let past = stint(2, "2024-01-01", Some("2025-08-30"));
        let future = stint(3, "2025-09-02", None);
        assert_eq!((days_away(&past, on), days_away(&future, on)), (2, 1));
        assert!(nearest(&past, on).ends_with("(row 2) ended on 2025-08-30"));
        assert!(nearest(&future, on).ends_with("(row 3) starts on 2025-09-02"));
    }
}
