//! `findings.xlsx`: the working papers as a workbook, sheets with filters and frozen headings.

mod findings;
mod profiles;
mod sheet;

use super::desk::{Desk, DrawnSample};
use crate::audit::totals::By;
use crate::audit::universe::Category;
use crate::model::{Cents, Severity};
use crate::rules::page::severity_in_force;
use crate::source::hash;
use rust_xlsxwriter::XlsxError;
use sheet::{Book, Cell};
use std::io::{self, Write};
use std::path::Path;

/// The workbook's name in the output folder.
pub const FILE_NAME: &str = "findings.xlsx";

/// Everything that the workbook shows.
pub struct XlsxBook<'a> {
    /// What every report of the desk shows.
    pub desk: &'a Desk<'a>,
    /// The sample, if one was drawn.
    pub sample: Option<DrawnSample<'a>>,
}

/// Writes the workbook; rows wait in files without a name in `folder` meanwhile.
pub fn write(out: &mut dyn Write, book: &XlsxBook<'_>, folder: &Path) -> io::Result<()> {
    let bytes = fill(book, folder).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn fill(facts: &XlsxBook<'_>, folder: &Path) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new(folder, facts.desk.subject.outcome.as_of)?;
    read_me(&mut book, facts)?;
    summary(&mut book, facts)?;
    findings::findings(&mut book, facts)?;
    findings::contributing(&mut book, facts)?;
    findings::overpayment(&mut book, facts)?;
    profiles::members(&mut book, facts)?;
    profiles::agencies(&mut book, facts)?;
    profiles::practitioners(&mut book, facts)?;
    profiles::sample(&mut book, facts)?;
    findings::not_evaluated(&mut book, facts)?;
    rules(&mut book, facts)?;
    run_log(&mut book, facts)?;
    book.into_bytes()
}

fn read_me(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Read me", &[("sheet", 22), ("what it holds", 110)])?;
    let outcome = facts.desk.subject.outcome;
    let title = format!("peerclaims {} as of {}", facts.desk.command, outcome.as_of);
    table.row(&[Cell::Empty, Cell::Text(&title)])?;
    if outcome.is_partial {
        let text = "PART RESULT: some input had to be left out (exit code 3); see rejects.csv.";
        table.row(&[Cell::Empty, Cell::Text(text)])?;
    }
    let lines = [
        ("Summary", "Counts and dollars of the run; each unit is disallowed once."),
        (
            "Findings",
            "One row a finding, as in findings.csv. What a message tells to do is advice to the \
             biller.",
        ),
        ("Contributing lines", "The lines that findings about limits and duplicates rest on."),
        ("Overpayment", "One row a line and primary reason; audit's overpayment.csv."),
        ("Members over limit", "Member-years past the annual limit, or with a day past the daily."),
        (
            "Agencies",
            "Profiles beside the median of all agencies; those that stand out are named. Shares \
             are parts of one.",
        ),
        ("Practitioners", "What each rendering practitioner billed, and gaps."),
        ("Sample", "The sample to review, where one was drawn (audit --sample)."),
        ("Not evaluated", "Findings that could not be decided, and rules that did not run."),
        ("Rules", "What was checked, and where it is written."),
        ("Run log", "Program, policy, options, inputs with their hashes."),
    ];
    for (sheet, text) in lines {
        table.row(&[Cell::Text(sheet), Cell::Text(text)])?;
    }
    let text = "A table of more than 1,048,575 rows goes on in a sheet of the same name with a \
                number. Amounts are dollars. No cell holds a formula. Member ids are shown: keep \
                this file as safe as the claims.";
    table.row(&[Cell::Empty, Cell::Text(text)])?;
    table.end()
}

fn summary(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let mut table = book.table("Summary", &[("what", 44), ("count", 14), ("dollars", 16)])?;
    let (counts, universe) = (&facts.desk.subject.outcome.counts, &facts.desk.audit.universe);
    let mut line = |what: &str, count: Option<u64>, dollars: Option<Cents>| {
        let dollars = dollars.map_or(Cell::Empty, Cell::Dollars);
        table.row(&[Cell::Text(what), Cell::optional(count), dollars])
    };
    line("service lines read", Some(counts.service_lines), None)?;
    line("peer-support lines", Some(counts.peer_support_lines), None)?;
    for (category, sum) in Category::ALL.iter().zip(&universe.current) {
        line(&format!("  {}", category.as_str()), Some(sum.records), Some(sum.amount))?;
    }
    let net = universe.reported[Category::Net as usize];
    line("net lines of the dates reported", Some(net.records), Some(net.amount))?;
    line("  billed on them", None, Some(net.billed))?;
    line("  paid on them", None, Some(net.paid))?;
    if net.priced != Cents(0) {
        line("  priced by --rates on them", None, Some(net.priced))?;
    }
    line("  their units", Some(net.units), None)?;
    for severity in [Severity::Deny, Severity::Review, Severity::Info] {
        let found = counts.severities.get(severity.as_str()).copied().unwrap_or_default();
        line(&format!("findings of severity {}", severity.as_str()), Some(found), None)?;
    }
    let (units, amount) = (universe.disallowed_units, universe.disallowed_amount);
    line("units disallowed, each once", Some(units), Some(amount))?;
    for total in facts.desk.audit.totals.by(By::Rule) {
        line(&format!("  {}", total.key.join(" ")), Some(total.units), Some(total.amount))?;
    }
    let whole = (universe.whole_units, universe.whole_amount);
    line("if every line with a disallowed unit falls whole", Some(whole.0), Some(whole.1))?;
    line("bad rows left out", Some(facts.desk.subject.outcome.bad_rows), None)?;
    table.end()
}

fn rules(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let columns = &[
        ("rule", 8),
        ("name", 32),
        ("severity", 10),
        ("findings", 10),
        ("what it checks", 90),
        ("why", 60),
        ("source", 60),
        ("advice to the biller", 60),
        ("CARC", 8),
        ("RARC", 8),
    ];
    let mut table = book.table("Rules", columns)?;
    let outcome = facts.desk.subject.outcome;
    for rule in facts.desk.rules {
        let severity = severity_in_force(rule, facts.desk.subject.policy);
        let not_run = outcome.rules_not_run.iter().any(|not_run| not_run.rule == rule.id);
        let findings = outcome.counts.findings.get(rule.id).copied().unwrap_or_default();
        table.row(&[
            Cell::Text(rule.id),
            Cell::Text(rule.name),
            Cell::Text(severity.as_str()),
            if not_run { Cell::Text("not run") } else { Cell::Count(findings) },
            Cell::Text(rule.statement),
            Cell::Text(rule.why),
            Cell::Text(rule.source),
            Cell::Text(rule.correct),
            Cell::Text(rule.carc),
            Cell::Text(rule.rarc),
        ])?;
    }
    table.end()
}

fn run_log(book: &mut Book, facts: &XlsxBook<'_>) -> Result<(), XlsxError> {
    let sheets: Vec<(String, u64)> = book.written.clone();
    let mut table =
        book.table("Run log", &[("what", 26), ("value", 70), ("number", 14), ("SHA-256", 68)])?;
    let (outcome, own) = (facts.desk.subject.outcome, facts.desk.facts);
    let policy = format!("{} ({})", own.policy.name, own.policy.origin);
    let hash = hash::sha256(own.policy.text.as_bytes());
    let (program, as_of) = (format!("peerclaims {}", own.version), outcome.as_of.to_string());
    let text = |text| Cell::Text(text);
    table.row(&[text("program"), text(&program)])?;
    table.row(&[text("command"), text(facts.desk.command)])?;
    table.row(&[text("as of"), text(&as_of)])?;
    table.row(&[text("policy"), text(&policy), Cell::Empty, text(&hash)])?;
    for option in &own.options {
        table.row(&[text(&option.name), text(option.value.as_deref().unwrap_or("yes"))])?;
    }
    for file in &outcome.files {
        let what = if file.is_history { "history (lines)" } else { "claims (lines)" };
        let hash = file.sha256.as_deref().unwrap_or("not hashed");
        table.row(&[text(what), text(&file.name), Cell::Count(file.service_lines), text(hash)])?;
    }
    for file in &own.tables {
        let hash = file.sha256.as_deref().unwrap_or("not hashed");
        table.row(&[text("table (rows)"), text(&file.name), Cell::Count(file.rows), text(hash)])?;
    }
    for note in &outcome.notes {
        table.row(&[text("note"), text(note)])?;
    }
    for (sheet, rows) in &sheets {
        table.row(&[text("rows of the sheet"), text(sheet), Cell::Count(*rows)])?;
    }
    table.end()
}
