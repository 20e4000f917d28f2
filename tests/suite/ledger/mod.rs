//! The nightly ledger, from outside.

mod begin;
mod check;
mod commands;
mod damage;
mod every_night;
mod kill;
mod leftovers;
mod looking;
mod nights;
mod posting;
mod prune;
mod undo;

use crate::support::{HEADER, Place, Ran, columns};

/// A place with the claim CSV `night1.csv`, and others as they are asked for.
struct Nights {
    place: Place,
}

impl Nights {
    fn new() -> Nights {
        Nights { place: Place::new() }
    }

    /// Writes the rows as `name`, in the columns of [`HEADER`], and runs them with the ledger.
    fn run(&self, name: &str, rows: &str, options: &str) -> Ran {
        self.place.write(name, format!("{HEADER}{rows}"));
        self.again(name, options)
    }

    /// Runs a file that is there.
    fn again(&self, name: &str, options: &str) -> Ran {
        self.place.run(&format!(
            "validate {name} --ledger year.db --out out --as-of 2025-09-30 {options}"
        ))
    }

    fn ledger(&self, line: &str) -> Ran {
        self.place.run(&format!("ledger {line} --ledger year.db"))
    }

    /// Claim ids of the last run, each with what became of it.
    fn dispositions(&self) -> Vec<String> {
        let rows = columns(&self.place.read("out/claims.csv"), &["claim_id", "disposition"]);
        rows.into_iter().map(|row| row.join(" ")).collect()
    }

    fn status(&self, key: &str) -> i64 {
        let ran = self.ledger("status --format json");
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let status: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        status[key].as_i64().unwrap_or_else(|| panic!("no {key}"))
    }

    /// Everything that the tables hold, table by table.
    fn content(&self) -> Vec<String> {
        content(&self.place.path("year.db"))
    }
}

fn content(path: &std::path::Path) -> Vec<String> {
    let ledger = rusqlite::Connection::open(path).expect("the ledger opens");
    let mut tables =
        ledger.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").expect("it");
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).expect("tables");
    let tables: Vec<String> = tables.map(|name| name.expect("a name")).collect();
    assert!(tables.len() > 8, "{tables:?}");
    let mut rows = Vec::new();
    for table in tables {
        let mut statement = ledger.prepare(&format!("SELECT * FROM {table}")).expect("a table");
        let count = statement.column_count();
        let mut found = statement.query([]).expect("rows");
        while let Some(row) = found.next().expect("a row") {
            let cells: Vec<String> = (0..count)
                .map(|column| format!("{:?}", row.get_ref(column).expect("a cell")))
                .collect();
            rows.push(format!("{table} {}", cells.join(" ")));
        }
    }
    rows
}
