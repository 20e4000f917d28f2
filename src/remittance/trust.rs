//! What can be trusted of a damaged 835: which segments are what their id says, and where one
//! begins whose id, or the terminator before it, is damaged.
//!
//! The worst that one byte can do is to lose a `CLP` or `SVC`: what follows would go to the claim,
//! or service, before it.

use super::payment::Processing;
use crate::model::Cents;
use crate::x12::segment::{component, components};
use crate::x12::{Delimiters, Segment, swallowed};

/// The segments of 835 transaction sets, control segments left out.
#[rustfmt::skip]
const KNOWN: [&[u8]; 28] = [
    b"AMT", b"BPR", b"CAS", b"CLP", b"CUR", b"DTM", b"K3", b"LQ", b"LX", b"MIA", b"MOA", b"N1",
    b"N2", b"N3", b"N4", b"NM1", b"NTE", b"PER", b"PLB", b"QTY", b"RDM", b"REF", b"SVC", b"TA1",
    b"TRN", b"TS2", b"TS3", b"DMG",
];

/// Whether an id is of a segment that an 835 may hold, below its control segments.
pub fn is_known(id: &[u8]) -> bool {
    KNOWN.contains(&id)
}

/// What a segment looks like whose id cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `CLP`: an id, a status code, two amounts.
    Claim,
    /// `SVC`: a composite, two amounts.
    Service,
    /// Anything else.
    Other,
}

/// The shape of a segment, looked for with the id whole, split in two, or joined to what
/// follows it.
pub fn shape(segment: &Segment<'_>, delimiters: Delimiters) -> Shape {
    let parts = || std::iter::once(segment.id()).chain(segment.elements());
    let joined = || [&segment.id()[..3.min(segment.id().len())], b"?"].into_iter();
    if segment.id().starts_with(b"CLP") && is_claim(joined().chain(segment.elements())) {
        return Shape::Claim;
    }
    if let [b'S', b'V', b'C', _, composite @ ..] = segment.id()
        && is_service([b"SVC", composite].into_iter().chain(segment.elements()), delimiters)
    {
        return Shape::Service;
    }
    for skipped in 0..2 {
        if is_claim(parts().skip(skipped)) {
            return Shape::Claim;
        }
        if is_service(parts().skip(skipped), delimiters) {
            return Shape::Service;
        }
    }
    Shape::Other
}

fn is_claim<'a>(mut parts: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut next = |skipped| parts.nth(skipped).unwrap_or_default();
    let (id, status, charge, paid) = (next(1), next(0), next(0), next(0));
    !id.is_empty()
        && Processing::parse(status).is_some()
        && Cents::parse(charge).is_some()
        && Cents::parse(paid).is_some()
}

fn is_service<'a>(mut parts: impl Iterator<Item = &'a [u8]>, delimiters: Delimiters) -> bool {
    let mut next = |skipped| parts.nth(skipped).unwrap_or_default();
    let (composite, charge, paid) = (next(1), next(0), next(0));
    let qualifier = component(composite, 1, delimiters);
    qualifier.len() == 2
        && components(composite, delimiters).count() > 1
        && Cents::parse(charge).is_some()
        && Cents::parse(paid).is_some()
}

/// Ids that are looked for behind a lost terminator.
const SOUGHT: [&[u8]; 6] = [b"CLP", b"SVC", b"CAS", b"DTM", b"NM1", b"REF"];

/// Where in a block such a segment begins without a terminator before it, ascending.
pub fn swallowed(block: &[u8], delimiters: Delimiters) -> Vec<usize> {
    swallowed::find(block, SOUGHT, delimiters, |segment| is_what_it_says(segment, delimiters))
}

/// Whether one of those segments is what its id says.
fn is_what_it_says(segment: &Segment<'_>, delimiters: Delimiters) -> bool {
    let parts = || std::iter::once(segment.id()).chain(segment.elements());
    let first = segment.element(1);
    let is_digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    match segment.id() {
        b"CLP" => is_claim(parts()),
        b"SVC" => is_service(parts(), delimiters),
        b"CAS" => is_group(first) && Cents::parse(segment.element(3)).is_some(),
        b"DTM" => first.len() == 3 && is_digits(first) && is_digits(segment.element(2)),
        b"NM1" => matches!(first, b"QC" | b"IL" | b"74" | b"82" | b"TT" | b"PR" | b"GB"),
        _ => matches!(first, b"6R" | b"F8"),
    }
}

/// Whether a text is a group of adjustments (CAS01).
pub fn is_group(text: &[u8]) -> bool {
    matches!(text, b"CO" | b"OA" | b"PI" | b"PR" | b"CR")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIMITERS: Delimiters = Delimiters::USUAL;

    fn shape_of(text: &str) -> Shape {
        shape(&Segment::of(text.as_bytes(), b'*'), DELIMITERS)
    }

    #[test]
    fn claims_and_services_are_known_without_their_id() {
        assert_eq!(shape_of("XLP*N1*1*61.24*55.04**MC*ICN1"), Shape::Claim);
        assert_eq!(shape_of("*LP*N1*1*61.24*55.04"), Shape::Claim);
        assert_eq!(shape_of("CLP:N1*1*61.24*55.04"), Shape::Claim);
        assert_eq!(shape_of("SVX*HC:H0038*61.24*55.04"), Shape::Service);
        assert_eq!(shape_of("S*C*HC:H0038*61.24*55.04"), Shape::Service);
        assert_eq!(shape_of("SVC:HC:H0038*61.24*55.04"), Shape::Service);
        assert_eq!(shape_of("XAS*CO*45*6.20"), Shape::Other);
        assert_eq!(shape_of("XM1*QC*1*KOHL*CARL"), Shape::Other);
        assert_eq!(shape_of("X"), Shape::Other);
        assert_eq!(shape_of(""), Shape::Other);
    }

    #[test]
    fn segments_without_a_terminator_before_them_are_found() {
        let block = b"CLP*A*1*9*9XSVC*HC:H0038*9*9*CAS*CO*45*0~NM1*QC*1*LUCAS*CO~DTM*472*20250908";
        assert_eq!(swallowed(block, DELIMITERS), [12, 29]);
    }
}
