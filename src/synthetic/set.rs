//! The set as a whole: the request is checked, cells are made side by side and written in order.

use std::collections::BTreeMap;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use chrono::Datelike;
use rayon::prelude::*;

use super::calendar::{self, day};
use super::expected::{self, Findings};
use super::files::{Compress, Output};
use super::planner::{Planner, Spec};
use super::produce::{Produced, produce};
use super::world::{EARLIEST_AS_OF, World};
use super::{Error, MOST_NIGHTS, Request, Summary, claim_rows, edi837p, faults, tables};

/// Cells a thread makes before they are written: memory is bounded by this and not by the set.
const CELLS_A_THREAD: usize = 4;
/// The largest set: numbers of claims have ten digits.
const MOST_LINES: u64 = 4_000_000_000;

pub(super) fn generate(
    request: &Request,
    out_dir: &Path,
    progress: &dyn Fn(u64),
) -> Result<Summary, Error> {
    let world = world(request)?;
    let peer_lines = (request.lines as f64 * request.peer_share).round() as u64;
    let plan = || Planner::new(&world, request.lines, peer_lines, request.members.unwrap_or(0));
    let mut rehearsal = plan();
    rehearsal.by_ref().for_each(drop);
    let (members, agencies, _) = rehearsal.totals();
    if let Some(wanted) = request.members.filter(|wanted| members > *wanted) {
        return Err(Error::Request(format!(
            "{wanted} members are too few for {} lines and what is planted in them: give \
             --members {members} or more, or fewer violations",
            request.lines
        )));
    }
    let mut files = Files::create(&world, request.compress, out_dir)?;
    let mut summary = Summary { agencies, unplaced: rehearsal.unplaced(), ..Summary::default() };
    let batch = rayon::current_num_threads().max(1) * CELLS_A_THREAD;
    let mut planner = plan();
    let mut made: Vec<Produced> = Vec::new();
    loop {
        let specs: Vec<Spec> = planner.by_ref().take(batch).collect();
        // While one batch is written the next one is made.
        let (written, next) = rayon::join(
            || made.iter().try_for_each(|cell| files.add(cell, &mut summary)),
            || make(&world, &specs, request.compress),
        );
        written?;
        made = next.map_err(|error| Error::Write(out_dir.to_path_buf(), error))?;
        progress(summary.lines);
        if made.is_empty() {
            break;
        }
    }
    files.finish(&world, &mut summary)?;
    Ok(summary)
}

fn make(world: &World, specs: &[Spec], compress: Compress) -> std::io::Result<Vec<Produced>> {
    specs.par_iter().map(|spec| produce(world, spec, compress)).collect()
}

/// Checks the request and says what is wrong with it.
fn world(request: &Request) -> Result<World, Error> {
    let refuse = |text: &str| Err(Error::Request(text.to_owned()));
    let nights = request.nights.unwrap_or(0);
    let date = request.as_of;
    let as_of = day(date.year(), date.month() as i32, date.day() as i32);
    if !request.csv && !request.x12 {
        return refuse("no format is asked for: give --format csv, x12 or both");
    }
    if !(0.0..=1.0).contains(&request.peer_share) {
        return refuse("--peer-share must be a share between 0 and 1");
    }
    if request.nights == Some(0) || nights > MOST_NIGHTS {
        return refuse("--nights must be between 1 and 60");
    }
    let least = 8 * u64::from(nights.max(1));
    if request.lines < least || request.lines > MOST_LINES {
        return Err(Error::Request(format!(
            "--lines must be between {least} and {MOST_LINES} for such a set"
        )));
    }
    if !(1..=13).contains(&request.years) || !(1900..2100).contains(&date.year()) {
        return refuse("--years must be between 1 and 13, and --as-of before 2100");
    }
    let mut world = World::new(request.seed, as_of, request.years, nights);
    if as_of < EARLIEST_AS_OF || world.first < day(2012, 1, 1) {
        let (year, month, day) = calendar::date(world.first);
        return Err(Error::Request(format!(
            "the set would begin on {year}-{month:02}-{day:02}, before the benefit did (2012): \
             give a later --as-of, or fewer --years"
        )));
    }
    world.violations = request.violations.clone();
    (world.csv, world.x12) = (request.csv, request.x12);
    Ok(world)
}

/// All files of a set while they are written.
struct Files {
    rows: Vec<Output>,
    wire: Vec<Output>,
    transaction_sets: Vec<u64>,
    tables: Vec<Output>,
    expected_csv: Vec<Output>,
    expected_x12: Vec<Output>,
    faults: Option<Output>,
    supervisors_over_capacity: u64,
}

/// The name of a file of claims, without its ending.
fn stem(world: &World, file: usize) -> String {
    match (world.nights, file) {
        (0, _) => "claims".to_owned(),
        (_, 0) => "history".to_owned(),
        _ => format!("night_{file:02}"),
    }
}

