//! `report.html`: one page that says everything, with nothing outside of it.
//!
//! No address is named and no request leaves: the Content-Security-Policy allows the one style and
//! the one script of the page by their hashes, and nothing else. Without JavaScript every table is
//! there, and `<details>` open what stands behind a line; the script only adds sorting and filters.
//! However many findings there are, the page stays under 5 MB: each list has a share of
//! its own, begins with what weighs most, and says what it left out and where that is.

mod charts;
mod facts;
mod markup;
mod people;
mod pictures;
mod security;
mod share;
mod strip;

use super::csv_rows::CsvRows;
use super::desk::{Desk, DrawnSample};
use super::plain_text::counted;
use crate::audit::{Audit, Subject};
use crate::model::member_ids::MemberIds;
use crate::model::text;
use crate::model::within::without;
use markup::{Html, count};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The page's name in the output folder.
pub const FILE_NAME: &str = "report.html";
/// The file beside it that says who stands behind the numbers of the members.
pub const MASKS_NAME: &str = "report_members.csv";

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Everything that the page shows.
pub struct HtmlPage<'a> {
    /// What every report of the desk shows.
    pub desk: &'a Desk<'a>,
    /// The sample, if one was drawn.
    pub sample: Option<DrawnSample<'a>>,
    /// The numbers under which members stand, by member id; `None`: as they are.
    pub masks: Option<&'a Masks>,
}

/// A number for each member that the page may name, by the order of the ids.
pub struct Masks {
    numbers: BTreeMap<String, usize>,
    ids: MemberIds,
}

/// Numbers the members with a reported line, and those with a finding on any other line.
pub fn masks(subject: &Subject<'_>, audit: &Audit) -> Masks {
    let store = subject.store();
    let of_ledger = audit.ledger.members.iter().map(|span| {
        let record = audit.ledger.lines[span.start].record;
        text::decode(store.line(record).member_id).into_owned()
    });
    let lines = subject.outcome.findings.iter().filter_map(|finding| finding.line.as_ref());
    let of_findings = lines.map(|line| line.member_id.clone());
    let ids: BTreeSet<String> = of_ledger.chain(of_findings).collect();
    let numbers: BTreeMap<String, usize> = ids.into_iter().zip(1..).collect();
    let shown: Vec<(&str, String)> =
        numbers.iter().map(|(id, number)| (id.as_str(), format!("member {number}"))).collect();
    // A claim id may be made of that of a member of history, of whom the page shows no line.
    let others = store.member_ids();
    let ids = MemberIds::of(shown.iter().map(|(id, shown)| (id.as_bytes(), shown.as_bytes())));
    let ids = ids.and(others);
    Masks { numbers, ids }
}

/// Writes who stands behind the numbers of a page.
pub fn write_masks(out: &mut dyn Write, masks: &Masks) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &["page_member", "member_id"])?;
    let mut by_number: Vec<(usize, &String)> =
        masks.numbers.iter().map(|(id, number)| (*number, id)).collect();
    by_number.sort_unstable();
    for (number, id) in by_number {
        rows.word(&format!("member {number}"));
        rows.text(id);
        rows.end_row()?;
    }
    rows.finish()
}

impl HtmlPage<'_> {
    /// The member as the page shows it.
    fn member(&self, id: &str) -> String {
        match self.masks {
            None => id.to_owned(),
            Some(masks) => match masks.numbers.get(id) {
                Some(number) => format!("member {number}"),
                None => "member".to_owned(), // no line of it is here
            },
        }
    }

    /// The id of a claim of the member `id`: some agencies make it of the member's.
    fn claim<'t>(&self, claim: &'t str, id: &str) -> Cow<'t, str> {
        let Some(masks) = self.masks else { return Cow::Borrowed(claim) };
        match without(claim.as_bytes(), id.as_bytes(), self.member(id).as_bytes()) {
            Cow::Borrowed(_) => masks.ids.without_text(claim),
            Cow::Owned(shown) => {
                let shown = String::from_utf8_lossy(&shown);
                Cow::Owned(masks.ids.without_text(&shown).into_owned())
            }
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
    let outcome = page.desk.subject.outcome;
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"");
    html.raw(&security::policy(STYLE, SCRIPT)).raw("\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    html.raw("<title>peerclaims ").text(page.desk.command).text(" as of ");
    html.text(&outcome.as_of.to_string()).raw("</title>\n<style>").raw(STYLE);
    html.raw("</style>\n</head>\n<body>\n<main>\n<h1>Peer support claims: ");
    html.text(page.desk.command).raw("</h1>\n<p class=\"soft\">");
    html.text(&format!("As of {}", outcome.as_of));
    let days = outcome.reported;
    if let Some(from) = days.from {
        html.text(&format!(", services from {from}"));
    }
    if let Some(through) = days.through {
        html.text(&format!(", services to {through}"));
    }
    html.text(match page.masks {
        Some(_) => ". Members are numbered: report_members.csv beside this page has their ids.",
        None => ". This page shows member ids: keep it as safe as the claims.",
    });
    html.raw("</p>\n");
    if let Some((first, last)) = page.desk.audit.figures.service_days {
        html.note(&format!("Service dates of the lines reported: {first} to {last}."));
    }
    if let Some(drawn) = page.sample {
        let lines: u64 = drawn.sample.strata.iter().map(|stratum| stratum.sample).sum();
        html.note(&format!(
            "A sample of {} was drawn from the {} of the frame, in {}, with seed “{}”: sample.csv \
             has it.",
            counted(lines, "lines"),
            count(page.desk.audit.frame.lines.len() as u64),
            match drawn.sample.strata.len() {
                1 => "1 stratum".to_owned(),
                strata => format!("{} strata", count(strata as u64)),
            },
            drawn.design.seed
        ));
    }
    html.raw("<nav>");
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
    let every = counted(all as u64, what);
    if shown == all {
        html.note(&format!("{every}, all shown."));
        return;
    }
    let is_paper = !["findings.csv", "manifest.json"].contains(&file);
    let place = match is_paper && page.desk.command != "audit" {
        true => format!("`peerclaims audit` writes all of them into {file}"),
        false => format!("all of them are in {file} beside this page"),
    };
    let (shown, all) = (count(shown as u64), count(all as u64));
    html.raw("<p class=\"warn\">");
    html.text(&format!("{shown} of {all} {what} are shown; {place}.")).raw("</p>\n");
}
