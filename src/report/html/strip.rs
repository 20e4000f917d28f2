//! The timeline of a practitioner as a strip: credential, employment, sessions, services, gaps.

use super::charts::{line, text};
use crate::audit::practitioners::Practitioner;
use crate::audit::timeline::{Event, EventKind};
use crate::model::{NaiveDate, date};
use std::fmt::Write;

const WIDTH: f64 = 900.0;
const LEFT: f64 = 90.0;
const ROW: f64 = 18.0;
const ROWS: [(EventKind, &str); 5] = [
    (EventKind::Credential, "credential"),
    (EventKind::Employment, "employment"),
    (EventKind::Session, "sessions"),
    (EventKind::Services, "services"),
    (EventKind::Gap, "gaps"),
];

/// The strip as SVG; empty where no service has a date.
pub(super) fn strip(own: &Practitioner) -> String {
    let (Some(first), Some(last)) = (own.first_day, own.last_day) else { return String::new() };
    // A month of air on either side.
    let (first, last) = (date::add_days(first, -30), date::add_days(last, 30));
    let span = (last - first).num_days().max(1) as f64;
    let at = |day: NaiveDate| {
        let days = (day.clamp(first, last) - first).num_days() as f64;
        LEFT + days / span * (WIDTH - LEFT - 10.0)
    };
    let height = ROWS.len() as f64 * ROW + 18.0;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" aria-label=\"timeline\">"
    );
    for (index, (kind, name)) in ROWS.iter().enumerate() {
        let y = index as f64 * ROW;
        text(&mut svg, LEFT - 8.0, y + 13.0, "end", "s", name);
        line(&mut svg, (LEFT, y + ROW, WIDTH - 10.0, y + ROW), "x");
        let shown = |event: &&Event| {
            event.kind == *kind
                && event.from <= last
                && event.through.is_none_or(|through| first <= through)
        };
        for event in own.events.iter().filter(shown) {
            let (x, end) = (at(event.from), at(event.through.unwrap_or(last)));
            let width = (end - x).max(2.5);
            let class = match (event.is_well, *kind) {
                (false, _) => "b",
                (true, EventKind::Credential | EventKind::Employment) => "c",
                (true, _) => "a",
            };
            // Writing to a String cannot fail.
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" \
                 height=\"10\"/>",
                y + 4.0
            );
        }
    }
    let (from, through) = (first.to_string(), last.to_string());
    text(&mut svg, LEFT, height - 4.0, "start", "s", &from);
    text(&mut svg, WIDTH - 10.0, height - 4.0, "end", "s", &through);
    svg.push_str("</svg>");
    svg
}
