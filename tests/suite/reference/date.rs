//! Civil dates by plain arithmetic, so that no date code is shared with the engine.

/// A day of the Gregorian calendar; the derived order is the order in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: i64,
    pub month: i64,
    pub day: i64,
}

pub fn is_leap_year(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Date {
    pub fn new(year: i64, month: i64, day: i64) -> Date {
        Date { year, month, day }
    }

    /// Reads `YYYY-MM-DD` or `YYYYMMDD`; anything else, or a day that never was, is no date.
    pub fn parse(text: &str) -> Option<Date> {
        let text = text.trim();
        let digits: String = match text.len() {
            8 => text.to_string(),
            10 if text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-' => {
                text.split('-').collect()
            }
            _ => return None,
        };
        if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: i64 = digits.parse().ok()?;
        let date = Date::new(number / 10_000, number / 100 % 100, number % 100);
        let real = date.year >= 1
            && (1..=12).contains(&date.month)
            && date.day >= 1
            && date.day <= days_in_month(date.year, date.month);
        real.then_some(date)
    }

    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    pub fn compact(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    /// Days since 1970-01-01, counted year by year and month by month: slow, and easy to believe.
    pub fn days(self) -> i64 {
        let mut days = self.day - 1;
        for month in 1..self.month {
            days += days_in_month(self.year, month);
        }
        let year_days = |year| if is_leap_year(year) { 366 } else { 365 };
        for year in 1970..self.year {
            days += year_days(year);
        }
        for year in self.year..1970 {
            days -= year_days(year);
        }
        days
    }

    pub fn tomorrow(self) -> Date {
        if self.day < days_in_month(self.year, self.month) {
            Date::new(self.year, self.month, self.day + 1)
        } else if self.month < 12 {
            Date::new(self.year, self.month + 1, 1)
        } else {
            Date::new(self.year + 1, 1, 1)
        }
    }

    pub fn yesterday(self) -> Date {
        if self.day > 1 {
            Date::new(self.year, self.month, self.day - 1)
        } else if self.month > 1 {
            let month = self.month - 1;
            Date::new(self.year, month, days_in_month(self.year, month))
        } else {
            Date::new(self.year - 1, 12, 31)
        }
    }

    /// Steps day by day; the callers move by at most a few years.
    pub fn plus_days(self, days: i64) -> Date {
        let mut date = self;
        for _ in 0..days.max(0) {
            date = date.tomorrow();
        }
        for _ in days.min(0)..0 {
            date = date.yesterday();
        }
        date
    }

    /// `start + n months` clamps to the month's last day.
    pub fn plus_months(self, months: i64) -> Date {
        let count = self.year * 12 + self.month - 1 + months;
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
        Date::new(year, month, self.day.min(days_in_month(year, month)))
    }

    pub fn first_of_month(self) -> Date {
        Date::new(self.year, self.month, 1)
    }

    pub fn last_of_month(self) -> Date {
        Date::new(self.year, self.month, days_in_month(self.year, self.month))
    }

    /// The Monday of the week of this day: 1970-01-01 was a Thursday.
    pub fn monday(self) -> Date {
        self.plus_days(-(self.days() + 3).rem_euclid(7))
    }

    /// Whole years by month and day; who was born on Feb 29 is older on Mar 1 in common years.
    pub fn age_of(self, birth: Date) -> i64 {
        let years = self.year - birth.year;
        if (self.month, self.day) < (birth.month, birth.day) { years - 1 } else { years }
    }

    /// The UTC day on which this runs.
    pub fn today() -> Date {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("the clock stands after 1970");
        let days = i64::try_from(since.as_secs() / 86_400).expect("a day count is small");
        Date::new(1970, 1, 1).plus_days(days)
    }
}

#[test]
fn dates_are_read_counted_and_moved() {
    let date = |text| Date::parse(text).expect("a date of the test");
    assert_eq!(Date::parse("2023-02-29"), None);
    assert_eq!(Date::parse("2024-2-9"), None);
    assert_eq!(Date::parse("20240230"), None);
    assert_eq!(date("2024-02-29"), date("20240229"));
    assert_eq!(date("1970-01-01").days(), 0);
    assert_eq!(date("2000-03-01").days(), 11_017);
    assert_eq!(date("1969-12-31").days(), -1);
    assert_eq!(date("2023-08-31").plus_months(6), date("2024-02-29"));
    assert_eq!(date("2022-08-31").plus_months(6), date("2023-02-28"));
    assert_eq!(date("2024-03-01").plus_days(-1), date("2024-02-29"));
    assert_eq!(date("2024-07-03").monday(), date("2024-07-01"));
    assert_eq!(date("2024-06-30").monday(), date("2024-06-24"));
    assert_eq!(date("2023-02-28").age_of(date("2004-02-29")), 18);
    assert_eq!(date("2023-03-01").age_of(date("2004-02-29")), 19);
}
