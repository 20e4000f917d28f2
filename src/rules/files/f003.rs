//! F003: the ledger has seen this file, or its control numbers, before.

use super::message;
use crate::model::{FaultKind, FileFault, Severity};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "F003",
    name: "file-already-processed",
    severity: Severity::Info,
    statement: "With a ledger: the file was processed in an earlier run, or other bytes came with \
        the control numbers of an earlier file. It is checked again; lines already posted count \
        once and are neither reported nor released again.",
    why: "The same file in two nights is harmless here, but a sign that something else went wrong; \
        the same numbers with other bytes may be refused by the payer as a duplicate.",
    source: "[I] the ledger of peerclaims; ISA13, GS06 and ST02 must not come again",
    correct: "Look why the file came again. If it is a new file, have it written with control \
        numbers of its own.",
    policy_keys: &[],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The ledger holds this file from the night before.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["F003"],
    },
    silent: Example {
        story: "The same file for the first time.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::File(check),
};

fn check(fault: &FileFault) -> Option<Draft> {
    (fault.kind == FaultKind::SeenBefore).then(|| {
        Draft::fail(message::with_advice(
            fault,
            "Lines already posted count once; look why the file came again.",
        ))
    })
}
