//! Bytes into segments: delimiters by position from each ISA, then splitting.

/// One segment: its elements as text, its id first.
#[derive(Clone, Debug)]
pub struct Segment {
    pub elements: Vec<String>,
    /// Between the components of an element.
    pub component: char,
    /// Segments counted from 1 and bytes from 0, as `findings.csv` writes it.
    pub position: String,
}

impl Segment {
    pub fn id(&self) -> &str {
        &self.elements[0]
    }

    /// The element of that number, trimmed; empty where the segment ends before it.
    pub fn element(&self, number: usize) -> &str {
        self.elements.get(number).map_or("", |text| text.trim())
    }

    /// The components of an element, each trimmed.
    pub fn components(&self, number: usize) -> Vec<&str> {
        self.element(number).split(self.component).map(str::trim).collect()
    }
}

/// Bytes of an ISA; one that somebody trimmed or padded is a few shorter or longer.
const ISA_BYTES: std::ops::RangeInclusive<usize> = 96..=116;

/// What the ISA at the start of `bytes` says.
#[derive(Clone, Copy)]
struct Delimiters {
    element: u8,
    component: u8,
    terminator: u8,
    isa_bytes: usize,
}

/// The ISA has sixteen elements; the last is the component separator, the terminator follows it.
fn delimiters(bytes: &[u8]) -> Option<Delimiters> {
    if !bytes.starts_with(b"ISA") || bytes.len() < *ISA_BYTES.start() {
        return None;
    }
    let element = bytes[3];
    let separators = bytes.iter().enumerate().filter(|(_, byte)| **byte == element);
    let (last, _) = separators.take(16).last()?;
    let (component, terminator) = (*bytes.get(last + 1)?, *bytes.get(last + 2)?);
    let isa_bytes = last + 3;
    let found = Delimiters { element, component, terminator, isa_bytes };
    ISA_BYTES.contains(&isa_bytes).then_some(found)
}

/// UTF-8, or each byte a letter of Latin-1.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// All segments of the file; what stands between interchanges is passed over.
pub fn split(bytes: &[u8]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    // Of the interchange that is open.
    let mut in_force = None;
    let mut at = 0;
    while at < bytes.len() {
        let next = &bytes[at..];
        let own = delimiters(next);
        in_force = own.or(in_force);
        let Some(Delimiters { element, component, terminator, isa_bytes }) = in_force else {
            at += 1;
            continue;
        };
        // The terminator of an ISA stands at its place, and nowhere before it.
        let from = if own.is_some() { isa_bytes - 1 } else { 0 };
        let end = next.iter().skip(from).position(|byte| *byte == terminator);
        let Some(end) = end.map(|place| place + from) else { break };
        let parts = next[..end].split(|byte| *byte == element).map(text);
        let segment = Segment {
            elements: parts.collect(),
            component: char::from(component),
            position: format!("segment {}, byte {at}", segments.len() + 1),
        };
        if segment.id() == "IEA" {
            in_force = None;
        }
        segments.push(segment);
        at += end + 1;
        // Line breaks and blanks after a terminator are no part of the next segment.
        at += bytes[at..].iter().take_while(|byte| **byte <= b' ').count();
    }
    segments
}
