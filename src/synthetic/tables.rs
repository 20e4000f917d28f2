//! The six tables, written row by row as bytes of CSV.

use super::calendar::Day;
use super::text::{push_date, push_number, push_padded};

/// File name and header row of each table, in the order of `Tables::parts`.
pub(super) const FILES: [(&str, &str); 6] = [
    (
        "credentials.csv",
        "practitioner_npi,designation,effective_date,expiration_date,status,status_date,\
         birth_date,training_program,training_date\n",
    ),
    ("employment.csv", "practitioner_npi,billing_npi,start_date,end_date,fte,supervisor_id\n"),
    (
        "service_plans.csv",
        "plan_id,member_id,start_date,end_date,services,planned_units,planned_period,\
         signer_role,signed_date\n",
    ),
    (
        "supervision.csv",
        "practitioner_npi,supervisor_id,session_date,session_id,mode,format,minutes\n",
    ),
    ("supervisors.csv", "supervisor_id,mental_health_professional,training_date,fte\n"),
    ("authorizations.csv", "authorization_number,member_id,start_date,end_date\n"),
];

/// Who supervises, as a session names them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SupervisorId {
    /// One of the set's supervisors.
    Number(u64),
    /// A text that is a practitioner's NPI: supervision of oneself.
    Npi(u64),
}

/// One row of `credentials.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Credential {
    pub(super) npi: u64,
    pub(super) designation: &'static str,
    pub(super) from: Day,
    pub(super) until: Option<Day>,
    pub(super) status: &'static str,
    /// From when the status holds.
    pub(super) since: Option<Day>,
    /// The practitioner's birth.
    pub(super) birth: Option<Day>,
    pub(super) training: Option<Day>,
}

/// One row of `employment.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stint {
    pub(super) npi: u64,
    pub(super) agency: u64,
    pub(super) from: Day,
    pub(super) until: Option<Day>,
    /// Hundredths of a full-time job.
    pub(super) fte: u64,
    pub(super) supervisor: Option<u64>,
}

/// One row of `service_plans.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) number: u64,
    pub(super) member: u64,
    pub(super) from: Day,
    pub(super) until: Option<Day>,
    pub(super) services: &'static str,
    pub(super) units: Option<u32>,
    pub(super) period: &'static str,
    pub(super) signer: &'static str,
    pub(super) signed: Option<Day>,
}

/// One row of `supervision.csv`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    pub(super) npi: u64,
    pub(super) supervisor: SupervisorId,
    pub(super) on: Day,
    pub(super) mode: &'static str,
    pub(super) format: &'static str,
    pub(super) minutes: u64,
}

/// The rows of one cell, table by table.
#[derive(Debug, Default)]
pub(super) struct Tables {
    credentials: Vec<u8>,
    employment: Vec<u8>,
    plans: Vec<u8>,
    supervision: Vec<u8>,
    supervisors: Vec<u8>,
    authorizations: Vec<u8>,
}

