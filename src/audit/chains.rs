//! Chains of corrections: claims that are tied by what they name, step by step.

use super::Subject;
use super::universe::{category, voided_claims};
use crate::model::Cents;
use crate::store::RecordId;
use petgraph::unionfind::UnionFind;
use std::collections::HashMap;

/// One claim of a chain.
#[derive(Clone)]
pub struct ChainStep {
    /// Number of the chain, from 1 in input order.
    pub chain: u32,
    /// Number of the claim in it, from 1 in input order.
    pub step: u32,
    /// The claim's first record.
    pub record: RecordId,
    /// What became of it; `no_peer_support` for a correction that bills none.
    pub standing: &'static str,
    /// Peer-support lines, repeated and denied ones left out.
    pub lines: u64,
    /// Their units.
    pub units: u64,
    /// Their charges.
    pub billed: Cents,
    /// Their paid amounts.
    pub paid: Cents,
}

/// Claims of the chains that hold a current record of the days reported.
pub fn chains(subject: &Subject<'_>) -> Vec<ChainStep> {
    let standings = &subject.outcome.standings;
    let mut node_of: HashMap<u32, usize> = HashMap::new();
    for link in &standings.corrections {
        for claim in [link.correction, link.target] {
            let next = node_of.len();
            node_of.entry(claim).or_insert(next);
        }
    }
    let mut ties = UnionFind::new(node_of.len());
    for link in &standings.corrections {
        ties.union(node_of[&link.correction], node_of[&link.target]);
    }
    // Records of each chain, in input order.
    let mut chains: Vec<Vec<(u32, RecordId)>> = Vec::new();
    let mut place_of: HashMap<usize, usize> = HashMap::new();
    for (record, claim) in standings.claim_of.iter().enumerate() {
        let Some(node) = node_of.get(claim) else { continue };
        let place = *place_of.entry(ties.find(*node)).or_insert_with(|| {
            chains.push(Vec::new());
            chains.len() - 1
        });
        chains[place].push((*claim, record as RecordId));
    }
    let is_reported = |(_, record): &(u32, RecordId)| {
        subject.bucket(*record).is_some() && subject.is_reported(&subject.store().line(*record))
    };
    let voided = voided_claims(subject);
    let mut steps = Vec::new();
    let kept = chains.into_iter().filter(|records| records.iter().any(is_reported));
    for (chain, records) in kept.enumerate() {
        let mut claims: Vec<(u32, Vec<RecordId>)> = Vec::new();
        for (claim, record) in records {
            match claims.iter_mut().find(|(known, _)| *known == claim) {
                Some((_, records)) => records.push(record),
                None => claims.push((claim, vec![record])),
            }
        }
        for (step, (_, records)) in claims.iter().enumerate() {
            let numbers = (chain as u32 + 1, step as u32 + 1);
            steps.push(claim_step(subject, &voided, numbers, records));
        }
    }
    steps
}

fn claim_step(
    subject: &Subject<'_>,
    voided: &std::collections::HashSet<u32>,
    (chain, step): (u32, u32),
    records: &[RecordId],
) -> ChainStep {
    let mut found = ChainStep {
        chain,
        step,
        record: records[0],
        standing: "no_peer_support",
        lines: 0,
        units: 0,
        billed: Cents(0),
        paid: Cents(0),
    };
    let mut best = None;
    for record in records {
        let line = subject.store().line(*record);
        let Some(category) = category(subject, voided, *record, &line) else { continue };
        // The last category in order says most: net before replaced before repeated.
        if best.is_none_or(|best| category > best) {
            best = Some(category);
            found.standing = category.as_str();
        }
        use super::universe::Category::{Denied, Repeated};
        if matches!(category, Denied | Repeated) {
            continue;
        }
        found.lines += 1;
        found.units += u64::from(line.units().unwrap_or_default());
        found.billed += line.charge.unwrap_or_default();
        found.paid += line.paid.unwrap_or_default();
    }
    found
}
