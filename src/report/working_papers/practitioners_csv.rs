//! `practitioners.csv` and `practitioner_timeline.csv`.

use crate::audit::Audit;
use crate::report::csv_rows::CsvRows;
use std::io::{self, Write};

const COLUMNS: [&str; 13] = [
    "rendering_npi",
    "lines",
    "units",
    "amount",
    "members",
    "agencies",
    "days",
    "most_units_a_day",
    "first_day",
    "last_day",
    "deny_findings",
    "review_findings",
    "gaps",
];

/// Writes a row a rendering practitioner.
pub(super) fn write(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    use crate::audit::timeline::EventKind;
    let mut rows = CsvRows::begin(out, &COLUMNS)?;
    for own in &audit.practitioners {
        rows.text(&own.rendering_npi);
        rows.number(own.lines);
        rows.number(own.units);
        rows.amount(own.amount);
        rows.number(own.members);
        rows.number(own.agencies);
        rows.number(own.days);
        rows.number(own.most_units_a_day);
        rows.day(own.first_day);
        rows.day(own.last_day);
        rows.number(own.deny_findings);
        rows.number(own.review_findings);
        let gaps = own.events.iter().filter(|event| event.kind == EventKind::Gap);
        rows.number(gaps.count() as u64);
        rows.end_row()?;
    }
    rows.finish()
}

const EVENT_COLUMNS: [&str; 6] = ["rendering_npi", "from", "through", "kind", "what", "is_well"];

/// Writes a row an event, practitioner after practitioner.
pub(super) fn write_events(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &EVENT_COLUMNS)?;
    for own in &audit.practitioners {
        for event in &own.events {
            rows.text(&own.rendering_npi);
            rows.day(Some(event.from));
            rows.day(event.through);
            rows.word(event.kind.as_str());
            rows.text(&event.what);
            rows.word(if event.is_well { "yes" } else { "no" });
            rows.end_row()?;
        }
    }
    rows.finish()
}
