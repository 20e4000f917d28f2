//! Where in the loops of an 837P the reader stands, and who the parties above the claim are.

/// The loop that the next segment belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loop {
    /// Between ST and the first HL: 1000A, 1000B.
    Header,
    /// 2000A, 2010AA–AC.
    Billing,
    /// 2000B, 2010BA, 2010BB.
    Subscriber,
    /// 2000C, 2010CA.
    Patient,
    /// A level whose code cannot be read: its parties may be anybody's.
    Unknown,
    /// 2300 and 2310.
    Claim,
    /// 2320 and 2330: another payer, whose parties change nothing.
    OtherPayer,
    /// Behind an SBR that follows service lines: 2320 out of its place, or the 2000B of a level
    /// whose HL is lost.
    Doubtful,
    /// 2400 and 2420.
    ServiceLine,
    /// 2430: another payer's adjudication of the line.
    LineAdjudication,
}

impl Loop {
    /// The loop that an SBR opens within a claim.
    pub fn behind_sbr(self) -> Loop {
        match self {
            Loop::ServiceLine | Loop::LineAdjudication | Loop::Doubtful => Loop::Doubtful,
            _ => Loop::OtherPayer,
        }
    }

    /// Whether a party belongs to another payer, whose SBR before it is lost.
    pub fn lacks_sbr(self, party: &[u8]) -> bool {
        self == Loop::Claim && matches!(party, b"85" | b"IL")
    }

    /// The level that a party tells who cannot stand in this loop: its HL is lost, or has a damaged
    /// code. `Some("")`: a level of its own, whose parties are told one by one.
    pub fn lost_level(self, party: &[u8]) -> Option<&'static [u8]> {
        use Loop::{Doubtful, LineAdjudication, Patient, ServiceLine, Subscriber};
        match (self, party) {
            (Subscriber | Patient, b"85") => Some(b"20"),
            (ServiceLine | LineAdjudication | Doubtful, b"85") => Some(b"20"),
            (Patient | ServiceLine | LineAdjudication | Doubtful, b"IL") => Some(b""),
            (ServiceLine | LineAdjudication, b"QC") => Some(b"23"),
            _ => None,
        }
    }
}

/// A value that may stand before the start of the block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known<T> {
    /// It stands before the block, if anywhere.
    #[default]
    Before,
    /// It stands in the block.
    Here(T),
}

impl<T: Copy + Default> Known<T> {
    /// The value, or its default if it is not known yet.
    pub fn or_default(self) -> T {
        match self {
            Known::Before => T::default(),
            Known::Here(value) => value,
        }
    }
}

/// The parties above a claim, as far as the block tells. Holds data of a person: no `Debug`, on
/// purpose.
#[derive(Clone, Copy, Default)]
pub struct Parties<'a> {
    /// 2010AA NM109.
    pub billing_npi: Known<&'a [u8]>,
    /// 2010BA NM109.
    pub member_id: Known<&'a [u8]>,
    /// 2010BA DMG02, or the patient's (2010CA).
    pub birth: Known<&'a [u8]>,
}

impl Parties<'_> {
    /// `HL*..*20`: another billing provider begins.
    pub fn begin_billing(&mut self) {
        *self = Parties {
            billing_npi: Known::Here(b""),
            member_id: Known::Here(b""),
            birth: Known::Here(b""),
        };
    }

    /// `HL*..*22`: another subscriber begins.
    pub fn begin_subscriber(&mut self) {
        self.member_id = Known::Here(b"");
        self.birth = Known::Here(b"");
    }

    /// `HL*..*23`: the patient is not the subscriber; the member id stays the subscriber's.
    pub fn begin_patient(&mut self) {
        self.birth = Known::Here(b"");
    }
}
