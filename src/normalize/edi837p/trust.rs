//! What can be trusted of a damaged transaction set: which segments are what their id says, and
//! where a claim or a hierarchical level begins though its id or the terminator before it is
//! damaged.
//!
//! A lost `CLM` or `HL` is the worst that one byte can do: the lines behind it would go to the
//! claim, or the member, before it. Both have a shape that nothing else has.

use crate::model::Cents;
use crate::x12::segment::component;
use crate::x12::{Delimiters, Segment, id, swallowed};
use memchr::memchr;

/// Whether an id is of a segment that an 837 of any version may hold, below its control segments.
/// Asked of many segments: a `match` is compared as one number, a list one id after the other.
#[rustfmt::skip]
pub fn is_known(id: &[u8]) -> bool {
    matches!(
        id,
        b"HI" | b"HL" | b"K3" | b"LE" | b"LQ" | b"LS" | b"LX" | b"N2" | b"N3" | b"N4" | b"OI"
        | b"UR" | b"AMT" | b"BHT" | b"CAS" | b"CL1" | b"CLM" | b"CN1" | b"CR1" | b"CR2" | b"CR3"
        | b"CR5" | b"CR6" | b"CR7" | b"CR8" | b"CRC" | b"CTP" | b"CUR" | b"DMG" | b"DN1" | b"DN2"
        | b"DSB" | b"DTM" | b"DTP" | b"FRM" | b"HCP" | b"HSD" | b"IMM" | b"LIN" | b"MEA" | b"MIA"
        | b"MOA" | b"NM1" | b"NTE" | b"PAT" | b"PER" | b"PRV" | b"PS1" | b"PWK" | b"QTY" | b"REF"
        | b"SBR" | b"SV1" | b"SV2" | b"SV3" | b"SV4" | b"SV5" | b"SV6" | b"SV7" | b"SVD" | b"TA1"
        | b"TOO"
    )
}

/// Control segments that say nothing of what an interchange holds: grade of service (ISB), deferred
/// delivery (ISE), delivery notice (TA3), and the headers, trailers and values of X12.58 security.
#[rustfmt::skip]
const SERVICES: [&[u8]; 15] = [
    b"ISB", b"ISE", b"TA3", b"S1A", b"S1E", b"S1S", b"S2A", b"S2E", b"S2S", b"S3A", b"S3E", b"S3S",
    b"S4A", b"S4E", b"S4S",
];

/// Whether a segment is one of the optional services between the control segments. A damaged `ISA`
/// has more elements than any of those of a near name.
pub fn is_service(segment: &Segment<'_>) -> bool {
    let most = if segment.id().starts_with(b"IS") { 4 } else { usize::MAX };
    (SERVICES.contains(&segment.id()) || segment.id() == b"SVA") && segment.count() <= most
}

/// Whether an HL is text that a damaged byte made look like one: of a level, one byte damages
/// either its number or its code.
pub fn is_text(level: Segment<'_>) -> bool {
    let has_number = level.element(1).first().is_none_or(u8::is_ascii_digit);
    !has_number && !matches!(level.element(3), b"20" | b"22" | b"23")
}

/// Whether a segment with the id of another is a CLM or HL: its own id differs from theirs by one
/// byte, and it lacks what every one of its kind has.
pub fn is_other(segment: &Segment<'_>, delimiters: Delimiters) -> bool {
    match segment.code {
        // A diagnosis has its code and qualifier in one element.
        id::HI if memchr(delimiters.component, segment.element(1)).is_some() => false,
        id::HI => matches!(shape(segment, delimiters), Shape::Level(_)),
        id::CL1 => shape(segment, delimiters) == Shape::Claim,
        _ => false,
    }
}

