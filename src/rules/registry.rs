//! The list of all rules, in the order of their ids. A new rule is one line here.

use super::rule::Rule;
use super::{claims, corrections, credentials, files, plans, supervision, units};

/// All rules, ascending by id.
pub static RULES: &[&Rule] = &[
    &claims::c001::RULE,
    &claims::c002::RULE,
    &claims::c003::RULE,
    &claims::c004::RULE,
    &claims::c005::RULE,
    &claims::c006::RULE,
    &claims::c007::RULE,
    &claims::c008::RULE,
    &claims::c009::RULE,
    &claims::c010::RULE,
    &corrections::d001::RULE,
    &corrections::d002::RULE,
    &corrections::d003::RULE,
    &corrections::d004::RULE,
    &corrections::d005::RULE,
    &files::f001::RULE,
    &files::f002::RULE,
    &files::f003::RULE,
    &files::f004::RULE,
    &files::f005::RULE,
    &credentials::k001::RULE,
    &credentials::k002::RULE,
    &credentials::k003::RULE,
    &credentials::k004::RULE,
    &credentials::k005::RULE,
    &credentials::k006::RULE,
    &credentials::k007::RULE,
    &plans::p001::RULE,
    &plans::p002::RULE,
    &plans::p003::RULE,
    &plans::p004::RULE,
    &plans::p005::RULE,
    &supervision::s001::RULE,
    &supervision::s002::RULE,
    &supervision::s003::RULE,
    &supervision::s004::RULE,
    &supervision::s005::RULE,
    &units::u001::RULE,
    &units::u002::RULE,
    &units::u003::RULE,
    &units::u004::RULE,
];

/// The rule of that id or name (any case).
pub fn find(id_or_name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| {
        rule.id.eq_ignore_ascii_case(id_or_name) || rule.name.eq_ignore_ascii_case(id_or_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::builtin;
    use crate::rules::Example;
    use crate::rules::policy_values;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn ids_ascend_and_names_are_unique() {
        assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
        let names: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
    }

    #[test]
    fn finds_by_id_and_by_name() {
        for rule in RULES {
            for word in [rule.id, rule.name, &rule.id.to_lowercase(), &rule.name.to_uppercase()] {
                assert_eq!(find(word).map(|found| found.id), Some(rule.id), "{word}");
            }
        }
        assert!(find("X999").is_none() && find("").is_none());
    }

    /// The id in the name of a rule's file: a letter and three digits.
    fn id_of_file(path: &Path) -> Option<String> {
        let stem = path.file_stem()?.to_str()?;
        let (letter, digits) = stem.split_at_checked(1)?;
        let is_rule = letter.bytes().all(|byte| byte.is_ascii_lowercase())
            && digits.len() == 3
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_rule.then(|| stem.to_ascii_uppercase())
    }

    #[test]
    fn each_file_holds_the_rule_of_its_name_and_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let mut ids = BTreeSet::new();
        let groups = std::fs::read_dir(&folder).expect("src/rules can be read");
        for group in groups.flatten().filter(|entry| entry.path().is_dir()) {
            let files = std::fs::read_dir(group.path()).expect("a group can be read");
            for path in files.flatten().map(|file| file.path()) {
                let Some(id) = id_of_file(&path) else { continue };
                let text = std::fs::read_to_string(&path).expect("a rule can be read");
                assert!(text.contains(&format!("    id: \"{id}\",\n")), "{}", path.display());
                ids.insert(id);
            }
        }
        let listed: BTreeSet<String> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
        assert_eq!(ids, listed);
    }

    #[test]
    fn every_page_is_filled_in() {
        let is_clean = |text: &str| !text.is_empty() && !text.contains("  ") && text == text.trim();
        for rule in RULES {
            for text in [rule.name, rule.statement, rule.why, rule.source, rule.correct] {
                assert!(is_clean(text), "{}: `{text}`", rule.id);
            }
            assert!(rule.source.starts_with('['), "{}: {}", rule.id, rule.source);
            for example in [&rule.fires, &rule.silent] {
                assert_example_is_whole(rule, example);
            }
            let own = |finds: &[&str]| finds.iter().any(|found| found.starts_with(rule.id));
            assert!(own(rule.fires.finds), "{} does not fire", rule.id);
            assert!(!own(rule.silent.finds), "{} is not silent", rule.id);
        }
    }

    fn assert_example_is_whole(rule: &Rule, example: &Example) {
        assert!(!example.story.is_empty(), "{}", rule.id);
        let as_of = crate::model::date::parse(example.as_of.as_bytes());
        assert!(as_of.is_some(), "{}: {}", rule.id, example.as_of);
        for kind in rule.needs {
            assert!(example.tables.iter().any(|(given, _)| given == kind), "{}", rule.id);
        }
        let is_x12 = example.claims.starts_with("ISA");
        let claims = Some(example.claims).filter(|_| !is_x12);
        let history = Some(example.history).filter(|text| !text.is_empty());
        let tables = example.tables.iter().map(|(_, text)| *text);
        for text in claims.into_iter().chain(history).chain(tables) {
            let mut rows = text.lines();
            let columns = rows.next().map_or(0, |header| header.split(',').count());
            assert!(columns > 1, "{}: {text}", rule.id);
            if rule.id.starts_with('F') {
                continue; // their rows are damaged on purpose
            }
            for row in rows {
                let is_quoted = row.contains('"');
                assert!(is_quoted || row.split(',').count() == columns, "{}: {row}", rule.id);
            }
        }
    }

    #[test]
    fn every_policy_key_exists() {
        let policy = builtin();
        for rule in RULES {
            for key in rule.policy_keys {
                let values = policy_values::in_force(&policy, key);
                assert!(values.is_some(), "{}: {key}", rule.id);
            }
        }
    }
}
