//! D005: two records of one line that do not say the same.

use super::earlier;
use crate::evidence::{Evidence, EvidenceLine};
use crate::join::RecordConflict;
use crate::model::{DateField, ServiceLine, Severity, UnitBasis};
use crate::rules::rule::{Check, Disallows, Draft, Example, Rule};
use crate::rules::words;

/// The rule.
pub static RULE: Rule = Rule {
    id: "D005",
    name: "conflicting-record",
    severity: Severity::Review,
    statement: "The same billing provider, claim id, line number, frequency code and original \
        claim id as a record before it (history first), but another member, procedure, set of \
        modifiers, quantity, date or rendering practitioner. The first stands, the later counts \
        nowhere.",
    why: "Extracts overlap, and the same record twice is harmless. Two records that disagree mean \
        that a claim was changed without a correction, or that a claim number was used twice.",
    source: "[I] rules.md, \"Which lines count\", step 2",
    correct: "Find out which record is right. If the line was changed, bill a replacement \
        (frequency 7) that names the claim; if it is another claim, give it a number of its own.",
    policy_keys: &[],
    needs: &[],
    carc: "",
    rarc: "",
    stc: "",
    disallows: Disallows::WholeLine,
    fires: Example {
        story: "History has the line with 3 units, the new file with 4.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n",
        history: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,3,2025-09-03\n",
        tables: &[],
        as_of: "2025-09-30",
        finds: &["D005 A1/1"],
    },
    silent: Example {
        story: "History has the line with 4.0 units: the same value, so the record is repeated.",
        claims: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4,2025-09-03\n",
        history: "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n\
            A1,1,M1,1234567893,H0038,4.0,2025-09-03\n",
        tables: &[],
        as_of: "2025-09-30",
        finds: &[],
    },
    names: Some(earlier::named),
    check: Check::Record(check),
};

fn check(facts: &RecordConflict<'_>) -> Option<Draft> {
    let differences = differences(facts.first, facts.later);
    let draft = Draft::fail(format!(
        "{} stands before this record with {}. This one is not counted: bill a replacement, or \
         give the claim a number of its own.",
        capitalised(&earlier::words(facts.first)),
        differences.join(", "),
    ));
    Some(draft.with_evidence(facts.context.wants_evidence, || Evidence::Earlier {
        line: EvidenceLine::of(facts.first, 0),
    }))
}

/// What the record that stands has otherwise, in words; values only where they name nobody.
fn differences(first: &ServiceLine<'_>, later: &ServiceLine<'_>) -> Vec<String> {
    // A field disagrees if putting it alone into the first record changes what that record says; so
    // there is one definition of content, in the model.
    let disagrees = |changed: ServiceLine<'_>| !first.same_content(&changed);
    let mut found = Vec::new();
    let quantity =
        ServiceLine { units_text: later.units_text, basis_text: later.basis_text, ..first.clone() };
    if disagrees(quantity) {
        found.push(match (amount(first), amount(later)) {
            (Some(first), Some(later)) => format!("{first}, not {later}"),
            _ => "another quantity".to_owned(),
        });
    }
    let dates =
        ServiceLine { first_day: later.first_day, last_day: later.last_day, ..first.clone() };
    if disagrees(dates) {
        found.push(match (dates_of(first), dates_of(later)) {
            (Some(first), Some(later)) => format!("service {first}, not {later}"),
            _ => "another service date".to_owned(),
        });
    }
    let mut other = |changed: ServiceLine<'_>, words: &str| {
        if disagrees(changed) {
            found.push(words.to_owned());
        }
    };
    other(ServiceLine { member_id: later.member_id, ..first.clone() }, "another member");
    other(ServiceLine { procedure: later.procedure, ..first.clone() }, "another procedure");
    other(ServiceLine { modifiers: later.modifiers, ..first.clone() }, "other modifiers");
    other(
        ServiceLine { rendering_npi: later.rendering_npi, ..first.clone() },
        "another rendering practitioner",
    );
    found
}

fn amount(line: &ServiceLine<'_>) -> Option<String> {
    let units = line.units()?;
    Some(match line.basis() {
        UnitBasis::Minutes => format!("{} (in minutes)", words::units(u64::from(units))),
        _ => words::units(u64::from(units)),
    })
}

fn dates_of(line: &ServiceLine<'_>) -> Option<String> {
    match (line.first_day, line.last_day_or_first()) {
        (DateField::Day(first), DateField::Day(last)) if first == last => {
            Some(format!("on {first}"))
        }
        (DateField::Day(first), DateField::Day(last)) => Some(format!("from {first} to {last}")),
        _ => None,
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> ServiceLine<'static> {
        ServiceLine {
            claim_id: b"A1",
            line_number: 1,
            member_id: b"M1",
            procedure: b"H0038",
            units_text: b"4",
            first_day: DateField::parse(b"20250903"),
            ..ServiceLine::empty()
        }
    }

    #[test]
    fn every_field_of_the_content_has_its_words() {
        let later = ServiceLine {
            member_id: b"M2",
            procedure: b"H2017",
            modifiers: b"HQ",
            units_text: b"3",
            first_day: DateField::parse(b"20250904"),
            last_day: DateField::parse(b"20250905"),
            rendering_npi: b"1234567893",
            ..line()
        };
        let expected = [
            "4 units, not 3 units",
            "service on 2025-09-03, not from 2025-09-04 to 2025-09-05",
            "another member",
            "another procedure",
            "other modifiers",
            "another rendering practitioner",
        ];
        assert_eq!(differences(&line(), &later), expected);
    }

    #[test]
    fn equal_values_are_no_difference_and_bad_ones_are_not_shown() {
        assert!(differences(&line(), &ServiceLine { units_text: b"4.0", ..line() }).is_empty());
        let minutes = ServiceLine { units_text: b"60", basis_text: b"MJ", ..line() };
        assert_eq!(differences(&line(), &minutes), ["4 units, not 4 units (in minutes)"]);
        // A basis or an end alone.
        let minutes = ServiceLine { basis_text: b"MJ", ..line() };
        assert_eq!(differences(&line(), &minutes), ["another quantity"]);
        let longer = ServiceLine { last_day: DateField::parse(b"20250905"), ..line() };
        let days = "service on 2025-09-03, not from 2025-09-03 to 2025-09-05";
        assert_eq!(differences(&line(), &longer), [days]);
        let bad = ServiceLine { units_text: b"M1", first_day: DateField::parse(b"M1"), ..line() };
        assert_eq!(differences(&line(), &bad), ["another quantity", "another service date"]);
    }

    #[test]
    fn the_message_begins_like_a_sentence() {
        let history = ServiceLine { is_history: true, ..line() };
        assert_eq!(capitalised(&earlier::words(&history)), "Claim A1 line 1 (history)");
        assert_eq!(capitalised(""), "");
    }
}
