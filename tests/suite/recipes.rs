//! The recipes of docs/recipes.md, run by the programs that they are for.

use crate::support::{Place, columns, repository};
use std::process::Command;

#[test]
fn duckdb_and_polars_read_the_findings_as_the_page_shows() {
    let Some(python) = std::env::var_os("PEERCLAIMS_PYTHON") else {
        eprintln!("not run: PEERCLAIMS_PYTHON does not name a Python with duckdb and polars");
        return;
    };
    let place = Place::new();
    let night = repository().join("fixtures/nightly");
    let night = night.display();
    let line = format!(
        "validate {night}/claims.837 --tables {night}/tables --history {night}/history --quiet \
         --format csv,json --out out"
    );
    assert_eq!(place.run(&line).code, Some(1));
    let found = columns(&place.read("out/findings.csv"), &["rule", "amount_at_issue"]);
    let cents = |text: &String| text.replace('.', "").parse::<u64>().unwrap_or(0);
    let cents: u64 = found.iter().map(|row| cents(&row[1])).sum();
    let limits = place.read("out/findings.jsonl").matches("\"kind\":\"limit\"").count();
    let mut rules: Vec<&String> = found.iter().map(|row| &row[0]).collect();
    rules.sort();
    rules.dedup();

    let script = repository().join("tests/peers/recipes.py");
    let page = repository().join("docs/recipes.md");
    let output = Command::new(python).arg(script).arg(page).arg(place.path("out")).output();
    let output = output.expect("the Python starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let dollars = format!("{}.{:02}", cents / 100, cents % 100);
    let count = found.len();
    let duckdb = format!("duckdb {count} {dollars} {limits}\n");
    let polars = format!("\npolars {count} {dollars} {}\n", rules.len());
    assert!(said.starts_with(&duckdb) && said.ends_with(&polars), "{said}{duckdb}{polars}");
}
