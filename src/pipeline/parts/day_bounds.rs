//! What the day of a practitioner comes to at most: of most days, too little for a finding.
//!
//! Days share counters, and lines that turn out not to count are counted here, so that a day never
//! comes to more than its counter says. Only the lines of days whose counter is over the limit are
//! looked at ([`super::practitioner_days`]).

use super::keyed::Keyed;
use crate::join::practitioner_day::day_of;
use crate::model::record::{self, DayLine};
use crate::normalize::RecordKey;
use crate::policy::UnitsPolicy;

/// Counters: a day shares one with others, the less often the more there are.
pub(super) struct DayBounds {
    /// Units; a counter at its end may stand for any number.
    units: Vec<u16>,
    policy: UnitsPolicy,
}

/// The least that is of use.
const LEAST_BYTES: u64 = 64 << 10;
/// 128 million counters: enough for 10⁸ lines.
const MOST_BYTES: u64 = 256 << 20;

impl DayBounds {
    /// Of `bytes` of memory or less, but for a least that is of use; `policy` says what a day may
    /// have.
    pub fn new(bytes: u64, policy: UnitsPolicy) -> DayBounds {
        let bytes = bytes.clamp(LEAST_BYTES, MOST_BYTES);
        DayBounds { units: vec![0; 1 << (bytes / size_of::<u16>() as u64).ilog2()], policy }
    }

    /// The most units of a day.
    pub fn limit(&self) -> u64 {
        u64::from(self.policy.practitioner_daily_units)
    }

    /// Counts the lines that are of peer support.
    pub fn add<'k>(&mut self, lines: impl Iterator<Item = Keyed<'k>>) {
        // Apart: counters lie far from each other, and are then waited for all at once.
        let lines = lines.filter_map(|keyed| self.line(&keyed));
        let places =
            lines.map(|line| (self.place(day_of(line.rendering_npi, line.day)), line.units));
        for (place, units) in places.collect::<Vec<_>>() {
            let units = u16::try_from(units).unwrap_or(u16::MAX);
            self.units[place] = self.units[place].saturating_add(units);
        }
    }

    /// Whether the day with this hash may come to more units than it may have.
    pub fn may_exceed(&self, day: u64) -> bool {
        let units = self.units[self.place(day)];
        units == u16::MAX || u64::from(units) > self.limit()
    }

    /// The hash of the day that a line adds to; `None`: to none, as it is no peer support, or of a
    /// group.
    pub fn day_of(&self, keyed: &Keyed<'_>) -> Option<u64> {
        self.line(keyed).map(|line| day_of(line.rendering_npi, line.day))
    }

    fn line<'f>(&self, keyed: &Keyed<'f>) -> Option<DayLine<'f>> {
        if keyed.flags & RecordKey::PEER_SUPPORT == 0 {
            return None;
        }
        let line = record::day_line(keyed.record)?;
        (!self.policy.is_group(line.modifiers)).then_some(line)
    }

    fn place(&self, day: u64) -> usize {
        (day >> (u64::BITS - self.units.len().ilog2())) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DateField, ServiceLine};
    use crate::policy;
    use std::collections::HashMap;

    fn record(npi: u32, day: u32, units: u32, modifiers: &str) -> Vec<u8> {
        let (npi, units) = (npi.to_string(), units.to_string());
        let day = format!("202501{:02}", day + 1);
        let mut record = Vec::new();
        let line = ServiceLine {
            rendering_npi: npi.as_bytes(),
            units_text: units.as_bytes(),
            modifiers: modifiers.as_bytes(),
            first_day: DateField::parse(day.as_bytes()),
            ..ServiceLine::empty()
        };
        record::encode(&line, &mut record);
        record
    }

    fn keyed(record: &[u8], flags: u8) -> Keyed<'_> {
        Keyed { claim: 0, member: 0, line_number: 0, flags, record }
    }

    fn line(record: &[u8]) -> Keyed<'_> {
        keyed(record, RecordKey::PEER_SUPPORT)
    }

    #[test]
    fn no_day_comes_to_more_than_its_counter_says() {
        let mut bounds = DayBounds::new(0, policy::builtin().units);
        let mut sums: HashMap<(u32, u32), u64> = HashMap::new();
        // More days than counters; one line of more units than a counter holds.
        for number in 0..60_000 {
            let (npi, day, units) = (number % 5000, number % 29, number % 9);
            let [own, group] = ["HE", "HE:hq"].map(|text| record(npi, day, units, text));
            bounds.add([line(&own), line(&group), keyed(&own, 0)].into_iter());
            *sums.entry((npi, day)).or_default() += u64::from(units);
        }
        let many = record(1, 1, 99_999, "");
        bounds.add([line(&many)].into_iter());
        *sums.entry((1, 1)).or_default() += 99_999;
        let (mut over, mut under) = (0, 0);
        for ((npi, day), sum) in sums {
            let own = record(npi, day, 1, "HE");
            assert!(bounds.day_of(&keyed(&own, 0)).is_none(), "a line of a correction");
            assert!(bounds.day_of(&line(&record(npi, day, 1, "HQ"))).is_none(), "of a group");
            let day = bounds.day_of(&line(&own)).expect("it has one");
            for limit in [3, 8, 16, 70_000] {
                bounds.policy.practitioner_daily_units = limit;
                let may = bounds.may_exceed(day);
                assert!(may || sum <= u64::from(limit), "{npi} {limit}");
                over += u32::from(may);
                under += u32::from(!may);
            }
        }
        assert!(over > 100 && under > 100, "{over} {under}");
    }
}
