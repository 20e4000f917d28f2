//! Credentials that end, or ended a little while ago, and with no row that goes on; and whoever is
//! employed without a credential in force, for as long as that is so.

use super::{Due, Horizon, Kind};
use crate::join::{Context, CredentialStanding};
use crate::model::{NaiveDate, date, text};
use crate::tables::{ById, Credential, covers};

pub(super) fn ending(context: &Context<'_>, horizon: Horizon) -> Vec<Due> {
    let mut found = Vec::new();
    for (npi, rows) in context.tables.credentials.iter().flat_map(ById::iter) {
        let before = found.len();
        for row in rows {
            let Some(last) = last_day(context, row, horizon) else { continue };
            let next = date::add_days(last, 1);
            let is_past = last < horizon.as_of;
            let goes_on = rows.iter().any(|other| {
                other.designation == row.designation
                    && (is_in_force(context, other, next)
                        || (is_past && is_in_force(context, other, horizon.as_of)))
            });
            if goes_on || (is_past && has_left(context, npi, horizon.as_of)) {
                continue;
            }
            found.push(describe(npi, row, Some(last), horizon));
        }
        if !found[before..].iter().any(is_over) {
            found.extend(long_ended(context, npi, rows, horizon));
        }
    }
    found
}

fn is_over(due: &Due) -> bool {
    due.days_left.is_some_and(|days| days < 0)
}

/// The credential that ended last, however long ago, of a practitioner who is employed still and
/// has none in force: every service meets K003 until that is mended.
fn long_ended(
    context: &Context<'_>,
    npi: &[u8],
    rows: &[Credential],
    horizon: Horizon,
) -> Option<Due> {
    let as_of = horizon.as_of;
    let is_employed = context.tables.employment.is_some() && !has_left(context, npi, as_of);
    if !is_employed || rows.iter().any(|row| is_in_force(context, row, as_of)) {
        return None;
    }
    // Of one that had a status from which it may not practise all along, there is no last day. One
    // that is yet to begin has not ended.
    let begun = rows.iter().filter(|row| row.effective <= as_of);
    let ends = begun.map(|row| (ended(context, row, as_of), row));
    let (last, row) = ends.max_by_key(|(last, row)| (*last, std::cmp::Reverse(row.row)))?;
    Some(describe(npi, row, last, horizon))
}

/// The last day in force of a row that was in force before `as_of`, and is no longer.
fn ended(context: &Context<'_>, row: &Credential, as_of: NaiveDate) -> Option<NaiveDate> {
    let by_status = row.status_date.map(|since| date::add_days(since, -1));
    let ends = [row.expiration, by_status].into_iter().flatten();
    ends.filter(|day| *day < as_of && is_in_force(context, row, *day)).max()
}

fn describe(npi: &[u8], row: &Credential, last: Option<NaiveDate>, horizon: Horizon) -> Due {
    let mut due = Due::new(Kind::CredentialEnds, last, horizon.as_of);
    due.practitioner_npi = text::decode(npi).into_owned();
    due.table = "credentials";
    due.row = Some(row.row);
    due.detail = format!("CPSSP-{}", row.designation);
    match last {
        None => due.detail = format!("{}, {}", due.detail, row.status.as_str()),
        last if row.expiration != last => {
            due.detail = format!("{}, then {}", due.detail, row.status.as_str());
        }
        Some(_) => {}
    }
    due
}

/// Whether no agency employs the practitioner on `day`, as far as the table is there to say.
fn has_left(context: &Context<'_>, npi: &[u8], day: NaiveDate) -> bool {
    context.tables.employment.as_ref().is_some_and(|table| {
        let mut stints = table.get(npi).into_iter().flatten();
        !stints.any(|stint| covers(stint.start, stint.end, day))
    })
}

fn is_in_force(context: &Context<'_>, row: &Credential, day: NaiveDate) -> bool {
    let row = std::slice::from_ref(row);
    !CredentialStanding::of(context.policy, row, day).in_force().is_empty()
}

/// The last day in force, if it is one of the horizon, or not long before it. The day after it is
/// looked at too.
fn last_day(context: &Context<'_>, row: &Credential, horizon: Horizon) -> Option<NaiveDate> {
    let mut days = horizon.days_of_ends().skip_while(|day| !is_in_force(context, row, *day));
    let first = days.next()?;
    let last = days.take_while(|day| is_in_force(context, row, *day)).last().unwrap_or(first);
    (!is_in_force(context, row, date::add_days(last, 1))).then_some(last)
}
