//! `peerclaims ledger release | hold | withdraw`: what a person decides on a claim.

use super::error::CliError;
use super::exit::{Exit, say_done};
use super::ledger_args::DecideArgs;
use super::ledger_change::{facts, manifest};
use crate::ledger::{Ledger, Verdict, Word};
use crate::model::member_ids::MemberIds;
use crate::model::npi;
use crate::outcome::Decision;
use serde_json::json;

/// Records the word of a person; it holds from the next run on.
pub fn decide(mut ledger: Ledger, args: &DecideArgs, verdict: Verdict) -> Result<Exit, CliError> {
    let claim = args.claim.trim();
    let npi = args.billing_npi.as_deref().map(str::trim);
    if args.reason.trim().is_empty() || claim.is_empty() {
        return Err(CliError::Usage("a claim and a --reason are needed".to_owned()));
    }
    if let Some(npi) = npi.filter(|npi| !npi::is_valid(npi.as_bytes())) {
        return Err(CliError::Usage(format!(
            "--billing-npi {npi}: not an NPI (10 digits with a right check digit), so no claim \
             would ever be meant"
        )));
    }
    let shown = &*members(&ledger)?.without_text(claim);
    if let Some(run) = ledger.posted_by(claim.as_bytes(), npi.map(str::as_bytes))? {
        return Err(CliError::Usage(format!(
            "claim {shown}: run {run} posted it, so it went out already; to take it back, bill a \
             void (frequency 8) or take the run back (`peerclaims ledger undo`)"
        )));
    }
    let withdrawn = match verdict {
        Verdict::Withdraw => withdrawn(&ledger, (claim, shown), npi)?,
        Verdict::Release | Verdict::Hold => Vec::new(),
    };
    let facts = facts(verdict.as_str());
    let prepared = ledger.next_run()?;
    let by = args.by.clone().unwrap_or_else(user);
    let word = Word {
        verdict,
        claim_id: claim.as_bytes(),
        billing_npi: npi.map(str::as_bytes),
        reason: args.reason.trim(),
        decided_by: &by,
    };
    let mut said = json!({ "claim_id": claim, "billing_npi": npi, "decision": verdict.as_str(),
        "by": by, "at": facts.started, "reason": word.reason });
    if verdict == Verdict::Withdraw {
        said["withdrawn_runs"] = json!(withdrawn);
    }
    let manifest = manifest(&facts, &prepared, said, json!([]));
    ledger.decide(&facts, &prepared, &manifest, &word)?;
    ledger.checkpoint();
    let run = prepared.run;
    say_done(&match verdict {
        Verdict::Release => waits(run, (shown, npi), "goes out"),
        Verdict::Hold => waits(run, (shown, npi), "is held"),
        Verdict::Withdraw => {
            let runs: Vec<String> = withdrawn.iter().map(i64::to_string).collect();
            format!(
                "run {run}: claim {shown}: what run {} decided holds no more; what is found on it \
                 decides when it comes again. Both stay in the ledger",
                runs.join(" and run ")
            )
        }
    })?;
    Ok(Exit::Clean)
}

fn waits(run: i64, (claim, npi): (&str, Option<&str>), effect: &str) -> String {
    let whose = npi.map_or(String::new(), |npi| format!(" of the billing provider {npi} alone"));
    format!(
        "run {run}: claim {claim}{whose} {effect} when it comes again, whatever is found on it. A \
         ledger knows posted claims alone, so it cannot say whether one of that id waits; \
         `peerclaims ledger status` lists what is decided"
    )
}

/// The runs whose decisions a withdrawal takes back: those in force on the claim, of the agency
/// if one is named.
fn withdrawn(
    ledger: &Ledger,
    (claim, shown): (&str, &str),
    npi: Option<&str>,
) -> Result<Vec<i64>, CliError> {
    let decisions = ledger.decisions()?;
    let of_claim: Vec<_> = decisions.iter().filter(|d| d.claim_id == claim.as_bytes()).collect();
    let is_its = |decision: &Decision| {
        npi.is_none() || decision.billing_npi.as_deref() == npi.map(str::as_bytes)
    };
    let own: Vec<i64> = of_claim.iter().filter(|d| is_its(d)).map(|d| d.run).collect();
    match (own.is_empty(), of_claim.last()) {
        (false, _) => Ok(own),
        (true, Some(other)) => Err(CliError::Usage(format!(
            "claim {shown}: no decision of that agency is in force, but run {} decided on it: \
             `peerclaims ledger status` lists them, and without --billing-npi all on the claim are \
             withdrawn",
            other.run
        ))),
        (true, None) => Err(CliError::Usage(format!(
            "claim {shown}: no decision on it is in force, so there is none to withdraw; \
             `peerclaims ledger status` lists those that are"
        ))),
    }
}

/// The members that the ledger knows: a claim id may be made of the id of one, and is said without.
pub fn members(ledger: &Ledger) -> Result<MemberIds, CliError> {
    let members = ledger.members()?;
    Ok(MemberIds::masked(members.iter().map(|id| &id[..])))
}

/// The decisions that hold: of several on one claim, the last.
pub fn in_force(ledger: &Ledger) -> Result<Vec<Decision>, CliError> {
    let all = ledger.decisions()?;
    let is_replaced = |(place, decision): &(usize, &Decision)| {
        all[place + 1..].iter().any(|later| {
            later.claim_id == decision.claim_id
                && (later.billing_npi.is_none() || later.billing_npi == decision.billing_npi)
        })
    };
    let held = all.iter().enumerate().filter(|decided| !is_replaced(decided));
    Ok(held.map(|(_, decision)| decision.clone()).collect())
}

/// Who types this.
fn user() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw()))
}
