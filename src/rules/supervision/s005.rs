//! S005: a supervisor has no more practitioners than his own share of a position carries.

use crate::evidence::Evidence;
use crate::join::SupervisorLoad;
use crate::model::{Severity, text};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;
use crate::tables::TableKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "S005",
    name: "supervisor-over-capacity",
    severity: Severity::Info,
    statement: "Over the days from the first to the last good service date of the current net \
        lines: the first day on which the fte of the employment stints open that day that name the \
        supervisor sum to more than the ratio times the supervisor's own fte. Once a supervisor; \
        one without a row in supervisors.csv is not tested.",
    why: "A supervisor with too many practitioners cannot supervise each as often as is required.",
    source: "[S3] 24 Miss. Code R. 2-42.1 N",
    correct: "Name another supervisor for some of the practitioners, or correct fte and end dates \
        in employment.csv and supervisors.csv. Nothing is held back for this finding.",
    policy_keys: &["supervision.supervisor_fte_ratio"],
    needs: &[TableKind::Employment, TableKind::Supervisors],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "A supervisor with 0.2 of a position may have 1.8 of practitioners, and has 2.",
        claims: CLAIMS,
        history: "",
        tables: &[
            SUPERVISORS,
            (
                TableKind::Employment,
                "practitioner_npi,billing_npi,start_date,fte,supervisor_id\n\
                 1999900016,1234567893,2025-01-01,1,SV1\n\
                 1999900024,1234567893,2025-01-01,1,SV1\n",
            ),
        ],
        as_of: "2025-09-30",
        finds: &["S005"],
    },
    silent: Example {
        story: "Exactly 1.8: one practitioner in full time and one with 0.8.",
        claims: CLAIMS,
        history: "",
        tables: &[
            SUPERVISORS,
            (
                TableKind::Employment,
                "practitioner_npi,billing_npi,start_date,fte,supervisor_id\n\
                 1999900016,1234567893,2025-01-01,1,SV1\n\
                 1999900024,1234567893,2025-01-01,0.8,SV1\n",
            ),
        ],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Supervisor(check),
};

const CLAIMS: &str = "claim_id,line_number,member_id,billing_npi,procedure_code,units,\
    service_date\n\
    A1,1,M1,1234567893,H0038,4,2025-09-03\n";

const SUPERVISORS: (TableKind, &str) =
    (TableKind::Supervisors, "supervisor_id,mental_health_professional,fte\nSV1,true,0.2\n");

/// Stints given as evidence at most.
const MAX_ROWS: usize = 200;

fn check(load: &SupervisorLoad<'_>) -> Option<Draft> {
    let ratio = load.context.policy.supervision.supervisor_fte_ratio;
    let own = u64::from(load.own);
    let draft = Draft::fail(format!(
        "Supervisor {} has practitioners of {} full-time positions on {}, the first day over the \
         capacity of {} ({ratio} × own {}). Name another supervisor for some, or correct the \
         tables.",
        text::decode(load.supervisor_id),
        words::ten_thousandths(load.load),
        load.day,
        words::ten_thousandths(u64::from(ratio) * own),
        words::ten_thousandths(own),
    ));
    Some(draft.with_evidence(load.context.wants_evidence, || {
        let rows = load.stints.iter().take(MAX_ROWS).map(|(practitioner, stint)| {
            format!(
                "row {}: practitioner {} at agency {}, {}, fte {}",
                stint.row,
                text::decode(practitioner),
                text::decode(&stint.billing_npi),
                words::period(stint.start, stint.end),
                words::ten_thousandths(u64::from(stint.fte)),
            )
        });
        Evidence::Employment { rows: rows.collect() }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::Context;
    use crate::tables::Tables;

    #[test]
    fn says_load_and_capacity() {
        let day = crate::model::date::parse(b"2025-09-03").expect("a date");
        let (policy, tables) = (crate::policy::builtin(), Tables::default());
        let load = SupervisorLoad {
            context: Context { policy: &policy, tables: &tables, as_of: day, wants_evidence: true },
            supervisor_id: b"SV1",
            day,
            load: 20_000,
            own: 2_000,
            stints: Vec::new(),
        };
        let draft = check(&load).expect("a finding");
        let says = "Supervisor SV1 has practitioners of 2 full-time positions on 2025-09-03, the \
             first day over the capacity of 1.8 (9 × own 0.2).";
        assert!(draft.message.starts_with(says), "{}", draft.message);
        assert!(draft.evidence.is_some());
    }
}
