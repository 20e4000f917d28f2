//! Voids and replacements: what they take out (rules.md, "Which lines count", step 3).
//!
//! A correction names a number; its *targets* are the other claims of its billing provider that
//! bear it, as claim id or payer's number. Every void and every target is out. Claims tied by
//! replacements form a *family*, of whose replacements that nobody names only the last in input
//! order stands. Corrections may stand before their targets, in chains and in circles, and may bill
//! no peer support.

use super::net::{ClaimNo, Entry, Group, Verdict};
use crate::join::CorrectionStanding;
use crate::model::ServiceLine;
use crate::model::record::{self, Records};
use crate::normalize::RecordKey;
use crate::outcome::{CorrectionLink, Tie};
use crate::store::{RecordId, Store};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128_with_seed};

/// Hashed quickly: what these maps hold is told apart by numbers of the run and by hashes.
type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
type HashSet<T> = std::collections::HashSet<T, foldhash::fast::RandomState>;

/// What the corrections of a run come to.
#[derive(Default)]
pub struct Resolved {
    /// The voids.
    pub voids: Vec<ClaimNo>,
    /// Claims that a correction took out (voids may be among them).
    pub superseded: Vec<ClaimNo>,
    /// What each correction names.
    pub standings: HashMap<ClaimNo, CorrectionStanding>,
    /// Which claims each correction names, at most 16 of each.
    pub links: Vec<CorrectionLink>,
    /// What ties them to the claims that they took out.
    pub ties: Vec<Tie>,
}

/// Claims of one number that are told apart in the reports: a practice that uses one number for
/// thousands of claims would else give millions of pairs.
const MAX_LINKS: usize = 16;

/// A number as a billing provider uses it.
pub(super) type NumberKey = u128;

struct Correction {
    claim: ClaimNo,
    is_void: bool,
    /// Place of its first line.
    place: RecordId,
    /// The number that it names; `None`: it names none.
    names: Option<NumberKey>,
}

/// Claims that bear a number that a correction names.
#[derive(Default)]
struct Bearers {
    claims: Vec<ClaimNo>,
    is_denied: bool,
}

