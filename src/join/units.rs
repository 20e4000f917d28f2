//! How the lines of a member use up the day, the year and the planned period.

use crate::model::{NaiveDate, date};
use crate::policy::{AnnualCounts, Policy};
use crate::tables::PlanPeriod;

/// Units of one line against the limits of its day and year. All in units of 15 minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitUsage {
    /// Daily limit on the service date (times the days of a span); `None`: no limit then.
    pub daily_limit: Option<u64>,
    /// Units of the member on that day up to and with this line; of a span, its own.
    pub day_total: u64,
    /// Units of this line past the daily limit.
    pub day_excess: u32,
    /// The limit year, named by its end.
    pub limit_year: i32,
    /// Annual limit on the service date; `None`: no limit then.
    pub annual_limit: Option<u64>,
    /// Units of the member in the limit year before this line.
    pub year_before: u64,
    /// Units of the member in the limit year up to and with this line.
    pub year_total: u64,
    /// Units of this line past the annual limit.
    pub year_excess: u32,
    /// This line is the first of the year whose total is at the threshold of U003 or past it.
    pub first_near_limit: bool,
}

/// Running totals of one member, in the order of rules.md: history before current, then service
/// date, then received date, then input order.
#[derive(Default)]
pub struct UnitTotals {
    days: PeriodTotals,
    years: Vec<YearTotal>,
}

/// Units by the first day of a period, sorted by it. Lines come almost in order of date, so that
/// the place is nearly always the last one, or next to the one before.
#[derive(Default)]
struct PeriodTotals {
    totals: Vec<(NaiveDate, u64)>,
    last: usize,
}

impl PeriodTotals {
    fn clear(&mut self) {
        self.totals.clear();
        self.last = 0;
    }

    /// Adds units to the period that begins on `start`; gives its total.
    fn add(&mut self, start: NaiveDate, units: u32) -> u64 {
        if self.totals.get(self.last).is_none_or(|(day, _)| *day != start) {
            let found = self.totals.binary_search_by_key(&start, |(day, _)| *day);
            self.last = found.unwrap_or_else(|place| {
                self.totals.insert(place, (start, 0));
                place
            });
        }
        let total = &mut self.totals[self.last].1;
        *total += u64::from(units);
        *total
    }
}

struct YearTotal {
    year: i32,
    units: u64,
    is_near_limit: bool,
}

impl UnitTotals {
    /// Forgets the last member.
    pub fn clear(&mut self) {
        self.days.clear();
        self.years.clear();
    }

    /// Counts the next line in order: `units` on `days` days from `first`.
    pub fn count(&mut self, policy: &Policy, first: NaiveDate, days: u32, units: u32) -> UnitUsage {
        let limits = policy.limits_on(first);
        let daily_limit = limits.map(|limits| u64::from(limits.daily_units) * u64::from(days));
        let day_total = if days > 1 {
            u64::from(units) // a span joins no day's sum
        } else {
            self.days.add(first, units)
        };
        let day_excess = excess(units, day_total, daily_limit);
        let counted = match policy.units.annual_counts {
            AnnualCounts::Payable => units - day_excess,
            AnnualCounts::Billed => units,
        };
        let (month, day) = policy.units.limit_year_starts;
        let limit_year = date::limit_year(first, month, day);
        let annual_limit = limits.map(|limits| u64::from(limits.annual_units));
        let year = self.year(limit_year);
        let year_before = year.units;
        year.units += u64::from(counted);
        let year_total = year.units;
        let first_near_limit = match annual_limit {
            Some(limit) => {
                let threshold = (limit * u64::from(policy.units.near_annual_percent)).div_ceil(100);
                let is_first = !year.is_near_limit && year_total >= threshold;
                year.is_near_limit |= is_first;
                is_first
            }
            None => false,
        };
        UnitUsage {
            daily_limit,
            day_total,
            day_excess,
            limit_year,
            annual_limit,
            year_before,
            year_total,
            year_excess: excess(counted, year_total, annual_limit),
            first_near_limit,
        }
    }

    fn year(&mut self, year: i32) -> &mut YearTotal {
        let known = self.years.iter().position(|total| total.year == year);
        let index = known.unwrap_or_else(|| {
            self.years.push(YearTotal { year, units: 0, is_near_limit: false });
            self.years.len() - 1
        });
        &mut self.years[index]
    }
}

/// First and last day of the limit year named `year` by its end; `None` only past the calendar.
///
/// A year that starts on Feb 29 starts on Mar 1 where there is none, as [`date::limit_year`] has
/// it.
pub fn limit_year_days(policy: &Policy, year: i32) -> Option<(NaiveDate, NaiveDate)> {
    let (month, day) = policy.units.limit_year_starts;
    let start = |year| {
        let day = NaiveDate::from_ymd_opt(year, month, day);
        day.or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
    };
    let first = if (month, day) == (1, 1) { year } else { year - 1 };
    Some((start(first)?, date::add_days(start(first + 1)?, -1)))
}

/// Units of a line past a limit: `min(units, max(0, total − limit))`.
pub fn excess(units: u32, total: u64, limit: Option<u64>) -> u32 {
    let over = limit.map_or(0, |limit| total.saturating_sub(limit));
    u32::try_from(over).map_or(units, |over| over.min(units))
}

/// Units of the member in the day, week and calendar month of a line, up to and with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanTotals {
    /// On the day.
    pub day: u64,
    /// In the week.
    pub week: u64,
    /// In the calendar month.
    pub month: u64,
}

impl PlanTotals {
    /// The total of the period that a plan states.
    pub fn in_period(&self, period: PlanPeriod) -> u64 {
        match period {
            PlanPeriod::Day => self.day,
            PlanPeriod::Week => self.week,
            PlanPeriod::Month => self.month,
        }
    }
}

/// Running totals of one member by plan period, over all net lines, exempt ones too.
#[derive(Default)]
pub struct PlanPeriodTotals {
    days: PeriodTotals,
    weeks: PeriodTotals,
    months: PeriodTotals,
}

impl PlanPeriodTotals {
    /// Forgets the last member.
    pub fn clear(&mut self) {
        self.days.clear();
        self.weeks.clear();
        self.months.clear();
    }

    /// Counts the next line in order.
    pub fn count(&mut self, policy: &Policy, first: NaiveDate, units: u32) -> PlanTotals {
        let week = date::week_start(first, policy.plans.week_starts.0);
        PlanTotals {
            day: self.days.add(first, units),
            week: self.weeks.add(week, units),
            month: self.months.add(date::month_start(first), units),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{builtin, read};

    #[test]
    fn a_limit_year_is_named_by_its_end() {
        let with_start = |start: &str| {
            read(&format!("[units]\nlimit_year_starts = \"{start}\""), &[]).expect("a policy")
        };
        let days = |policy: &Policy, year| {
            let (first, last) = limit_year_days(policy, year).expect("within the calendar");
            format!("{first} {last}")
        };
        assert_eq!(days(&builtin(), 2026), "2025-07-01 2026-06-30");
        assert_eq!(days(&with_start("01-01"), 2026), "2026-01-01 2026-12-31");
        assert_eq!(days(&with_start("01-02"), 2026), "2025-01-02 2026-01-01");
        assert_eq!(days(&with_start("02-29"), 2025), "2024-02-29 2025-02-28");
        assert_eq!(days(&with_start("02-29"), 2024), "2023-03-01 2024-02-28");
    }
}
