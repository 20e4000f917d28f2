//! What of past nights bears on tonight's claims, and how the lines of a ledger join a run.
//!
//! A line of the past matters in three ways, and a ledger is asked for each: it shares a *limit*
//! with a line of tonight (the member's year, day, week, month), it shares a *practitioner's day*,
//! or its claim is tied by a *number* to a claim that was read. Of the first two only net lines
//! matter. Of the third everything does, and whatever is tied to that in turn, so that corrections
//! are worked out again over whole families.

use super::collector::Collector;
use super::net::{self, Verdict};
use super::read::ReadOutcome;
use crate::join::member::{Scratch, limit_order};
use crate::join::units::limit_year_days;
use crate::join::{Context, MemberLines};
use crate::model::{FaultKind, FileFault, NaiveDate, Position, ServiceLine, date, record};
use crate::outcome::FileKind;
use crate::policy::Policy;
use crate::store::past::{Bearing, Interchange, Number, PastLines, Standing};
use crate::store::{RecordId, Store};
use crate::tables::Tables;
use std::collections::{HashMap, HashSet};

/// Set and map of ids.
type Hash = foldhash::fast::RandomState;

/// One current claim file, as a ledger knows files.
pub struct CurrentFile<'r> {
    /// Its index in the run.
    pub index: u32,
    /// As the user named it.
    pub name: &'r str,
    /// What it is.
    pub kind: FileKind,
    /// Bytes on disk.
    pub bytes: u64,
    /// Of those bytes.
    pub sha256: &'r str,
    /// The newest received or group date.
    pub newest: Option<NaiveDate>,
    /// Its interchanges, and where each begins.
    pub interchanges: &'r [(Interchange, Position)],
}

/// What was read, unchecked.
pub struct AsRead {
    /// The records.
    pub store: Store,
    /// Faults of the files.
    pub faults: Vec<FileFault>,
    /// The newest received or group date.
    pub newest: Option<NaiveDate>,
}

impl ReadOutcome {
    /// The files whose lines are checked (or all, where all are to be posted as they are).
    pub fn ledger_files(&self, with_history: bool) -> Vec<CurrentFile<'_>> {
        let files = self.files.iter().zip(&self.collector.files).enumerate();
        let wanted = files.filter(|(_, (file, _))| with_history || !file.is_history);
        wanted
            .map(|(index, (file, state))| CurrentFile {
                index: index as u32,
                name: &file.name,
                kind: file.kind,
                bytes: file.bytes,
                sha256: file.sha256.as_deref().unwrap_or_default(),
                newest: state.newest,
                interchanges: &state.interchanges,
            })
            .collect()
    }

    /// Says that the ledger has seen something of a file before (F003); without a position, all of
    /// its bytes.
    pub fn seen_before(&mut self, file: u32, position: Option<Position>, message: String) {
        let first = match self.files[file as usize].kind {
            FileKind::X12 => Position::Segment { number: 1, byte: 0 },
            FileKind::Csv => Position::Row(1),
        };
        if position.is_none() {
            self.files[file as usize].is_seen = true;
        }
        self.collector.faults.push(FileFault {
            kind: FaultKind::SeenBefore,
            file,
            position: position.unwrap_or(first),
            part: String::new(),
            message,
        });
    }

    /// Takes the lines of a ledger; `newest` is the newest date of the files that they come from.
    pub fn take_past(&mut self, past: PastLines, newest: Option<NaiveDate>) {
        self.collector.newest = self.collector.newest.max(newest);
        self.past = Some(past.tally());
        self.collector.store.fill(past, self.files.len() as u32);
    }

    /// The records as they are, for a ledger to begin with.
    pub fn as_past(self) -> AsRead {
        let Collector { store, faults, newest, .. } = self.collector;
        AsRead { store, faults, newest }
    }

    /// What of the past can bear on what was read.
    pub fn bearing(&self, policy: &Policy) -> Bearing {
        let mut members: HashMap<&[u8], (NaiveDate, NaiveDate), Hash> = HashMap::default();
        let mut days: HashSet<(&[u8], NaiveDate), Hash> = HashSet::default();
        let mut numbers: HashSet<(&[u8], &[u8]), Hash> = HashSet::default();
        let mut windows: HashMap<NaiveDate, (NaiveDate, NaiveDate), Hash> = HashMap::default();
        for block in &self.collector.store.blocks {
            for key in &block.keys {
                let line = record::decode(&block.records[key.offset as usize..]);
                for number in [line.claim_id, line.payer_claim_number, line.original_claim_id] {
                    if !number.is_empty() {
                        numbers.insert((number, line.billing_npi));
                    }
                }
                let Some(day) = line.first_day.day() else { continue };
                if line.is_history || !line.is_peer_support {
                    continue;
                }
                let (from, through) = *windows.entry(day).or_insert_with(|| window(policy, day));
                let window = members.entry(line.member_id).or_insert((from, through));
                *window = (window.0.min(from), window.1.max(through));
                if !line.rendering_npi.is_empty() {
                    days.insert((line.rendering_npi, day));
                }
            }
        }
        let mut bearing = Bearing {
            members: members.into_iter().map(|(id, (from, to))| (id.to_vec(), from, to)).collect(),
            practitioner_days: days.into_iter().map(|(npi, day)| (npi.to_vec(), day)).collect(),
            numbers: numbers.into_iter().map(|(number, npi)| Number::of(number, npi)).collect(),
        };
        // In the order of the indexes, so that neighbours are found on one page.
        bearing.members.sort_unstable();
        bearing.practitioner_days.sort_unstable();
        bearing.numbers.sort_unstable();
        bearing
    }
}

