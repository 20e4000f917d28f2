//! The answer as JSON, and the manifest of the run that stays in the ledger.

use super::args::RemitArgs;
use super::outcome::RemitOutcome;
use crate::ledger::Remitted;
use crate::report::RunClock;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Everything, claim ids of unmatched payments among it.
pub fn write(
    out: &mut dyn Write,
    args: &RemitArgs,
    outcome: &RemitOutcome,
    remitted: &Remitted,
) -> io::Result<()> {
    let unmatched = outcome.unmatched.iter().map(|found| {
        json!({
            "claim_id": found.claim_id,
            "status": found.status,
            "payer_claim_number": found.payer_claim_number,
            "charge_amount": found.charge.to_string(),
            "paid_amount": found.paid.to_string(),
            "source": found.source,
            "position": found.position.to_string(),
            "why": found.why,
        })
    });
    let services = outcome.unmatched_services.iter().map(|found| {
        json!({
            "claim_id": found.claim_id,
            "procedure_code": found.procedure,
            "service_date": found.service_date.map(|day| day.to_string()),
            "charge_amount": found.charge.to_string(),
            "paid_amount": found.paid.to_string(),
            "source": found.source,
            "position": found.position.to_string(),
        })
    });
    let faults = outcome.faults.iter().map(|(source, fault)| {
        json!({
            "kind": fault.kind.name(),
            "source": source,
            "position": fault.position.to_string(),
            "part": fault.part,
            "message": fault.message,
        })
    });
    let answer = json!({
        "ledger": args.ledger.display().to_string(),
        "run": remitted.run.filter(|_| !args.dry_run),
        "is_dry_run": args.dry_run,
        "files": files(outcome),
        "skipped_files": outcome.skipped,
        "claims": claims(outcome),
        "lines": lines(remitted),
        "paid_amount": outcome.claims.paid.to_string(),
        "provider_adjustments": outcome.provider_adjustments.to_string(),
        "corrected_patients": outcome.corrected_patients,
        "unmatched": unmatched.collect::<Vec<_>>(),
        "unmatched_services": services.collect::<Vec<_>>(),
        "fault_count": outcome.fault_count,
        "faults": faults.collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)
}

/// What the ledger keeps of the run: no claim id, no amount of a claim.
pub fn manifest(
    args: &RemitArgs,
    clock: &RunClock,
    outcome: &RemitOutcome,
    remitted: &Remitted,
) -> String {
    let manifest = json!({
        "program": "peerclaims",
        "version": env!("CARGO_PKG_VERSION"),
        "command": "remit",
        "started": clock.started(),
        "inputs": files(outcome),
        "claims": claims(outcome),
        "lines": lines(remitted),
        "ledger": {
            "name": args.ledger.display().to_string(),
            "run": remitted.run,
            "lines_posted": remitted.changes.added,
            "lines_changed": remitted.changes.changed,
            "lines_sha256": remitted.lines_sha256,
            "payments_sha256": remitted.payments_sha256,
            "previous_manifest_sha256": remitted.previous_sha256,
        },
    });
    format!("{manifest:#}\n")
}

fn files(outcome: &RemitOutcome) -> Vec<Value> {
    let file = outcome.files.iter().map(|file| {
        json!({
            "name": file.name,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "seen_in_run": file.seen_in_run,
            "segments": file.totals.segments,
            "sets": file.totals.sets,
            "other_sets": file.totals.other_sets,
            "claims": file.totals.claims,
            "unreadable": file.totals.unreadable,
        })
    });
    file.collect()
}

fn claims(outcome: &RemitOutcome) -> Value {
    let claims = &outcome.claims;
    json!({
        "all": claims.all(),
        "recorded": claims.recorded,
        "known_before": claims.known_before,
        "unmatched": claims.unmatched,
        "other_procedures": claims.other_procedures,
        "no_effect": claims.no_effect,
        "unreadable": claims.unreadable,
        "refused": claims.refused,
        "refused_in_part": claims.refused_in_part,
        "reversals": claims.reversals,
    })
}

fn lines(remitted: &Remitted) -> Value {
    let changes = &remitted.changes;
    json!({
        "given_back": changes.given_back,
        "counted_again": changes.counted_again,
        "changed": changes.changed,
        "added": changes.added,
    })
}
