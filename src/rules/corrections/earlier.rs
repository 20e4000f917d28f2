//! The earlier line that a line repeats or meets, in words and as evidence.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::{ServiceLine, text};

/// `claim A1 line 1`, and whether it stands in history.
pub fn words(line: &ServiceLine<'_>) -> String {
    let origin = if line.is_history { " (history)" } else { "" };
    format!("claim {} line {}{origin}", text::decode(line.claim_id), line.line_number)
}

/// The number of the claim in a message with those [`words`], in which no other ` line ` follows.
pub fn named(message: &str) -> Option<&str> {
    let begin = ["claim ", "Claim "].iter().filter_map(|word| message.find(word)).min()?;
    let number = &message[begin + "claim ".len()..];
    Some(&number[..number.rfind(" line ")?])
}

/// Line `index` of the member, with the units of its day.
pub fn evidence(facts: &LineFacts<'_>, index: usize) -> Evidence {
    let day_total = facts.member.states[index].usage.map_or(0, |usage| usage.day_total);
    Evidence::Earlier { line: facts.evidence_line(index, day_total) }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_number_is_found_whatever_stands_in_it() {
        for (message, number) in [
            ("The 4 units are billed already on claim A-1 line 12 (history): same.", Some("A-1")),
            ("Claim claim 7 line 3 line 1 stands before this record", Some("claim 7 line 3")),
            ("No claim is named.", None),
        ] {
            assert_eq!(named(message), number, "{message}");
        }
    }
}
