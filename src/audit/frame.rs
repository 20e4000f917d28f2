//! The sampling frame: every paid net line once, numbered 1..N in a stated order.

use super::Subject;
use super::ledger::Ledger;
use crate::model::{Cents, ClaimStatus, NaiveDate};
use crate::store::RecordId;

/// One line of the frame; its number is its place, counted from 1.
#[derive(Clone, Copy)]
pub struct FrameLine {
    /// The record.
    pub record: RecordId,
    /// Paid amount (or price), else charge.
    pub amount: Cents,
}

/// The frame.
#[derive(Clone, Default)]
pub struct Frame {
    /// In the order of agency, member, service date, claim id, line number, input.
    pub lines: Vec<FrameLine>,
    /// Their dollars.
    pub amount: Cents,
    /// Net lines left out because no dollars were paid (or charged) for them.
    pub without_amount: u64,
    /// Net lines left out because the payer has not decided yet.
    pub pending: u64,
}

/// What decides the place of a line. Texts compare byte by byte.
type Order<'a> = (&'a [u8], &'a [u8], Option<NaiveDate>, &'a [u8], u32, RecordId);

impl Frame {
    /// The reported net lines with an amount over zero that are not pending.
    pub fn of(subject: &Subject<'_>, ledger: &Ledger) -> Frame {
        let mut frame = Frame::default();
        let mut ordered: Vec<(Order<'_>, Cents)> = Vec::new();
        for own in ledger.reported() {
            let line = subject.store().line(own.record);
            let amount = line.amount().unwrap_or_default();
            if line.status == ClaimStatus::Pending {
                frame.pending += 1;
            } else if amount.0 <= 0 {
                frame.without_amount += 1;
            } else {
                let order = (
                    line.billing_npi,
                    line.member_id,
                    line.first_day.day(),
                    line.claim_id,
                    line.line_number,
                    own.record,
                );
                ordered.push((order, amount));
            }
        }
        ordered.sort_unstable();
        frame.amount = ordered.iter().map(|(_, amount)| *amount).sum();
        let line = |(order, amount): (Order<'_>, Cents)| FrameLine { record: order.5, amount };
        frame.lines = ordered.into_iter().map(line).collect();
        frame
    }
}
