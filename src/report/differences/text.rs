//! What differs between two runs, for people.

use crate::changes::{Changes, Circumstance, ClaimsChange, Pair, RuleChange, changed_fields};
use crate::earlier::findings::{COLUMNS, FindingRow, column as c};
use crate::model::member_ids::{IdsToMask, MemberIds};
use crate::model::within::masked;
use crate::report::plain_text::{counted, grouped, hanging, paragraph, plain};
use crate::report::terminal::dollars;
use crate::report::text_table::{Column, TextTable};
use std::io::{self, Write};

/// Circumstances that are listed.
const MOST_CIRCUMSTANCES: usize = 20;

/// How it is to be shown.
pub struct DifferenceText<'a> {
    /// The command that found it.
    pub command: &'a str,
    /// Characters a line.
    pub width: usize,
    /// Findings that are shown one by one.
    pub shown: usize,
    /// What is done about the rest.
    pub more: &'a str,
}

/// Writes it.
pub fn write(out: &mut dyn Write, changes: &Changes, text: &DifferenceText<'_>) -> io::Result<()> {
    let (before, after) = (plain(&changes.before), plain(&changes.after));
    let head = format!("peerclaims {} · before: {before} · after: {after}", text.command);
    hanging(out, 0, &head, text.width)?;
    if !changes.circumstances.is_empty() {
        let is_policy = text.command == "simulate";
        let what =
            if is_policy { "Values of the policies that differ" } else { "What else differs" };
        writeln!(out, "\n{what}")?;
        circumstances(out, &changes.circumstances, text.width)?;
    }
    if !changes.notes.is_empty() {
        writeln!(out, "\nTo know")?;
        for note in &changes.notes {
            say(out, &plain(note), text.width)?;
        }
    }
    if changes.is_same() {
        let count = counted(changes.findings.all.same, "findings");
        return writeln!(out, "\nThe same: {count}, none came, went or changed.");
    }
    writeln!(out, "\nFindings by rule")?;
    rules(out, changes, text.width)?;
    let found = &changes.findings;
    let touched = format!(
        "Touched: {}, {}. A line with two findings counts its dollars twice here.",
        counted(found.claims_touched, "claims"),
        counted(found.members_touched, "members")
    );
    paragraph(out, "  ", &touched, text.width)?;
    if let Some(claims) = &changes.claims {
        writeln!(out, "\nClaims (each unit counted once)")?;
        write_claims(out, claims, text.width)?;
    }
    if found.pairs.is_empty() {
        return Ok(());
    }
    let count = found.pairs.len();
    let shown = count.min(text.shown);
    if shown == 0 {
        return Ok(());
    }
    let of = if shown < count { text.more } else { "" };
    let head = format!("The first {shown} of {} findings that differ{of}", grouped(count as u64));
    writeln!(out)?;
    paragraph(out, "", &head, text.width)?;
    // A claim id may be made of the id of any member of the two runs.
    let mut members = IdsToMask::default();
    members.add_all(&found.members);
    if let Some(claims) = &changes.claims {
        members.add_all(&claims.members);
    }
    let members = members.finish();
    for pair in found.pairs.iter().take(shown) {
        write_pair(out, pair, &members, text.width)?;
    }
    Ok(())
}

fn circumstances(out: &mut dyn Write, list: &[Circumstance], width: usize) -> io::Result<()> {
    let mut table = TextTable::new(&[Column::Left, Column::Flexible, Column::Left]);
    table.heading(["", "before", "after"]);
    let or_none = |text: &str| if text.is_empty() { "-".to_owned() } else { plain(text).into() };
    for one in list.iter().take(MOST_CIRCUMSTANCES) {
        table.row([plain(&one.what).into_owned(), or_none(&one.before), or_none(&one.after)]);
    }
    table.write(out, width)?;
    if list.len() > MOST_CIRCUMSTANCES {
        writeln!(out, "  and {} more (--format json has all)", list.len() - MOST_CIRCUMSTANCES)?;
    }
    Ok(())
}

fn rules(out: &mut dyn Write, changes: &Changes, width: usize) -> io::Result<()> {
    let mut columns = vec![Column::Flexible];
    columns.extend([Column::Right; 8]);
    let mut table = TextTable::new(&columns);
    table.heading([
        "",
        "before",
        "went",
        "came",
        "changed",
        "after",
        "units over",
        "$ before",
        "$ after",
    ]);
    let differs = |change: &&RuleChange| change.came + change.went + change.changed > 0;
    let mut left_out = 0;
    for (rule, change) in &changes.findings.rules {
        if Some(change).filter(differs).is_none() {
            left_out += 1;
            continue;
        }
        table.row(cells(&plain(rule), change));
    }
    table.rule_from(1);
    table.row(cells("all rules", &changes.findings.all));
    table.write(out, width)?;
    if left_out > 0 {
        writeln!(out, "  Not listed: {} without a difference.", counted(left_out, "rules"))?;
    }
    Ok(())
}

