//! The list of rules that `rules` prints: as an aligned table, and as rows for JSON.

use super::page::severity_in_force;
use super::policy_values;
use super::rule::Rule;
use crate::policy::Policy;
use serde::Serialize;
use std::fmt::Write;

/// One rule of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `U001`
    pub id: &'static str,
    /// `daily-units-exceeded`
    pub name: &'static str,
    /// With the policy's override.
    pub severity: &'static str,
    /// What it checks.
    pub statement: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// Claim adjustment reason code; empty: none.
    pub carc: &'static str,
    /// Remittance advice remark code; empty: none.
    pub rarc: &'static str,
    /// 277CA status; empty: none.
    pub stc: &'static str,
    /// File names of the tables without which it does not run.
    pub needs: Vec<&'static str>,
}

/// A row for each of `rules`, in their order, with the severities of `policy`.
pub fn rows(rules: &[&Rule], policy: &Policy) -> Vec<Row> {
    let row = |rule: &&Rule| Row {
        id: rule.id,
        name: rule.name,
        severity: severity_in_force(rule, policy).as_str(),
        statement: rule.statement,
        source: rule.source,
        carc: rule.carc,
        rarc: rule.rarc,
        stc: rule.stc,
        needs: rule.needs.iter().map(|table| table.file_name()).collect(),
    };
    rules.iter().map(row).collect()
}

/// A rule's page, as `explain --format json` gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// What the list has of it.
    #[serde(flatten)]
    pub row: Row,
    /// For whoever must defend it.
    pub why: &'static str,
    /// What the biller does next.
    pub correct: &'static str,
    /// The values of the policy that it rests on: `key = value`.
    pub policy_values: Vec<String>,
    /// The page as text, with its examples.
    pub text: String,
}

/// The page of `rule` under `policy`.
pub fn page(rule: &Rule, policy: &Policy) -> Option<Page> {
    let row = rows(&[rule], policy).pop()?;
    let values = |key: &&str| policy_values::in_force(policy, key).unwrap_or_default();
    Some(Page {
        row,
        why: rule.why,
        correct: rule.correct,
        policy_values: rule.policy_keys.iter().flat_map(values).collect(),
        text: super::page::page(rule, policy),
    })
}

/// The columns of the table; the statement stands in `explain` and in JSON.
const HEADING: [&str; 7] = ["id", "name", "severity", "CARC", "RARC", "277CA", "needs"];

/// The rows as a table with a heading. Where the widest is wider than `width`, the tables that a
/// rule needs stand in lines of their own.
pub fn table(rows: &[Row], width: Option<usize>) -> String {
    let heading = HEADING.map(str::to_owned);
    let or_dash = |code: &str| if code.is_empty() { "-" } else { code }.to_owned();
    let cells = rows.iter().map(|row| {
        [
            row.id.to_owned(),
            row.name.to_owned(),
            row.severity.to_owned(),
            or_dash(row.carc),
            or_dash(row.rarc),
            or_dash(row.stc),
            or_dash(&row.needs.join(", ")),
        ]
    });
    let lines: Vec<[String; 7]> = std::iter::once(heading).chain(cells).collect();
    let mut widths = [0; 7];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.len().max(*width);
        }
    }
    let widest = widths.iter().sum::<usize>() + 2 * (widths.len() - 1);
    let narrow = width.filter(|width| *width < widest);
    let shown = if narrow.is_some() { HEADING.len() - 1 } else { HEADING.len() };
    let mut table = String::new();
    for (number, line) in lines.iter().enumerate() {
        let mut text = String::new();
        for (width, cell) in widths.iter().zip(line).take(shown) {
            let _ = write!(text, "{cell:width$}  "); // writing to a String cannot fail
        }
        table.push_str(text.trim_end());
        table.push('\n');
        let needs = &line[HEADING.len() - 1];
        if let Some(width) = narrow.filter(|_| number > 0 && needs != "-") {
            below(&mut table, &format!("needs {needs}"), width);
        }
    }
    table
}

