//! The days of a practitioner: units over all members, in order (rule U004).

use super::member::limit_order;
use super::{Context, LineState, PractitionerDayFacts};
use crate::model::{NaiveDate, ServiceLine};
use crate::policy::Policy;
use xxhash_rust::xxh3::xxh3_64;

/// Whose day a line counts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayUnits {
    /// Hash of practitioner and date; days that share it are told apart later.
    pub day: u64,
    /// Units of the line.
    pub units: u32,
}

/// What `line` adds to its practitioner's day; `None` where it adds nothing: it does not count, has
/// several days, is of a group, or names no practitioner.
pub fn day_units(policy: &Policy, line: &ServiceLine<'_>, state: &LineState) -> Option<DayUnits> {
    let (true, Some(units), Ok(period)) = (state.counts(), state.units, state.period) else {
        return None;
    };
    let is_group = policy.units.is_group(line.modifiers);
    if line.rendering_npi.is_empty() || period.is_span() || is_group {
        return None;
    }
    Some(DayUnits { day: day_of(line.rendering_npi, period.first), units })
}

/// The hash of a practitioner's day: [`DayUnits::day`]. Its upper bits, by which days are parted,
/// depend on practitioner and date alike.
pub fn day_of(rendering_npi: &[u8], day: NaiveDate) -> u64 {
    let number = chrono::Datelike::num_days_from_ce(&day) as u32;
    let both = xxh3_64(rendering_npi) ^ u64::from(number).rotate_left(40);
    both.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Sorts the lines of days that share a hash into days, each in the order of the limits, and hands
/// on every current line with the running total up to it; what is too much, the rule says.
pub fn running_totals(
    context: Context<'_>,
    mut lines: Vec<ServiceLine<'_>>,
    mut take: impl FnMut(&PractitionerDayFacts<'_>),
) {
    let day_of = |line: &ServiceLine<'_>| line.first_day.day();
    lines.sort_by(|left, right| {
        let npi = left.rendering_npi.cmp(right.rendering_npi);
        npi.then_with(|| day_of(left).cmp(&day_of(right))).then_with(|| limit_order(left, right))
    });
    let same_day = |left: &ServiceLine<'_>, right: &ServiceLine<'_>| {
        left.rendering_npi == right.rendering_npi && day_of(left) == day_of(right)
    };
    for day in lines.chunk_by(same_day) {
        let mut total = 0;
        let with_totals: Vec<_> = day
            .iter()
            .map(|line| {
                total += u64::from(line.units().unwrap_or_default());
                (line.clone(), total)
            })
            .collect();
        for (line, running_total) in &with_totals {
            if !line.is_history {
                let running_total = *running_total;
                take(&PractitionerDayFacts { context, line, running_total, day: &with_totals });
            }
        }
    }
}
