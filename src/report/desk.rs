//! What the reports of the auditor's desk (`report.html`, `findings.xlsx`) are made from.

use super::manifest::ManifestFacts;
use crate::audit::sampling::{Design, Sample};
use crate::audit::{Audit, Subject};
use crate::rules::Rule;

/// Everything that both of them show.
pub struct Desk<'a> {
    /// `validate` or `audit`.
    pub command: &'a str,
    /// Outcome, policy and tables.
    pub subject: &'a Subject<'a>,
    /// What was worked out from them.
    pub audit: &'a Audit,
    /// What the manifest says.
    pub facts: &'a ManifestFacts,
    /// The rules that were asked for, by id.
    pub rules: &'a [&'static Rule],
}

/// A sample, how it was asked for, and the frame that it was drawn from.
#[derive(Clone, Copy)]
pub struct DrawnSample<'a> {
    /// What was asked for.
    pub design: &'a Design,
    /// What was drawn.
    pub sample: &'a Sample,
    /// SHA-256 of `frame.csv`, in hex.
    pub frame_sha256: &'a str,
}
