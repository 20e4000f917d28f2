//! Which charts the page shows, from the figures of the audit.

use super::HtmlPage;
use super::charts::{Bar, Mark, bars, columns};
use super::markup::{Html, count, dollars, percent};
use crate::audit::figures::{Coverage, Figures};
use std::collections::BTreeMap;

/// Bars of a chart at most.
const MOST_BARS: usize = 20;
/// Months of a chart at most: a claim may bear any date.
const MOST_MONTHS: usize = 120;
/// Units of a year that share a column.
const YEAR_STEP: u32 = 20;

pub(super) fn write(html: &mut Html, page: &HtmlPage<'_>) {
    let figures = &page.audit.figures;
    html.section("charts", "Charts").raw("<div class=\"charts\">");
    by_rule(html, figures);
    by_month(html, figures);
    days(html, figures);
    years(html, figures);
    agencies(html, page);
    coverage(html, figures);
    html.raw("</div>\n");
}

fn plain_bar(label: String, value: u64, what: &str, class: &'static str) -> Bar {
    let shown = count(value);
    let title = format!("{label}: {shown} {what}");
    Bar { label, parts: vec![(value as f64, class)], value: shown, title }
}

fn by_rule(html: &mut Html, figures: &Figures) {
    let mut rules: Vec<(&str, u64)> =
        figures.by_rule.iter().map(|(rule, findings)| (*rule, *findings)).collect();
    rules.sort_by_key(|(rule, findings)| (std::cmp::Reverse(*findings), *rule));
    let shown = rules.len().min(MOST_BARS);
    let list: Vec<Bar> = rules[..shown]
        .iter()
        .map(|(rule, findings)| plain_bar((*rule).to_owned(), *findings, "findings", "a"))
        .collect();
    let caption = match rules.len() > shown {
        true => format!("Findings by rule, the {shown} most frequent of {}", rules.len()),
        false => "Findings by rule".to_owned(),
    };
    bars(html, &caption, &list);
}

fn by_month(html: &mut Html, figures: &Figures) {
    let (months, caption) = last_months(&figures.by_month, "Findings by month of service");
    let list: Vec<Bar> = months
        .into_iter()
        .map(|(month, found)| plain_bar(month.clone(), *found, "findings", "a"))
        .collect();
    columns(html, &caption, &list, None);
}

/// The newest months, and a caption that says so where there are more.
fn last_months<'f, T>(
    months: &'f BTreeMap<String, T>,
    caption: &str,
) -> (Vec<(&'f String, &'f T)>, String) {
    let left_out = months.len().saturating_sub(MOST_MONTHS);
    let caption = match left_out {
        0 => caption.to_owned(),
        _ => format!("{caption} (the last {MOST_MONTHS} months of {})", months.len()),
    };
    (months.iter().skip(left_out).collect(), caption)
}

fn days(html: &mut Html, figures: &Figures) {
    let limit = figures.daily_limit;
    let last = limit.map_or(12, |limit| limit * 2 + 2);
    let mut days: BTreeMap<u32, u64> = (1..=last).map(|units| (units, 0)).collect();
    for (units, found) in &figures.days_by_units {
        *days.entry((*units).clamp(1, last)).or_default() += found;
    }
    let list: Vec<Bar> = days
        .into_iter()
        .map(|(units, found)| {
            let label = if units == last { format!("{units}+") } else { units.to_string() };
            let is_over = limit.is_some_and(|limit| units > limit);
            let title = format!("{label} units: {} member-days", count(found));
            let class = if is_over { "b" } else { "a" };
            Bar { label, parts: vec![(found as f64, class)], value: count(found), title }
        })
        .collect();
    let mark = limit.map(|limit| Mark { at: limit as usize, label: format!("limit {limit}") });
    let caption = match limit {
        Some(limit) => format!("Units a member and day, against {limit}"),
        None => "Units a member and day".to_owned(),
    };
    columns(html, &caption, &list, mark);
}

fn years(html: &mut Html, figures: &Figures) {
    let limit = figures.annual_limit;
    let last = limit.map_or(10, |limit| limit.div_ceil(YEAR_STEP) + 2);
    let mut years: BTreeMap<u32, u64> = (0..=last).map(|step| (step, 0)).collect();
    for (units, found) in &figures.years_by_units {
        *years.entry((units.saturating_sub(1) / YEAR_STEP).min(last)).or_default() += found;
    }
    let list: Vec<Bar> = years
        .into_iter()
        .map(|(step, found)| {
            let (from, to) = (step * YEAR_STEP + 1, (step + 1) * YEAR_STEP);
            let label = if step == last { format!("{from}+") } else { to.to_string() };
            let is_over = limit.is_some_and(|limit| from > limit);
            let title = match step == last {
                true => format!("{from} units and more: {} member-years", count(found)),
                false => format!("{from} to {to} units: {} member-years", count(found)),
            };
            let class = if is_over { "b" } else { "a" };
            Bar { label, parts: vec![(found as f64, class)], value: count(found), title }
        })
        .collect();
    let mark = limit.map(|limit| Mark {
        at: limit.div_ceil(YEAR_STEP) as usize,
        label: format!("limit {limit}"),
    });
    let caption = match limit {
        Some(limit) => format!("Units a member and limit year, against {limit}"),
        None => "Units a member and limit year".to_owned(),
    };
    columns(html, &caption, &list, mark);
}

fn agencies(html: &mut Html, page: &HtmlPage<'_>) {
    let mut list: Vec<_> = page.audit.agencies.list.iter().collect();
    list.sort_by_key(|agency| (std::cmp::Reverse(agency.amount), &agency.billing_npi));
    let shown = list.len().min(MOST_BARS);
    let caption =
        format!("Agencies by dollars, the {shown} largest of {}; disallowed in red", list.len());
    let list: Vec<Bar> = list[..shown]
        .iter()
        .map(|agency| {
            let (all, bad) = (agency.amount, agency.disallowed_amount);
            let title = format!(
                "{}: {} net, {} of it disallowed",
                agency.billing_npi,
                dollars(all),
                dollars(bad)
            );
            let good = (all.0 - bad.0).max(0) as f64;
            let parts = vec![(bad.0.max(0) as f64, "b"), (good, "a")];
            Bar { label: agency.billing_npi.clone(), parts, value: dollars(all), title }
        })
        .collect();
    bars(html, &caption, &list);
}

fn coverage(html: &mut Html, figures: &Figures) {
    let bar = |(month, own): (&String, &Coverage)| {
        let all = (own.met + own.short + own.untested).max(1) as f64;
        let share = |value: u64| value as f64 / all;
        let title = format!(
            "{month}: {} of lines supervised as required, {} not, {} not tested",
            percent(share(own.met)),
            percent(share(own.short)),
            percent(share(own.untested))
        );
        let parts =
            vec![(share(own.met), "a"), (share(own.short), "b"), (share(own.untested), "g")];
        Bar { label: month.clone(), parts, value: String::new(), title }
    };
    let caption = "Supervision by month: as required (blue), not (red), not tested (grey)";
    let (months, caption) = last_months(&figures.coverage, caption);
    let list: Vec<Bar> = months.into_iter().map(bar).collect();
    columns(html, &caption, &list, None);
}
