//! Which charts the page shows, from the figures of the audit.

use super::HtmlPage;
use super::charts::{Bar, Mark, bars, columns};
use super::markup::{Html, count, dollars, percent};
use crate::audit::figures::{Coverage, Figures};
use crate::report::plain_text::{counted, shorten};
use std::collections::BTreeMap;

/// Bars of a chart at most.
const MOST_BARS: usize = 20;
/// Months of a chart at most: a claim may bear any date.
const MOST_MONTHS: usize = 120;
/// Characters of an agency's name in a chart.
const MOST_NAME: usize = 24;

pub(super) fn write(html: &mut Html, page: &HtmlPage<'_>) {
    let figures = &page.desk.audit.figures;
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
    let title = format!("{label}: {}", counted(value, what));
    Bar { label, parts: vec![(value as f64, class)], value: count(value), title }
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
    let mut caption = "Findings by month of service".to_owned();
    if figures.without_month > 0 {
        let found = counted(figures.without_month, "findings");
        caption.push_str(&format!(" ({found} without a service date that can be right left out)"));
    }
    let (months, caption) = months(&figures.by_month, &caption);
    let list: Vec<Bar> =
        months.into_iter().map(|(month, found)| plain_bar(month, found, "findings", "a")).collect();
    columns(html, &caption, &list, None);
}

/// All months from the first to the last, also those with nothing in them, or the newest of them;
/// and a caption that says so where there are more.
fn months<T: Copy + Default>(
    known: &BTreeMap<String, T>,
    caption: &str,
) -> (Vec<(String, T)>, String) {
    let number = |month: &String| {
        let (year, month) = month.split_once('-')?;
        Some(year.parse::<usize>().ok()? * 12 + month.parse::<usize>().ok()? - 1)
    };
    let ends = (known.keys().find_map(number), known.keys().rev().find_map(number));
    let (Some(first), Some(last)) = ends else { return (Vec::new(), caption.to_owned()) };
    let all = last + 1 - first;
    let caption = match all > MOST_MONTHS {
        false => caption.to_owned(),
        true => {
            let newest = format!("the last {MOST_MONTHS} months of {all}");
            match caption.strip_suffix(')') {
                Some(caption) => format!("{caption}; {newest})"),
                None => format!("{caption} ({newest})"),
            }
        }
    };
    let from = first.max((last + 1).saturating_sub(MOST_MONTHS));
    let filled = (from..=last).map(|number| {
        let month = format!("{:04}-{:02}", number / 12, number % 12 + 1);
        let value = known.get(&month).copied().unwrap_or_default();
        (month, value)
    });
    (filled.collect(), caption)
}

fn days(html: &mut Html, figures: &Figures) {
    let limit = figures.daily_limit;
    let caption = match limit {
        Some(limit) => format!("Units a member and day, against {limit}"),
        None => "Units a member and day".to_owned(),
    };
    let (step, beyond) = (steps(limit, 12, 1), 8);
    distribution(html, &caption, "member-days", &figures.days_by_units, limit, step, beyond);
}

fn years(html: &mut Html, figures: &Figures) {
    let limit = figures.annual_limit;
    let caption = match limit {
        Some(limit) => format!("Units a member and limit year, against {limit}"),
        None => "Units a member and limit year".to_owned(),
    };
    let (step, beyond) = (steps(limit, 10, 20), 2);
    distribution(html, &caption, "member-years", &figures.years_by_units, limit, step, beyond);
}

/// Units that share a column, so that there are about `wanted` columns up to the limit.
fn steps(limit: Option<u32>, wanted: u32, without: u32) -> u32 {
    limit.map_or(without, |limit| limit.div_ceil(wanted).max(1))
}

