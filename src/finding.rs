//! The finding: what a rule reports, as a typed value.

use crate::model::{Cents, InputSeq, NaiveDate, Outcome, Position, ServiceLine, Severity, text};
use crate::rules::Rule;
use serde::Serialize;
use std::sync::Arc;

/// One finding of one rule.
#[derive(Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// With the policy's override.
    pub severity: Severity,
    /// Broken, not evaluable, or pending.
    pub outcome: Outcome,
    /// Where it stands among all findings.
    pub place: Place,
    /// The service line concerned; `None` for findings about files and supervisors.
    pub line: Option<Arc<FindingLine>>,
    /// Units over a limit (U001, U002, P004).
    pub excess_units: Option<u32>,
    /// Dollars at issue.
    pub amount_at_issue: Option<Cents>,
    /// Claim adjustment reason code; empty where the rule has none.
    pub carc: &'static str,
    /// Remittance advice remark code; empty where the rule has none.
    pub rarc: &'static str,
    /// One or two sentences: the two values that disagree, and what to do next.
    pub message: String,
    /// What the finding rests on, for JSON and the reports; only where it was asked for.
    pub evidence: Option<Box<Evidence>>,
}

/// Where a finding stands; the order of `findings.csv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In an input file: index of the file in input order, and the position there.
    Input {
        /// Index into the run's files.
        file: u32,
        /// Position in it.
        position: Position,
    },
    /// About the supervisor of this id (S005).
    Supervisor(String),
}

/// What a finding says of its service line. One a line, shared by its findings.
#[derive(Clone)]
pub struct FindingLine {
    /// Place in input order.
    pub seq: InputSeq,
    /// As written.
    pub claim_id: String,
    /// LX01.
    pub line_number: u32,
    /// LX01 as written.
    pub line_text: String,
    /// CLM05-3 with its default.
    pub frequency_code: String,
    /// As written.
    pub original_claim_id: String,
    /// As written.
    pub member_id: String,
    /// As written.
    pub billing_npi: String,
    /// As written; may be empty.
    pub rendering_npi: String,
    /// `None` if it is no date.
    pub service_date: Option<NaiveDate>,
    /// The quantity as written.
    pub units_text: String,
    /// Units of 15 minutes; `None` if they cannot be read.
    pub units: Option<u32>,
    /// Paid amount, else charge.
    pub amount: Option<Cents>,
}

/// Another service line that a finding rests on.
#[derive(Clone, Debug, Serialize)]
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

impl FindingLine {
    /// What findings say of `line`.
    pub fn of(line: &ServiceLine<'_>) -> FindingLine {
        let owned = |bytes| text::decode(bytes).into_owned();
        FindingLine {
            seq: line.seq,
            claim_id: owned(line.claim_id),
            line_number: line.line_number,
            line_text: owned(line.line_text),
            frequency_code: owned(line.frequency_or_default()),
            original_claim_id: owned(line.original_claim_id),
            member_id: owned(line.member_id),
            billing_npi: owned(line.billing_npi),
            rendering_npi: owned(line.rendering_npi),
            service_date: line.first_day.day(),
            units_text: owned(line.units_text),
            units: line.units(),
            amount: line.amount(),
        }
    }
}

/// A supervision session that a finding looked at, and why it did not qualify.
#[derive(Clone, Debug, Serialize)]
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
#[derive(Clone, Debug, Serialize)]
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
