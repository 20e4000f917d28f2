//! What a designation serves, in words.

use crate::policy::DesignationScope;
use crate::rules::words;

/// `CPSSP-R (diagnosis F10-F19 or modifier HF)`.
pub fn in_words(designation: &str, scope: Option<&DesignationScope>) -> String {
    let Some(scope) = scope else {
        return format!("CPSSP-{designation} (serves nobody by the policy)");
    };
    let mut conditions = Vec::new();
    if scope.member_age_min.is_some() || scope.member_age_max.is_some() {
        let ages = words::ages(scope.member_age_min, scope.member_age_max);
        conditions.push(format!("member aged {ages}"));
    }
    if !scope.diagnosis_prefixes.is_empty() {
        let mut codes = vec![format!("diagnosis {}", ranges(&scope.diagnosis_prefixes))];
        codes.extend(scope.or_modifiers.iter().map(|code| format!("modifier {code}")));
        conditions.push(words::alternatives(&codes));
    }
    if conditions.is_empty() {
        conditions.push("any member".to_owned());
    }
    format!("CPSSP-{designation} ({})", conditions.join(" and "))
}

/// The prefixes, with runs of three or more consecutive ones as `F10-F19`.
fn ranges(prefixes: &[String]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = prefixes;
    while let Some(first) = rest.first() {
        let pairs = rest.windows(2).take_while(|pair| follows(&pair[0], &pair[1]));
        let length = pairs.count() + 1;
        if length > 2 {
            parts.push(format!("{first}-{}", rest[length - 1]));
        } else {
            parts.extend_from_slice(&rest[..length]);
        }
        rest = &rest[length..];
    }
    parts.join(", ")
}

/// Whether `next` is `prefix` counted up by one: a letter, then digits.
fn follows(prefix: &str, next: &str) -> bool {
    let split = |code: &str| -> Option<(char, u32)> {
        let mut letters = code.chars();
        Some((letters.next()?, letters.as_str().parse().ok()?))
    };
    match (split(prefix), split(next)) {
        (Some((letter, number)), Some((next_letter, next_number))) => {
            prefix.len() == next.len() && letter == next_letter && number + 1 == next_number
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope_of(code: &str) -> String {
        in_words(code, crate::policy::builtin().designation(code))
    }

    #[test]
    fn says_what_the_built_in_designations_serve() {
        assert_eq!(scope_of("A"), "CPSSP-A (member aged at least 18)");
        assert_eq!(scope_of("P"), "CPSSP-P (member aged at most 20)");
        assert_eq!(scope_of("SU"), "CPSSP-SU (diagnosis F10-F19 or modifier HF)");
        assert_eq!(in_words("A", None), "CPSSP-A (serves nobody by the policy)");
    }

    #[test]
    fn joins_conditions_and_shortens_runs() {
        let texts = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        let scope = DesignationScope {
            code: "Y".to_owned(),
            member_age_min: Some(12),
            member_age_max: Some(26),
            diagnosis_prefixes: texts(&["F10", "F11", "F20", "F21", "F22", "G1"]),
            ..DesignationScope::default()
        };
        let said = in_words("Y", Some(&scope));
        assert_eq!(said, "CPSSP-Y (member aged 12 to 26 and diagnosis F10, F11, F20-F22, G1)");
        let any = DesignationScope { code: "Y".to_owned(), ..DesignationScope::default() };
        assert_eq!(in_words("Y", Some(&any)), "CPSSP-Y (any member)");
    }
}
