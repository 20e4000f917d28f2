//! Members' net lines in the order of the limits, with running totals of day and year.

use super::Subject;
use crate::join::MemberLines;
use crate::join::member::{Scratch, limit_order};
use crate::model::{NaiveDate, ServiceLine};
use crate::normalize::RecordKey;
use crate::outcome::Bucket;
use crate::store::RecordId;
use std::ops::Range;

/// How a net line bears on the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It uses up units.
    Counted,
    /// Its units cannot be right (C001): it uses none.
    BadUnits,
    /// Its dates cannot be right (C003): it uses none.
    BadDates,
    /// It repeats a line of another claim (D001): it uses none.
    Duplicate,
    /// Exempt (EPSDT): it uses none.
    Exempt,
}

impl Standing {
    /// The word in the working papers.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Counted => "counted",
            Standing::BadUnits => "bad_units",
            Standing::BadDates => "bad_dates",
            Standing::Duplicate => "duplicate",
            Standing::Exempt => "exempt",
        }
    }
}

/// One net line of a member, and what stood on the account with it.
#[derive(Clone)]
pub struct LedgerLine {
    /// The record.
    pub record: RecordId,
    /// First service day, where it is a date.
    pub day: Option<NaiveDate>,
    /// The limit year of that day.
    pub fiscal_year: Option<i32>,
    /// Its units; 0 where they cannot be right.
    pub units: u32,
    /// How it bears on the limits.
    pub standing: Standing,
    /// Days that it spans; `None`: its dates cannot be right.
    pub days: Option<u32>,
    /// It is current, and of the days reported.
    pub is_reported: bool,
    /// Totals and limits; zero where it is not counted.
    pub usage: Usage,
}

impl LedgerLine {
    /// Its first day, where its dates can be right.
    pub fn good_day(&self) -> Option<NaiveDate> {
        self.day.filter(|_| self.days.is_some())
    }

    /// Its day, where it is of one day: a line of several days joins no day's sum.
    pub fn single_day(&self) -> Option<NaiveDate> {
        self.day.filter(|_| self.days == Some(1))
    }

    /// It is tested by the K and S rules: units and dates are good, and it repeats no line.
    pub fn is_tested(&self) -> bool {
        matches!(self.standing, Standing::Counted | Standing::Exempt)
    }
}

/// What was used up with a line.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    /// Units of the day up to and with it.
    pub day_total: u32,
    /// Units of it past the daily limit.
    pub day_excess: u32,
    /// Units of the year up to and with it.
    pub year_total: u32,
    /// Units of it past the annual limit.
    pub year_excess: u32,
    /// Daily limit; `None`: no limit then.
    pub day_limit: Option<u32>,
    /// Annual limit; `None`: no limit then.
    pub year_limit: Option<u32>,
}

/// All members' lines.
#[derive(Default)]
pub struct Ledger {
    /// Member after member by id; of each, year after year, in the order of the limits.
    pub lines: Vec<LedgerLine>,
    /// The lines of each member that has a reported one.
    pub members: Vec<Range<usize>>,
}

impl Ledger {
    /// Counts the net lines of all members again, as the run did.
    pub fn of(subject: &Subject<'_>) -> Ledger {
        let store = subject.store();
        let mut keyed = net_records(subject);
        keyed.sort_unstable();
        let mut ledger = Ledger { lines: Vec::with_capacity(keyed.len()), members: Vec::new() };
        let mut scratch = Scratch::default();
        let mut lines: Vec<ServiceLine<'_>> = Vec::new();
        for of_hash in keyed.chunk_by(|left, right| left.0 == right.0) {
            lines.clear();
            lines.extend(of_hash.iter().map(|(_, id)| store.line(*id)));
            lines.sort_by(|left, right| {
                left.member_id.cmp(right.member_id).then_with(|| limit_order(left, right))
            });
            for member in lines.chunk_by(|left, right| left.member_id == right.member_id) {
                ledger.take(subject, member, &mut scratch);
            }
        }
        let first = |span: &Range<usize>| store.line(ledger.lines[span.start].record).member_id;
        ledger.members.sort_by(|left, right| first(left).cmp(first(right)));
        ledger
    }

    fn take(&mut self, subject: &Subject<'_>, lines: &[ServiceLine<'_>], scratch: &mut Scratch) {
        if !lines.iter().any(|line| subject.is_reported(line)) {
            return; // history alone
        }
        let counted = MemberLines::count(&subject.context(), lines, scratch);
        let start = self.lines.len();
        for (line, state) in lines.iter().zip(&counted.states) {
            let Some(record) = subject.store().id_of(line.seq) else { continue };
            let day = line.first_day.day();
            let standing = match (state.units, state.period, state.duplicate_of, state.is_exempt) {
                (None, ..) => Standing::BadUnits,
                (_, Err(_), ..) => Standing::BadDates,
                (_, _, Some(_), _) => Standing::Duplicate,
                (.., true) => Standing::Exempt,
                _ => Standing::Counted,
            };
            let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
            let usage = state.usage.map_or_else(Usage::default, |usage| Usage {
                day_total: small(usage.day_total),
                day_excess: usage.day_excess,
                year_total: small(usage.year_total),
                year_excess: usage.year_excess,
                day_limit: usage.daily_limit.map(small),
                year_limit: usage.annual_limit.map(small),
            });
            self.lines.push(LedgerLine {
                record,
                day,
                fiscal_year: day.map(|day| subject.fiscal_year(day)),
                units: state.units.unwrap_or_default(),
                standing,
                days: state.period.ok().map(|period| period.days()),
                is_reported: subject.is_reported(line),
                usage,
            });
        }
        self.lines[start..].sort_by_key(|line| line.fiscal_year);
        self.members.push(start..self.lines.len());
    }

    /// The reported lines, member after member.
    pub fn reported(&self) -> impl Iterator<Item = &LedgerLine> {
        let lines = self.members.iter().flat_map(|span| &self.lines[span.clone()]);
        lines.filter(|line| line.is_reported)
    }

    /// The years of a member, each with its lines; lines without a date come first.
    pub fn years(&self, member: &Range<usize>) -> impl Iterator<Item = &[LedgerLine]> {
        self.lines[member.clone()].chunk_by(|left, right| left.fiscal_year == right.fiscal_year)
    }
}

/// The net peer-support records with the hash of their member.
fn net_records(subject: &Subject<'_>) -> Vec<(u64, RecordId)> {
    let store = subject.store();
    let mut keyed = Vec::with_capacity(store.len());
    for (number, block) in store.blocks.iter().enumerate() {
        for (index, key) in block.keys.iter().enumerate() {
            let id = store.id(number, index);
            if key.is(RecordKey::PEER_SUPPORT) && subject.bucket(id) == Some(Bucket::Checked) {
                keyed.push((key.member, id));
            }
        }
    }
    keyed
}
