//! What was seen of a file, for people.

use super::{Delimiting, Inspection, Interchange};
use std::io::{self, Write};

/// Writes it.
pub fn write(out: &mut dyn Write, seen: &Inspection) -> io::Result<()> {
    writeln!(out, "{}: {}", seen.file, seen.looks_like)?;
    let packed = match seen.compression {
        "none" => String::new(),
        kind => format!(", unpacked from {kind}"),
    };
    let pair = |name: &str, value: String| format!("  {name:<20} {value}\n");
    let mut text = pair("bytes", seen.bytes.to_string() + &packed);
    let is_claims = seen.segments.is_some() || !seen.columns.is_empty();
    for delimiting in &seen.delimiters {
        text += &pair("delimiters", delimiters(delimiting));
    }
    if let Some(segments) = seen.segments {
        text += &pair("segments", segments.to_string());
        text += &pair("interchanges", seen.interchanges.to_string());
        text += &pair("groups", seen.groups.to_string());
        let read =
            format!("{}, of them read: {}", seen.transaction_sets, seen.transaction_sets_read);
        text += &pair("transaction sets", read);
        for (version, count) in &seen.versions {
            text += &pair("", format!("{count} × {version}"));
        }
    }
    if let Some(rows) = seen.rows {
        text += &pair("rows", rows.to_string());
    }
    if is_claims {
        text += &pair("claims", seen.claims.to_string());
        let left_out = match seen.left_out {
            0 => String::new(),
            count => format!(", {count} of them cannot be used"),
        };
        text += &pair("service lines", seen.service_lines.to_string() + &left_out);
        text += &pair("peer-support lines", seen.peer_support_lines.to_string());
    }
    if let Some([first, last]) = seen.service_dates {
        text += &pair("their dates", format!("{first} to {last}"));
    }
    if let Some(day) = seen.newest_date {
        text += &pair("newest date", format!("{day} (received, or of a group)"));
    }
    if !seen.columns.is_empty() {
        text += &pair("columns read", seen.columns.join(", "));
        text += &pair("passed over", format!("{} columns", seen.columns_passed_over));
    }
    out.write_all(text.as_bytes())?;
    for interchange in &seen.envelope {
        tree(out, interchange)?;
    }
    if seen.envelope_left_off > 0 {
        let count = seen.envelope_left_off;
        writeln!(out, "  … and {count} more interchanges, groups and transaction sets")?;
    }
    faults(out, seen)
}

fn delimiters(found: &Delimiting) -> String {
    let parts = [
        ("element", &found.element),
        ("component", &found.component),
        ("repetition", &found.repetition),
        ("segment", &found.terminator),
    ];
    let shown = parts.iter().filter(|(_, text)| !text.is_empty());
    shown.map(|(name, text)| format!("{name} {text}")).collect::<Vec<_>>().join("   ")
}

fn tree(out: &mut dyn Write, interchange: &Interchange) -> io::Result<()> {
    writeln!(out, "  ISA {}  ({})", interchange.control, interchange.position)?;
    for group in &interchange.groups {
        writeln!(out, "    GS {} {}", group.control, group.version)?;
        for set in &group.sets {
            write!(out, "      ST {} {} {}", set.kind, set.control, set.version)?;
            if set.segments > 0 {
                write!(out, "  {} segments", set.segments)?;
            }
            if set.is_read {
                writeln!(
                    out,
                    ", {} claims, {} service lines, {} of peer support",
                    set.claims, set.service_lines, set.peer_support_lines
                )?;
            } else {
                writeln!(out, ", not read")?;
            }
        }
    }
    Ok(())
}

fn faults(out: &mut dyn Write, seen: &Inspection) -> io::Result<()> {
    if seen.fault_count == 0 {
        return writeln!(out, "  no faults");
    }
    let counts: Vec<_> =
        seen.faults_by_rule.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
    writeln!(out, "  faults: {}", counts.join(", "))?;
    for fault in &seen.faults {
        let rule = fault.rule.unwrap_or("-");
        writeln!(out, "    {rule:<4} {}: {}", fault.position, fault.message)?;
    }
    let more = seen.fault_count - seen.faults.len() as u64;
    if more > 0 {
        writeln!(out, "    … and {more} more (--faults N shows more)")?;
    }
    Ok(())
}
