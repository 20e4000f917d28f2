//! The timeline of one practitioner: credential, employment, stages, sessions, services, gaps.

use super::Subject;
use super::practitioners::{Service, ServiceDay};
use crate::join::practitioner::stints_of;
use crate::join::supervision::obstacle;
use crate::model::{NaiveDate, date, text};
use crate::tables::Credential;
use std::collections::BTreeMap;

/// What kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A row of `credentials.csv`.
    Credential,
    /// A row of `employment.csv`.
    Employment,
    /// A stage of employment, that decides which supervision is asked.
    Stage,
    /// A row of `supervision.csv`.
    Session,
    /// Services of a month.
    Services,
    /// Services while something was missing.
    Gap,
}

impl EventKind {
    /// The word in the working papers.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Credential => "credential",
            EventKind::Employment => "employment",
            EventKind::Stage => "stage",
            EventKind::Session => "session",
            EventKind::Services => "services",
            EventKind::Gap => "gap",
        }
    }
}

/// Something that held on a day, or over days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// First day.
    pub from: NaiveDate,
    /// Last day; `None`: open.
    pub through: Option<NaiveDate>,
    /// What kind.
    pub kind: EventKind,
    /// In words.
    pub what: String,
    /// Nothing is wrong with it.
    pub is_well: bool,
}

/// The events of practitioner `npi` by first day, then kind.
pub(super) fn events(
    subject: &Subject<'_>,
    npi: &[u8],
    services: &[Service<'_>],
    days: &[ServiceDay],
) -> Vec<Event> {
    let mut events = credentials(subject, npi);
    events.extend(employment(subject, npi));
    events.extend(sessions(subject, npi, days));
    events.extend(months(services));
    events.extend(gaps(days, "no credential in force", |day| day.has_credential));
    events.extend(gaps(days, "not employed by the agency", |day| day.is_employed));
    events.extend(gaps(days, "supervision not as required", |day| day.is_supervised));
    events.sort_by(|left, right| {
        (left.from, left.kind, &left.what).cmp(&(right.from, right.kind, &right.what))
    });
    events
}

fn credentials(subject: &Subject<'_>, npi: &[u8]) -> Vec<Event> {
    let rows = subject.tables.credentials.as_ref().and_then(|table| table.get(npi));
    let practises = |row: &Credential| {
        let words = &subject.policy.credentials.practising_statuses;
        words.iter().any(|word| word == row.status.as_str())
    };
    let event = |row: &Credential| {
        let since = row.status_date.map(|day| format!(" since {day}")).unwrap_or_default();
        let status = row.status.as_str();
        Event {
            from: row.effective,
            through: row.expiration,
            kind: EventKind::Credential,
            what: format!("CPSSP-{}, {status}{since} (row {})", row.designation, row.row),
            is_well: practises(row),
        }
    };
    rows.into_iter().flatten().map(event).collect()
}

fn employment(subject: &Subject<'_>, npi: &[u8]) -> Vec<Event> {
    let stints = stints_of(&subject.context(), npi);
    let mut events: Vec<Event> = stints
        .iter()
        .map(|stint| {
            let agency = text::decode(&stint.billing_npi);
            let supervisor = match stint.supervisor_id.is_empty() {
                true => "no supervisor named".to_owned(),
                false => format!("supervisor {}", text::decode(&stint.supervisor_id)),
            };
            let fte = f64::from(stint.fte) / 10_000.0;
            Event {
                from: stint.start,
                through: stint.end,
                kind: EventKind::Employment,
                what: format!("agency {agency}, {fte} FTE, {supervisor} (row {})", stint.row),
                is_well: true,
            }
        })
        .collect();
    let Some(start) = stints.iter().map(|stint| stint.start).min() else { return events };
    let numbers = &subject.policy.supervision;
    let after = |months| date::add_months(start, months).unwrap_or(NaiveDate::MAX);
    let (second, last) = (after(numbers.first_stage_months), after(numbers.second_stage_months));
    let stages = [
        (start, Some(second), format!("first: a session every {} days", numbers.first_stage_days)),
        (second, Some(last), "second: a session a calendar month".to_owned()),
        (last, None, format!("last: a session in {} days", numbers.last_stage_days)),
    ];
    let known = stages.into_iter().filter(|(from, ..)| *from <= subject.outcome.as_of);
    events.extend(known.map(|(from, next, what)| Event {
        from,
        through: next.map(|next| date::add_days(next, -1)),
        kind: EventKind::Stage,
        what,
        is_well: true,
    }));
    events
}

/// The sessions that may bear on the services: from the longest interval before the first of them
/// to the end of the month of the last.
fn sessions(subject: &Subject<'_>, npi: &[u8], days: &[ServiceDay]) -> Vec<Event> {
    let context = subject.context();
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Vec::new() };
    let longest = i64::from(subject.policy.supervision.last_stage_days);
    let (first, last) = (date::add_days(first.day, -longest), date::month_end(last.day));
    let last = last.min(subject.outcome.as_of);
    let log = subject.tables.supervision.as_ref().map(|log| log.of(npi)).unwrap_or_default();
    log.between(first, last)
        .iter()
        .map(|session| {
            let obstacle = obstacle(&context, npi, session);
            let mut what =
                format!("by {}, {}", text::decode(session.supervisor_id()), session.mode());
            if !session.format().is_empty() {
                what.push_str(&format!(", {}", session.format()));
            }
            if let Some(minutes) = session.minutes() {
                what.push_str(&format!(", {minutes} minutes"));
            }
            match obstacle {
                None => what.push_str(": qualifies"),
                Some(obstacle) => what.push_str(&format!(": {}", obstacle.as_str())),
            }
            Event {
                from: session.date(),
                through: Some(session.date()),
                kind: EventKind::Session,
                what: format!("{what} (row {})", session.row()),
                is_well: obstacle.is_none(),
            }
        })
        .collect()
}

/// The services of each calendar month.
fn months(services: &[Service<'_>]) -> Vec<Event> {
    let mut months: BTreeMap<NaiveDate, (NaiveDate, NaiveDate, u64, u64)> = BTreeMap::new();
    for service in services {
        let Some(day) = service.day else { continue };
        let month = months.entry(date::month_start(day)).or_insert((day, day, 0, 0));
        month.0 = month.0.min(day);
        month.1 = month.1.max(day);
        month.2 += 1;
        month.3 += u64::from(service.units);
    }
    let event = |(from, through, lines, units)| Event {
        from,
        through: Some(through),
        kind: EventKind::Services,
        what: billed(lines, units),
        is_well: true,
    };
    months.into_values().map(event).collect()
}

/// `1 service line, 4 units`
fn billed(lines: u64, units: u64) -> String {
    let counted = |count: u64, what: &str| match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    format!("{}, {}", counted(lines, "service line"), counted(units, "unit"))
}

/// Runs of service days on which `held` says no, broken by any day on which it says otherwise.
fn gaps(days: &[ServiceDay], what: &str, held: impl Fn(&ServiceDay) -> Option<bool>) -> Vec<Event> {
    let runs = days.chunk_by(|left, right| held(left) == held(right));
    runs.filter(|run| held(&run[0]) == Some(false))
        .map(|run| {
            let lines: u64 = run.iter().map(|day| day.lines).sum();
            let units: u64 = run.iter().map(|day| day.units).sum();
            Event {
                from: run[0].day,
                through: run.last().map(|day| day.day),
                kind: EventKind::Gap,
                what: format!("{what}: {}", billed(lines, units)),
                is_well: false,
            }
        })
        .collect()
}
