//! What killed runs left beside the results: what a ledger may still need, and what is said.

use super::talk::Talk;
use crate::ledger::{Ledger, LedgerError};
use crate::report::{Awaiting, Exchanged, Leftovers, plain};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Whether a ledger may still put these results in place. Of those of its own chain the ledger of
/// this run says so; of others nobody does here, and they stay.
pub(super) fn is_awaited(ledger: Option<&Path>, left: &Awaiting<'_>) -> bool {
    ledger.is_none_or(|path| asks(path, left).unwrap_or(true))
}

fn asks(path: &Path, left: &Awaiting<'_>) -> Result<bool, LedgerError> {
    let mut ledger = Ledger::open_to_read(path)?;
    ledger.let_go();
    let intent = ledger.intent()?;
    if intent.is_some_and(|(_, _, intent)| intent.staged == left.folder) {
        return Ok(true);
    }
    let Some(own) = &left.manifest.ledger else { return Ok(true) };
    // A copy of a ledger has the chain of the other, and not its intent.
    let is_same_file = match (fs::canonicalize(&own.name), fs::canonicalize(path)) {
        (Ok(named), Ok(path)) => named == path,
        _ => false,
    };
    let before = own.previous_manifest_sha256.as_deref();
    let mut runs = ledger.chain()?.runs.into_iter().map(|run| run.manifest_sha256);
    let is_in_chain = runs.any(|run| run == left.manifest_sha256 || Some(run.as_str()) == before);
    Ok(!(is_same_file && is_in_chain))
}

/// Says what became of leftovers. Nothing can be done where it cannot be said.
pub(super) fn say(left: &Leftovers, is_quiet: bool) {
    let mut said = Vec::new();
    if !is_quiet {
        let removed = left.removed.iter();
        said.extend(removed.map(|path| (path, "left by a killed run, was removed".to_owned())));
    }
    let put_back = left.put_back.iter();
    said.extend(put_back.map(|path| {
        (path, "earlier results, moved aside by a killed run, were put back".to_owned())
    }));
    said.extend(left.awaited.iter().map(|path| {
        let what = "whole results of a killed run with a ledger, not in place: kept. The next run \
                    with that ledger puts them in place or removes them; where there is no such \
                    ledger any more, remove them";
        (path, what.to_owned())
    }));
    for (path, what) in said {
        let path = path.display().to_string();
        let _ = writeln!(Talk, "peerclaims: {}: {what}", plain(&path));
    }
}

/// Says what an exchange leaves to say: the results are in place, whether it can be said or not.
pub(super) fn say_exchanged(exchanged: &Exchanged) {
    let shown = |path: &Path| plain(&path.display().to_string()).into_owned();
    if let Some(old) = &exchanged.leftover {
        let what = "the earlier results could not be removed; the next run tries again";
        let _ = writeln!(Talk, "peerclaims: {}: {what}", shown(old));
    }
    if let Some(unsure) = &exchanged.unsure {
        let earlier = unsure.earlier.as_deref().map_or_else(String::new, |earlier| {
            format!("; the earlier ones are whole in {}", shown(earlier))
        });
        let _ = writeln!(
            Talk,
            "peerclaims: {}: the disk failed when the new results were put in place ({}), and \
             again when that was to be taken back: the new results are there{earlier}. Look at \
             the disk; after a power cut, see which of them are there",
            shown(&exchanged.folder),
            unsure.why
        );
    }
}
