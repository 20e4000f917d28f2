//! Rows of `credentials.csv` and `employment.csv`, as evidence. No birth date stands in it.

use crate::evidence::Evidence;
use crate::join::{CredentialStanding, LineFacts, practitioner};
use crate::model::text;
use crate::rules::words;
use crate::tables::{Credential, CredentialStatus, EmploymentStint};

/// Rows given as evidence at most; a practitioner has a handful.
const MAX_ROWS: usize = 50;

/// The practitioner's credential rows that decided: those in force, or else all.
pub fn credentials(facts: &LineFacts<'_>) -> Evidence {
    let rows: Vec<String> = match facts.credentials() {
        Some(CredentialStanding::InForce(rows)) => {
            rows.iter().take(MAX_ROWS).map(|row| credential(row)).collect()
        }
        Some(CredentialStanding::NotInForce { rows, .. }) => {
            rows.iter().take(MAX_ROWS).map(credential).collect()
        }
        Some(CredentialStanding::NoRow) | None => Vec::new(),
    };
    Evidence::Credentials { on: facts.service_date(), rows }
}

/// All employment stints of the practitioner.
pub fn employment(facts: &LineFacts<'_>) -> Evidence {
    let stints = practitioner::stints_of(&facts.context, facts.line.rendering_npi);
    Evidence::Employment { rows: stints.iter().take(MAX_ROWS).map(stint).collect() }
}

fn credential(row: &Credential) -> String {
    let period = words::period(row.effective, row.expiration);
    let status = status(row.status, row.status_date);
    let training = match row.training_date {
        Some(date) => format!("trained {date}"),
        None => "no training date".to_owned(),
    };
    format!("row {}: CPSSP-{}, {period}, {status}, {training}", row.row, row.designation)
}

/// `suspended since 2025-08-01`, or the bare word where no date is stated.
pub fn status(status: CredentialStatus, since: Option<crate::model::NaiveDate>) -> String {
    match since {
        Some(since) => format!("{} since {since}", status.as_str()),
        None => status.as_str().to_owned(),
    }
}

fn stint(stint: &EmploymentStint) -> String {
    let agency = text::decode(&stint.billing_npi);
    format!("row {}: agency {agency}, {}", stint.row, words::period(stint.start, stint.end))
}
