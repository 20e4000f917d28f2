//! The overpayment added up: by claim, member, practitioner, agency, rule, month and fiscal year.

use super::ledger::Ledger;
use super::overpayment::Disallowance;
use super::universe::{Category, Universe, agree};
use super::{AuditError, Subject};
use crate::model::{Cents, ServiceLine, text};
use chrono::Datelike;
use std::collections::HashMap;
use std::io::Write;

/// What is added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The claim.
    Claim,
    /// The member.
    Member,
    /// The rendering practitioner.
    Practitioner,
    /// The billing provider.
    Agency,
    /// The primary reason.
    Rule,
    /// The month of service.
    Month,
    /// The limit year of service.
    FiscalYear,
}

impl By {
    /// All of them.
    pub const ALL: [By; 7] =
        [By::Claim, By::Member, By::Practitioner, By::Agency, By::Rule, By::Month, By::FiscalYear];

    /// The word in the name of the file.
    pub fn as_str(self) -> &'static str {
        match self {
            By::Claim => "claim",
            By::Member => "member",
            By::Practitioner => "practitioner",
            By::Agency => "agency",
            By::Rule => "rule",
            By::Month => "month",
            By::FiscalYear => "fiscal_year",
        }
    }

    /// The columns of the key.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            By::Claim => &["billing_npi", "claim_id", "frequency_code", "original_claim_id"],
            By::Member => &["member_id"],
            By::Practitioner => &["rendering_npi"],
            By::Agency => &["billing_npi"],
            By::Rule => &["primary_rule", "name"],
            By::Month => &["month"],
            By::FiscalYear => &["fiscal_year"],
        }
    }

    /// Whether keys without an overpayment are listed too: of few keys, all.
    fn lists_all(self) -> bool {
        matches!(self, By::Practitioner | By::Agency | By::Month | By::FiscalYear)
    }
}

/// The overpayment of one key, a member's id too, beside its net lines: no `Debug`, on purpose.
#[derive(Clone, Default)]
pub struct Total {
    /// The values of the key's columns.
    pub key: Vec<String>,
    /// Lines with disallowed units or dollars.
    pub lines: u64,
    /// Units disallowed.
    pub units: u64,
    /// Dollars of those.
    pub amount: Cents,
    /// Units of those lines.
    pub whole_units: u64,
    /// Dollars of those lines.
    pub whole_amount: Cents,
    /// Net lines reported; by rule: 0.
    pub net_lines: u64,
    /// Their units.
    pub net_units: u64,
    /// Their dollars.
    pub net_amount: Cents,
}

/// The totals, by what they are added up by.
#[derive(Clone, Default)]
pub struct Totals {
    lists: [Vec<Total>; 7],
}

impl Totals {
    /// Adds up.
    pub fn of(subject: &Subject<'_>, ledger: &Ledger, overpayment: &[Disallowance]) -> Totals {
        let mut adders = By::ALL.map(|by| Adder {
            subject,
            by,
            index: HashMap::default(),
            totals: Vec::new(),
            key: Vec::new(),
        });
        for row in overpayment {
            let line = subject.store().line(row.record);
            adders.iter_mut().for_each(|adder| adder.disallowance(row, &line));
        }
        for own in ledger.reported() {
            let line = subject.store().line(own.record);
            adders.iter_mut().for_each(|adder| adder.net_line(&line));
        }
        let lists = adders.map(|mut adder| {
            adder.totals.sort_by(|left, right| left.key.cmp(&right.key));
            adder.totals
        });
        Totals { lists }
    }

    /// The totals by one of the words, in the order of the keys.
    pub fn by(&self, by: By) -> &[Total] {
        let place = By::ALL.iter().position(|other| *other == by).unwrap_or_default();
        &self.lists[place]
    }

    /// Makes sure that each list adds up to the whole.
    pub(super) fn reconcile(&self, universe: &Universe) -> Result<(), AuditError> {
        for by in By::ALL {
            let units: u64 = self.by(by).iter().map(|total| total.units).sum();
            let amount: Cents = self.by(by).iter().map(|total| total.amount).sum();
            let whole: Cents = self.by(by).iter().map(|total| total.whole_amount).sum();
            agree(&format!("units by {}", by.as_str()), units, universe.disallowed_units)?;
            agree(&format!("dollars by {}", by.as_str()), amount, universe.disallowed_amount)?;
            agree(&format!("whole lines by {}", by.as_str()), whole, universe.whole_amount)?;
        }
        let net = universe.reported[Category::Net as usize];
        for by in By::ALL.into_iter().filter(|by| by.lists_all()) {
            let lines: u64 = self.by(by).iter().map(|total| total.net_lines).sum();
            let units: u64 = self.by(by).iter().map(|total| total.net_units).sum();
            let amount: Cents = self.by(by).iter().map(|total| total.net_amount).sum();
            agree(&format!("net lines by {}", by.as_str()), lines, net.records)?;
            agree(&format!("net units by {}", by.as_str()), units, net.units)?;
            agree(&format!("net dollars by {}", by.as_str()), amount, net.amount)?;
        }
        Ok(())
    }
}

