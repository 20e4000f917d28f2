//! What nobody may overlook in a run: said last on standard error, and kept in the notes of the
//! summary.

use super::args::CommonArgs;
use super::configuration::Configuration;
use super::shell;
use super::summary_line;
use super::talk::Talk;
use crate::model::{NaiveDate, PassedOver, date};
use crate::outcome::RunOutcome;
use crate::report::plain;
use crate::table_check;
use crate::tables::{Loaded, TableFile};
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How a note begins that is one of these.
const LOUD: &str = "WARNING: ";

/// The newest session of a supervision log may be so much older than the newest service: one a
/// month is the least that the rules ask in the first year.
const LOG_DAYS: i64 = 31;

/// Conflicting records, or corrections of another member's claim, that may be slips.
const MOST_SLIPS: u64 = 9;

/// The share of the records, or corrections, of which more are no slips (one in so many).
const CONFLICTS_ONE_IN: u64 = 100;
const CORRECTIONS_ONE_IN: u64 = 10;

/// Lines with a date that cannot be right (C003) that may be slips, and the share of the lines
/// checked (one in so many) of which more are none.
const BAD_DATES_ONE_IN: u64 = 2;
const BAD_DATES: &str = "C003";

/// A configuration that nobody reads: `peerclaims init` writes one beside the tables, and only that
/// of the working folder is found.
pub(super) fn configuration_not_read(
    configuration: &Configuration,
    common: &CommonArgs,
) -> Option<String> {
    let path = configuration.passed_over(common.tables.as_deref())?;
    let (name, typed) = (path.display(), shell::word(&path));
    Some(format!("{LOUD}{name} was not read: name it with --config {typed}, or go to its folder"))
}

/// Tables that hold nothing of the user's own, for a command that looks at tables alone.
pub(super) fn tables_without_own_rows(loaded: &Loaded) -> impl Iterator<Item = String> + '_ {
    table_check::without_own_rows(loaded).into_iter().map(|(file, what)| {
        format!(
            "{LOUD}{}: the table {} holds {what}: what is said of it is the table's. Put your rows \
             in, or take the file away",
            file.path, file.table
        )
    })
}

/// Columns of tables that are passed over though they were perhaps meant, likewise.
pub(super) fn tables_with_slips(loaded: &Loaded) -> impl Iterator<Item = String> + '_ {
    slips_of_tables(loaded).map(|text| format!("{LOUD}{text}"))
}

fn slips_of_tables(loaded: &Loaded) -> impl Iterator<Item = String> + '_ {
    loaded.files.iter().flat_map(|file| {
        let (path, columns) = (&file.path, &file.passed_over);
        let slips = columns.slips(file.table).into_iter().chain(columns.unmapped_in_words());
        slips.map(move |text| format!("{path}: {text}"))
    })
}

/// Folders of history without a claim file: a year that begins with what is here is another year.
pub(super) fn history_not_there(outcome: &mut RunOutcome, named: &[PathBuf]) {
    let is_in = |folder: &Path| {
        let mut history = outcome.files.iter().filter(|file| file.is_history);
        history.any(|file| Path::new(&*file.name).starts_with(folder))
    };
    let without = named.iter().filter(|folder| folder.is_dir() && !is_in(folder));
    let said: Vec<String> = without
        .map(|folder| {
            let folder = folder.display();
            format!(
                "{LOUD}--history {folder}: no claim file there; the year's units are without it"
            )
        })
        .collect();
    outcome.notes.extend(said);
}

/// What of all findings is reported, where that is not all.
pub(super) fn what_is_reported(outcome: &mut RunOutcome, common: &CommonArgs) {
    let given = [("--select", &common.select), ("--ignore", &common.ignore)];
    for (option, rules) in given.into_iter().filter(|(_, rules)| !rules.is_empty()) {
        let what = if option == "--select" { "only the rules" } else { "not the rules" };
        let rules = rules.join(", ");
        outcome.notes.push(format!("{option}: {what} {rules} are reported, and decide on claims"));
    }
    let Some(days) = summary_line::days(outcome.reported) else { return };
    outcome.notes.push(format!(
        "findings and claims {days} alone are reported; the service lines are counted, and use up \
         units, on all days"
    ));
    let (from, through) = (outcome.reported.from, outcome.reported.through);
    let is_outside = |(first, last): (NaiveDate, NaiveDate)| {
        from.is_some_and(|from| from > last) || through.is_some_and(|through| through < first)
    };
    match outcome.service_days {
        Some((first, last)) if is_outside((first, last)) => outcome.notes.push(format!(
            "{LOUD}no dated service {days}: the claims are of {first} to {last}, and none of those \
             is reported"
        )),
        _ if outcome.totals().all.claims == 0 => {
            outcome.notes.push(format!("{LOUD}no claim with peer support {days}"));
        }
        _ => {}
    }
}

/// Adds them to the notes of the run.
pub(super) fn add(outcome: &mut RunOutcome, loaded: &Loaded) {
    let mut said = Vec::new();
    if outcome.counts.checked == 0 {
        said.push("not one service line was checked; the summary says where they went".to_owned());
    }
    if let Some((_, last)) = outcome.service_days {
        let early = loaded.files.iter().filter_map(|file| ends_before(file, last));
        said.extend(early);
    }
    said.extend(table_check::without_own_rows(loaded).into_iter().map(|(file, what)| {
        format!(
            "{}: the table {} holds {what}: findings of the rules that need it are the table's. \
             Put your rows in, or take the file away",
            file.path, file.table
        )
    }));
    said.extend(reused_numbers(outcome));
    said.extend(other_dates(outcome));
    let (slips, absent) = columns(outcome, loaded);
    said.extend(slips);
    outcome.notes.extend(absent);
    outcome.notes.extend(said.into_iter().map(|text| format!("{LOUD}{text}")));
}

