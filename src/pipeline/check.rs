//! Stage 3: the net lines of each member, beside the tables, through the rules.

use super::by_hash;
use super::draft::Finisher;
use super::net::{Net, Verdict};
use crate::finding::Finding;
use crate::join::member::Scratch;
use crate::join::practitioner_day::{self, DayUnits};
use crate::join::{Context, LineFacts, MemberLines, Practitioners};
use crate::model::{Frequency, InputSeq, NaiveDate, ServiceLine, record};
use crate::normalize::RecordKey;
use crate::rules::{Check, Rule};
use crate::store::Store;
use rayon::prelude::*;

/// What checking lines came to.
#[derive(Default)]
pub struct Checked {
    /// Findings, in no order.
    pub findings: Vec<Finding>,
    /// What each counted line adds to its practitioner's day: a list a share of the members.
    pub days: Vec<Vec<(DayUnits, InputSeq)>>,
    /// First and last good service day of current lines.
    pub service_days: Option<(NaiveDate, NaiveDate)>,
    /// Units of current net lines with good units.
    pub units: u64,
    /// Current lines of originals with good dates, but without a received date.
    pub untested_filing: u64,
    /// The same of history.
    pub untested_filing_history: u64,
}

impl Checked {
    fn take(&mut self, other: Checked) {
        self.findings.extend(other.findings);
        self.days.extend(other.days);
        if let Some((first, last)) = other.service_days {
            self.note_days(first, last);
        }
        self.units += other.units;
        self.untested_filing += other.untested_filing;
        self.untested_filing_history += other.untested_filing_history;
    }

    fn note_days(&mut self, first: NaiveDate, last: NaiveDate) {
        self.service_days = Some(match self.service_days {
            Some((from, through)) => (from.min(first), through.max(last)),
            None => (first, last),
        });
    }
}

/// A net record, without the way to it by its id: members' records lie all over the memory.
#[derive(Clone, Copy)]
struct MemberRecord {
    /// Hash of the member.
    member: u64,
    block: u32,
    /// Where the record begins in the block's records.
    offset: u32,
}

