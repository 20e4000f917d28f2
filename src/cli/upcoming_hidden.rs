//! `upcoming --deidentify KEYFILE`: pseudonyms in the place of member ids.

use super::error::CliError;
use super::first_day_args::UpcomingArgs;
use crate::deidentify::Key;
use crate::earlier::rows::unguarded;
use crate::ledger::{Ledger, LedgerError};
use crate::model::member_ids::MemberIds;
use crate::model::within::without;
use crate::report::queue_csv;
use crate::upcoming::Due;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Takes the members' ids out of what was found. Some claim ids are made of one: so all members
/// that the claims may be of are looked for in them.
pub(super) fn hide(
    found: &mut [Due],
    args: &UpcomingArgs,
    ledger: Option<&Ledger>,
    key: &Key,
) -> Result<(), CliError> {
    let mut members: BTreeSet<Vec<u8>> =
        found.iter().map(|due| due.member_id.clone().into_bytes()).collect();
    // The member of each claim, whose id is found wherever it stands in the claim's.
    let mut owners: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    if let Some(ledger) = ledger {
        ledger.each_known(|known| -> Result<(), LedgerError> {
            let claim = crate::model::text::decode(known.line.claim_id).into_owned();
            owners.entry(claim).or_insert_with(|| known.line.member_id.to_vec());
            Ok(())
        })?;
    }
    for (claim, member) in of_work_list(args, ledger)? {
        owners.insert(claim, member);
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

/// Claims and members of the work list that is asked, if it is there; whoever gathers the claims
/// says what is wrong with it.
fn of_work_list(
    args: &UpcomingArgs,
    ledger: Option<&Ledger>,
) -> Result<Vec<(String, Vec<u8>)>, CliError> {
    let runs = ledger.map(Ledger::runs).transpose()?.unwrap_or_default();
    let newest = runs.into_iter().rev().find_map(|run| run.out).map(PathBuf::from);
    let Some(folder) = args.results.clone().or(newest) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let Ok(mut reader) = csv::Reader::from_path(folder.join(queue_csv::FILE_NAME)) else {
        return Ok(found);
    };
    let Ok(header) = reader.headers().cloned() else { return Ok(found) };
    let place = |name: &str| header.iter().position(|column| column == name);
    let (Some(claim), Some(member)) = (place("claim_id"), place("member_id")) else {
        return Ok(found);
    };
    for record in reader.records().flatten() {
        let cell = |place: usize| unguarded(record.get(place).unwrap_or_default()).to_owned();
        found.push((cell(claim), cell(member).into_bytes()));
    }
    Ok(found)
}
