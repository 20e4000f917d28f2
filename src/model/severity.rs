//! How grave a finding is, and how sure.

use serde::{Deserialize, Serialize};

/// What is to be done about a finding. Ordered: `Info` < `Review` < `Deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// A person must look.
    Review,
    /// Do not bill; disallow.
    Deny,
}

impl Severity {
    /// The word used in every output and in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Review => "review",
            Severity::Deny => "deny",
        }
    }
}

/// Whether a rule was broken, or could not be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The rule is broken.
    Fail,
    /// The rule applies, but a fact that it needs is missing. Its severity is always `Review`.
    NotEvaluable,
    /// It cannot be decided before a later date. Its severity is always `Info`.
    Pending,
}

impl Outcome {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Fail => "fail",
            Outcome::NotEvaluable => "not_evaluable",
            Outcome::Pending => "pending",
        }
    }
}
