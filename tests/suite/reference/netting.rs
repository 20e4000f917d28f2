//! Which lines count: repeated and conflicting records, then corrections and their targets.

use std::collections::BTreeSet;

use super::line::{Bucket, ServiceLine};

/// A claim with the lines of it that stand after step 2, of any procedure.
pub struct Claim {
    pub key: [String; 4],
    pub lines: Vec<usize>,
    pub payer_numbers: BTreeSet<String>,
    /// Indexes of the claims that this correction names.
    pub targets: Vec<usize>,
    /// A correction took it out, or it is a void.
    pub out: bool,
}

impl Claim {
    pub fn is_replacement(&self) -> bool {
        self.key[2] == "7"
    }

    pub fn is_void(&self) -> bool {
        self.key[2] == "8"
    }
}

/// Step 2: of equal keys the first in input order stands.
pub fn drop_repeated_records(lines: &mut [ServiceLine]) {
    let key = |line: &ServiceLine| {
        let number: u64 = line.row.line_number.parse().unwrap_or(0);
        (line.claim.clone(), number)
    };
    for later in 0..lines.len() {
        if lines[later].bucket != Bucket::Checked {
            continue;
        }
        for earlier in 0..later {
            let first = &lines[earlier];
            if first.bucket == Bucket::Checked && key(first) == key(&lines[later]) {
                let equal = first.content() == lines[later].content();
                let bucket = if equal { Bucket::Repeated } else { Bucket::Conflicting };
                lines[later].bucket = bucket;
                break;
            }
        }
    }
}

/// Step 3, first half: the claims, in the order of their first lines, and whom they name.
pub fn gather_claims(lines: &[ServiceLine]) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let stands = matches!(line.bucket, Bucket::Checked | Bucket::PassedOver) && !line.denied;
        if !stands {
            continue;
        }
        let place = claims.iter().position(|claim| claim.key == line.claim);
        let place = place.unwrap_or_else(|| {
            claims.push(Claim {
                key: line.claim.clone(),
                lines: Vec::new(),
                payer_numbers: BTreeSet::new(),
                targets: Vec::new(),
                out: false,
            });
            claims.len() - 1
        });
        claims[place].lines.push(index);
        if !line.row.payer_claim_number.is_empty() {
            claims[place].payer_numbers.insert(line.row.payer_claim_number.clone());
        }
    }
    for correction in 0..claims.len() {
        claims[correction].targets = targets_of(&claims, correction);
    }
    claims
}

fn targets_of(claims: &[Claim], correction: usize) -> Vec<usize> {
    let [billing, _, _, original] = &claims[correction].key;
    let corrects = claims[correction].is_replacement() || claims[correction].is_void();
    let named = |target: &Claim| {
        let by_number = target.payer_numbers.contains(original);
        target.key[0] == *billing && (target.key[1] == *original || by_number)
    };
    if !corrects || original.is_empty() {
        return Vec::new();
    }
    (0..claims.len()).filter(|target| *target != correction && named(&claims[*target])).collect()
}

/// Step 3, second half: every void, every target, and all but the last free replacement are out.
pub fn settle_corrections(lines: &mut [ServiceLine], claims: &mut [Claim]) {
    let count = claims.len();
    let names = |from: usize, to: usize| claims[from].targets.contains(&to);
    let voids: Vec<usize> = (0..count).filter(|claim| claims[*claim].is_void()).collect();
    let replacements: Vec<usize> =
        (0..count).filter(|claim| claims[*claim].is_replacement()).collect();
    let voided = |claim: usize| voids.iter().any(|void| names(*void, claim));
    let replaced = |claim: usize| {
        replacements.iter().any(|by| names(*by, claim)) && !ends_a_circle(claims, claim)
    };

    let mut out = vec![false; count];
    for claim in 0..count {
        out[claim] = claims[claim].is_void() || voided(claim) || replaced(claim);
    }
    // "Of its replacements that nobody names": a voided one is named, so it is no candidate, and
    // another replacement of the same family stands. Not out yet = nobody names it.
    let family = families(claims);
    for earlier in &replacements {
        for later in &replacements {
            let same_family = family[*earlier] == family[*later];
            if earlier < later && same_family && !out[*later] {
                out[*earlier] = true;
            }
        }
    }
    for claim in 0..count {
        claims[claim].out = out[claim];
        for line in &claims[claim].lines {
            if out[claim] && lines[*line].bucket == Bucket::Checked {
                lines[*line].bucket = Bucket::CorrectedAway;
            }
        }
    }
}

/// The replacements that can be reached from one by going from claim to target.
fn reached_from(claims: &[Claim], start: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(claim) = open.pop() {
        for target in &claims[claim].targets {
            if claims[*target].is_replacement() && reached.insert(*target) {
                open.push(*target);
            }
        }
    }
    reached
}

/// Is it the last of a circle of replacements that nobody outside the circle replaces?
fn ends_a_circle(claims: &[Claim], claim: usize) -> bool {
    if !claims[claim].is_replacement() {
        return false;
    }
    let circle: Vec<usize> = reached_from(claims, claim)
        .into_iter()
        .filter(|other| reached_from(claims, *other).contains(&claim))
        .collect();
    let outside_names = |member: &usize| {
        let by_outside = |other: usize| {
            claims[other].is_replacement()
                && !circle.contains(&other)
                && claims[other].targets.contains(member)
        };
        (0..claims.len()).any(by_outside)
    };
    circle.iter().max() == Some(&claim) && !circle.iter().any(outside_names)
}

/// One number a family: tied by a replacement and its target, or by one unknown number.
fn families(claims: &[Claim]) -> Vec<usize> {
    let mut family: Vec<usize> = (0..claims.len()).collect();
    let mut tie = |one: usize, other: usize| {
        let (from, to) = (family[one], family[other]);
        for number in &mut family {
            if *number == from {
                *number = to;
            }
        }
    };
    for (one, claim) in claims.iter().enumerate().filter(|(_, claim)| claim.is_replacement()) {
        for target in &claim.targets {
            tie(one, *target);
        }
        let unknown = claim.targets.is_empty() && !claim.key[3].is_empty();
        for (other, twin) in claims.iter().enumerate().filter(|(_, twin)| twin.is_replacement()) {
            let same = twin.key[0] == claim.key[0] && twin.key[3] == claim.key[3];
            if unknown && same && twin.targets.is_empty() {
                tie(one, other);
            }
        }
    }
    family
}
