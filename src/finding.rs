//! The finding: what a rule reports, as a typed value.

use crate::evidence::Evidence;
use crate::model::{Cents, InputSeq, NaiveDate, Outcome, Position, ServiceLine, Severity, text};
use crate::rules::Rule;
use std::sync::Arc;

/// One finding of one rule.
#[derive(Clone)]
#[non_exhaustive]
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
#[non_exhaustive]
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