/// How often how many units were used, `step` units a column, `beyond` columns past the limit.
fn distribution(
    html: &mut Html,
    caption: &str,
    what: &str,
    counts: &BTreeMap<u32, u64>,
    limit: Option<u32>,
    step: u32,
    beyond: u32,
) {
    let at = limit.map_or(4, |limit| limit.div_ceil(step));
    let last = at + beyond - 1;
    let mut found = vec![0_u64; last as usize + 1];
    for (units, count) in counts {
        found[(units.saturating_sub(1) / step).min(last) as usize] += count;
    }
    let bar = |(column, found): (u32, u64)| {
        let from = u64::from(column) * u64::from(step) + 1;
        let to = from + u64::from(step) - 1;
        let (label, units) = match (column == last, step) {
            (true, _) => (format!("{from}+"), format!("{from} units and more")),
            (false, 1) => (to.to_string(), counted(to, "units")),
            (false, _) => (to.to_string(), format!("{from} to {to} units")),
        };
        let is_over = limit.is_some_and(|limit| from > u64::from(limit));
        let title = format!("{units}: {}", counted(found, what));
        let class = if is_over { "b" } else { "a" };
        Bar { label, parts: vec![(found as f64, class)], value: count(found), title }
    };
    let list: Vec<Bar> = (0..).zip(found).map(bar).collect();
    let mark = limit.map(|limit| Mark { at: at as usize, label: format!("limit {limit}") });
    columns(html, caption, &list, mark);
}

fn agencies(html: &mut Html, page: &HtmlPage<'_>) {
    let mut list: Vec<_> = page.desk.audit.agencies.list.iter().collect();
    list.sort_by_key(|agency| (std::cmp::Reverse(agency.amount), &agency.billing_npi));
    let shown = list.len().min(MOST_BARS);
    let caption =
        format!("Agencies by dollars, the {shown} largest of {}; disallowed in red", list.len());
    let list: Vec<Bar> = list[..shown]
        .iter()
        .map(|agency| {
            let (all, bad) = (agency.amount, agency.disallowed_amount);
            let name = shorten(&agency.billing_npi, MOST_NAME);
            let title = format!("{name}: {} net, {} of it disallowed", dollars(all), dollars(bad));
            let good = (all.0 - bad.0).max(0) as f64;
            let parts = vec![(bad.0.max(0) as f64, "b"), (good, "a")];
            Bar { label: name.into_owned(), parts, value: dollars(all), title }
        })
        .collect();
    bars(html, &caption, &list);
}

fn coverage(html: &mut Html, figures: &Figures) {
    let bar = |(month, own): (String, Coverage)| {
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
        Bar { label: month, parts, value: String::new(), title }
    };
    let caption = "Supervision by month: as required (blue), not (red), not tested (grey)";
    let (months, caption) = months(&figures.coverage, caption);
    let list: Vec<Bar> = months.into_iter().map(bar).collect();
    columns(html, &caption, &list, None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_without_anything_have_their_place() {
        let known = BTreeMap::from([("2024-11".to_owned(), 3_u64), ("2025-02".to_owned(), 1)]);
        let (found, caption) = months(&known, "Findings");
        let shown: Vec<String> = found.iter().map(|(month, n)| format!("{month} {n}")).collect();
        assert_eq!(shown, ["2024-11 3", "2024-12 0", "2025-01 0", "2025-02 1"]);
        assert_eq!(caption, "Findings");
        let long = BTreeMap::from([("0999-12".to_owned(), 1_u64), ("2025-02".to_owned(), 1)]);
        let (found, caption) = months(&long, "Findings");
        assert_eq!((found.len(), found[0].0.as_str()), (120, "2015-03"));
        assert_eq!(caption, "Findings (the last 120 months of 12303)");
        let (_, caption) = months(&long, "Findings (4 left out)");
        assert_eq!(caption, "Findings (4 left out; the last 120 months of 12303)");
        assert!(months::<u64>(&BTreeMap::new(), "").0.is_empty());
    }

    #[test]
    fn a_limit_without_bounds_has_columns_within_bounds() {
        let counts = BTreeMap::from([(0, 1), (6, 2), (7, 4), (u32::MAX, 8)]);
        for limit in [Some(0), Some(6), Some(200), Some(u32::MAX), None] {
            let mut html = Html::default();
            let step = steps(limit, 12, 1);
            distribution(&mut html, "Units", "member-days", &counts, limit, step, 8);
            let html = html.into_text();
            let columns = html.matches("<br>").count();
            assert!((8..=20).contains(&columns), "{limit:?}: {columns}");
            let shown = |text: &str| html.contains(&format!("units and more: {text}"));
            let is_right = match limit {
                Some(6) => shown("8 member-days") && html.contains("6 units: 2 member-days"),
                Some(u32::MAX) => html.contains(": 8 member-days"),
                _ => shown("8 member-days"),
            };
            assert!(is_right, "{limit:?}: {html}");
        }
    }
}
