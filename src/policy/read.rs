//! Reads the TOML text of a policy over the built-in one.

use super::error::{PolicyError, Problems};
use super::fields::{Section, unexpected, word};
use super::values::*;
use crate::model::{NaiveDate, Severity, likeness};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use toml::de::DeTable;

/// The text of the built-in policy, with a comment and a source for every key.
pub const BUILTIN_TEXT: &str = include_str!("builtin.toml");

/// Every key, by the table that it stands in; `""` is the top of the file.
pub(super) const KEYS: [(&str, &[&str]); 8] = [
    (
        "",
        &[
            "name",
            "procedures",
            "benefit_began",
            "limits",
            "units",
            "claims",
            "designations",
            "credentials",
            "supervision",
            "plans",
            "severity",
        ],
    ),
    ("limits", &["from", "daily_units", "annual_units"]),
    (
        "units",
        &[
            "limit_year_starts",
            "annual_counts",
            "near_annual_percent",
            "practitioner_daily_units",
            "group_modifiers",
            "epsdt_under_age",
        ],
    ),
    ("claims", &["filing_days", "inpatient_places_of_service"]),
    (
        "designations",
        &[
            "code",
            "member_age_min",
            "member_age_max",
            "diagnosis_prefixes",
            "or_modifiers",
            "practitioner_age_min",
            "practitioner_age_max",
        ],
    ),
    ("credentials", &["practising_statuses"]),
    (
        "supervision",
        &[
            "first_stage_months",
            "first_stage_days",
            "second_stage_months",
            "last_stage_days",
            "face_to_face_modes",
            "supervisor_fte_ratio",
        ],
    ),
    ("plans", &["signer_roles", "week_starts"]),
];

/// The designations that `credentials.csv` may hold.
pub(super) const DESIGNATIONS: [&str; 6] = ["A", "P", "Y", "R", "MH", "SU"];

/// The statuses that `credentials.csv` may hold.
const STATUSES: [&str; 9] = [
    "current",
    "inactive",
    "limited",
    "lapsed",
    "suspended",
    "surrendered",
    "revoked",
    "retired",
    "relinquished",
];

/// Mississippi's policy, which stands where a file leaves a key out.
pub fn builtin() -> Policy {
    static BUILTIN: OnceLock<Policy> = OnceLock::new();
    let built = BUILTIN.get_or_init(|| {
        read_over(blank(), BUILTIN_TEXT, &[]).expect("the built-in policy reads: a test holds it")
    });
    built.clone()
}

/// Reads a policy; `rule_ids` are those that `[severity]` may name.
///
/// # Errors
/// All that is wrong with the text, at once, each with its line.
pub fn read(text: &str, rule_ids: &[&str]) -> Result<Policy, PolicyError> {
    read_over(builtin(), text, rule_ids)
}

fn read_over(mut policy: Policy, text: &str, rule_ids: &[&str]) -> Result<Policy, PolicyError> {
    let mut problems = Problems::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let what = format!("not TOML: {}", error.message().replace('\n', "; "));
        problems.add(error.span().unwrap_or_default(), "", what);
    }
    if !errors.is_empty() {
        // What the rest of a broken file means is a guess.
        return problems.finish(policy);
    }
    let top = Section { name: "", table: table.get_ref(), at: table.span() };
    read_top(&top, &mut problems, &mut policy);
    read_limits(&top, &mut problems, &mut policy.limits);
    read_designations(&top, &mut problems, &mut policy.designations);
    read_units(&top, &mut problems, &mut policy.units);
    read_claims(&top, &mut problems, &mut policy.claims);
    read_supervision(&top, &mut problems, &mut policy.supervision);
    read_credentials_and_plans(&top, &mut problems, &mut policy);
    read_severity(&top, &mut problems, rule_ids, &mut policy.severity);
    problems.finish(policy)
}

