//! Profiles of agencies, each beside the median of all, and which of them stand out.
//!
//! The median is of all agencies with a net line for which the measure can be worked out. A measure
//! of an agency stands out where it is over the upper fence of the agencies with at least
//! [`LEAST_LINES`] lines: Q3 + 1.5 × (Q3 − Q1) (Tukey's rule; quartiles by linear interpolation, as
//! `QUARTILE.INC` of spreadsheets). With fewer than [`LEAST_AGENCIES`] such agencies nothing does.
//! It says where to look first, and nothing of what will be found there.

use super::Subject;
use super::ledger::{Ledger, LedgerLine, Standing};
use super::totals::{By, Totals};
use crate::model::{Cents, NaiveDate, text};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Agencies with fewer lines make no fence and are not marked.
pub const LEAST_LINES: u64 = 30;
/// With fewer agencies of that size nothing is marked.
pub const LEAST_AGENCIES: usize = 8;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Findings (deny and review) per 100 lines.
    FindingsPer100Lines,
    /// Share of the units that were billed on days at or over the daily limit.
    UnitsAtLimitShare,
    /// Days of service a member.
    DaysPerMember,
    /// Units a member.
    UnitsPerMember,
    /// Share of the lines that are of a group.
    GroupShare,
    /// Share of the dollars that are disallowed.
    DisallowedShare,
}

impl Measure {
    /// All of them, in the order of the columns.
    pub const ALL: [Measure; 6] = [
        Measure::FindingsPer100Lines,
        Measure::UnitsAtLimitShare,
        Measure::DaysPerMember,
        Measure::UnitsPerMember,
        Measure::GroupShare,
        Measure::DisallowedShare,
    ];

    /// Whether it is a part of one.
    pub fn is_share(self) -> bool {
        use Measure::{DisallowedShare, GroupShare, UnitsAtLimitShare};
        matches!(self, UnitsAtLimitShare | GroupShare | DisallowedShare)
    }

    /// The column.
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::FindingsPer100Lines => "findings_per_100_lines",
            Measure::UnitsAtLimitShare => "units_at_limit_share",
            Measure::DaysPerMember => "days_per_member",
            Measure::UnitsPerMember => "units_per_member",
            Measure::GroupShare => "group_share",
            Measure::DisallowedShare => "disallowed_share",
        }
    }
}

/// One agency.
#[derive(Clone, Debug, Default)]
pub struct Agency {
    /// NPI as it stands in the claims.
    pub billing_npi: String,
    /// Net lines.
    pub lines: u64,
    /// Their units.
    pub units: u64,
    /// Their dollars.
    pub amount: Cents,
    /// Members served.
    pub members: u64,
    /// Rendering practitioners.
    pub practitioners: u64,
    /// Dollars of the lines with more than none: reversals left out.
    pub amount_over_zero: Cents,
    /// Days of members with a line that is tested, by its first day.
    pub member_days: u64,
    /// Units of lines of one day that the limits count: duplicates and exempt lines left out.
    pub day_units: u64,
    /// Days on which those of a member are here at or over the daily limit.
    pub days_at_limit: u64,
    /// The units of those days.
    pub units_at_limit: u64,
    /// Lines of a group.
    pub group_lines: u64,
    /// Findings of severity deny.
    pub deny_findings: u64,
    /// Findings of severity review.
    pub review_findings: u64,
    /// Units disallowed.
    pub disallowed_units: u64,
    /// Dollars disallowed.
    pub disallowed_amount: Cents,
    /// Dollars of the lines with any disallowance.
    pub whole_amount: Cents,
    /// The measures, in the order of [`Measure::ALL`]; `None`: there is nothing to measure.
    pub measures: [Option<f64>; 6],
    /// Which of them stand out.
    pub is_outlier: [bool; 6],
}

/// The agencies, and what they are measured against.
#[derive(Clone, Debug, Default)]
pub struct Agencies {
    /// By NPI.
    pub list: Vec<Agency>,
    /// Agencies of at least [`LEAST_LINES`] lines.
    pub compared: usize,
    /// Median of all agencies, by measure; `None`: there is nothing to measure.
    pub medians: [Option<f64>; 6],
    /// Upper fence of the agencies compared, by measure; `None`: too few of them.
    pub fences: [Option<f64>; 6],
}

