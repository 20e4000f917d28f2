//! What is said of a run without a member's id: some agencies make claim ids of it, and messages
//! name claims.

use crate::finding::Finding;
use crate::model::member_ids::MemberIds;
use crate::model::within::masked;
use crate::outcome::RunOutcome;
use rayon::prelude::*;
use std::borrow::Cow;

/// Takes the ids out of the messages of all findings. The columns of ids stay as they are. `all`:
/// the ids of the run, where its records are those of a part of it.
pub fn mask(outcome: &mut RunOutcome, all: Option<&MemberIds>) {
    let store = &outcome.store;
    outcome.findings.par_iter_mut().for_each(|finding| {
        let Some(line) = &finding.line else { return };
        if let Cow::Owned(message) = masked(&finding.message, &line.member_id) {
            finding.message = message;
        }
    });
    // A message may name a claim of another member: the rule says so, and a correction names one.
    let numbers: Vec<Vec<String>> = outcome.findings.par_iter().map(numbers).collect();
    if numbers.iter().all(Vec::is_empty) {
        return;
    }
    let of_run;
    let ids = match all {
        Some(ids) => ids,
        None => {
            of_run = store.member_ids().finish();
            &of_run
        }
    };
    outcome.findings.par_iter_mut().zip(numbers).for_each(|(finding, numbers)| {
        for number in numbers {
            if let Some(shown) = ids.without(number.as_bytes()) {
                let shown = String::from_utf8_lossy(&shown);
                finding.message = finding.message.replace(&number, &shown);
            }
        }
    });
}

/// The numbers of claims that a message may name besides that of its own line's claim.
fn numbers(finding: &Finding) -> Vec<String> {
    let Some(line) = &finding.line else { return Vec::new() };
    let original = masked(&line.original_claim_id, &line.member_id);
    let named = finding.rule.names.and_then(|named| named(&finding.message));
    let numbers = [named, Some(&*original)].into_iter().flatten();
    numbers.filter(|number| !number.is_empty()).map(str::to_owned).collect()
}
