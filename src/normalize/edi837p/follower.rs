//! Walks over the blocks of a file in order: checks the envelope, decides which sections are of an
//! 837P that is read, and fills in what a block could not know.

use super::claim::{Lacks, bad_birth};
use super::output::{Event, Section, SectionKind, X12Output};
use super::versions::{Reads, is_supported, reads};
use crate::model::{FaultKind, LocalPosition, Position, ServiceLine, date, record};
use crate::normalize::sink::{RecordKey, Sink};
use crate::x12::envelope::{At, ControlSegment, EnvelopeCheck, EnvelopeFault, shown};
use crate::x12::interchange::IsaError;

/// Where a block begins in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockPlace {
    /// Segments (or rows) before it.
    pub number: u64,
    /// Bytes before it.
    pub byte: u64,
}

impl BlockPlace {
    /// The place of a segment in the file.
    pub fn segment(self, local: LocalPosition) -> Position {
        Position::Segment {
            number: self.number + u64::from(local.number) + 1,
            byte: self.byte + u64::from(local.byte),
        }
    }

    fn at(self, local: LocalPosition) -> At {
        At {
            number: self.number + u64::from(local.number) + 1,
            byte: self.byte + u64::from(local.byte),
        }
    }
}

/// A fault with its place in the file.
pub struct PlacedFault {
    /// What kind.
    pub kind: FaultKind,
    /// Where.
    pub position: Position,
    /// Element or segment; may be empty.
    pub part: String,
    /// What is wrong.
    pub message: String,
}

/// What a follower meets.
pub enum Met<'a> {
    /// A control segment.
    Control {
        /// The segment.
        segment: &'a ControlSegment,
        /// Where it stands.
        at: At,
        /// It begins a transaction set that is read.
        is_read: bool,
    },
    /// A part of a transaction set that is read.
    Section(&'a Sink),
}

/// Follows the blocks of one file.
#[derive(Default)]
pub struct Follower {
    envelope: EnvelopeCheck,
    /// The transaction set that is open: whether it is read.
    open_set: Option<bool>,
    billing_npi: Vec<u8>,
    member_id: Vec<u8>,
    birth: Vec<u8>,
    place: BlockPlace,
    /// The part that is being passed over, because no interchange header can be trusted.
    unreadable: Option<(IsaError, At)>,
    /// Faults of the envelope found so far.
    pub faults: Vec<PlacedFault>,
}

impl Follower {
    /// Takes the next block: gives back what stands of it, all positions still local to the block.
    pub fn next(&mut self, output: X12Output) -> (Sink, BlockPlace) {
        self.next_seen(output, &mut |_| ())
    }

