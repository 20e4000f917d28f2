//! The beginning and the end of the page: what the run came to, and what it rests on.

use super::markup::{Html, count, dollars};
use super::share::{Room, Share};
use super::{HtmlPage, left_out};
use crate::audit::totals::By;
use crate::audit::universe::{Category, Sum};
use crate::finding::{Finding, Place};
use crate::model::{Outcome, Severity};
use crate::report::plain_text::counted;
use crate::report::source_name;
use crate::rules::page::severity_in_force;
use crate::source::hash;
use std::collections::BTreeMap;

/// Bytes that the findings may take.
const FINDING_BYTES: usize = 1_600_000;
/// Bytes that the list of inputs may take.
const INPUT_BYTES: usize = 200_000;
/// Notes and bad rows shown.
const MOST_NOTES: usize = 20;

pub(super) fn write_summary(html: &mut Html, page: &HtmlPage<'_>) {
    let (outcome, universe) = (page.desk.subject.outcome, &page.desk.audit.universe);
    let net = universe.reported[Category::Net as usize];
    html.section("summary", "Summary").raw("<div class=\"cards\">");
    let severity = |word: Severity| {
        count(outcome.counts.severities.get(word.as_str()).copied().unwrap_or_default())
    };
    let cards = [
        (count(net.records), "net service lines"),
        (count(net.units), "units"),
        (dollars(net.amount), "paid on them, else charged"),
        (severity(Severity::Deny), "deny findings"),
        (severity(Severity::Review), "review findings"),
        (severity(Severity::Info), "info findings"),
        (count(universe.disallowed_units), "units disallowed, each once"),
        (dollars(universe.disallowed_amount), "for the units disallowed"),
        (dollars(universe.whole_amount), "if every line with a disallowed unit falls whole"),
        (count(page.desk.audit.agencies.list.len() as u64), "agencies"),
        (count(page.desk.audit.practitioners.len() as u64), "practitioners"),
        (count(page.desk.audit.ledger.members.len() as u64), "members"),
    ];
    for (value, what) in cards {
        html.raw("<div class=\"card\"><b>").text(&value).raw("</b><span>").text(what);
        html.raw("</span></div>");
    }
    html.raw("</div>\n");
    warnings(html, page);
    if !page.desk.audit.totals.by(By::Rule).is_empty() {
        let columns = ["primary reason", "#lines", "#units", "#amount", "#whole lines"];
        html.tag("h3", "Overpayment by primary reason, each unit once");
        html.open_table(&columns, None);
        for total in page.desk.audit.totals.by(By::Rule) {
            let cells = [
                total.key.join(" "),
                count(total.lines),
                count(total.units),
                dollars(total.amount),
                dollars(total.whole_amount),
            ];
            html.row(&columns, &cells);
        }
        html.close_table();
    }
}

fn warnings(html: &mut Html, page: &HtmlPage<'_>) {
    let outcome = page.desk.subject.outcome;
    let mut warn = |text: &str| {
        html.raw("<p class=\"warn\">").text(text).raw("</p>\n");
    };
    if outcome.is_partial {
        warn("PART RESULT: some input had to be left out (exit code 3); rejects.csv lists it.");
    }
    if !outcome.rules_not_run.is_empty() {
        let rules: Vec<&str> = outcome.rules_not_run.iter().map(|rule| rule.rule).collect();
        warn(&format!(
            "NOT RUN: {}. No finding of these does not mean that nothing is wrong; the reasons \
             stand below.",
            rules.join(", ")
        ));
    }
    if outcome.counts.checked == 0 {
        warn("No peer-support line was checked: nothing here says that the claims are in order.");
    }
    for note in outcome.notes.iter().take(MOST_NOTES) {
        warn(note);
    }
}

