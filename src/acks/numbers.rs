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
}

impl Numbers {
    /// As set, else `YYDDD0001` from the as-of date (DDD the day of the year): the same run gives
    /// the same numbers, another day others.
    pub fn new(settings: &Settings, as_of: NaiveDate) -> Numbers {
        let day = as_of.year().rem_euclid(100).unsigned_abs() * 1000 + as_of.ordinal();
        Numbers { next: settings.first_control_number.unwrap_or(day * A_DAY + 1) }
    }

    /// The next one; behind the largest comes 1.
    pub fn take(&mut self) -> u32 {
        let number = self.next;
        self.next = if number >= MOST_NUMBER { 1 } else { number + 1 };
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::date;

    #[test]
    fn numbers_come_from_the_day_or_the_settings_and_never_leave_nine_digits() {
        let as_of = date::parse(b"2025-09-15").expect("a date");
        let mut numbers = Numbers::new(&Settings::default(), as_of);
        assert_eq!([numbers.take(), numbers.take()], [252_580_001, 252_580_002]);
        let last = Settings { first_control_number: Some(MOST_NUMBER), ..Settings::default() };
        let mut numbers = Numbers::new(&last, as_of);
        assert_eq!([numbers.take(), numbers.take()], [MOST_NUMBER, 1]);
    }
}
