//! The page of a rule: the text that `explain RULE` prints.

use super::policy_values;
use super::rule::{Example, Rule};
use crate::model::Severity;
use crate::policy::Policy;
use std::fmt::Write;

/// Characters of a line of prose at most. Claims, tables and segments of the examples stand as they
/// are, so that they can be copied into a file and run.
pub const WIDTH: usize = 80;

/// The status code of a rule without one of its own that a policy raises to deny.
pub const STC_WITHOUT_OWN: &str = "A7:21";

/// The severity of the rule's failures under `policy`.
pub fn severity_in_force(rule: &Rule, policy: &Policy) -> Severity {
    policy.severity.get(rule.id).copied().unwrap_or(rule.severity)
}

/// The page of `rule` under `policy`, plain text that ends with a line break.
pub fn page(rule: &Rule, policy: &Policy) -> String {
    page_within(rule, policy, WIDTH)
}

/// The same with lines of prose of at most `width` characters.
pub fn page_within(rule: &Rule, policy: &Policy, width: usize) -> String {
    let mut page = Page { text: format!("{} {}\n", rule.id, rule.name), width };
    section(&mut page, "What it checks", &[rule.statement.to_owned()]);
    section(&mut page, "Why", &[rule.why.to_owned()]);
    section(&mut page, "Source", &[rule.source.to_owned()]);
    section(&mut page, "Policy values in force", &policy_lines(rule, policy));
    section(&mut page, "Tables needed", &[tables_needed(rule)]);
    section(&mut page, "Severity", &[severity_line(rule, policy)]);
    section(&mut page, "Codes", &code_lines(rule, policy));
    section(&mut page, "How to correct", &[rule.correct.to_owned()]);
    example(&mut page, "Example that fires", &rule.fires);
    example(&mut page, "Example that does not", &rule.silent);
    page.text
}

/// A page as it grows.
struct Page {
    text: String,
    width: usize,
}

fn policy_lines(rule: &Rule, policy: &Policy) -> Vec<String> {
    if rule.policy_keys.is_empty() {
        return vec!["none".to_owned()];
    }
    let values = |key: &&str| policy_values::in_force(policy, key).unwrap_or_default();
    rule.policy_keys.iter().flat_map(values).collect()
}