impl Files {
    fn create(world: &World, compress: Compress, folder: &Path) -> Result<Files, Error> {
        let tables_folder = folder.join("tables");
        // Of nobody; but a set may be mixed with claims, and one rule is easier kept than two.
        let mut folders = std::fs::DirBuilder::new();
        folders
            .recursive(true)
            .mode(0o700)
            .create(&tables_folder)
            .map_err(|error| Error::Write(tables_folder.clone(), error))?;
        let mut files = Files {
            rows: Vec::new(),
            wire: Vec::new(),
            transaction_sets: vec![0; world.files()],
            tables: Vec::new(),
            expected_csv: Vec::new(),
            expected_x12: Vec::new(),
            faults: None,
            supervisors_over_capacity: 0,
        };
        for file in 0..world.files() {
            let name = stem(world, file);
            if world.csv {
                let mut output = Output::create(folder, &format!("{name}.csv"), compress)?;
                output.pack(claim_rows::HEADER.into())?;
                files.rows.push(output);
            }
            if world.x12 {
                let mut output = Output::create(folder, &format!("{name}.x12"), compress)?;
                output.pack(edi837p::header(world.night_date(file as u16)))?;
                files.wire.push(output);
            }
            if world.nights > 0 && file == 0 {
                continue;
            }
            let of_night = if file == 0 { String::new() } else { format!("_{name}") };
            if world.csv {
                let name = format!("expected_findings{of_night}.csv");
                files.expected_csv.push(with_header(folder, &name, expected::HEADER)?);
            }
            if world.x12 {
                let name = format!("expected_findings{of_night}_x12.csv");
                files.expected_x12.push(with_header(folder, &name, expected::HEADER)?);
            }
        }
        for (name, header) in tables::FILES {
            files.tables.push(with_header(&tables_folder, name, header)?);
        }
        if world.x12
            && world.nights == 0
            && ["F001", "F002", "F004", "F005"].iter().any(|rule| world.breaks(rule))
        {
            files.faults = Some(Output::create(folder, "faults.x12", Compress::None)?);
        }
        Ok(files)
    }

    /// Adds a cell.
    fn add(&mut self, cell: &Produced, summary: &mut Summary) -> Result<(), Error> {
        add_all(&mut self.rows, &cell.rows)?;
        add_all(&mut self.wire, &cell.wire)?;
        add_all(&mut self.tables, &cell.tables)?;
        for (sets, more) in self.transaction_sets.iter_mut().zip(&cell.transaction_sets) {
            *sets += more;
        }
        add_findings(&mut self.expected_csv, &cell.expected_csv, &mut summary.expected_csv)?;
        add_findings(&mut self.expected_x12, &cell.expected_x12, &mut summary.expected_x12)?;
        self.supervisors_over_capacity += cell.supervisors_over_capacity;
        summary.lines += cell.lines;
        summary.peer_lines += cell.peer_lines;
        summary.claims += cell.claims;
        summary.members += cell.members;
        Ok(())
    }

    /// Trailers, damage, and the findings that stand last.
    fn finish(mut self, world: &World, summary: &mut Summary) -> Result<(), Error> {
        for (output, sets) in self.wire.iter_mut().zip(&self.transaction_sets) {
            output.pack(edi837p::trailer(*sets))?;
        }
        if let (Some(output), Some(expected)) = (&mut self.faults, self.expected_x12.first_mut()) {
            let (wire, rows, counts) = faults::write(world, summary.lines);
            output.add(&wire)?;
            expected.add(&rows)?;
            for (rule, count) in counts {
                *summary.expected_x12.entry(rule).or_default() += count;
            }
        }
        let over = self.supervisors_over_capacity;
        let mut rows = Vec::new();
        (0..over).for_each(|_| expected::push_bare(&mut rows, "S005"));
        for (outputs, counts) in [
            (&mut self.expected_csv, &mut summary.expected_csv),
            (&mut self.expected_x12, &mut summary.expected_x12),
        ] {
            for output in outputs.iter_mut().filter(|_| over > 0) {
                output.add(&rows)?;
                *counts.entry("S005").or_default() += over;
            }
        }
        let groups = [self.rows, self.wire, self.tables, self.expected_csv, self.expected_x12];
        for output in groups.into_iter().flatten().chain(self.faults) {
            summary.bytes += output.bytes;
            summary.files.push(output.finish()?);
        }
        Ok(())
    }
}

fn with_header(folder: &Path, name: &str, header: &str) -> Result<Output, Error> {
    let mut output = Output::create(folder, name, Compress::None)?;
    output.add(header.as_bytes())?;
    Ok(output)
}

fn add_all(outputs: &mut [Output], parts: &[Vec<u8>]) -> Result<(), Error> {
    outputs.iter_mut().zip(parts).try_for_each(|(output, part)| output.add(part))
}

/// Adds findings to their files: the last file of a cell is the last output, and the history has
/// none.
fn add_findings(
    outputs: &mut [Output],
    findings: &Findings,
    counts: &mut BTreeMap<&'static str, u64>,
) -> Result<(), Error> {
    let without_output = findings.files.len().saturating_sub(outputs.len());
    add_all(outputs, findings.files.get(without_output..).unwrap_or_default())?;
    for rule in &findings.rules {
        *counts.entry(rule).or_default() += 1;
    }
    Ok(())
}
