//! The series behind the charts.

use super::Subject;
use super::ledger::{Ledger, LedgerLine, Standing};
use crate::model::NaiveDate;
use std::collections::BTreeMap;

/// Lines of a month by whether the practitioner's supervision was as required on the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// As required.
    pub met: u64,
    /// Not as required.
    pub short: u64,
    /// Not tested, or not to be told: no practitioner, no row, no start, no table, a month that is
    /// still open, or a line that does not count.
    pub untested: u64,
}

/// The series, each by its key in order.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Findings by rule.
    pub by_rule: BTreeMap<&'static str, u64>,
    /// Findings by month of service.
    pub by_month: BTreeMap<String, u64>,
    /// Findings in no month: on no line, or on one whose date cannot be right.
    pub without_month: u64,
    /// Member-days by the units that the limit counted on the day.
    pub days_by_units: BTreeMap<u32, u64>,
    /// The first and the newest good service date of the lines reported.
    pub service_days: Option<(NaiveDate, NaiveDate)>,
    /// The daily limit on the newest good service date; `None`: none.
    pub daily_limit: Option<u32>,
    /// Member-years by the units counted in the year.
    pub years_by_units: BTreeMap<u32, u64>,
    /// The annual limit on the newest good service date; `None`: none.
    pub annual_limit: Option<u32>,
    /// Supervision by month of service.
    pub coverage: BTreeMap<String, Coverage>,
}

/// `2025-09`
pub fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

impl Figures {
    /// Counts over the reported lines.
    pub fn of(
        subject: &Subject<'_>,
        ledger: &Ledger,
        coverage: BTreeMap<String, Coverage>,
    ) -> Figures {
        let mut figures = Figures { coverage, ..Figures::default() };
        for finding in &subject.outcome.findings {
            *figures.by_rule.entry(finding.rule.id).or_default() += 1;
            let day = finding.line.as_ref().and_then(|line| line.service_date);
            // A day that is still to come is on record nowhere but on a line that is wrong.
            match day.filter(|day| *day <= subject.outcome.as_of) {
                Some(day) => *figures.by_month.entry(month(day)).or_default() += 1,
                None => figures.without_month += 1,
            }
        }
        let mut days = ledger.reported().filter_map(LedgerLine::good_day);
        figures.service_days = days
            .next()
            .map(|first| days.fold((first, first), |(from, to), day| (from.min(day), to.max(day))));
        let newest = figures.service_days.map(|(_, newest)| newest);
        let limits = newest.and_then(|day| subject.policy.limits_on(day));
        figures.daily_limit = limits.map(|limits| limits.daily_units);
        figures.annual_limit = limits.map(|limits| limits.annual_units);
        for member in &ledger.members {
            ledger.years(member).for_each(|year| figures.year(year));
        }
        figures
    }

    /// Adds a member's year: the totals are those that the limits were held against.
    fn year(&mut self, year: &[LedgerLine]) {
        let mut days: BTreeMap<NaiveDate, (u32, bool)> = BTreeMap::new();
        let mut of_year = None;
        for line in year.iter().filter(|line| line.standing == Standing::Counted) {
            let (total, is_reported) = of_year.unwrap_or((0, false));
            of_year = Some((line.usage.year_total.max(total), is_reported || line.is_reported));
            let Some(day) = line.single_day() else { continue };
            let on = days.entry(day).or_default();
            on.0 = on.0.max(line.usage.day_total);
            on.1 |= line.is_reported;
        }
        for (units, _) in days.into_values().filter(|(_, is_reported)| *is_reported) {
            *self.days_by_units.entry(units).or_default() += 1;
        }
        if let Some((total, true)) = of_year {
            *self.years_by_units.entry(total).or_default() += 1;
        }
    }
}
