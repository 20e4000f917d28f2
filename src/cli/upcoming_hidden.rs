//! `upcoming --deidentify KEYFILE`: pseudonyms in the place of member ids.

use super::error::CliError;
use super::upcoming::Gathered;
use crate::deidentify::Key;
use crate::ledger::{Ledger, LedgerError};
use crate::model::member_ids::MemberIds;
use crate::model::text;
use crate::model::within::without;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Takes the members' ids out of what was found. Some claim ids are made of one: so all members
/// that the claims may be of are looked for in them.
pub(super) fn hide(
    gathered: &mut Gathered,
    ledger: Option<&Ledger>,
    key: &Key,
) -> Result<(), CliError> {
    let Gathered { found, owners, .. } = gathered;
    let mut members: BTreeSet<Vec<u8>> =
        found.iter().map(|due| due.member_id.clone().into_bytes()).collect();
    // The member of each claim, whose id is found wherever it stands in the claim's.
    if let Some(ledger) = ledger {
        ledger.each_known(|known| -> Result<(), LedgerError> {
            let claim = text::decode(known.line.claim_id).into_owned();
            owners.entry(claim).or_insert_with(|| known.line.member_id.to_vec());
            Ok(())
        })?;
    }
    members.extend(owners.values().cloned());
    members.remove(&b""[..]);
    let pseudonyms: BTreeMap<Vec<u8>, String> =
        members.into_iter().map(|id| (id.clone(), key.pseudonym(&id))).collect();
    let ids = MemberIds::of(pseudonyms.iter().map(|(id, shown)| (&**id, shown.as_bytes())));
    for due in found {
        if let Some(shown) = pseudonyms.get(due.member_id.as_bytes()) {
            due.member_id.clone_from(shown);
        }
        let own = owners.get(&due.claim_id).and_then(|id| pseudonyms.get_key_value(id));
        let own = own.map_or(Cow::Borrowed(due.claim_id.as_bytes()), |(id, shown)| {
            without(due.claim_id.as_bytes(), id, shown.as_bytes())
        });
        due.claim_id = ids.without_text(&String::from_utf8_lossy(&own)).into_owned();
    }
    Ok(())
}
