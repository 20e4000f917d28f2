//! `--deidentify KEYFILE`: where it applies, and where it is refused.

use super::args::{CommonArgs, ValidateArgs};
use super::error::CliError;
use super::ledger_export;
use crate::deidentify::{self, Key};
use crate::model::within::without;
use crate::outcome::RunOutcome;
use crate::tables::Loaded;
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

/// Takes the member ids out of all that is written from here on; without a key, out of messages.
pub(super) fn apply(
    key: Option<&Key>,
    outcome: &mut RunOutcome,
    loaded: &mut Loaded,
) -> Result<(), CliError> {
    let Some(key) = key else {
        deidentify::mask(outcome, None);
        return Ok(());
    };
    deidentify::deidentify(outcome, &mut loaded.tables, key).map_err(|error| {
        CliError::Usage(format!("too many claim ids hold a member's id for --deidentify: {error}"))
    })
}

/// The cells of an export without the member's id, and with the year of birth alone.
pub(super) fn cells(mut cells: Vec<String>, member: &[u8], key: Option<&Key>) -> Vec<String> {
    let Some(key) = key else { return cells };
    let place = |name: &str| ledger_export::COLUMNS.iter().position(|column| *column == name);
    let (Some(id), Some(birth)) = (place("member_id"), place("member_birth_date")) else {
        return Vec::new(); // neither column is there: nothing to show
    };
    if !member.is_empty() {
        let pseudonym = key.pseudonym(member);
        for cell in &mut cells[..ledger_export::OF_THE_LEDGER] {
            let shown = without(cell.as_bytes(), member, pseudonym.as_bytes());
            if *shown != *cell.as_bytes() {
                *cell = String::from_utf8_lossy(&shown).into_owned();
            }
        }
        cells[id] = pseudonym;
    }
    cells[birth].truncate(4); // YYYY-MM-DD
    cells
}
