//! One run, from the request to the outcome.

use super::findings;
use super::parts;
use super::read::{self, ReadOutcome};
use super::request::{Progress, Request};
use super::whole::{Evaluated, Whole};
use crate::model::member_ids::MemberIds;
use crate::outcome::RunOutcome;
use crate::source::input::InputError;
use crate::tables::Tables;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a run could not be done.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// An input cannot be read, or is no claim file.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The threads cannot be had.
    #[error("cannot start {threads} threads: {error}. Pass a smaller --threads.")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system said.
        error: rayon::ThreadPoolBuildError,
    },
    /// Temporary files cannot be written or read.
    #[error("cannot use temporary files in {}: {error}. {}", folder.display(), advice(error))]
    Temporary {
        /// Where they are.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The records were put aside: only [`check_parts`] can check them.
    #[error("the claims were put aside for a limit of memory, and are to be checked in parts")]
    Parted,
    /// The counts do not add up: a fault of this program.
    #[error(
        "the counts of this run do not add up ({detail}); no result was written. This is a fault \
         of peerclaims: please report it with the counts above."
    )]
    DoesNotReconcile {
        /// The counts.
        detail: String,
    },
}

/// What to do where temporary files cannot be used: more memory helps where there is no room.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "Pass a larger --memory, or name a folder with room for them in TMPDIR."
        }
        _ => "Name a folder of another disk in TMPDIR, or leave --memory out.",
    }
}

/// Reads, nets, checks and collects.
pub fn run(request: &Request<'_>, tables: &Tables) -> Result<RunOutcome, RunError> {
    check(request, read(request)?, tables)
}

/// Stage 1 alone: it needs no table, so that the tables can be loaded meanwhile.
pub fn read(request: &Request<'_>) -> Result<ReadOutcome, RunError> {
    let pool = if request.threads > 1 { Some(pool(request.threads)?) } else { None };
    request.progress.stage(Progress::READ, || read::read_all(request, pool.as_ref()))
}

/// All other stages.
pub fn check(
    request: &Request<'_>,
    read: ReadOutcome,
    tables: &Tables,
) -> Result<RunOutcome, RunError> {
    if read.is_parted() {
        return Err(RunError::Parted);
    }
    pool(request.threads.max(1))?.install(|| evaluate(request, tables, read))
}

/// Takes what a part of a run came to, and the ids of all members of the run.
pub type TakePart<'t> = dyn FnMut(&mut RunOutcome, &MemberIds) -> io::Result<()> + Send + 't;

/// [`check`] of what was read within a [`super::MemoryLimit`]: where it was too much, `take` is
/// given what each part of it came to, and the outcome has neither findings nor claims.
pub fn check_parts(
    request: &Request<'_>,
    mut read: ReadOutcome,
    tables: &Tables,
    take: &mut TakePart<'_>,
) -> Result<RunOutcome, RunError> {
    let Some(aside) = read.aside.take() else { return check(request, read, tables) };
    pool(request.threads.max(1))?.install(|| parts::check(request, (read, aside), tables, take))
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, RunError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| RunError::Threads { threads, error })
}

fn evaluate(
    request: &Request<'_>,
    tables: &Tables,
    read: ReadOutcome,
) -> Result<RunOutcome, RunError> {
    let (mut whole, store) = Whole::begin(request, tables, read);
    let mut evaluated = whole.records(&store, None);
    evaluated.findings.extend(whole.of_files());
    findings::sort(&mut evaluated.findings);
    let mut outcome = whole.end()?;
    outcome.standings = evaluated.standings();
    let Evaluated { findings, claims, net, ledger, .. } = evaluated;
    outcome.split.ties = net.ties;
    (outcome.findings, outcome.claims, outcome.ledger) = (findings, claims.outcomes, ledger);
    outcome.store = store;
    Ok(outcome)
}
