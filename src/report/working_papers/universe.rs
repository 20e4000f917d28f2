//! `universe.csv` and `universe.json`: every peer-support record in one category.

use crate::audit::universe::{Category, Sum};
use crate::audit::{Audit, Subject};
use crate::report::csv_rows::CsvRows;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

const COLUMNS: [&str; 8] = [
    "part",
    "category",
    "records",
    "units",
    "amount_billed",
    "amount_paid",
    "amount_priced",
    "amount",
];

/// Writes a row a part and category, and the sum of each part.
pub(super) fn write_csv(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    let mut rows = CsvRows::begin(out, &COLUMNS)?;
    let universe = &audit.universe;
    let parts = [
        ("current", &universe.current),
        ("reported", &universe.reported),
        ("history", &universe.history),
    ];
    for (part, sums) in parts {
        let all = Sum::of(sums);
        let named = Category::ALL.iter().map(|category| category.as_str()).zip(sums.iter());
        for (category, sum) in named.chain([("all", &all)]) {
            rows.word(part);
            rows.word(category);
            rows.number(sum.records);
            rows.number(sum.units);
            rows.amount(sum.billed);
            rows.amount(sum.paid);
            rows.amount(sum.priced);
            rows.amount(sum.amount);
            rows.end_row()?;
        }
    }
    rows.finish()
}

/// Writes the same with what is disallowed and what is left.
pub(super) fn write_json(
    out: &mut dyn Write,
    subject: &Subject<'_>,
    audit: &Audit,
) -> io::Result<()> {
    let universe = &audit.universe;
    let net = universe.reported[Category::Net as usize];
    let days = subject.outcome.reported;
    let left = net.amount.0 - universe.disallowed_amount.0;
    let value = json!({
        "as_of": subject.outcome.as_of,
        "reported_from": days.from,
        "reported_through": days.through,
        "current": part(&universe.current),
        "reported": part(&universe.reported),
        "history": part(&universe.history),
        "disallowed": {
            "lines": universe.disallowed_lines,
            "units": universe.disallowed_units,
            "amount": universe.disallowed_amount.to_string(),
            "whole_line_units": universe.whole_units,
            "whole_line_amount": universe.whole_amount.to_string(),
        },
        "left_of_net": {
            "units": net.units.saturating_sub(universe.disallowed_units),
            "amount": crate::model::Cents(left).to_string(),
        },
        "priced_by_rates": universe.priced_records,
    });
    serde_json::to_writer_pretty(&mut *out, &value)?;
    out.write_all(b"\n")
}

fn part(sums: &[Sum; 7]) -> Value {
    let object = |sum: &Sum| {
        json!({
            "records": sum.records,
            "units": sum.units,
            "amount_billed": sum.billed.to_string(),
            "amount_paid": sum.paid.to_string(),
            "amount_priced": sum.priced.to_string(),
            "amount": sum.amount.to_string(),
        })
    };
    let mut map = Map::new();
    for (category, sum) in Category::ALL.iter().zip(sums) {
        map.insert(category.as_str().to_owned(), object(sum));
    }
    map.insert("all".to_owned(), object(&Sum::of(sums)));
    Value::Object(map)
}
