//! The summary as text for a person.
//!
//! What must not be overlooked stands in capitals: rules that did not run, input that was left out,
//! a run that checked nothing. Claim ids are shown with findings; member ids never are. All text of
//! other origin loses its control characters.

use super::plain_text::{counted, grouped, plain, shorten_path, wrap};
use super::source_name;
use super::summary_json::{SEVERITIES, records_name};
use super::text_table::{Column, TextTable};
use crate::finding::Place;
use crate::model::within::masked;
use crate::model::{Cents, Severity};
use crate::outcome::totals::{ClaimTotals, Group, Totals};
use crate::outcome::{Counts, FileKind, NotRun, RunOutcome};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// Lines narrower than this cannot hold the tables.
const MIN_WIDTH: usize = 40;

/// Files, or file names, shown one by one.
const MAX_FILES: usize = 12;

/// Rejected rows shown where no `rejects.csv` is written.
const MAX_REJECTS: usize = 5;

/// How the summary is to look, and what it says beyond the outcome.
#[derive(Clone, Copy, Debug)]
pub struct TerminalOptions<'a> {
    /// `validate`, `audit`
    pub command: &'a str,
    /// Characters a line.
    pub width: usize,
    /// How many of the first findings to list.
    pub findings_shown: usize,
    /// Where the results were written, if they were.
    pub out: Option<&'a Path>,
    /// How long the run took.
    pub elapsed: Option<Duration>,
}

/// Writes the summary.
pub fn write(
    out: &mut dyn Write,
    outcome: &RunOutcome,
    options: &TerminalOptions<'_>,
) -> io::Result<()> {
    let mut page = Page { out, width: options.width.max(MIN_WIDTH) };
    writeln!(page.out, "peerclaims {} · as of {}", options.command, outcome.as_of)?;
    files(&mut page, outcome, options)?;
    service_lines(&mut page, outcome)?;
    let totals = outcome.totals();
    claims(&mut page, &totals)?;
    split(&mut page, outcome)?;
    findings(&mut page, outcome, &totals.groups)?;
    warnings(&mut page, outcome, options)?;
    if options.findings_shown > 0 {
        findings_list(&mut page, outcome, options.findings_shown)?;
    }
    if let Some(folder) = options.out {
        let folder = folder.to_string_lossy();
        writeln!(page.out, "\nResults are in {}", plain(&folder))?;
    }
    Ok(())
}

/// Reads one count.
type Count = fn(&Counts) -> u64;

/// Where the summary goes, and how wide it may be.
struct Page<'a> {
    out: &'a mut dyn Write,
    width: usize,
}

impl Page<'_> {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "\n{text}")
    }

    fn table(&mut self, table: &TextTable) -> io::Result<()> {
        table.write(self.out, self.width)
    }

    /// A paragraph: `first` before its first line, as many blanks before the others.
    fn paragraph(&mut self, first: &str, text: &str) -> io::Result<()> {
        let indent = first.chars().count();
        let lines =
            wrap(&plain(&text.replace(['\n', '\t'], " ")), self.width.saturating_sub(indent));
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                writeln!(self.out, "{first}{line}")?;
            } else {
                writeln!(self.out, "{:indent$}{line}", "")?;
            }
        }
        Ok(())
    }
}

fn split(page: &mut Page<'_>, outcome: &RunOutcome) -> io::Result<()> {
    let Some(table) = super::split::table(outcome) else { return Ok(()) };
    page.heading("Split by claim")?;
    page.table(&table)
}