fn cells(name: &str, change: &RuleChange) -> [String; 9] {
    let units = |units: u64| i64::try_from(units).unwrap_or(i64::MAX);
    let difference = units(change.after.excess_units) - units(change.before.excess_units);
    [
        name.to_owned(),
        grouped(change.before.findings),
        grouped(change.went),
        grouped(change.came),
        grouped(change.changed),
        grouped(change.after.findings),
        signed(difference),
        dollars(change.before.amount_at_issue),
        dollars(change.after.amount_at_issue),
    ]
}

fn signed(value: i64) -> String {
    let sign = match value {
        0 => "",
        value if value < 0 => "-",
        _ => "+",
    };
    format!("{sign}{}", grouped(value.unsigned_abs()))
}

fn write_claims(out: &mut dyn Write, claims: &ClaimsChange, width: usize) -> io::Result<()> {
    let mut table = TextTable::new(&[Column::Left, Column::Right, Column::Right, Column::Right]);
    table.heading(["", "claims", "units payable", "at issue"]);
    let word =
        |text: &str| if text.is_empty() { "not there".to_owned() } else { plain(text).into() };
    for ((before, after), one) in &claims.moves {
        let what = if before == after {
            format!("{}, other units or dollars", word(before))
        } else {
            format!("{} → {}", word(before), word(after))
        };
        let sign = if one.amount_at_issue.0 > 0 { "+" } else { "" };
        let amount = format!("{sign}{}", dollars(one.amount_at_issue));
        table.row([what, grouped(one.claims), signed(one.units_payable), amount]);
    }
    table.rule_from(1);
    let sides = [("all before", claims.before, 0), ("all after", claims.after, 1)];
    for (name, count, side) in sides {
        table.row([
            name.to_owned(),
            grouped(count),
            grouped(claims.units_payable[side]),
            dollars(claims.amount_at_issue[side]),
        ]);
    }
    table.write(out, width)
}

fn write_pair(
    out: &mut dyn Write,
    pair: &Pair<17>,
    members: &MemberIds,
    width: usize,
) -> io::Result<()> {
    let Some(row) = pair.row() else { return Ok(()) };
    let cell = |column| plain(row.cell(column));
    let mut head = format!("{} {}", pair.change(), cell(c::RULE));
    if !row.cell(c::CLAIM_ID).is_empty() {
        // Some agencies make claim ids of members'.
        let claim = masked(row.cell(c::CLAIM_ID), row.cell(c::MEMBER_ID));
        let claim = members.without_text(&claim);
        head += &format!(" · claim {} line {}", plain(&claim), cell(c::LINE_NUMBER));
    }
    if !row.cell(c::SOURCE).is_empty() {
        head += &format!(" · {}, {}", cell(c::SOURCE), cell(c::POSITION));
    }
    hanging(out, 2, &head, width)?;
    let (before, after) = (pair.before.as_ref(), pair.after.as_ref());
    if let (Some(before), Some(after)) = (before, after) {
        let small = changed_fields(pair).into_iter().filter(|name| *name != "message");
        let small: Vec<String> = small.map(|name| step(name, before, after)).collect();
        if !small.is_empty() {
            say(out, &small.join("; "), width)?;
        }
        if before.cell(c::MESSAGE) == after.cell(c::MESSAGE) {
            return Ok(());
        }
        say(out, &format!("before: {}", plain(before.cell(c::MESSAGE))), width)?;
        return say(out, &format!("after: {}", plain(after.cell(c::MESSAGE))), width);
    }
    say(out, &cell(c::MESSAGE), width)
}

fn step(name: &str, before: &FindingRow, after: &FindingRow) -> String {
    let at = COLUMNS.iter().position(|column| *column == name).unwrap_or(COLUMNS.len());
    let shown = |row: &FindingRow| match row.cell(at) {
        "" => "-".to_owned(),
        text => plain(text).into_owned(),
    };
    format!("{} {} → {}", name.replace('_', " "), shown(before), shown(after))
}

fn say(out: &mut dyn Write, text: &str, width: usize) -> io::Result<()> {
    paragraph(out, "      ", text, width)
}
