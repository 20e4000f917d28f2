//! The lines of a member that use up a limit, as evidence.

use crate::evidence::{Evidence, EvidenceLine, newest_lines};
use crate::join::units::limit_year_days;
use crate::join::{LineFacts, LineState, UnitUsage};
use crate::model::{NaiveDate, ServiceLine};
use std::ops::Range;

/// The member's lines from `first` through `last`, up to and with the one of the finding, for which
/// `total` gives the running total of the limit concerned.
pub fn lines(
    facts: &LineFacts<'_>,
    (first, last): (NaiveDate, NaiveDate),
    total: impl Fn(&LineState) -> Option<u64>,
) -> Vec<EvidenceLine> {
    let upto = &facts.member.lines[..=facts.index];
    // History stands before current and each part by date, so the period is two runs of lines: a
    // member with a million lines costs a finding no more than one with ten.
    let (history, current) = upto.split_at(upto.partition_point(|line| line.is_history));
    let run = |part: &[ServiceLine<'_>], offset: usize| -> Range<usize> {
        let begin = part.partition_point(|line| line.first_day.day() < Some(first));
        let end = part.partition_point(|line| line.first_day.day() <= Some(last));
        offset + begin..offset + end
    };
    let indexes = run(history, 0).chain(run(current, history.len()));
    newest_lines(indexes.rev().filter_map(|index| {
        total(&facts.member.states[index]).map(|total| facts.evidence_line(index, total))
    }))
}

/// The lines that use up the limit year of `usage`, which is that of the finding's line.
pub fn year(facts: &LineFacts<'_>, usage: &UnitUsage, limit: u64) -> Evidence {
    let days = limit_year_days(facts.context.policy, usage.limit_year);
    Evidence::Limit {
        period: format!("limit year {}", usage.limit_year),
        limit,
        running_total: usage.year_total,
        lines: days.map_or(Vec::new(), |days| {
            lines(facts, days, |other| other.usage.map(|other| other.year_total))
        }),
    }
}

/// The limit year of `usage` in words: its first and last day.
pub fn year_words(facts: &LineFacts<'_>, usage: &UnitUsage) -> String {
    match limit_year_days(facts.context.policy, usage.limit_year) {
        Some((first, last)) => format!("from {first} to {last}"),
        None => format!("in limit year {}", usage.limit_year),
    }
}
