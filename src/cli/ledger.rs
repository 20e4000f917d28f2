//! `peerclaims ledger …`: looking at the ledger. What changes it is in `ledger_change.rs`.

use super::args::ListFormat;
use super::error::CliError;
use super::exit::{Exit, say_done};
use super::ledger_args::{KnownArgs, LedgerArgs, LedgerCommand, MembersArgs};
use super::{deidentify, ledger_change, ledger_decide, ledger_export, night, policy};
use crate::ledger::{CheckReport, Ledger, Opening, RunRow, Status, Verdict};
use crate::model::member_ids::MemberIds;
use crate::model::{NaiveDate, date, text};
use crate::outcome::Decision;
use crate::pipeline::past::{self, YearUse};
use crate::policy::Policy;
use crate::report::plain;
use crate::store::Store;
use serde::Serialize;
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

/// Does what the subcommand says.
pub fn run(args: &LedgerArgs) -> Result<Exit, CliError> {
    let Some(path) = args.path() else {
        let what = "name the ledger: --ledger FILE";
        return Err(CliError::Usage(what.to_owned()));
    };
    match &args.command {
        LedgerCommand::Status(known) => status(&to_read(path, known.as_known_on)?, known),
        LedgerCommand::Runs(known) => runs(&to_read(path, known.as_known_on)?, known),
        LedgerCommand::Check { format, .. } => check(path, *format),
        LedgerCommand::Members(args) => members(&to_read(path, args.known.as_known_on)?, args),
        LedgerCommand::Export { format, as_known_on, deidentify, .. } => {
            let key = deidentify::key(deidentify.as_deref())?;
            ledger_export::export(&to_read(path, *as_known_on)?, *format, key.as_ref())
        }
        LedgerCommand::Backup { to } => backup(&to_read(path, None)?, to),
        LedgerCommand::Undo { run } => ledger_change::undo(to_change(args, path, false)?, *run),
        LedgerCommand::Seed(seed) => {
            ledger_change::seed(to_change(args, path, true)?, seed, args.config.as_deref())
        }
        LedgerCommand::Release(decide) => {
            ledger_decide::decide(to_change(args, path, false)?, decide, Verdict::Release)
        }
        LedgerCommand::Hold(decide) => {
            ledger_decide::decide(to_change(args, path, false)?, decide, Verdict::Hold)
        }
        LedgerCommand::Withdraw(decide) => {
            ledger_decide::decide(to_change(args, path, false)?, decide, Verdict::Withdraw)
        }
        LedgerCommand::Prune { before, even_this_year } => {
            ledger_change::check_prune(*before, *even_this_year)?;
            ledger_change::prune(to_change(args, path, false)?, *before)
        }
    }
}

/// Opened to look at it, as it was known then.
pub(super) fn to_read(path: &Path, as_known_on: Option<NaiveDate>) -> Result<Ledger, CliError> {
    let ledger = night::open_to_look(path)?;
    ledger.known_on(as_known_on)?;
    Ok(ledger)
}

fn to_change(args: &LedgerArgs, path: &Path, creates: bool) -> Result<Ledger, CliError> {
    night::open(path, Opening { creates, wait: Duration::from_secs(args.wait) }, false)
}

fn write_json(value: &impl Serialize) -> Result<Exit, CliError> {
    let mut out = BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    writeln!(out)?;
    out.flush()?;
    Ok(Exit::Clean)
}

fn day_or_dash(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| "-".to_owned(), |day| day.to_string())
}

