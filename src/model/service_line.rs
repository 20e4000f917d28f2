//! The service line: one row of a claim CSV, or one loop 2400 with all that its claim says of it.

use super::{Cents, NaiveDate, Quantity, UnitBasis, date, text};

/// Place in input order: arguments in the order given (history first), files of a folder by path,
/// then position in the file. Comparable across all inputs of a run; decides ties.
///
/// The upper 32 bits number the block of input, the lower ones the service line in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct InputSeq(pub u64);

impl InputSeq {
    /// The `index`-th service line of block `block`.
    pub fn new(block: u32, index: u32) -> InputSeq {
        InputSeq(u64::from(block) << 32 | u64::from(index))
    }

    /// The block of input that it came from.
    pub fn block(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Its number among the service lines of that block.
    pub fn index(self) -> u32 {
        self.0 as u32
    }
}

/// Where a service line stands, counted from the start of its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LocalPosition {
    /// Rows or segments before it in the block.
    pub number: u32,
    /// Bytes before it in the block.
    pub byte: u32,
}

/// CLM05-3, the claim frequency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Frequency {
    /// `1`, and any code that is neither of the others.
    Original,
    /// `7`: takes the place of the claim that it names.
    Replacement,
    /// `8`: takes back the claim that it names.
    Void,
}

impl Frequency {
    /// Reads the code.
    pub fn parse(code: &[u8]) -> Frequency {
        match code {
            b"7" => Frequency::Replacement,
            b"8" => Frequency::Void,
            _ => Frequency::Original,
        }
    }
}

/// What the payer did with the line, as far as the input says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimStatus {
    /// `paid`, or nothing stated.
    Paid,
    /// `pending`.
    Pending,
    /// `denied`: out of every rule.
    Denied,
    /// Another word: treated as paid, counted in the summary.
    Unknown,
}

impl ClaimStatus {
    /// Reads the `claim_status` column, without case.
    pub fn parse(word: &[u8]) -> ClaimStatus {
        if word.is_empty() || word.eq_ignore_ascii_case(b"paid") {
            ClaimStatus::Paid
        } else if word.eq_ignore_ascii_case(b"pending") {
            ClaimStatus::Pending
        } else if word.eq_ignore_ascii_case(b"denied") {
            ClaimStatus::Denied
        } else {
            ClaimStatus::Unknown
        }
    }
}

/// A date of service as it was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DateField<'a> {
    /// Nothing there.
    Missing,
    /// Text that is no date.
    Unreadable(&'a [u8]),
    /// A day.
    Day(NaiveDate),
}

impl<'a> DateField<'a> {
    /// Reads a trimmed text.
    pub fn parse(text: &'a [u8]) -> DateField<'a> {
        match date::parse(text) {
            Some(day) => DateField::Day(day),
            None if text.is_empty() => DateField::Missing,
            None => DateField::Unreadable(text),
        }
    }

    /// The day, if it is one.
    pub fn day(self) -> Option<NaiveDate> {
        match self {
            DateField::Day(day) => Some(day),
            _ => None,
        }
    }
}

/// CLM02 of a claim on the wire, where it disagrees with the charges of the claim's service lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfBalance {
    /// CLM02; `None` if it is no amount.
    pub claim_total: Option<Cents>,
    /// Σ SV102 of all service lines of the claim.
    pub lines_total: Cents,
}

/// One service line. Texts are trimmed, borrowed from the block (or record) they stand in.
///
/// It holds data of a person in recovery: it has no `Debug`, on purpose.
#[derive(Clone)]
pub struct ServiceLine<'a> {
    /// Place in input order.
    pub seq: InputSeq,
    /// Where it stands in its block.
    pub position: LocalPosition,
    /// From `--history` or the ledger: context, never reported.
    pub is_history: bool,
    /// Whether the procedure is one of the policy's peer-support procedures.
    pub is_peer_support: bool,
    /// `claim_status`.
    pub status: ClaimStatus,
    /// CLM01.
    pub claim_id: &'a [u8],
    /// LX01.
    pub line_number: u32,
    /// LX01 as written (`02`), for the findings.
    pub line_text: &'a [u8],
    /// CLM05-3 as written; blank = `1`.
    pub frequency_code: &'a [u8],
    /// REF*F8.
    pub original_claim_id: &'a [u8],
    /// The payer's control number.
    pub payer_claim_number: &'a [u8],
    /// 2010BA NM109.
    pub member_id: &'a [u8],
    /// 2010AA NM109.
    pub billing_npi: &'a [u8],
    /// 2420A, else 2310B NM109; blank = not stated.
    pub rendering_npi: &'a [u8],
    /// 2420D, else 2310D NM109.
    pub supervising_npi: &'a [u8],
    /// SV101-2.
    pub procedure: &'a [u8],
    /// SV101-3..6, joined by `:`.
    pub modifiers: &'a [u8],
    /// SV104 as written.
    pub units_text: &'a [u8],
    /// SV103 as written.
    pub basis_text: &'a [u8],
    /// SV105, else CLM05-1.
    pub place_of_service: &'a [u8],
    /// HI codes, joined by `:`.
    pub diagnoses: &'a [u8],
    /// REF*G1, line else claim.
    pub authorization: &'a [u8],
    /// DTP*472, the first day.
    pub first_day: DateField<'a>,
    /// DTP*472, the last day; `Missing` = the first day.
    pub last_day: DateField<'a>,
    /// When the payer received the claim.
    pub received: Option<NaiveDate>,
    /// 2010BA (or 2010CA) DMG02; unreadable = `None`.
    pub birth: Option<NaiveDate>,
    /// SV102.
    pub charge: Option<Cents>,
    /// What the payer paid for the line.
    pub paid: Option<Cents>,
    /// AMT*F5 of the claim.
    pub patient_paid: Option<Cents>,
    /// `paid` is no amount of the payer's, but units times a rate (`audit --rates`).
    pub is_priced: bool,
    /// X12 only: the claim's total disagrees with its lines.
    pub out_of_balance: Option<OutOfBalance>,
}

