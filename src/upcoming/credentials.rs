//! Credentials that end, or ended a little while ago, and with no row that goes on.

use super::{Due, Horizon, Kind};
use crate::join::{Context, CredentialStanding};
use crate::model::{NaiveDate, date, text};
use crate::tables::{Credential, covers};

pub(super) fn ending(context: &Context<'_>, horizon: Horizon) -> Vec<Due> {
    let mut found = Vec::new();
    for (npi, rows) in context.tables.credentials.iter().flatten() {
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
            let mut due = Due::new(Kind::CredentialEnds, Some(last), horizon.as_of);
            due.practitioner_npi = text::decode(npi).into_owned();
            due.table = "credentials";
            due.row = Some(row.row);
            due.detail = format!("CPSSP-{}", row.designation);
            if row.expiration != Some(last) {
                due.detail = format!("{}, then {}", due.detail, row.status.as_str());
            }
            found.push(due);
        }
    }
    found
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
