//! The values of a policy by key, written as its TOML file writes them.

use crate::policy::{AnnualCounts, DesignationScope, Limits, Policy};

/// `key = value` for each value that `key` has in `policy`, with the date or designation that it
/// holds for. A key that is set nowhere gives one line that says so; an unknown key `None`.
pub(super) fn in_force(policy: &Policy, key: &str) -> Option<Vec<String>> {
    let (section, name) = key.split_once('.').unwrap_or(("", key));
    let value = match section {
        "" => top(policy, name)?,
        "limits" => return limits(policy, key, name),
        "units" => units(policy, name)?,
        "claims" => match name {
            "filing_days" => policy.claims.filing_days.to_string(),
            "inpatient_places_of_service" => list(&policy.claims.inpatient_places_of_service),
            _ => return None,
        },
        "designations" => return designations(policy, key, name),
        "credentials" if name == "practising_statuses" => {
            list(&policy.credentials.practising_statuses)
        }
        "supervision" => supervision(policy, name)?,
        "plans" => match name {
            "signer_roles" => list(&policy.plans.signer_roles),
            "week_starts" => quoted(weekday(policy.plans.week_starts.0)),
            _ => return None,
        },
        _ => return None,
    };
    Some(vec![format!("{key} = {value}")])
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", quoted.join(", "))
}

fn top(policy: &Policy, name: &str) -> Option<String> {
    match name {
        "name" => Some(quoted(&policy.name)),
        "procedures" => Some(list(&policy.procedures)),
        "benefit_began" => Some(policy.benefit_began.to_string()),
        _ => None,
    }
}

fn limits(policy: &Policy, key: &str, name: &str) -> Option<Vec<String>> {
    let value: fn(&Limits) -> u32 = match name {
        "daily_units" => |limits| limits.daily_units,
        "annual_units" => |limits| limits.annual_units,
        _ => return None,
    };
    let lines = policy.limits.iter();
    let lines = lines.map(|limits| format!("{key} = {} (from {})", value(limits), limits.from));
    Some(or_not_set(lines.collect(), key))
}

fn or_not_set(lines: Vec<String>, key: &str) -> Vec<String> {
    if lines.is_empty() { vec![format!("{key} is not set")] } else { lines }
}

fn units(policy: &Policy, name: &str) -> Option<String> {
    let units = &policy.units;
    Some(match name {
        "limit_year_starts" => {
            let (month, day) = units.limit_year_starts;
            quoted(&format!("{month:02}-{day:02}"))
        }
        "annual_counts" => quoted(match units.annual_counts {
            AnnualCounts::Payable => "payable",
            AnnualCounts::Billed => "billed",
        }),
        "near_annual_percent" => units.near_annual_percent.to_string(),
        "practitioner_daily_units" => units.practitioner_daily_units.to_string(),
        "group_modifiers" => list(&units.group_modifiers),
        "epsdt_under_age" => units.epsdt_under_age.to_string(),
        _ => return None,
    })
}

fn designations(policy: &Policy, key: &str, name: &str) -> Option<Vec<String>> {
    let number = |value: Option<u32>| value.map(|value| value.to_string());
    let texts = |texts: &[String]| (!texts.is_empty()).then(|| list(texts));
    let value = |scope: &DesignationScope| match name {
        "member_age_min" => number(scope.member_age_min),
        "member_age_max" => number(scope.member_age_max),
        "diagnosis_prefixes" => texts(&scope.diagnosis_prefixes),
        "or_modifiers" => texts(&scope.or_modifiers),
        "practitioner_age_min" => number(scope.practitioner_age_min),
        "practitioner_age_max" => number(scope.practitioner_age_max),
        _ => None,
    };
    let is_known = [
        "member_age_min",
        "member_age_max",
        "diagnosis_prefixes",
        "or_modifiers",
        "practitioner_age_min",
        "practitioner_age_max",
    ]
    .contains(&name);
    let lines = policy.designations.iter().filter_map(|scope| {
        value(scope).map(|value| format!("{key} = {value} (for {})", scope.code))
    });
    is_known.then(|| or_not_set(lines.collect(), key))
}