fn files(
    page: &mut Page<'_>,
    outcome: &RunOutcome,
    options: &TerminalOptions<'_>,
) -> io::Result<()> {
    page.heading("Files")?;
    use Column::{Left, Path, Right};
    let mut table = TextTable::new(&[Path, Left, Right, Right, Right, Right]);
    table.heading(["", "", "records", "claims", "service lines", "peer support"]);
    for file in outcome.files.iter().take(MAX_FILES) {
        let kind = match (file.kind, file.is_same_as_current, file.is_history) {
            (_, true, _) => "as current, not read twice",
            (FileKind::X12, _, true) => "X12, history",
            (FileKind::Csv, _, true) => "CSV, history",
            (FileKind::X12, ..) => "X12",
            (FileKind::Csv, ..) => "CSV",
        };
        table.row([
            plain(&file.name).into_owned(),
            kind.to_owned(),
            counted(file.records, records_name(file.kind)),
            grouped(file.claims),
            grouped(file.service_lines),
            grouped(file.peer_support_lines),
        ]);
    }
    page.table(&table)?;
    if outcome.files.len() > MAX_FILES {
        let more = counted((outcome.files.len() - MAX_FILES) as u64, "more files");
        writeln!(page.out, "  … and {more}")?;
    }
    if let Some(elapsed) = options.elapsed {
        let bytes: u64 = outcome.files.iter().map(|file| file.bytes).sum();
        let lines: u64 = outcome.files.iter().map(|file| file.service_lines).sum();
        writeln!(page.out, "  {}", pace(bytes, lines, elapsed))?;
    }
    Ok(())
}

/// `744.0 MB, 5,000,000 service lines in 1.24 s (600.0 MB/s, 4,032,258 lines/s)`, the bytes as
/// they are on disk
fn pace(bytes: u64, lines: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let megabytes = bytes as f64 / 1e6;
    let size = match bytes {
        0..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{megabytes:.1} MB"),
    };
    let read = format!("{size}, {} in {seconds:.2} s", counted(lines, "service lines"));
    // Of a run that is over at once, the rate says nothing.
    if seconds < 0.1 {
        return read;
    }
    let rate = grouped((lines as f64 / seconds) as u64);
    format!("{read} ({:.1} MB/s, {rate} lines/s)", megabytes / seconds)
}

fn service_lines(page: &mut Page<'_>, outcome: &RunOutcome) -> io::Result<()> {
    page.heading("Service lines, each counted once")?;
    let (now, before) = (&outcome.counts, &outcome.history);
    let has_history = before.service_lines > 0;
    let buckets: [(&str, Count); 7] = [
        ("left out (F005)", |counts| counts.left_out),
        ("passed over: another procedure", |counts| counts.passed_over),
        ("denied by the payer", |counts| counts.denied_records),
        ("repeated", |counts| counts.repeated_records),
        ("conflicting (D005)", |counts| counts.conflicting_records),
        ("corrected away", |counts| counts.corrected_away),
        ("checked", |counts| counts.checked),
    ];
    let mut table = TextTable::new(&[Column::Left, Column::Right, Column::Right]);
    let cells = |name: &str, now: String, before: String| {
        let mut cells = vec![name.to_owned(), now];
        if has_history {
            cells.push(before);
        }
        cells
    };
    if has_history {
        table.heading(cells("", "current".to_owned(), "history".to_owned()));
    }
    for (name, count) in buckets {
        table.row(cells(name, grouped(count(now)), grouped(count(before))));
    }
    table.rule_from(1);
    let seen = |counts: &Counts| grouped(counts.service_lines);
    table.row(cells("service lines seen", seen(now), seen(before)));
    let ours = |counts: &Counts| grouped(counts.peer_support_lines);
    table.row(cells("of them peer support", ours(now), ours(before)));
    page.table(&table)?;
    if has_history {
        writeln!(page.out, "  History lines use up units and are not checked themselves.")?;
    }
    Ok(())
}

fn claims(page: &mut Page<'_>, totals: &Totals) -> io::Result<()> {
    page.heading("Claims with peer support")?;
    let mut table = TextTable::new(&[
        Column::Left,
        Column::Right,
        Column::Right,
        Column::Right,
        Column::Right,
        Column::Right,
    ]);
    table.heading(["", "claims", "units billed", "units payable", "billed", "at issue"]);
    let mut row = |name: &str, totals: &ClaimTotals| {
        table.row([
            name.replace('_', " "),
            grouped(totals.claims),
            grouped(totals.units_billed),
            grouped(totals.units_payable),
            dollars(totals.amount_billed),
            dollars(totals.amount_at_issue),
        ]);
    };
    let Totals { each, all, .. } = totals;
    for (disposition, totals) in each.iter().filter(|(_, totals)| totals.claims > 0) {
        row(disposition.as_str(), totals);
    }
    row("all", all);
    page.table(&table)
}

