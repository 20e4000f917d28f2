//! `peerclaims upcoming`

use super::error::CliError;
use super::exit::{self, Exit};
use super::first_day_args::{UpcomingArgs, UpcomingFormat};
use super::ledger::used_in_year;
use super::talk::Talk;
use super::{
    deidentify, ledger, paint, policy, table_args, upcoming_claims, upcoming_hidden, warnings,
    width,
};
use crate::join::Context;
use crate::ledger::Ledger;
use crate::model::text;
use crate::policy::Policy;
use crate::report::upcoming::{self as output, Upcoming};
use crate::tables::{TableKind, Tables};
use crate::upcoming::{self, Due, Horizon, Kind};
use std::collections::BTreeMap;
use std::io::Write;

/// What is gathered for the answer.
pub(super) struct Gathered {
    pub(super) found: Vec<Due>,
    pub(super) not_looked_for: Vec<(Kind, String)>,
    pub(super) notes: Vec<String>,
    /// The member of each claim of a work list.
    pub(super) owners: BTreeMap<String, Vec<u8>>,
    /// Something had to be left out.
    pub(super) is_partial: bool,
}

/// Says what is upcoming.
pub fn run(args: &UpcomingArgs) -> Result<Exit, CliError> {
    let key = deidentify::key(args.deidentify.as_deref())?;
    let policy = policy::load(args.tables.policy.as_deref())?.policy;
    let loaded = table_args::load(&args.tables, None)?;
    let horizon = Horizon::new(table_args::as_of(&args.tables), args.days);
    let context = Context {
        policy: &policy,
        tables: &loaded.tables,
        as_of: horizon.as_of,
        wants_evidence: false,
    };
    let mut gathered = Gathered {
        found: upcoming::of_tables(&context, horizon),
        not_looked_for: not_given(&loaded.tables),
        notes: Vec::new(),
        owners: BTreeMap::new(),
        is_partial: loaded.bad_rows() > 0,
    };
    let ledger = args.ledger.as_deref().map(|path| ledger::to_read(path, None)).transpose()?;
    match &ledger {
        Some(ledger) => units(ledger, &policy, horizon, args.near, &mut gathered)?,
        None => {
            let why = "needs the year's units: pass --ledger FILE".to_owned();
            gathered.not_looked_for.push((Kind::UnitsLeft, why));
        }
    }
    upcoming_claims::gather(args, ledger.as_ref(), &policy, horizon, &mut gathered)?;
    let has = |kind| loaded.tables.has(kind);
    if has(TableKind::Supervision) && !has(TableKind::Supervisors) {
        let note = "supervisors.csv not given: every supervisor is taken as qualified";
        gathered.notes.push(note.to_owned());
    }
    gathered.notes.extend(warnings::tables_without_own_rows(&loaded));
    gathered.notes.extend(warnings::tables_with_slips(&loaded));
    if loaded.bad_rows() > 0 {
        gathered.notes.push(format!(
            "PART RESULT: {} rows of the tables had to be left out (exit code 3); `peerclaims \
             check-tables` says which",
            loaded.bad_rows()
        ));
    }
    if let Some(key) = &key {
        upcoming_hidden::hide(&mut gathered, ledger.as_ref(), key)?;
    }
    upcoming::sort(&mut gathered.found);
    let exit = if gathered.is_partial { Exit::Partial } else { Exit::Clean };
    exit::after(say(args.format, horizon, &gathered), exit)
}

fn say(format: UpcomingFormat, horizon: Horizon, gathered: &Gathered) -> Result<(), CliError> {
    let Gathered { found, not_looked_for, notes, .. } = gathered;
    let upcoming = Upcoming { horizon, found, not_looked_for, notes };
    let mut out = paint::stdout();
    match format {
        UpcomingFormat::Table => {
            let width = width::of_results();
            output::write(&mut out, &upcoming, width)?;
        }
        UpcomingFormat::Json => output::write_json(&mut out, &upcoming)?,
        UpcomingFormat::Csv => {
            output::write_csv(&mut out, &upcoming)?;
            // The rows hold no place for it, and silence would read as a pass.
            let mut talk = Talk;
            for (kind, why) in not_looked_for {
                writeln!(talk, "peerclaims: {} not looked for: {why}", kind.as_str())?;
            }
            for note in notes {
                writeln!(talk, "peerclaims: {note}")?;
            }
        }
    }
    Ok(out.flush()?)
}

/// What the tables that are not given leave open.
fn not_given(tables: &Tables) -> Vec<(Kind, String)> {
    let mut list = Vec::new();
    for (kind, needed) in [
        (Kind::CredentialEnds, TableKind::Credentials),
        (Kind::SupervisionDue, TableKind::Employment),
        (Kind::SupervisionDue, TableKind::Supervision),
        (Kind::PlanEnds, TableKind::ServicePlans),
    ] {
        if !tables.has(needed) {
            list.push((kind, format!("{} not given", needed.file_name())));
        }
    }
    list
}

/// Members with few units left in the limit year of the as-of date.
fn units(
    ledger: &Ledger,
    policy: &Policy,
    horizon: Horizon,
    near: u64,
    gathered: &mut Gathered,
) -> Result<(), CliError> {
    let as_of = horizon.as_of;
    let (_, through, used) = used_in_year(ledger, policy, as_of)?;
    for member in used {
        let left = member.left();
        if left > near {
            continue;
        }
        let mut due = Due::new(Kind::UnitsLeft, None, as_of);
        due.member_id = text::decode(&member.member_id).into_owned();
        due.units_left = Some(left);
        due.detail = format!("{} of {} used, until {through}", member.units, member.limit);
        gathered.found.push(due);
    }
    Ok(())
}