/// Of a split: files that the ledger has seen, and claims of theirs that it cannot know.
pub(super) fn go_out_again(outcome: &mut RunOutcome) {
    let Some(split) = &outcome.split.done else { return };
    if !outcome.files.iter().any(|file| file.is_seen) {
        return;
    }
    let mut known: HashMap<u32, u64> = HashMap::new();
    for claim in &outcome.claims {
        let (file, _) = outcome.store.position(&outcome.store.line(claim.record));
        *known.entry(file).or_default() += 1;
    }
    let current = outcome.files.iter().enumerate().filter(|(_, file)| !file.is_history);
    let mut said = Vec::new();
    for ((index, file), parts) in current.zip(&split.files) {
        let [released, ..] = parts.claims;
        let others = file.claims.saturating_sub(known.get(&(index as u32)).copied().unwrap_or(0));
        if file.is_seen && others.min(released) > 0 {
            said.push(format!(
                "{LOUD}{}: this file was processed before, and release/ holds claims of it without \
                 peer support again ({} at most), which no ledger knows. If they went out then, \
                 take the file away",
                file.name,
                others.min(released)
            ));
        }
    }
    outcome.notes.extend(said);
}

/// Columns that are passed over though they were perhaps meant, and, which is no warning, optional
/// columns that are not there: no expiration date is not one that has not come.
fn columns(outcome: &RunOutcome, loaded: &Loaded) -> (Vec<String>, Vec<String>) {
    let mut slips: Vec<String> = slips_of_tables(loaded).collect();
    let mut absent = Vec::new();
    for file in &loaded.files {
        absent.extend(file.passed_over.in_words().map(|text| format!("{}: {text}", file.path)));
    }
    // Files of one export have one header, and are said once.
    let mut seen: Vec<(&PassedOver, &str, usize)> = Vec::new();
    for file in &outcome.files {
        let Some(columns) = file.passed_over.as_deref() else { continue };
        match seen.iter_mut().find(|(other, ..)| *other == columns) {
            Some((_, _, files)) => *files += 1,
            None => seen.push((columns, &file.name, 1)),
        }
    }
    for (columns, name, files) in seen {
        let more = match files {
            1 => String::new(),
            2 => " and one file more".to_owned(),
            _ => format!(" and {} files more", files - 1),
        };
        slips.extend(columns.slips("claims").map(|text| format!("{name}{more}: {text}")));
        // Of claims, much may be left out: it is said where it may stand under another name.
        let passed = Some(columns).filter(|columns| !columns.unread.is_empty());
        let text = passed.and_then(PassedOver::in_words);
        absent.extend(text.map(|text| format!("{name}{more}: {text}")));
    }
    (slips, absent)
}

/// Dates that are written another way are one fault of an export, and not one of each line.
fn other_dates(outcome: &RunOutcome) -> Option<String> {
    let bad = outcome.counts.findings.get(BAD_DATES).copied().unwrap_or_default();
    let lines = outcome.counts.checked;
    (bad > MOST_SLIPS && bad * BAD_DATES_ONE_IN >= lines).then(|| {
        format!(
            "{bad} of {lines} lines have a date of service that cannot be right ({BAD_DATES}): \
             dates are YYYY-MM-DD or YYYYMMDD. If the export writes them another way (9/12/2025), \
             change it there"
        )
    })
}

/// Says them.
pub(super) fn say(outcome: &RunOutcome) -> io::Result<()> {
    let mut out = Talk;
    for note in outcome.notes.iter().filter(|note| note.starts_with(LOUD)) {
        writeln!(out, "peerclaims: {}", plain(note))?;
    }
    Ok(())
}

/// How many there are.
pub(super) fn count(outcome: &RunOutcome) -> usize {
    outcome.notes.iter().filter(|note| note.starts_with(LOUD)).count()
}

/// A table that ends before the last service does.
fn ends_before(file: &TableFile, last_service: NaiveDate) -> Option<String> {
    let ends = file.last_day.filter(|_| file.open_rows == 0)?;
    let most = match file.table {
        "supervision" => LOG_DAYS,
        "authorizations" => return None, // most members have none
        _ => 0,
    };
    (ends < date::add_days(last_service, -most)).then(|| {
        format!(
            "{}: the table {} ends on {ends}, the claims on {last_service}; findings after its end \
             may be the table's. Export it again",
            file.path, file.table
        )
    })
}

/// Signs that a claim id, or the number that a correction names, is used for several claims.
fn reused_numbers(outcome: &RunOutcome) -> Option<String> {
    let (conflicts, lines) =
        (outcome.counts.conflicting_records, outcome.counts.peer_support_lines);
    let (strange, corrections) = outcome.corrections_of_others();
    let many = |count: u64, of: u64, one_in: u64| count > MOST_SLIPS && count * one_in >= of;
    let what = if many(conflicts, lines, CONFLICTS_ONE_IN) {
        format!("{conflicts} of {lines} peer-support lines conflict with an earlier one (D005)")
    } else if many(strange, corrections, CORRECTIONS_ONE_IN) {
        format!("{strange} of {corrections} corrections name a claim of another member (REF*F8)")
    } else {
        return None;
    };
    Some(format!(
        "{what}: are the claim ids account numbers that are used again? Map a column whose values \
         are unique to claim_id ([columns.claims] in peerclaims.toml)"
    ))
}
