//! Days as whole numbers since 1970-01-01, and the calendar of the rules: months, fiscal years,
//! ages, weekdays, the four-year September 30.
//!
//! The conversions are Howard Hinnant's (`days_from_civil`, public domain,
//! <https://howardhinnant.github.io/date_algorithms.html>). They stand here and are not taken from
//! another room, because a set and the engine that it tests must not share a mistake.

/// A day: whole days since 1970-01-01.
pub(super) type Day = i32;

/// The day of a date.
pub(super) const fn day(year: i32, month: i32, day_of_month: i32) -> Day {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day_of_month - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of month of a day.
pub(super) const fn date(day: Day) -> (i32, i32, i32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day_of_month)
}

/// Monday is 0, Sunday is 6.
pub(super) const fn weekday(day: Day) -> i32 {
    (day + 3).rem_euclid(7)
}

/// The first working day on or after a day.
pub(super) const fn working_day_from(day: Day) -> Day {
    match weekday(day) {
        5 => day + 2,
        6 => day + 1,
        _ => day,
    }
}

/// The last working day on or before a day.
pub(super) const fn working_day_until(day: Day) -> Day {
    match weekday(day) {
        5 => day - 1,
        6 => day - 2,
        _ => day,
    }
}

/// First and last day of the month of a day.
pub(super) const fn month_of(of: Day) -> (Day, Day) {
    let (year, month, _) = date(of);
    let next = if month == 12 { day(year + 1, 1, 1) } else { day(year, month + 1, 1) };
    (day(year, month, 1), next - 1)
}

/// The same day so many months later, or the month's last day where it has no such day.
pub(super) const fn plus_months(from: Day, months: i32) -> Day {
    let (year, month, day_of_month) = date(from);
    let count = year * 12 + month - 1 + months;
    let first = day(count.div_euclid(12), count.rem_euclid(12) + 1, 1);
    let last = month_of(first).1;
    let wanted = first + day_of_month - 1;
    if wanted < last { wanted } else { last }
}

/// First and last day of the state fiscal year (July 1 to June 30) of a day.
pub(super) const fn fiscal_year_of(of: Day) -> (Day, Day) {
    let (year, month, _) = date(of);
    let begins = if month >= 7 { year } else { year - 1 };
    (day(begins, 7, 1), day(begins + 1, 6, 30))
}

/// The birth date of someone who turns `age` on a day, whatever the year (February 29 apart).
pub(super) const fn born(turns: Day, age: i32) -> Day {
    plus_months(turns, -12 * age)
}

/// The first end of a certification period, September 30 of every fourth year, on or after a day.
pub(super) const fn cliff_from(from: Day) -> Day {
    let (year, _, _) = date(from);
    let year = year + (1 - year).rem_euclid(4);
    let cliff = day(year, 9, 30);
    if cliff < from { day(year + 4, 9, 30) } else { cliff }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        assert_eq!(day(1970, 1, 1), 0);
        assert_eq!(day(2000, 3, 1), 11_017);
        for number in day(1900, 1, 1)..day(2110, 1, 1) {
            let (year, month, day_of_month) = date(number);
            assert_eq!(day(year, month, day_of_month), number);
        }
    }

    #[test]
    fn the_calendar_of_the_rules() {
        assert_eq!(weekday(day(2025, 10, 17)), 4);
        assert_eq!(plus_months(day(2023, 8, 31), 6), day(2024, 2, 29));
        assert_eq!(plus_months(day(2024, 1, 15), -1), day(2023, 12, 15));
        assert_eq!(month_of(day(2024, 2, 10)), (day(2024, 2, 1), day(2024, 2, 29)));
        assert_eq!(fiscal_year_of(day(2024, 6, 30)), (day(2023, 7, 1), day(2024, 6, 30)));
        assert_eq!(fiscal_year_of(day(2024, 7, 1)).0, day(2024, 7, 1));
        assert_eq!(cliff_from(day(2022, 1, 1)), day(2025, 9, 30));
        assert_eq!(cliff_from(day(2025, 9, 30)), day(2025, 9, 30));
        assert_eq!(cliff_from(day(2025, 10, 1)), day(2029, 9, 30));
        assert_eq!(born(day(2024, 5, 6), 18), day(2006, 5, 6));
        assert_eq!(working_day_from(day(2025, 10, 18)), day(2025, 10, 20));
        assert_eq!(working_day_until(day(2025, 10, 19)), day(2025, 10, 17));
    }
}