fn findings(page: &mut Page<'_>, outcome: &RunOutcome, groups: &[Group]) -> io::Result<()> {
    page.heading("Findings")?;
    if groups.is_empty() {
        return writeln!(page.out, "  none");
    }
    use Column::{Flexible, Left, Right};
    let mut table = TextTable::new(&[Left, Flexible, Left, Right, Right, Right]);
    table.heading(["rule", "", "severity", "findings", "excess units", "dollars"]);
    for group in groups {
        let excess = if group.excess_units > 0 { grouped(group.excess_units) } else { "".into() };
        let amount = if group.amount == Cents(0) { "".into() } else { dollars(group.amount) };
        let (id, name) = (group.rule.id, group.rule.name);
        let severity = group.severity.as_str();
        table.row([id, name, severity, &grouped(group.findings), &excess, &amount]);
    }
    page.table(&table)?;
    let count = |severity: Severity| {
        let findings = outcome.counts.severities.get(severity.as_str()).copied();
        format!("{} {}", grouped(findings.unwrap_or_default()), severity.as_str())
    };
    let counts = SEVERITIES.map(count).join(", ");
    let once = dollars(outcome.counts.amount_at_issue);
    let note = "A line may meet several rules; each dollar once, at issue are";
    page.paragraph("  ", &format!("{counts}. {note} {once}."))
}

fn warnings(
    page: &mut Page<'_>,
    outcome: &RunOutcome,
    options: &TerminalOptions<'_>,
) -> io::Result<()> {
    if outcome.counts.checked == 0 {
        page.heading("NOTHING WAS CHECKED")?;
        let why = match &outcome.counts {
            counts if counts.service_lines == 0 => "The claim files hold no service line.",
            counts if counts.peer_support_lines == 0 => {
                "No service line bills a procedure of the policy. Are these the right files, and \
                 is it the right policy?"
            }
            _ => "Every peer-support line was left out before the rules: see the service lines.",
        };
        page.paragraph("  ", why)?;
    }
    not_run(page, outcome)?;
    if outcome.is_partial {
        page.heading("PART RESULT: some input had to be left out (exit code 3)")?;
    }
    rejects(page, outcome, options)?;
    let mut notes = Vec::new();
    let (untested, unknown) = (outcome.counts.untested_filing, outcome.counts.unknown_status);
    if untested > 0 {
        let lines = counted(untested, "lines");
        notes.push(format!("C007 was not tested on {lines} without a received date."));
    }
    if unknown > 0 {
        let rows = counted(unknown, "rows");
        let count = if unknown == 1 { "counts" } else { "count" };
        notes.push(format!("{rows} with a claim status that is not known {count} as paid."));
    }
    notes.extend(outcome.notes.iter().cloned());
    if !outcome.skipped_files.is_empty() {
        notes.push(skipped(&outcome.skipped_files));
    }
    if !notes.is_empty() {
        page.heading("Notes")?;
    }
    notes.iter().try_for_each(|note| page.paragraph("  - ", note))
}

/// The rules that did not run, those of one reason together.
fn not_run(page: &mut Page<'_>, outcome: &RunOutcome) -> io::Result<()> {
    let (exemptions, rules): (Vec<&NotRun>, Vec<&NotRun>) =
        outcome.rules_not_run.iter().partition(|not_run| not_run.is_exemption());
    if !rules.is_empty() {
        page.heading("RULES NOT RUN: nobody looked, so this is not a pass")?;
    }
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for not_run in rules {
        match reasons.iter_mut().find(|(why, _)| *why == not_run.why) {
            Some((_, rules)) => rules.push(not_run.rule),
            None => reasons.push((&not_run.why, vec![not_run.rule])),
        }
    }
    for (why, rules) in reasons {
        page.paragraph("  ", &rules.join(", "))?;
        page.paragraph("      ", why)?;
    }
    if !exemptions.is_empty() {
        page.heading("EXEMPTION NOT APPLIED")?;
    }
    for exemption in exemptions {
        page.paragraph("  ", exemption.rule)?;
        page.paragraph("      ", &exemption.why)?;
    }
    Ok(())
}

