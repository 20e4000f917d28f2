//! C005: the NPIs of agency and practitioner can be NPIs.

use crate::evidence::Evidence;
use crate::join::LineFacts;
use crate::model::{Severity, npi, text};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};

/// Remark code for a wrong billing NPI; the rule's own is that for a rendering NPI.
const RARC_BILLING: &str = "N257";

/// The rule.
pub static RULE: Rule = Rule {
    id: "C005",
    name: "identifier-invalid",
    severity: Severity::Deny,
    statement: "The billing or the rendering NPI is not ten digits with a right check digit (Luhn \
        over 80840 and the NPI). A rendering practitioner who is not stated is K001's. One finding \
        a line, coded for the billing provider where both are wrong.",
    why: "A wrong check digit is nearly always a typing error. The claim would be rejected, and no \
        table knows a practitioner of that number.",
    source: "[I] the NPI standard, 45 CFR 162.406; 005010X222A1 loops 2010AA, 2310B, 2420A, NM109",
    correct: "Look the provider up in NPPES and correct the number on the claim.",
    policy_keys: &[],
    needs: &[],
    carc: "16",
    rarc: "N290",
    stc: "A7:562",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "The rendering practitioner's NPI ends in 7; its first nine digits ask for 6.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date\n\
            A1,1,M1,1234567893,1999900017,H0038,4,2025-09-03\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["C005 A1/1"],
    },
    silent: Example {
        story: "The right check digit; and a line without a practitioner, which is not C005's.",
        claims: "claim_id,line_number,member_id,billing_npi,rendering_npi,procedure_code,units,\
            service_date\n\
            A1,1,M1,1234567893,1999900016,H0038,4,2025-09-03\n\
            A1,2,M1,1234567893,,H0038,4,2025-09-04\n",
        history: "",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: None,
    check: Check::Line(check),
};

fn check(facts: &LineFacts<'_>) -> Option<Draft> {
    let line = facts.line;
    let billing = fault(line.billing_npi);
    let rendering = if line.rendering_npi.is_empty() { None } else { fault(line.rendering_npi) };
    let message = match (&billing, &rendering) {
        (None, None) => return None,
        (Some(billing), None) => format!("The billing NPI {billing}."),
        (None, Some(rendering)) => format!("The rendering NPI {rendering}."),
        (Some(billing), Some(rendering)) => {
            format!("The billing NPI {billing}; the rendering NPI {rendering}.")
        }
    };
    let draft = Draft::fail(format!("{message} Look it up in NPPES and correct the claim."));
    let draft = if billing.is_some() { draft.with_rarc(RARC_BILLING) } else { draft };
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Values {
        stated: format!(
            "billing {}, rendering {}",
            text::decode(line.billing_npi),
            text::decode(line.rendering_npi)
        ),
        expected: "ten digits with a right check digit".to_owned(),
    }))
}

/// What is wrong with `number`; `None` if nothing is.
fn fault(number: &[u8]) -> Option<String> {
    if npi::is_valid(number) {
        return None;
    }
    let (10, true) = (number.len(), number.iter().all(u8::is_ascii_digit)) else {
        return Some("is not ten digits".to_owned());
    };
    let (stated, others) = number.split_last()?;
    let right = (b'0'..=b'9').find(|digit| npi::is_valid(&[others, &[*digit]].concat()))?;
    Some(format!(
        "ends in check digit {} where its other digits ask for {}, so one of the ten is wrong",
        char::from(*stated),
        char::from(right),
    ))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn says_what_is_wrong_with_a_number() {
        assert_eq!(fault(b"1234567893"), None);
        assert_eq!(
            fault(b"1234567890").as_deref(),
            Some(
                "ends in check digit 0 where its other digits ask for 3, so one of the ten is wrong"
            )
        );
        for short in ["", "123456789", "12345678933", "123456789X"] {
            assert_eq!(fault(short.as_bytes()).as_deref(), Some("is not ten digits"), "{short}");
        }
    }
}
