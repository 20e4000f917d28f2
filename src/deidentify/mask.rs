//! What is said of a run without a member's id: some agencies make claim ids of it, and messages
//! name claims.

use crate::model::member_ids::MemberIds;
use crate::model::within::masked;
use crate::outcome::RunOutcome;
use crate::rules::Check;
use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};
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
    // A record that conflicts with another's, and a correction, may name a claim of another member.
    let mut own = None;
    for finding in &mut outcome.findings {
        let Some(line) = &finding.line else { continue };
        let is_conflict = matches!(finding.rule.check, Check::Record(_));
        let named = is_conflict.then_some(&line.claim_id).into_iter();
        for number in named.chain([&line.original_claim_id]).filter(|number| !number.is_empty()) {
            let number = masked(number, &line.member_id);
            let of_store = || MemberIds::masked(store.members());
            let ids = all.unwrap_or_else(|| own.get_or_insert_with(of_store));
            if let Cow::Owned(shown) = ids.without_text(&number) {
                finding.message = finding.message.replace(&*number, &shown);
            }
        }
    }
}
