//! Agencies, practitioners and members: tables, and what stands behind each of them on demand.

use super::markup::{Html, count, dollars, percent};
use super::share::{Room, Share};
use super::strip::strip;
use super::{HtmlPage, left_out};
use crate::audit::agencies::{Agency, LEAST_AGENCIES, LEAST_LINES, Measure};
use crate::audit::ledger::{LedgerLine, Standing};
use crate::audit::practitioners::Practitioner;
use crate::audit::timeline::EventKind;
use crate::model::text;
use crate::report::plain_text::counted;
use std::collections::BTreeSet;

/// Bytes that the agencies may take.
const AGENCY_BYTES: usize = 400_000;
/// Bytes that the practitioners may take.
const PRACTITIONER_BYTES: usize = 1_000_000;
/// Bytes that the member-years may take.
const MEMBER_BYTES: usize = 1_000_000;

pub(super) fn write_agencies(html: &mut Html, page: &HtmlPage<'_>) {
    let agencies = &page.desk.audit.agencies;
    html.section("agencies", "Agencies");
    html.note(&format!(
        "The median is of all agencies with a net line. An agency stands out in a measure over \
         the fence: Q3 + 1.5 × (Q3 − Q1) of the {} with at least {LEAST_LINES} lines (with fewer \
         than {LEAST_AGENCIES} of them, none does). It says where to look first, and nothing of \
         what will be found.",
        agencies.compared
    ));
    let columns = [
        "agency",
        "#lines",
        "#units",
        "#amount",
        "#disallowed",
        "#findings a 100 lines",
        "#units on days at the limit",
        "#days a member",
        "#units a member",
        "#group lines",
        "#dollars disallowed",
        "stands out in",
    ];
    let mut list: Vec<&Agency> = agencies.list.iter().collect();
    list.sort_by_key(|own| (std::cmp::Reverse(own.disallowed_amount), &own.billing_npi));
    html.open_table(&columns, Some("agency, measure"));
    for (name, values) in [("median of all", agencies.medians), ("fence", agencies.fences)] {
        let mut cells = vec![name.to_owned()];
        cells.extend(["", "", "", ""].map(str::to_owned));
        cells.extend(measures(values));
        cells.push(String::new());
        html.row(&columns, &cells);
    }
    let mut room = Share::of(html, AGENCY_BYTES);
    let mut shown = 0;
    for own in &list {
        let marked: Vec<String> = own.outliers().map(|word| word.replace('_', " ")).collect();
        let mut cells = vec![
            own.billing_npi.clone(),
            count(own.lines),
            count(own.units),
            dollars(own.amount),
            dollars(own.disallowed_amount),
        ];
        cells.extend(measures(own.measures));
        cells.push(marked.join(", "));
        match room.take(html, |html| _ = html.row(&columns, &cells)) {
            Room::Shown => shown += 1,
            Room::TooLarge => {}
            Room::Full => break,
        }
    }
    html.close_table();
    left_out(html, page, shown, list.len(), "agencies", "agencies.csv");
}

fn measures(values: [Option<f64>; 6]) -> impl Iterator<Item = String> {
    let text = |(measure, value): (Measure, Option<f64>)| match value {
        None => String::new(),
        Some(value) if measure.is_share() => percent(value),
        Some(value) => format!("{value:.1}"),
    };
    Measure::ALL.into_iter().zip(values).map(text)
}

pub(super) fn write_practitioners(html: &mut Html, page: &HtmlPage<'_>) {
    html.section("practitioners", "Practitioners");
    html.note(
        "Those with the most deny findings come first. Open one for credential, employment, \
         supervision sessions, services and gaps.",
    );
    let mut list: Vec<&Practitioner> = page.desk.audit.practitioners.iter().collect();
    list.sort_by_key(|own| {
        let findings = (own.deny_findings, own.review_findings, own.units);
        (std::cmp::Reverse(findings), &own.rendering_npi)
    });
    html.raw("<div data-filter=\"practitioner\">\n");
    let mut room = Share::of(html, PRACTITIONER_BYTES);
    let mut shown = 0;
    for own in &list {
        match room.take(html, |html| practitioner(html, own)) {
            Room::Shown => shown += 1,
            Room::TooLarge => {}
            Room::Full => break,
        }
    }
    html.raw("</div>\n");
    left_out(html, page, shown, list.len(), "practitioners", "practitioner_timeline.csv");
}

fn practitioner(html: &mut Html, own: &Practitioner) {
    html.raw("<details><summary>").text(&own.rendering_npi).raw("<span class=\"soft\">");
    html.text(&format!(
        "{}, {}, {}; {}; {} deny, {} review",
        counted(own.lines, "lines"),
        counted(own.units, "units"),
        dollars(own.amount),
        counted(own.members, "members"),
        count(own.deny_findings),
        count(own.review_findings)
    ));
    html.raw("</span></summary>").raw(&strip(own));
    let columns = ["from", "through", "kind", "what"];
    html.raw("<table><thead><tr>");
    columns.iter().for_each(|column| {
        html.raw("<th scope=\"col\">").raw(column).raw("</th>");
    });
    html.raw("</tr></thead><tbody>");
    // Months of services stand in the strip; here they would bury the rest.
    for event in own.events.iter().filter(|event| event.kind != EventKind::Services) {
        let through = event.through.map(|day| day.to_string());
        html.raw("<tr><td class=\"d\">").text(&event.from.to_string()).raw("</td><td class=\"d\">");
        html.text(through.as_deref().unwrap_or("open")).raw("</td><td>");
        html.text(event.kind.as_str()).raw("</td><td");
        html.raw(if event.is_well { ">" } else { " class=\"bad\">" });
        html.text(&event.what).raw("</td></tr>\n");
    }
    html.raw("</tbody></table></details>\n");
}