/// Notes every key of a table that no table of a policy, or another one, has.
fn known_keys_only(section: &Section<'_, '_>, problems: &mut Problems<'_>) {
    for key in section.table.keys() {
        let name: &str = key.get_ref();
        let here = KEYS.iter().find(|(table, _)| *table == section.name);
        if here.is_some_and(|(_, keys)| keys.contains(&name)) {
            continue;
        }
        let what = match nearest_key(section.name, name) {
            Some(nearest) => format!("unknown key; the nearest known one is `{nearest}`"),
            None => "unknown key; `peerclaims policy` prints all there are".to_owned(),
        };
        problems.add(key.span(), &section.path(name), what);
    }
}

/// The known key, with its table, that is most like `name`; of equals, one of the table `section`.
/// `None`: none is so like it that it can be meant.
fn nearest_key(section: &str, name: &str) -> Option<String> {
    let mut best = (0.0, String::new());
    for (table, keys) in KEYS {
        for key in keys {
            let likeness = likeness::likeness(name, key);
            // A key of the same table is the likelier slip, unless another is the word itself.
            let rank = likeness + if table == section { 0.1 } else { 0.0 };
            if likeness >= likeness::LEAST && rank > best.0 {
                let path = if table.is_empty() { (*key).into() } else { format!("{table}.{key}") };
                best = (rank, path);
            }
        }
    }
    (best.0 > 0.0).then_some(best.1)
}

/// Puts a value in its place if the file gives one.
fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// A code in the case that the rules compare with.
fn upper(code: &str) -> Option<String> {
    Some(code.to_ascii_uppercase())
}

/// A word in the case that the rules compare with.
fn lower(word: &str) -> Option<String> {
    Some(word.to_ascii_lowercase())
}

fn read_top(top: &Section<'_, '_>, problems: &mut Problems<'_>, policy: &mut Policy) {
    known_keys_only(top, problems);
    set(&mut policy.name, top.text(problems, "name"));
    set(&mut policy.benefit_began, top.date(problems, "benefit_began"));
    let expected = "procedure codes in quotes, as \"H0038\"";
    if let Some(procedures) = top.list(problems, "procedures", expected, upper) {
        if let Some(value) = top.table.get("procedures").filter(|_| procedures.is_empty()) {
            unexpected(problems, "procedures", value, &format!("at least one of {expected}"));
        }
        policy.procedures = procedures;
    }
}

fn read_limits(top: &Section<'_, '_>, problems: &mut Problems<'_>, limits: &mut Vec<Limits>) {
    let Some(sections) = top.sections(problems, "limits") else { return };
    let built_in = std::mem::take(limits);
    let mut seen = BTreeSet::new();
    for section in sections {
        known_keys_only(&section, problems);
        // Any key may be left out: then the built-in limit of that date stands, or of the first
        // date.
        let first = built_in.first().map_or(NaiveDate::default(), |first| first.from);
        let from = section.date(problems, "from").unwrap_or(first);
        let base = built_in.iter().rev().find(|base| base.from <= from).or(built_in.first());
        let mut new = Limits { from, daily_units: 0, annual_units: 0 };
        if let Some(base) = base {
            (new.daily_units, new.annual_units) = (base.daily_units, base.annual_units);
        }
        set(&mut new.daily_units, section.count(problems, "daily_units"));
        set(&mut new.annual_units, section.count(problems, "annual_units"));
        if !seen.insert(from) {
            let at = section.table.get("from").map_or(section.at.clone(), |value| value.span());
            let what =
                format!("a second table of limits from {from}; each needs a date of its own");
            problems.add(at, "limits.from", what);
        }
        limits.push(new);
    }
    limits.sort_by_key(|limits| limits.from);
}

fn read_designations(
    top: &Section<'_, '_>,
    problems: &mut Problems<'_>,
    designations: &mut Vec<DesignationScope>,
) {
    let Some(sections) = top.sections(problems, "designations") else { return };
    designations.clear();
    for section in sections {
        known_keys_only(&section, problems);
        if !section.table.contains_key("code") {
            let what = format!("missing; expected one of {}", DESIGNATIONS.join(", "));
            problems.add(section.at.clone(), "designations.code", what);
        }
        let choices = DESIGNATIONS.map(|code| (code, code));
        let expected = format!("one of {}", DESIGNATIONS.join(", "));
        let code = section.value(problems, "code", &expected, |value| {
            let code = word(value)?.to_ascii_uppercase();
            let short = code.strip_prefix("CPSSP-").unwrap_or(&code);
            choices.iter().find(|(known, _)| *known == short).map(|(known, _)| *known)
        });
        let scope = read_scope(&section, problems, code.unwrap_or_default());
        if code.is_some() && designations.iter().any(|other| other.code == scope.code) {
            let at = section.table.get("code").map_or(section.at.clone(), |value| value.span());
            let what = format!("a second table for designation {}", scope.code);
            problems.add(at, "designations.code", what);
        }
        designations.push(scope);
    }
}

