//! `--summary-line`: what a run came to in one line, for the mail of cron.

use super::configuration::deciding;
use super::exit::Exit;
use super::warnings;
use crate::model::{Cents, Severity};
use crate::outcome::{ClaimOutcome, Disposition, RunOutcome};
use crate::report::OptionFacts;

/// The line, without its end.
pub(super) fn of(command: &str, outcome: &RunOutcome, given: &[OptionFacts], exit: Exit) -> String {
    let counts = &outcome.counts;
    let severity = |severity: Severity| {
        let word = severity.as_str();
        let count = counts.severities.get(word).copied().unwrap_or_default();
        format!("{count} {word}")
    };
    let severities = [Severity::Deny, Severity::Review, Severity::Info].map(severity).join(", ");
    let waits =
        |claim: &ClaimOutcome| claim.disposition == Disposition::Hold || claim.waits.is_some();
    let held = outcome.claims.iter().filter(|claim| waits(claim)).count();
    let claims = |wanted: Disposition| {
        let wanted = |claim: &&ClaimOutcome| !waits(claim) && claim.disposition == wanted;
        outcome.claims.iter().filter(wanted).count()
    };
    let Cents(cents) = counts.amount_at_issue;
    let mut parts = vec![
        format!("{} of {} peer-support lines checked", counts.checked, counts.peer_support_lines),
        format!("{} ({severities})", counted(outcome.findings.len())),
        format!(
            "claims: {held} held, {} to review, {} to release",
            claims(Disposition::Review),
            claims(Disposition::Release)
        ),
        format!("${}.{:02} at issue", cents / 100, cents.unsigned_abs() % 100),
    ];
    for (count, what) in [
        (outcome.bad_rows, ("row", "s left out", " left out")),
        (outcome.rules_not_run.len() as u64, ("rule", "s not run", " not run")),
        (warnings::count(outcome) as u64, ("warning", "s", "")),
    ] {
        let (name, many, one) = what;
        match count {
            0 => {}
            1 => parts.push(format!("1 {name}{one}")),
            _ => parts.push(format!("{count} {name}{many}")),
        }
    }
    let given: Vec<&str> = deciding(given).map(|option| option.name.as_str()).collect();
    if !given.is_empty() {
        parts.push(format!("the configuration gives {}", given.join(", ")));
    }
    let meaning = match exit {
        Exit::Clean => "exit 0: nothing to stop for",
        Exit::Findings => "exit 1: findings",
        Exit::NotDone => "exit 2: not done",
        Exit::Partial => "exit 3: some input was left out",
    };
    format!("peerclaims {command} {}: {}; {meaning}", outcome.as_of, parts.join("; "))
}

/// `1 finding`, `2 findings`
fn counted(findings: usize) -> String {
    format!("{findings} finding{}", if findings == 1 { "" } else { "s" })
}