/// A member's year with something to see.
struct Year<'a> {
    member: usize,
    lines: &'a [LedgerLine],
    units: u32,
    deny: u64,
}

pub(super) fn write_members(html: &mut Html, page: &HtmlPage<'_>) {
    html.section("members", "Member-years");
    html.note(
        "Years with a deny or review finding, most units first. Open one for its lines with the \
         running totals of day and year.",
    );
    let mut years = years(page);
    years.sort_by_key(|year| (std::cmp::Reverse((year.units, year.deny)), year.member));
    html.raw("<div data-filter=\"member, year, rule\">\n");
    let mut room = Share::of(html, MEMBER_BYTES);
    let mut shown = 0;
    for year in &years {
        match room.take(html, |html| member_year(html, page, year)) {
            Room::Shown => shown += 1,
            Room::TooLarge => {}
            Room::Full => break,
        }
    }
    html.raw("</div>\n");
    left_out(html, page, shown, years.len(), "member-years", "member_ledger.csv");
}

fn years<'a>(page: &HtmlPage<'a>) -> Vec<Year<'a>> {
    let ledger = &page.desk.audit.ledger;
    let mut years = Vec::new();
    for (member, span) in ledger.members.iter().enumerate() {
        for lines in ledger.years(span) {
            let findings = || {
                let reported = lines.iter().filter(|line| line.is_reported);
                reported.map(|line| page.desk.subject.deny_and_review(line.record))
            };
            let (deny, review) = findings().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            if deny + review > 0 {
                let totals = lines.iter().map(|line| line.usage.year_total);
                years.push(Year { member, lines, units: totals.max().unwrap_or(0), deny });
            }
        }
    }
    years
}

/// A running total, or why there is none.
fn used(own: &LedgerLine, total: u32) -> String {
    match own.standing {
        Standing::Counted => total.to_string(),
        other => other.as_str().replace('_', " "),
    }
}

fn member_year(html: &mut Html, page: &HtmlPage<'_>, year: &Year<'_>) {
    let store = page.desk.subject.store();
    let member = page.member(&text::decode(store.line(year.lines[0].record).member_id));
    let limit = year.lines.iter().filter_map(|line| line.usage.year_limit).max();
    let rules = |line: &LedgerLine| -> BTreeSet<&str> {
        page.desk.subject.findings_of(line.record).map(|finding| finding.rule.id).collect()
    };
    let all: BTreeSet<&str> = year.lines.iter().flat_map(rules).collect();
    let joined = |rules: BTreeSet<&str>| rules.into_iter().collect::<Vec<_>>().join(" ");
    let name = year.lines[0].fiscal_year.map_or("no date".to_owned(), |year| year.to_string());
    html.raw("<details><summary>").text(&member).text(", year ").text(&name);
    html.raw("<span class=\"soft\">").text(&counted(u64::from(year.units), "units"));
    if let Some(limit) = limit {
        html.text(&format!(" of {}", count(u64::from(limit))));
    }
    html.text(&format!(", {}; {}", counted(year.lines.len() as u64, "lines"), joined(all)));
    html.raw("</span></summary>");
    let columns = ["@date", "claim", "agency", "practitioner", "#units", "#day", "#year", "rules"];
    html.raw("<table><thead><tr>");
    for column in columns {
        match column.strip_prefix('#') {
            Some(number) => html.raw("<th class=\"n\">").raw(number).raw("</th>"),
            None => html.raw("<th>").raw(column.trim_start_matches('@')).raw("</th>"),
        };
    }
    html.raw("</tr></thead><tbody>\n");
    for own in year.lines {
        let line = store.line(own.record);
        let (claim, id) = (text::decode(line.claim_id), text::decode(line.member_id));
        let mut claim = page.claim(&claim, &id).into_owned();
        if line.is_history {
            claim.push_str(" (history)");
        }
        let cells = [
            own.day.map_or("–".to_owned(), |day| day.to_string()),
            claim,
            text::decode(line.billing_npi).into_owned(),
            text::decode(line.rendering_npi).into_owned(),
            text::decode(line.units_text).into_owned(),
            match own.days {
                Some(days) if days > 1 => {
                    format!("{}: {days} days", used(own, own.usage.day_total))
                }
                _ => used(own, own.usage.day_total),
            },
            used(own, own.usage.year_total),
            joined(rules(own)),
        ];
        html.row(&columns, &cells);
    }
    html.raw("</tbody></table></details>\n");
}
