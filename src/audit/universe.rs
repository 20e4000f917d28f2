//! The universe: every peer-support record in one category, and the sums that must hold.

use super::overpayment::Disallowance;
use super::{AuditError, Subject};
use crate::model::{Cents, Frequency, ServiceLine};
use crate::outcome::{Bucket, Counts};
use crate::store::RecordId;
use std::collections::HashSet;

/// What became of a record, in an auditor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// The payer denied it.
    Denied,
    /// The same record as one before.
    Repeated,
    /// The key of one before, with other content.
    Conflicting,
    /// A void itself.
    Void,
    /// Taken back by a void.
    Voided,
    /// Taken out by a replacement.
    Replaced,
    /// What stands.
    Net,
}

impl Category {
    /// All of them, in order.
    pub const ALL: [Category; 7] = [
        Category::Denied,
        Category::Repeated,
        Category::Conflicting,
        Category::Void,
        Category::Voided,
        Category::Replaced,
        Category::Net,
    ];

    /// The word in the working papers.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Denied => "denied",
            Category::Repeated => "repeated",
            Category::Conflicting => "conflicting",
            Category::Void => "void",
            Category::Voided => "voided",
            Category::Replaced => "replaced",
            Category::Net => "net",
        }
    }
}

/// Records, units and dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Records.
    pub records: u64,
    /// Units, of records whose units can be right.
    pub units: u64,
    /// Charges.
    pub billed: Cents,
    /// Paid amounts.
    pub paid: Cents,
    /// Prices of lines without a paid amount (`--rates`).
    pub priced: Cents,
    /// Paid amount, else price, else charge.
    pub amount: Cents,
}

impl Sum {
    fn take(&mut self, line: &ServiceLine<'_>) {
        self.records += 1;
        self.units += u64::from(line.units().unwrap_or_default());
        self.billed += line.charge.unwrap_or_default();
        let paid = if line.is_priced { &mut self.priced } else { &mut self.paid };
        *paid += line.paid.unwrap_or_default();
        self.amount += line.amount().unwrap_or_default();
    }

    fn add(&mut self, other: &Sum) {
        self.records += other.records;
        self.units += other.units;
        self.billed += other.billed;
        self.paid += other.paid;
        self.priced += other.priced;
        self.amount += other.amount;
    }

    /// The sum of several.
    pub fn of(sums: &[Sum]) -> Sum {
        let mut all = Sum::default();
        sums.iter().for_each(|sum| all.add(sum));
        all
    }
}

/// All records by category, in the order of [`Category::ALL`].
#[derive(Clone, Debug, Default)]
pub struct Universe {
    /// Of the current input.
    pub current: [Sum; 7],
    /// Of it, the service dates that are reported.
    pub reported: [Sum; 7],
    /// Of history.
    pub history: [Sum; 7],
    /// Lines with disallowed units or dollars.
    pub disallowed_lines: u64,
    /// Units disallowed, each once.
    pub disallowed_units: u64,
    /// Dollars of those.
    pub disallowed_amount: Cents,
    /// Units of the lines with any disallowance.
    pub whole_units: u64,
    /// Dollars of those.
    pub whole_amount: Cents,
    /// Lines priced by `--rates`.
    pub priced_records: u64,
}

/// Claims that a void takes back.
pub fn voided_claims(subject: &Subject<'_>) -> HashSet<u32> {
    let links = subject.outcome.standings.corrections.iter();
    links.filter(|link| link.is_void).map(|link| link.target).collect()
}

/// The category of a peer-support record.
pub fn category(
    subject: &Subject<'_>,
    voided: &HashSet<u32>,
    record: RecordId,
    line: &ServiceLine<'_>,
) -> Option<Category> {
    Some(match subject.bucket(record)? {
        Bucket::Denied => Category::Denied,
        Bucket::Repeated => Category::Repeated,
        Bucket::Conflicting => Category::Conflicting,
        Bucket::Checked => Category::Net,
        Bucket::CorrectedAway if line.frequency() == Frequency::Void => Category::Void,
        Bucket::CorrectedAway => {
            let claim = subject.outcome.standings.claim_of[record as usize];
            if voided.contains(&claim) { Category::Voided } else { Category::Replaced }
        }
        Bucket::LeftOut | Bucket::PassedOver => return None,
    })
}

impl Universe {
    /// Sums all records up.
    pub fn of(subject: &Subject<'_>, overpayment: &[Disallowance]) -> Universe {
        let mut universe = Universe::default();
        let voided = voided_claims(subject);
        for record in 0..subject.store().len() as RecordId {
            if subject.bucket(record).is_none() {
                continue;
            }
            let line = subject.store().line(record);
            let Some(category) = category(subject, &voided, record, &line) else { continue };
            universe.priced_records += u64::from(line.is_priced);
            if line.is_history {
                universe.history[category as usize].take(&line);
                continue;
            }
            universe.current[category as usize].take(&line);
            if subject.is_reported(&line) {
                universe.reported[category as usize].take(&line);
            }
        }
        for row in overpayment {
            universe.disallowed_lines += u64::from(row.is_first);
            universe.disallowed_units += u64::from(row.units);
            universe.disallowed_amount += row.amount;
            universe.whole_units += u64::from(row.whole_units);
            universe.whole_amount += row.whole_amount;
        }
        universe
    }

    /// Makes sure that the sums are those of the run's summary.
    pub fn reconcile(&self, subject: &Subject<'_>) -> Result<(), AuditError> {
        let counts = &subject.outcome.counts;
        self.categories("current", &self.current, counts)?;
        self.categories("history", &self.history, &subject.outcome.history)?;
        let net = self.current[Category::Net as usize];
        let pairs = [
            ("units of net lines", net.units, counts.units),
            ("units disallowed", self.disallowed_units, counts.units_disallowed),
        ];
        for (what, ours, theirs) in pairs {
            agree(what, ours, theirs)?;
        }
        agree("dollars disallowed", self.disallowed_amount.0, counts.amount_at_issue.0)
    }

    fn categories(&self, part: &str, sums: &[Sum; 7], counts: &Counts) -> Result<(), AuditError> {
        let records = |category: Category| sums[category as usize].records;
        let corrected =
            records(Category::Void) + records(Category::Voided) + records(Category::Replaced);
        let pairs = [
            ("denied records", records(Category::Denied), counts.denied_records),
            ("repeated records", records(Category::Repeated), counts.repeated_records),
            ("conflicting records", records(Category::Conflicting), counts.conflicting_records),
            ("records corrected away", corrected, counts.corrected_away),
            ("net records", records(Category::Net), counts.checked),
            ("records", Sum::of(sums).records, counts.peer_support_lines),
        ];
        for (what, ours, theirs) in pairs {
            agree(&format!("{part} {what}"), ours, theirs)?;
        }
        Ok(())
    }
}

/// An error where two sums of the same thing differ.
pub(super) fn agree<T: PartialEq + std::fmt::Display>(
    what: &str,
    ours: T,
    theirs: T,
) -> Result<(), AuditError> {
    if ours == theirs {
        return Ok(());
    }
    Err(AuditError::DoesNotReconcile { detail: format!("{what}: {ours} here, {theirs} there") })
}
