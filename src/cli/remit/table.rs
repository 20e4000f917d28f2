//! The answer for people.

use super::args::RemitArgs;
use super::outcome::RemitOutcome;
use crate::cli::width;
use crate::ledger::Remitted;
use crate::model::Cents;
use crate::report::{hanging, paragraph, plain};
use std::io::{self, Write};

/// Unmatched payments, and services, that are shown.
const SHOWN: usize = 20;

/// Writes it.
pub fn write(
    out: &mut dyn Write,
    args: &RemitArgs,
    outcome: &RemitOutcome,
    remitted: &Remitted,
) -> io::Result<()> {
    let name = args.ledger.display().to_string();
    let run = match (remitted.run, args.dry_run) {
        (None, _) => "nothing new, no run".to_owned(),
        (Some(_), true) => "a dry run: nothing was changed".to_owned(),
        (Some(run), false) => format!("run {run}"),
    };
    let width = width::of_results();
    hanging(out, 0, &format!("peerclaims remit · ledger {} · {run}", plain(&name)), width)?;
    writeln!(out, "\nFiles")?;
    for file in &outcome.files {
        let totals = &file.totals;
        let (sets, claims) = (totals.sets, totals.claims);
        let seen =
            file.seen_in_run.map_or(String::new(), |run| format!("; read before, run {run}"));
        let other = match totals.other_sets {
            0 => String::new(),
            count => format!("; other transaction sets skipped: {count}"),
        };
        let name = plain(&file.name);
        let text = format!("{name}: remittances {sets}, claim payments {claims}{other}{seen}");
        hanging(out, 2, &text, width)?;
    }
    for name in &outcome.skipped {
        hanging(out, 2, &format!("{name}: no remittance, skipped"), width)?;
    }
    claims(out, outcome, width)?;
    lines(out, outcome, remitted, width)?;
    unmatched(out, outcome, width)
}

fn claims(out: &mut dyn Write, outcome: &RemitOutcome, width: usize) -> io::Result<()> {
    let claims = &outcome.claims;
    writeln!(out, "\nClaim payments, each counted once")?;
    for (what, count) in [
        ("recorded", claims.recorded),
        ("recorded before", claims.known_before),
        ("not in the ledger", claims.unmatched),
        ("other procedures", claims.other_procedures),
        ("without effect (status 23, 25)", claims.no_effect),
        ("could not be read", claims.unreadable),
        ("all", claims.all()),
    ] {
        writeln!(out, "  {what:<32}{count:>8}")?;
    }
    if claims.recorded > 0 {
        let paid = claims.paid;
        let (refused, in_part, back) = (claims.refused, claims.refused_in_part, claims.reversals);
        let text = format!(
            "Of the recorded: {refused} refused, {in_part} in part, {back} taken back; {paid} \
             paid in all."
        );
        hanging(out, 2, &text, width)?;
    }
    Ok(())
}

fn lines(
    out: &mut dyn Write,
    outcome: &RemitOutcome,
    remitted: &Remitted,
    width: usize,
) -> io::Result<()> {
    let changes = &remitted.changes;
    writeln!(out, "\nService lines of the ledger")?;
    for (what, count) in [
        ("give their units back", changes.given_back),
        ("use units again", changes.counted_again),
        ("keep an older payer's number", changes.added),
    ] {
        writeln!(out, "  {what:<32}{count:>8}")?;
    }
    if outcome.provider_adjustments != Cents(0) {
        let sum = outcome.provider_adjustments;
        let text = format!("Adjustments of no claim (PLB): {sum}; nothing follows here.");
        hanging(out, 2, &text, width)?;
    }
    if outcome.corrected_patients > 0 {
        let text = format!(
            "The payer has another name or id for the patient of {} claims (NM1*74): look at \
             the remittance.",
            outcome.corrected_patients
        );
        hanging(out, 2, &text, width)?;
    }
    Ok(())
}

fn unmatched(out: &mut dyn Write, outcome: &RemitOutcome, width: usize) -> io::Result<()> {
    if !outcome.unmatched.is_empty() {
        writeln!(out, "\nNot in the ledger (read the file again when they are)")?;
    }
    for found in outcome.unmatched.iter().take(SHOWN) {
        let (claim, number) = (plain(&found.claim_id), plain(&found.payer_claim_number));
        let (source, position) = (plain(&found.source), found.position);
        let (status, paid, why) = (&found.status, found.paid, found.why);
        let text = format!(
            "claim {claim}, status {status}, paid {paid}, payer's number {number} · {source}, \
             {position}"
        );
        hanging(out, 2, &text, width)?;
        paragraph(out, "      ", why, width)?;
    }
    more(out, outcome.unmatched.len())?;
    if !outcome.unmatched_services.is_empty() {
        writeln!(out, "\nServices that are no line of their claim in the ledger")?;
    }
    for found in outcome.unmatched_services.iter().take(SHOWN) {
        let (claim, procedure) = (plain(&found.claim_id), plain(&found.procedure));
        let day = found.service_date.map_or("no date".to_owned(), |day| day.to_string());
        let (source, position) = (plain(&found.source), found.position);
        let paid = found.paid;
        let text =
            format!("claim {claim}, {procedure} on {day}, paid {paid} · {source}, {position}");
        hanging(out, 2, &text, width)?;
    }
    more(out, outcome.unmatched_services.len())
}

fn more(out: &mut dyn Write, count: usize) -> io::Result<()> {
    match count.saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more; --format json lists all"),
    }
}
