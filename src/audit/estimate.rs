//! What a reviewed sample says of the whole: an estimate, and never more than that.
//!
//! The difference estimator (mean per unit of the overpaid dollars): with N lines in the frame, n
//! in the sample and overpaid dollars d of each, the point estimate is N·d̄ and its standard error
//! N·√((1 − n/N)·s²/n), s² with n − 1. Over strata totals add up, and so do the squares of the
//! standard errors (Cochran, *Sampling Techniques*, 3rd ed., sections 2.5–2.7 and 5.3–5.4). The
//! interval is the point estimate ± t·standard error, t Student's with n − 1 degrees of freedom,
//! over H strata n − H.

use statrs::distribution::{Continuous, ContinuousCDF, StudentsT};

/// Each doubles the digits that are right.
const NEWTON_STEPS: usize = 3;

/// The reviewed lines of one stratum.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewedStratum {
    /// Its name.
    pub name: String,
    /// Lines in the frame.
    pub lines: u64,
    /// Overpaid cents of each line reviewed.
    pub overpaid: Vec<f64>,
}

/// The estimate of one stratum, or of all. Dollars are cents.
#[derive(Clone, Debug, PartialEq)]
pub struct StratumEstimate {
    /// Its name.
    pub name: String,
    /// Lines in the frame.
    pub lines: u64,
    /// Lines reviewed.
    pub reviewed: u64,
    /// Of them, those for which too much was paid.
    pub overpaid: u64,
    /// Of them, those for which too little was paid.
    pub underpaid: u64,
    /// Dollars found on them, underpaid ones taken off.
    pub found: f64,
    /// Point estimate of the overpaid dollars of the frame.
    pub total: f64,
    /// Standard error of that.
    pub standard_error: f64,
}

/// An estimate with its interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// By stratum.
    pub strata: Vec<StratumEstimate>,
    /// Of all.
    pub all: StratumEstimate,
    /// 0.90
    pub confidence: f64,
    /// n − H.
    pub degrees: u64,
    /// Student's t for them; 0 where all lines of the frame were reviewed.
    pub t: f64,
    /// Lower limit of the two-sided interval.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Estimate {
    /// Half the width of the interval.
    pub fn precision(&self) -> f64 {
        self.t * self.all.standard_error
    }
}

/// Estimates from strata of at least two reviewed lines each, or all that there are.
pub fn estimate(strata: &[ReviewedStratum], confidence: f64) -> Result<Estimate, String> {
    let mut all = StratumEstimate {
        name: "all".to_owned(),
        lines: 0,
        reviewed: 0,
        overpaid: 0,
        underpaid: 0,
        found: 0.0,
        total: 0.0,
        standard_error: 0.0,
    };
    let mut estimates = Vec::new();
    let mut variance = 0.0;
    let mut open_strata = 0;
    let mut open_lines = 0;
    for stratum in strata {
        let own = of_stratum(stratum)?;
        all.lines += own.lines;
        all.reviewed += own.reviewed;
        all.overpaid += own.overpaid;
        all.underpaid += own.underpaid;
        all.found += own.found;
        all.total += own.total;
        variance += own.standard_error.powi(2);
        if own.reviewed < own.lines {
            open_strata += 1;
            open_lines += own.reviewed;
        }
        estimates.push(own);
    }
    all.standard_error = variance.sqrt();
    // Strata reviewed whole bring no error, and no degrees of freedom.
    let degrees = open_lines - open_strata;
    let t = if open_strata == 0 { 0.0 } else { student_t(confidence, degrees)? };
    let half = t * all.standard_error;
    let (lower, upper) = (all.total - half, all.total + half);
    Ok(Estimate { strata: estimates, all, confidence, degrees, t, lower, upper })
}

fn of_stratum(stratum: &ReviewedStratum) -> Result<StratumEstimate, String> {
    let (lines, reviewed) = (stratum.lines, stratum.overpaid.len() as u64);
    if reviewed > lines {
        let name = &stratum.name;
        return Err(format!("stratum {name}: {reviewed} lines reviewed of {lines} in the frame"));
    }
    if reviewed < lines.min(2) {
        let name = &stratum.name;
        return Err(format!(
            "stratum {name}: lines reviewed: {reviewed}; at least 2 are needed for a standard error"
        ));
    }
    let count = reviewed as f64;
    let found: f64 = stratum.overpaid.iter().sum();
    let mean = found / count;
    let squares: f64 = stratum.overpaid.iter().map(|value| (value - mean).powi(2)).sum();
    let variance = squares / (count - 1.0).max(1.0);
    let all = lines as f64;
    Ok(StratumEstimate {
        name: stratum.name.clone(),
        lines,
        reviewed,
        overpaid: stratum.overpaid.iter().filter(|value| **value > 0.0).count() as u64,
        underpaid: stratum.overpaid.iter().filter(|value| **value < 0.0).count() as u64,
        found,
        total: all * mean,
        standard_error: all * ((1.0 - count / all) * variance / count).sqrt(),
    })
}

/// Student's t that leaves `(1 − confidence) / 2` above it.
pub fn student_t(confidence: f64, degrees: u64) -> Result<f64, String> {
    let distribution =
        StudentsT::new(0.0, 1.0, degrees as f64).map_err(|error| error.to_string())?;
    let below = 0.5 + confidence / 2.0;
    // The crate's inverse is right to five places only where the degrees are many; its
    // distribution function is right, and Newton's steps go by that.
    let mut t = distribution.inverse_cdf(below);
    for _ in 0..NEWTON_STEPS {
        t -= (distribution.cdf(t) - below) / distribution.pdf(t);
    }
    Ok(t)
}

#[cfg(test)]
#[path = "estimate_tests.rs"]
mod tests;
