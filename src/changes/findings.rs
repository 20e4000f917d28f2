//! Findings that came, went and changed, one by one and by rule.

use super::compare::{self, CellHash, Met, Pair, Rows, Telling};
use crate::earlier::EarlierError;
use crate::earlier::findings::{FindingRow, column as c};
use crate::model::Cents;
use crate::model::member_ids::IdsToMask;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

/// The columns in which a finding of the same key may differ.
pub const CONTENT: &[usize] = &[
    c::SEVERITY,
    c::OUTCOME,
    c::RENDERING_NPI,
    c::UNITS,
    c::EXCESS_UNITS,
    c::AMOUNT_AT_ISSUE,
    c::CARC,
    c::RARC,
    c::MESSAGE,
];

/// Findings of one side, summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// How many.
    pub findings: u64,
    /// Units over a limit, of the rules that count them.
    pub excess_units: u64,
    /// Dollars at issue; a line with two findings counts twice.
    pub amount_at_issue: Cents,
}

impl Side {
    fn add(&mut self, row: &FindingRow) {
        self.findings += 1;
        self.excess_units += row.cell(c::EXCESS_UNITS).parse().unwrap_or(0);
        self.amount_at_issue +=
            Cents::parse(row.cell(c::AMOUNT_AT_ISSUE).as_bytes()).unwrap_or_default();
    }
}

/// What changed under one rule, or under all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleChange {
    /// All its findings before.
    pub before: Side,
    /// All its findings after.
    pub after: Side,
    /// In both, alike.
    pub same: u64,
    /// Only after.
    pub came: u64,
    /// Only before.
    pub went: u64,
    /// In both, with other content.
    pub changed: u64,
}

/// What changed of the findings.
#[derive(Default)]
pub struct FindingsChange {
    /// By rule id.
    pub rules: BTreeMap<String, RuleChange>,
    /// All rules.
    pub all: RuleChange,
    /// What came, went and changed: by rule, claim and line.
    pub pairs: Vec<Pair<17>>,
    /// Claims that a difference is of.
    pub claims_touched: u64,
    /// Members that a difference is of.
    pub members_touched: u64,
    /// Of all findings, before and after.
    pub members: IdsToMask,
}

const TELLING: Telling<17> = Telling { key, content: CONTENT };

fn key(row: &FindingRow, hash: &mut CellHash) {
    hash.add(row.cell(c::RULE));
    let own = [c::CLAIM_ID, c::LINE_NUMBER, c::BILLING_NPI, c::MEMBER_ID, c::SERVICE_DATE];
    own.iter().for_each(|column| hash.add(row.cell(*column)));
    if own.iter().all(|column| row.cell(*column).is_empty()) {
        hash.add(row.cell(c::MESSAGE)); // of a file or a supervisor
    }
}

/// Compares findings, wherever they are.
pub fn compare(
    before: &dyn Rows<17>,
    after: &dyn Rows<17>,
) -> Result<FindingsChange, EarlierError> {
    let mut sides = [BTreeMap::<String, Side>::new(), BTreeMap::new()];
    let members = RefCell::new(IdsToMask::default());
    let [first, second] = &mut sides;
    let add_to = |side: &mut BTreeMap<String, Side>, row: &FindingRow| {
        members.borrow_mut().add(row.cell(c::MEMBER_ID).as_bytes());
        add_row(side, row);
    };
    let met = Met {
        before: &mut |row: &FindingRow| add_to(first, row),
        after: &mut |row: &FindingRow| add_to(second, row),
    };
    let mut pairs = compare::compare(&TELLING, before, after, met)?;
    pairs.sort_by(order);
    let members = members.into_inner();
    let mut change = FindingsChange { members, ..FindingsChange::default() };
    let [first, second] = sides;
    for (rule, side) in first {
        change.rules.entry(rule).or_default().before = side;
    }
    for (rule, side) in second {
        change.rules.entry(rule).or_default().after = side;
    }
    count(&pairs, &mut change);
    for rule in change.rules.values_mut() {
        rule.same = rule.after.findings - rule.came - rule.changed;
        add(&mut change.all, rule);
    }
    change.pairs = pairs;
    Ok(change)
}

fn add_row(by_rule: &mut BTreeMap<String, Side>, row: &FindingRow) {
    let rule = row.cell(c::RULE);
    match by_rule.get_mut(rule) {
        Some(side) => side.add(row),
        // An owned name only for a rule that is met for the first time: there are many rows.
        None => by_rule.entry(rule.to_owned()).or_default().add(row),
    }
}

fn count(pairs: &[Pair<17>], change: &mut FindingsChange) {
    let (mut claims, mut members) = (HashSet::new(), HashSet::new());
    for pair in pairs {
        let Some(row) = pair.row() else { continue };
        let rule = change.rules.entry(row.cell(c::RULE).to_owned()).or_default();
        match (&pair.before, &pair.after) {
            (None, _) => rule.came += 1,
            (Some(_), None) => rule.went += 1,
            (Some(_), Some(_)) => rule.changed += 1,
        }
        if !row.cell(c::CLAIM_ID).is_empty() {
            claims.insert((row.cell(c::CLAIM_ID), row.cell(c::BILLING_NPI)));
        }
        if !row.cell(c::MEMBER_ID).is_empty() {
            members.insert(row.cell(c::MEMBER_ID));
        }
    }
    change.claims_touched = claims.len() as u64;
    change.members_touched = members.len() as u64;
}

fn add(all: &mut RuleChange, rule: &RuleChange) {
    for (sum, side) in [(&mut all.before, &rule.before), (&mut all.after, &rule.after)] {
        sum.findings += side.findings;
        sum.excess_units += side.excess_units;
        sum.amount_at_issue += side.amount_at_issue;
    }
    all.same += rule.same;
    all.came += rule.came;
    all.went += rule.went;
    all.changed += rule.changed;
}

/// By rule, claim, line and the rest of the key, then by message: never by where it stands.
fn order(left: &Pair<17>, right: &Pair<17>) -> Ordering {
    fn cell(pair: &Pair<17>, column: usize) -> &str {
        pair.row().map_or("", |row| row.cell(column))
    }
    let number = |pair| cell(pair, c::LINE_NUMBER).parse::<u64>().unwrap_or(u64::MAX);
    let by = |column| cell(left, column).cmp(cell(right, column));
    by(c::RULE)
        .then_with(|| by(c::CLAIM_ID))
        .then_with(|| number(left).cmp(&number(right)))
        .then_with(|| by(c::LINE_NUMBER))
        .then_with(|| by(c::BILLING_NPI))
        .then_with(|| by(c::MEMBER_ID))
        .then_with(|| by(c::SERVICE_DATE))
        .then_with(|| left.change().cmp(right.change()))
        .then_with(|| by(c::MESSAGE))
        .then_with(|| by(c::AMOUNT_AT_ISSUE))
}

/// The names of the columns in which the two sides of a changed finding differ.
pub fn changed_fields(pair: &Pair<17>) -> Vec<&'static str> {
    let (Some(before), Some(after)) = (&pair.before, &pair.after) else { return Vec::new() };
    let differs = CONTENT.iter().filter(|column| before.cell(**column) != after.cell(**column));
    differs.map(|column| crate::earlier::findings::COLUMNS[*column]).collect()
}
