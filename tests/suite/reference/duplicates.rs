//! D001 to D005: services twice, two agencies on a day, corrections that hang in the air.

use super::Run;
use super::line::{Bucket, ServiceLine};
use super::netting::Claim;
use super::report::Report;

/// What two lines must share for D001, place of service apart.
fn service(line: &ServiceLine) -> impl PartialEq {
    (
        line.row.member_id.clone(),
        line.days,
        line.row.procedure_code.to_uppercase(),
        line.modifiers.clone(),
        line.units,
        line.row.billing_npi.clone(),
        line.row.rendering_npi.clone(),
    )
}

fn is_duplicate_of(later: &ServiceLine, earlier: &ServiceLine) -> bool {
    let place = |line: &ServiceLine| line.row.place_of_service.to_uppercase();
    service(later) == service(earlier)
        && place(later) == place(earlier)
        && later.claim != earlier.claim
        && later.claim[2] != "7"
        && earlier.claim[2] != "7"
}

/// D001, in history too: marks each line that equals an earlier one of another claim.
pub fn mark_duplicates(lines: &mut [ServiceLine], ordered: &[usize]) {
    for (place, later) in ordered.iter().enumerate() {
        let equals = |earlier: &usize| is_duplicate_of(&lines[*later], &lines[*earlier]);
        if ordered[..place].iter().any(equals) {
            lines[*later].duplicate = true;
        }
    }
}

pub fn check(run: &Run, report: &mut Report) {
    for (place, index) in run.order.iter().enumerate() {
        let line = &run.lines[*index];
        let earlier: Vec<&ServiceLine> =
            run.order[..place].iter().map(|index| &run.lines[*index]).collect();
        if line.history {
            continue;
        }
        if line.duplicate {
            report.fail("D001", *index);
            continue;
        }
        // One thing apart: the place of service, the claim, or a replacement among them.
        report.edge("D001", earlier.iter().any(|other| service(other) == service(line)));

        let same_day = |other: &&&ServiceLine| {
            other.row.member_id == line.row.member_id && other.date() == line.date()
        };
        let other_agency = |other: &&ServiceLine| other.row.billing_npi != line.row.billing_npi;
        if earlier.iter().filter(same_day).any(other_agency) {
            report.fail("D002", *index);
        } else {
            report.edge("D002", earlier.iter().any(|other| same_day(&other)));
        }
    }
    for (index, line) in run.lines.iter().enumerate() {
        if line.bucket == Bucket::Conflicting && !line.history {
            report.fail("D005", index);
        }
        let as_text = |other: &ServiceLine| (other.row.units.clone(), other.row.modifiers.clone());
        let other_text = |other: &ServiceLine| {
            other.claim == line.claim
                && other.row.line_number == line.row.line_number
                && as_text(other) != as_text(line)
        };
        let repeated = line.bucket == Bucket::Repeated && !line.history;
        report.edge("D005", repeated && run.lines.iter().any(other_text));
    }
    corrections(run, report);
}

/// A line left after step 2, whether a correction took it out or not.
pub fn stands(line: &ServiceLine) -> bool {
    matches!(line.bucket, Bucket::Checked | Bucket::CorrectedAway)
}

/// D003 and D004: once a claim, on its first current peer-support line.
fn corrections(run: &Run, report: &mut Report) {
    for claim in &run.claims {
        let current = |line: &&usize| !run.lines[**line].history && stands(&run.lines[**line]);
        let Some(first) = claim.lines.iter().find(current) else { continue };
        if !claim.is_replacement() && !claim.is_void() {
            report.edge("D003", claim.key[2] != "1" && claim.key[3].is_empty());
            continue;
        }
        let bills_peer_support =
            |target: &Claim| target.lines.iter().any(|line| stands(&run.lines[*line]));
        if claim.key[3].is_empty() {
            report.fail("D003", *first);
            continue;
        }
        report.edge("D003", true);
        if claim.targets.iter().any(|target| bills_peer_support(&run.claims[*target])) {
            let only_history = claim.targets.iter().all(|target| {
                run.claims[*target].lines.iter().all(|line| run.lines[*line].history)
            });
            let superseded =
                claim.targets.iter().any(|target| !run.claims[*target].targets.is_empty());
            report.edge("D004", only_history || superseded);
        } else {
            report.fail("D004", *first);
        }
    }
}
