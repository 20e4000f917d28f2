//! The rows of the tables, as the join reads them.

use super::by_id::{ById, Id, IdMap};
use super::supervision_log::SupervisionLog;
use crate::model::NaiveDate;
use std::sync::Arc;

/// The tables of a run. `None`: not given, and the rules that need it do not run.
#[derive(Default)]
pub struct Tables {
    /// `credentials.csv` by practitioner NPI, in table order.
    pub credentials: Option<ById<Credential>>,
    /// `employment.csv` by practitioner NPI, in table order.
    pub employment: Option<ById<EmploymentStint>>,
    /// `service_plans.csv` by member id, in table order.
    pub plans: Option<ById<ServicePlan>>,
    /// `supervision.csv` by practitioner NPI, sorted by session date, then table order.
    pub supervision: Option<SupervisionLog>,
    /// `supervisors.csv` by supervisor id.
    pub supervisors: Option<IdMap<Supervisor>>,
    /// `authorizations.csv` by member id, in table order.
    pub authorizations: Option<ById<Authorization>>,
}

/// What a credential row says of the credential's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialStatus {
    /// `current` (default).
    Current,
    /// `inactive`
    Inactive,
    /// `limited`
    Limited,
    /// `lapsed`
    Lapsed,
    /// `suspended`
    Suspended,
    /// `surrendered`
    Surrendered,
    /// `revoked`
    Revoked,
    /// `retired`
    Retired,
    /// `relinquished`
    Relinquished,
}

impl CredentialStatus {
    /// All of them.
    pub const ALL: [CredentialStatus; 9] = [
        CredentialStatus::Current,
        CredentialStatus::Inactive,
        CredentialStatus::Limited,
        CredentialStatus::Lapsed,
        CredentialStatus::Suspended,
        CredentialStatus::Surrendered,
        CredentialStatus::Revoked,
        CredentialStatus::Retired,
        CredentialStatus::Relinquished,
    ];

    /// The word in tables, policies and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            CredentialStatus::Current => "current",
            CredentialStatus::Inactive => "inactive",
            CredentialStatus::Limited => "limited",
            CredentialStatus::Lapsed => "lapsed",
            CredentialStatus::Suspended => "suspended",
            CredentialStatus::Surrendered => "surrendered",
            CredentialStatus::Revoked => "revoked",
            CredentialStatus::Retired => "retired",
            CredentialStatus::Relinquished => "relinquished",
        }
    }

    /// Reads the word, without case.
    pub fn parse(word: &[u8]) -> Option<CredentialStatus> {
        Self::ALL.into_iter().find(|status| word.eq_ignore_ascii_case(status.as_str().as_bytes()))
    }
}

/// One designation of one practitioner for one period.
#[derive(Clone)]
pub struct Credential {
    /// Row in its file (header = 1).
    pub row: u64,
    /// `A`, `P`, `Y`, `R`, `MH` or `SU`.
    pub designation: &'static str,
    /// First day.
    pub effective: NaiveDate,
    /// Last day; `None` = open.
    pub expiration: Option<NaiveDate>,
    /// Standing from `status_date` on.
    pub status: CredentialStatus,
    /// From when a status other than current holds; `None` = from the start.
    pub status_date: Option<NaiveDate>,
    /// The practitioner's birth date.
    pub birth: Option<NaiveDate>,
    /// Where the practitioner was trained.
    pub training_program: Arc<str>,
    /// When.
    pub training_date: Option<NaiveDate>,
}

/// One stint of a practitioner at an agency.
#[derive(Clone)]
pub struct EmploymentStint {
    /// Row in its file (header = 1).
    pub row: u64,
    /// The agency.
    pub billing_npi: Id,
    /// First day.
    pub start: NaiveDate,
    /// Last day; `None` = open.
    pub end: Option<NaiveDate>,
    /// Share of a full-time position, in ten-thousandths (1 = 10,000).
    pub fte: u32,
    /// The supervisor named; empty = none.
    pub supervisor_id: Id,
}

/// The period of a planned frequency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanPeriod {
    /// `day`
    Day,
    /// `week`
    Week,
    /// `month`
    Month,
}

impl PlanPeriod {
    /// The word in tables and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            PlanPeriod::Day => "day",
            PlanPeriod::Week => "week",
            PlanPeriod::Month => "month",
        }
    }
}

/// One version of a member's Individual Service Plan.
#[derive(Clone)]
pub struct ServicePlan {
    /// Row in its file (header = 1).
    pub row: u64,
    /// Its id.
    pub plan_id: Id,
    /// First day.
    pub start: NaiveDate,
    /// Last day; `None` = open.
    pub end: Option<NaiveDate>,
    /// Procedure codes that it lists.
    pub services: Arc<[Id]>,
    /// Units planned a period; `None` = not stated.
    pub planned_units: Option<u32>,
    /// The period.
    pub planned_period: Option<PlanPeriod>,
    /// Who signed, lower case; empty = nobody.
    pub signer_role: Arc<str>,
    /// When.
    pub signed: Option<NaiveDate>,
}

/// One supervisor.
#[derive(Clone)]
pub struct Supervisor {
    /// Row in its file (header = 1).
    pub row: u64,
    /// Whether a mental health professional.
    pub mental_health_professional: bool,
    /// Date of the DMH peer supervisory training.
    pub training: Option<NaiveDate>,
    /// Share of a full-time position, in ten-thousandths (1 = 10,000).
    pub fte: u32,
}

/// One prior authorization.
#[derive(Clone)]
pub struct Authorization {
    /// Row in its file (header = 1).
    pub row: u64,
    /// Its number.
    pub number: Id,
    /// First day.
    pub start: NaiveDate,
    /// Last day; `None` = open.
    pub end: Option<NaiveDate>,
}

/// `fte` of a full-time position.
pub const FULL_TIME: u32 = 10_000;

/// Whether `date` lies in `from ..= through`, an absent end being open.
pub fn covers(from: NaiveDate, through: Option<NaiveDate>, date: NaiveDate) -> bool {
    from <= date && through.is_none_or(|through| date <= through)
}

/// The six tables, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableKind {
    /// `credentials.csv`
    Credentials,
    /// `employment.csv`
    Employment,
    /// `service_plans.csv`
    ServicePlans,
    /// `supervision.csv`
    Supervision,
    /// `supervisors.csv`
    Supervisors,
    /// `authorizations.csv`
    Authorizations,
}

impl TableKind {
    /// All of them, in the order of the contract.
    pub const ALL: [TableKind; 6] = [
        TableKind::Credentials,
        TableKind::Employment,
        TableKind::ServicePlans,
        TableKind::Supervision,
        TableKind::Supervisors,
        TableKind::Authorizations,
    ];

    /// The name of its file.
    pub fn file_name(self) -> &'static str {
        match self {
            TableKind::Credentials => "credentials.csv",
            TableKind::Employment => "employment.csv",
            TableKind::ServicePlans => "service_plans.csv",
            TableKind::Supervision => "supervision.csv",
            TableKind::Supervisors => "supervisors.csv",
            TableKind::Authorizations => "authorizations.csv",
        }
    }
}

impl Tables {
    /// Whether the table was given.
    pub fn has(&self, kind: TableKind) -> bool {
        match kind {
            TableKind::Credentials => self.credentials.is_some(),
            TableKind::Employment => self.employment.is_some(),
            TableKind::ServicePlans => self.plans.is_some(),
            TableKind::Supervision => self.supervision.is_some(),
            TableKind::Supervisors => self.supervisors.is_some(),
            TableKind::Authorizations => self.authorizations.is_some(),
        }
    }
}