fn push_optional(out: &mut Vec<u8>, day: Option<Day>) {
    if let Some(day) = day {
        push_date(out, day);
    }
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Writes `SUP0000001`.
fn push_supervisor(out: &mut Vec<u8>, number: u64) {
    push_text(out, "SUP");
    push_padded(out, number, 7);
}

/// Writes `MSX0000001`.
pub(super) fn push_member(out: &mut Vec<u8>, number: u64) {
    push_text(out, "MSX");
    push_padded(out, number, 7);
}

/// Writes `PA0000001`.
pub(super) fn push_authorization(out: &mut Vec<u8>, number: u64) {
    push_text(out, "PA");
    push_padded(out, number, 7);
}

impl Tables {
    /// The bytes of the six tables, in the order of `FILES`.
    pub(super) fn parts(self) -> [Vec<u8>; 6] {
        [
            self.credentials,
            self.employment,
            self.plans,
            self.supervision,
            self.supervisors,
            self.authorizations,
        ]
    }

    pub(super) fn credential(&mut self, row: &Credential) {
        let out = &mut self.credentials;
        push_number(out, row.npi);
        out.push(b',');
        push_text(out, row.designation);
        out.push(b',');
        push_date(out, row.from);
        out.push(b',');
        push_optional(out, row.until);
        out.push(b',');
        push_text(out, row.status);
        out.push(b',');
        push_optional(out, row.since);
        out.push(b',');
        push_optional(out, row.birth);
        push_text(out, if row.training.is_some() { ",DMH," } else { ",," });
        push_optional(out, row.training);
        out.push(b'\n');
    }

    pub(super) fn stint(&mut self, row: &Stint) {
        let out = &mut self.employment;
        push_number(out, row.npi);
        out.push(b',');
        push_number(out, row.agency);
        out.push(b',');
        push_date(out, row.from);
        out.push(b',');
        push_optional(out, row.until);
        out.push(b',');
        push_fte(out, row.fte);
        out.push(b',');
        if let Some(number) = row.supervisor {
            push_supervisor(out, number);
        }
        out.push(b'\n');
    }

    pub(super) fn plan(&mut self, row: &Plan) {
        let out = &mut self.plans;
        push_text(out, "ISP");
        push_padded(out, row.number, 9);
        out.push(b',');
        push_member(out, row.member);
        out.push(b',');
        push_date(out, row.from);
        out.push(b',');
        push_optional(out, row.until);
        out.push(b',');
        push_text(out, row.services);
        out.push(b',');
        if let Some(units) = row.units {
            push_number(out, u64::from(units));
        }
        out.push(b',');
        push_text(out, row.period);
        out.push(b',');
        push_text(out, row.signer);
        out.push(b',');
        push_optional(out, row.signed);
        out.push(b'\n');
    }

    pub(super) fn session(&mut self, row: &Session) {
        let out = &mut self.supervision;
        push_number(out, row.npi);
        out.push(b',');
        match row.supervisor {
            SupervisorId::Number(number) => push_supervisor(out, number),
            SupervisorId::Npi(npi) => push_number(out, npi),
        }
        out.push(b',');
        push_date(out, row.on);
        push_text(out, ",,");
        push_text(out, row.mode);
        out.push(b',');
        push_text(out, row.format);
        out.push(b',');
        push_number(out, row.minutes);
        out.push(b'\n');
    }

    pub(super) fn supervisor(
        &mut self,
        number: u64,
        professional: bool,
        training: Option<Day>,
        fte: u64,
    ) {
        let out = &mut self.supervisors;
        push_supervisor(out, number);
        push_text(out, if professional { ",true," } else { ",false," });
        push_optional(out, training);
        out.push(b',');
        push_fte(out, fte);
        out.push(b'\n');
    }

    pub(super) fn authorization(&mut self, number: u64, member: u64, from: Day, until: Day) {
        let out = &mut self.authorizations;
        push_authorization(out, number);
        out.push(b',');
        push_member(out, member);
        out.push(b',');
        push_date(out, from);
        out.push(b',');
        push_date(out, until);
        out.push(b'\n');
    }
}

/// Writes hundredths of a full-time job: `1`, `0.5`, `0.75`.
fn push_fte(out: &mut Vec<u8>, hundredths: u64) {
    super::text::push_wire_money(out, hundredths);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_as_many_fields_as_its_header() {
        let mut tables = Tables::default();
        tables.credential(&Credential {
            npi: 1,
            designation: "CPSSP-A",
            from: 0,
            until: None,
            status: "current",
            since: None,
            birth: None,
            training: Some(3),
        });
        tables.stint(&Stint { npi: 1, agency: 2, from: 0, until: None, fte: 50, supervisor: None });
        tables.plan(&Plan {
            number: 1,
            member: 1,
            from: 0,
            until: None,
            services: "H0038",
            units: None,
            period: "",
            signer: "",
            signed: None,
        });
        tables.session(&Session {
            npi: 1,
            supervisor: SupervisorId::Number(1),
            on: 0,
            mode: "",
            format: "",
            minutes: 60,
        });
        tables.supervisor(1, true, None, 100);
        tables.authorization(1, 1, 0, 1);
        for ((_, header), part) in FILES.iter().zip(tables.parts()) {
            let commas = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b',').count();
            assert_eq!(commas(header.as_bytes()), commas(&part), "{header}");
        }
    }
}