fn read_scope(
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
    code: &str,
) -> DesignationScope {
    let diagnosis = |prefix: &str| {
        let prefix = prefix.replace('.', "").to_ascii_uppercase();
        Some(prefix).filter(|prefix| !prefix.is_empty())
    };
    let scope = DesignationScope {
        code: code.to_owned(),
        member_age_min: section.count(problems, "member_age_min"),
        member_age_max: section.count(problems, "member_age_max"),
        diagnosis_prefixes: section
            .list(problems, "diagnosis_prefixes", "beginnings of ICD-10 codes in quotes", diagnosis)
            .unwrap_or_default(),
        or_modifiers: section
            .list(problems, "or_modifiers", "modifiers in quotes", upper)
            .unwrap_or_default(),
        practitioner_age_min: section.count(problems, "practitioner_age_min"),
        practitioner_age_max: section.count(problems, "practitioner_age_max"),
    };
    for (key, min, max) in [
        ("member_age_max", scope.member_age_min, scope.member_age_max),
        ("practitioner_age_max", scope.practitioner_age_min, scope.practitioner_age_max),
    ] {
        if let (Some(min), Some(max), Some(value)) = (min, max, section.table.get(key))
            && max < min
        {
            let what = format!("{max} is below the least age {min}: no age fits");
            problems.add(value.span(), &section.path(key), what);
        }
    }
    scope
}

fn read_units(top: &Section<'_, '_>, problems: &mut Problems<'_>, units: &mut UnitsPolicy) {
    let Some(section) = top.section(problems, "units") else { return };
    known_keys_only(&section, problems);
    let expected = "a month and day \"MM-DD\", as \"07-01\"";
    let starts = section.value(problems, "limit_year_starts", expected, |value| {
        let (month, day) = word(value)?.split_once('-')?;
        let two_digits = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u32>().ok().filter(|_| digits)
        };
        let (month, day) = (two_digits(month)?, two_digits(day)?);
        // A leap year, so that every day that some year has is one.
        NaiveDate::from_ymd_opt(2000, month, day).map(|_| (month, day))
    });
    set(&mut units.limit_year_starts, starts);
    let choices = [("payable", AnnualCounts::Payable), ("billed", AnnualCounts::Billed)];
    set(&mut units.annual_counts, section.one_of(problems, "annual_counts", &choices));
    set(&mut units.near_annual_percent, section.count(problems, "near_annual_percent"));
    set(&mut units.practitioner_daily_units, section.count(problems, "practitioner_daily_units"));
    let modifiers = section.list(problems, "group_modifiers", "modifiers in quotes", upper);
    set(&mut units.group_modifiers, modifiers);
    set(&mut units.epsdt_under_age, section.count(problems, "epsdt_under_age"));
}

fn read_claims(top: &Section<'_, '_>, problems: &mut Problems<'_>, claims: &mut ClaimsPolicy) {
    let Some(section) = top.section(problems, "claims") else { return };
    known_keys_only(&section, problems);
    set(&mut claims.filing_days, section.count(problems, "filing_days"));
    let expected = "places of service in quotes, as \"21\"";
    let places = section.list(problems, "inpatient_places_of_service", expected, upper);
    set(&mut claims.inpatient_places_of_service, places);
}

