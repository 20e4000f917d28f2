//! One block of segments, read apart from the others.

use super::claim::{Lacks, Loop2300};
use super::hierarchy::{Known, Loop, Parties};
use super::unwrap::Unwrapped;
use crate::join::FaultKind;
use crate::model::{LocalPosition, NaiveDate, date, text};
use crate::normalize::sink::{Sink, Wanted};
use crate::x12::cutter::X12Head;
use crate::x12::envelope::ControlSegment;
use crate::x12::segment::Placed;
use crate::x12::{Delimiters, Segment, Segments};

/// What reading a block of X12 yields.
#[derive(Default)]
pub struct X12Output {
    /// Control segments, and the sections between them, in order.
    pub events: Vec<Event>,
    /// Faults that stand whatever comes before the block.
    pub faults: Sink,
    /// Segments of the block.
    pub segments: u32,
    /// Bytes of the block.
    pub bytes: u32,
    /// The newest group date (GS04) that is not after the day of the run.
    pub newest_group_date: Option<NaiveDate>,
    /// The parties in force at the end of the block, where the block changed them.
    pub end_billing_npi: Option<Vec<u8>>,
    /// The same of the member id.
    pub end_member_id: Option<Vec<u8>>,
    /// The same of the birth date.
    pub end_birth: Option<Vec<u8>>,
}

/// What a block consists of.
pub enum Event {
    /// A control segment, and where it stands.
    Control(ControlSegment, LocalPosition),
    /// What stands between two of them.
    Section(Section),
}

/// Why a section is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// It goes on with what was open where the block begins.
    GoesOn,
    /// Its ST names a version that is read.
    Supported,
    /// Its ST names no version: the group decides.
    ByGroup,
    /// Its ST names another set or version: nothing of it is read.
    Unsupported,
    /// Loops without an ST before them.
    Stray,
}

/// A part of a block within one transaction set.
pub struct Section {
    /// Why it is read.
    pub kind: SectionKind,
    /// Where it begins.
    pub at: LocalPosition,
    /// What was read.
    pub sink: Sink,
    /// What lines lack that stands before the block.
    pub lacks: Vec<Lacks>,
    /// Whether it holds anything of a claim.
    pub has_loops: bool,
}

/// Versions of the 837P that are read, by the beginning of ST03 or GS08.
const VERSIONS: [&[u8]; 2] = [b"005010X222", b"005010X298"];

/// Whether `version` is one of an 837P that is read.
pub fn is_supported_version(version: &[u8]) -> bool {
    VERSIONS.iter().any(|known| {
        version.len() >= known.len() && version[..known.len()].eq_ignore_ascii_case(known)
    })
}

/// Reads one block.
pub fn read_block(bytes: &[u8], head: &X12Head, wanted: &Wanted<'_>) -> X12Output {
    let mut output = X12Output { bytes: bytes.len() as u32, ..X12Output::default() };
    let Some(delimiters) = head.delimiters else {
        unreadable(bytes, &mut output);
        return output;
    };
    let unwrapped = Unwrapped::of(bytes, delimiters);
    let mut reader = BlockReader::new(delimiters, wanted, &unwrapped, &mut output);
    let start = unwrapped.bytes.strip_prefix(crate::source::input::UTF8_BOM);
    let mut segments = Segments::new(&unwrapped.bytes, delimiters);
    segments.pass_over(start.map_or(0, |_| crate::source::input::UTF8_BOM.len()));
    for placed in segments {
        reader.segment(placed, head.is_last);
    }
    reader.end();
    output
}

/// Nothing of the block can be read: no interchange header can be trusted.
fn unreadable(bytes: &[u8], output: &mut X12Output) {
    let Some(first) = bytes.iter().position(|byte| *byte > b' ') else { return };
    let at = LocalPosition { number: 0, byte: first as u32 };
    let why = match crate::x12::interchange::delimiters(&bytes[first..]) {
        Err(error) if bytes[first..].starts_with(b"ISA") => error.as_str(),
        _ => "it goes on from an ISA segment that cannot be trusted",
    };
    let message = format!("{why}; {} bytes up to the next interchange are left out", bytes.len());
    output.faults.fault(FaultKind::Damage, at, "ISA", &message);
}

struct BlockReader<'a, 'o> {
    delimiters: Delimiters,
    wanted: &'o Wanted<'o>,
    unwrapped: &'o Unwrapped<'a>,
    output: &'o mut X12Output,
    section: Option<Section>,
    parties: Parties<'a>,
    place: Loop,
    claim: Option<Loop2300<'a>>,
    /// Memory of the last claim, for the next one.
    spare: Option<Loop2300<'a>>,
    group_version: Option<Vec<u8>>,
    /// Past an IEA: what stands here is no part of an interchange.
    is_outside: bool,
    next_index: u32,
}