fn rejects(
    page: &mut Page<'_>,
    outcome: &RunOutcome,
    options: &TerminalOptions<'_>,
) -> io::Result<()> {
    if outcome.rejects.is_empty() && outcome.bad_rows == 0 {
        return Ok(());
    }
    let blanked = outcome.rejects.iter().filter(|reject| !reject.is_bad_row).count();
    let hint = if options.out.is_some() { "rejects.csv" } else { "below (all: --out)" };
    page.heading(&format!(
        "{} left out, {} blanked: see {hint}",
        counted(outcome.bad_rows, "rows"),
        counted(blanked as u64, "values"),
    ))?;
    if options.out.is_some() {
        return Ok(());
    }
    for reject in outcome.rejects.iter().take(MAX_REJECTS) {
        let column = if reject.column.is_empty() { "row" } else { &reject.column };
        let (source, position) = (&reject.source, reject.position);
        let text = format!("{source}, {position}, {column}: {}", reject.reason);
        page.paragraph("  ", &text)?;
    }
    if outcome.rejects.len() > MAX_REJECTS {
        let more = grouped((outcome.rejects.len() - MAX_REJECTS) as u64);
        writeln!(page.out, "  … and {more} more")?;
    }
    Ok(())
}

fn skipped(files: &[String]) -> String {
    let shown = files.iter().take(MAX_FILES).map(String::as_str).collect::<Vec<_>>().join(", ");
    let rest = files.len().saturating_sub(MAX_FILES);
    let more = if rest > 0 { format!(" and {} more", grouped(rest as u64)) } else { String::new() };
    let count = counted(files.len() as u64, "files");
    let were = if files.len() == 1 { "was" } else { "were" };
    format!("{count} of another kind {were} skipped: {shown}{more}.")
}

/// The first findings: two lines or more each, the place and then what it says.
fn findings_list(page: &mut Page<'_>, outcome: &RunOutcome, shown: usize) -> io::Result<()> {
    if outcome.elsewhere.is_some() {
        // They were more than memory was to hold: nothing is listed of them here.
        return writeln!(
            page.out,
            "\n  Findings: --out DIR writes findings.csv, --out - prints them."
        );
    }
    if outcome.findings.is_empty() {
        return Ok(());
    }
    let all = outcome.findings.len();
    let heading = match all <= shown {
        true => "All findings".to_owned(),
        false => format!("The first {} of {} findings", grouped(shown as u64), grouped(all as u64)),
    };
    page.heading(&heading)?;
    let mut others = None;
    for finding in outcome.findings.iter().take(shown) {
        let claim = finding.line.as_deref().map_or(String::new(), |line| {
            // Some agencies make claim ids of members'.
            let own = masked(&line.claim_id, &line.member_id);
            let of_all = || outcome.store.member_ids().finish();
            let id = others.get_or_insert_with(of_all).without_text(&own);
            format!(" · claim {} line {}", plain(&id), line.line_number)
        });
        let head = format!("  {} {}{claim}", finding.rule.id, finding.severity.as_str());
        let place = match &finding.place {
            Place::Input { file, position } => {
                format!("{}, {position}", source_name(&outcome.files, *file))
            }
            Place::Supervisor(_) => String::new(),
        };
        let room = page.width.saturating_sub(head.chars().count() + 3);
        if place.is_empty() {
            writeln!(page.out, "{head}")?;
        } else if room < 20 {
            writeln!(page.out, "{head}")?;
            page.paragraph("      ", &place)?;
        } else {
            writeln!(page.out, "{head} · {}", shorten_path(&plain(&place), room))?;
        }
        page.paragraph("      ", &finding.message)?;
    }
    if all > shown {
        writeln!(page.out, "  All of them: --out DIR writes findings.csv, --out - prints them.")?;
    }
    Ok(())
}

pub(super) fn dollars(amount: Cents) -> String {
    let sign = if amount.0 < 0 { "-" } else { "" };
    let cents = amount.0.unsigned_abs();
    format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100)
}

#[cfg(test)]
#[path = "terminal_tests.rs"]
mod tests;
