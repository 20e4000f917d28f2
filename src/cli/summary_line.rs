//! `--summary-line`: what a run came to in one line, for the mail of cron.

use super::args::CommonArgs;
use super::configuration::deciding;
use super::exit::Exit;
use super::warnings;
use crate::model::{Cents, Severity};
use crate::outcome::{ClaimOutcome, Disposition, ReportedDays, RunOutcome};

/// The line, without its end.
pub(super) fn of(command: &str, outcome: &RunOutcome, common: &CommonArgs, exit: Exit) -> String {
    let counts = &outcome.counts;
    let severity = |severity: Severity| {
        let word = severity.as_str();
        let count = counts.severities.get(word).copied().unwrap_or_default();
        format!("{count} {word}")
    };
    let severities = [Severity::Deny, Severity::Review, Severity::Info].map(severity).join(", ");
    let totals = outcome.totals();
    // Where claims wait for another reason than a finding, they are in memory.
    let waiting = |wanted: fn(Disposition) -> bool| {
        let waiting = |claim: &&ClaimOutcome| claim.waits.is_some() && wanted(claim.disposition);
        outcome.claims.iter().filter(waiting).count() as u64
    };
    let held = totals.of_disposition(Disposition::Hold).claims
        + waiting(|disposition| disposition != Disposition::Hold);
    let to_review = totals.of_disposition(Disposition::Review).claims
        - waiting(|disposition| disposition == Disposition::Review);
    let to_release = totals.of_disposition(Disposition::Release).claims
        - waiting(|disposition| disposition == Disposition::Release);
    let Cents(cents) = counts.amount_at_issue;
    let mut parts = vec![
        format!("{} of {} peer-support lines checked", counts.checked, counts.peer_support_lines),
        format!("{} ({severities})", counted(totals.findings())),
        format!("claims: {held} held, {to_review} to review, {to_release} to release"),
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
    parts.extend(days(outcome.reported).map(|days| format!("{days} alone")));
    let is_typed = |name: &str| common.from_config.iter().all(|option| option.name != name);
    for (option, rules) in [("--select", &common.select), ("--ignore", &common.ignore)] {
        if !rules.is_empty() && is_typed(option) {
            parts.push(format!("{option} {}", rules.join(",")));
        }
    }
    let given: Vec<&str> =
        deciding(&common.from_config).map(|option| option.name.as_str()).collect();
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

/// The days that are reported, where that is not all; undated lines are on none of them.
pub(super) fn days(reported: ReportedDays) -> Option<String> {
    match (reported.from, reported.through) {
        (Some(from), Some(through)) => Some(format!("from {from} to {through}")),
        (Some(from), None) => Some(format!("from {from} on")),
        (None, Some(through)) => Some(format!("until {through}")),
        (None, None) => None,
    }
}

/// `1 finding`, `2 findings`
fn counted(findings: u64) -> String {
    format!("{findings} finding{}", if findings == 1 { "" } else { "s" })
}