    /// The same, and shows what it meets to `see`, in order.
    pub fn next_seen(
        &mut self,
        output: X12Output,
        see: &mut dyn FnMut(Met<'_>),
    ) -> (Sink, BlockPlace) {
        let place = self.place;
        match (output.unreadable, self.unreadable) {
            (Some((why, at)), None) => self.unreadable = Some((why, place.at(at))),
            (None, Some(_)) if output.segments > 0 => self.end_unreadable(),
            _ => {}
        }
        let mut kept = output.faults;
        for event in output.events {
            match event {
                Event::Control(segment, at) => {
                    self.control(&segment, place.at(at));
                    let is_read = self.open_set == Some(true);
                    see(Met::Control { segment: &segment, at: place.at(at), is_read });
                }
                Event::Section(mut section) => {
                    let was_open = self.open_set.is_some();
                    if self.is_read(&section, place) {
                        self.fill_in(&mut section);
                        see(Met::Section(&section.sink));
                        kept.append(section.sink);
                    } else if !was_open && section.kind == SectionKind::GoesOn {
                        // Damage between sets is said, wherever the block began.
                        let loops = section.has_loops.then_some(section.at.number);
                        let faults = section.sink.faults.into_iter();
                        let is_before = |number| loops.is_none_or(|first| number < first);
                        kept.faults.extend(faults.filter(|fault| is_before(fault.at.number)));
                    }
                }
            }
        }
        for (own, end) in [
            (&mut self.billing_npi, output.end_billing_npi),
            (&mut self.member_id, output.end_member_id),
            (&mut self.birth, output.end_birth),
        ] {
            if let Some(end) = end {
                *own = end;
            }
        }
        self.place.number += u64::from(output.segments);
        self.place.byte += u64::from(output.bytes);
        (kept, place)
    }

    /// The file ends.
    pub fn end(&mut self) -> BlockPlace {
        self.end_unreadable();
        let at = At { number: self.place.number + 1, byte: self.place.byte };
        let mut found = Vec::new();
        self.envelope.end(at, &mut |fault, at| found.push((fault, at)));
        self.report(found);
        self.place
    }

    /// Where the next block begins.
    pub fn place(&self) -> BlockPlace {
        self.place
    }

    /// Interchanges, groups and transaction sets so far.
    pub fn totals(&self) -> (u64, u64, u64) {
        self.envelope.totals
    }

    /// What could not be read ends here.
    fn end_unreadable(&mut self) {
        let Some((why, at)) = self.unreadable.take() else { return };
        let bytes = self.place.byte.saturating_sub(at.byte);
        let why = why.as_str();
        let message = format!(
            "{why}: the interchange is left out, {bytes} bytes up to the next that can be read"
        );
        self.fault(FaultKind::Damage, at, "ISA", message);
    }

    fn control(&mut self, segment: &ControlSegment, at: At) {
        let mut found = Vec::new();
        self.envelope.next(segment, at, &mut |fault, at| found.push((fault, at)));
        self.report(found);
        // No party is in force over the edge of a set, group or interchange.
        for party in [&mut self.billing_npi, &mut self.member_id, &mut self.birth] {
            party.clear();
        }
        match segment {
            ControlSegment::St { kind, version, .. } => self.begin_set(kind, version, at),
            _ => self.open_set = None,
        }
    }

    fn begin_set(&mut self, kind: &str, version: &str, at: At) {
        let group = self.envelope.group_version();
        let decision = reads(kind.as_bytes(), version.as_bytes());
        let is_read = match decision {
            Reads::Yes => true,
            Reads::No => false,
            Reads::ByGroup => is_supported(group.as_bytes()),
        };
        let stated = if version.is_empty() { group } else { version };
        self.open_set = Some(is_read);
        if !is_read {
            let (kind, stated) = (shown(kind), shown(stated));
            let message = format!(
                "transaction set {kind} {stated}: not an 837P of version 005010X222 or X298, \
                 skipped whole",
            );
            self.fault(FaultKind::Unsupported, at, "ST", message);
            return;
        }
        if !kind.eq_ignore_ascii_case("837") {
            let message = format!("ST01 says {} where \"837\" is right", shown(kind));
            self.fault(FaultKind::Envelope, at, "ST01", message);
        }
        if decision == Reads::ByGroup && !version.is_empty() {
            let message = format!("ST03 says {}, which is no guide; GS08 decides", shown(version));
            self.fault(FaultKind::Envelope, at, "ST03", message);
        }
    }

    fn is_read(&mut self, section: &Section, place: BlockPlace) -> bool {
        match section.kind {
            SectionKind::Unsupported => false,
            SectionKind::Supported => true,
            SectionKind::ByGroup => self.open_set == Some(true),
            SectionKind::GoesOn => match self.open_set {
                Some(is_read) => is_read,
                None => self.is_stray_read(section, place),
            },
            SectionKind::Stray => self.is_stray_read(section, place),
        }
    }

    /// Claims outside of a transaction set: read, and said, unless the group is of another kind.
    fn is_stray_read(&mut self, section: &Section, place: BlockPlace) -> bool {
        if !section.has_loops {
            return false;
        }
        let version = self.envelope.group_version();
        let is_other = !version.is_empty() && !is_supported(version.as_bytes());
        let message = if is_other {
            "loops without an ST before them, in a group of another kind: left out"
        } else {
            "loops without an ST before them: ST is damaged or missing; read as 837P all the same"
        };
        self.fault(FaultKind::Damage, place.at(section.at), "ST", message.to_owned());
        self.open_set = Some(!is_other);
        !is_other
    }

    /// Gives the lines of a section what stands before their block.
    fn fill_in(&self, section: &mut Section) {
        if section.lacks.is_empty() {
            return;
        }
        let mut lacks = section.lacks.iter().peekable();
        let sink = &mut section.sink;
        let old = std::mem::take(&mut sink.records);
        let keys = std::mem::take(&mut sink.keys);
        let mut buffer = Vec::new();
        let mut births = Vec::new();
        for (number, mut key) in keys.into_iter().enumerate() {
            let mut line = record::decode(&old[key.offset as usize..]);
            if let Some(lack) = lacks.next_if(|lack| lack.key as usize == number) {
                self.complete(&mut line, lack);
                let lacks_member = line.is_peer_support && line.member_id.is_empty();
                if line.billing_npi.is_empty() || lacks_member {
                    drop_line(sink, &line);
                    continue;
                }
                if lack.birth && line.is_peer_support {
                    births.extend(bad_birth(line.position, &self.birth));
                }
                key = RecordKey::of(&line, 0, &mut buffer);
            }
            key.offset = sink.records.len() as u32;
            record::encode(&line, &mut sink.records);
            sink.keys.push(key);
        }
        // A line's birth date comes before its other values, as where the block holds it.
        births.append(&mut sink.rejects);
        sink.rejects = births;
    }

    fn complete<'a>(&'a self, line: &mut ServiceLine<'a>, lack: &Lacks) {
        if lack.billing_npi {
            line.billing_npi = &self.billing_npi;
        }
        if lack.member_id {
            line.member_id = &self.member_id;
        }
        if lack.birth {
            line.birth = date::parse(&self.birth);
        }
    }

    fn fault(&mut self, kind: FaultKind, at: At, part: &str, message: String) {
        let position = Position::Segment { number: at.number, byte: at.byte };
        self.faults.push(PlacedFault { kind, position, part: part.to_owned(), message });
    }

    fn report(&mut self, found: Vec<(EnvelopeFault, At)>) {
        for (fault, at) in found {
            let kind = match fault {
                EnvelopeFault::NoTrailer { .. } => FaultKind::Damage,
                _ => FaultKind::Envelope,
            };
            self.fault(kind, at, fault.part(), fault.to_string());
        }
    }
}

/// A line that turned out to have no member or billing provider, in this block or before it.
fn drop_line(sink: &mut Sink, line: &ServiceLine<'_>) {
    if !line.is_peer_support {
        return; // a correction of another procedure was passed over already
    }
    sink.tally.peer_support_lines -= 1;
    sink.rejects.retain(|reject| reject.at != line.position);
    // The same order as where the block holds both.
    let (part, message) = match line.member_id {
        [] => ("2010BA NM109", "no member id"),
        _ => ("2010AA NM109", "no billing provider"),
    };
    sink.leave_out(line.position, part, message);
}