impl<'a, 'o> BlockReader<'a, 'o>
where
    'o: 'a,
{
    fn new(
        delimiters: Delimiters,
        wanted: &'o Wanted<'o>,
        unwrapped: &'o Unwrapped<'a>,
        output: &'o mut X12Output,
    ) -> BlockReader<'a, 'o> {
        BlockReader {
            delimiters,
            wanted,
            unwrapped,
            output,
            section: Some(Section::begin(SectionKind::GoesOn, LocalPosition::default())),
            parties: Parties::default(),
            // A block begins before a claim or above, so the loop can only be one that CLM, HL or a
            // control segment ends.
            place: Loop::Subscriber,
            claim: None,
            spare: None,
            group_version: None,
            is_outside: false,
            next_index: 0,
        }
    }

    fn segment(&mut self, placed: Placed<'a>, is_last_block: bool) {
        let at = LocalPosition {
            number: self.output.segments,
            byte: self.unwrapped.original(placed.byte as u32),
        };
        let segment = placed.segment;
        if self.is_outside && segment.id != b"ISA" && segment.id != b"TA1" {
            self.trailing(segment, at);
            return;
        }
        if !placed.is_terminated && !(is_last_block && segment.id == b"IEA") {
            self.output.segments += 1;
            let message = "the file ends (or other delimiters begin) within this segment, which is \
                left out";
            self.output.faults.fault(FaultKind::Damage, at, &part(segment), message);
            return;
        }
        self.output.segments += 1;
        if !segment.has_plausible_id() {
            let message = "no segment id can be read here: this segment is left out";
            self.output.faults.fault(FaultKind::Damage, at, "", message);
            return;
        }
        match segment.id {
            b"ISA" | b"IEA" | b"GS" | b"GE" | b"ST" | b"SE" => self.control(segment, at),
            _ => self.body(segment, at),
        }
    }

    /// What stands after an IEA: a claim there would be lost, anything else is filler.
    fn trailing(&mut self, segment: Segment<'a>, at: LocalPosition) {
        if matches!(segment.id, b"GS" | b"ST" | b"CLM" | b"SE" | b"GE" | b"IEA") {
            self.is_outside = false;
            self.output.segments += 1;
            match segment.id {
                b"CLM" => self.body(segment, at),
                _ => self.control(segment, at),
            }
        }
    }

    fn control(&mut self, segment: Segment<'a>, at: LocalPosition) {
        self.finish_claim();
        self.close_section();
        self.place = Loop::Header;
        let text = |number| text::decode(segment.element(number)).into_owned();
        let control = match segment.id {
            b"ISA" => ControlSegment::Isa { control: text(13) },
            b"IEA" => {
                self.is_outside = true;
                ControlSegment::Iea { count: text(1), control: text(2) }
            }
            b"GS" => {
                self.group_version = Some(segment.element(8).to_vec());
                self.note_group_date(segment.element(4));
                ControlSegment::Gs { control: text(6), version: text(8) }
            }
            b"GE" => {
                self.group_version = Some(Vec::new());
                ControlSegment::Ge { count: text(1), control: text(2) }
            }
            b"SE" => ControlSegment::Se { count: text(1), control: text(2) },
            _ => {
                self.begin_set(segment, at);
                ControlSegment::St { kind: text(1), control: text(2), version: text(3) }
            }
        };
        self.output.events.push(Event::Control(control, at));
    }

    fn begin_set(&mut self, st: Segment<'a>, at: LocalPosition) {
        let version = st.element(3);
        let by_group = self.group_version.as_deref();
        let kind = if !st.element(1).eq_ignore_ascii_case(b"837") {
            SectionKind::Unsupported
        } else if !version.is_empty() {
            supported(is_supported_version(version))
        } else {
            by_group.map_or(SectionKind::ByGroup, |group| supported(is_supported_version(group)))
        };
        self.section = Some(Section::begin(kind, at));
        self.parties.begin_billing();
    }

    fn note_group_date(&mut self, text: &[u8]) {
        let Some(day) = date::parse(text).filter(|day| *day <= self.wanted.today) else { return };
        self.output.newest_group_date = self.output.newest_group_date.max(Some(day));
    }

    fn body(&mut self, segment: Segment<'a>, at: LocalPosition) {
        let is_start = matches!(segment.id, b"CLM" | b"HL");
        if self.section.is_none() && is_start {
            self.begin_stray(at);
        }
        let Some(section) = &mut self.section else { return };
        if section.kind == SectionKind::Unsupported {
            return;
        }
        match segment.id {
            b"HL" => self.hierarchical_level(segment),
            b"CLM" => {
                self.finish_claim();
                self.place = Loop::Claim;
                self.mark_loops();
                let parties = self.parties;
                self.claim = Some(match self.spare.take() {
                    Some(mut spare) => {
                        spare.begin_again(segment, parties);
                        spare
                    }
                    None => Loop2300::begin(segment, parties),
                });
            }
            b"SV1" => self.service(segment, at),
            b"LX" => {
                self.place = Loop::ServiceLine;
                if let Some(claim) = &mut self.claim {
                    claim.begin_line(segment, at);
                }
            }
            b"SBR" if self.claim.is_some() => self.place = Loop::OtherPayer,
            b"SVD" if self.place == Loop::ServiceLine => self.place = Loop::LineAdjudication,
            b"NM1" | b"DMG" if self.claim.is_none() => self.party(segment),
            b"NM1" | b"REF" | b"HI" | b"AMT" | b"DTP" => self.claim_detail(segment),
            _ => {}
        }
    }

    /// Loops without an ST: it was damaged, or is missing. What the group says they are decides.
    fn begin_stray(&mut self, at: LocalPosition) {
        let is_other = self
            .group_version
            .as_deref()
            .is_some_and(|version| !version.is_empty() && !is_supported_version(version));
        let kind = if is_other { SectionKind::Unsupported } else { SectionKind::Stray };
        self.section = Some(Section::begin(kind, at));
        self.parties.begin_billing();
    }

    fn mark_loops(&mut self) {
        if let Some(section) = &mut self.section {
            section.has_loops = true;
        }
    }

    fn hierarchical_level(&mut self, segment: Segment<'a>) {
        self.finish_claim();
        self.mark_loops();
        match segment.element(3) {
            b"20" => {
                self.place = Loop::Billing;
                self.parties.begin_billing();
            }
            b"22" => {
                self.place = Loop::Subscriber;
                self.parties.begin_subscriber();
            }
            b"23" => {
                self.place = Loop::Patient;
                self.parties.begin_patient();
            }
            _ => self.place = Loop::Header,
        }
    }

    /// NM1 and DMG above the claims.
    fn party(&mut self, segment: Segment<'a>) {
        match (self.place, segment.id, segment.element(1)) {
            (Loop::Billing, b"NM1", b"85") => {
                self.parties.billing_npi = Known::Here(segment.element(9));
            }
            (Loop::Subscriber, b"NM1", b"IL") => {
                self.parties.member_id = Known::Here(segment.element(9));
            }
            (Loop::Subscriber | Loop::Patient, b"DMG", _) => {
                self.parties.birth = Known::Here(segment.element(2));
            }
            _ => {}
        }
    }

    fn claim_detail(&mut self, segment: Segment<'a>) {
        let Some(claim) = &mut self.claim else { return };
        match self.place {
            Loop::Claim => claim.claim_segment(segment),
            Loop::ServiceLine => claim.line_segment(segment),
            _ => {}
        }
    }

    fn service(&mut self, segment: Segment<'a>, at: LocalPosition) {
        self.mark_loops();
        let Some(section) = &mut self.section else { return };
        section.sink.tally.service_lines += 1;
        match &mut self.claim {
            Some(claim) => {
                self.place = Loop::ServiceLine;
                claim.service(segment, at);
            }
            None => section.sink.leave_out(at, "SV1", "a service line without a claim before it"),
        }
    }

    fn finish_claim(&mut self) {
        let Some(claim) = self.claim.take() else { return };
        if let Some(section) = &mut self.section {
            let Section { sink, lacks, .. } = section;
            claim.finish(self.delimiters, self.wanted, sink, &mut self.next_index, lacks);
        }
        self.spare = Some(claim);
    }

    fn close_section(&mut self) {
        if let Some(section) = self.section.take() {
            self.output.events.push(Event::Section(section));
        }
    }

    fn end(mut self) {
        self.finish_claim();
        self.close_section();
        let owned = |known: Known<&[u8]>| match known {
            Known::Here(value) => Some(value.to_vec()),
            Known::Before => None,
        };
        self.output.end_billing_npi = owned(self.parties.billing_npi);
        self.output.end_member_id = owned(self.parties.member_id);
        self.output.end_birth = owned(self.parties.birth);
    }
}

fn supported(is_supported: bool) -> SectionKind {
    if is_supported { SectionKind::Supported } else { SectionKind::Unsupported }
}

/// The id of a segment for a message; nothing if it is no plausible one.
fn part(segment: Segment<'_>) -> String {
    if segment.has_plausible_id() { text::decode(segment.id).into_owned() } else { String::new() }
}

impl Section {
    fn begin(kind: SectionKind, at: LocalPosition) -> Section {
        Section { kind, at, sink: Sink::default(), lacks: Vec::new(), has_loops: false }
    }
}
