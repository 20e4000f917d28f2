//! Stage 3: the net lines of each member, beside the tables, through the rules.

use super::draft::Finisher;
use super::net::{Net, Verdict};
use super::store::{RecordId, Store};
use crate::finding::Finding;
use crate::join::member::{Scratch, limit_order};
use crate::join::practitioner_day::{self, DayUnits};
use crate::join::{Context, LineFacts, MemberLines, PractitionerCache};
use crate::model::{Frequency, NaiveDate, ServiceLine};
use crate::normalize::RecordKey;
use crate::rules::{Check, Rule};
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

/// What checking lines came to.
#[derive(Default)]
pub struct Checked {
    /// Findings, in no order.
    pub findings: Vec<Finding>,
    /// What each counted line adds to its practitioner's day.
    pub days: Vec<(DayUnits, RecordId)>,
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
    fn merge(mut self, other: Checked) -> Checked {
        self.findings.extend(other.findings);
        self.days.extend(other.days);
        if let Some((first, last)) = other.service_days {
            self.note_days(first, last);
        }
        self.units += other.units;
        self.untested_filing += other.untested_filing;
        self.untested_filing_history += other.untested_filing_history;
        self
    }

    fn note_days(&mut self, first: NaiveDate, last: NaiveDate) {
        self.service_days = Some(match self.service_days {
            Some((from, through)) => (from.min(first), through.max(last)),
            None => (first, last),
        });
    }
}

/// A net record and the hash of its member.
type MemberRecord = (u64, RecordId);

/// Runs the rules that look at lines over all members.
pub fn check_members(
    context: Context<'_>,
    store: &Store,
    net: &Net,
    rules: &[&'static Rule],
) -> Checked {
    let mut records = net_records(store, net);
    records.par_sort_unstable();
    let members: Vec<&[MemberRecord]> = records.chunk_by(|a, b| a.0 == b.0).collect();
    let finisher = Finisher::new(store, context.policy, rules);
    let line_rules: Vec<_> = rules
        .iter()
        .filter_map(|rule| match rule.check {
            Check::Line(check) => Some((*rule, check)),
            _ => None,
        })
        .collect();
    let has_day_rules = rules.iter().any(|rule| matches!(rule.check, Check::PractitionerDay(_)));
    let checker = Checker { context, store, finisher, line_rules, has_day_rules };
    // Neighbouring members share practitioners only by chance, so any split is as good as another.
    let share = members.len().div_ceil(rayon::current_num_threads() * 8).max(1);
    members
        .par_chunks(share)
        .map(|members| checker.members(members))
        .reduce(Checked::default, Checked::merge)
}

/// The net peer-support records, in input order.
fn net_records(store: &Store, net: &Net) -> Vec<MemberRecord> {
    let blocks: Vec<usize> = (0..store.blocks.len()).collect();
    blocks
        .par_iter()
        .flat_map_iter(|number| {
            let keys = store.blocks[*number].keys.iter().enumerate();
            keys.filter_map(|(index, key)| {
                let id = store.id(*number, index);
                let is_net = net.verdicts[id as usize] == Verdict::Net;
                (is_net && key.is(RecordKey::PEER_SUPPORT))
                    .then(|| (xxh3_64(store.line(id).member_id), id))
            })
        })
        .collect()
}

type LineCheck = fn(&LineFacts<'_>) -> Option<crate::rules::Draft>;

struct Checker<'a> {
    context: Context<'a>,
    store: &'a Store,
    finisher: Finisher<'a>,
    line_rules: Vec<(&'static Rule, LineCheck)>,
    has_day_rules: bool,
}

/// Memory of one thread.
struct Worker<'a> {
    scratch: Scratch,
    practitioners: PractitionerCache<'a>,
    out: Checked,
}

impl<'a> Checker<'a> {
    fn members(&self, members: &[&[MemberRecord]]) -> Checked {
        let mut worker = Worker {
            scratch: Scratch::default(),
            practitioners: PractitionerCache::new(self.context),
            out: Checked::default(),
        };
        let mut lines = Vec::new();
        for records in members {
            lines.clear();
            lines.extend(records.iter().map(|(_, id)| self.store.line(*id)));
            // Members whose hashes collide are told apart here.
            lines.sort_by(|left: &ServiceLine<'_>, right| {
                left.member_id.cmp(right.member_id).then_with(|| limit_order(left, right))
            });
            for member in lines.chunk_by(|left, right| left.member_id == right.member_id) {
                self.member(member, &mut worker);
            }
        }
        worker.out
    }

    fn member(&self, lines: &[ServiceLine<'a>], worker: &mut Worker<'a>) {
        let member = MemberLines::count(&self.context, lines, &mut worker.scratch);
        for (index, line) in lines.iter().enumerate() {
            let state = &member.states[index];
            if self.has_day_rules
                && let Some(units) = practitioner_day::day_units(self.context.policy, line, state)
                && let Some(id) = self.store.id_of(line.seq)
            {
                worker.out.days.push((units, id));
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
            self.line(&member, index, worker);
        }
    }

    fn line(&self, member: &MemberLines<'_>, index: usize, worker: &mut Worker<'a>) {
        let line = &member.lines[index];
        let state = &member.states[index];
        let on = state.period.ok().filter(|_| state.counts()).map(|period| period.first);
        let standing = on
            .filter(|_| !line.rendering_npi.is_empty())
            .map(|on| worker.practitioners.standing(line.rendering_npi, on));
        let facts = LineFacts::of(self.context, member, index, standing.as_deref());
        let mut shared = None;
        for (rule, check) in &self.line_rules {
            if let Some(draft) = check(&facts) {
                worker.out.findings.push(self.finisher.on_line(rule, draft, line, &mut shared));
            }
        }
    }
}

/// Stage 4: the days of practitioners that are over the policy's number, over all members.
pub fn check_days(
    context: Context<'_>,
    store: &Store,
    mut days: Vec<(DayUnits, RecordId)>,
    rules: &[&'static Rule],
) -> Vec<Finding> {
    let finisher = Finisher::new(store, context.policy, rules);
    days.par_sort_unstable_by_key(|(units, id)| (units.day, *id));
    let limit = u64::from(context.policy.units.practitioner_daily_units);
    let mut findings = Vec::new();
    for day in days.chunk_by(|left, right| left.0.day == right.0.day) {
        let total: u64 = day.iter().map(|(units, _)| u64::from(units.units)).sum();
        if total <= limit {
            continue;
        }
        let lines = day.iter().map(|(_, id)| store.line(*id)).collect();
        practitioner_day::over_capacity(context, lines, |facts| {
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