impl Agencies {
    /// Adds up the reported lines of each agency and compares.
    pub fn of(subject: &Subject<'_>, ledger: &Ledger, totals: &Totals) -> Agencies {
        let mut adder = Adder { subject, agencies: BTreeMap::new() };
        for member in &ledger.members {
            adder.member(ledger, member);
        }
        let mut list: Vec<Agency> = adder
            .agencies
            .into_iter()
            .map(|(npi, (agency, practitioners))| Agency {
                billing_npi: text::decode(npi).into_owned(),
                practitioners: practitioners.len() as u64,
                ..agency
            })
            .collect();
        list.sort_by(|left, right| left.billing_npi.cmp(&right.billing_npi));
        for agency in &mut list {
            let of_key = |key: &str| key.cmp(agency.billing_npi.as_str());
            if let Ok(place) = totals.by(By::Agency).binary_search_by(|total| of_key(&total.key[0]))
            {
                let total = &totals.by(By::Agency)[place];
                agency.disallowed_units = total.units;
                agency.disallowed_amount = total.amount;
                agency.whole_amount = total.whole_amount;
            }
            agency.measures = agency.measured();
        }
        compare(list)
    }
}

impl Agency {
    /// The measures that stand out, by name.
    pub fn outliers(&self) -> impl Iterator<Item = &'static str> {
        let marked = Measure::ALL.into_iter().zip(self.is_outlier).filter(|(_, is_out)| *is_out);
        marked.map(|(measure, _)| measure.as_str())
    }

    fn measured(&self) -> [Option<f64>; 6] {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole.max(1) as f64);
        let dollars = |cents: Cents| cents.0.max(0) as u64;
        // Reversals make the dollars of an agency less than those that can fall.
        let disallowed = share(dollars(self.disallowed_amount), dollars(self.amount_over_zero));
        [
            share(100 * (self.deny_findings + self.review_findings), self.lines),
            share(self.units_at_limit, self.day_units),
            share(self.member_days, self.members),
            share(self.units, self.members),
            share(self.group_lines, self.lines),
            disallowed.map(|share| share.min(1.0)),
        ]
    }
}

fn compare(mut list: Vec<Agency>) -> Agencies {
    let compared = list.iter().filter(|agency| agency.lines >= LEAST_LINES).count();
    let mut medians = [None; 6];
    let mut fences = [None; 6];
    for (place, _) in Measure::ALL.iter().enumerate() {
        let values = |least: u64| {
            let large = list.iter().filter(|agency| agency.lines >= least);
            let mut values: Vec<f64> = large.filter_map(|agency| agency.measures[place]).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        medians[place] = quantile(&values(1), 0.5);
        let values = values(LEAST_LINES);
        if compared < LEAST_AGENCIES {
            continue;
        }
        let (Some(low), Some(high)) = (quantile(&values, 0.25), quantile(&values, 0.75)) else {
            continue;
        };
        let fence = high + 1.5 * (high - low);
        fences[place] = Some(fence);
        for agency in list.iter_mut().filter(|agency| agency.lines >= LEAST_LINES) {
            agency.is_outlier[place] = agency.measures[place].is_some_and(|value| value > fence);
        }
    }
    Agencies { list, compared, medians, fences }
}

/// A quantile of sorted values by linear interpolation; `None` of none.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]))
}

struct Adder<'s, 'a> {
    subject: &'s Subject<'a>,
    agencies: BTreeMap<&'a [u8], (Agency, BTreeSet<&'a [u8]>)>,
}

