//! `peerclaims` alone: what to do next.

use std::io::{self, Write};

const TEXT: &str = "\
peerclaims checks Mississippi Medicaid peer-support claims (HCPCS H0038).

  billing, each night  peerclaims validate CLAIMS --tables tables --out results
  auditing years       peerclaims audit CLAIMS --tables tables --out papers
  a rule, or a file    peerclaims explain U001 · peerclaims inspect FILE

The first day: peerclaims init DIR. Everything else: peerclaims --help
";

/// Says it on standard error: nothing was asked, so nothing is the answer, and the exit code is 2.
/// A script whose command went missing must not look well.
pub fn say() {
    let _ = io::stderr().lock().write_all(TEXT.as_bytes());
}
