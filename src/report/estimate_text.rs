//! An estimate from a reviewed sample, as text for a person and as JSON.

use super::plain_text::{grouped, paragraph, plain};
use super::terminal::dollars;
use super::text_table::{Column, TextTable};
use crate::audit::estimate::{Estimate, StratumEstimate};
use crate::model::Cents;
use serde_json::{Value, json};
use std::io::{self, Write};

/// What an estimate is not.
const CAVEAT: &str = "This is an estimate from a sample, with its error; it is no finding about \
                      any line not reviewed.";

const NONE_OVERPAID: &str = "no line reviewed was overpaid: the standard error says nothing of \
                             overpaid lines that the sample may have missed, and an interval \
                             around zero is no proof that there are none.";

/// With fewer overpaid lines the interval is a poor one.
const FEW_OVERPAID: u64 = 5;
const SOME_OVERPAID: &str = "fewer than 5 lines reviewed were overpaid: the interval rests on the \
                             normal shape of the estimate, which so few lines do not give.";

/// Writes the estimate for a person, in lines of at most `width` characters.
pub fn write(out: &mut dyn Write, estimate: &Estimate, width: usize) -> io::Result<()> {
    use Column::{Left, Right};
    writeln!(out, "Estimate of the overpayment (difference estimator)\n")?;
    let mut table = TextTable::new(&[Left, Right, Right, Right, Right, Right, Right, Right]);
    table.heading([
        "stratum",
        "lines",
        "reviewed",
        "overpaid",
        "underpaid",
        "found",
        "estimate",
        "std. error",
    ]);
    let has_strata = estimate.strata.len() > 1;
    let strata = estimate.strata.iter().filter(|_| has_strata);
    for own in strata.chain([&estimate.all]) {
        table.row([
            &*plain(&own.name),
            &grouped(own.lines),
            &grouped(own.reviewed),
            &grouped(own.overpaid),
            &grouped(own.underpaid),
            &money(own.found),
            &money(own.total),
            &money(own.standard_error),
        ]);
    }
    table.write(out, width)?;
    writeln!(out, "\n  point estimate          {}", money(estimate.all.total))?;
    writeln!(out, "  standard error          {}", money(estimate.all.standard_error))?;
    writeln!(
        out,
        "  Student's t             {:.6}, {} degrees of freedom",
        estimate.t, estimate.degrees
    )?;
    writeln!(out, "  precision               {} either way", money(estimate.precision()))?;
    writeln!(
        out,
        "  two-sided {} % interval {} to {}",
        percent(estimate.confidence),
        money(estimate.lower),
        money(estimate.upper)
    )?;
    writeln!(out, "  lower limit             {}", money(estimate.lower))?;
    if let Some(caution) = caution(estimate) {
        writeln!(out)?;
        paragraph(out, "", &format!("CAUTION: {caution}"), width)?;
    }
    writeln!(out)?;
    paragraph(out, "", CAVEAT, width)
}

/// What a reader must know before the numbers are used.
fn caution(estimate: &Estimate) -> Option<&'static str> {
    let all = &estimate.all;
    if all.overpaid == 0 {
        return Some(NONE_OVERPAID);
    }
    (all.overpaid < FEW_OVERPAID && all.reviewed < all.lines).then_some(SOME_OVERPAID)
}

/// `97.5` of 0.975, with the places that it has.
fn percent(share: f64) -> String {
    let text = format!("{:.6}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Writes the estimate for a program.
pub fn write_json(out: &mut dyn Write, estimate: &Estimate) -> io::Result<()> {
    let strata: Vec<Value> = estimate.strata.iter().map(stratum).collect();
    let value = json!({
        "estimator": "difference",
        "strata": strata,
        "all": stratum(&estimate.all),
        "confidence": estimate.confidence,
        "degrees_of_freedom": estimate.degrees,
        "t": estimate.t,
        "precision": cents(estimate.precision()).to_string(),
        "lower_limit": cents(estimate.lower).to_string(),
        "upper_limit": cents(estimate.upper).to_string(),
        "caution": caution(estimate),
        "note": CAVEAT,
    });
    serde_json::to_writer_pretty(&mut *out, &value)?;
    out.write_all(b"\n")
}

fn stratum(own: &StratumEstimate) -> Value {
    json!({
        "stratum": own.name,
        "lines": own.lines,
        "reviewed": own.reviewed,
        "overpaid_lines": own.overpaid,
        "underpaid_lines": own.underpaid,
        "overpaid_found": cents(own.found).to_string(),
        "point_estimate": cents(own.total).to_string(),
        "standard_error": cents(own.standard_error).to_string(),
    })
}

fn cents(value: f64) -> Cents {
    Cents(value.round() as i64)
}

fn money(value: f64) -> String {
    dollars(cents(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::estimate::{ReviewedStratum, estimate};

    fn words(confidence: f64, overpaid: &[f64]) -> String {
        let name = "all".to_owned();
        let stratum = ReviewedStratum { name, lines: 100, overpaid: overpaid.to_vec() };
        let found = estimate(&[stratum], confidence).expect("an estimate");
        let mut out = Vec::new();
        write(&mut out, &found, 100).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn the_confidence_is_named_as_it_was_asked_for() {
        for (share, label) in
            [(0.9, "90 %"), (0.975, "97.5 %"), (0.925, "92.5 %"), (0.999, "99.9 %")]
        {
            assert!(words(share, &[100.0; 8]).contains(&format!("two-sided {label} interval")));
        }
    }

    #[test]
    fn few_overpaid_lines_are_no_proof_of_order() {
        assert!(words(0.9, &[0.0; 8]).contains("CAUTION: no line reviewed was overpaid"));
        let mixed = words(0.9, &[100.0, -100.0, 0.0, 50.0]);
        assert!(mixed.contains("CAUTION: fewer than 5"), "{mixed}");
        let row = mixed.lines().find(|line| line.starts_with("  all ")).expect("a row");
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells[1..5], ["100", "4", "2", "1"]);
        assert!(!words(0.9, &[100.0; 8]).contains("CAUTION"));
    }
}