fn status(ledger: &Ledger, known: &KnownArgs) -> Result<Exit, CliError> {
    let (status, decisions) = (ledger.status()?, ledger_decide::in_force(ledger)?);
    let members = match decisions.is_empty() {
        true => MemberIds::masked(std::iter::empty()),
        false => ledger_decide::members(ledger)?,
    };
    let shown = |decided| decision(decided, &members);
    if known.format == ListFormat::Json {
        let decisions: Vec<_> = decisions.iter().map(shown).collect();
        return write_json(&StatusAnswer { status, decisions });
    }
    let Status { first_service_date, last_service_date, .. } = status;
    let days = format!("{} to {}", day_or_dash(first_service_date), day_or_dash(last_service_date));
    let last = status.last_run_started.as_deref().unwrap_or("-").to_owned();
    let mut out = io::stdout().lock();
    writeln!(out, "{}: ledger of peerclaims", plain(&ledger.path().display().to_string()))?;
    for (name, value) in [
        ("schema", status.schema.to_string()),
        ("bytes", status.bytes.to_string()),
        ("runs", status.runs.to_string()),
        ("newest run", last),
        ("files", status.files.to_string()),
        ("claims", status.claims.to_string()),
        ("service lines", status.lines.to_string()),
        ("  net", status.net.to_string()),
        ("  denied", status.denied.to_string()),
        ("  repeated", status.repeated.to_string()),
        ("  corrected away", status.corrected_away.to_string()),
        ("net services", days),
    ] {
        writeln!(out, "  {name:<18} {value}")?;
    }
    if status.is_cut_off {
        writeln!(out, "  a run is between ledger and results: it runs now, or was cut off")?;
    }
    if !decisions.is_empty() {
        writeln!(out, "  decisions in force  {}", decisions.len())?;
    }
    for decided in decisions.iter().map(shown) {
        let of = decided.billing_npi.map_or_else(String::new, |npi| format!(" of {npi}"));
        let (kind, claim, by) = (decided.decision, decided.claim_id, decided.by);
        let said = format!("{kind} {claim}{of}: run {}, by {by}, {}", decided.run, decided.at);
        writeln!(out, "    {}", plain(&said))?;
    }
    Ok(Exit::Clean)
}

/// `ledger status --format json`
#[derive(Serialize)]
struct StatusAnswer<'a> {
    #[serde(flatten)]
    status: Status,
    decisions: Vec<DecisionRow<'a>>,
}

/// What a person decided on a claim that has not come since. The reason, in which somebody may be
/// named, stands in the manifest of its run.
#[derive(Serialize)]
struct DecisionRow<'a> {
    run: i64,
    decision: &'static str,
    claim_id: String,
    billing_npi: Option<String>,
    by: &'a str,
    at: &'a str,
}

fn decision<'d>(decided: &'d Decision, members: &MemberIds) -> DecisionRow<'d> {
    DecisionRow {
        run: decided.run,
        decision: if decided.releases { "release" } else { "hold" },
        claim_id: members.without_text(&text::decode(&decided.claim_id)).into_owned(),
        billing_npi: decided.billing_npi.as_ref().map(|npi| text::decode(npi).into_owned()),
        by: &decided.decided_by,
        at: &decided.decided_at,
    }
}

