//! Templates of the tables and the page of their columns, from the definitions that read them.

use super::form::{TABLES, TableForm};
use std::fmt::Write;

/// The file of a table with its header and one example row.
pub fn csv(form: &TableForm) -> String {
    let row = |value: fn(&super::Column) -> &'static str| {
        form.columns.iter().map(value).collect::<Vec<_>>().join(",")
    };
    format!("{}\n{}\n", row(|column| column.name), row(|column| column.example))
}

/// A section of Markdown for each table: what a row is, and its columns.
pub fn columns_page() -> String {
    let mut page = String::new();
    for form in TABLES {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "\n## {}\n\nOne row is {}.\n", form.file, form.one_row_is);
        page.push_str("| column | required | what it holds | example |\n|---|---|---|---|\n");
        for column in form.columns {
            let required = if column.required { "yes" } else { "" };
            let example = match column.example {
                "" => String::new(),
                example => format!("`{example}`"),
            };
            let (name, meaning) = (column.name, column.meaning.replace('|', "\\|"));
            let _ = writeln!(page, "| `{name}` | {required} | {meaning} | {example} |");
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_the_templates_needs_no_quotes() {
        for form in TABLES {
            for column in form.columns {
                let plain = |text: &str| !text.contains([',', '"', '\n', '\r']);
                assert!(plain(column.name) && plain(column.example), "{}", column.name);
                assert!(!column.required || !column.example.is_empty(), "{}", column.name);
            }
        }
    }
}
