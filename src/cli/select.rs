//! `--select` and `--ignore`: which rules report, by id or prefix.

use super::error::CliError;
use crate::model::likeness;
use crate::rules::Rule;
use crate::rules::registry::RULES;

/// The rules that `select` (all, if empty) and `ignore` leave, in the order of the registry.
pub fn rules(select: &[String], ignore: &[String]) -> Result<Vec<&'static Rule>, CliError> {
    let is_known = |word: &&String| RULES.iter().any(|rule| is_meant(rule, word));
    let unknown: Vec<String> =
        select.iter().chain(ignore).filter(|word| !is_known(word)).map(|w| unknown(w)).collect();
    if !unknown.is_empty() {
        return Err(CliError::Usage(unknown.join("\n  ")));
    }
    let is_selected =
        |rule: &&Rule| select.is_empty() || select.iter().any(|word| is_meant(rule, word));
    let is_ignored = |rule: &&Rule| ignore.iter().any(|word| is_meant(rule, word));
    let chosen: Vec<_> =
        RULES.iter().copied().filter(|rule| is_selected(rule) && !is_ignored(rule)).collect();
    if chosen.is_empty() {
        let what = "--select and --ignore leave no rule: nothing would be checked";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(chosen)
}

fn is_meant(rule: &Rule, word: &str) -> bool {
    let word = word.trim();
    !word.is_empty()
        && rule.id.get(..word.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(word))
}

/// A message that names the nearest rule.
pub fn unknown(word: &str) -> String {
    if word.trim().eq_ignore_ascii_case("EPSDT") {
        return "EPSDT is no rule but an exemption from U001, U002 and U003; `peerclaims explain \
                U001` says whom it exempts"
            .to_owned();
    }
    let names = RULES.iter().flat_map(|rule| [rule.id, rule.name]);
    let near = likeness::nearest(word.trim(), names);
    match near.and_then(|near| RULES.iter().find(|rule| near == rule.id || near == rule.name)) {
        Some(rule) => format!(
            "no rule {word:?}; did you mean {} ({})? `peerclaims rules` lists them all",
            rule.id, rule.name
        ),
        None => match group(word.trim()) {
            Some((first, last)) => {
                format!("no rule {word:?}; those of that letter are {first} to {last}")
            }
            None => format!("no rule {word:?}; `peerclaims rules` lists them all"),
        },
    }
}

/// The first and last rule whose id begins as `word` does, where that is a letter with digits.
fn group(word: &str) -> Option<(&'static str, &'static str)> {
    let (letter, digits) = (word.get(..1)?, word.get(1..)?);
    let is_id = digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let mut ids = RULES.iter().map(|rule| rule.id);
    let mut ids = ids.by_ref().filter(|id| is_id && id[..1].eq_ignore_ascii_case(letter));
    let first = ids.next()?;
    Some((first, ids.last().unwrap_or(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_was_meant_and_nothing_far_from_it() {
        for (word, meant) in [("u009", "U00"), ("daily-unit-exceeded", "did you mean U001 ")] {
            assert!(unknown(word).contains(meant), "{}", unknown(word));
        }
        assert!(unknown("K9").ends_with("those of that letter are K001 to K007"));
        for word in ["banana", "xyz", ""] {
            assert!(!unknown(word).contains("did you mean"), "{}", unknown(word));
        }
        for word in ["EPSDT", " epsdt"] {
            assert!(unknown(word).contains("exemption from U001"), "{}", unknown(word));
        }
    }
}