/// Whether another segment follows within this one, because the terminator between them is lost: it
/// has elements that no such segment of an 837P has, or one that ends with the id of another. Told
/// of the segments below alone.
#[inline(always)]
pub fn runs_on(segment: &Segment<'_>) -> bool {
    let is_any_from = |first| segment.elements_from(first).any(|text| !text.is_empty());
    let ends_with_id = |text: &[u8]| match text {
        // Ids begin with a letter, which few values have there.
        [_, .., letter, _, _] => letter.is_ascii_uppercase() && is_known(&text[text.len() - 3..]),
        _ => false,
    };
    match segment.code {
        id::NM1 => is_any_from(10),
        id::DTP => is_any_from(4),
        id::REF => is_any_from(5) || (is_any_from(3) && ends_with_id(segment.element(2))),
        // Not by its shape: there are senders whose ISA16 is not the separator that they use.
        id::HI => segment.long_elements(1, None).any(ends_with_id),
        id::SV1 => segment.long_elements(2, Some(9)).any(ends_with_id),
        _ => false,
    }
}

/// What a segment looks like whose id cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'a> {
    /// `CLM`: an id, an amount, two blanks, a composite.
    Claim,
    /// `HL`, with its level code (HL03).
    Level(&'a [u8]),
    /// Anything else.
    Other,
}

/// The shape of a segment, looked for with the id whole, split in two, or joined to what
/// follows it.
pub fn shape<'a>(segment: &Segment<'a>, delimiters: Delimiters) -> Shape<'a> {
    let parts = || std::iter::once(segment.id()).chain(segment.elements());
    let joined = |id: &'static [u8]| [id, b"1"].into_iter().chain(segment.elements());
    if segment.id().starts_with(b"CLM") && is_claim(joined(b"CLM"), delimiters) {
        return Shape::Claim;
    }
    if segment.id().starts_with(b"HL")
        && let Some(code) = level(joined(b"HL"))
    {
        return Shape::Level(code);
    }
    for skipped in 0..2 {
        if is_claim(parts().skip(skipped), delimiters) {
            return Shape::Claim;
        }
        if let Some(code) = level(parts().skip(skipped)) {
            return Shape::Level(code);
        }
    }
    Shape::Other
}

fn is_claim<'a>(mut parts: impl Iterator<Item = &'a [u8]>, delimiters: Delimiters) -> bool {
    let [id, amount] = [parts.nth(1), parts.next()].map(Option::unwrap_or_default);
    let place = parts.nth(2).unwrap_or_default();
    let has_facility = memchr(delimiters.component, place).is_some()
        && !component(place, 1, delimiters).is_empty();
    !id.is_empty() && has_facility && Cents::parse(amount).is_some()
}

fn level<'a>(mut parts: impl Iterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    let is_number = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    let number = parts.nth(1).filter(|number| !number.is_empty() && is_number(number))?;
    let parent = parts.next().filter(|parent| is_number(parent))?;
    let code = parts.next().filter(|code| matches!(*code, b"20" | b"22" | b"23"))?;
    // Not counted: what follows may be as long as a block.
    let is_short = parts.nth(1).is_none() && number.len() <= 12 && parent.len() <= 12;
    is_short.then_some(code)
}

