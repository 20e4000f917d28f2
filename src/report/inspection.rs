//! What was seen of a file (`peerclaims inspect`), for people.

use super::plain_text::{counted, grouped, plain, wrap};
use crate::inspect::{Delimiting, Inspection, Interchange, Set};
use std::io::{self, Write};

/// Characters before a value.
const MARGIN: usize = 23;
/// Lines narrower than this cannot hold it.
const MIN_WIDTH: usize = 40;

/// Writes it in lines of at most `width` characters.
pub fn write(out: &mut dyn Write, seen: &Inspection, width: usize) -> io::Result<()> {
    let mut page = Page { out, width: width.max(MIN_WIDTH) };
    page.wrapped("", 4, &format!("{}: {}", seen.file, seen.looks_like))?;
    if let Some(why) = &seen.not_read {
        page.pair("NOTHING READ", why)?;
    }
    for hint in &seen.hints {
        page.pair("what to do", hint)?;
    }
    let packed = match seen.compression {
        "none" => String::new(),
        kind => format!(", unpacked from {kind}"),
    };
    page.pair("bytes", &(grouped(seen.bytes) + &packed))?;
    if !seen.encoding.is_empty() {
        page.pair("encoding", seen.encoding)?;
    }
    for delimiting in &seen.delimiters {
        let text = delimiters(delimiting);
        // Aligned where there is room for it.
        if MARGIN + text.chars().count() <= page.width {
            page.line(&format!("  {:<20} {text}", "delimiters"))?;
        } else {
            page.pair("delimiters", &text)?;
        }
    }
    counts(&mut page, seen)?;
    if let Some([first, last]) = seen.service_dates {
        page.pair("their dates", &format!("{first} to {last}"))?;
    }
    if let Some(day) = seen.newest_date {
        page.pair("newest date", &format!("{day} (received, or of a group)"))?;
    }
    if !seen.columns.is_empty() {
        page.pair("columns read", &seen.columns.join(", "))?;
        columns_besides(&mut page, seen)?;
    }
    for interchange in &seen.envelope {
        tree(&mut page, interchange)?;
    }
    if seen.envelope_left_off > 0 {
        let count = grouped(seen.envelope_left_off);
        page.wrapped("  ", 4, &format!("… and {count} more interchanges, groups and sets"))?;
    }
    faults(&mut page, seen)
}

/// Of a claim CSV: columns that are not read, and optional ones that it lacks.
fn columns_besides(page: &mut Page<'_>, seen: &Inspection) -> io::Result<()> {
    let mut passed = counted(seen.columns_passed_over, "columns");
    let Some(columns) = &seen.passed_over else { return page.pair("passed over", &passed) };
    if !columns.unread.is_empty() {
        passed += &format!(": {}", columns.unread_in_words());
    }
    page.pair("passed over", &passed)?;
    let absent = columns.absent.join(", ");
    if absent.is_empty() { Ok(()) } else { page.pair("optional, not there", &absent) }
}

struct Page<'a> {
    out: &'a mut dyn Write,
    width: usize,
}

impl Page<'_> {
    /// A line that stands as it is: what is aligned in it would be lost by wrapping.
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", plain(text))
    }

    /// `text` behind `first`, further lines indented by `hang`.
    fn wrapped(&mut self, first: &str, hang: usize, text: &str) -> io::Result<()> {
        let room = self.width.saturating_sub(hang.max(first.chars().count()));
        for (index, line) in wrap(&plain(text), room).iter().enumerate() {
            match index {
                0 => writeln!(self.out, "{first}{line}")?,
                _ => writeln!(self.out, "{:hang$}{line}", "")?,
            }
        }
        Ok(())
    }

    /// A name and its value.
    fn pair(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.wrapped(&format!("  {name:<20} "), MARGIN, value)
    }
}

fn counts(page: &mut Page<'_>, seen: &Inspection) -> io::Result<()> {
    if let Some(segments) = seen.segments {
        page.pair("segments", &grouped(segments))?;
        page.pair("interchanges", &grouped(seen.interchanges))?;
        page.pair("groups", &grouped(seen.groups))?;
        let (sets, read) = (grouped(seen.transaction_sets), grouped(seen.transaction_sets_read));
        page.pair("transaction sets", &format!("{sets}, of them read: {read}"))?;
        for (version, count) in &seen.versions {
            page.pair("", &format!("{} × {version}", grouped(*count)))?;
        }
    }
    if let Some(rows) = seen.rows {
        page.pair("rows", &grouped(rows))?;
    }
    if seen.segments.is_none() && seen.columns.is_empty() {
        return Ok(());
    }
    let left_out = match seen.left_out {
        0 => String::new(),
        count => format!(", {} of them cannot be used", grouped(count)),
    };
    page.pair("claims", &grouped(seen.claims))?;
    page.pair("service lines", &(grouped(seen.service_lines) + &left_out))?;
    page.pair("peer-support lines", &grouped(seen.peer_support_lines))
}

fn delimiters(found: &Delimiting) -> String {
    let parts = [
        ("element", &found.element),
        ("component", &found.component),
        ("repetition", &found.repetition),
        ("segment", &found.terminator),
    ];
    // Of a CSV there is but one.
    let is_csv = found.terminator.is_empty();
    let name = |name| if is_csv { "field" } else { name };
    let shown = parts.iter().filter(|(_, text)| !text.is_empty());
    shown.map(|(part, text)| format!("{} {text}", name(part))).collect::<Vec<_>>().join("   ")
}

fn tree(page: &mut Page<'_>, interchange: &Interchange) -> io::Result<()> {
    if interchange.position.is_empty() {
        page.line("  no ISA")?;
    } else {
        page.line(&format!("  ISA {}  ({})", interchange.control, interchange.position))?;
    }
    for group in &interchange.groups {
        if group.control.is_empty() && group.version.is_empty() {
            page.line("    no GS")?;
        } else {
            page.line(&format!("    GS {} {}", group.control, group.version))?;
        }
        for set in &group.sets {
            page.wrapped("      ", 10, &in_words(set))?;
        }
    }
    Ok(())
}

fn in_words(set: &Set) -> String {
    let words = ["ST", &set.kind, &set.control, &set.version];
    let mut text = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    if set.segments > 0 {
        text += &format!(", {}", counted(set.segments, "segments"));
    }
    if !set.is_read {
        return text + ", not read";
    }
    let claims = counted(set.claims, "claims");
    let lines = counted(set.service_lines, "service lines");
    text + &format!(", {claims}, {lines}, {} of peer support", grouped(set.peer_support_lines))
}

fn faults(page: &mut Page<'_>, seen: &Inspection) -> io::Result<()> {
    if seen.fault_count == 0 {
        // Of what was not read there is nothing to say.
        return if seen.not_read.is_none() { page.line("  no faults") } else { Ok(()) };
    }
    let counts: Vec<_> = seen
        .faults_by_rule
        .iter()
        .map(|(rule, count)| format!("{rule} {}", grouped(*count)))
        .collect();
    page.line(&format!("  faults: {}", counts.join(", ")))?;
    for fault in &seen.faults {
        let rule = fault.rule.unwrap_or("-");
        let text = format!("{}: {}", fault.position, fault.message);
        page.wrapped(&format!("    {rule:<4} "), 9, &text)?;
    }
    let more = seen.fault_count - seen.faults.len() as u64;
    if more > 0 {
        page.line(&format!("    … and {} more (--faults N shows more)", grouped(more)))?;
    }
    Ok(())
}
