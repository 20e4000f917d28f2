//! What a finding rests on: the lines, sessions and rows that a reader needs to see for himself.
//! Nothing here has a `Debug`, on purpose: it holds values as they were read.

use crate::model::{NaiveDate, ServiceLine, text};
use serde::Serialize;

/// Another service line that a finding rests on.
#[derive(Clone, Serialize)]
pub struct EvidenceLine {
    /// Its claim.
    pub claim_id: String,
    /// Its number in the claim.
    pub line_number: u32,
    /// Its agency.
    pub billing_npi: String,
    /// Its service date.
    pub service_date: Option<NaiveDate>,
    /// Its units.
    pub units: u32,
    /// Units counted up to and with it.
    pub running_total: u64,
    /// From history or the ledger.
    pub is_history: bool,
}

/// Lines that one finding gives as evidence: a year of one unit a line has 200.
const MAX_LINES: usize = 250;
/// Lines given where there are more: the newest. Then the data are absurd (a member id that stands
/// for thousands), and a finding that repeated them all would grow with their square.
const FEW_LINES: usize = 20;

/// Lines that use up a limit, given newest first, as evidence in their order.
pub fn newest_lines(newest_first: impl Iterator<Item = EvidenceLine>) -> Vec<EvidenceLine> {
    let mut lines: Vec<_> = newest_first.take(MAX_LINES + 1).collect();
    if lines.len() > MAX_LINES {
        lines.truncate(FEW_LINES);
        lines.shrink_to_fit();
    }
    lines.reverse();
    lines
}

impl EvidenceLine {
    /// `line`, with the units counted up to and with it.
    pub fn of(line: &ServiceLine<'_>, running_total: u64) -> EvidenceLine {
        EvidenceLine {
            claim_id: text::decode(line.claim_id).into_owned(),
            line_number: line.line_number,
            billing_npi: text::decode(line.billing_npi).into_owned(),
            service_date: line.first_day.day(),
            units: line.units().unwrap_or_default(),
            running_total,
            is_history: line.is_history,
        }
    }
}

/// A supervision session that a finding looked at, and why it did not qualify.
#[derive(Clone, Serialize)]
pub struct EvidenceSession {
    /// Its id in the log; may be empty.
    pub session_id: String,
    /// Who supervised.
    pub supervisor_id: String,
    /// When.
    pub session_date: NaiveDate,
    /// `in_person`, `video`, …
    pub mode: String,
    /// Why it does not qualify; empty if it does.
    pub why_not: String,
    /// Row in `supervision.csv`.
    pub row: u64,
}

/// What a finding rests on. Written whole as the `evidence` object of JSON lines.
#[derive(Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The lines that use up a limit (U001–U004, P004).
    Limit {
        /// `day`, `limit year 2026`, `week of 2025-09-08`, …
        period: String,
        /// Units allowed or planned.
        limit: u64,
        /// Units counted up to and with the line of the finding.
        running_total: u64,
        /// The lines of the period, in the order in which they use it up.
        lines: Vec<EvidenceLine>,
    },
    /// The earlier line that it repeats or meets (D001, D002, D005).
    Earlier {
        /// That line.
        line: EvidenceLine,
    },
    /// The claims that a correction names (D003, D004).
    Correction {
        /// The number it names.
        original_claim_id: String,
        /// What is known of it.
        known: String,
    },
    /// Two values of the claim that disagree (C rules).
    Values {
        /// What was read.
        stated: String,
        /// What was expected.
        expected: String,
    },
    /// The credential rows of the practitioner (K rules).
    Credentials {
        /// The date asked for.
        on: Option<NaiveDate>,
        /// Rows of `credentials.csv` (header = 1) with their designation, period and status.
        rows: Vec<String>,
    },
    /// The employment stints of the practitioner (K006, S005).
    Employment {
        /// Rows of `employment.csv` (header = 1) with agency and period.
        rows: Vec<String>,
    },
    /// The supervision that was required and what there is (S001–S004).
    Supervision {
        /// `first`, `second` or `last` stage; empty if there is no start.
        stage: String,
        /// Start of employment.
        start: Option<NaiveDate>,
        /// First day of the interval asked.
        from: Option<NaiveDate>,
        /// Last day of the interval asked.
        through: Option<NaiveDate>,
        /// The last sessions, newest first, and why they do not qualify.
        sessions: Vec<EvidenceSession>,
    },
    /// The plans of the member (P rules).
    Plans {
        /// Rows of `service_plans.csv` (header = 1) with id and period.
        rows: Vec<String>,
    },
}

impl Evidence {
    /// Every text of it that comes from the input.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        fn of_line(line: &mut EvidenceLine) -> [&mut String; 2] {
            [&mut line.claim_id, &mut line.billing_npi]
        }
        match self {
            Evidence::Limit { lines, .. } => lines.iter_mut().flat_map(of_line).collect(),
            Evidence::Earlier { line } => of_line(line).into(),
            Evidence::Correction { original_claim_id, known } => vec![original_claim_id, known],
            Evidence::Values { stated, expected } => vec![stated, expected],
            Evidence::Credentials { rows, .. }
            | Evidence::Employment { rows }
            | Evidence::Plans { rows } => rows.iter_mut().collect(),
            Evidence::Supervision { sessions, .. } => sessions
                .iter_mut()
                .flat_map(|session| [&mut session.session_id, &mut session.supervisor_id])
                .collect(),
        }
    }
}