/// Works out the corrections of all claims.
pub(super) fn resolve(
    store: &Store,
    groups: &[Group<'_>],
    verdicts: &[Verdict],
    claim_of: &[ClaimNo],
) -> Resolved {
    let is_kept = |entry: &&Entry| {
        (entry.is(RecordKey::REPLACEMENT) || entry.is(RecordKey::VOID))
            && matches!(verdicts[entry.id as usize], Verdict::Net)
    };
    let corrections: Vec<(Correction, u64)> = groups
        .par_iter()
        .enumerate()
        .filter_map(|(number, group)| {
            let first = group.iter().find(is_kept)?;
            let line = store.line(first.id);
            let number_hash = xxh3_64(line.original_claim_id);
            Some((correction(number as ClaimNo, first, &line), number_hash))
        })
        .collect();
    if corrections.is_empty() {
        return Resolved::default();
    }
    let named = Named {
        numbers: corrections.iter().map(|(_, number)| *number).collect(),
        keys: corrections.iter().filter_map(|(found, _)| found.names).collect(),
    };
    let corrections: Vec<Correction> = corrections.into_iter().map(|(found, _)| found).collect();
    let bearers = bearers(store, verdicts, claim_of, &named);
    let has_peer_support = |claim: ClaimNo| {
        groups[claim as usize].iter().any(|entry| {
            entry.is(RecordKey::PEER_SUPPORT) && verdicts[entry.id as usize] == Verdict::Net
        })
    };
    let mut resolved = Resolved::default();
    for found in &corrections {
        let standing = standing(found, &bearers, has_peer_support);
        resolved.standings.insert(found.claim, standing);
        let links = targets(found, &bearers).take(MAX_LINKS).map(|target| CorrectionLink {
            correction: found.claim,
            target,
            is_void: found.is_void,
        });
        resolved.links.extend(links);
        if found.is_void {
            resolved.voids.push(found.claim);
        }
    }
    let families = Families::new(&corrections, &bearers);
    let replaced;
    (resolved.superseded, replaced) = families.superseded();
    resolved.ties = families.ties(&replaced, groups);
    resolved
}

fn correction(claim: ClaimNo, first: &Entry, line: &ServiceLine<'_>) -> Correction {
    let names = (!line.original_claim_id.is_empty())
        .then(|| number_key(line.billing_npi, line.original_claim_id));
    Correction { claim, is_void: first.is(RecordKey::VOID), place: first.id, names }
}

/// The hash of a number and the billing provider that uses it.
pub(super) fn number_key(billing_npi: &[u8], number: &[u8]) -> NumberKey {
    xxh3_128_with_seed(number, xxh3_64(billing_npi))
}

/// The claims that bear one of the numbers that `corrections` name.
fn bearers(
    store: &Store,
    verdicts: &[Verdict],
    claim_of: &[ClaimNo],
    named: &Named,
) -> HashMap<NumberKey, Bearers> {
    let blocks: Vec<usize> = (0..store.blocks.len()).collect();
    let found: Vec<Vec<(NumberKey, RecordId)>> =
        blocks.par_iter().map(|block| named.borne_in(store, verdicts, *block)).collect();
    let mut bearers: HashMap<NumberKey, Bearers> = HashMap::default();
    for (key, id) in found.into_iter().flatten() {
        let bearer = bearers.entry(key).or_default();
        if verdicts[id as usize].is_denied() {
            bearer.is_denied = true;
        } else {
            bearer.claims.push(claim_of[id as usize]);
        }
    }
    for bearer in bearers.values_mut() {
        bearer.claims.sort_unstable();
        bearer.claims.dedup();
    }
    bearers
}

/// The numbers that corrections name.
struct Named {
    /// Hashes of the bare numbers: most records are told apart by them alone.
    numbers: HashSet<u64>,
    /// With their billing providers.
    keys: HashSet<NumberKey>,
}

impl Named {
    /// The named numbers that records of a block bear.
    fn borne_in(
        &self,
        store: &Store,
        verdicts: &[Verdict],
        block: usize,
    ) -> Vec<(NumberKey, RecordId)> {
        let mut found = Vec::new();
        for (index, record) in Records::new(&store.blocks[block].records).enumerate() {
            let id = store.id(block, index);
            // A repeated record counts nowhere, but its claim does bear the number on it: history
            // often holds last night's 837, and then the payer's extract with the number.
            let verdict = verdicts[id as usize];
            if matches!(verdict, Verdict::Conflicting | Verdict::Ignored | Verdict::CorrectedAway) {
                continue;
            }
            let line = record::numbers(record);
            for number in [line.claim_id, line.payer_claim_number] {
                if number.is_empty() || !self.numbers.contains(&xxh3_64(number)) {
                    continue;
                }
                let key = number_key(line.billing_npi, number);
                if self.keys.contains(&key) {
                    found.push((key, id));
                }
            }
        }
        found
    }
}

/// The targets of a correction: claims that bear the number it names, itself aside.
fn targets<'b>(
    found: &'b Correction,
    bearers: &'b HashMap<NumberKey, Bearers>,
) -> impl Iterator<Item = ClaimNo> + 'b {
    let bearer = found.names.and_then(|number| bearers.get(&number));
    let claims = bearer.map_or(&[][..], |bearer| &bearer.claims);
    claims.iter().copied().filter(|claim| *claim != found.claim)
}

fn standing(
    found: &Correction,
    bearers: &HashMap<NumberKey, Bearers>,
    has_peer_support: impl Fn(ClaimNo) -> bool,
) -> CorrectionStanding {
    let Some(number) = found.names else { return CorrectionStanding::NamesNone };
    if targets(found, bearers).any(has_peer_support) {
        CorrectionStanding::Known
    } else if bearers.get(&number).is_some_and(|bearer| bearer.is_denied) {
        CorrectionStanding::TargetDenied
    } else if targets(found, bearers).next().is_some() {
        CorrectionStanding::TargetBillsOther
    } else {
        CorrectionStanding::TargetUnknown
    }
}

