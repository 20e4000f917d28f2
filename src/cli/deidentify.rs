//! `--deidentify KEYFILE`: where it applies, and where it is refused.

use super::args::{CommonArgs, ValidateArgs};
use super::error::CliError;
use super::ledger_export;
use super::night::Night;
use crate::deidentify::{self, Key};
use crate::ledger::Ledger;
use crate::model::member_ids::MemberIds;
use crate::model::within::without;
use crate::outcome::RunOutcome;
use crate::tables::Loaded;
use std::borrow::Cow;
use std::path::Path;

/// The key, if one is named.
pub(super) fn key(path: Option<&Path>) -> Result<Option<Key>, CliError> {
    Ok(path.map(Key::read).transpose()?)
}

/// What clap cannot tell, of `validate` alone.
pub(super) fn check_usage(args: &ValidateArgs) -> Result<(), CliError> {
    if args.common.deidentify.is_some() && (args.split || args.acks) {
        let what = "--split and --acks write claims with the member's id and name, as the payer \
                    needs them: run once with them and without --deidentify, and once the other \
                    way";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(())
}

/// What clap cannot tell, of all commands that check claims.
pub(super) fn check_mask(common: &CommonArgs) -> Result<(), CliError> {
    if common.deidentify.is_some() && common.unmask {
        let what = "--unmask shows member ids, --deidentify replaces them: leave one of them out";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(())
}

/// The members whose ids may stand in the numbers of claims though no claim or table of the run
/// is of them: those of earlier nights. Without a key nobody asks.
pub(super) fn of_ledger(
    key: Option<&Key>,
    night: Option<&Night>,
) -> Result<Vec<Vec<u8>>, CliError> {
    let night = night.filter(|_| key.is_some());
    night.map_or_else(|| Ok(Vec::new()), Night::members)
}

/// Takes the member ids out of all that is written from here on; without a key, out of messages.
/// `others`: members beside those of claims and tables.
pub(super) fn apply(
    key: Option<&Key>,
    outcome: &mut RunOutcome,
    loaded: &mut Loaded,
    others: &[Vec<u8>],
) -> Result<(), CliError> {
    let Some(key) = key else {
        deidentify::mask(outcome, None);
        return Ok(());
    };
    deidentify::deidentify(outcome, &mut loaded.tables, others, key).map_err(|error| {
        CliError::Usage(format!("too many claim ids hold a member's id for --deidentify: {error}"))
    })
}

/// How an export shows members.
pub(super) struct Hidden<'k> {
    key: &'k Key,
    /// Of the whole ledger: a claim id may be made of the id of another member.
    ids: MemberIds,
}

impl<'k> Hidden<'k> {
    /// Under `key`, of the members of `ledger`.
    pub(super) fn of(ledger: &Ledger, key: &'k Key) -> Result<Hidden<'k>, CliError> {
        let members = ledger.members()?;
        let shown: Vec<String> = members.iter().map(|id| key.pseudonym(id)).collect();
        let pairs = members.iter().zip(&shown).map(|(id, shown)| (&id[..], shown.as_bytes()));
        Ok(Hidden { key, ids: MemberIds::of(pairs) })
    }

    /// The cells without any member's id, and with the year of birth alone.
    pub(super) fn cells(&self, mut cells: Vec<String>, member: &[u8]) -> Vec<String> {
        let place = |name: &str| ledger_export::COLUMNS.iter().position(|column| *column == name);
        let (Some(id), Some(birth)) = (place("member_id"), place("member_birth_date")) else {
            return Vec::new(); // neither column is there: nothing to show
        };
        if !member.is_empty() {
            let pseudonym = self.key.pseudonym(member);
            for cell in &mut cells[..ledger_export::OF_THE_LEDGER] {
                let shown = without(cell.as_bytes(), member, pseudonym.as_bytes());
                if *shown != *cell.as_bytes() {
                    *cell = String::from_utf8_lossy(&shown).into_owned();
                }
            }
            cells[id] = pseudonym;
        }
        for column in
            ["claim_id", "original_claim_id", "payer_claim_number", "authorization_number"]
        {
            let Some(place) = place(column) else { return Vec::new() };
            if let Cow::Owned(shown) = self.ids.without_text(&cells[place]) {
                cells[place] = shown;
            }
        }
        cells[birth].truncate(4); // YYYY-MM-DD
        cells
    }
}