struct Adder<'s> {
    subject: &'s Subject<'s>,
    by: By,
    index: HashMap<Vec<u8>, usize, foldhash::fast::RandomState>,
    totals: Vec<Total>,
    /// The key at hand: the values of its columns with a NUL between them, which no id holds.
    key: Vec<u8>,
}

impl Adder<'_> {
    fn disallowance(&mut self, row: &Disallowance, line: &ServiceLine<'_>) {
        self.set_key(line);
        if self.by == By::Rule {
            self.key.extend_from_slice(row.rule.id.as_bytes());
            self.key.push(0);
            self.key.extend_from_slice(row.rule.name.as_bytes());
        }
        // A line with two reasons is a line of each of them, and one line everywhere else.
        let is_counted = row.is_first || self.by == By::Rule;
        let total = self.total();
        total.lines += u64::from(is_counted);
        total.units += u64::from(row.units);
        total.amount += row.amount;
        total.whole_units += u64::from(row.whole_units);
        total.whole_amount += row.whole_amount;
    }

    fn net_line(&mut self, line: &ServiceLine<'_>) {
        if self.by == By::Rule {
            return;
        }
        self.set_key(line);
        if !self.by.lists_all() && !self.index.contains_key(self.key.as_slice()) {
            return;
        }
        let total = self.total();
        total.net_lines += 1;
        total.net_units += u64::from(line.units().unwrap_or_default());
        total.net_amount += line.amount().unwrap_or_default();
    }

    fn set_key(&mut self, line: &ServiceLine<'_>) {
        let key = &mut self.key;
        key.clear();
        let day = line.first_day.day();
        match self.by {
            By::Claim => {
                for part in [line.billing_npi, line.claim_id, line.frequency_or_default()] {
                    key.extend_from_slice(part);
                    key.push(0);
                }
                key.extend_from_slice(line.original_claim_id);
            }
            By::Member => key.extend_from_slice(line.member_id),
            By::Practitioner => key.extend_from_slice(line.rendering_npi),
            By::Agency => key.extend_from_slice(line.billing_npi),
            By::Rule => {}
            // Writing to a Vec cannot fail.
            By::Month => {
                if let Some(day) = day {
                    let _ = write!(key, "{:04}-{:02}", day.year(), day.month());
                }
            }
            By::FiscalYear => {
                if let Some(day) = day {
                    let _ = write!(key, "{}", self.subject.fiscal_year(day));
                }
            }
        }
    }

    /// The total of the key at hand.
    fn total(&mut self) -> &mut Total {
        let found = self.index.get(self.key.as_slice()).copied();
        let index = found.unwrap_or_else(|| {
            let columns = self.by.columns().len();
            let mut values: Vec<String> = self
                .key
                .splitn(columns, |byte| *byte == 0)
                .map(|value| text::decode(value).into_owned())
                .collect();
            values.resize(columns, String::new());
            self.totals.push(Total { key: values, ..Total::default() });
            self.index.insert(self.key.clone(), self.totals.len() - 1);
            self.totals.len() - 1
        });
        &mut self.totals[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::universe::Sum;

    /// Totals of two keys each, and the universe that they add up to.
    fn whole() -> (Totals, Universe) {
        let total = |units: u64| Total {
            units,
            amount: Cents(100),
            whole_amount: Cents(150),
            net_lines: 3,
            net_units: 12,
            net_amount: Cents(700),
            ..Total::default()
        };
        let totals = Totals { lists: [(); 7].map(|()| vec![total(2), total(3)]) };
        let mut universe = Universe {
            disallowed_units: 5,
            disallowed_amount: Cents(200),
            whole_amount: Cents(300),
            ..Universe::default()
        };
        universe.reported[Category::Net as usize] =
            Sum { records: 6, units: 24, amount: Cents(1400), ..Sum::default() };
        (totals, universe)
    }

    #[test]
    fn a_sum_that_is_wrong_is_noticed_in_each_list() {
        let (totals, universe) = whole();
        assert!(totals.reconcile(&universe).is_ok());
        type Break = fn(&mut Total);
        let of_all: [Break; 3] = [
            |total| total.units += 1,
            |total| total.amount.0 += 1,
            |total| total.whole_amount.0 -= 1,
        ];
        let of_some: [Break; 3] = [
            |total| total.net_lines += 1,
            |total| total.net_units -= 1,
            |total| total.net_amount.0 += 1,
        ];
        for (place, by) in By::ALL.into_iter().enumerate() {
            let breaks = of_all.iter().chain(of_some.iter().filter(|_| by.lists_all()));
            for (number, change) in breaks.enumerate() {
                let mut broken = totals.clone();
                change(&mut broken.lists[place][1]);
                let said = broken.reconcile(&universe).err().map(|error| error.to_string());
                let is_named = said.is_some_and(|said| said.contains(by.as_str()));
                assert!(is_named, "{}, sum {number}", by.as_str());
            }
        }
    }
}
