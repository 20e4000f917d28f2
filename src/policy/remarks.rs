//! What is allowed in a policy, but worth a second look: the remarks of `policy check`.

use super::values::*;
use crate::model::date;

/// One sentence a remark, in the order of the policy's keys. A policy with remarks can be used.
pub fn remarks(policy: &Policy) -> Vec<String> {
    let mut remarks = Vec::new();
    on_procedures(policy, &mut remarks);
    on_limits(policy, &mut remarks);
    on_units(&policy.units, &mut remarks);
    on_claims(&policy.claims, &mut remarks);
    on_designations(policy, &mut remarks);
    on_people(policy, &mut remarks);
    for (rule, severity) in &policy.severity {
        remarks.push(format!("severity: failures of {rule} are set to {}", severity.as_str()));
    }
    remarks
}

/// Five letters and digits, at least four of them digits: HCPCS (`H0038`) and CPT (`90832`,
/// `0362T`).
fn looks_like_hcpcs(code: &str) -> bool {
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    code.len() == 5 && digits >= 4 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn on_procedures(policy: &Policy, remarks: &mut Vec<String>) {
    for code in policy.procedures.iter().filter(|code| !looks_like_hcpcs(code)) {
        remarks.push(format!(
            "procedures: `{code}` does not look like a HCPCS code (a letter and four digits)"
        ));
    }
}

fn on_limits(policy: &Policy, remarks: &mut Vec<String>) {
    let began = policy.benefit_began;
    let Some(first) = policy.limits.first() else {
        remarks.push("limits: there are none, so U001, U002 and U003 find nothing".to_owned());
        return;
    };
    remarks.push(format!("limits: service dates before {} have no limit", first.from));
    if began < first.from {
        let last = date::add_days(first.from, -1);
        remarks.push(format!(
            "benefit_began: the benefit began on {began}, before the first limits: service dates \
             from {began} to {last} have neither a limit nor a finding of C008"
        ));
    }
    for limits in &policy.limits {
        let from = limits.from;
        if limits.daily_units == 0 || limits.annual_units == 0 {
            remarks.push(format!("limits: from {from} a limit is 0, so every unit is past it"));
        } else if limits.annual_units < limits.daily_units {
            remarks.push(format!(
                "limits: from {from} the annual limit ({}) is below the daily one ({})",
                limits.annual_units, limits.daily_units
            ));
        }
    }
}

fn on_units(units: &UnitsPolicy, remarks: &mut Vec<String>) {
    const DAY_UNITS: u32 = 96;
    if units.limit_year_starts == (2, 29) {
        remarks.push(
            "units.limit_year_starts: in common years the limit year starts on March 1".to_owned(),
        );
    }
    match units.near_annual_percent {
        0 => remarks.push(
            "units.near_annual_percent: at 0 U003 stands on the first line of every year"
                .to_owned(),
        ),
        percent if percent > 100 => remarks
            .push(format!("units.near_annual_percent: {percent} is over 100: U003 finds nothing")),
        _ => {}
    }
    if units.practitioner_daily_units >= DAY_UNITS {
        remarks.push(format!(
            "units.practitioner_daily_units: {} units are a whole day of 24 hours or more",
            units.practitioner_daily_units
        ));
    }
    if units.epsdt_under_age == 0 {
        remarks.push("units.epsdt_under_age: at 0 nobody is exempt".to_owned());
    }
}

fn on_claims(claims: &ClaimsPolicy, remarks: &mut Vec<String>) {
    if claims.inpatient_places_of_service.is_empty() {
        remarks.push(
            "claims.inpatient_places_of_service: the list is empty, so C009 finds nothing"
                .to_owned(),
        );
    }
    let two_digits = |code: &&String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit());
    for code in claims.inpatient_places_of_service.iter().filter(|code| !two_digits(code)) {
        remarks.push(format!(
            "claims.inpatient_places_of_service: `{code}` does not look like a place of service \
             (two digits)"
        ));
    }
}

fn on_designations(policy: &Policy, remarks: &mut Vec<String>) {
    for scope in &policy.designations {
        let code = &scope.code;
        let ages = scope.member_age_min.is_some() || scope.member_age_max.is_some();
        if scope.diagnosis_prefixes.is_empty() && !scope.or_modifiers.is_empty() {
            remarks.push(format!(
                "designations: {code} has `or_modifiers` without `diagnosis_prefixes`, whose place \
                 they take: they change nothing"
            ));
        }
        if !ages && scope.diagnosis_prefixes.is_empty() {
            remarks.push(format!("designations: {code} has no condition: it fits every member"));
        }
    }
    for code in super::read::DESIGNATIONS {
        if policy.designation(code).is_none() {
            remarks.push(format!("designations: {code} is not given: it fits no member (K004)"));
        }
    }
}

fn on_people(policy: &Policy, remarks: &mut Vec<String>) {
    const KNOWN_MODES: [&str; 3] = ["in_person", "video", "phone"];
    const KNOWN_ROLES: [&str; 2] = ["physician", "mental_health_professional"];
    if policy.credentials.practising_statuses.is_empty() {
        remarks.push(
            "credentials.practising_statuses: the list is empty, so no credential is in force"
                .to_owned(),
        );
    }
    let supervision = &policy.supervision;
    if supervision.second_stage_months < supervision.first_stage_months {
        remarks.push(format!(
            "supervision.second_stage_months: {} is below first_stage_months ({}), so there is no \
             second stage",
            supervision.second_stage_months, supervision.first_stage_months
        ));
    }
    if supervision.face_to_face_modes.is_empty() {
        remarks.push(
            "supervision.face_to_face_modes: the list is empty, so no session qualifies".to_owned(),
        );
    }
    let modes = supervision.face_to_face_modes.iter();
    for mode in modes.filter(|mode| !KNOWN_MODES.contains(&mode.as_str())) {
        remarks.push(format!(
            "supervision.face_to_face_modes: `{mode}` is none of {}",
            KNOWN_MODES.join(", ")
        ));
    }
    if supervision.supervisor_fte_ratio == 0 {
        remarks.push(
            "supervision.supervisor_fte_ratio: at 0 every supervisor with anybody is over capacity"
                .to_owned(),
        );
    }
    let roles = policy.plans.signer_roles.iter();
    for role in roles.filter(|role| !KNOWN_ROLES.contains(&role.as_str())) {
        remarks.push(format!("plans.signer_roles: `{role}` is none of {}", KNOWN_ROLES.join(", ")));
    }
    if policy.plans.signer_roles.is_empty() {
        remarks.push("plans.signer_roles: the list is empty, so P005 finds every plan".to_owned());
    }
}
