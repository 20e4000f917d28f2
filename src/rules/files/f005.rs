//! F005: a claim row or service line that cannot be used.

use super::message;
use crate::model::{FaultKind, FileFault, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "F005",
    name: "claim-row-unusable",
    severity: Severity::Deny,
    statement: "A row or service line of peer support whose member, claim id, line number, billing \
        provider or procedure cannot be read, or with a wrong number of fields; or a row too short \
        to hold its procedure. It is left out; one finding a row. A row of another procedure is \
        looked at no further.",
    why: "A line that belongs to nobody can be counted for nobody: what was left out was not \
        checked, and the run ends with exit code 3.",
    source: "[I] inputs.md, \"Bad rows\"",
    correct: "Correct the row in the program that the file comes from, and run again. Often a \
        delimiter or a quote within a field has shifted the columns.",
    policy_keys: &[],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "A line number that is no number; the other line is checked.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n\
            A1,two,M1,1234567893,H0038,4,2025-09-04\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["F005"],
    },
    silent: Example {
        story: "A row of another procedure, whose line number nobody looks at.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n\
            A1,two,M1,1234567893,H2017,4,2025-09-04\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::File(check),
};

fn check(fault: &FileFault) -> Option<Draft> {
    (fault.kind == FaultKind::UnusableRow).then(|| {
        Draft::fail(message::with_advice(
            fault,
            "The line was left out and not checked; correct it and run again.",
        ))
    })
}
