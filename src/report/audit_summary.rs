//! What an audit came to, as text for a person, below the summary of the run.

use super::plain_text::{grouped, hanging};
use super::terminal::dollars;
use super::text_table::{Column, TextTable};
use crate::audit::Audit;
use crate::audit::totals::By;
use crate::audit::universe::{Category, Sum};
use crate::model::Cents;
use std::io::{self, Write};

/// Agencies shown.
const AGENCIES: usize = 5;

/// Writes universe, overpayment by reason, and the agencies with the most dollars disallowed, in
/// lines of at most `width` characters.
pub fn write(out: &mut dyn Write, audit: &Audit, width: usize) -> io::Result<()> {
    use Column::{Left, Right};
    let universe = &audit.universe;
    writeln!(out, "\nUniverse of the lines reported")?;
    let all = Sum::of(&universe.reported);
    let has_prices = all.priced != Cents(0);
    let mut table = TextTable::new(&[Left, Right, Right, Right, Right, Right, Right]);
    let mut heading = vec!["", "records", "units", "billed", "paid"];
    heading.extend(has_prices.then_some("by rates"));
    heading.push(if has_prices { "paid, rate or billed" } else { "paid, else billed" });
    table.heading(heading);
    let named = Category::ALL.iter().map(|category| category.as_str()).zip(&universe.reported);
    for (name, sum) in named.chain([("all", &all)]) {
        let mut cells = vec![name.to_owned(), grouped(sum.records), grouped(sum.units)];
        cells.extend([dollars(sum.billed), dollars(sum.paid)]);
        cells.extend(has_prices.then(|| dollars(sum.priced)));
        cells.push(dollars(sum.amount));
        table.row(cells);
    }
    table.write(out, width)?;
    let net = universe.reported[Category::Net as usize];
    writeln!(out, "\nOverpayment, each unit once")?;
    let mut table = TextTable::new(&[Left, Right, Right, Right]);
    table.heading(["primary reason", "lines", "units", "amount"]);
    for total in audit.totals.by(By::Rule) {
        let name = total.key.join(" ");
        table.row([&name, &grouped(total.lines), &grouped(total.units), &dollars(total.amount)]);
    }
    let (lines, units) = (universe.disallowed_lines, universe.disallowed_units);
    let amount = universe.disallowed_amount;
    table.row(["all", &grouped(lines), &grouped(units), &dollars(amount)]);
    table.write(out, width)?;
    let whole = format!(
        "of {} net; {} if every line with a disallowed unit falls whole",
        dollars(net.amount),
        dollars(universe.whole_amount)
    );
    hanging(out, 2, &whole, width)?;
    agencies(out, audit, width)
}

/// A shifted column can bring any value, a member's id too, and this goes to a terminal.
fn shown(npi: &str) -> &str {
    let is_number = npi.len() == 10 && npi.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { npi } else { "(no NPI)" }
}

fn agencies(out: &mut dyn Write, audit: &Audit, width: usize) -> io::Result<()> {
    let mut list: Vec<_> = audit.agencies.list.iter().collect();
    list.sort_by_key(|agency| std::cmp::Reverse(agency.disallowed_amount));
    writeln!(out, "\nAgencies with the most dollars disallowed, of {}", list.len())?;
    use Column::{Flexible, Left, Right};
    let mut table = TextTable::new(&[Left, Right, Right, Right, Flexible]);
    table.heading(["", "lines", "amount", "disallowed", "stands out in"]);
    for agency in list.iter().take(AGENCIES) {
        let words: Vec<String> = agency.outliers().map(|word| word.replace('_', " ")).collect();
        table.row([
            shown(&agency.billing_npi),
            &grouped(agency.lines),
            &dollars(agency.amount),
            &dollars(agency.disallowed_amount),
            &words.join(", "),
        ]);
    }
    table.write(out, width)
}
