//! `--memory`: checks claims in parts where they are more than may be held.

use super::args::{CommonArgs, FormatArg, ValidateArgs};
use super::destination::Destination;
use super::error::CliError;
use super::talk::Talk;
use super::values::parse_size;
use crate::deidentify;
use crate::model::member_ids::MemberIds;
use crate::outcome::RunOutcome;
use crate::pipeline::{self, MemoryLimit, Request, RunError};
use crate::report::parted::{PartedRows, WantedRows};
use crate::spill::TempSpace;
use crate::tables::{self, CsvForm, Loaded, TablePaths};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Where a run says what it may hold.
#[derive(Args)]
pub struct MemoryArgs {
    /// Hold no more than this in memory (bytes, or 256M, 4G); the claims of validate beyond it go
    /// to temporary files, audit and simulate say when they held more [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub memory: Option<u64>,
}

/// Blocks of input that are at work or wait for it, with what is made of them, beside the threads.
const BLOCKS_AT_WORK: usize = 4;
/// The least that is of use, in blocks: a limit below it is not kept.
const LEAST_BLOCKS: usize = 8;

/// A limit, and where the rest goes.
pub(super) struct Within {
    bytes: u64,
    space: TempSpace,
    rows: WantedRows,
}

impl Within {
    /// What was asked for, if such a run can be checked in parts. A ledger, the parts of a split,
    /// acknowledgements, pseudonyms and the reports that look at all findings at once need all of
    /// it; [`say_if_over`] says so where it was too much.
    pub(super) fn of(args: &ValidateArgs, destination: &Destination) -> Option<Within> {
        let common = &args.common;
        let bytes = common.memory.memory?;
        let by_rows = |format: &FormatArg| matches!(format, FormatArg::Csv | FormatArg::Json);
        let is_parted = common.format.iter().all(by_rows)
            && args.ledger.ledger.is_none()
            && !args.split
            && !args.acks
            && common.deidentify.is_none();
        is_parted.then(|| Within {
            bytes,
            space: TempSpace::on(&folder(destination)),
            rows: wanted_rows(common, destination),
        })
    }

    /// What is left for claims, now that the tables are there.
    fn left(&self, request: &Request<'_>) -> MemoryLimit {
        let block = request.block_bytes as u64;
        let at_work = (request.threads + BLOCKS_AT_WORK) as u64 * block;
        let taken = resident().unwrap_or_default().now + at_work;
        let least = LEAST_BLOCKS as u64 * block;
        let bytes = self.bytes.saturating_sub(taken).max(least);
        MemoryLimit { bytes, space: self.space.clone() }
    }
}

/// Temporary files go where the user says; else beside the results, where there is room for them.
fn folder(destination: &Destination) -> PathBuf {
    match (std::env::var_os("TMPDIR"), destination) {
        (None, Destination::Folder(folder)) => folder.path().to_owned(),
        _ => std::env::temp_dir(),
    }
}

/// The rows that are written: those of other outputs are not made.
fn wanted_rows(common: &CommonArgs, destination: &Destination) -> WantedRows {
    let json = common.format.contains(&FormatArg::Json);
    match destination {
        Destination::Terminal => WantedRows::default(),
        Destination::Stdout => WantedRows { findings: !json, json, claims: false },
        Destination::Folder(_) => WantedRows { findings: true, json, claims: true },
    }
}

/// Reads tables and claims one after the other, so that what the tables take is known, and checks
/// the claims: all at once, or in parts.
pub(super) fn check(
    request: &mut Request<'_>,
    within: &Within,
    paths: &TablePaths,
    form: &CsvForm,
) -> Result<(RunOutcome, Loaded), CliError> {
    let load = || tables::load(paths, form, request.threads);
    let loaded = request.progress.stage("load tables", load)?;
    request.limit = Some(within.left(request));
    let read = pipeline::read(request)?;
    if !read.is_parted() {
        return Ok((pipeline::check(request, read, &loaded.tables)?, loaded));
    }
    let space = &within.space;
    let failed = |error| RunError::Temporary { folder: space.folder().to_owned(), error };
    let mut rows = PartedRows::new(space, request.policy, within.rows).map_err(failed)?;
    let mut take = |part: &mut RunOutcome, ids: &MemberIds| {
        // As `deidentify::apply` does of a run that is held whole.
        deidentify::mask(part, Some(ids));
        rows.take(part)
    };
    let mut outcome = pipeline::check_parts(request, read, &loaded.tables, &mut take)?;
    outcome.elsewhere = Some(rows.finish());
    Ok((outcome, loaded))
}

/// Says that more was held than was asked for; the results are none the worse.
pub(super) fn say_if_over(common: &CommonArgs) {
    let (Some(limit), Some(resident)) = (common.memory.memory, resident()) else { return };
    if resident.most <= limit || common.quiet {
        return;
    }
    let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
    let _ = writeln!(
        Talk,
        "peerclaims: WARNING: {} MiB were held at the peak, --memory allows {} MiB; the results \
         are the same. If so much cannot be spared, pass fewer --threads, or a --memory that is \
         smaller by as much. Held whole whatever it says are tables, findings, the claims of \
         members tied to each other, and all claims of runs with a ledger, --split, --acks, \
         --deidentify, reports other than CSV and JSON, and of audit and simulate (docs/memory.md)",
        megabytes(resident.most),
        megabytes(limit),
    );
}

/// Memory of this process.
#[derive(Clone, Copy, Default)]
struct Resident {
    now: u64,
    /// At its peak.
    most: u64,
}

/// As Linux tells it; nothing elsewhere.
fn resident() -> Option<Resident> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let field = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes << 10)
    };
    Some(Resident { now: field("VmRSS:")?, most: field("VmHWM:")? })
}