/// The days of which lines can share a limit with one on `day`: its limit year, and the week and
/// month that reach over the ends of it.
fn window(policy: &Policy, day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let (month, first) = policy.units.limit_year_starts;
    let year = limit_year_days(policy, date::limit_year(day, month, first)).unwrap_or((day, day));
    let margin = 31;
    (date::add_days(day, -margin).min(year.0), date::add_days(day, margin).max(year.1))
}

/// What became of each of the lines of a ledger, taken by themselves.
pub fn standings(store: &Store) -> Vec<Standing> {
    let net = net::net(store, &[false], &[false]);
    let standing = |verdict: Verdict| match verdict {
        Verdict::Net => Standing::Net,
        Verdict::Denied => Standing::Denied,
        Verdict::Repeated | Verdict::Posted | Verdict::Returned => Standing::Repeated,
        Verdict::Conflicting | Verdict::Ignored => Standing::Conflicting,
        Verdict::CorrectedAway => Standing::CorrectedAway,
    };
    net.verdicts.into_iter().map(standing).collect()
}

/// What a member used of a limit year. Holds data of a person: no `Debug`, on purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct YearUse {
    /// As read.
    pub member_id: Vec<u8>,
    /// The year, named by its end.
    pub limit_year: i32,
    /// Units that count.
    pub units: u64,
    /// Of so many, on the day of the member's last line in it.
    pub limit: u64,
}

impl YearUse {
    /// Units that are left.
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.units)
    }
}

/// First and last day of the limit year that `day` is in.
pub fn limit_year(policy: &Policy, day: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let (month, first) = policy.units.limit_year_starts;
    limit_year_days(policy, date::limit_year(day, month, first))
}

/// What each member used of the limit year of `as_of`, from net lines alone, by member id. Nobody
/// is exempt: authorizations are not asked.
pub fn year_use(policy: &Policy, store: &Store, as_of: NaiveDate) -> Vec<YearUse> {
    let (month, first) = policy.units.limit_year_starts;
    let year = date::limit_year(as_of, month, first);
    let tables = Tables::default();
    let context = Context { policy, tables: &tables, as_of, wants_evidence: false };
    let ids = 0..store.len() as RecordId;
    let mut lines: Vec<ServiceLine<'_>> =
        ids.map(|id| store.line(id)).filter(|line| line.is_peer_support).collect();
    lines.sort_by(|left, right| {
        left.member_id.cmp(right.member_id).then_with(|| limit_order(left, right))
    });
    let mut scratch = Scratch::default();
    let mut used = Vec::new();
    for member in lines.chunk_by(|left, right| left.member_id == right.member_id) {
        let counted = MemberLines::count(&context, member, &mut scratch);
        let mut usages = counted.states.iter().filter_map(|state| state.usage);
        let Some(last) = usages.rfind(|usage| usage.limit_year == year) else { continue };
        let Some(limit) = last.annual_limit else { continue };
        used.push(YearUse {
            member_id: member[0].member_id.to_vec(),
            limit_year: year,
            units: last.year_total,
            limit,
        });
    }
    used
}
