//! Damage to 835 files: every cut, and every byte changed to hostile values.
//!
//! What is demanded of a damaged file:
//!
//! 1. Reading ends, without a panic, and every CLP is handed on or unreadable.
//! 2. Every claim payment whose own segments are unharmed (of a terminator: and the segment behind
//!    it) is there, with its header's trace and payee unless a header is harmed.
//! 3. No service goes to another claim than its own.
//! 4. A claim or service that is missing is said with a position.
//! 5. The size of the blocks changes nothing.

use super::reading::{Read, read};
use super::wire::{Check, Payment};
use crate::support::repository;

const HOSTILE: &[u8] = b"\0*:~^\nXL70\xff";
const STRIDE: usize = 17;

fn fixture() -> Vec<u8> {
    std::fs::read(repository().join("fixtures/remit/first.835")).expect("a fixture")
}

/// The text of each segment: where it begins, and where its terminator stands.
fn segments(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for (place, byte) in bytes.iter().enumerate() {
        if *byte == b'~' {
            found.push((start, place));
            start = place + 1;
            start += bytes[start..].iter().take_while(|byte| **byte <= b' ').count();
        }
    }
    found
}

/// For each segment the number of the CLP that it belongs to, and what a segment outside of them
/// is part of.
fn owners(bytes: &[u8]) -> Vec<Option<usize>> {
    let mut claim = None;
    let mut next = 0;
    let ids = segments(bytes).into_iter().map(|(start, end)| &bytes[start..end]);
    let owner = ids.map(|text| {
        let id = text.split(|byte| *byte == b'*').next().unwrap_or_default();
        match id {
            b"CLP" => {
                claim = Some(next);
                next += 1;
            }
            b"ISA" | b"GS" | b"ST" | b"BPR" | b"LX" | b"PLB" | b"SE" | b"GE" | b"IEA" => {
                claim = None;
            }
            _ => {}
        }
        claim
    });
    owner.collect()
}

fn payments(read: &Read) -> Vec<&Payment> {
    read.checks.iter().flat_map(|check: &Check| &check.payments).collect()
}

/// Holds demands 2 to 4: the claims that `harmed` does not name are there, unchanged.
fn check(whole: &Read, damaged: &Read, harmed: &[usize], what: &str) {
    let found = payments(damaged);
    for (number, payment) in payments(whole).into_iter().enumerate() {
        let is_there = found.iter().filter(|other| ***other == *payment).count();
        let is_harmed = harmed.contains(&number);
        assert!(is_there == 1 || is_harmed, "{what}: claim {number}\n{:?}", damaged.faults);
        // What is left of a harmed claim has no service that was not its own.
        let of_claim = found.iter().filter(|other| other.claim_id == payment.claim_id);
        for service in of_claim.flat_map(|other| &other.services) {
            let own: Vec<_> = payments(whole)
                .into_iter()
                .filter(|other| other.claim_id == payment.claim_id)
                .flat_map(|other| &other.services)
                .collect();
            let is_own = own.iter().any(|other| other.charge == service.charge);
            assert!(is_own || is_harmed, "{what}: a service of another claim");
        }
    }
    let services = |read: &Read| -> usize {
        payments(read).iter().map(|payment| payment.services.len()).sum()
    };
    let is_less = found.len() < payments(whole).len() || services(damaged) < services(whole);
    assert!(!is_less || damaged.faults.len() > whole.faults.len(), "{what}: lost in silence");
}

#[test]
fn every_byte_changed_leaves_the_unharmed_claims() {
    let mut bytes = fixture();
    let whole = read(&bytes, 1 << 20);
    assert!(payments(&whole).len() >= 8, "the fixture has claims");
    let (segments, owners) = (segments(&bytes), owners(&bytes));
    for byte in 3..bytes.len() {
        if byte > 1_500 && byte % STRIDE != 0 && bytes[byte] != b'~' {
            continue;
        }
        let at = segments.partition_point(|(_, end)| *end < byte).min(segments.len() - 1);
        let mut harmed: Vec<usize> = owners[at].into_iter().collect();
        let is_gap = byte >= segments[at].1 || byte < segments[at].0;
        if is_gap {
            harmed.extend(owners.get(at + 1).copied().flatten());
            harmed.extend(at.checked_sub(1).and_then(|before| owners[before]));
        }
        for hostile in HOSTILE {
            let own = std::mem::replace(&mut bytes[byte], *hostile);
            let what = format!("byte {byte} {:?} to {:?}", own as char, *hostile as char);
            let damaged = read(&bytes, 1 << 20);
            if byte % 5 == 0 {
                assert_eq!(read(&bytes, 64), damaged, "{what}: the size of the blocks");
            }
            bytes[byte] = own;
            // The component separator is stated once, and divides everything.
            if *hostile != own && byte != 104 {
                check(&whole, &damaged, &harmed, &what);
            }
        }
    }
}

#[test]
fn every_cut_leaves_the_claims_before_it() {
    let bytes = fixture();
    let whole = read(&bytes, 1 << 20);
    let (segments, owners) = (segments(&bytes), owners(&bytes));
    for cut in 1..bytes.len() {
        let damaged = read(&bytes[..cut], 1 << 20);
        let first = segments.partition_point(|(_, end)| *end < cut);
        let mut harmed: Vec<usize> =
            owners[first.saturating_sub(1)..].iter().copied().flatten().collect();
        harmed.dedup();
        let what = format!("cut at {cut}");
        check(&whole, &damaged, &harmed, &what);
        let is_whole = segments.last().is_some_and(|(_, end)| cut >= *end);
        assert!(is_whole || !damaged.faults.is_empty(), "{what}: nothing is said");
    }
}