/// The claims and the numbers that corrections tie together.
///
/// Numbers are nodes of their own (correction → number → bearer), so that the work grows with what
/// is named and not with the pairs, even where a practice uses one number for thousands of claims.
struct Families<'c> {
    corrections: &'c [Correction],
    /// Claims that name or bear a number, then the numbers.
    node_of_claim: HashMap<ClaimNo, usize>,
    numbers: Vec<Number<'c>>,
}

/// A number that corrections name.
struct Number<'c> {
    key: NumberKey,
    /// Nodes of the claims that bear it.
    bearers: Vec<usize>,
    /// The corrections that name it, with their nodes.
    namers: Vec<(&'c Correction, usize)>,
}

impl<'c> Families<'c> {
    fn new(corrections: &'c [Correction], bearers: &HashMap<NumberKey, Bearers>) -> Families<'c> {
        let mut node_of_claim = HashMap::default();
        let mut node = |claim: ClaimNo| {
            let next = node_of_claim.len();
            *node_of_claim.entry(claim).or_insert(next)
        };
        let mut number_of: HashMap<NumberKey, usize> = HashMap::default();
        let mut numbers: Vec<Number<'c>> = Vec::new();
        for found in corrections {
            let own = node(found.claim);
            let Some(key) = found.names else { continue };
            let number = *number_of.entry(key).or_insert_with(|| {
                let borne = bearers.get(&key).map_or(&[][..], |bearer| &bearer.claims);
                let bearers = borne.iter().map(|claim| node(*claim)).collect();
                numbers.push(Number { key, bearers, namers: Vec::new() });
                numbers.len() - 1
            });
            numbers[number].namers.push((found, own));
        }
        Families { corrections, node_of_claim, numbers }
    }

    /// Every target, and every replacement of a family but the last that nobody names; and for each
    /// replacement among them the one that stands in its family.
    fn superseded(&self) -> (Vec<ClaimNo>, Vec<(ClaimNo, ClaimNo)>) {
        let mut is_out = self.targets();
        for node in self.last_of_circles() {
            is_out[node] = false;
        }
        let families = self.families();
        let mut standing: HashMap<usize, (RecordId, usize)> = HashMap::default();
        for (found, node) in self.replacements() {
            if is_out[node] {
                continue;
            }
            let last = standing.entry(families.find(node)).or_insert((found.place, node));
            if found.place > last.0 {
                is_out[last.1] = true;
                *last = (found.place, node);
            } else if last.1 != node {
                is_out[node] = true;
            }
        }
        let nodes = self.node_of_claim.iter();
        let mut out: Vec<ClaimNo> =
            nodes.filter(|(_, node)| is_out[**node]).map(|(claim, _)| *claim).collect();
        out.sort_unstable();
        let claim_of: HashMap<usize, ClaimNo> =
            self.node_of_claim.iter().map(|(claim, node)| (*node, *claim)).collect();
        let replaced = self.replacements().filter(|(_, node)| is_out[*node]);
        let replaced = replaced.filter_map(|(found, node)| {
            let (_, last) = standing.get(&families.find(node))?;
            Some((found.claim, claim_of[last]))
        });
        (out, replaced.collect())
    }

    /// What ties the corrections to what they took out: as many as are named, not as pairs.
    fn ties(&self, replaced: &[(ClaimNo, ClaimNo)], groups: &[Group<'_>]) -> Vec<Tie> {
        let key = |claim: ClaimNo| groups[claim as usize][0].claim;
        let is_history = |claim: ClaimNo| {
            groups[claim as usize].iter().all(|entry| entry.is(RecordKey::HISTORY))
        };
        let mut claim_of = vec![ClaimNo::MAX; self.node_of_claim.len()];
        self.node_of_claim.iter().for_each(|(claim, node)| claim_of[*node] = *claim);
        let gives_way = |(claim, to): &(ClaimNo, ClaimNo)| Tie::GivesWay {
            claim: key(*claim),
            to: key(*to),
            is_history: is_history(*to),
        };
        let mut ties: Vec<Tie> = replaced.iter().map(gives_way).collect();
        for named in self.numbers.iter().filter(|number| !number.bearers.is_empty()) {
            let number = named.key;
            let borne = named.bearers.iter().map(|node| key(claim_of[*node]));
            ties.extend(borne.map(|claim| Tie::Bears { claim, number }));
            ties.extend(named.namers.iter().map(|(namer, _)| Tie::Names {
                claim: key(namer.claim),
                number,
                is_history: is_history(namer.claim),
            }));
        }
        ties
    }

    /// The replacements, with their nodes.
    fn replacements(&self) -> impl Iterator<Item = (&Correction, usize)> {
        let replacements = self.corrections.iter().filter(|found| !found.is_void);
        replacements.map(|found| (found, self.node_of_claim[&found.claim]))
    }

    /// By node: whether another claim names it.
    fn targets(&self) -> Vec<bool> {
        let mut is_target = vec![false; self.node_of_claim.len()];
        for number in &self.numbers {
            for bearer in &number.bearers {
                is_target[*bearer] |= number.is_named_by_other(*bearer);
            }
        }
        is_target
    }

    /// Ties of replacements: with their targets, and with others that name the same number.
    fn families(&self) -> UnionFind<usize> {
        let mut families = UnionFind::new(self.node_of_claim.len());
        for number in &self.numbers {
            let mut replacements = number.namers.iter().filter(|(found, _)| !found.is_void);
            let Some((_, first)) = replacements.next() else { continue };
            let others = replacements.map(|(_, node)| node).chain(&number.bearers);
            for other in others {
                families.union(*first, *other);
            }
        }
        families
    }

    /// Replacements that name each other in a circle which no other replacement names: of each, the
    /// last in input order, as if the circle did not name it, unless a void does.
    fn last_of_circles(&self) -> Vec<usize> {
        let claims = self.node_of_claim.len();
        let mut graph: DiGraph<(), ()> = DiGraph::new();
        for _ in 0..claims + self.numbers.len() {
            graph.add_node(());
        }
        for (index, number) in self.numbers.iter().enumerate() {
            let own = NodeIndex::new(claims + index);
            for (_, namer) in number.namers.iter().filter(|(found, _)| !found.is_void) {
                graph.add_edge(NodeIndex::new(*namer), own, ());
            }
            for bearer in &number.bearers {
                graph.add_edge(own, NodeIndex::new(*bearer), ());
            }
        }
        // Kosaraju's algorithm in petgraph is iterative: chains may be long.
        let mut circle_of = vec![0; claims + self.numbers.len()];
        let circles = petgraph::algo::kosaraju_scc(&graph);
        for (index, circle) in circles.iter().enumerate() {
            circle.iter().for_each(|node| circle_of[node.index()] = index);
        }
        let mut members: HashMap<usize, Vec<(RecordId, usize)>> = HashMap::default();
        for (found, node) in self.replacements() {
            members.entry(circle_of[node]).or_default().push((found.place, node));
        }
        members.retain(|_, members| members.len() > 1);
        let mut is_voided = vec![false; claims];
        for number in &self.numbers {
            let has_void = number.namers.iter().any(|(found, _)| found.is_void);
            let replacements = number.namers.iter().filter(|(found, _)| !found.is_void);
            let circles: HashSet<usize> = replacements.map(|(_, node)| circle_of[*node]).collect();
            for bearer in &number.bearers {
                is_voided[*bearer] |= has_void;
                let own = circle_of[*bearer];
                if circles.len() > 1 || circles.iter().any(|circle| *circle != own) {
                    members.remove(&own);
                }
            }
        }
        let lasts = members.values().filter_map(|members| members.iter().max());
        lasts.map(|(_, node)| *node).filter(|node| !is_voided[*node]).collect()
    }
}

impl Number<'_> {
    /// Whether a correction other than the claim of `node` names the number.
    fn is_named_by_other(&self, node: usize) -> bool {
        match self.namers.as_slice() {
            [] => false,
            [(_, only)] => *only != node,
            _ => true, // a claim names one number, once
        }
    }
}
