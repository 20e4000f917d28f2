//! What of past nights bears on tonight's claims, and how the lines of a ledger join a run.
//!
//! A line of the past matters in three ways, and a ledger is asked for each: it shares a *limit*
//! with a line of tonight (the member's year, day, week, month), it shares a *practitioner's day*,
//! or its claim is tied by a *number* to a claim that was read. Of the first two only net lines
//! matter. Of the third everything does, and whatever is tied to that in turn, so that corrections
//! are worked out again over whole families.

use super::net::{self, Verdict};
use super::read::ReadOutcome;
use crate::join::units::limit_year_days;
use crate::model::{FaultKind, FileFault, NaiveDate, Position, date, record};
use crate::outcome::FileKind;
use crate::policy::Policy;
use crate::store::Store;
use crate::store::past::{Bearing, Interchange, Number, PastLines, Standing};
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

    /// Says that the ledger has seen something of a file before (F003).
    pub fn seen_before(&mut self, file: u32, position: Option<Position>, message: String) {
        let first = match self.files[file as usize].kind {
            FileKind::X12 => Position::Segment { number: 1, byte: 0 },
            FileKind::Csv => Position::Row(1),
        };
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
    let net = net::net(store, &[false]);
    let standing = |verdict: Verdict| match verdict {
        Verdict::Net => Standing::Net,
        Verdict::Denied => Standing::Denied,
        Verdict::Repeated | Verdict::Posted => Standing::Repeated,
        Verdict::Conflicting | Verdict::Ignored => Standing::Conflicting,
        Verdict::CorrectedAway => Standing::CorrectedAway,
    };
    net.verdicts.into_iter().map(standing).collect()
}
