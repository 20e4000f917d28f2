//! What all cells of a set share: the days it covers, the nights, how often each rule is broken.

use std::collections::BTreeMap;

use super::calendar::{Day, day, plus_months};

/// Every rule a set can break, in the order of the contract.
pub const RULES: [&str; 36] = [
    "C001", "C002", "C003", "C004", "C005", "C006", "C007", "C008", "C009", "C010", "D001", "D002",
    "D003", "D004", "D005", "F001", "F002", "F004", "F005", "K001", "K002", "K003", "K004", "K005",
    "K006", "K007", "P001", "P002", "P003", "P004", "P005", "S001", "S002", "S003", "S004", "S005",
];

/// The unit rules, which stand apart above only to keep the table narrow.
pub const UNIT_RULES: [&str; 4] = ["U001", "U002", "U003", "U004"];

/// How often to break each rule: one story of it for so large a share of the peer-support service
/// lines. U002 to U004, whose stories take many lines, count by those lines; S005 by supervisors;
/// F001, F002 and F004 by interchanges.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Violations {
    by_rule: BTreeMap<&'static str, f64>,
}

impl Violations {
    /// The same share for every rule; 0 gives a set without violations.
    pub fn every(rate: f64) -> Violations {
        let rules = RULES.iter().chain(&UNIT_RULES);
        Violations { by_rule: rules.map(|rule| (*rule, rate)).collect() }
    }

    /// Reads `0.001`, `0`, `U001=0.01,S002=0.005`, or rule prefixes (`U=0.01`); what is not named
    /// is not planted.
    ///
    /// # Errors
    /// The part of the text that is no rule or no share between 0 and 1, in words.
    pub fn parse(text: &str) -> Result<Violations, String> {
        if !text.contains('=') {
            return Ok(Violations::every(share(text)?));
        }
        let mut violations = Violations::default();
        for part in text.split(',') {
            let (name, rate) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}` is not RULE=SHARE (such as U001=0.01)"))?;
            let prefix = name.trim().to_ascii_uppercase();
            let rate = share(rate)?;
            let rules = RULES.iter().chain(&UNIT_RULES);
            let named: Vec<_> =
                rules.filter(|rule| !prefix.is_empty() && rule.starts_with(&prefix)).collect();
            if named.is_empty() {
                return Err(format!("`{name}` is no rule that `generate` can break, nor a prefix"));
            }
            violations.by_rule.extend(named.into_iter().map(|rule| (*rule, rate)));
        }
        Ok(violations)
    }

    /// The share for a rule, 0 where it is not planted.
    pub fn rate(&self, rule: &str) -> f64 {
        self.by_rule.get(rule).copied().unwrap_or(0.0)
    }

    /// Plants a rule at a rate between 0 and 1, whatever was said of it before; a text that is no
    /// rule changes nothing.
    pub fn set(&mut self, rule: &str, rate: f64) {
        if let Some(known) = RULES.iter().chain(&UNIT_RULES).find(|known| **known == rule) {
            self.by_rule.insert(known, rate);
        }
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(rate),
        _ => Err(format!("`{text}` is not a share between 0 and 1")),
    }
}

/// What the cells share.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    /// First day on which ordinary services are rendered.
    pub(super) first: Day,
    /// Last day of the set, and the as-of date of a run on it.
    pub(super) as_of: Day,
    pub(super) years: u32,
    /// How many nightly files follow the history; 0 = one file of claims and no history.
    pub(super) nights: u16,
    pub(super) violations: Violations,
    pub(super) csv: bool,
    pub(super) x12: bool,
}

impl World {
    pub(super) fn new(seed: u64, as_of: Day, years: u32, nights: u16) -> World {
        World {
            seed,
            first: plus_months(as_of, -12 * years as i32) + 1,
            as_of,
            years,
            nights,
            violations: Violations::default(),
            csv: true,
            x12: false,
        }
    }

    /// The date of a night (1 is the first one); the day before them all for the history.
    pub(super) fn night_date(&self, night: u16) -> Day {
        self.as_of - Day::from(self.nights) + Day::from(night)
    }

    /// In which file a claim received on a day stands: 0 the history (or the only file), else the
    /// night.
    pub(super) fn night_of(&self, received: Day) -> u16 {
        let night = received - self.night_date(0);
        if self.nights == 0 || night < 0 { 0 } else { night as u16 }
    }

    /// How many claim files a format has.
    pub(super) fn files(&self) -> usize {
        usize::from(self.nights) + 1
    }

    /// Long before every service: when people with no part in a story's point began.
    pub(super) fn long_ago(&self) -> Day {
        self.first - 1500
    }

    pub(super) fn breaks(&self, rule: &str) -> bool {
        self.violations.rate(rule) > 0.0
    }
}

/// The earliest as-of date: the stories of late filing reach 500 days back, and the benefit began
/// in 2012.
pub(super) const EARLIEST_AS_OF: Day = day(2013, 7, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_shares_by_rule_and_prefix() {
        assert_eq!(Violations::parse("0.01"), Ok(Violations::every(0.01)));
        let some = Violations::parse("U001=0.01, s=0.005").expect("a right text");
        assert!((some.rate("U001") - 0.01).abs() < 1e-12);
        assert!((some.rate("S004") - 0.005).abs() < 1e-12);
        assert!(some.rate("K001").abs() < 1e-12);
        for wrong in ["", "x", "2", "-0.1", "NaN", "Q001=0.1", "=0.1", "U001=0.1,"] {
            assert!(Violations::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nights_end_on_the_as_of_date() {
        let world = World::new(1, day(2025, 10, 17), 3, 5);
        assert_eq!(world.first, day(2022, 10, 18));
        assert_eq!(world.night_date(5), world.as_of);
        assert_eq!(world.night_of(world.as_of), 5);
        assert_eq!(world.night_of(world.as_of - 4), 1);
        assert_eq!(world.night_of(world.as_of - 5), 0);
        assert_eq!(World::new(1, day(2025, 10, 17), 3, 0).night_of(world.as_of), 0);
    }
}
