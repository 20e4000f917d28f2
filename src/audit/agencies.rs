//! Profiles of agencies, each beside the median of all, and which of them stand out.
//!
//! A measure of an agency stands out where it is over the upper fence of all agencies with at least
//! [`LEAST_LINES`] lines: Q3 + 1.5 × (Q3 − Q1) (Tukey's rule; quartiles by linear interpolation, as
//! `QUARTILE.INC` of spreadsheets). With fewer than [`LEAST_AGENCIES`] such agencies nothing does.
//! It says where to look first, and nothing of what will be found there.

use super::Subject;
use super::ledger::{Ledger, LedgerLine, Standing};
use super::totals::{By, Totals};
use crate::model::{Cents, NaiveDate, Severity, text};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Agencies with fewer lines are neither measured against others nor marked.
pub const LEAST_LINES: u64 = 30;
/// With fewer agencies of that size nothing is marked.
pub const LEAST_AGENCIES: usize = 8;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Findings (deny and review) per 100 lines.
    FindingsPer100Lines,
    /// Share of the member-days at or over the daily limit.
    FullDayShare,
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
        Measure::FullDayShare,
        Measure::DaysPerMember,
        Measure::UnitsPerMember,
        Measure::GroupShare,
        Measure::DisallowedShare,
    ];

    /// The column.
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::FindingsPer100Lines => "findings_per_100_lines",
            Measure::FullDayShare => "full_day_share",
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
    /// Days of members with a counted line.
    pub member_days: u64,
    /// Of them, those whose units here are at or over the daily limit.
    pub full_days: u64,
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
    /// The measures, in the order of [`Measure::ALL`].
    pub measures: [f64; 6],
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
    /// Median of those, by measure.
    pub medians: [f64; 6],
    /// Upper fence, by measure; `None`: too few agencies.
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
    fn measured(&self) -> [f64; 6] {
        let share = |part: u64, whole: u64| {
            if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
        };
        let dollars = |cents: Cents| cents.0.max(0) as u64;
        [
            100.0 * share(self.deny_findings + self.review_findings, self.lines),
            share(self.full_days, self.member_days),
            share(self.member_days, self.members),
            share(self.units, self.members),
            share(self.group_lines, self.lines),
            share(dollars(self.disallowed_amount), dollars(self.amount)),
        ]
    }
}

fn compare(mut list: Vec<Agency>) -> Agencies {
    let compared = list.iter().filter(|agency| agency.lines >= LEAST_LINES).count();
    let mut medians = [0.0; 6];
    let mut fences = [None; 6];
    for (place, _) in Measure::ALL.iter().enumerate() {
        let large = list.iter().filter(|agency| agency.lines >= LEAST_LINES);
        let mut values: Vec<f64> = large.map(|agency| agency.measures[place]).collect();
        values.sort_by(f64::total_cmp);
        medians[place] = quantile(&values, 0.5);
        if compared < LEAST_AGENCIES {
            continue;
        }
        let (low, high) = (quantile(&values, 0.25), quantile(&values, 0.75));
        let fence = high + 1.5 * (high - low);
        fences[place] = Some(fence);
        for agency in list.iter_mut().filter(|agency| agency.lines >= LEAST_LINES) {
            agency.is_outlier[place] = agency.measures[place] > fence;
        }
    }
    Agencies { list, compared, medians, fences }
}

/// A quantile of sorted values by linear interpolation; 0 of none.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

struct Adder<'s, 'a> {
    subject: &'s Subject<'a>,
    agencies: BTreeMap<&'a [u8], (Agency, BTreeSet<&'a [u8]>)>,
}

impl Adder<'_, '_> {
    fn member(&mut self, ledger: &Ledger, member: &Range<usize>) {
        let lines = ledger.lines[member.clone()].iter().filter(|line| line.is_reported);
        let mut own: Vec<(&[u8], NaiveDate, u32)> = Vec::new();
        let mut seen: BTreeSet<&[u8]> = BTreeSet::new();
        for line in lines {
            let agency = self.line(line);
            seen.insert(agency);
            let counts = matches!(line.standing, Standing::Counted | Standing::Exempt);
            if let (true, Some(day)) = (counts, line.day) {
                own.push((agency, day, line.units));
            }
        }
        for agency in seen {
            self.agencies.entry(agency).or_default().0.members += 1;
        }
        own.sort_unstable();
        for day in own.chunk_by(|left, right| (left.0, left.1) == (right.0, right.1)) {
            let (agency, on, _) = day[0];
            let units: u64 = day.iter().map(|(.., units)| u64::from(*units)).sum();
            let limit = self.subject.policy.limits_on(on).map(|limits| limits.daily_units);
            let agency = &mut self.agencies.entry(agency).or_default().0;
            agency.member_days += 1;
            agency.full_days += u64::from(limit.is_some_and(|limit| units >= u64::from(limit)));
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
        agency.amount += line.amount().unwrap_or_default();
        let codes = &self.subject.policy.units.group_modifiers;
        agency.group_lines += u64::from(codes.iter().any(|code| line.has_modifier(code)));
        if !line.rendering_npi.is_empty() {
            practitioners.insert(line.rendering_npi);
        }
        for finding in self.subject.findings_of(own.record) {
            match finding.severity {
                Severity::Deny => agency.deny_findings += 1,
                Severity::Review => agency.review_findings += 1,
                Severity::Info => {}
            }
        }
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
        assert_eq!(quantile(&values, 0.25), 3.5);
        assert_eq!(quantile(&values, 0.5), 7.5);
        assert_eq!(quantile(&[5.0], 0.75), 5.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
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
        assert_eq!(found.medians[0], 4.0);
        assert_eq!(found.fences[0], Some(12.0));
        assert_eq!(marked, [false, false, false, false, false, false, false, false, true, false]);
        list.truncate(7);
        assert_eq!(compare(list).fences, [None; 6]);
    }
}
