//! What looks wrong in the tables (`peerclaims check-tables`), for people. Names files, columns and
//! rows, and no value of them.

use super::plain_text::{counted, grouped, paragraph, plain};
use super::text_table::{Column, TextTable};
use crate::model::NaiveDate;
use crate::table_check::{CHECKS, Doubt, TableReport};
use std::io::{self, Write};
use std::path::Path;

/// Lines narrower than this cannot hold it.
const MIN_WIDTH: usize = 40;
/// Places of one check that are shown one by one.
const PLACES_SHOWN: usize = 8;
/// Rows of one place that are shown.
const ROWS_SHOWN: usize = 4;

/// Writes it in lines of at most `width` characters.
pub fn write(out: &mut dyn Write, report: &TableReport, width: usize) -> io::Result<()> {
    let width = width.max(MIN_WIDTH);
    writeln!(out, "peerclaims check-tables · as of {}", report.as_of)?;
    tables(out, report, width)?;
    if report.holds_examples_only {
        let what = "The tables hold the example rows of the templates and nothing else: put yours \
                    in their place.";
        writeln!(out)?;
        return paragraph(out, "", what, width);
    }
    if report.doubts.is_empty() {
        return writeln!(out, "\nNothing looks wrong.");
    }
    writeln!(out, "\nLooks wrong")?;
    for (file, check, places) in groups(&report.doubts) {
        let known = CHECKS.iter().find(|known| known.id == check);
        let (says, next) = known.map_or((check, ""), |check| (check.says, check.next));
        // The whole path stands in the table above.
        let file = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
        let head = format!("{file}: {says}");
        paragraph(out, "  ", &head, width)?;
        for place in places.iter().take(PLACES_SHOWN) {
            paragraph(out, "      ", &described(place), width)?;
        }
        if places.len() > PLACES_SHOWN {
            let more = grouped((places.len() - PLACES_SHOWN) as u64);
            writeln!(out, "      … and {more} more (all: --format json)")?;
        }
        paragraph(out, "    → ", next, width)?;
    }
    let places = counted(report.doubts.len() as u64, "places");
    let verb = if report.doubts.len() == 1 { "looks" } else { "look" };
    writeln!(out, "\n{places} {verb} wrong.")
}

fn tables(out: &mut dyn Write, report: &TableReport, width: usize) -> io::Result<()> {
    use Column::{Left, Path, Right};
    let mut table = TextTable::new(&[Left, Right, Right, Left, Left, Right, Path]);
    table.heading(["table", "rows", "left out", "from", "to", "open", "file"]);
    let day = |day: Option<NaiveDate>| day.map_or("-".to_owned(), |day| day.to_string());
    for row in &report.tables {
        table.row([
            row.table.to_owned(),
            grouped(row.rows),
            grouped(row.bad_rows),
            day(row.first_day),
            day(row.last_day),
            grouped(row.open_rows),
            plain(&row.file).into_owned(),
        ]);
    }
    writeln!(out)?;
    table.write(out, width)?;
    for row in &report.tables {
        if let Some(columns) = row.passed_over.in_words() {
            paragraph(out, "  ", &format!("{} has {columns}", row.table), width)?;
        }
    }
    for absent in &report.not_given {
        let what = match absent.rules.is_empty() {
            true => format!("{} not given: nobody is exempt from U001-U003", absent.table),
            false => format!("{} not given: {} do not run", absent.table, absent.rules.join(", ")),
        };
        paragraph(out, "  ", &what, width)?;
    }
    Ok(())
}

/// Runs of doubts of one file and check.
fn groups(doubts: &[Doubt]) -> impl Iterator<Item = (&str, &'static str, &[Doubt])> {
    let same = |left: &Doubt, right: &Doubt| (&left.file, left.check) == (&right.file, right.check);
    doubts.chunk_by(same).filter_map(|run| run.first().map(|one| (&*one.file, one.check, run)))
}

/// `rows 3, 7, column effective_date: CPSSP-A`
fn described(doubt: &Doubt) -> String {
    let rows: Vec<String> = doubt.rows.iter().take(ROWS_SHOWN).map(u64::to_string).collect();
    let more = match doubt.rows.len().saturating_sub(ROWS_SHOWN) {
        0 => String::new(),
        more => format!(" and {} more", grouped(more as u64)),
    };
    let mut parts = match doubt.rows.len() {
        0 => Vec::new(),
        1 => vec![format!("row {}", rows.join(", "))],
        _ => vec![format!("rows {}{more}", rows.join(", "))],
    };
    if !doubt.column.is_empty() {
        parts.push(format!("column {}", plain(&doubt.column)));
    }
    let place = parts.join(", ");
    match (place.as_str(), doubt.detail.as_str()) {
        ("", "") => "the whole table".to_owned(),
        ("", detail) => detail.to_owned(),
        (place, "") => place.to_owned(),
        (place, detail) => format!("{place}: {detail}"),
    }
}
