//! Claims near the filing limit, for `peerclaims upcoming`: those that results of runs hold, and
//! those that the payer denied, as the ledger knows.

use super::error::CliError;
use super::first_day_args::UpcomingArgs;
use super::upcoming::Gathered;
use crate::earlier::rows::unguarded;
use crate::ledger::{Ledger, LedgerError, RunId, RunRow};
use crate::model::{NaiveDate, date, text};
use crate::policy::Policy;
use crate::report::{manifest, plain, queue_csv};
use crate::source::hash;
use crate::upcoming::{Due, Horizon, Kind};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

const KIND: Kind = Kind::FilingLimit;

/// Gathers both.
pub(super) fn gather(
    args: &UpcomingArgs,
    ledger: Option<&Ledger>,
    policy: &Policy,
    horizon: Horizon,
    gathered: &mut Gathered,
) -> Result<(), CliError> {
    match (&args.results, ledger) {
        (Some(named), _) => {
            let held = held(named)?;
            keep(held, horizon, gathered);
        }
        (None, Some(ledger)) => held_of_runs(ledger, horizon, gathered)?,
        (None, None) => {
            let why = "held claims: pass --results DIR, the folder of a run".to_owned();
            gathered.not_looked_for.push((KIND, why));
        }
    }
    match ledger {
        Some(ledger) => denied(ledger, policy, horizon, gathered)?,
        None => {
            let why = "claims that the payer denied: pass --ledger FILE".to_owned();
            gathered.not_looked_for.push((KIND, why));
        }
    }
    Ok(())
}

/// A claim of a work list: its id and billing provider.
type ClaimKey = (String, String);

/// A row of a work list.
struct HeldClaim {
    key: ClaimKey,
    member_id: String,
    deadline: Option<NaiveDate>,
    detail: String,
}

/// A work list, as far as it could be read.
#[derive(Default)]
struct Held {
    claims: Vec<HeldClaim>,
    /// Rows whose deadline is no date.
    bad_rows: u64,
    name: String,
    /// It is not as its run wrote it.
    is_changed: bool,
}

/// Notes those that are due.
fn keep(held: Held, horizon: Horizon, gathered: &mut Gathered) {
    for HeldClaim { key: (claim_id, billing_npi), member_id, deadline, detail } in held.claims {
        gathered.owners.entry(claim_id.clone()).or_insert(member_id.into_bytes());
        let Some(day) = deadline.filter(|day| horizon.holds(*day)) else { continue };
        let mut due = Due::new(KIND, Some(day), horizon.as_of);
        (due.claim_id, due.billing_npi, due.detail) = (claim_id, billing_npi, detail);
        gathered.found.push(due);
    }
    if held.is_changed {
        gathered.notes.push(format!(
            "WARNING: {} is not as its run wrote it (the hash in manifest.json is another): claims \
             that were struck out are not among these",
            plain(&held.name)
        ));
    }
    if held.bad_rows > 0 {
        gathered.is_partial = true;
        gathered.notes.push(format!(
            "PART RESULT: {} rows of {} have a deadline that is no date and were left out (exit \
             code 3); run it again, or mend them",
            held.bad_rows,
            plain(&held.name)
        ));
    }
}

/// The claims that runs of the ledger hold, newest run first, from the results that are still as
/// those runs wrote them. One that a later run held again, or that was posted since, is decided.
fn held_of_runs(
    ledger: &Ledger,
    horizon: Horizon,
    gathered: &mut Gathered,
) -> Result<(), CliError> {
    let runs = ledger.runs()?;
    let mut runs: Vec<RunRow> = runs.into_iter().filter(|run| run.kind == "validate").collect();
    runs.reverse();
    let mut hashes: HashMap<String, Option<String>> = HashMap::new();
    let (mut found, mut gone) = (Vec::new(), Vec::new());
    for run in &runs {
        let hash = run.out.as_ref().and_then(|folder| {
            hashes.entry(folder.clone()).or_insert_with(|| manifest_hash(folder)).as_deref()
        });
        match run.out.as_ref().filter(|_| hash == Some(&*run.manifest_sha256)) {
            Some(folder) => found.push((run.run, held(Path::new(folder))?)),
            None => gone.push(run),
        }
    }
    if let Some(why) = not_there(&runs, &gone) {
        gathered.not_looked_for.push((KIND, why));
    }
    let newest = runs.first().map(|run| run.run);
    let mut decided: HashSet<ClaimKey> = HashSet::new();
    if found.iter().any(|(run, _)| Some(*run) != newest) {
        decided = posted(ledger, &found)?;
    }
    for (run, mut held) in found {
        // What the newest run holds, it holds: also what is posted (`--post all`).
        held.claims.retain(|claim| Some(run) == newest || !decided.contains(&claim.key));
        decided.extend(held.claims.iter().map(|claim| claim.key.clone()));
        keep(held, horizon, gathered);
    }
    Ok(())
}

/// The hash of the manifest of a folder of results that has a work list.
fn manifest_hash(folder: &str) -> Option<String> {
    let folder = Path::new(folder);
    let manifest = folder.join(manifest::FILE_NAME);
    let is_there = folder.join(queue_csv::FILE_NAME).is_file();
    is_there.then(|| std::fs::read(manifest).ok().map(|bytes| hash::sha256(&bytes))).flatten()
}

