//! Drawing a sample that anybody can draw again.
//!
//! **Algorithm `sha256-order-1`.** The key of frame line *i* is the SHA-256 of the text `SEED:i`
//! (the seed, a colon, the number in decimal digits). Within each stratum the lines stand in
//! ascending order of their keys; the first n are the sample, those behind them the spares.
//!
//! **Strata.** None: all lines are stratum `all`. By agency: one stratum an agency. By dollars into
//! H strata of about equal dollars: a line of amount a is in stratum ⌈H × (dollars of all lines of
//! at most a) / (all dollars)⌉; strata without a line are left out.
//!
//! **Allocation.** Each stratum gets two lines (all, where it has fewer); each further line goes to
//! the stratum with most dollars a line drawn so far that is not full, of two equal ones to the
//! earlier.

use super::frame::Frame;
use super::overpayment::Disallowance;
use super::{AuditError, Subject};
use crate::model::{Cents, text};
use crate::store::RecordId;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// The name of the algorithm, that changes when any draw would.
pub const ALGORITHM: &str = "sha256-order-1";
/// The 95th percentile of the normal distribution: half of a two-sided 90 % interval.
const NORMAL_95: f64 = 1.644_853_626_951_472_7;
/// The smallest sample that `--precision` plans.
const LEAST_PLANNED: u64 = 30;

/// How large the sample is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Size {
    /// So many lines.
    Lines(u64),
    /// As many as the planned half-width of the 90 % interval asks to be at most this share of the
    /// overpayment that the findings show (where they show none, of the dollars of the frame).
    Precision(f64),
}

/// How the frame is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stratify {
    /// Not at all.
    None,
    /// Into so many strata of about equal dollars.
    Dollars(u32),
    /// By agency.
    Agency,
}

/// What to draw.
#[derive(Clone, Debug)]
pub struct Design {
    /// How large.
    pub size: Size,
    /// How the frame is cut.
    pub stratify: Stratify,
    /// Any text.
    pub seed: String,
    /// Spares a stratum.
    pub spares: u64,
}

/// One stratum.
#[derive(Clone, Debug)]
pub struct Stratum {
    /// `all`, `dollars-1`, or the agency.
    pub name: String,
    /// Lines in the frame.
    pub lines: u64,
    /// Their dollars.
    pub amount: Cents,
    /// Least and most dollars of a line.
    pub bounds: (Cents, Cents),
    /// Lines drawn, spares left out.
    pub sample: u64,
}

/// One line drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Index of its stratum.
    pub stratum: usize,
    /// Place among the lines drawn of the stratum, from 1, spares behind the sample.
    pub order: u64,
    /// Number in the frame, from 1.
    pub number: u64,
    /// It stands by.
    pub is_spare: bool,
}

/// A sample.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The strata.
    pub strata: Vec<Stratum>,
    /// The lines drawn, stratum after stratum, in the order drawn.
    pub drawn: Vec<Drawn>,
    /// With `--precision`: the planned half-width as a share of what it was planned on.
    pub planned: Option<f64>,
}

/// Draws a sample of `frame`.
pub fn draw(
    subject: &Subject<'_>,
    frame: &Frame,
    overpayment: &[Disallowance],
    design: &Design,
) -> Result<Sample, AuditError> {
    if frame.lines.is_empty() {
        let what = "no paid net line is in the frame: there is nothing to draw from";
        return Err(AuditError::Sample { what: what.to_owned() });
    }
    let (mut strata, members) = cut(subject, frame, design.stratify);
    let mut planned = None;
    let sizes = match design.size {
        Size::Lines(lines) => {
            check_size(lines, &strata, frame.lines.len() as u64)?;
            allocate(&strata, lines)
        }
        Size::Precision(share) => {
            let planner = Planner::new(frame, overpayment, &members);
            let sizes = planner.sizes(&strata, share);
            planned = Some(planner.half_width(&strata, &sizes));
            sizes
        }
    };
    let mut drawn = Vec::new();
    for (index, (stratum, numbers)) in strata.iter_mut().zip(&members).enumerate() {
        stratum.sample = sizes[index];
        let upto = stratum.sample + design.spares;
        let ordered = in_order(&design.seed, numbers);
        for (order, number) in (1..=upto).zip(ordered) {
            drawn.push(Drawn { stratum: index, order, number, is_spare: order > stratum.sample });
        }
    }
    Ok(Sample { strata, drawn, planned })
}

