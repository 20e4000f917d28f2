//! The earlier line that a line repeats or meets, in words and as evidence.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::{ServiceLine, text};

/// `claim A1 line 1`, and whether it stands in history.
pub fn words(line: &ServiceLine<'_>) -> String {
    let origin = if line.is_history { " (history)" } else { "" };
    format!("claim {} line {}{origin}", text::decode(line.claim_id), line.line_number)
}

/// Line `index` of the member, with the units of its day.
pub fn evidence(facts: &LineFacts<'_>, index: usize) -> Evidence {
    let day_total = facts.member.states[index].usage.map_or(0, |usage| usage.day_total);
    Evidence::Earlier { line: facts.evidence_line(index, day_total) }
}
