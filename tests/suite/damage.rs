//! Damage to 837P files: every cut, and every byte changed to hostile values.
//!
//! What is demanded of a file in which one byte was changed, or that was cut:
//!
//! 1. Reading ends, without a panic, and its counts add up.
//! 2. Every claim that is whole and unharmed is there, line for line, once. Harmed are the claim
//!    whose segments hold the byte, and those below the party loops (billing provider, subscriber)
//!    that hold it; of a terminator or line break, also those of the segment behind it. Nothing in
//!    an envelope segment harms a claim, but for the component separator, which is stated once.
//! 3. No line goes to another claim, member or billing provider than its own, unless the changed
//!    byte stands in that name itself.
//! 4. A line that is missing has a fault with a position. So has a byte changed in a segment id, an
//!    HL code, a trailer or a header.
//! 5. The size of the blocks changes nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use peerclaims::model::FileKind;

use crate::reading::{Line, Read, fixtures, x12, x12_in_blocks};

/// What a byte is changed to.
const HOSTILE: &[u8] = b"\0*:~^\nXL70\xff";
/// Blocks small enough to end almost anywhere.
const SMALL_BLOCK_BYTES: usize = 64;
/// Of the large fixture, every so many bytes are changed; `PEERCLAIMS_ALL_BYTES` changes all.
const STRIDE: usize = 29;

/// A segment of a whole file, with what stands between it and the next.
#[derive(Debug)]
struct Segment {
    id: String,
    elements: Vec<String>,
    /// Its text, without terminator.
    text: Range<usize>,
    /// Its terminator, and the line break behind it.
    gap: Range<usize>,
}

fn segments(bytes: &[u8]) -> Vec<Segment> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(length) = bytes[start..].iter().position(|byte| *byte == b'~') {
        let text = start..start + length;
        let end = bytes[text.end + 1..].iter().position(|byte| *byte > b' ');
        let gap = text.end..end.map_or(bytes.len(), |end| text.end + 1 + end);
        start = gap.end;
        let parts = String::from_utf8_lossy(&bytes[text.clone()]).into_owned();
        let elements: Vec<String> = parts.split('*').map(str::to_owned).collect();
        found.push(Segment { id: elements[0].clone(), elements, text, gap });
    }
    found
}

/// A whole file, and which claims hang on which of its segments.
struct Whole {
    name: String,
    bytes: Vec<u8>,
    segments: Vec<Segment>,
    read: Read,
    /// The claims that damage to a segment harms, by number of segment.
    harms: Vec<Vec<String>>,
    /// The lines of each claim.
    of_claim: BTreeMap<String, Vec<Line>>,
}

impl Whole {
    fn new(name: String, bytes: Vec<u8>) -> Whole {
        let segments = segments(&bytes);
        let read = x12(&bytes);
        let mut of_claim: BTreeMap<String, Vec<Line>> = BTreeMap::new();
        for line in &read.lines {
            of_claim.entry(line.claim_id.clone()).or_default().push(line.clone());
        }
        let harms = harms(&segments);
        Whole { name, bytes, segments, read, harms, of_claim }
    }

    /// The segments that damage at a byte harms.
    fn harmed_segments(&self, byte: usize) -> Vec<usize> {
        let at = self.segments.partition_point(|segment| segment.gap.end <= byte);
        let in_gap = self.segments.get(at).is_some_and(|segment| segment.gap.contains(&byte));
        if in_gap { vec![at, at + 1] } else { vec![at] }
    }

    /// Holds demands 1 to 3 for a damaged file whose damage harms these segments.
    fn check(&self, read: &Read, harmed: &[usize], may_rename: bool, what: &str) {
        let what = format!("{}: {what}", self.name);
        read.assert_reconciles(&what);
        let claims: Vec<&String> =
            harmed.iter().filter_map(|at| self.harms.get(*at)).flatten().collect();
        let mut found: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for line in &read.lines {
            found.entry(&line.claim_id).or_default().push(line);
        }
        for (claim, lines) in &self.of_claim {
            let found = found.get(claim.as_str()).cloned().unwrap_or_default();
            if !claims.contains(&claim) {
                let is_there = lines.iter().all(|line| found.contains(&line));
                assert!(is_there, "{what}: claim {claim} is not whole\n{:?}", read.faults);
                let more = found.len() - lines.len();
                assert!(may_rename || more == 0, "{what}: {more} lines too many in {claim}");
            } else if !may_rename {
                let own = [&lines[0].member_id, &lines[0].billing_npi];
                let is_own = found.iter().all(|line| [&line.member_id, &line.billing_npi] == own);
                assert!(is_own, "{what}: claim {claim} went to another party\n{:?}", read.faults);
            }
        }
        let lost = self.read.lines.len() > read.lines.len();
        let is_passed_over = read.tally.passed_over > self.read.tally.passed_over;
        assert!(!lost || is_passed_over || !read.faults.is_empty(), "{what}: lost in silence");
    }
}

