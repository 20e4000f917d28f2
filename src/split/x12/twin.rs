//! The key of a claim without a peer-support line, where its number is that of a claim that is not
//! released: two CLMs of one key are one claim, and go together.

use super::rewrite::element;
use super::walk::{Claim, Headers};
use crate::model::ServiceLine;
use crate::normalize::sink::claim_key;
use crate::x12::segment::component;
use crate::x12::{Delimiters, Segments, id};
use memchr::memchr;
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// The hash of a claim id.
pub fn id_hash(id: &[u8]) -> u64 {
    xxh3_64(id)
}

/// The hash of CLM01.
pub fn id_of(claim: &Claim<'_>, delimiters: Delimiters) -> u64 {
    let rest = claim.bytes.get(4..).unwrap_or_default();
    let end = memchr(delimiters.element, rest).unwrap_or(rest.len());
    match &rest[..end] {
        wrapped if wrapped.contains(&b'\n') => xxh3_64(&element(claim.bytes, 1, delimiters)),
        plain => xxh3_64(plain.trim_ascii()),
    }
}

/// The hash of the claim's key, as records bear it.
pub fn key(open: &Headers, claim: &Claim<'_>, delimiters: Delimiters) -> u128 {
    let plain = |bytes| without_wraps(bytes, delimiters);
    let loops: Vec<Cow<'_, [u8]>> =
        open.levels.iter().map(|level| plain(&level.header.bytes)).collect();
    let segments = loops.iter().flat_map(|level| Segments::new(level, delimiters));
    let billing = segments.map(|placed| placed.segment);
    let billing = billing.filter(|found| found.code == id::NM1 && found.element(1) == b"85").last();
    let text = plain(claim.bytes);
    let mut segments = Segments::new(&text, delimiters).map(|placed| placed.segment);
    let clm = segments.next();
    let clm05 = clm.map_or(&[][..], |clm| clm.element(5));
    // Loop 2300 ends with the first other payer, or the first service line.
    let of_claim = segments.take_while(|found| !matches!(found.code, id::SBR | id::LX | id::SV1));
    let original =
        of_claim.filter(|found| found.code == id::REF && found.element(1) == b"F8").last();
    let line = ServiceLine {
        claim_id: clm.map_or(&[][..], |clm| clm.element(1)),
        frequency_code: component(clm05, 3, delimiters),
        original_claim_id: original.map_or(&[][..], |original| original.element(2)),
        billing_npi: billing.map_or(&[][..], |billing| billing.element(9)),
        ..ServiceLine::empty()
    };
    claim_key(&line, &mut Vec::new())
}

fn without_wraps(bytes: &[u8], delimiters: Delimiters) -> Cow<'_, [u8]> {
    if matches!(delimiters.terminator, b'\r' | b'\n') || !bytes.contains(&b'\n') {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(bytes.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect())
}
