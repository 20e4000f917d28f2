//! The service period of a line: its days, or why they cannot be right.

use crate::model::{DateField, NaiveDate, ServiceLine, date};

/// The days of service of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServicePeriod {
    /// First day.
    pub first: NaiveDate,
    /// Last day; the first, for nearly every line.
    pub last: NaiveDate,
}

/// Why the dates of a line cannot be right (rule C003).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodFault {
    /// No service date.
    Missing,
    /// The service date is not a date.
    FirstUnreadable,
    /// The end of the period is not a date.
    LastUnreadable,
    /// The period ends before it begins.
    EndBeforeStart(NaiveDate, NaiveDate),
    /// The first or last day lies after the as-of date.
    AfterAsOf(NaiveDate),
    /// The first day lies before the member's birth.
    BeforeBirth(NaiveDate),
}

impl ServicePeriod {
    /// The period of `line`, as known on `as_of`.
    pub fn of(line: &ServiceLine<'_>, as_of: NaiveDate) -> Result<ServicePeriod, PeriodFault> {
        let first = match line.first_day {
            DateField::Day(day) => day,
            DateField::Missing => return Err(PeriodFault::Missing),
            DateField::Unreadable(_) => return Err(PeriodFault::FirstUnreadable),
        };
        let last = match line.last_day {
            DateField::Missing => first,
            DateField::Day(day) => day,
            DateField::Unreadable(_) => return Err(PeriodFault::LastUnreadable),
        };
        if last < first {
            return Err(PeriodFault::EndBeforeStart(first, last));
        }
        if last > as_of {
            return Err(PeriodFault::AfterAsOf(if first > as_of { first } else { last }));
        }
        if line.birth.is_some_and(|birth| first < birth) {
            return Err(PeriodFault::BeforeBirth(first));
        }
        Ok(ServicePeriod { first, last })
    }

    /// Days of the period, both ends counted.
    pub fn days(self) -> u32 {
        date::days_inclusive(self.first, self.last)
    }

    /// Whether it is more than one day (rule C004).
    pub fn is_span(self) -> bool {
        self.last > self.first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_that_lies_after_the_as_of_date_is_named() {
        let day = |text: &[u8]| date::parse(text).expect("a date in a test");
        let as_of = day(b"20250910");
        let of = |first: &'static [u8], last: &'static [u8]| {
            let line = ServiceLine {
                first_day: DateField::parse(first),
                last_day: DateField::parse(last),
                ..ServiceLine::empty()
            };
            ServicePeriod::of(&line, as_of).map(|period| period.last)
        };
        let after = |text| Err(PeriodFault::AfterAsOf(day(text)));
        assert_eq!(of(b"20250910", b""), Ok(as_of));
        assert_eq!(of(b"20250911", b""), after(b"20250911"));
        assert_eq!(of(b"20250909", b"20250911"), after(b"20250911"));
        assert_eq!(
            of(b"20250910", b"20250911"),
            after(b"20250911"),
            "the first day itself is right"
        );
        assert_eq!(of(b"20250912", b"20250914"), after(b"20250912"));
    }
}