fn check_size(lines: u64, strata: &[Stratum], frame: u64) -> Result<(), AuditError> {
    let least: u64 = strata.iter().map(|stratum| stratum.lines.min(2)).sum();
    let what = if lines > frame {
        format!("--sample {lines} is more than the frame holds (lines: {frame}): pass at most that")
    } else if lines < least {
        let strata = strata.len();
        format!(
            "--sample {lines} is too small for {strata} strata of two lines each: pass at least \
             {least}, or cut the frame less"
        )
    } else {
        return Ok(());
    };
    Err(AuditError::Sample { what })
}

/// `numbers` in the order of their keys.
pub fn in_order(seed: &str, numbers: &[u64]) -> Vec<u64> {
    let key = |number: &u64| -> [u8; 32] { Sha256::digest(format!("{seed}:{number}")).into() };
    let mut keyed: Vec<([u8; 32], u64)> =
        numbers.iter().map(|number| (key(number), *number)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, number)| number).collect()
}

/// The strata, and the frame numbers in each.
fn cut(subject: &Subject<'_>, frame: &Frame, stratify: Stratify) -> (Vec<Stratum>, Vec<Vec<u64>>) {
    let cut_at = match stratify {
        Stratify::Dollars(count) => dollar_strata(frame, count),
        _ => BTreeMap::new(),
    };
    let name = |record: RecordId, amount: Cents| match stratify {
        Stratify::None => "all".to_owned(),
        Stratify::Agency => text::decode(subject.store().line(record).billing_npi).into_owned(),
        Stratify::Dollars(_) => {
            format!("dollars-{:03}", cut_at.get(&amount).copied().unwrap_or_default())
        }
    };
    let mut by_name: BTreeMap<String, (Stratum, Vec<u64>)> = BTreeMap::new();
    for (index, line) in frame.lines.iter().enumerate() {
        let name = name(line.record, line.amount);
        let (stratum, numbers) = by_name.entry(name).or_insert_with_key(|name| {
            let bounds = (line.amount, line.amount);
            let (name, amount) = (name.clone(), Cents(0));
            (Stratum { name, lines: 0, amount, bounds, sample: 0 }, Vec::new())
        });
        stratum.lines += 1;
        stratum.amount += line.amount;
        let (least, most) = stratum.bounds;
        stratum.bounds = (least.min(line.amount), most.max(line.amount));
        numbers.push(index as u64 + 1);
    }
    by_name.into_values().unzip()
}

/// The stratum, from 1, of each amount that occurs.
fn dollar_strata(frame: &Frame, count: u32) -> BTreeMap<Cents, u32> {
    let mut by_amount: BTreeMap<Cents, i64> = BTreeMap::new();
    for line in &frame.lines {
        *by_amount.entry(line.amount).or_default() += line.amount.0;
    }
    let all = i128::from(frame.amount.0).max(1);
    let mut so_far = 0_i128;
    let of_amount = |(amount, dollars): (Cents, i64)| {
        so_far += i128::from(dollars);
        let stratum = (so_far * i128::from(count) + all - 1) / all;
        (amount, stratum.clamp(1, i128::from(count)) as u32)
    };
    by_amount.into_iter().map(of_amount).collect()
}

/// How many lines of each stratum are drawn, of `lines` in all.
fn allocate(strata: &[Stratum], lines: u64) -> Vec<u64> {
    let mut sizes: Vec<u64> = strata.iter().map(|stratum| stratum.lines.min(2)).collect();
    let mut left = lines.saturating_sub(sizes.iter().sum());
    while left > 0 {
        let mut best: Option<usize> = None;
        for index in 0..strata.len() {
            if sizes[index] >= strata[index].lines {
                continue;
            }
            // Dollars a line drawn, compared crosswise so that nothing is rounded.
            let weight = |one: usize, other: usize| {
                i128::from(strata[one].amount.0) * i128::from(sizes[other])
            };
            if best.is_none_or(|best| weight(index, best) > weight(best, index)) {
                best = Some(index);
            }
        }
        let Some(best) = best else { break };
        sizes[best] += 1;
        left -= 1;
    }
    sizes
}

/// Plans a size from the overpayment that the findings show.
struct Planner {
    /// Variance within each stratum, with n − 1 below.
    variances: Vec<f64>,
    /// Sum over the frame.
    total: f64,
}

