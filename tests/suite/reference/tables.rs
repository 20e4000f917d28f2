//! The six tables: rows that can be used, and how many cannot.

use super::date::Date;
use super::model::{TableRow, Tables};
use super::value::{fte, whole_number};

pub struct Credential {
    pub practitioner: String,
    pub designation: String,
    pub effective: Date,
    pub expiration: Option<Date>,
    pub status: String,
    pub status_date: Option<Date>,
    pub birth: Option<Date>,
    pub training: Option<Date>,
}

pub struct Stint {
    pub practitioner: String,
    pub billing: String,
    pub start: Date,
    pub end: Option<Date>,
    pub fte: i64,
    pub supervisor: String,
}

pub struct Plan {
    pub plan_id: String,
    pub member_id: String,
    pub start: Date,
    pub end: Option<Date>,
    pub services: Vec<String>,
    pub planned_units: Option<i64>,
    pub planned_period: String,
    pub signer_role: String,
    pub signed: Option<Date>,
}

pub struct Session {
    pub practitioner: String,
    pub supervisor: String,
    pub date: Date,
    pub mode: String,
}

pub struct Supervisor {
    pub id: String,
    pub professional: bool,
    pub training: Option<Date>,
    pub fte: i64,
}

pub struct Authorization {
    pub number: String,
    pub member_id: String,
    pub start: Date,
    pub end: Option<Date>,
}

#[derive(Default)]
pub struct UsableTables {
    pub credentials: Option<Vec<Credential>>,
    pub employment: Option<Vec<Stint>>,
    pub plans: Option<Vec<Plan>>,
    pub supervision: Option<Vec<Session>>,
    pub supervisors: Option<Vec<Supervisor>>,
    pub authorizations: Option<Vec<Authorization>>,
    pub bad_rows: usize,
}

pub fn covers(start: Date, end: Option<Date>, date: Date) -> bool {
    start <= date && end.is_none_or(|end| date <= end)
}

/// A required text; blank makes the row bad.
fn required(row: &TableRow, column: &str) -> Option<String> {
    let text = row.get(column);
    (!text.is_empty()).then(|| text.to_string())
}

fn required_date(row: &TableRow, column: &str) -> Option<Date> {
    Date::parse(row.get(column))
}

/// A date that may be blank, but makes the row bad where it is none (the outer nothing).
fn strict_date(row: &TableRow, column: &str) -> Option<Option<Date>> {
    match row.get(column) {
        "" => Some(None),
        text => Date::parse(text).map(Some),
    }
}

/// An end on or after its start.
fn end_date(row: &TableRow, column: &str, start: Date) -> Option<Option<Date>> {
    strict_date(row, column).filter(|end| end.is_none_or(|end| start <= end))
}

const DESIGNATIONS: [&str; 6] = ["A", "P", "Y", "R", "MH", "SU"];
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

fn credential(row: &TableRow) -> Option<Credential> {
    let written = row.get("designation").to_uppercase();
    let designation = written.strip_prefix("CPSSP-").unwrap_or(&written).to_string();
    let status = match row.get("status").to_lowercase() {
        blank if blank.is_empty() => "current".to_string(),
        status => status,
    };
    let known = DESIGNATIONS.contains(&designation.as_str()) && STATUSES.contains(&status.as_str());
    let effective = required_date(row, "effective_date")?;
    known.then_some(())?;
    Some(Credential {
        practitioner: required(row, "practitioner_npi")?,
        designation,
        effective,
        expiration: end_date(row, "expiration_date", effective)?,
        status,
        status_date: strict_date(row, "status_date")?,
        birth: Date::parse(row.get("birth_date")),
        training: Date::parse(row.get("training_date")),
    })
}

fn stint(row: &TableRow) -> Option<Stint> {
    let start = required_date(row, "start_date")?;
    Some(Stint {
        practitioner: required(row, "practitioner_npi")?,
        billing: required(row, "billing_npi")?,
        start,
        end: end_date(row, "end_date", start)?,
        fte: fte(row.get("fte")).unwrap_or(10_000),
        supervisor: row.get("supervisor_id").to_string(),
    })
}

fn plan(row: &TableRow) -> Option<Plan> {
    let start = required_date(row, "start_date")?;
    let period = row.get("planned_period").to_lowercase();
    ["", "day", "week", "month"].contains(&period.as_str()).then_some(())?;
    let services = row.get("services").split(':').map(|code| code.trim().to_uppercase());
    Some(Plan {
        plan_id: required(row, "plan_id")?,
        member_id: required(row, "member_id")?,
        start,
        end: end_date(row, "end_date", start)?,
        services: services.filter(|code| !code.is_empty()).collect(),
        planned_units: whole_number(row.get("planned_units")).filter(|units| *units >= 0),
        planned_period: period,
        signer_role: row.get("signer_role").to_lowercase(),
        signed: Date::parse(row.get("signed_date")),
    })
}

fn session(row: &TableRow) -> Option<Session> {
    let mode = row.get("mode").to_lowercase();
    Some(Session {
        practitioner: required(row, "practitioner_npi")?,
        supervisor: required(row, "supervisor_id")?,
        date: required_date(row, "session_date")?,
        mode: if mode.is_empty() { "in_person".to_string() } else { mode },
    })
}

fn supervisor(row: &TableRow) -> Option<Supervisor> {
    Some(Supervisor {
        id: required(row, "supervisor_id")?,
        professional: row.get("mental_health_professional").eq_ignore_ascii_case("true"),
        training: Date::parse(row.get("training_date")),
        fte: fte(row.get("fte")).unwrap_or(10_000),
    })
}

fn authorization(row: &TableRow) -> Option<Authorization> {
    let start = required_date(row, "start_date")?;
    Some(Authorization {
        number: required(row, "authorization_number")?,
        member_id: required(row, "member_id")?,
        start,
        end: end_date(row, "end_date", start)?,
    })
}

/// The rows of one table that can be used; the others are counted.
fn usable<T>(
    tables: &Tables,
    name: &str,
    bad_rows: &mut usize,
    read: fn(&TableRow) -> Option<T>,
) -> Option<Vec<T>> {
    let rows = tables.get(name)?;
    let sound = rows.iter().filter(|row| !row.wrong_field_count);
    let good: Vec<T> = sound.filter_map(read).collect();
    *bad_rows += rows.len() - good.len();
    Some(good)
}

impl UsableTables {
    pub fn of(tables: &Tables) -> UsableTables {
        let mut bad = 0;
        let mut all = UsableTables {
            credentials: usable(tables, "credentials", &mut bad, credential),
            employment: usable(tables, "employment", &mut bad, stint),
            plans: usable(tables, "service_plans", &mut bad, plan),
            supervision: usable(tables, "supervision", &mut bad, session),
            supervisors: usable(tables, "supervisors", &mut bad, supervisor),
            authorizations: usable(tables, "authorizations", &mut bad, authorization),
            bad_rows: bad,
        };
        // A second row of one supervisor is a bad row.
        if let Some(supervisors) = &mut all.supervisors {
            let mut seen: Vec<String> = Vec::new();
            supervisors.retain(|row| {
                let first = !seen.contains(&row.id);
                seen.push(row.id.clone());
                all.bad_rows += usize::from(!first);
                first
            });
        }
        all
    }
}
