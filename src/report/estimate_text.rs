//! An estimate from a reviewed sample, as text for a person and as JSON.

use super::plain_text::{grouped, plain};
use super::terminal::dollars;
use super::text_table::{Column, TextTable};
use crate::audit::estimate::{Estimate, StratumEstimate};
use crate::model::Cents;
use serde_json::{Value, json};
use std::io::{self, Write};

/// What an estimate is not.
const CAVEAT: &str = "This is an estimate from a sample, with its error; it is no finding about \
                      any line that was not reviewed.";

/// Writes the estimate for a person.
pub fn write(out: &mut dyn Write, estimate: &Estimate) -> io::Result<()> {
    use Column::{Left, Right};
    writeln!(out, "Estimate of the overpayment (difference estimator)\n")?;
    let mut table = TextTable::new(&[Left, Right, Right, Right, Right, Right, Right]);
    table.row(["stratum", "lines", "reviewed", "overpaid", "found", "estimate", "std. error"]);
    let has_strata = estimate.strata.len() > 1;
    let strata = estimate.strata.iter().filter(|_| has_strata);
    for own in strata.chain([&estimate.all]) {
        table.row([
            &*plain(&own.name),
            &grouped(own.lines),
            &grouped(own.reviewed),
            &grouped(own.overpaid),
            &money(own.found),
            &money(own.total),
            &money(own.standard_error),
        ]);
    }
    table.write(out, 100)?;
    let percent = estimate.confidence * 100.0;
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
        "  two-sided {percent:.0} % interval {} to {}",
        money(estimate.lower),
        money(estimate.upper)
    )?;
    writeln!(out, "  lower limit             {}", money(estimate.lower))?;
    writeln!(out, "\n{CAVEAT}")
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