impl Planner {
    fn new(frame: &Frame, overpayment: &[Disallowance], members: &[Vec<u64>]) -> Planner {
        let mut found: HashMap<RecordId, i64> = HashMap::new();
        for row in overpayment {
            *found.entry(row.record).or_default() += row.amount.0;
        }
        let disallowed = |number: &u64| {
            found.get(&frame.lines[*number as usize - 1].record).copied().unwrap_or_default() as f64
        };
        let paid = |number: &u64| frame.lines[*number as usize - 1].amount.0 as f64;
        let shows_any = members.iter().flatten().any(|number| disallowed(number) != 0.0);
        let value = |number: &u64| if shows_any { disallowed(number) } else { paid(number) };
        let mut total = 0.0;
        let variances = members.iter().map(|numbers| {
            let sum: f64 = numbers.iter().map(value).sum();
            total += sum;
            let mean = sum / numbers.len() as f64;
            let squares: f64 = numbers.iter().map(|number| (value(number) - mean).powi(2)).sum();
            squares / (numbers.len().max(2) - 1) as f64
        });
        let variances = variances.collect();
        Planner { variances, total }
    }

    /// Half the width of the planned interval, as a share of the total.
    fn half_width(&self, strata: &[Stratum], sizes: &[u64]) -> f64 {
        let mut variance = 0.0;
        for ((stratum, size), own) in strata.iter().zip(sizes).zip(&self.variances) {
            let (all, drawn) = (stratum.lines as f64, *size as f64);
            variance += all * (all - drawn) * own / drawn;
        }
        if self.total > 0.0 { NORMAL_95 * variance.sqrt() / self.total } else { 0.0 }
    }

    /// The smallest allocation found by halving whose half-width is at most `share`.
    fn sizes(&self, strata: &[Stratum], share: f64) -> Vec<u64> {
        let most: u64 = strata.iter().map(|stratum| stratum.lines).sum();
        let least: u64 = strata.iter().map(|stratum| stratum.lines.min(2)).sum();
        let (mut low, mut high) = (least.max(LEAST_PLANNED.min(most)), most);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.half_width(strata, &allocate(strata, middle)) <= share {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        allocate(strata, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of docs/sampling.md, worked out by Python's hashlib and not by this program.
    #[test]
    fn draws_what_another_program_draws() {
        let numbers: Vec<u64> = (1..=20).collect();
        assert_eq!(in_order("2025-A", &numbers)[..6], VECTOR_A);
        assert_eq!(in_order("", &numbers)[..6], VECTOR_EMPTY);
    }

    const VECTOR_A: [u64; 6] = [10, 19, 6, 5, 9, 13];
    const VECTOR_EMPTY: [u64; 6] = [13, 20, 18, 10, 2, 6];

    fn stratum(lines: u64, dollars: i64) -> Stratum {
        let (name, bounds) = (String::new(), (Cents(0), Cents(0)));
        Stratum { name, lines, amount: Cents(dollars), bounds, sample: 0 }
    }

    #[test]
    fn lines_go_where_the_dollars_are_and_no_stratum_is_overdrawn() {
        let strata = [stratum(100, 600), stratum(3, 300), stratum(100, 100), stratum(1, 1)];
        assert_eq!(allocate(&strata, 7), [2, 2, 2, 1]);
        assert_eq!(allocate(&strata, 12), [6, 3, 2, 1]);
        assert_eq!(allocate(&strata, 204), [100, 3, 100, 1]);
        assert_eq!(allocate(&strata, 999), [100, 3, 100, 1]);
    }

    #[test]
    fn dollars_are_cut_into_equal_parts_and_equal_amounts_stay_together() {
        let amounts = [1, 1, 1, 1, 2, 2, 4, 8];
        let line =
            |amount: &i64| super::super::frame::FrameLine { record: 0, amount: Cents(*amount) };
        let frame = Frame {
            lines: amounts.iter().map(line).collect(),
            amount: Cents(20),
            ..Frame::default()
        };
        // Up to 1: 4 of 20; up to 2: 8; up to 4: 12; up to 8: 20.
        let strata: Vec<u32> = dollar_strata(&frame, 4).into_values().collect();
        assert_eq!(strata, [1, 2, 3, 4]);
        let halves: Vec<u32> = dollar_strata(&frame, 2).into_values().collect();
        assert_eq!(halves, [1, 1, 2, 2]);
    }
}
