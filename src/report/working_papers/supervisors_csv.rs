//! `supervisor_load.csv`: supervisors against their capacity.

use super::{optional, ten_thousandths};
use crate::audit::Audit;
use crate::report::csv_rows::CsvRows;
use std::io::{self, Write};

const COLUMNS: [&str; 13] = [
    "supervisor_id",
    "is_listed",
    "mental_health_professional",
    "training_date",
    "fte",
    "capacity",
    "practitioners",
    "peak_load",
    "peak_day",
    "first_day_over",
    "days_over",
    "sessions",
    "qualifying_sessions",
];

/// Writes a row a supervisor.
pub(super) fn write(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &COLUMNS)?;
    let yes_no = |value: bool| if value { "yes" } else { "no" };
    for own in &audit.supervisors {
        let has_row = own.is_listed == Some(true);
        rows.text(&own.supervisor_id);
        rows.word(own.is_listed.map_or("", yes_no));
        rows.word(if has_row { yes_no(own.is_professional) } else { "" });
        rows.day(own.training);
        for value in [own.fte.map(u64::from), own.capacity] {
            match value {
                Some(value) => ten_thousandths(&mut rows, value),
                None => rows.empty(),
            }
        }
        rows.number(own.practitioners);
        ten_thousandths(&mut rows, own.peak_load);
        rows.day(own.peak_day);
        rows.day(own.first_day_over);
        optional(&mut rows, own.capacity.map(|_| own.days_over));
        rows.number(own.sessions);
        rows.number(own.qualifying_sessions);
        rows.end_row()?;
    }
    rows.finish()
}