/// `text` in lines of at most `width` characters, below the name of the rule.
fn below(table: &mut String, text: &str, width: usize) {
    const INDENT: usize = 6;
    let mut used = usize::MAX / 2;
    for word in text.split_whitespace() {
        if used + 1 + word.len() > width {
            let line_break = if table.ends_with('\n') { "" } else { "\n" };
            let _ = write!(table, "{line_break}{:INDENT$}{word}", "");
            used = INDENT + word.len();
        } else {
            let _ = write!(table, " {word}");
            used += 1 + word.len();
        }
    }
    table.push('\n');
}

#[cfg(test)]
mod tests {
    use super::super::registry::RULES;
    use super::*;
    use crate::policy::{builtin, read};

    #[test]
    fn the_table_is_aligned_and_has_every_rule() {
        let table = table(&rows(RULES, &builtin()), None);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), RULES.len() + 1);
        let column = lines[0].find("severity").expect("a heading");
        for (line, rule) in lines[1..].iter().zip(RULES) {
            assert!(line.starts_with(rule.id) && line.contains(rule.name), "{line}");
            assert!(line[column..].starts_with(rule.severity.as_str()), "{line}");
            assert_eq!(line.trim_end(), *line);
        }
        assert!(table.contains("277CA"));
    }

    #[test]
    fn the_table_keeps_to_the_width() {
        let rows = rows(RULES, &builtin());
        let wide = table(&rows, None);
        let widest = wide.lines().map(str::len).max().unwrap_or_default();
        assert_eq!(table(&rows, Some(widest)), wide);
        for width in [80, 100, widest - 1] {
            let narrow = table(&rows, Some(width));
            assert!(narrow.lines().all(|line| line.len() <= width), "{width}: {narrow}");
            for row in &rows {
                assert!(narrow.contains(row.name), "{}", row.id);
            }
            // Nothing is lost but the dashes.
            let words = |text: &str| -> Vec<String> {
                let words = text.split_whitespace().filter(|word| !["-", "needs"].contains(word));
                let mut words: Vec<String> = words.map(str::to_owned).collect();
                words.sort();
                words
            };
            assert_eq!(words(&narrow), words(&wide));
        }
    }

    #[test]
    fn rows_take_the_severity_of_the_policy_and_its_tables() {
        let policy = read("[severity]\nP005 = \"deny\"\n", &["P005"]).expect("a policy");
        let rows = rows(RULES, &policy);
        let row = rows.iter().find(|row| row.id == "P005").expect("P005 is listed");
        assert_eq!((row.severity, row.needs.as_slice()), ("deny", &["service_plans.csv"][..]));
        let json = serde_json::to_value(row).expect("rows are JSON");
        assert_eq!(json["carc"], "272");
        assert_eq!(json["name"], "plan-not-approved");
    }

    #[test]
    fn tables_that_a_rule_needs_stand_below_where_the_table_is_too_wide() {
        let row = Row {
            id: "X001",
            name: "a-name",
            severity: "deny",
            statement: "",
            source: "",
            carc: "1",
            rarc: "",
            stc: "A7:1",
            needs: vec!["one.csv", "another.csv", "third.csv"],
        };
        let none = Row { id: "X002", needs: Vec::new(), ..row.clone() };
        let rows = [row, none];
        assert_eq!(
            table(&rows, Some(40)),
            "id    name    severity  CARC  RARC  277CA\n\
             X001  a-name  deny      1     -     A7:1\n      needs one.csv, another.csv,\n      \
             third.csv\nX002  a-name  deny      1     -     A7:1\n",
        );
        // 27 characters are what "needs one.csv, another.csv," takes, and six before them.
        let with_break =
            |width| table(&rows, Some(width)).contains("needs one.csv, another.csv,\n");
        assert!(with_break(33) && !with_break(32));
    }

    #[test]
    fn a_page_has_all_that_the_list_has() {
        let rule = super::super::registry::find("U001").expect("a rule");
        let page = page(rule, &builtin()).expect("a page");
        assert_eq!((page.row.id, page.why, page.correct), ("U001", rule.why, rule.correct));
        assert!(
            page.policy_values.contains(&"limits.daily_units = 6 (from 2012-01-01)".to_owned())
        );
        assert!(page.text.starts_with("U001 "));
    }
}
