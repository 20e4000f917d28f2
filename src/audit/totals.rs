//! The overpayment added up: by claim, member, practitioner, agency, rule, month and fiscal year.

use super::ledger::Ledger;
use super::overpayment::Disallowance;
use super::universe::{Category, Universe, agree};
use super::{AuditError, Subject};
use crate::model::{Cents, ServiceLine, text};
use std::collections::HashMap;

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

/// The overpayment of one key beside its net lines.
#[derive(Clone, Debug, Default)]
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
#[derive(Clone, Debug, Default)]
pub struct Totals {
    lists: [Vec<Total>; 7],
}

impl Totals {
    /// Adds up.
    pub fn of(subject: &Subject<'_>, ledger: &Ledger, overpayment: &[Disallowance]) -> Totals {
        let lists = By::ALL.map(|by| {
            let mut adder = Adder { subject, by, index: HashMap::default(), totals: Vec::new() };
            for row in overpayment {
                adder.disallowance(row);
            }
            if by != By::Rule {
                for line in ledger.reported() {
                    adder.net_line(&subject.store().line(line.record));
                }
            }
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
            agree(&format!("net lines by {}", by.as_str()), lines, net.records)?;
        }
        Ok(())
    }
}

struct Adder<'s> {
    subject: &'s Subject<'s>,
    by: By,
    index: HashMap<Vec<u8>, usize, foldhash::fast::RandomState>,
    totals: Vec<Total>,
}

impl Adder<'_> {
    fn disallowance(&mut self, row: &Disallowance) {
        let line = self.subject.store().line(row.record);
        let key = match self.by {
            By::Rule => [row.rule.id, row.rule.name].join("\0").into_bytes(),
            _ => self.key(&line),
        };
        // A line with two reasons is a line of each of them, and one line everywhere else.
        let is_counted = row.is_first || self.by == By::Rule;
        let total = self.total(key);
        total.lines += u64::from(is_counted);
        total.units += u64::from(row.units);
        total.amount += row.amount;
        total.whole_units += u64::from(row.whole_units);
        total.whole_amount += row.whole_amount;
    }

    fn net_line(&mut self, line: &ServiceLine<'_>) {
        let key = self.key(line);
        if !self.by.lists_all() && !self.index.contains_key(&key) {
            return;
        }
        let total = self.total(key);
        total.net_lines += 1;
        total.net_units += u64::from(line.units().unwrap_or_default());
        total.net_amount += line.amount().unwrap_or_default();
    }

    /// The values of the key's columns with a NUL between them, which no input keeps in an id.
    fn key(&self, line: &ServiceLine<'_>) -> Vec<u8> {
        let day = line.first_day.day();
        match self.by {
            By::Claim => [
                line.billing_npi,
                line.claim_id,
                line.frequency_or_default(),
                line.original_claim_id,
            ]
            .join(&b'\0'),
            By::Member => line.member_id.to_vec(),
            By::Practitioner => line.rendering_npi.to_vec(),
            By::Agency => line.billing_npi.to_vec(),
            By::Rule => Vec::new(),
            By::Month => day.map(|day| day.format("%Y-%m").to_string()).unwrap_or_default().into(),
            By::FiscalYear => {
                let year = day.map(|day| self.subject.fiscal_year(day).to_string());
                year.unwrap_or_default().into()
            }
        }
    }

    fn total(&mut self, key: Vec<u8>) -> &mut Total {
        let totals = &mut self.totals;
        let columns = self.by.columns().len();
        let index = *self.index.entry(key).or_insert_with_key(|key| {
            let mut values: Vec<String> = key
                .splitn(columns, |byte| *byte == 0)
                .map(|value| text::decode(value).into_owned())
                .collect();
            values.resize(columns, String::new());
            totals.push(Total { key: values, ..Total::default() });
            totals.len() - 1
        });
        &mut self.totals[index]
    }
}