fn tables_needed(rule: &Rule) -> String {
    let names: Vec<&str> = rule.needs.iter().map(|table| table.file_name()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn severity_line(rule: &Rule, policy: &Policy) -> String {
    let own = rule.severity.as_str();
    match policy.severity.get(rule.id) {
        Some(severity) => format!("{} (set by the policy; built in: {own})", severity.as_str()),
        None => own.to_owned(),
    }
}

fn code_lines(rule: &Rule, policy: &Policy) -> Vec<String> {
    let or_none = |code: &'static str| if code.is_empty() { "none" } else { code };
    let is_raised = policy.severity.get(rule.id) == Some(&Severity::Deny);
    let takes_general = rule.stc.is_empty() && is_raised;
    let stc = if takes_general {
        format!("{STC_WITHOUT_OWN} (it has none of its own)")
    } else {
        or_none(rule.stc).to_owned()
    };
    vec![
        format!("CARC (claim adjustment reason): {}", or_none(rule.carc)),
        format!("RARC (remittance advice remark): {}", or_none(rule.rarc)),
        format!("STC (277CA claim status): {stc}"),
    ]
}

/// A heading, and each paragraph wrapped below it. Of several, further lines of each stand deeper.
fn section(page: &mut Page, heading: &str, paragraphs: &[String]) {
    let _ = write!(page.text, "\n{heading}\n"); // writing to a String cannot fail
    let hang = if paragraphs.len() > 1 { 4 } else { 2 };
    for paragraph in paragraphs {
        wrap(page, paragraph, hang);
    }
}

fn example(page: &mut Page, heading: &str, example: &Example) {
    section(page, heading, &[example.story.to_owned()]);
    let is_x12 = example.claims.starts_with("ISA");
    data(page, if is_x12 { "claims.x12" } else { "claims.csv" }, example.claims);
    if !example.history.is_empty() {
        data(page, "history.csv", example.history);
    }
    for (table, text) in example.tables {
        data(page, table.file_name(), text);
    }
    let _ = write!(page.text, "\n  As of {}, it finds:\n", example.as_of);
    for finding in example.finds {
        let _ = writeln!(page.text, "    {finding}");
    }
    if example.finds.is_empty() {
        page.text.push_str("    nothing\n");
    }
}

/// A file of an example, line by line; X12 without line breaks segment by segment.
fn data(page: &mut Page, name: &str, text: &str) {
    let _ = write!(page.text, "\n  {name}\n");
    let one_line = !text.trim_end().contains('\n');
    // Byte 105 of an interchange is its segment terminator.
    let terminator = text.chars().nth(105).filter(|_| one_line && text.starts_with("ISA"));
    let lines: Vec<&str> = match terminator {
        Some(terminator) => text.trim_end().split_inclusive(terminator).collect(),
        None => text.lines().collect(),
    };
    for line in lines {
        let _ = writeln!(page.text, "    {line}");
    }
}

/// `text` in lines of the page's width, indented by 2, further ones by `hang`.
fn wrap(page: &mut Page, text: &str, hang: usize) {
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length <= page.width {
            page.text.push(' ');
            page.text.push_str(word);
            used += 1 + length;
        } else {
            let margin = if used == 0 { 2 } else { hang };
            page.text.push_str(if used == 0 { "" } else { "\n" });
            let _ = write!(page.text, "{:margin$}{word}", "");
            used = margin + length;
        }
    }
    page.text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::super::registry::{RULES, find};
    use super::*;
    use crate::policy::{builtin, read};

    /// Lines of prose: all but the data of the examples, which is indented by four.
    fn prose(page: &str) -> impl Iterator<Item = &str> {
        page.lines().filter(|line| !line.starts_with("    ") || line.starts_with("     "))
    }

    #[test]
    fn every_page_is_wrapped_and_whole() {
        let policy = builtin();
        for (rule, width) in RULES.iter().flat_map(|rule| [(rule, 40), (rule, WIDTH)]) {
            let page = page_within(rule, &policy, width);
            assert!(page.starts_with(&format!("{} {}\n\nWhat it checks\n", rule.id, rule.name)));
            for line in prose(&page) {
                let is_one_word = !line.trim().contains(' ');
                assert!(is_one_word || line.chars().count() <= width, "{}: {line}", rule.id);
                assert_eq!(line.trim_end(), line, "{}", rule.id);
            }
            for finding in rule.fires.finds {
                assert!(page.contains(&format!("    {finding}\n")), "{}", rule.id);
            }
            for (table, _) in rule.fires.tables {
                assert!(page.contains(&format!("\n  {}\n", table.file_name())), "{}", rule.id);
            }
        }
    }

    #[test]
    fn shows_the_policy_that_is_in_force() {
        let rule = find("u001").expect("U001 is registered");
        let built_in = page(rule, &builtin());
        assert!(built_in.contains("\n  limits.daily_units = 6 (from 2012-01-01)\n"));
        assert!(built_in.contains("\nSeverity\n  deny\n"));
        assert!(built_in.contains("\n  CARC (claim adjustment reason): 119\n"));
        assert!(built_in.contains("\nTables needed\n  none\n"));
        let text =
            "[[limits]]\nfrom = 2026-07-01\ndaily_units = 8\n[severity]\nU001 = \"review\"\n";
        let other = page(rule, &read(text, &["U001"]).expect("a policy"));
        assert!(other.contains("\n  limits.daily_units = 8 (from 2026-07-01)\n"));
        assert!(!other.contains("2012-01-01"));
        assert!(other.contains("\nSeverity\n  review (set by the policy; built in: deny)\n"));
    }

    /// Whoever runs with another policy reads these sentences above its values.
    #[test]
    fn no_statement_gives_a_value_that_a_policy_may_set() {
        let policy = builtin();
        let parts = |text: &str| -> Vec<String> {
            let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric());
            let has_digit = |part: &&str| part.bytes().any(|byte| byte.is_ascii_digit());
            parts.filter(has_digit).map(str::to_owned).collect()
        };
        for rule in RULES {
            let words = parts(rule.statement);
            for key in rule.policy_keys {
                for line in policy_values::in_force(&policy, key).unwrap_or_default() {
                    let (_, value) = line.split_once(" = ").unwrap_or_default();
                    let value = value.split(" (").next().unwrap_or_default();
                    let set = parts(value).into_iter().filter(|part| words.contains(part));
                    assert_eq!(set.collect::<Vec<_>>(), [""; 0], "{}: {key}", rule.id);
                }
            }
        }
        let months = ["January", "July", "six months", "one year", "HQ", "90 %"];
        for (rule, word) in RULES.iter().flat_map(|rule| months.map(|word| (rule, word))) {
            assert!(!rule.statement.contains(word), "{}: {word}", rule.id);
        }
    }

    #[test]
    fn the_pages_of_the_limits_say_who_is_exempt() {
        for id in ["U001", "U002", "U003"] {
            let page = page(find(id).expect("it is registered"), &builtin());
            let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(page.contains("authorizations.csv") && page.contains("(EPSDT)"), "{id}");
        }
    }

    #[test]
    fn a_rule_without_codes_takes_the_general_status_when_raised() {
        let rule = find("S005").expect("S005 is registered");
        let own = page(rule, &builtin());
        assert!(own.contains("\n  STC (277CA claim status): none\n"));
        let raised = read("[severity]\nS005 = \"deny\"\n", &["S005"]).expect("a policy");
        let raised = page(rule, &raised);
        assert!(raised.contains("\n  STC (277CA claim status): A7:21 (it has none of its own)\n"));
    }

    #[test]
    fn wraps_at_the_last_word_that_fits() {
        let mut page = Page { text: String::new(), width: WIDTH };
        wrap(&mut page, &["a".repeat(39), "b".repeat(38), "c".to_owned()].join(" "), 4);
        assert_eq!(page.text, format!("  {} {}\n    c\n", "a".repeat(39), "b".repeat(38)));
        let mut empty = Page { text: String::new(), width: WIDTH };
        wrap(&mut empty, "", 2);
        assert_eq!(empty.text, "\n");
    }

    #[test]
    fn breaks_x12_after_each_segment() {
        let isa = format!("ISA{}~", "*".repeat(102));
        let mut page = Page { text: String::new(), width: WIDTH };
        data(&mut page, "claims.x12", &format!("{isa}GS*HC~IEA*1~"));
        assert_eq!(page.text, format!("\n  claims.x12\n    {isa}\n    GS*HC~\n    IEA*1~\n"));
    }
}