fn supervision(policy: &Policy, name: &str) -> Option<String> {
    let supervision = &policy.supervision;
    Some(match name {
        "first_stage_months" => supervision.first_stage_months.to_string(),
        "first_stage_days" => supervision.first_stage_days.to_string(),
        "second_stage_months" => supervision.second_stage_months.to_string(),
        "last_stage_days" => supervision.last_stage_days.to_string(),
        "face_to_face_modes" => list(&supervision.face_to_face_modes),
        "supervisor_fte_ratio" => supervision.supervisor_fte_ratio.to_string(),
        _ => return None,
    })
}

fn weekday(day: chrono::Weekday) -> &'static str {
    use chrono::Weekday::*;
    match day {
        Mon => "monday",
        Tue => "tuesday",
        Wed => "wednesday",
        Thu => "thursday",
        Fri => "friday",
        Sat => "saturday",
        Sun => "sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{BUILTIN_TEXT, builtin, read};

    /// Every key of the built-in text, with the path that rules name it by.
    fn keys() -> Vec<String> {
        let table: toml::Table = BUILTIN_TEXT.parse().expect("the built-in policy is TOML");
        let mut keys = Vec::new();
        for (name, value) in &table {
            let inner: Vec<&toml::Table> = match value {
                toml::Value::Table(table) => vec![table],
                toml::Value::Array(items) => items.iter().filter_map(|v| v.as_table()).collect(),
                _ => Vec::new(),
            };
            if inner.is_empty() && name != "severity" {
                keys.push(name.clone());
            }
            let inner = inner.into_iter().flat_map(|table| table.keys());
            keys.extend(inner.map(|key| format!("{name}.{key}")));
        }
        keys.retain(|key| !["limits.from", "designations.code"].contains(&key.as_str()));
        keys
    }

    #[test]
    fn knows_every_key_and_writes_what_the_policy_reads() {
        let policy = builtin();
        let keys = keys();
        assert!(keys.len() > 20, "{keys:?}");
        for key in &keys {
            let lines = in_force(&policy, key).unwrap_or_else(|| panic!("{key} is not known"));
            assert!(!lines.is_empty() && lines.iter().all(|line| line.starts_with(key)), "{key}");
        }
        for unknown in ["daily_units", "limits.units", "units.x", "claims.x", "designations.x"] {
            assert_eq!(in_force(&policy, unknown), None, "{unknown}");
        }
        for unknown in ["plans.x", "supervision.x", "credentials.x", "severity.U001", ""] {
            assert_eq!(in_force(&policy, unknown), None, "{unknown}");
        }
    }

    #[test]
    fn writes_values_as_the_file_does() {
        let text = "[[limits]]\nfrom = 2012-01-01\ndaily_units = 6\n[[limits]]\nfrom = 2026-07-01\n\
             daily_units = 8\n[[designations]]\ncode = \"A\"\nmember_age_min = 18\n";
        let policy = read(text, &[]).expect("a policy");
        let said = |key| in_force(&policy, key).expect("a known key");
        assert_eq!(
            said("limits.daily_units"),
            [
                "limits.daily_units = 6 (from 2012-01-01)",
                "limits.daily_units = 8 (from 2026-07-01)"
            ],
        );
        assert_eq!(
            said("designations.member_age_min"),
            ["designations.member_age_min = 18 (for A)"]
        );
        assert_eq!(said("designations.or_modifiers"), ["designations.or_modifiers is not set"]);
        assert_eq!(said("units.limit_year_starts"), ["units.limit_year_starts = \"07-01\""]);
        assert_eq!(said("units.group_modifiers"), ["units.group_modifiers = [\"HQ\"]"]);
        assert_eq!(said("plans.week_starts"), ["plans.week_starts = \"monday\""]);
        assert_eq!(said("benefit_began"), ["benefit_began = 2012-01-01"]);
    }

    #[test]
    fn writes_every_condition_of_a_designation() {
        let set = "member_age_min = 1\nmember_age_max = 2\ndiagnosis_prefixes = [\"F1\"]\n\
             or_modifiers = [\"HF\"]\npractitioner_age_min = 3\npractitioner_age_max = 4\n";
        let policy = read(&format!("[[designations]]\ncode = \"A\"\n{set}"), &[]);
        let policy = policy.expect("a policy");
        for line in set.lines() {
            let (key, _) = line.split_once(" = ").expect("a key");
            let key = format!("designations.{key}");
            let said = in_force(&policy, &key).expect("a known key");
            assert_eq!(said, [format!("designations.{line} (for A)")]);
        }
    }
}
