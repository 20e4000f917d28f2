//! What a rule is: its page, its codes and its check, in one value.

use crate::evidence::Evidence;
use crate::join::{ClaimFacts, LineFacts, PractitionerDayFacts, RecordConflict, SupervisorLoad};
use crate::model::{FileFault, Outcome, Severity};
use crate::tables::TableKind;

/// One rule. Everything that `explain`, the reports, and the acknowledgements say of it stands
/// here.
pub struct Rule {
    /// `U001`
    pub id: &'static str,
    /// `daily-units-exceeded`
    pub name: &'static str,
    /// Before the policy's override.
    pub severity: Severity,
    /// What it checks, exactly, in one or two sentences.
    pub statement: &'static str,
    /// Why the rule exists, for whoever must explain it.
    pub why: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// What to do about a finding.
    pub correct: &'static str,
    /// Keys of the policy that it reads.
    pub policy_keys: &'static [&'static str],
    /// Tables without which it does not run.
    pub needs: &'static [TableKind],
    /// Claim adjustment reason code; empty: none.
    pub carc: &'static str,
    /// Remittance advice remark code; empty: none.
    pub rarc: &'static str,
    /// 277CA status (`category:code` or `category:code:entity`); empty: none.
    pub stc: &'static str,
    /// What a finding of severity deny takes from the payment.
    pub disallows: Disallows,
    /// Claims on which it fires.
    pub fires: Example,
    /// Claims close to it on which it does not.
    pub silent: Example,
    /// Finds the number of the other claim that its message names, which may hold the id of any
    /// member; `None`: it names none but, of a correction, the one that this corrects.
    pub names: Option<FindNumber>,
    /// The check.
    pub check: Check,
}

/// The number of a claim in a message.
pub type FindNumber = for<'m> fn(&'m str) -> Option<&'m str>;

/// What a deny finding takes from the payment of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disallows {
    /// All units.
    WholeLine,
    /// The finding's excess units.
    ExcessUnits,
    /// Nothing by itself.
    Nothing,
}

/// The check of a rule, by what it looks at.
pub enum Check {
    /// Each current net service line.
    Line(fn(&LineFacts<'_>) -> Option<Draft>),
    /// Each current claim that corrects another, whose patient paid something, or that does not
    /// balance. A rule on another fact of a claim needs a flag in `normalize::RecordKey`.
    Claim(fn(&ClaimFacts<'_>) -> Option<Draft>),
    /// Each current record whose key stood before with other content.
    Record(fn(&RecordConflict<'_>) -> Option<Draft>),
    /// Each current line of a practitioner's day that is past the policy's number.
    PractitionerDay(fn(&PractitionerDayFacts<'_>) -> Option<Draft>),
    /// Each supervisor over the policy's ratio, on the first such day.
    Supervisor(fn(&SupervisorLoad<'_>) -> Option<Draft>),
    /// Each fault of a claim file.
    File(fn(&FileFault) -> Option<Draft>),
}

/// A finding as its rule drafts it; the pipeline adds the line, the place and the dollars.
#[derive(Clone)]
pub struct Draft {
    /// `None`: the rule's, with the policy's override.
    pub severity: Option<Severity>,
    /// Broken, not evaluable, or pending.
    pub outcome: Outcome,
    /// Units over a limit.
    pub excess_units: Option<u32>,
    /// Where the rule has several remark codes.
    pub rarc: Option<&'static str>,
    /// The two values that disagree, and what to do next. No member id, name or birth date.
    pub message: String,
    /// What it rests on.
    pub evidence: Option<Box<Evidence>>,
}

impl Draft {
    /// The rule is broken.
    pub fn fail(message: String) -> Draft {
        Draft {
            severity: None,
            outcome: Outcome::Fail,
            excess_units: None,
            rarc: None,
            message,
            evidence: None,
        }
    }

    /// The rule applies, but a fact that it needs is missing.
    pub fn not_evaluable(message: String) -> Draft {
        Draft {
            severity: Some(Severity::Review),
            outcome: Outcome::NotEvaluable,
            ..Draft::fail(message)
        }
    }

    /// It cannot be decided before a later date.
    pub fn pending(message: String) -> Draft {
        Draft { severity: Some(Severity::Info), outcome: Outcome::Pending, ..Draft::fail(message) }
    }

    /// With units over a limit.
    pub fn with_excess(self, units: u32) -> Draft {
        Draft { excess_units: Some(units), ..self }
    }

    /// With a severity that neither the rule nor the policy sets.
    pub fn with_severity(self, severity: Severity) -> Draft {
        Draft { severity: Some(severity), ..self }
    }

    /// With this remark code.
    pub fn with_rarc(self, rarc: &'static str) -> Draft {
        Draft { rarc: Some(rarc), ..self }
    }

    /// With evidence, made only where it was asked for.
    pub fn with_evidence(self, wanted: bool, make: impl FnOnce() -> Evidence) -> Draft {
        Draft { evidence: wanted.then(|| Box::new(make())), ..self }
    }
}

/// Claims and tables that show a rule; a test runs them through the pipeline.
pub struct Example {
    /// What happens, in a sentence.
    pub story: &'static str,
    /// `claims.csv`, with its header.
    pub claims: &'static str,
    /// History, with its header; empty: none.
    pub history: &'static str,
    /// The tables given, each with its header.
    pub tables: &'static [(TableKind, &'static str)],
    /// `--as-of`.
    pub as_of: &'static str,
    /// The findings that it gives: `RULE claim/line`, with ` excess N`, ` not_evaluable` or
    /// ` pending` where that applies; a finding without a claim is `RULE`.
    pub finds: &'static [&'static str],
}
