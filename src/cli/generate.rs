//! `peerclaims generate`: a claim set whose findings are known.

use super::args::{CompressArg, GenerateArgs, SetFormat};
use super::error::CliError;
use super::exit::Exit;
use super::progress;
use super::shell;
use super::talk::Talk;
use crate::synthetic::{self, Compress, Request, Summary, Violations};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Makes the set.
pub fn run(args: &GenerateArgs) -> Result<Exit, CliError> {
    let request = request(args)?;
    check_empty(&args.out)?;
    let started = Instant::now();
    let written = AtomicU64::new(0);
    let make = || {
        let note = |lines| written.store(lines, Ordering::Relaxed);
        synthetic::generate(&request, &args.out, &note)
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| CliError::Usage(format!("cannot start the threads: {error}")))?;
    let summary =
        progress::lines(&written, request.lines, progress::Show::unless(args.quiet), || {
            pool.install(make)
        })
        .map_err(|error| CliError::Usage(error.to_string()))?;
    if !args.quiet {
        let seconds = started.elapsed().as_secs_f64();
        show(&summary, args, seconds)?;
    }
    Ok(Exit::Clean)
}

fn request(args: &GenerateArgs) -> Result<Request, CliError> {
    let violations = Violations::parse(&args.violations).map_err(CliError::Usage)?;
    let defaults = Request::default();
    Ok(Request {
        lines: args.lines,
        members: args.members,
        years: args.years,
        as_of: args.as_of.unwrap_or(defaults.as_of),
        peer_share: args.peer_share,
        seed: args.seed,
        csv: args.format.contains(&SetFormat::Csv),
        x12: args.format.contains(&SetFormat::X12),
        compress: match args.compress {
            None => Compress::None,
            Some(CompressArg::Gz) => Compress::Gzip,
            Some(CompressArg::Zst) => Compress::Zstd,
        },
        violations,
        nights: args.nights,
    })
}

/// A set never goes into a folder that holds something.
fn check_empty(out: &Path) -> Result<(), CliError> {
    let is_empty = std::fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    if is_empty {
        return Ok(());
    }
    let out = out.display();
    Err(CliError::Usage(format!(
        "{out}: this folder is not empty; name another --out, or empty it"
    )))
}

fn show(summary: &Summary, args: &GenerateArgs, seconds: f64) -> io::Result<()> {
    let mut out = Talk;
    writeln!(
        out,
        "{}: {} service lines ({} peer support) of {} claims, {} members, {} agencies",
        args.out.display(),
        summary.lines,
        summary.peer_lines,
        summary.claims,
        summary.members,
        summary.agencies,
    )?;
    for (format, expected) in
        [(SetFormat::Csv, &summary.expected_csv), (SetFormat::X12, &summary.expected_x12)]
    {
        if args.format.contains(&format) {
            writeln!(out, "  expected in {}: {}", format.name(), counts(expected))?;
        }
    }
    if !summary.unplaced.is_empty() {
        let rules: Vec<_> =
            summary.unplaced.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
        writeln!(out, "  no room for: {}; ask for more --lines", rules.join(", "))?;
    }
    let megabytes = summary.bytes as f64 / 1e6;
    writeln!(out, "  {megabytes:.0} MB in {seconds:.1} s ({:.0} MB/s)", megabytes / seconds)?;
    let claims = summary.files.iter().find(|file| {
        file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("claims."))
    });
    if let Some(claims) = claims {
        let (claims, tables) = (shell::word(claims), shell::word(&args.out.join("tables")));
        writeln!(out, "  next: peerclaims validate {claims} --tables {tables}")?;
    }
    Ok(())
}

fn counts(expected: &BTreeMap<&'static str, u64>) -> String {
    let total: u64 = expected.values().sum();
    format!("{total} findings of {} rules", expected.len())
}
