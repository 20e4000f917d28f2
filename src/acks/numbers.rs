//! Control numbers of what is written.

use super::settings::Settings;
use crate::model::NaiveDate;
use chrono::Datelike;

/// ISA13 and GS06 have nine digits.
pub const MOST_NUMBER: u32 = 999_999_999;
/// Numbers of a day, where they come from the date.
const A_DAY: u32 = 10_000;

/// Gives the numbers of interchanges and groups, one after the other.
pub struct Numbers {
    next: u32,
    last: Option<u32>,
}

impl Numbers {
    /// On from `last`, where a ledger knows the last one given. Else as set, else `YYDDD0001` from
    /// the as-of date (DDD the day of the year): the same run gives the same numbers, another day
    /// others.
    pub fn new(settings: &Settings, as_of: NaiveDate, last: Option<u32>) -> Numbers {
        let day = as_of.year().rem_euclid(100).unsigned_abs() * 1000 + as_of.ordinal();
        let first = settings.first_control_number.unwrap_or(day * A_DAY + 1);
        Numbers { next: last.map_or(first, after), last }
    }

    /// The last one given: by this run, else before it.
    pub fn last(&self) -> Option<u32> {
        self.last
    }

    /// The next one; behind the largest comes 1.
    pub fn take(&mut self) -> u32 {
        let number = self.next;
        self.next = after(number);
        self.last = Some(number);
        number
    }
}

fn after(number: u32) -> u32 {
    if number >= MOST_NUMBER { 1 } else { number + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::date;

    #[test]
    fn numbers_come_from_the_day_or_the_settings_and_never_leave_nine_digits() {
        let as_of = date::parse(b"2025-09-15").expect("a date");
        let mut numbers = Numbers::new(&Settings::default(), as_of, None);
        assert_eq!([numbers.take(), numbers.take()], [252_580_001, 252_580_002]);
        let last = Settings { first_control_number: Some(MOST_NUMBER), ..Settings::default() };
        let mut numbers = Numbers::new(&last, as_of, None);
        assert_eq!([numbers.take(), numbers.take()], [MOST_NUMBER, 1]);
        let mut numbers = Numbers::new(&last, as_of, Some(41));
        assert_eq!([numbers.last(), Some(numbers.take()), numbers.last()], [41, 42, 42].map(Some));
    }
}
