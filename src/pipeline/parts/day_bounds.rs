//! What the day of a practitioner comes to at most: of most days, too little for a finding.
//!
//! Days share counters, and lines that turn out not to count are counted here, so that a day never
//! comes to more than its counter says. Only the lines of days whose counter is over the limit are
//! looked at ([`super::practitioner_days`]).

use super::keyed::Keyed;
use crate::join::practitioner_day::day_of;
use crate::model::record::{self, OfDay};
use crate::normalize::RecordKey;

/// Counters: a day shares one with others, the less often the more there are.
pub(super) struct DayBounds {
    /// Units; a counter at its end may stand for any number.
    units: Vec<u16>,
}

/// The least of counters that is of use.
const LEAST_BYTES: u64 = 64 << 10;
/// More days than have lines on any 10⁸ of them.
const MOST_BYTES: u64 = 256 << 20;

impl DayBounds {
    /// Of `bytes` of memory or less, but for a least that is of use.
    pub fn new(bytes: u64) -> DayBounds {
        let bytes = bytes.clamp(LEAST_BYTES, MOST_BYTES);
        DayBounds { units: vec![0; 1 << (bytes / size_of::<u16>() as u64).ilog2()] }
    }

    /// Counts the lines that are of peer support.
    pub fn add<'k>(&mut self, lines: impl Iterator<Item = Keyed<'k>>) {
        // Apart: counters lie far from each other, and are then waited for all at once.
        let lines = lines.filter_map(|keyed| of_day(&keyed));
        let places =
            lines.map(|line| (self.place(day_of(line.rendering_npi, line.day)), line.units));
        for (place, units) in places.collect::<Vec<_>>() {
            let units = u16::try_from(units).unwrap_or(u16::MAX);
            self.units[place] = self.units[place].saturating_add(units);
        }
    }

    /// Whether the day with this hash may come to more than `limit` units.
    pub fn may_exceed(&self, day: u64, limit: u64) -> bool {
        let units = self.units[self.place(day)];
        units == u16::MAX || u64::from(units) > limit
    }

    fn place(&self, day: u64) -> usize {
        // The upper bits of the product depend on all bits of the day.
        let mixed = day.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (u64::BITS - self.units.len().ilog2())) as usize
    }
}

/// The hash of the day that a line of peer support is of; `None`: of none.
pub(super) fn day_of_line(keyed: &Keyed<'_>) -> Option<u64> {
    of_day(keyed).map(|line| day_of(line.rendering_npi, line.day))
}

fn of_day<'f>(keyed: &Keyed<'f>) -> Option<OfDay<'f>> {
    let is_peer_support = keyed.flags & RecordKey::PEER_SUPPORT != 0;
    if is_peer_support { record::of_day(keyed.record) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DateField, ServiceLine};
    use std::collections::HashMap;

    fn record(npi: u32, day: u32, units: u32) -> Vec<u8> {
        let (npi, units) = (npi.to_string(), units.to_string());
        let day = format!("202501{:02}", day + 1);
        let mut record = Vec::new();
        let line = ServiceLine {
            rendering_npi: npi.as_bytes(),
            units_text: units.as_bytes(),
            first_day: DateField::parse(day.as_bytes()),
            ..ServiceLine::empty()
        };
        record::encode(&line, &mut record);
        record
    }

    fn keyed(record: &[u8], flags: u8) -> Keyed<'_> {
        Keyed { claim: 0, member: 0, line_number: 0, flags, record }
    }

    #[test]
    fn no_day_comes_to_more_than_its_counter_says() {
        let mut bounds = DayBounds::new(0);
        let mut sums: HashMap<(u32, u32), u64> = HashMap::new();
        // More days than counters; one line of more units than a counter holds.
        for number in 0..60_000 {
            let (npi, day, units) = (number % 5000, number % 29, number % 9);
            let record = record(npi, day, units);
            bounds.add([0, RecordKey::PEER_SUPPORT].iter().map(|flags| keyed(&record, *flags)));
            *sums.entry((npi, day)).or_default() += u64::from(units);
        }
        let many = record(1, 1, 99_999);
        bounds.add([keyed(&many, RecordKey::PEER_SUPPORT)].into_iter());
        *sums.entry((1, 1)).or_default() += 99_999;
        let (mut over, mut under) = (0, 0);
        for ((npi, day), sum) in sums {
            let record = record(npi, day, 1);
            let day = day_of_line(&keyed(&record, RecordKey::PEER_SUPPORT)).expect("it has one");
            assert!(day_of_line(&keyed(&record, 0)).is_none(), "a line of a correction");
            for limit in [3, 8, 16, 70_000] {
                let may = bounds.may_exceed(day, limit);
                assert!(may || sum <= limit, "{npi} {limit}");
                over += u32::from(may);
                under += u32::from(!may);
            }
        }
        assert!(over > 100 && under > 100, "{over} {under}");
    }
}
