//! Claims near the filing limit, for `peerclaims upcoming`: those that the newest results hold, and
//! those that the payer denied, as the ledger knows.

use super::error::CliError;
use super::first_day_args::UpcomingArgs;
use super::upcoming::Gathered;
use crate::earlier::rows::unguarded;
use crate::ledger::{Ledger, LedgerError};
use crate::model::{NaiveDate, date, text};
use crate::policy::Policy;
use crate::report::{plain, queue_csv};
use crate::upcoming::{Due, Horizon, Kind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const KIND: Kind = Kind::FilingLimit;

/// Gathers both.
pub(super) fn gather(
    args: &UpcomingArgs,
    ledger: Option<&Ledger>,
    policy: &Policy,
    horizon: Horizon,
    gathered: &mut Gathered,
) -> Result<(), CliError> {
    match (&args.results, newest_results(ledger)?) {
        (Some(named), _) => held(named, horizon, gathered)?,
        (None, Some(newest)) if newest.join(queue_csv::FILE_NAME).is_file() => {
            held(&newest, horizon, gathered)?;
        }
        (None, Some(newest)) => {
            let newest = newest.display().to_string();
            let why = format!(
                "held claims: the results of the newest run are not in {} any more; pass \
                 --results DIR",
                plain(&newest)
            );
            gathered.not_looked_for.push((KIND, why));
        }
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

/// Where the newest run over claims wrote its results.
fn newest_results(ledger: Option<&Ledger>) -> Result<Option<PathBuf>, CliError> {
    let runs = ledger.map(Ledger::runs).transpose()?.unwrap_or_default();
    let newest = runs.into_iter().rev().find_map(|run| run.out);
    Ok(newest.map(PathBuf::from))
}

/// The held claims of a folder of results, from its work list.
fn held(folder: &Path, horizon: Horizon, gathered: &mut Gathered) -> Result<(), CliError> {
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
    let [deadline, claim_id, billing_npi, amount, rules] = [
        place("deadline")?,
        place("claim_id")?,
        place("billing_npi")?,
        place("amount_at_issue")?,
        place("rules")?,
    ];
    for record in reader.records() {
        let record = record.map_err(|error| unusable(error.to_string()))?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let Some(day) = date::parse(cell(deadline).as_bytes()).filter(|day| horizon.holds(*day))
        else {
            continue;
        };
        let mut due = Due::new(KIND, Some(day), horizon.as_of);
        due.claim_id = unguarded(cell(claim_id)).to_owned();
        due.billing_npi = unguarded(cell(billing_npi)).to_owned();
        // A claim may wait for another reason than a finding.
        let by = if cell(rules).is_empty() { "" } else { " by " };
        due.detail = format!("held{by}{}; ${} at issue", cell(rules), cell(amount));
        gathered.found.push(due);
    }
    Ok(())
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
