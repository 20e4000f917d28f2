//! The findings that a run on a set must give, in the order in which the program reports them.

use super::cell::{Carrier, Cell, Outcome};
use super::claim_rows::push_claim_id;
use super::edi837p;
use super::text::push_number;

/// The header row.
pub(super) const HEADER: &str = "rule,outcome,claim_id,line_number,billing_npi,excess_units\n";

/// Which shape of the set the findings are of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Csv,
    X12,
}

/// Rows of expected findings and how many there are of each rule.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// One buffer a file of claims; that of the history stays empty, as it is never reported.
    pub(super) files: Vec<Vec<u8>>,
    pub(super) rules: Vec<&'static str>,
}

/// Writes one row of a finding that has no claim.
pub(super) fn push_bare(out: &mut Vec<u8>, rule: &str) {
    out.extend_from_slice(rule.as_bytes());
    out.extend_from_slice(b",fail,,,,\n");
}

/// The findings of a cell whose claims stand in this order.
pub(super) fn write(cell: &Cell, order: &[usize], shape: Shape) -> Findings {
    let mut rank = vec![0; order.len()];
    for (place, claim) in order.iter().enumerate() {
        rank[*claim] = place;
    }
    let mut found: Vec<_> = cell
        .expected
        .iter()
        .filter(|expected| {
            let claim = &cell.claims[expected.at.claim];
            let reported = cell.world.nights == 0 || claim.night > 0;
            reported
                && match shape {
                    Shape::Csv => expected.carrier != Carrier::X12,
                    Shape::X12 => expected.carrier != Carrier::Csv && edi837p::carries(claim),
                }
        })
        .collect();
    found.sort_by_key(|expected| (rank[expected.at.claim], expected.at.line, expected.rule));
    let mut findings = Findings { files: vec![Vec::new(); cell.world.files()], rules: Vec::new() };
    for expected in found {
        let claim = &cell.claims[expected.at.claim];
        let out = &mut findings.files[usize::from(claim.night)];
        findings.rules.push(expected.rule);
        if claim.blank_member {
            push_bare(out, expected.rule);
            continue;
        }
        out.extend_from_slice(expected.rule.as_bytes());
        out.extend_from_slice(match expected.outcome {
            Outcome::Fail => b",fail,",
            Outcome::NotEvaluable => b",not_evaluable,",
            Outcome::Pending => b",pending,",
        });
        push_claim_id(out, claim.number);
        out.push(b',');
        push_number(out, u64::from(expected.at.line));
        out.push(b',');
        push_number(out, cell.agencies[claim.agency]);
        out.push(b',');
        if expected.excess_units > 0 {
            push_number(out, u64::from(expected.excess_units));
        }
        out.push(b'\n');
    }
    findings
}
