//! Civil dates as the inputs write them, and the calendar arithmetic that the rules ask for.

pub use chrono::NaiveDate;
use chrono::{Datelike, Days, Months};

/// The last day that an input can write, and the last that is shown: a limit year may end after it.
pub const LAST: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// Reads `YYYY-MM-DD` or `YYYYMMDD`; anything else, and a day that no calendar has, is `None`.
pub fn parse(text: &[u8]) -> Option<NaiveDate> {
    let (year, month, day) = match *text {
        [a, b, c, d, b'-', e, f, b'-', g, h] => ([a, b, c, d], [e, f], [g, h]),
        [a, b, c, d, e, f, g, h] => ([a, b, c, d], [e, f], [g, h]),
        _ => return None,
    };
    let year = digits(&year)?;
    NaiveDate::from_ymd_opt(year as i32, digits(&month)?, digits(&day)?)
}

fn digits(text: &[u8]) -> Option<u32> {
    let mut value = 0;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u32::from(byte - b'0');
    }
    Some(value)
}

/// The same day of the month `months` later, or that month's last day where it is shorter.
///
/// `None` only past the end of the calendar (year 262142).
pub fn add_months(date: NaiveDate, months: u32) -> Option<NaiveDate> {
    date.checked_add_months(Months::new(months))
}

/// `date` moved by whole days; a move past either end of the calendar stops there.
pub fn add_days(date: NaiveDate, days: i64) -> NaiveDate {
    let moved = if days >= 0 {
        date.checked_add_days(Days::new(days.unsigned_abs()))
    } else {
        date.checked_sub_days(Days::new(days.unsigned_abs()))
    };
    moved.unwrap_or(if days >= 0 { NaiveDate::MAX } else { NaiveDate::MIN })
}

/// Whole years lived on `on`, by month and day: born on Feb 29, one turns a year older on Mar 1 in
/// common years. Negative before birth.
pub fn age_on(birth: NaiveDate, on: NaiveDate) -> i32 {
    let had_birthday = (on.month(), on.day()) >= (birth.month(), birth.day());
    on.year() - birth.year() - i32::from(!had_birthday)
}

/// First day of the calendar month of `date`.
pub fn month_start(date: NaiveDate) -> NaiveDate {
    add_days(date, -i64::from(date.day0()))
}

/// Last day of the calendar month of `date`.
pub fn month_end(date: NaiveDate) -> NaiveDate {
    match add_months(month_start(date), 1) {
        Some(next) => add_days(next, -1),
        None => NaiveDate::MAX,
    }
}

/// The last `starts` (a weekday) on or before `date`.
pub fn week_start(date: NaiveDate, starts: chrono::Weekday) -> NaiveDate {
    let past = date.weekday().days_since(starts);
    add_days(date, -i64::from(past))
}

/// Days of the period `first..=last`, both ends counted; at least 1.
pub fn days_inclusive(first: NaiveDate, last: NaiveDate) -> u32 {
    u32::try_from((last - first).num_days() + 1).unwrap_or(1).max(1)
}

/// The year, named by its end, of the limit year that holds `date` and starts on `month`-`day`.
///
/// July 1 starts name June 30 2025 by 2025 and July 1 2025 by 2026; a January 1 start gives the
/// calendar year.
pub fn limit_year(date: NaiveDate, month: u32, day: u32) -> i32 {
    if (month, day) == (1, 1) {
        return date.year();
    }
    date.year() + i32::from((date.month(), date.day()) >= (month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse(text.as_bytes()).expect("a date in a test")
    }

    #[test]
    fn reads_both_forms_and_nothing_else() {
        assert_eq!(day("2025-02-28"), day("20250228"));
        for bad in ["2025-02-29", "2025/02/28", "20251301", "2025022", "", "２０２５", "+2025228"]
        {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn months_clamp_to_the_last_day() {
        assert_eq!(add_months(day("2023-08-31"), 6), Some(day("2024-02-29")));
        assert_eq!(add_months(day("2022-08-31"), 6), Some(day("2023-02-28")));
        assert_eq!(month_end(day("2024-02-01")), day("2024-02-29"));
    }

    #[test]
    fn leap_day_birth_ages_on_march_first() {
        let birth = day("2004-02-29");
        assert_eq!(age_on(birth, day("2025-02-28")), 20);
        assert_eq!(age_on(birth, day("2025-03-01")), 21);
        assert_eq!(age_on(birth, day("2024-02-29")), 20);
    }

    #[test]
    fn fiscal_years_turn_on_july_first() {
        assert_eq!(limit_year(day("2025-06-30"), 7, 1), 2025);
        assert_eq!(limit_year(day("2025-07-01"), 7, 1), 2026);
        assert_eq!(limit_year(day("2025-12-31"), 1, 1), 2025);
    }

    #[test]
    fn weeks_start_on_monday() {
        assert_eq!(week_start(day("2025-09-14"), chrono::Weekday::Mon), day("2025-09-08"));
        assert_eq!(week_start(day("2025-09-15"), chrono::Weekday::Mon), day("2025-09-15"));
    }
}
