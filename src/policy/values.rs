//! The values of a policy, as the rules ask for them. Field names are the keys of the TOML file.

use crate::model::{NaiveDate, Severity, text};
use std::collections::BTreeMap;

/// Everything that a payer may set. The built-in one is Mississippi's (`builtin.toml`).
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Whose policy it is, in a few words.
    pub name: String,
    /// Procedure codes of peer support, upper case.
    pub procedures: Vec<String>,
    /// First day of the benefit (C008).
    pub benefit_began: NaiveDate,
    /// Limits of units by service date, ascending by `from`.
    pub limits: Vec<Limits>,
    /// How units are counted.
    pub units: UnitsPolicy,
    /// Filing and place of service.
    pub claims: ClaimsPolicy,
    /// What each designation may serve.
    pub designations: Vec<DesignationScope>,
    /// Which credentials may practise.
    pub credentials: CredentialsPolicy,
    /// What supervision is required.
    pub supervision: SupervisionPolicy,
    /// Who may approve a service plan.
    pub plans: PlansPolicy,
    /// Severity overrides by rule id.
    pub severity: BTreeMap<String, Severity>,
}

/// Limits of units that hold from a service date on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// First service date.
    pub from: NaiveDate,
    /// Units a member and day.
    pub daily_units: u32,
    /// Units a member and limit year.
    pub annual_units: u32,
}

/// Which units use up the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnualCounts {
    /// Those that the daily limit left.
    Payable,
    /// Every unit.
    Billed,
}

/// `[units]`
#[derive(Clone, Debug, PartialEq)]
pub struct UnitsPolicy {
    /// First month (1–12) and day of the limit year, which is named by its end.
    pub limit_year_starts: (u32, u32),
    /// Which units use up the year.
    pub annual_counts: AnnualCounts,
    /// U003: per cent of the annual limit.
    pub near_annual_percent: u32,
    /// U004: units of a practitioner a day.
    pub practitioner_daily_units: u32,
    /// Modifiers of group services, left out by U004; upper case.
    pub group_modifiers: Vec<String>,
    /// Members under this age with an authorization are exempt from U001–U003.
    pub epsdt_under_age: u32,
}

/// `[claims]`
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimsPolicy {
    /// C007: days from the last service day.
    pub filing_days: u32,
    /// C009: places of service.
    pub inpatient_places_of_service: Vec<String>,
}

/// One `[[designations]]`. Of the member and diagnosis conditions given all must hold (K004).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignationScope {
    /// `A`, `P`, `Y`, `R`, `MH`, `SU`; upper case, without `CPSSP-`.
    pub code: String,
    /// Youngest member, whole years on the service date.
    pub member_age_min: Option<u32>,
    /// Oldest member, whole years on the service date.
    pub member_age_max: Option<u32>,
    /// One of the member's diagnoses begins with one of these (upper case, no dot).
    pub diagnosis_prefixes: Vec<String>,
    /// One of these modifiers stands for the diagnosis; upper case.
    pub or_modifiers: Vec<String>,
    /// K005: youngest practitioner.
    pub practitioner_age_min: Option<u32>,
    /// K005: oldest practitioner.
    pub practitioner_age_max: Option<u32>,
}

/// `[credentials]`
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialsPolicy {
    /// Statuses that may practise; lower case.
    pub practising_statuses: Vec<String>,
}

/// `[supervision]`
#[derive(Clone, Debug, PartialEq)]
pub struct SupervisionPolicy {
    /// Months of employment of the first stage.
    pub first_stage_months: u32,
    /// Days back in which a session must stand in the first stage.
    pub first_stage_days: u32,
    /// Months of employment until which a session a calendar month is required.
    pub second_stage_months: u32,
    /// Days back in which a session must stand afterwards.
    pub last_stage_days: u32,
    /// Modes that are face to face; lower case.
    pub face_to_face_modes: Vec<String>,
    /// S005: full-time practitioners a full-time supervisor.
    pub supervisor_fte_ratio: u32,
}

/// First day of a plan's week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekStarts(pub chrono::Weekday);

/// `[plans]`
#[derive(Clone, Debug, PartialEq)]
pub struct PlansPolicy {
    /// Roles that may approve a plan; lower case.
    pub signer_roles: Vec<String>,
    /// First day of the week of a planned frequency.
    pub week_starts: WeekStarts,
}

impl UnitsPolicy {
    /// Whether a `:`-joined list of modifiers is of a group service.
    pub fn is_group(&self, modifiers: &[u8]) -> bool {
        self.group_modifiers.iter().any(|code| text::holds(modifiers, code))
    }
}

impl Policy {
    /// The limits that hold on a service date: the last whose `from` is on or before it.
    pub fn limits_on(&self, date: NaiveDate) -> Option<&Limits> {
        self.limits.iter().rev().find(|limits| limits.from <= date)
    }

    /// Whether `code` (any case) is one of the peer-support procedures.
    pub fn is_peer_support(&self, code: &[u8]) -> bool {
        self.procedures.iter().any(|procedure| procedure.as_bytes().eq_ignore_ascii_case(code))
    }

    /// The scope of a designation, by its code (upper case, without `CPSSP-`).
    pub fn designation(&self, code: &str) -> Option<&DesignationScope> {
        self.designations.iter().find(|scope| scope.code == code)
    }
}
