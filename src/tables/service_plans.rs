//! `service_plans.csv`: one version of a member's Individual Service Plan (ISP).

use super::by_id::{ById, Gathering, Id};
use super::form::{TableForm, optional, required};
use super::header::{Field, Header};
use super::interner::SharedCells;
use super::load::TableReader;
use super::row::{BadRow, Period, Row, lower};
use super::rows::{PlanPeriod, ServicePlan};
use crate::model::text;
use std::io::Read;

/// Its columns.
pub static FORM: TableForm = TableForm {
    name: "service_plans",
    file: "service_plans.csv",
    option: "--plans",
    one_row_is: "one version of a member's Individual Service Plan (ISP)",
    columns: &[
        required("plan_id", "id of this version of the plan", "ISP-1"),
        required("member_id", "Medicaid id of the member, as on the claims", "M0000001"),
        required("start_date", "first day of the plan", "2025-01-01"),
        optional("end_date", "last day of the plan; blank = open", "2025-12-31"),
        optional("services", "procedure codes that the plan lists, joined by :", "H0038:H2015"),
        optional("planned_units", "units of peer support planned a period", "8"),
        optional("planned_period", "day, week or month", "week"),
        optional(
            "signer_role",
            "who signed: physician, mental_health_professional or another",
            "physician",
        ),
        optional("signed_date", "when the plan was signed", "2025-01-01"),
    ],
};

pub(super) struct Reader {
    plan_id: Field,
    member_id: Field,
    start: Field,
    end: Field,
    services: Field,
    planned_units: Field,
    planned_period: Field,
    signer_role: Field,
    signed: Field,
    lists: SharedCells<[Id]>,
    roles: SharedCells<str>,
    rows: Gathering<ServicePlan>,
}

impl TableReader for Reader {
    const FORM: &'static TableForm = &FORM;
    type Table = ById<ServicePlan>;

    fn new(header: &Header) -> Reader {
        Reader {
            plan_id: header.field("plan_id"),
            member_id: header.field("member_id"),
            start: header.field("start_date"),
            end: header.field("end_date"),
            services: header.field("services"),
            planned_units: header.field("planned_units"),
            planned_period: header.field("planned_period"),
            signer_role: header.field("signer_role"),
            signed: header.field("signed_date"),
            lists: SharedCells::default(),
            roles: SharedCells::default(),
            rows: Gathering::default(),
        }
    }

    fn take<R: Read>(&mut self, row: &mut Row<'_, R>) -> Result<Period, BadRow> {
        let plan_id = row.required_id(&self.plan_id)?;
        let member_id = row.required(&self.member_id)?;
        let (start, end) = row.period(&self.start, &self.end)?;
        let planned_period = match row.bytes(&self.planned_period) {
            [] => None,
            word => Some(
                period(word)
                    .ok_or_else(|| BadRow::new(&self.planned_period, "none of day, week, month"))?,
            ),
        };
        // Codes are compared without case: one case here spares it there.
        let services = self.lists.get(row.bytes(&self.services), |cell| {
            text::list(cell).map(|code| code.to_ascii_uppercase().into()).collect()
        });
        let plan = ServicePlan {
            row: row.number(),
            plan_id,
            start,
            end,
            services,
            planned_units: row.whole(&self.planned_units),
            planned_period,
            signer_role: self.roles.get(row.bytes(&self.signer_role), |cell| lower(cell).into()),
            signed: row.date(&self.signed),
        };
        self.rows.push(member_id, plan);
        Ok((Some(start), end))
    }

    fn finish(self) -> ById<ServicePlan> {
        self.rows.finish()
    }
}

fn period(word: &[u8]) -> Option<PlanPeriod> {
    [PlanPeriod::Day, PlanPeriod::Week, PlanPeriod::Month]
        .into_iter()
        .find(|period| word.eq_ignore_ascii_case(period.as_str().as_bytes()))
}
