//! What an audit looks at: the outcome of a run beside its policy and tables.

use crate::finding::Finding;
use crate::join::Context;
use crate::model::{NaiveDate, ServiceLine, Severity, date};
use crate::outcome::{Bucket, RunOutcome};
use crate::policy::Policy;
use crate::store::{RecordId, Store};
use crate::tables::Tables;

/// The outcome of a run, and what it was worked out from.
pub struct Subject<'a> {
    /// What the run came to.
    pub outcome: &'a RunOutcome,
    /// Its policy.
    pub policy: &'a Policy,
    /// Its tables.
    pub tables: &'a Tables,
    /// Findings by record.
    findings: Vec<(RecordId, u32)>,
}

impl<'a> Subject<'a> {
    /// Indexes the findings.
    pub fn new(outcome: &'a RunOutcome, policy: &'a Policy, tables: &'a Tables) -> Subject<'a> {
        let of_line = |(index, finding): (usize, &Finding)| {
            let line = finding.line.as_ref()?;
            Some((outcome.store.id_of(line.seq)?, index as u32))
        };
        let mut findings: Vec<(RecordId, u32)> =
            outcome.findings.iter().enumerate().filter_map(of_line).collect();
        findings.sort_unstable();
        Subject { outcome, policy, tables, findings }
    }

    /// The records.
    pub fn store(&self) -> &'a Store {
        &self.outcome.store
    }

    /// What the join shares.
    pub fn context(&self) -> Context<'a> {
        Context {
            policy: self.policy,
            tables: self.tables,
            as_of: self.outcome.as_of,
            wants_evidence: false,
        }
    }

    /// The findings on a record, in the order of `findings.csv`.
    pub fn findings_of(&self, record: RecordId) -> impl Iterator<Item = &'a Finding> {
        let begin = self.findings.partition_point(|(id, _)| *id < record);
        let of_record = self.findings[begin..].iter().take_while(move |(id, _)| *id == record);
        of_record.map(|(_, index)| &self.outcome.findings[*index as usize])
    }

    /// The records with findings, in input order, each with its findings.
    pub fn with_findings(&self) -> impl Iterator<Item = (RecordId, Vec<&'a Finding>)> {
        let groups = self.findings.chunk_by(|left, right| left.0 == right.0);
        groups.map(|group| {
            let findings =
                group.iter().map(|(_, index)| &self.outcome.findings[*index as usize]).collect();
            (group[0].0, findings)
        })
    }

    /// How many findings of severity deny and review there are on a record.
    pub fn deny_and_review(&self, record: RecordId) -> (u64, u64) {
        self.findings_of(record).fold((0, 0), |(deny, review), finding| match finding.severity {
            Severity::Deny => (deny + 1, review),
            Severity::Review => (deny, review + 1),
            Severity::Info => (deny, review),
        })
    }

    /// The bucket of a record; `None`: it bills no peer support, or is left aside.
    pub fn bucket(&self, record: RecordId) -> Option<Bucket> {
        self.outcome.standings.buckets.get(record as usize).copied().flatten()
    }

    /// Whether findings on a line are reported: it is current, and of the days asked for.
    pub fn is_reported(&self, line: &ServiceLine<'_>) -> bool {
        !line.is_history && self.outcome.reported.holds(line.first_day.day())
    }

    /// The limit year of a day, named by its end; Mississippi's is the state fiscal year.
    pub fn fiscal_year(&self, day: NaiveDate) -> i32 {
        let (month, first) = self.policy.units.limit_year_starts;
        date::limit_year(day, month, first)
    }
}
