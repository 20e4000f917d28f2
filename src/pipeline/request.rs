//! What a run is asked to do.

use super::memory::Memory;
use crate::model::NaiveDate;
use crate::normalize::claims_csv::{CodeMaps, Sources};
use crate::outcome::{Decision, Post, ReportedDays};
use crate::policy::Policy;
use crate::rules::Rule;
use crate::source::blocks::BLOCK_BYTES;
use crate::source::input::InputPath;
use crate::spill::TempSpace;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Everything that a run needs, decided before it starts.
pub struct Request<'a> {
    /// Claim files whose lines are checked, in input order.
    pub claims: Vec<InputPath>,
    /// Where the files are, if they are not on a disk.
    pub memory: Option<&'a Memory>,
    /// Claim files whose lines are context, in input order.
    pub history: Vec<InputPath>,
    /// The numbers of the rules.
    pub policy: &'a Policy,
    /// The rules that report.
    pub rules: Vec<&'static Rule>,
    /// `--as-of`; `None`: the newest received or group date of the input.
    pub as_of: Option<NaiveDate>,
    /// The day of the run (UTC).
    pub today: NaiveDate,
    /// How claim CSVs are written.
    pub csv: ClaimCsvForm,
    /// Threads that read and check; 1: everything on the calling thread.
    pub threads: usize,
    /// Bytes of a block; tests set it to 64.
    pub block_bytes: usize,
    /// Bytes that a compressed claim file may unpack to at most.
    pub max_decompressed: u64,
    /// Whether inputs are hashed (SHA-256).
    pub wants_hash: bool,
    /// Whether findings carry what they rest on.
    pub wants_evidence: bool,
    /// Service dates whose findings are reported; all other lines are still counted.
    pub reported: ReportedDays,
    /// What may stay in memory of the claims; `None`: all of it.
    pub limit: Option<MemoryLimit>,
    /// Lines of a ledger come before everything that is read; `None`: there is no ledger.
    pub ledger: Option<LedgerRequest>,
    /// Told what goes on.
    pub progress: &'a Progress,
}

/// What a run may hold of its claims, and where the rest goes.
///
/// It is kept by checking the records in parts, of members that have nothing to do with each other.
/// A part is never less than one member and all that corrections tie to it.
#[derive(Clone)]
pub struct MemoryLimit {
    /// Bytes for records and all that is made of them.
    pub bytes: u64,
    /// The temporary files.
    pub space: TempSpace,
}

/// What a run takes for each byte of records and keys that it holds, at its peak, with sorting,
/// findings, claims and rows (measured on generated sets, docs/memory.md).
pub(super) const BYTES_A_HELD_BYTE: u64 = 4;

/// Records and keys of a part, so that checking it stays within a limit.
pub(super) fn part_bytes(limit: u64) -> u64 {
    limit / (BYTES_A_HELD_BYTE + 1)
}

/// How many parts `bytes` of records and keys make within a limit: each smaller by a third than it
/// may be, as members are of different size.
pub(super) fn parts_for(bytes: u64, limit: u64) -> u64 {
    bytes.saturating_add(bytes / 2).div_ceil(part_bytes(limit).max(1))
}

/// What a ledger asks of a run.
#[derive(Clone, Default)]
pub struct LedgerRequest {
    /// Which claims are to be posted.
    pub post: Post,
    /// Claims for review go out with those that are clean.
    pub releases_review: bool,
    /// What people decided on claims: the last one on a claim holds.
    pub decisions: Vec<Decision>,
    /// The last control number of an acknowledgement of earlier runs.
    pub last_control_number: Option<u32>,
}

impl<'a> Request<'a> {
    /// A run over no claims and with no rules yet, with the usual settings: all cores, inputs not
    /// hashed, as-of date from the input.
    pub fn new(policy: &'a Policy, progress: &'a Progress) -> Request<'a> {
        Request {
            claims: Vec::new(),
            memory: None,
            history: Vec::new(),
            policy,
            rules: Vec::new(),
            as_of: None,
            today: chrono::Utc::now().date_naive(),
            csv: ClaimCsvForm::default(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            block_bytes: BLOCK_BYTES,
            max_decompressed: u64::MAX,
            wants_hash: false,
            wants_evidence: false,
            reported: ReportedDays::default(),
            limit: None,
            ledger: None,
            progress,
        }
    }
}

/// How claim CSVs are written.
#[derive(Clone, Debug)]
pub struct ClaimCsvForm {
    /// Between fields.
    pub delimiter: u8,
    /// Our column names to the file's.
    pub renamed: HashMap<String, Sources>,
    /// The file's codes to ours, by our column name.
    pub codes: CodeMaps,
}

impl Default for ClaimCsvForm {
    fn default() -> ClaimCsvForm {
        let codes = CodeMaps::default();
        ClaimCsvForm { delimiter: b',', renamed: HashMap::new(), codes }
    }
}

/// How far a run is; read by whoever draws a progress bar.
pub struct Progress {
    /// Decompressed bytes of claim files read so far.
    pub bytes_read: AtomicU64,
    /// Of so many; 0: unknown.
    pub total_bytes: AtomicU64,
    /// Stages that are over, with the time they took, in order.
    pub stages: Mutex<Vec<(&'static str, Duration)>>,
    /// Bytes that went to temporary files.
    pub spilled: AtomicU64,
    /// When it began.
    pub begun: Instant,
    running: Mutex<Vec<&'static str>>,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress {
            bytes_read: AtomicU64::new(0),
            total_bytes: AtomicU64::new(0),
            stages: Mutex::default(),
            spilled: AtomicU64::new(0),
            begun: Instant::now(),
            running: Mutex::default(),
        }
    }
}

impl Progress {
    /// The stage that reads claim files.
    pub const READ: &'static str = "read claims";

    /// Does `work` and notes how long it took; of a stage that comes again, all of them together.
    pub fn stage<T>(&self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        locked(&self.running).push(name);
        let result = work();
        let mut running = locked(&self.running);
        if let Some(place) = running.iter().rposition(|other| *other == name) {
            running.remove(place);
        }
        drop(running);
        let mut stages = locked(&self.stages);
        match stages.iter_mut().find(|(stage, _)| *stage == name) {
            Some((_, time)) => *time += begin.elapsed(),
            None => stages.push((name, begin.elapsed())),
        }
        drop(stages);
        result
    }

    /// The stage that runs; of several at the same time, reading, else the last that began.
    pub fn running(&self) -> Option<&'static str> {
        let running = locked(&self.running);
        let reading = running.iter().find(|stage| **stage == Progress::READ);
        reading.or(running.last()).copied()
    }

    pub(super) fn read(&self, bytes: usize) {
        self.bytes_read.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_named_from_its_beginning() {
        let progress = Progress::default();
        assert_eq!(progress.running(), None);
        progress.stage(Progress::READ, || {
            progress.stage("load tables", || assert_eq!(progress.running(), Some(Progress::READ)));
        });
        progress.stage("write", || assert_eq!(progress.running(), Some("write")));
        assert_eq!(progress.running(), None);
        let over = locked(&progress.stages).iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(over, ["load tables", Progress::READ, "write"]);
    }
}