pub(super) fn write_findings(html: &mut Html, page: &HtmlPage<'_>) {
    let outcome = page.desk.subject.outcome;
    html.section("findings", "Findings");
    let columns = [
        "rule",
        "severity",
        "claim",
        "@member",
        "agency",
        "practitioner",
        "@date",
        "#excess",
        "#at issue",
        "message",
        "where",
    ];
    // The gravest first, so that what is left out is what matters least.
    let mut order: Vec<&Finding> = outcome.findings.iter().collect();
    order.sort_by_key(|finding| std::cmp::Reverse((finding.severity, finding.amount_at_issue)));
    html.note(
        "By severity, then dollars at issue. What a message tells to do is advice to the biller.",
    );
    html.raw("<div class=\"findings\">");
    html.open_table(&columns, Some("rule, claim, agency, date, words"));
    let mut room = Share::of(html, FINDING_BYTES);
    let mut shown = 0;
    for finding in &order {
        let cells = cells(page, finding);
        match room.take(html, |html| _ = html.row(&columns, &cells)) {
            Room::Shown => shown += 1,
            Room::TooLarge => {}
            Room::Full => break,
        }
    }
    html.close_table().raw("</div>");
    left_out(html, page, shown, order.len(), "findings", "findings.csv");
}

fn cells(page: &HtmlPage<'_>, finding: &Finding) -> [String; 11] {
    let line = finding.line.as_deref();
    let of_line = |text: fn(&crate::finding::FindingLine) -> &String| {
        line.map(|line| text(line).clone()).unwrap_or_default()
    };
    let place = match &finding.place {
        Place::Input { file, position } => {
            format!("{}, {position}", source_name(&page.desk.subject.outcome.files, *file))
        }
        Place::Supervisor(_) => String::new(),
    };
    [
        finding.rule.id.to_owned(),
        match finding.outcome {
            Outcome::Fail => finding.severity.as_str().to_owned(),
            other => format!("{} ({})", finding.severity.as_str(), other.as_str()),
        },
        line.map(|line| {
            let claim = page.claim(&line.claim_id, &line.member_id);
            format!("{claim} line {}", line.line_text)
        })
        .unwrap_or_default(),
        line.map(|line| page.member(&line.member_id)).unwrap_or_default(),
        of_line(|line| &line.billing_npi),
        of_line(|line| &line.rendering_npi),
        line.and_then(|line| line.service_date).map(|day| day.to_string()).unwrap_or_default(),
        finding.excess_units.map(|units| units.to_string()).unwrap_or_default(),
        finding.amount_at_issue.map(dollars).unwrap_or_default(),
        finding.message.clone(),
        place,
    ]
}

pub(super) fn write_rules(html: &mut Html, page: &HtmlPage<'_>) {
    let outcome = page.desk.subject.outcome;
    html.section("rules", "Rules and their sources");
    let columns = ["rule", "name", "severity", "#findings", "what it checks", "source"];
    html.open_table(&columns, Some("rule"));
    for rule in page.desk.rules {
        let findings = outcome.counts.findings.get(rule.id).copied().unwrap_or_default();
        let severity = severity_in_force(rule, page.desk.subject.policy);
        let not_run = outcome.rules_not_run.iter().any(|not_run| not_run.rule == rule.id);
        let cells = [
            rule.id.to_owned(),
            rule.name.to_owned(),
            severity.as_str().to_owned(),
            if not_run { "not run".to_owned() } else { count(findings) },
            rule.statement.to_owned(),
            rule.source.to_owned(),
        ];
        html.row(&columns, &cells);
    }
    html.close_table();
    html.section("not-run", "What was not run");
    let mut rows: Vec<[String; 2]> = outcome
        .rules_not_run
        .iter()
        .map(|not_run| [not_run.rule.to_owned(), not_run.why.clone()])
        .collect();
    if outcome.counts.untested_filing > 0 && page.desk.rules.iter().any(|rule| rule.id == "C007") {
        let lines = counted(outcome.counts.untested_filing, "lines");
        let why = format!("not tested on {lines} without a received date");
        rows.push(["C007".to_owned(), why]);
    }
    let mut open: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for finding in outcome.findings.iter().filter(|finding| finding.outcome != Outcome::Fail) {
        *open.entry((finding.rule.id, finding.outcome.as_str())).or_default() += 1;
    }
    for ((rule, word), found) in open {
        let why = format!("{} {}", counted(found, "findings"), word.replace('_', " "));
        rows.push([rule.to_owned(), why]);
    }
    if rows.is_empty() {
        html.tag("p", "Every rule asked for was run, on every line that it is about.");
        return;
    }
    html.open_table(&["rule", "why"], None);
    for row in &rows {
        html.row(&["rule", "why"], row);
    }
    html.close_table();
}

