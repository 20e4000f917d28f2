//! A claim file taken to pieces, slow and plain: what a split must keep, and whether an envelope is
//! right. It shares nothing with the program.

use std::ops::Range;

/// One claim of an 837P as its bytes, with the bytes of everything that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RawClaim {
    /// From its CLM to what follows it.
    pub bytes: Vec<u8>,
    /// ISA, GS and ST with what stands below them, then the loops; the HL segments left out.
    pub above: Vec<Vec<u8>>,
    /// Claim id, frequency code, original claim id, billing NPI.
    pub key: [String; 4],
}

struct Segment<'b> {
    text: &'b [u8],
    /// With its terminator and what stands behind it.
    place: Range<usize>,
}

struct Delimiters {
    element: u8,
    component: u8,
    terminator: u8,
}

fn segments(bytes: &[u8]) -> (Delimiters, Vec<Segment<'_>>) {
    let isa = bytes.windows(3).position(|text| text == b"ISA").expect("an ISA");
    let delimiters = Delimiters {
        element: bytes[isa + 3],
        component: bytes[isa + 104],
        terminator: bytes[isa + 105],
    };
    let mut found = Vec::new();
    let mut start = isa;
    while let Some(length) = bytes[start..].iter().position(|byte| *byte == delimiters.terminator) {
        let text = &bytes[start..start + length];
        let behind = &bytes[start + length + 1..];
        let filler = behind.iter().take_while(|byte| **byte <= b' ').count();
        let end = start + length + 1 + filler;
        found.push(Segment { text, place: start..end });
        start = end;
    }
    (delimiters, found)
}

/// The level of what is open: index into `above`.
const LEVELS: [(&str, usize); 3] = [("20", 3), ("22", 4), ("23", 5)];

/// All claims of a file, and what is wrong with its envelopes and levels.
pub fn x12(bytes: &[u8]) -> (Vec<RawClaim>, Vec<String>) {
    if bytes.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let (delimiters, segments) = segments(bytes);
    let mut check = Check::default();
    let mut claims: Vec<RawClaim> = Vec::new();
    let mut above: Vec<Vec<u8>> = Vec::new();
    let mut in_claim = false;
    for Segment { text, place } in segments {
        let elements: Vec<&[u8]> = text.split(|byte| *byte == delimiters.element).collect();
        let element = |number: usize| {
            String::from_utf8_lossy(elements.get(number).copied().unwrap_or_default()).into_owned()
        };
        let id = element(0);
        check.segment(&id, &element);
        let depth = match id.as_str() {
            "ISA" => Some(0),
            "GS" => Some(1),
            "ST" => Some(2),
            "HL" => LEVELS.iter().find(|(code, _)| *code == element(3)).map(|(_, depth)| *depth),
            _ => None,
        };
        if let Some(depth) = depth {
            in_claim = false;
            above.truncate(depth);
            above.resize(depth, Vec::new());
            // Numbers of an HL are another's business.
            above.push(if id == "HL" { Vec::new() } else { bytes[place].to_vec() });
            continue;
        }
        match id.as_str() {
            "SE" | "GE" | "IEA" => in_claim = false,
            "CLM" => {
                in_claim = true;
                let clm05 = element(5);
                let parts: Vec<&str> = clm05.split(char::from(delimiters.component)).collect();
                let frequency = parts.get(2).copied().unwrap_or("1").to_owned();
                let frequency = if frequency.is_empty() { "1".to_owned() } else { frequency };
                let npi = billing_npi(&above, &delimiters);
                let key = [element(1), frequency, String::new(), npi];
                let bytes = bytes[place].to_vec();
                claims.push(RawClaim { bytes, above: above.clone(), key });
            }
            _ if in_claim => {
                let claim = claims.last_mut().expect("a claim is open");
                let has_lines = claim.bytes.windows(3).any(|text| text == b"LX*" || text == b"LX|");
                let has_others = claim.bytes.windows(3).any(|text| text == b"SBR");
                if id == "REF" && element(1) == "F8" && !has_lines && !has_others {
                    claim.key[2] = element(2);
                }
                claim.bytes.extend_from_slice(&bytes[place]);
            }
            _ => above.last_mut().expect("a header").extend_from_slice(&bytes[place]),
        }
    }
    (claims, check.wrong)
}

