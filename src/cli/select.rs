//! `--select` and `--ignore`: which rules report, by id or prefix.

use super::error::CliError;
use crate::rules::Rule;
use crate::rules::registry::RULES;

/// The rules that `select` (all, if empty) and `ignore` leave, in the order of the registry.
pub fn rules(select: &[String], ignore: &[String]) -> Result<Vec<&'static Rule>, CliError> {
    for word in select.iter().chain(ignore) {
        if !RULES.iter().any(|rule| is_meant(rule, word)) {
            return Err(CliError::Usage(unknown(word)));
        }
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

/// Likeness (Jaro-Winkler) to an id or name below which a word is not taken for a slip of it.
const LEAST_LIKENESS: f64 = 0.8;

/// A message that names the nearest rule.
pub fn unknown(word: &str) -> String {
    if word.trim().eq_ignore_ascii_case("EPSDT") {
        return "EPSDT is no rule but an exemption from U001, U002 and U003; `peerclaims explain \
                U001` says whom it exempts"
            .to_owned();
    }
    let near = RULES
        .iter()
        .flat_map(|rule| [(rule, rule.id), (rule, rule.name)])
        .map(|(rule, known)| {
            (strsim::jaro_winkler(&word.to_lowercase(), &known.to_lowercase()), rule)
        })
        .max_by(|left, right| left.0.total_cmp(&right.0));
    match near {
        Some((likeness, rule)) if likeness >= LEAST_LIKENESS => format!(
            "no rule {word:?}; did you mean {} ({})? `peerclaims rules` lists them all",
            rule.id, rule.name
        ),
        _ => format!("no rule {word:?}; `peerclaims rules` lists them all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_was_meant_and_nothing_far_from_it() {
        for (word, meant) in [("u009", "U00"), ("daily-unit-exceeded", "did you mean U001 ")] {
            assert!(unknown(word).contains(meant), "{}", unknown(word));
        }
        for word in ["banana", "xyz", ""] {
            assert!(!unknown(word).contains("did you mean"), "{}", unknown(word));
        }
        for word in ["EPSDT", " epsdt"] {
            assert!(unknown(word).contains("exemption from U001"), "{}", unknown(word));
        }
    }
}
