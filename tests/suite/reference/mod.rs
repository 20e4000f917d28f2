//! The reference: every rule of the contract again, slow and plain, and nothing of the engine.

mod claims_table;
mod content;
mod credentials;
pub mod date;
mod duplicates;
mod examples;
mod line;
pub mod model;
mod netting;
mod plans;
mod report;
mod summary;
mod supervision;
mod tables;
mod units;
pub mod value;

pub use claims_table::CLAIM_COLUMNS;
pub use line::ServiceLine;
pub use report::{Coverage, FINDING_COLUMNS, RULES};
pub use summary::Summary;

use date::Date;
use line::Bucket;
use model::{ClaimSet, FileKind, Policy, RowShape};
use netting::Claim;
use report::Report;
use tables::UsableTables;

/// Everything that the rules look at, settled before the first of them runs.
pub struct Run<'a> {
    pub lines: &'a [ServiceLine],
    pub claims: Vec<Claim>,
    pub tables: &'a UsableTables,
    pub policy: &'a Policy,
    pub as_of: Date,
    /// Net lines with good units and dates, duplicates among them, in the order of the U rules.
    pub order: Vec<usize>,
}

impl Run<'_> {
    /// Net lines that use units: good units, good dates, no duplicate.
    pub fn tested_in_order(&self) -> Vec<usize> {
        self.order.iter().copied().filter(|line| self.lines[*line].is_tested()).collect()
    }

    /// What is checked: net current lines, in input order.
    pub fn current_net_lines(&self) -> impl Iterator<Item = (usize, &ServiceLine)> {
        let all = self.lines.iter().enumerate();
        all.filter(|(_, line)| line.is_net() && !line.history)
    }

    /// Of each claim the first of its net current lines.
    pub fn first_current_net_lines(&self) -> impl Iterator<Item = (usize, &ServiceLine)> {
        self.current_net_lines().filter(|(index, line)| {
            let mut before = self.current_net_lines().take_while(|(other, _)| other < index);
            !before.any(|(_, other)| other.claim == line.claim)
        })
    }
}

/// A finding as the output shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedFinding {
    /// By `FINDING_COLUMNS`.
    pub columns: Vec<String>,
    /// Index of the file in the set, and the row number in a CSV; nothing for S005.
    pub place: Option<(usize, Option<usize>)>,
}

pub struct Expected {
    pub findings: Vec<ExpectedFinding>,
    /// By `CLAIM_COLUMNS`.
    pub claims: Vec<Vec<String>>,
    pub summary: Summary,
    pub coverage: Coverage,
    pub exit_code: i32,
}

/// The order of the U rules: history, service date, received date (blank last), input.
fn order_of(lines: &[ServiceLine]) -> Vec<usize> {
    let usable = |line: &ServiceLine| line.is_net() && line.units.is_some() && line.days.is_some();
    let mut order: Vec<usize> = (0..lines.len()).filter(|line| usable(&lines[*line])).collect();
    order.sort_by_key(|index| {
        let line = &lines[*index];
        (!line.history, line.date(), line.received.is_none(), line.received, *index)
    });
    order
}

fn unusable_rows(run: &Run, report: &mut Report) {
    for (index, line) in run.lines.iter().enumerate().filter(|(_, line)| !line.history) {
        if line.bucket == Bucket::LeftOut {
            report.fail("F005", index);
        }
        let other_procedure = line.bucket == Bucket::PassedOver;
        report.edge("F005", other_procedure && line.row.shape != RowShape::Whole);
    }
}

pub fn evaluate(set: &ClaimSet) -> Expected {
    let tables = UsableTables::of(&set.tables);
    let as_of = line::as_of_date(set);
    let mut lines = line::read_lines(set);
    netting::drop_repeated_records(&mut lines);
    let mut claims = netting::gather_claims(&lines);
    netting::settle_corrections(&mut lines, &mut claims);
    for line in &mut lines {
        line.days = line::good_days(line, as_of);
    }
    let order = order_of(&lines);
    duplicates::mark_duplicates(&mut lines, &order);

    let run = Run { lines: &lines, claims, tables: &tables, policy: &set.policy, as_of, order };
    let mut report = Report::default();
    unusable_rows(&run, &mut report);
    units::check(&run, &mut report);
    content::check(&run, &mut report);
    duplicates::check(&run, &mut report);
    let passed_k002 = credentials::check(&run, &mut report);
    supervision::check(&run, &passed_k002, &mut report);
    supervision::check_capacity(&run, &mut report);
    plans::check(&run, &mut report);
    expected(&run, set, report.finish(set))
}

fn expected(run: &Run, set: &ClaimSet, report: Report) -> Expected {
    let place = |line: usize| {
        let line = &run.lines[line];
        let csv = set.files[line.file].kind == FileKind::Csv;
        (line.file, csv.then_some(line.row_number))
    };
    let findings = report.findings.iter().map(|finding| ExpectedFinding {
        columns: finding.columns(run.lines),
        place: finding.line.map(place),
    });
    let claims = claims_table::claim_rows(run, &report);
    let summary = summary::summary(run, set, &report, claims.amount_at_issue);
    let denied = report.findings.iter().any(|finding| finding.severity == "deny");
    let exit_code = match (summary.counts["bad_rows"] > 0, denied) {
        (true, _) => 3,
        (false, true) => 1,
        (false, false) => 0,
    };
    Expected {
        findings: findings.collect(),
        claims: claims.rows,
        summary,
        exit_code,
        coverage: report.coverage,
    }
}