fn read_supervision(
    top: &Section<'_, '_>,
    problems: &mut Problems<'_>,
    supervision: &mut SupervisionPolicy,
) {
    let Some(section) = top.section(problems, "supervision") else { return };
    known_keys_only(&section, problems);
    set(&mut supervision.first_stage_months, section.count(problems, "first_stage_months"));
    set(&mut supervision.first_stage_days, section.count(problems, "first_stage_days"));
    set(&mut supervision.second_stage_months, section.count(problems, "second_stage_months"));
    set(&mut supervision.last_stage_days, section.count(problems, "last_stage_days"));
    set(&mut supervision.supervisor_fte_ratio, section.count(problems, "supervisor_fte_ratio"));
    let modes = section.list(problems, "face_to_face_modes", "modes in quotes", lower);
    set(&mut supervision.face_to_face_modes, modes);
}

fn read_credentials_and_plans(
    top: &Section<'_, '_>,
    problems: &mut Problems<'_>,
    policy: &mut Policy,
) {
    if let Some(section) = top.section(problems, "credentials") {
        known_keys_only(&section, problems);
        let expected = format!("statuses in quotes, of {}", STATUSES.join(", "));
        let known = |status: &str| lower(status).filter(|s| STATUSES.contains(&s.as_str()));
        let statuses = section.list(problems, "practising_statuses", &expected, known);
        set(&mut policy.credentials.practising_statuses, statuses);
    }
    if let Some(section) = top.section(problems, "plans") {
        known_keys_only(&section, problems);
        let roles = section.list(problems, "signer_roles", "roles in quotes", lower);
        set(&mut policy.plans.signer_roles, roles);
        let starts = section.one_of(problems, "week_starts", &WEEKDAYS);
        set(&mut policy.plans.week_starts, starts.map(WeekStarts));
    }
}

const WEEKDAYS: [(&str, chrono::Weekday); 7] = [
    ("monday", chrono::Weekday::Mon),
    ("tuesday", chrono::Weekday::Tue),
    ("wednesday", chrono::Weekday::Wed),
    ("thursday", chrono::Weekday::Thu),
    ("friday", chrono::Weekday::Fri),
    ("saturday", chrono::Weekday::Sat),
    ("sunday", chrono::Weekday::Sun),
];

const SEVERITIES: [(&str, Severity); 3] =
    [("deny", Severity::Deny), ("review", Severity::Review), ("info", Severity::Info)];

fn read_severity(
    top: &Section<'_, '_>,
    problems: &mut Problems<'_>,
    rule_ids: &[&str],
    overrides: &mut BTreeMap<String, Severity>,
) {
    let Some(section) = top.section(problems, "severity") else { return };
    for key in section.table.keys() {
        let name: &str = key.get_ref();
        let severity = section.one_of(problems, name, &SEVERITIES);
        let Some(id) = rule_ids.iter().find(|id| id.eq_ignore_ascii_case(name)) else {
            let nearest = likeness::nearest(name, rule_ids.iter().copied());
            let nearest = nearest.map_or(String::new(), |id| format!("; the nearest is `{id}`"));
            problems.add(key.span(), &section.path(name), format!("no such rule{nearest}"));
            continue;
        };
        if let Some(severity) = severity
            && overrides.insert((*id).to_owned(), severity).is_some()
        {
            problems.add(key.span(), &section.path(name), format!("{id} is given twice"));
        }
    }
}

/// What the built-in text is read over: every key of it gives its value, as a test holds.
fn blank() -> Policy {
    Policy {
        name: String::new(),
        procedures: Vec::new(),
        benefit_began: NaiveDate::default(),
        limits: Vec::new(),
        units: UnitsPolicy {
            limit_year_starts: (1, 1),
            annual_counts: AnnualCounts::Billed,
            near_annual_percent: 0,
            practitioner_daily_units: 0,
            group_modifiers: Vec::new(),
            epsdt_under_age: 0,
        },
        claims: ClaimsPolicy { filing_days: 0, inpatient_places_of_service: Vec::new() },
        designations: Vec::new(),
        credentials: CredentialsPolicy { practising_statuses: Vec::new() },
        supervision: SupervisionPolicy {
            first_stage_months: 0,
            first_stage_days: 0,
            second_stage_months: 0,
            last_stage_days: 0,
            face_to_face_modes: Vec::new(),
            supervisor_fte_ratio: 0,
        },
        plans: PlansPolicy {
            signer_roles: Vec::new(),
            week_starts: WeekStarts(chrono::Weekday::Sun),
        },
        severity: BTreeMap::new(),
    }
}
