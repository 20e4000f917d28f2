//! Acknowledgements read back with the program's own X12 room, and checked against themselves:
//! envelope, hierarchy, totals.

use std::collections::BTreeMap;

use peerclaims::model::Cents;
use peerclaims::x12::envelope::{At, ControlSegment, EnvelopeCheck};
use peerclaims::x12::{Segments, interchange};

/// One segment: its id, and its elements as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub id: String,
    pub elements: Vec<String>,
}

impl Said {
    /// Element `number`, from 1.
    pub fn element(&self, number: usize) -> &str {
        self.elements.get(number - 1).map_or("", String::as_str)
    }
}

fn owned(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// All segments, each interchange with its own delimiters; the envelope must have no fault. Codes
/// come with `:` whatever parts them.
pub fn segments(bytes: &[u8], name: &str) -> Vec<Said> {
    let mut all = Vec::new();
    let mut check = EnvelopeCheck::default();
    let mut faults = Vec::new();
    let starts = memchr_all(bytes, b"ISA");
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(bytes.len());
        let part = &bytes[*start..end];
        let delimiters = interchange::delimiters(part).expect("our ISA has the right shape");
        for placed in Segments::new(part, delimiters) {
            assert!(placed.is_terminated, "{name}");
            let segment = placed.segment;
            let component = char::from(delimiters.component).to_string();
            let said = Said {
                id: owned(segment.id()),
                elements: segment
                    .elements()
                    .map(|element| owned(element).replace(&component, ":"))
                    .collect(),
            };
            all.push(said);
            let last = &all[all.len() - 1];
            let at = At { number: all.len() as u64, byte: 0 };
            if let Some(control) = control(last) {
                check.next(&control, at, &mut |fault, _| faults.push(fault.to_string()));
            }
        }
    }
    check.end(At { number: 0, byte: 0 }, &mut |fault, _| faults.push(fault.to_string()));
    assert_eq!(faults, Vec::<String>::new(), "{name}");
    all
}

fn memchr_all(bytes: &[u8], id: &[u8]) -> Vec<usize> {
    let begins = |at: &usize| *at == 0 || matches!(bytes[at - 1], b'\n' | b'\r');
    (0..bytes.len()).filter(|at| bytes[*at..].starts_with(id)).filter(begins).collect()
}

fn control(said: &Said) -> Option<ControlSegment> {
    let text = |number| said.element(number).to_owned();
    Some(match said.id.as_str() {
        "ISA" => ControlSegment::Isa {
            control: text(13),
            sender: text(5) + &text(6),
            receiver: text(7) + &text(8),
        },
        "IEA" => ControlSegment::Iea { count: text(1), control: text(2) },
        "GS" => ControlSegment::Gs { control: text(6), version: text(8) },
        "GE" => ControlSegment::Ge { count: text(1), control: text(2) },
        "ST" => ControlSegment::St { kind: text(1), control: text(2), version: text(3) },
        "SE" => ControlSegment::Se { count: text(1), control: text(2) },
        _ => return None,
    })
}

/// One claim of a 277CA.
#[derive(Clone, Debug, PartialEq)]
pub struct AckedClaim {
    pub claim_id: String,
    /// STC01 of the claim.
    pub codes: Vec<String>,
    /// STC04
    pub charge: String,
    pub member_id: String,
    pub provider_npi: String,
    /// REF*FJ and the codes of each SVC.
    pub lines: Vec<(String, Vec<String>)>,
}

impl AckedClaim {
    pub fn is_accepted(&self) -> bool {
        self.codes == ["A2:20"]
    }
}

/// What a level states of the claims below it.
#[derive(Debug, Default)]
struct Stated {
    counts: BTreeMap<String, u64>,
    amounts: BTreeMap<String, i64>,
    total: i64,
}

/// The claims of all 277CA sets, in order. Each set must add up.
pub fn claims(all: &[Said], name: &str) -> Vec<AckedClaim> {
    let mut claims = Vec::new();
    for set in all.split_inclusive(|said| said.id == "SE") {
        let Some(start) = set.iter().position(|said| said.id == "ST") else { continue };
        if set[start].element(1) == "277" {
            claims.extend(set_claims(&set[start..], name));
        }
    }
    claims
}

fn cents(text: &str) -> i64 {
    Cents::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text:?} is no amount")).0
}

