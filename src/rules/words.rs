//! Dates, periods and lists in words, as messages and evidence of several groups write them.

use crate::model::{NaiveDate, text};
use std::borrow::Cow;

/// `2025-01-01 to 2025-06-30`, or `from 2025-01-01` where no end is stated.
pub(super) fn period(from: NaiveDate, through: Option<NaiveDate>) -> String {
    match through {
        Some(through) => format!("{from} to {through}"),
        None => format!("from {from}"),
    }
}

/// `at least 18`, `at most 26`, `18 to 26`; `any age` where neither end is given.
pub(super) fn ages(least: Option<u32>, most: Option<u32>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "any age".to_owned(),
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn alternatives(words: &[String]) -> String {
    match words {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// `1 unit`, `2 units`.
pub(super) fn units(count: u64) -> String {
    if count == 1 { "1 unit".to_owned() } else { format!("{count} units") }
}

/// `1 of this line's units is over`, `2 of this line's units are over`.
pub(super) fn over(excess: u32) -> String {
    let verb = if excess == 1 { "is" } else { "are" };
    format!("{excess} of this line's units {verb} over")
}

/// What is left to bill of a line.
pub(super) fn bill_at_most(left: u32) -> String {
    match left {
        0 => "Do not bill this line.".to_owned(),
        left => format!("Bill at most {} here.", units(u64::from(left))),
    }
}

/// `Agency 1234567893` at the beginning of a sentence. A shifted column can bring any value in the
/// place of an NPI, a member's id too, and that is not shown.
pub(super) fn agency(npi: &[u8]) -> Cow<'static, str> {
    let is_number = npi.len() == 10 && npi.iter().all(u8::is_ascii_digit);
    if is_number { format!("Agency {}", text::decode(npi)).into() } else { "Another agency".into() }
}

/// A number of ten-thousandths: `1`, `0.5`, `9.25`.
pub(super) fn ten_thousandths(value: u64) -> String {
    let text = format!("{}.{:04}", value / 10_000, value % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_numbers_and_lists() {
        let values = [(0, "0"), (5_000, "0.5"), (10_000, "1"), (92_500, "9.25"), (100_000, "10")];
        for (value, text) in values {
            assert_eq!(ten_thousandths(value), text);
        }
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(alternatives(&words), "a, b or c");
        assert_eq!(alternatives(&words[..2]), "a or b");
        assert_eq!(alternatives(&words[..1]), "a");
        assert_eq!(alternatives(&[]), "none");
    }

    #[test]
    fn an_agency_is_named_by_an_npi_alone() {
        assert_eq!(agency(b"1234567893"), "Agency 1234567893");
        assert_eq!(agency(b"MSM0000001"), "Another agency");
        assert_eq!(agency(b"123456789"), "Another agency");
    }

    #[test]
    fn one_is_no_plural() {
        assert_eq!([0, 1, 2].map(units), ["0 units", "1 unit", "2 units"]);
        assert_eq!(over(1), "1 of this line's units is over");
        assert_eq!(over(2), "2 of this line's units are over");
        let left = ["Do not bill this line.", "Bill at most 1 unit here."];
        assert_eq!([0, 1].map(bill_at_most), left);
        assert_eq!(bill_at_most(2), "Bill at most 2 units here.");
    }

    #[test]
    fn writes_ages_and_periods() {
        assert_eq!(ages(Some(18), Some(26)), "18 to 26");
        assert_eq!(ages(Some(18), None), "at least 18");
        assert_eq!(ages(None, Some(20)), "at most 20");
        assert_eq!(ages(None, None), "any age");
        let day = NaiveDate::from_ymd_opt(2025, 1, 31).expect("a date");
        assert_eq!(period(day, None), "from 2025-01-31");
        assert_eq!(period(day, Some(day)), "2025-01-31 to 2025-01-31");
    }
}