pub(super) fn write_universe(html: &mut Html, page: &HtmlPage<'_>) {
    let universe = &page.desk.audit.universe;
    html.section("universe", "Universe");
    html.note(
        "Every peer-support record read stands in one row of its part; the sums are checked.",
    );
    let columns =
        ["part", "category", "#records", "#units", "#billed", "#paid", "#by rates", "#amount"];
    html.note("The amount is what was paid, else the price by --rates, else what was billed.");
    html.open_table(&columns, None);
    let mut parts = vec![("current", &universe.current)];
    if !page.desk.subject.outcome.reported.is_all() {
        parts.push(("reported dates", &universe.reported));
    }
    if Sum::of(&universe.history) != Sum::default() {
        parts.push(("history", &universe.history));
    }
    for (part, sums) in parts {
        let all = Sum::of(sums);
        let named = Category::ALL.iter().map(|category| category.as_str()).zip(sums);
        for (category, sum) in named.chain([("all", &all)]) {
            let cells = [
                part.to_owned(),
                category.to_owned(),
                count(sum.records),
                count(sum.units),
                dollars(sum.billed),
                dollars(sum.paid),
                dollars(sum.priced),
                dollars(sum.amount),
            ];
            html.row(&columns, &cells);
        }
    }
    html.close_table();
}

pub(super) fn write_manifest(html: &mut Html, page: &HtmlPage<'_>) {
    let (outcome, facts) = (page.desk.subject.outcome, page.desk.facts);
    html.section("manifest", "Manifest");
    html.note(
        "manifest.json beside this page has the same with times and the hashes of all outputs.",
    );
    let columns = ["what", "value"];
    html.open_table(&columns, None);
    let policy = hash::sha256(facts.policy.text.as_bytes());
    let own = [
        ("program", format!("peerclaims {}", facts.version)),
        ("command", page.desk.command.to_owned()),
        ("as of", outcome.as_of.to_string()),
        ("policy", format!("{} ({}), SHA-256 {policy}", facts.policy.name, facts.policy.origin)),
    ];
    for (what, value) in own {
        html.row(&columns, &[what, value.as_str()]);
    }
    for option in &facts.options {
        html.row(&columns, &[option.name.as_str(), option.value.as_deref().unwrap_or("")]);
    }
    html.close_table();
    let columns = ["input", "kind", "#bytes", "#lines", "SHA-256"];
    html.open_table(&columns, None);
    let mut room = Share::of(html, INPUT_BYTES);
    let mut shown = 0;
    for file in &outcome.files {
        let cells = [
            file.name.to_string(),
            if file.is_history { "history" } else { "claims" }.to_owned(),
            count(file.bytes),
            count(file.service_lines),
            file.sha256.clone().unwrap_or_else(|| "not hashed".to_owned()),
        ];
        match room.take(html, |html| _ = html.row(&columns, &cells)) {
            Room::Shown => shown += 1,
            Room::TooLarge => {}
            Room::Full => break,
        }
    }
    for table in &facts.tables {
        let cells = [
            table.name.clone(),
            table.table.clone(),
            count(table.bytes),
            count(table.rows),
            table.sha256.clone().unwrap_or_else(|| "not hashed".to_owned()),
        ];
        html.row(&columns, &cells);
    }
    html.close_table();
    left_out(html, page, shown, outcome.files.len(), "claim files", "manifest.json");
}