fn runs(ledger: &Ledger, known: &KnownArgs) -> Result<Exit, CliError> {
    let runs = ledger.runs()?;
    if known.format == ListFormat::Json {
        return write_json(&runs);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let header = ["run", "kind", "started (UTC)", "as of", "post", "files", "lines", "changed"];
    let [run, kind, started, as_of, post, files, lines, changed] = header;
    writeln!(
        out,
        "{run:>4}  {kind:<8}  {started:<16}  {as_of:<10}  {post:<8}  {files:>5}  {lines:>7}  \
         {changed:>7}"
    )?;
    for RunRow { run, kind, started, as_of, post, files, lines, changed, out: folder, .. } in runs {
        let (as_of, post) = (day_or_dash(as_of), post.unwrap_or_else(|| "-".to_owned()));
        // To the minute; the JSON has it whole.
        let started = started.get(..16).unwrap_or(&started).replace('T', " ");
        writeln!(
            out,
            "{run:>4}  {kind:<8}  {started:<16}  {as_of:<10}  {post:<8}  {files:>5}  {lines:>7}  \
             {changed:>7}"
        )?;
        // Paths are long: on a line of its own, which nothing cuts.
        if let Some(folder) = folder {
            writeln!(out, "      results in {}", plain(&from_here(&folder)))?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// A path as it would be typed here, where it lies within the working folder.
pub(super) fn from_here(path: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let within = Path::new(path).strip_prefix(here).ok().filter(|rest| *rest != Path::new(""));
    within.map_or_else(|| path.to_owned(), |rest| rest.display().to_string())
}

fn backup(ledger: &Ledger, to: &Path) -> Result<Exit, CliError> {
    ledger.backup(to)?;
    let bytes = std::fs::metadata(to)?.len();
    let (from, to) = (ledger.path().display().to_string(), to.display().to_string());
    say_done(&format!("{}: a copy of {}, {bytes} bytes", plain(&to), plain(&from)))?;
    Ok(Exit::Clean)
}

fn check(path: &Path, format: ListFormat) -> Result<Exit, CliError> {
    let report = night::open_to_look(path)?.check(past::standings)?;
    let CheckReport { runs, lines, faults, unfinished } = &report;
    let exit = if faults.is_empty() { Exit::Clean } else { Exit::Findings };
    if format == ListFormat::Json {
        let value = json!({ "is_well": faults.is_empty(), "runs": runs, "lines": lines,
            "faults": faults, "unfinished_run": unfinished });
        write_json(&value)?;
        return Ok(exit);
    }
    let mut out = io::stdout().lock();
    let name = path.display().to_string();
    if faults.is_empty() {
        writeln!(out, "{}: well ({runs} runs, {lines} service lines)", plain(&name))?;
    } else {
        writeln!(out, "{}: not well", plain(&name))?;
        for fault in faults {
            writeln!(out, "  {}", plain(fault))?;
        }
        writeln!(out, "Put the newest backup in its place, and run the nights since then again.")?;
    }
    if let Some(run) = unfinished {
        writeln!(
            out,
            "  run {run} is between ledger and results: it goes on just now, or was cut off and \
             the next run says what to do"
        )?;
    }
    Ok(exit)
}

/// What each member used of the limit year of `as_of`, and its first and last day.
pub(super) fn used_in_year(
    ledger: &Ledger,
    policy: &Policy,
    as_of: NaiveDate,
) -> Result<(NaiveDate, NaiveDate, Vec<YearUse>), CliError> {
    let Some((from, through)) = past::limit_year(policy, as_of) else {
        return Err(CliError::Usage(format!("{as_of} is past the calendar")));
    };
    let through = through.min(date::LAST);
    let store = Store::of_past(ledger.net_lines(from, through)?);
    Ok((from, through, past::year_use(policy, &store, through)))
}

fn members(ledger: &Ledger, args: &MembersArgs) -> Result<Exit, CliError> {
    let key = deidentify::key(args.deidentify.as_deref())?;
    let policy = policy::load(args.policy.as_deref())?.policy;
    let today = || chrono::Utc::now().date_naive();
    let as_of = args.as_of.or(args.known.as_known_on).unwrap_or_else(today);
    let (from, through, mut used) = used_in_year(ledger, &policy, as_of)?;
    let known = used.len();
    used.retain(|member| args.near.is_none_or(|near| member.left() <= near));
    if let Some(key) = key {
        used.iter_mut().for_each(|one| one.member_id = key.pseudonym(&one.member_id).into_bytes());
    }
    used.sort_by(|one, other| {
        one.left().cmp(&other.left()).then_with(|| one.member_id.cmp(&other.member_id))
    });
    if args.known.format == ListFormat::Json {
        let rows = used.iter().map(|member| {
            json!({ "member_id": text::decode(&member.member_id), "limit_year": member.limit_year,
                "units": member.units, "limit": member.limit, "left": member.left() })
        });
        return write_json(&rows.collect::<Vec<_>>());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(
        out,
        "{:>6}  {:>6}  {:>6}  member, from {from} to {through}",
        "left", "units", "limit"
    )?;
    if used.is_empty() {
        out.flush()?;
        return nobody_listed(ledger, args, known, (from, through));
    }
    for member in &used {
        let id = text::decode(&member.member_id);
        let YearUse { units, limit, .. } = member;
        writeln!(out, "{:>6}  {units:>6}  {limit:>6}  {}", member.left(), plain(&id))?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// Says why the list is empty: nothing posted, nothing of that year, or nobody near.
fn nobody_listed(
    ledger: &Ledger,
    args: &MembersArgs,
    in_year: usize,
    (from, through): (NaiveDate, NaiveDate),
) -> Result<Exit, CliError> {
    let status = ledger.status()?;
    let why = match (in_year, status.first_service_date, status.last_service_date) {
        (0, Some(first), Some(last)) => format!(
            "no member has net services from {from} to {through} (the ledger's are of {first} to \
             {last}); --as-of names a day of another limit year"
        ),
        (0, ..) => "the ledger holds no net service line: nothing was posted, or all was denied \
             or corrected away"
            .to_owned(),
        (..) => {
            let near = args.near.unwrap_or_default();
            format!("none of {in_year} members has {near} units or fewer left")
        }
    };
    writeln!(io::stdout(), "nobody is listed: {why}")?;
    Ok(Exit::Clean)
}
