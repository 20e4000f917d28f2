//! What a rule is given to look at: one line with everything that bears on it.

use super::practitioner::is_employed;
use super::{
    Context, CredentialStanding, LineState, MemberLines, PeriodFault, PlanStanding,
    PractitionerStanding, ScopeStanding, ServicePeriod, SupervisionStanding,
};
use crate::evidence::EvidenceLine;
use crate::model::{NaiveDate, Quantity, ServiceLine};

/// One current net service line, with what the join knows of it.
///
/// The standings are `None` where a rule must not be tested: bad units or dates, a duplicate, a
/// missing table, or an earlier rule of the group that failed.
pub struct LineFacts<'a> {
    /// What the run shares.
    pub context: Context<'a>,
    /// The line.
    pub line: &'a ServiceLine<'a>,
    /// Its quantity as read.
    pub quantity: Quantity,
    /// Its units of 15 minutes; `None`: rule C001 is broken.
    pub units: Option<u32>,
    /// Its days, or why they cannot be right (C003).
    pub period: Result<ServicePeriod, PeriodFault>,
    /// All net lines of the member, in the order of the limits, and what was counted on each.
    pub member: &'a MemberLines<'a>,
    /// Which of them this line is.
    pub index: usize,
    /// What was counted on it.
    pub state: &'a LineState,
    /// The rendering practitioner on the service date; `None` also if none is stated.
    pub practitioner: Option<PractitionerStanding<'a>>,
    /// K004: `None` where no credential is in force.
    pub scope: Option<ScopeStanding>,
    /// K006: whether employed by the agency; `None` where K002 failed or there is no table.
    pub is_employed: Option<bool>,
    /// P rules.
    pub plan: Option<PlanStanding<'a>>,
}

impl<'a> LineFacts<'a> {
    /// The facts of line `index` of `member`, whose practitioner's standing is given.
    pub fn of(
        context: Context<'a>,
        member: &'a MemberLines<'a>,
        index: usize,
        practitioner: Option<PractitionerStanding<'a>>,
    ) -> LineFacts<'a> {
        let line = &member.lines[index];
        let state = &member.states[index];
        let mut facts = LineFacts {
            context,
            line,
            quantity: line.quantity(),
            units: state.units,
            period: state.period,
            member,
            index,
            state,
            practitioner: None,
            scope: None,
            is_employed: None,
            plan: None,
        };
        let (true, Ok(period)) = (state.counts(), state.period) else { return facts };
        let on = period.first;
        facts.plan = member.plans.map(|plans| PlanStanding::of(plans, line.procedure, on));
        facts.practitioner = practitioner;
        let (scope, is_known) = match facts.credentials() {
            Some(CredentialStanding::InForce(rows)) => {
                (Some(ScopeStanding::of(context.policy, rows, line, on)), true)
            }
            Some(CredentialStanding::NotInForce { .. }) => (None, true),
            Some(CredentialStanding::NoRow) | None => (None, false),
        };
        facts.scope = scope;
        if is_known {
            facts.is_employed = is_employed(&context, line.rendering_npi, line.billing_npi, on);
        }
        facts
    }

    /// The practitioner's credentials on the service date; `None`: no table, no practitioner
    /// stated, or a line that does not count.
    pub fn credentials(&self) -> Option<&CredentialStanding<'a>> {
        self.practitioner.as_ref()?.credentials.as_ref()
    }

    /// Whether the line counts and there is a credentials table, but no practitioner is stated.
    pub fn lacks_practitioner(&self) -> bool {
        self.state.counts()
            && self.context.tables.credentials.is_some()
            && self.line.rendering_npi.is_empty()
    }

    /// The practitioner's supervision on the service date; `None` also where there is no table of
    /// credentials, or the practitioner has no row in it.
    pub fn supervision(&self) -> Option<&SupervisionStanding<'a>> {
        match self.credentials()? {
            CredentialStanding::NoRow => None,
            _ => self.practitioner.as_ref()?.supervision.as_ref(),
        }
    }

    /// The first service day of a line that counts.
    pub fn service_date(&self) -> Option<NaiveDate> {
        self.period.ok().filter(|_| self.state.counts()).map(|period| period.first)
    }

    /// Evidence: the line `index` of the member, with a running total.
    pub fn evidence_line(&self, index: usize, running_total: u64) -> EvidenceLine {
        EvidenceLine::of(&self.member.lines[index], running_total)
    }
}

/// One current line of a practitioner's day (U004).
pub struct PractitionerDayFacts<'a> {
    /// What the run shares.
    pub context: Context<'a>,
    /// The line.
    pub line: &'a ServiceLine<'a>,
    /// Units of the practitioner on that date up to and with this line, over all members.
    pub running_total: u64,
    /// The lines of that date in order: line and running total.
    pub day: &'a [(ServiceLine<'a>, u64)],
}
