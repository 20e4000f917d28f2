//! Claims of which something else becomes than before.

use super::compare::{self, CellHash, Met, Pair, Rows, Telling};
use crate::earlier::EarlierError;
use crate::earlier::claims::{ClaimRow, column as c};
use crate::model::Cents;
use crate::model::member_ids::IdsToMask;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Claims that moved from one disposition to another (or stayed, or are of one run alone).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// How many.
    pub claims: u64,
    /// Units payable after, less those before.
    pub units_payable: i64,
    /// Dollars at issue after, less those before.
    pub amount_at_issue: Cents,
}

/// What changed of the claims.
#[derive(Default)]
pub struct ClaimsChange {
    /// Claims before.
    pub before: u64,
    /// Claims after.
    pub after: u64,
    /// Claims that are alike.
    pub same: u64,
    /// Units payable before, and after.
    pub units_payable: [u64; 2],
    /// Dollars at issue before, and after: each unit once.
    pub amount_at_issue: [Cents; 2],
    /// By disposition before and after; empty: the claim is not there.
    pub moves: BTreeMap<(String, String), Move>,
    /// What came, went and changed, by claim.
    pub pairs: Vec<Pair<12>>,
    /// Of all claims, before and after.
    pub members: IdsToMask,
}

const TELLING: Telling<12> = Telling {
    key,
    content: &[
        c::DISPOSITION,
        c::SERVICE_LINES,
        c::UNITS_BILLED,
        c::UNITS_PAYABLE,
        c::AMOUNT_BILLED,
        c::AMOUNT_AT_ISSUE,
    ],
};

const KEY: [usize; 5] =
    [c::CLAIM_ID, c::BILLING_NPI, c::FREQUENCY_CODE, c::ORIGINAL_CLAIM_ID, c::MEMBER_ID];

fn key(row: &ClaimRow, hash: &mut CellHash) {
    KEY.iter().for_each(|column| hash.add(row.cell(*column)));
}

fn units(row: &ClaimRow) -> u64 {
    row.cell(c::UNITS_PAYABLE).parse().unwrap_or(0)
}

fn amount(row: &ClaimRow) -> Cents {
    Cents::parse(row.cell(c::AMOUNT_AT_ISSUE).as_bytes()).unwrap_or_default()
}

/// Compares claims, wherever they are.
pub fn compare(before: &dyn Rows<12>, after: &dyn Rows<12>) -> Result<ClaimsChange, EarlierError> {
    let members = RefCell::new(IdsToMask::default());
    let mut sums = [(0, 0, Cents(0)), (0, 0, Cents(0))];
    let add = |sum: &mut (u64, u64, Cents), row: &ClaimRow| {
        members.borrow_mut().add(row.cell(c::MEMBER_ID).as_bytes());
        sum.0 += 1;
        sum.1 += units(row);
        sum.2 += amount(row);
    };
    let [first, second] = &mut sums;
    let met = Met {
        before: &mut |row: &ClaimRow| add(first, row),
        after: &mut |row: &ClaimRow| add(second, row),
    };
    let mut pairs = compare::compare(&TELLING, before, after, met)?;
    let same = sums[1].0 - pairs.iter().filter(|pair| pair.after.is_some()).count() as u64;
    pairs.sort_by_cached_key(|pair| {
        let row = pair.row();
        KEY.map(|column| row.map_or_else(String::new, |row| row.cell(column).to_owned()))
    });
    let mut moves: BTreeMap<(String, String), Move> = BTreeMap::new();
    for Pair { before, after } in &pairs {
        let word = |side: &Option<ClaimRow>| {
            side.as_ref().map_or_else(String::new, |row| row.cell(c::DISPOSITION).to_owned())
        };
        let units = |side: &Option<ClaimRow>| {
            side.as_ref().map_or(0, |row| i64::try_from(units(row)).unwrap_or(i64::MAX))
        };
        let amount = |side: &Option<ClaimRow>| side.as_ref().map_or(0, |row| amount(row).0);
        let one = moves.entry((word(before), word(after))).or_default();
        one.claims += 1;
        one.units_payable += units(after) - units(before);
        one.amount_at_issue += Cents(amount(after) - amount(before));
    }
    let [first, second] = sums;
    Ok(ClaimsChange {
        before: first.0,
        after: second.0,
        same,
        units_payable: [first.1, second.1],
        amount_at_issue: [first.2, second.2],
        moves,
        pairs,
        members: members.into_inner(),
    })
}