fn set_claims(set: &[Said], name: &str) -> Vec<AckedClaim> {
    let mut claims: Vec<AckedClaim> = Vec::new();
    let mut levels: Vec<(String, String)> = Vec::new();
    let mut stated: Vec<(Stated, usize)> = Vec::new();
    let (mut provider, mut member) = (String::new(), String::new());
    let mut level = String::new();
    for said in set {
        match (said.id.as_str(), level.as_str()) {
            ("HL", _) => {
                let number = (levels.len() + 1).to_string();
                assert_eq!(said.element(1), number, "{name}: levels are counted");
                level = said.element(3).to_owned();
                let above = match level.as_str() {
                    "20" => "",
                    "21" => "20",
                    "19" => "21",
                    _ => "19",
                };
                let parent = levels.iter().find(|(number, _)| number == said.element(2));
                assert_eq!(parent.map_or("", |(_, code)| code.as_str()), above, "{name}");
                levels.push((number, level.clone()));
                if matches!(level.as_str(), "21" | "19") {
                    stated.push((Stated::default(), claims.len()));
                }
            }
            ("NM1", "19") => provider = said.element(9).to_owned(),
            ("NM1", "PT") => member = said.element(9).to_owned(),
            ("QTY" | "AMT" | "STC", "21" | "19") => {
                let (stated, _) = stated.last_mut().expect("the level was met");
                let key = said.element(1).to_owned();
                match said.id.as_str() {
                    "QTY" => drop(stated.counts.insert(key, said.element(2).parse().expect("n"))),
                    "AMT" => drop(stated.amounts.insert(key, cents(said.element(2)))),
                    _ => stated.total = cents(said.element(4)),
                }
            }
            (id, "PT") => claim_segment(id, said, &mut claims, (&member, &provider)),
            _ => {}
        }
    }
    adds_up(&stated, &claims, name);
    claims
}

fn claim_segment(
    id: &str,
    said: &Said,
    claims: &mut Vec<AckedClaim>,
    (member, provider): (&str, &str),
) {
    if id == "TRN" {
        claims.push(AckedClaim {
            claim_id: said.element(2).to_owned(),
            codes: Vec::new(),
            charge: String::new(),
            member_id: member.to_owned(),
            provider_npi: provider.to_owned(),
            lines: Vec::new(),
        });
        return;
    }
    let Some(claim) = claims.last_mut() else { return };
    match (id, claim.lines.last_mut()) {
        ("SVC", _) => claim.lines.push((String::new(), Vec::new())),
        ("STC", Some((_, codes))) => {
            let own = [1, 10, 11].map(|number| said.element(number).to_owned());
            codes.extend(own.into_iter().filter(|code| !code.is_empty()));
        }
        ("STC", None) => {
            claim.codes.push(said.element(1).to_owned());
            claim.charge = said.element(4).to_owned();
        }
        ("REF", Some((control, _))) if said.element(1) == "FJ" => {
            *control = said.element(2).to_owned();
        }
        _ => {}
    }
}

/// QTY, AMT and STC04 of receiver and providers against the claims below them.
fn adds_up(stated: &[(Stated, usize)], claims: &[AckedClaim], name: &str) {
    for (index, (level, begin)) in stated.iter().enumerate() {
        let is_receiver = index == 0;
        let next = stated.get(index + 1).map(|(_, begin)| *begin).filter(|_| !is_receiver);
        let own = &claims[*begin..next.unwrap_or(claims.len())];
        assert!(is_receiver || !own.is_empty(), "{name}: a provider without a claim");
        let keys = if is_receiver { ["90", "AA"] } else { ["QA", "QC"] };
        for ((count, amount), is_accepted) in keys.iter().zip(["YU", "YY"]).zip([true, false]) {
            let own = own.iter().filter(|claim| claim.is_accepted() == is_accepted);
            let sum: i64 = own.clone().map(|claim| cents(&claim.charge)).sum();
            let counted = level.counts.get(*count).copied().unwrap_or_default();
            assert_eq!(counted, own.count() as u64, "{name}: QTY*{count}");
            let stated = level.amounts.get(amount).copied().unwrap_or_default();
            assert_eq!(stated, sum, "{name}: AMT*{amount}");
        }
        let sum: i64 = own.iter().map(|claim| cents(&claim.charge)).sum();
        assert_eq!(level.total, sum, "{name}: STC04");
    }
}