/// Where in a block a `CLM` or `HL` begins without a terminator before it, ascending.
pub fn swallowed(block: &[u8], delimiters: Delimiters) -> Vec<usize> {
    swallowed::find(block, [b"CLM", b"HL"], delimiters, |segment| {
        let parts = || std::iter::once(segment.id()).chain(segment.elements());
        match segment.code {
            id::CLM => is_claim(parts(), delimiters),
            _ => level(parts()).is_some(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIMITERS: Delimiters = Delimiters::USUAL;

    fn shape_of(text: &str) -> Shape<'_> {
        shape(&Segment::of(text.as_bytes(), b'*'), DELIMITERS)
    }

    #[test]
    fn claims_and_levels_are_known_without_their_id() {
        assert_eq!(shape_of("XLM*N1*183.72***53:B:1*Y*A*Y*Y"), Shape::Claim);
        assert_eq!(shape_of("*LM*N1*183.72***53:B:1*Y*A*Y*Y"), Shape::Claim);
        assert_eq!(shape_of("C:M*N1*183.72***53:B:1*Y*A*Y*Y"), Shape::Claim);
        assert_eq!(shape_of("XL*3*1*22*0"), Shape::Level(b"22"));
        assert_eq!(shape_of("H*3**20*1"), Shape::Level(b"20"));
        assert_eq!(shape_of("HLX3*1*22*0"), Shape::Level(b"22"));
        assert_eq!(shape_of("CLM:N1*183.72***53:B:1*Y"), Shape::Claim);
        assert_eq!(shape_of("XM1*IL*1*KOHL*CARL****MI*1"), Shape::Other);
        assert_eq!(shape_of("XV1*HC:H0038*61.24*UN*4***1"), Shape::Other);
        assert_eq!(shape_of("X"), Shape::Other);
    }

    #[test]
    fn optional_services_are_no_damage_and_a_damaged_header_is_none_of_them() {
        let is = |text: &str| is_service(&Segment::of(text.as_bytes(), b'*'));
        assert!(is("ISB*1") && is("ISE*200601*0515*04") && is("S3S*1*2") && is("SVA*X"));
        assert!(!is("ISB*00*..........*00*..........*ZZ*S*ZZ*R") && !is("ISX*1"));
    }

    #[test]
    fn segments_that_run_on_into_the_next_are_known() {
        let runs = |text: &str| runs_on(&Segment::of(text.as_bytes(), b'*'));
        for text in [
            "NM1*IL*1*KOHL*CARL****MI*M1?DMG*D8*19840312*F",
            "NM1*IL*1*KOHL*CARL****MI*M1*DMG*D8*19840312*F",
            "NM1*85*2*AGENCY*****XX*1888000019?N3*1 MAIN",
            "DTP*472*D8*20250901?REF*6R*1",
            "REF*G1*AU1?NTE*ADD*text",
            "HI*ABK:F331?NM1*82*1*KOHL*MARY",
            "SV1*HC:H0038*91.86*UN*4***1?DTP*472*D8*20250901",
            "SV1*HC:H0038*91.86*UN*4?DTP*472*D8*20250901",
        ] {
            assert!(runs(text), "{text}");
        }
        for text in [
            "NM1*IL*1*KOHL*CARL****MI*M1",
            "NM1*IL*1*KOHL*CARL****MI*M1***",
            "NM1*85*2*AGENCY REF*****XX*1888000019",
            "DTP*472*RD8*20250901-20250902",
            "REF*G1*AU1**2U:1",
            "REF*G1*XREF",
            "HI*ABK:F331*ABF:F33",
            "SV1*HC:H0038:HQ*91.86*UN*4*53**1:2**Y**Y*Y***0",
        ] {
            assert!(!runs(text), "{text}");
        }
    }

    #[test]
    fn an_hi_that_is_a_level_and_a_cl1_that_is_a_claim_are_known() {
        let is = |text: &str| is_other(&Segment::of(text.as_bytes(), b'*'), DELIMITERS);
        assert!(is("HI*3*1*22*0") && is("CL1*N1*183.72***53:B:1*Y*A*Y*Y"));
        assert!(!is("HI*ABK:F331*ABF:F33") && !is("CL1*1*7*30"));
    }

    #[test]
    fn claims_without_a_terminator_before_them_are_found() {
        let block =
            b"NM1*82*1*KOHL*MARY~\nCLM*A*1***11:B:1~REF*6R*1\nCLM*B*1***11:B:1~N4XHL*1**20*1~";
        assert_eq!(swallowed(block, DELIMITERS), [46, 66]);
        assert_eq!(swallowed(b"N3*1 ACLM*2*3~HL*1**20*1~", DELIMITERS), [0_usize; 0]);
    }
}
