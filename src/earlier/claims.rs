//! The claims of an earlier run: `claims.csv`, row by row.

use super::error::EarlierError;
use super::rows::{self, Row};
use std::path::Path;

/// The columns of `claims.csv`, in order.
pub const COLUMNS: [&str; 12] = [
    "claim_id",
    "frequency_code",
    "original_claim_id",
    "member_id",
    "billing_npi",
    "disposition",
    "rules",
    "service_lines",
    "units_billed",
    "units_payable",
    "amount_billed",
    "amount_at_issue",
];

/// Places among [`COLUMNS`].
pub mod column {
    #![allow(missing_docs)]
    pub const CLAIM_ID: usize = 0;
    pub const FREQUENCY_CODE: usize = 1;
    pub const ORIGINAL_CLAIM_ID: usize = 2;
    pub const MEMBER_ID: usize = 3;
    pub const BILLING_NPI: usize = 4;
    pub const DISPOSITION: usize = 5;
    pub const RULES: usize = 6;
    pub const SERVICE_LINES: usize = 7;
    pub const UNITS_BILLED: usize = 8;
    pub const UNITS_PAYABLE: usize = 9;
    pub const AMOUNT_BILLED: usize = 10;
    pub const AMOUNT_AT_ISSUE: usize = 11;
}

/// A claim as it was written.
pub type ClaimRow = Row<12>;

/// Hands over each claim in the file at `path`.
pub fn each(path: &Path, take: &mut dyn FnMut(&ClaimRow)) -> Result<(), EarlierError> {
    rows::each(path, &COLUMNS, &mut |row| take(row))
}