fn billing_npi(above: &[Vec<u8>], delimiters: &Delimiters) -> String {
    let Some(billing) = above.get(3) else { return String::new() };
    let segments = billing.split(|byte| *byte == delimiters.terminator);
    let named = segments.map(|text| {
        let text = String::from_utf8_lossy(text).trim().to_owned();
        text.split(char::from(delimiters.element)).map(str::to_owned).collect::<Vec<String>>()
    });
    let mut found = named.filter(|elements| elements[0] == "NM1" && elements[1] == "85");
    found.next().map_or(String::new(), |elements| elements[9].trim().to_owned())
}

/// Counts, control numbers and levels as they go by.
#[derive(Default)]
struct Check {
    wrong: Vec<String>,
    isa: String,
    gs: String,
    st: String,
    groups: usize,
    sets: usize,
    segments: usize,
    claims: usize,
    /// Number, code, child flag, and whether a level stands below it, of the levels of a set.
    levels: Vec<(usize, String, String, bool)>,
    /// The levels that are open, by number.
    path: Vec<usize>,
}

impl Check {
    fn segment(&mut self, id: &str, element: &dyn Fn(usize) -> String) {
        self.segments += 1;
        match id {
            "ISA" => (self.isa, self.groups) = (element(13), 0),
            "GS" => {
                (self.gs, self.sets) = (element(6), 0);
                self.groups += 1;
            }
            "ST" => {
                (self.st, self.segments, self.claims) = (element(2), 1, 0);
                self.sets += 1;
                self.levels.clear();
                self.path.clear();
            }
            "CLM" => self.claims += 1,
            "HL" => self.level(element),
            "SE" => {
                self.is("SE01", element(1), self.segments);
                self.is("SE02", element(2), self.st.clone());
                for (number, code, child, has_child) in std::mem::take(&mut self.levels) {
                    self.is(&format!("HL04 of {number} ({code})"), child, u8::from(has_child));
                }
                if self.claims == 0 {
                    self.wrong.push(format!("set {} without a claim", self.st));
                }
            }
            "GE" => {
                self.is("GE01", element(1), self.sets);
                self.is("GE02", element(2), self.gs.clone());
            }
            "IEA" => {
                self.is("IEA01", element(1), self.groups);
                self.is("IEA02", element(2), self.isa.clone());
            }
            _ => {}
        }
    }

    fn level(&mut self, element: &dyn Fn(usize) -> String) {
        let number = self.levels.len() + 1;
        self.is("HL01", element(1), number);
        let depth = LEVELS.iter().position(|(code, _)| *code == element(3)).expect("a level");
        self.path.truncate(depth);
        let parent = self.path.last().copied();
        self.is("HL02", element(2), parent.map_or(String::new(), |parent| parent.to_string()));
        if let Some(parent) = parent {
            self.levels[parent - 1].3 = true;
        }
        self.levels.push((number, element(3), element(4), false));
        self.path.push(number);
    }

    fn is(&mut self, what: &str, found: String, right: impl ToString) {
        let right = right.to_string();
        if found != right {
            self.wrong.push(format!("{what} is {found:?} where {right:?} is right"));
        }
    }
}

/// The header of a CSV and its rows, byte for byte; blank rows left out.
pub fn csv(bytes: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut is_quoted = false;
    for byte in bytes {
        row.push(*byte);
        is_quoted ^= *byte == b'"';
        if *byte == b'\n' && !is_quoted {
            rows.push(std::mem::take(&mut row));
        }
    }
    rows.push(row);
    rows.retain(|row| !row.trim_ascii().is_empty());
    let header = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
    (header, rows)
}