/// Which claims hang on each segment: the claim it stands in, or those below its party loop.
fn harms(segments: &[Segment]) -> Vec<Vec<String>> {
    let ends = |at: &usize, codes: &[&str]| {
        let segment = &segments[*at];
        let code = segment.elements.get(3).map_or("", String::as_str);
        ["SE", "GE", "IEA", "ST"].contains(&segment.id.as_str())
            || (segment.id == "HL" && codes.contains(&code))
    };
    let claims = |range: Range<usize>| -> Vec<String> {
        let of = segments[range].iter().filter(|segment| segment.id == "CLM");
        of.map(|segment| segment.elements[1].clone()).collect()
    };
    let mut found = vec![Vec::new(); segments.len()];
    let mut now: Vec<String> = Vec::new();
    for at in 0..segments.len() {
        let until = |codes: &[&str]| {
            (at + 1..segments.len()).find(|next| ends(next, codes)).unwrap_or(segments.len())
        };
        match (segments[at].id.as_str(), segments[at].elements.get(3).map(String::as_str)) {
            ("HL", Some("20")) => now = claims(at..until(&["20"])),
            ("HL", Some("22")) => now = claims(at..until(&["20", "22"])),
            ("HL", _) => now = claims(at..until(&["20", "22", "23"])),
            ("CLM", _) => now = vec![segments[at].elements[1].clone()],
            ("ISA" | "IEA" | "GS" | "GE" | "ST" | "SE", _) => now.clear(),
            _ => {}
        }
        found[at] = now.clone();
    }
    found
}

fn wholes() -> Vec<Whole> {
    let fixtures = fixtures(FileKind::X12).into_iter();
    fixtures.map(|(name, bytes)| Whole::new(name, bytes)).collect()
}

/// Reads in blocks of both sizes, which must agree.
fn read_both(bytes: &[u8], what: &str) -> Read {
    let read = x12(bytes);
    let small = x12_in_blocks(bytes, SMALL_BLOCK_BYTES);
    assert_eq!(read, small, "{what}: the size of the blocks changes something");
    read
}

#[test]
fn every_cut_leaves_the_claims_before_it() {
    for whole in wholes() {
        for cut in 1..whole.bytes.len() {
            let what = format!("cut at {cut}");
            let bytes = &whole.bytes[..cut];
            let read = if cut % STRIDE == 0 { read_both(bytes, &what) } else { x12(bytes) };
            // Everything from the cut on is harmed, and the claim that it goes through.
            let first = whole.segments.partition_point(|segment| segment.text.end < cut);
            let rest: Vec<usize> = (first.saturating_sub(1)..whole.segments.len()).collect();
            let mut harmed = rest.clone();
            harmed.retain(|at| whole.segments[*at].id != "ISA");
            whole.check(&read, &harmed, false, &what);
            let is_whole =
                whole.segments.last().is_some_and(|last| last.id != "IEA" || cut >= last.text.end);
            let said = read.faults.len() > whole.read.faults.len() || is_whole;
            assert!(said || !read.faults.is_empty(), "{}: {what}: nothing is said", whole.name);
        }
    }
}

/// Whether the byte may name a claim, member or billing provider by what it is changed to.
fn may_rename(whole: &Whole, harmed: &[usize]) -> bool {
    let named = harmed.iter().filter_map(|at| whole.segments.get(*at));
    let mut named = named.map(|segment| (segment.id.as_str(), segment.elements.get(1)));
    named.any(|(id, first)| match id {
        "CLM" => true,
        "NM1" => first.is_some_and(|code| code == "85" || code == "IL"),
        _ => false,
    })
}

/// Whether a change at the byte must be said: it breaks an id, a level, a trailer.
fn must_be_said(whole: &Whole, byte: usize, hostile: u8) -> bool {
    let at = whole.harmed_segments(byte)[0];
    let Some(segment) = whole.segments.get(at) else { return false };
    let is_read = whole.harms[at].iter().any(|claim| whole.of_claim.contains_key(claim));
    let is_id = segment.text.contains(&byte) && byte < segment.text.start + segment.id.len();
    let breaks_id = !hostile.is_ascii_alphanumeric() && hostile > b' ';
    is_read && is_id && breaks_id && hostile != b'~'
}

fn change_each_byte(whole: &Whole, stride: usize) {
    let mut bytes = whole.bytes.clone();
    let header = whole.segments[0].gap.end;
    for byte in 3..bytes.len() {
        // The header, and the first claim with all above it, are changed byte by byte.
        if byte > 2_000 && byte % stride != 0 {
            continue;
        }
        for (round, hostile) in HOSTILE.iter().enumerate() {
            let own = std::mem::replace(&mut bytes[byte], *hostile);
            let what = format!("byte {byte} {:?} changed to {:?}", own as char, *hostile as char);
            let both = byte % (STRIDE * 2) == round || byte < header;
            let read = if both { read_both(&bytes, &what) } else { x12(&bytes) };
            bytes[byte] = own;
            let harmed = whole.harmed_segments(byte);
            // The component separator is stated once, and divides everything.
            if *hostile == own || byte == 104 {
                continue;
            }
            whole.check(&read, &harmed, may_rename(whole, &harmed), &what);
            let is_said = read.faults.len() > whole.read.faults.len();
            let must = must_be_said(whole, byte, *hostile);
            assert!(is_said || !must, "{}: {what}: nothing is said", whole.name);
        }
    }
}

#[test]
fn every_byte_changed_leaves_the_unharmed_claims() {
    let all = std::env::var("PEERCLAIMS_ALL_BYTES").is_ok();
    let wholes = wholes();
    std::thread::scope(|scope| {
        for whole in &wholes {
            scope.spawn(move || change_each_byte(whole, if all { 1 } else { STRIDE }));
        }
    });
}

#[test]
fn segments_of_the_fixtures_hang_together() {
    for whole in wholes() {
        assert!(whole.segments.len() > 30, "{}", whole.name);
        let lines: usize = whole.of_claim.values().map(Vec::len).sum();
        assert_eq!(lines, whole.read.lines.len());
    }
}