impl Adder<'_, '_> {
    fn member(&mut self, ledger: &Ledger, member: &Range<usize>) {
        let lines = ledger.lines[member.clone()].iter().filter(|line| line.is_reported);
        // Agency, day, and the units that its limit counts; `None`: none, it is a day all the same.
        let mut own: Vec<(&[u8], NaiveDate, Option<u32>)> = Vec::new();
        let mut seen: BTreeSet<&[u8]> = BTreeSet::new();
        for line in lines {
            let agency = self.line(line);
            seen.insert(agency);
            if let (true, Some(day)) = (line.is_tested(), line.day) {
                let is_counted = line.standing == Standing::Counted && line.single_day().is_some();
                own.push((agency, day, is_counted.then_some(line.units)));
            }
        }
        for agency in seen {
            self.agencies.entry(agency).or_default().0.members += 1;
        }
        own.sort_unstable();
        for day in own.chunk_by(|left, right| (left.0, left.1) == (right.0, right.1)) {
            let (agency, on, _) = day[0];
            let units: u64 = day.iter().filter_map(|(.., units)| units.map(u64::from)).sum();
            let limit = self.subject.policy.limits_on(on).map(|limits| limits.daily_units);
            let agency = &mut self.agencies.entry(agency).or_default().0;
            agency.member_days += 1;
            agency.day_units += units;
            if units > 0 && limit.is_some_and(|limit| units >= u64::from(limit)) {
                agency.days_at_limit += 1;
                agency.units_at_limit += units;
            }
        }
    }
}

impl<'a> Adder<'_, 'a> {
    /// Adds a line to its agency, and gives it.
    fn line(&mut self, own: &LedgerLine) -> &'a [u8] {
        let line = self.subject.store().line(own.record);
        let (agency, practitioners) = self.agencies.entry(line.billing_npi).or_default();
        agency.lines += 1;
        agency.units += u64::from(own.units);
        let amount = line.amount().unwrap_or_default();
        agency.amount += amount;
        agency.amount_over_zero += amount.max(Cents(0));
        let is_group = self.subject.policy.units.is_group(line.modifiers);
        agency.group_lines += u64::from(is_group);
        if !line.rendering_npi.is_empty() {
            practitioners.insert(line.rendering_npi);
        }
        let (deny, review) = self.subject.deny_and_review(own.record);
        agency.deny_findings += deny;
        agency.review_findings += review;
        line.billing_npi
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_those_of_spreadsheets() {
        // QUARTILE.INC of {1, 2, 4, 7, 8, 9, 10, 12}: the example of its help page, 3.5.
        let values = [1.0, 2.0, 4.0, 7.0, 8.0, 9.0, 10.0, 12.0];
        assert_eq!(quantile(&values, 0.25), Some(3.5));
        assert_eq!(quantile(&values, 0.5), Some(7.5));
        assert_eq!(quantile(&[5.0], 0.75), Some(5.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn only_agencies_of_some_size_are_compared_and_marked() {
        let agency = |lines, findings| {
            let mut agency = Agency { lines, deny_findings: findings, ..Agency::default() };
            agency.measures = agency.measured();
            agency
        };
        let mut list: Vec<Agency> = (0..8).map(|index| agency(100, index)).collect();
        list.push(agency(100, 50));
        list.push(agency(10, 10));
        let found = compare(list.clone());
        let marked: Vec<bool> = found.list.iter().map(|agency| agency.is_outlier[0]).collect();
        assert_eq!(found.compared, 9);
        // The median is of all ten, the fence of the nine that are large enough.
        assert_eq!(found.medians[0], Some(4.5));
        // Nobody served a member: there is nothing to measure, and nothing stands out.
        assert_eq!((found.medians[2], found.fences[2]), (None, None));
        assert_eq!(found.fences[0], Some(12.0));
        assert_eq!(marked, [false, false, false, false, false, false, false, false, true, false]);
        list.truncate(7);
        let few = compare(list);
        assert_eq!((few.fences, few.medians[0]), ([None; 6], Some(3.0)));
    }

    #[test]
    fn a_share_of_dollars_is_never_more_than_all_of_them() {
        let agency = Agency {
            lines: 2,
            amount: Cents(1_000),
            amount_over_zero: Cents(5_000),
            disallowed_amount: Cents(4_000),
            ..Agency::default()
        };
        assert_eq!(agency.measured()[5], Some(0.8));
        let reversed = Agency { amount_over_zero: Cents(0), ..agency };
        assert_eq!(reversed.measured()[5], None);
    }
}
