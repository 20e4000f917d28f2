//! K003: one of the practitioner's credentials must be in force on the service date.

use super::evidence;
use crate::join::{CredentialStanding, LineFacts, NotInForce};
use crate::model::{NaiveDate, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::tables::{Credential, TableKind};

/// The rule.
pub static RULE: Rule = Rule {
    id: "K003",
    name: "credential-not-in-force",
    severity: Severity::Deny,
    statement: "The rendering practitioner has rows in credentials.csv, but none in force on the \
        service date: effective by then, not expired before it (both ends included), and of a \
        status on that day that may practise. A status other than current holds from its status \
        date.",
    why: "A certification counts only while it runs and its holder may practise; services before, \
        after or during a suspension are not those of a certified peer support specialist.",
    source: "[S3] 24 Miss. Code R. 2-42.1 (certification of peer support specialists); statuses \
        that may practise: [I]",
    correct: "If the certification was renewed or reinstated, correct the dates or the status in \
        credentials.csv and run again. Otherwise do not bill services of that date.",
    policy_keys: &["credentials.practising_statuses"],
    needs: &[TableKind::Credentials],
    carc: "B7",
    rarc: "N570",
    stc: "A7:91:82",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The credential expired on August 31; service on September 1.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-01,1990-01-01\n",
        history: "",
        tables: CREDENTIALS,
        as_of: "2025-09-30",
        finds: &["K003 A1/1"],
    },
    silent: Example {
        story: "Service on August 31, the credential's last day.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date,member_birth_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-08-31,1990-01-01\n",
        history: "",
        tables: CREDENTIALS,
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

const CREDENTIALS: &[(TableKind, &str)] = &[(
    TableKind::Credentials,
    "practitioner_npi,designation,effective_date,expiration_date,training_date\n\
     1999900016,CPSSP-A,2024-01-01,2025-08-31,2024-01-01\n",
)];

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let CredentialStanding::NotInForce { nearest, .. } = facts.credentials()? else { return None };
    let draft = Draft::fail(message(nearest.0, nearest.1, facts.service_date()?));
    Some(draft.with_evidence(facts.context.wants_evidence, || evidence::credentials(facts)))
}

fn message(row: &Credential, reason: NotInForce, on: NaiveDate) -> String {
    let reason = match reason {
        NotInForce::Expired(day) => format!("expired on {day}, before the service"),
        NotInForce::NotYet(day) => format!("is effective from {day}, after the service"),
        NotInForce::Status(status, since) => {
            format!("is {}, which may not practise on the date", evidence::status(status, since))
        }
    };
    format!(
        "No credential in force on {on}; the nearest, CPSSP-{} in row {} of credentials.csv, \
         {reason}. Correct the table if it was renewed or reinstated; otherwise do not bill.",
        row.designation, row.row,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::CredentialStatus;

    fn day(text: &str) -> NaiveDate {
        crate::model::date::parse(text.as_bytes()).expect("a date in a test")
    }

    #[test]
    fn says_the_nearest_reason() {
        let row = Credential {
            row: 2,
            designation: "A",
            effective: day("2024-01-01"),
            expiration: None,
            status: CredentialStatus::Suspended,
            status_date: None,
            birth: None,
            training_program: "".into(),
            training_date: None,
        };
        let said = |reason| message(&row, reason, day("2025-09-01"));
        let start = "No credential in force on 2025-09-01; the nearest, CPSSP-A in row 2 of \
             credentials.csv, ";
        for (reason, words) in [
            (NotInForce::Expired(day("2025-08-31")), "expired on 2025-08-31, before"),
            (NotInForce::NotYet(day("2025-10-01")), "is effective from 2025-10-01, after"),
            (
                NotInForce::Status(CredentialStatus::Suspended, Some(day("2025-08-01"))),
                "is suspended since 2025-08-01, which",
            ),
            (NotInForce::Status(CredentialStatus::Revoked, None), "is revoked, which"),
        ] {
            let expected = format!("{start}{words}");
            assert!(said(reason).starts_with(&expected), "{}", said(reason));
        }
    }
}