impl<'a> ServiceLine<'a> {
    /// A line of which nothing is known yet; readers fill it.
    pub fn empty() -> ServiceLine<'a> {
        ServiceLine {
            seq: InputSeq::default(),
            position: LocalPosition::default(),
            is_history: false,
            is_peer_support: false,
            status: ClaimStatus::Paid,
            claim_id: b"",
            line_number: 0,
            line_text: b"",
            frequency_code: b"",
            original_claim_id: b"",
            payer_claim_number: b"",
            member_id: b"",
            billing_npi: b"",
            rendering_npi: b"",
            supervising_npi: b"",
            procedure: b"",
            modifiers: b"",
            units_text: b"",
            basis_text: b"",
            place_of_service: b"",
            diagnoses: b"",
            authorization: b"",
            first_day: DateField::Missing,
            last_day: DateField::Missing,
            received: None,
            birth: None,
            charge: None,
            paid: None,
            patient_paid: None,
            is_priced: false,
            out_of_balance: None,
        }
    }

    /// What CLM05-3 makes of the claim.
    pub fn frequency(&self) -> Frequency {
        Frequency::parse(self.frequency_code)
    }

    /// The frequency code with its default.
    pub fn frequency_or_default(&self) -> &'a [u8] {
        if self.frequency_code.is_empty() { b"1" } else { self.frequency_code }
    }

    /// What the quantity counts.
    pub fn basis(&self) -> UnitBasis {
        UnitBasis::parse(self.basis_text)
    }

    /// The quantity as read.
    pub fn quantity(&self) -> Quantity {
        Quantity::parse(self.units_text)
    }

    /// The units of 15 minutes that the line bills; `None` where rule C001 is broken.
    pub fn units(&self) -> Option<u32> {
        self.quantity().units(self.basis())
    }

    /// The last service day: as stated, or the first where nothing is stated.
    pub fn last_day_or_first(&self) -> DateField<'a> {
        match self.last_day {
            DateField::Missing => self.first_day,
            stated => stated,
        }
    }

    /// The dollars at issue: paid amount, else charge.
    pub fn amount(&self) -> Option<Cents> {
        self.paid.or(self.charge)
    }

    /// Whether one of the modifiers is `code` (without case).
    pub fn has_modifier(&self, code: &str) -> bool {
        text::holds(self.modifiers, code)
    }

    /// Whether two records of one key say the same: member, procedure, set of modifiers, units and
    /// basis, dates and rendering practitioner, as values and not as text (rules.md, step 2).
    pub fn same_content(&self, other: &ServiceLine<'_>) -> bool {
        let same_basis = match (self.basis(), other.basis()) {
            (UnitBasis::Other, UnitBasis::Other) => {
                self.basis_text.eq_ignore_ascii_case(other.basis_text)
            }
            (left, right) => left == right,
        };
        let same_units = match (self.quantity(), other.quantity()) {
            (Quantity::Whole(left), Quantity::Whole(right)) => left == right,
            _ => self.units_text == other.units_text,
        };
        same_basis
            && same_units
            && self.member_id == other.member_id
            && self.rendering_npi == other.rendering_npi
            && self.procedure.eq_ignore_ascii_case(other.procedure)
            && self.first_day == other.first_day
            && self.last_day_or_first() == other.last_day_or_first()
            && text::same_set(self.modifiers, other.modifiers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(units: &'static str, modifiers: &'static str) -> ServiceLine<'static> {
        ServiceLine {
            units_text: units.as_bytes(),
            modifiers: modifiers.as_bytes(),
            first_day: DateField::parse(b"20250701"),
            ..ServiceLine::empty()
        }
    }

    #[test]
    fn content_is_compared_as_values() {
        assert!(line("4", "HE:HQ").same_content(&line("4.0", "hq:HE")));
        assert!(!line("4", "HE").same_content(&line("4", "HE:HQ")));
        assert!(!line("4", "").same_content(&line("+4", "")));
        let ended = ServiceLine { last_day: DateField::parse(b"2025-07-01"), ..line("4", "") };
        assert!(line("4", "").same_content(&ended), "a blank end is the service date");
    }
}