/// Runs the rules that look at lines over all members.
pub fn check_members(
    context: Context<'_>,
    practitioners: &Practitioners<'_>,
    store: &Store,
    net: &Net,
    rules: &[&'static Rule],
) -> Checked {
    let records = net_records(store, net);
    let finisher = Finisher::new(store, context.policy, rules);
    let line_rules: Vec<_> = rules
        .iter()
        .filter_map(|rule| match rule.check {
            Check::Line(check) => Some((*rule, check)),
            _ => None,
        })
        .collect();
    let has_day_rules = rules.iter().any(|rule| matches!(rule.check, Check::PractitionerDay(_)));
    let checker = Checker { context, store, finisher, line_rules, has_day_rules, practitioners };
    let mut checked = Checked::default();
    for share in records.par_iter().map(|share| checker.members(share)).collect::<Vec<_>>() {
        checked.take(share);
    }
    checked
}

/// The net peer-support records, those of a member one after the other.
fn net_records(store: &Store, net: &Net) -> Vec<Vec<MemberRecord>> {
    let of_block = |number: usize| {
        let keys = &store.blocks[number].keys;
        let verdicts = &net.verdicts[store.id(number, 0) as usize..];
        let is_net = |(key, verdict): &(&RecordKey, &Verdict)| {
            **verdict == Verdict::Net && key.is(RecordKey::PEER_SUPPORT)
        };
        keys.iter().zip(verdicts).filter(is_net).map(move |(key, _)| MemberRecord {
            member: key.member,
            block: number as u32,
            offset: key.offset,
        })
    };
    let member = |record: &MemberRecord| record.member;
    by_hash::sorted(store.blocks.len(), of_block, member, member)
}

type LineCheck = fn(&LineFacts<'_>) -> Option<crate::rules::Draft>;

struct Checker<'a> {
    context: Context<'a>,
    store: &'a Store,
    finisher: Finisher<'a>,
    line_rules: Vec<(&'static Rule, LineCheck)>,
    has_day_rules: bool,
    practitioners: &'a Practitioners<'a>,
}

/// Memory of one thread.
#[derive(Default)]
struct Worker {
    scratch: Scratch,
    days: Vec<(DayUnits, InputSeq)>,
    out: Checked,
}

impl<'a> Checker<'a> {
    fn members(&self, records: &[MemberRecord]) -> Checked {
        let mut worker = Worker::default();
        let mut order = Vec::new();
        let mut lines: Vec<ServiceLine<'a>> = Vec::new();
        for of_hash in records.chunk_by(|a, b| a.member == b.member) {
            order.clear();
            let keyed = of_hash.iter().map(|of_member| {
                let block = &self.store.blocks[of_member.block as usize];
                let record = &block.records[of_member.offset as usize..];
                (record::limit_order(record), record)
            });
            order.extend(keyed);
            order.sort_unstable_by_key(|(key, _)| *key);
            lines.clear();
            lines.extend(order.iter().map(|(_, record)| record::decode(record)));
            let is_one_member = |lines: &[ServiceLine<'_>]| {
                lines.windows(2).all(|pair| pair[0].member_id == pair[1].member_id)
            };
            if !is_one_member(&lines) {
                // Two members share a hash. The sort is stable: each keeps its order.
                lines.sort_by_key(|line| line.member_id);
            }
            for member in lines.chunk_by(|left, right| left.member_id == right.member_id) {
                self.member(member, &mut worker);
            }
        }
        worker.out.days.push(worker.days);
        worker.out
    }

    fn member(&self, lines: &[ServiceLine<'a>], worker: &mut Worker) {
        let member = MemberLines::count(&self.context, lines, &mut worker.scratch);
        for (index, line) in lines.iter().enumerate() {
            let state = &member.states[index];
            if self.has_day_rules
                && let Some(units) = practitioner_day::day_units(self.context.policy, line, state)
            {
                worker.days.push((units, line.seq));
            }
            if let (Ok(_), None, Frequency::Original) =
                (state.period, line.received, line.frequency())
            {
                let untested = match line.is_history {
                    true => &mut worker.out.untested_filing_history,
                    false => &mut worker.out.untested_filing,
                };
                *untested += 1;
            }
            if line.is_history {
                continue;
            }
            worker.out.units += u64::from(state.units.unwrap_or_default());
            if let Ok(period) = state.period {
                worker.out.note_days(period.first, period.first);
            }
            if !self.line_rules.is_empty() {
                self.line(&member, index, worker);
            }
        }
    }

    fn line(&self, member: &MemberLines<'_>, index: usize, worker: &mut Worker) {
        let line = &member.lines[index];
        let state = &member.states[index];
        let on = state.period.ok().filter(|_| state.counts()).map(|period| period.first);
        let standing = on
            .filter(|_| !line.rendering_npi.is_empty())
            .map(|on| self.practitioners.standing(line.rendering_npi, on));
        let facts = LineFacts::of(self.context, member, index, standing);
        let mut shared = None;
        for (rule, check) in &self.line_rules {
            if let Some(draft) = check(&facts) {
                worker.out.findings.push(self.finisher.on_line(rule, draft, line, &mut shared));
            }
        }
    }
}

/// The lines of each day that has more than `limit` units.
fn days_over(days: &[Vec<(DayUnits, InputSeq)>], limit: u64) -> Vec<Vec<InputSeq>> {
    let of_share = |share: usize| days[share].iter().copied();
    let day = |of_line: &(DayUnits, InputSeq)| of_line.0.day;
    let parts = by_hash::sorted(days.len(), of_share, day, day);
    let over = |part: &Vec<(DayUnits, InputSeq)>| -> Vec<Vec<InputSeq>> {
        let days = part.chunk_by(|left, right| day(left) == day(right));
        let units = |day: &[(DayUnits, InputSeq)]| {
            day.iter().map(|(units, _)| u64::from(units.units)).sum::<u64>()
        };
        let over = days.filter(|day| units(day) > limit);
        over.map(|day| day.iter().map(|(_, seq)| *seq).collect()).collect()
    };
    parts.par_iter().flat_map_iter(over).collect()
}

/// Stage 4: the days of practitioners that are over the policy's number, over all members.
pub fn check_days(
    context: Context<'_>,
    store: &Store,
    days: &[Vec<(DayUnits, InputSeq)>],
    rules: &[&'static Rule],
) -> Vec<Finding> {
    let finisher = Finisher::new(store, context.policy, rules);
    let mut findings = Vec::new();
    for day in days_over(days, u64::from(context.policy.units.practitioner_daily_units)) {
        let ids = day.iter().filter_map(|seq| store.id_of(*seq));
        let lines = ids.map(|id| store.line(id)).collect();
        practitioner_day::running_totals(context, lines, |facts| {
            let mut shared = None;
            for rule in rules {
                let Check::PractitionerDay(check) = rule.check else { continue };
                if let Some(draft) = check(facts) {
                    findings.push(finisher.on_line(rule, draft, facts.line, &mut shared));
                }
            }
        });
    }
    findings
}