/// Whose results are not there any more. The folder of a night is mostly written anew by the next.
fn not_there(runs: &[RunRow], gone: &[&RunRow]) -> Option<String> {
    let newest = runs.first()?;
    let last = gone.first()?;
    if last.run == newest.run {
        return Some(match &newest.out {
            Some(folder) => format!(
                "held claims: the results of the newest run are not in {} any more; pass \
                 --results DIR",
                plain(folder)
            ),
            None => "held claims: the newest run wrote no results (no --out)".to_owned(),
        });
    }
    let (whose, runs) = match gone.len() {
        1 => ("its", format!("run {}", last.run)),
        count => ("their", format!("{count} earlier runs (the last of them run {})", last.run)),
    };
    Some(format!(
        "claims that {runs} held and no later run read: {whose} results are not there any more. \
         Leave files with held claims in the folder of claims, or write each night's results into \
         a folder of their own"
    ))
}

/// Which of the claims found are posted.
fn posted(ledger: &Ledger, found: &[(RunId, Held)]) -> Result<HashSet<ClaimKey>, CliError> {
    let all = found.iter().flat_map(|(_, held)| &held.claims);
    let mut open: HashSet<&ClaimKey> = all.map(|claim| &claim.key).collect();
    let mut posted = HashSet::new();
    ledger.each_known(|known| -> Result<(), LedgerError> {
        let id = |id: &[u8]| text::decode(id).into_owned();
        let key = (id(known.line.claim_id), id(known.line.billing_npi));
        if open.remove(&key) {
            posted.insert(key);
        }
        Ok(())
    })?;
    Ok(posted)
}

/// The held claims of a folder of results, from its work list.
fn held(folder: &Path) -> Result<Held, CliError> {
    let path = folder.join(queue_csv::FILE_NAME);
    let name = path.display().to_string();
    let unusable = |why: String| {
        CliError::Usage(format!("{}: this work list cannot be read: {why}", plain(&name)))
    };
    let mut reader = csv::Reader::from_path(&path).map_err(|error| unusable(error.to_string()))?;
    let header = reader.headers().map_err(|error| unusable(error.to_string()))?.clone();
    let place = |name: &str| {
        let place = header.iter().position(|column| column == name);
        place.ok_or_else(|| unusable(format!("it has no column {name}")))
    };
    let member_id = header.iter().position(|column| column == "member_id");
    let [deadline, claim_id, billing_npi, amount, rules] = [
        place("deadline")?,
        place("claim_id")?,
        place("billing_npi")?,
        place("amount_at_issue")?,
        place("rules")?,
    ];
    let mut held = Held::default();
    for record in reader.records() {
        let record = record.map_err(|error| unusable(error.to_string()))?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let id = |place: usize| unguarded(cell(place)).to_owned();
        let day = date::parse(cell(deadline).as_bytes());
        // Where no date of the claim can be read, it has no deadline.
        held.bad_rows += u64::from(day.is_none() && !cell(deadline).is_empty());
        // A claim may wait for another reason than a finding.
        let by = if cell(rules).is_empty() { "" } else { " by " };
        let detail = format!("held{by}{}; ${} at issue", cell(rules), cell(amount));
        let key = (id(claim_id), id(billing_npi));
        // A list made by hand may do without.
        let member_id = member_id.map(id).unwrap_or_default();
        held.claims.push(HeldClaim { key, member_id, deadline: day, detail });
    }
    let is_changed = is_changed(folder, &path);
    Ok(Held { name, is_changed, ..held })
}

/// Whether the work list is another than the manifest beside it says; a list made by hand has none.
fn is_changed(folder: &Path, path: &Path) -> bool {
    let manifest = std::fs::read(folder.join(manifest::FILE_NAME)).ok();
    let manifest: Option<Value> = manifest.and_then(|text| serde_json::from_slice(&text).ok());
    let outputs = manifest.as_ref().and_then(|manifest| manifest["outputs"].as_array());
    let written = outputs.into_iter().flatten().find(|file| file["name"] == queue_csv::FILE_NAME);
    let is_there = std::fs::read(path).ok().map(|bytes| hash::sha256(&bytes));
    written.is_some_and(|file| file["sha256"].as_str() != is_there.as_deref())
}

/// The claims of the ledger that the payer denied and nothing has replaced.
fn denied(
    ledger: &Ledger,
    policy: &Policy,
    horizon: Horizon,
    gathered: &mut Gathered,
) -> Result<(), CliError> {
    let filing_days = i64::from(policy.claims.filing_days);
    let mut claims: BTreeMap<(String, String), NaiveDate> = BTreeMap::new();
    ledger.each_known(|known| -> Result<(), LedgerError> {
        let line = known.line;
        if known.standing != "denied" || !line.is_peer_support {
            return Ok(());
        }
        let Some(first) = line.first_day.day() else { return Ok(()) };
        let last = line.last_day.day().unwrap_or(first).max(first);
        let deadline = date::add_days(last, filing_days);
        let id = |id: &[u8]| text::decode(id).into_owned();
        let known = claims.entry((id(line.claim_id), id(line.billing_npi))).or_insert(deadline);
        *known = deadline.min(*known);
        Ok(())
    })?;
    for ((claim_id, billing_npi), deadline) in claims {
        if horizon.holds(deadline) {
            let mut due = Due::new(KIND, Some(deadline), horizon.as_of);
            due.claim_id = claim_id;
            due.billing_npi = billing_npi;
            due.detail = "denied by the payer".to_owned();
            gathered.found.push(due);
        }
    }
    Ok(())
}
