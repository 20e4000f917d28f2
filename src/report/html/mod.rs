//! `report.html`: one page that says everything, with nothing outside of it.
//!
//! No address is named and no request leaves: the Content-Security-Policy allows the one style and
//! the one script of the page by their hashes, and nothing else. Without JavaScript every table is
//! there, and `<details>` open what stands behind a line; the script only adds sorting and filters.
//! However many findings there are, the page stays under [`MOST_BYTES`]: each list has a share of
//! its own, begins with what weighs most, and says what it left out and where that is.

mod charts;
mod facts;
mod markup;
mod people;
mod pictures;
mod security;
mod strip;

use super::manifest::ManifestFacts;
use crate::audit::{Audit, Subject};
use crate::rules::Rule;
use markup::{Html, count};
use std::collections::HashMap;
use std::io::{self, Write};

/// The page's name in the output folder.
pub const FILE_NAME: &str = "report.html";
/// The page is never larger: the shares of its lists leave room for the rest.
pub const MOST_BYTES: usize = 5_000_000;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Everything that the page shows.
pub struct HtmlPage<'a> {
    /// `validate` or `audit`.
    pub command: &'a str,
    /// Outcome, policy and tables.
    pub subject: &'a Subject<'a>,
    /// What was worked out from them.
    pub audit: &'a Audit,
    /// What the manifest says.
    pub facts: &'a ManifestFacts,
    /// The rules that were asked for, by id.
    pub rules: &'a [&'static Rule],
    /// The names under which members stand, by member id; `None`: as they are.
    pub masks: Option<&'a HashMap<String, usize>>,
}

/// A number for each member with a reported line, by the order of the ids.
pub fn masks(subject: &Subject<'_>, audit: &Audit) -> HashMap<String, usize> {
    let store = subject.store();
    let ids = audit.ledger.members.iter().map(|span| {
        let record = audit.ledger.lines[span.start].record;
        crate::model::text::decode(store.line(record).member_id).into_owned()
    });
    ids.enumerate().map(|(index, id)| (id, index + 1)).collect()
}

impl HtmlPage<'_> {
    /// The member as the page shows it.
    fn member(&self, id: &str) -> String {
        match self.masks {
            None => id.to_owned(),
            Some(masks) => match masks.get(id) {
                Some(number) => format!("member {number}"),
                None => "member".to_owned(), // of records that are not net
            },
        }
    }
}

/// Writes the page.
pub fn write(out: &mut dyn Write, page: &HtmlPage<'_>) -> io::Result<()> {
    let mut html = Html::default();
    head(&mut html, page);
    facts::write_summary(&mut html, page);
    pictures::write(&mut html, page);
    facts::write_findings(&mut html, page);
    people::write_agencies(&mut html, page);
    people::write_practitioners(&mut html, page);
    people::write_members(&mut html, page);
    facts::write_universe(&mut html, page);
    facts::write_rules(&mut html, page);
    facts::write_manifest(&mut html, page);
    html.raw("</main>\n<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    out.write_all(html.into_text().as_bytes())
}

fn head(html: &mut Html, page: &HtmlPage<'_>) {
    let outcome = page.subject.outcome;
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"");
    html.raw(&security::policy(STYLE, SCRIPT)).raw("\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    html.raw("<title>peerclaims ").text(page.command).text(" as of ");
    html.text(&outcome.as_of.to_string()).raw("</title>\n<style>").raw(STYLE);
    html.raw("</style>\n</head>\n<body>\n<main>\n<h1>Peer support claims: ");
    html.text(page.command).raw("</h1>\n<p class=\"soft\">");
    html.text(&format!("As of {}", outcome.as_of));
    let days = outcome.reported;
    if let Some(from) = days.from {
        html.text(&format!(", services from {from}"));
    }
    if let Some(through) = days.through {
        html.text(&format!(", services to {through}"));
    }
    html.text(match page.masks {
        Some(_) => ". Members are masked: their ids stand in findings.csv.",
        None => ". This page shows member ids: keep it as safe as the claims.",
    });
    html.raw("</p>\n<nav>");
    let contents = [
        ("summary", "Summary"),
        ("charts", "Charts"),
        ("findings", "Findings"),
        ("agencies", "Agencies"),
        ("practitioners", "Practitioners"),
        ("members", "Member-years"),
        ("universe", "Universe"),
        ("rules", "Rules"),
        ("not-run", "Not run"),
        ("manifest", "Manifest"),
    ];
    for (id, name) in contents {
        html.raw("<a href=\"#").raw(id).raw("\">").raw(name).raw("</a> ");
    }
    html.raw("</nav>\n");
}

/// Says what a list left out, and where it is.
fn left_out(
    html: &mut Html,
    page: &HtmlPage<'_>,
    shown: usize,
    all: usize,
    what: &str,
    file: &str,
) {
    if shown == all {
        html.note(&format!("All {} {what} are shown.", count(all as u64)));
        return;
    }
    let is_paper = !["findings.csv", "manifest.json"].contains(&file);
    let place = match is_paper && page.command != "audit" {
        true => format!("`peerclaims audit` writes all of them into {file}"),
        false => format!("all of them are in {file} beside this page"),
    };
    let (shown, all) = (count(shown as u64), count(all as u64));
    html.raw("<p class=\"warn\">");
    html.text(&format!("{shown} of {all} {what} are shown; {place}.")).raw("</p>\n");
}
