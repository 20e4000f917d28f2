//! One block of segments, read apart from the others.

mod levels;
mod passed_over;

use super::claim::Loop2300;
use super::hierarchy::{Known, Loop, Parties};
use super::kept::Role;
use super::output::{Event, Section, SectionKind, X12Output};
use super::trust::{self, Shape};
use super::versions::{Reads, is_supported, reads};
use crate::model::{FaultKind, LocalPosition, date, text};
use crate::normalize::sink::Wanted;
use crate::x12::cutter::{STARTS, X12Head};
use crate::x12::envelope::ControlSegment;
use crate::x12::interchange::{ISA_BYTES, delimiters as by_place};
use crate::x12::parted::Parted;
use crate::x12::segments::Placed;
use crate::x12::unwrap::Unwrapped;
use crate::x12::{Delimiters, Segment, id};

/// Reads one block.
pub fn read_block(bytes: &[u8], head: &X12Head, wanted: &Wanted<'_>) -> X12Output {
    read(bytes, head, wanted, false)
}

/// Reads one block, and keeps the segments that an answer to it needs: `kept` of its sections, and
/// of `faults` for those outside.
pub fn read_block_keeping(bytes: &[u8], head: &X12Head, wanted: &Wanted<'_>) -> X12Output {
    read(bytes, head, wanted, true)
}

fn read(bytes: &[u8], head: &X12Head, wanted: &Wanted<'_>, keeps: bool) -> X12Output {
    let mut output = X12Output { bytes: bytes.len() as u32, ..X12Output::default() };
    let delimiters = match head.delimiters {
        Ok(delimiters) => delimiters,
        Err(why) => {
            let first = bytes.iter().position(|byte| *byte > b' ');
            let at = |first| LocalPosition { number: 0, byte: first as u32 };
            output.unreadable = first.map(|first| (why, at(first)));
            if let Some(first) = first.filter(|_| keeps) {
                let header = &bytes[first..bytes.len().min(first + ISA_BYTES)];
                output.faults.kept.push(Role::Unreadable, at(first), &[header]);
            }
            return output;
        }
    };
    let parted = Parted::of(bytes, delimiters, trust::swallowed);
    let mut reader = BlockReader::new(delimiters, wanted, &parted.unwrapped, &mut output);
    reader.keeps = keeps;
    let mut segments = parted.segments();
    while let Some(mut placed) = segments.next() {
        while placed.segment.code == id::CLM
            && let Some(end) = reader.pass_over(&placed, &mut segments)
        {
            placed = end;
        }
        reader.segment(placed, head.is_last);
    }
    reader.end();
    output
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
    /// Segments that an answer needs are kept.
    keeps: bool,
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
            keeps: false,
            next_index: 0,
        }
    }

    fn segment(&mut self, placed: Placed<'a>, is_last_block: bool) {
        let at = self.position(&placed);
        let segment = placed.segment;
        if self.is_outside && segment.code != id::TA1 {
            // What stands behind an IEA is filler, but for what begins something.
            if !STARTS.contains(&segment.id()) && segment.code != id::SE {
                return;
            }
            self.is_outside = false;
        }
        self.output.segments += 1;
        if placed.is_broken {
            let message = "the end of this segment is damaged, another begins within it: the \
                segment is left out, reading goes on with that one";
            self.damage(at, part(segment), message);
            return;
        }
        let is_end = is_last_block && segment.code == id::IEA;
        if !placed.is_terminated && !is_end {
            let message = "the file ends (or other delimiters begin) within this segment: the \
                segment is left out";
            self.output.faults.fault(FaultKind::Damage, at, part(segment), message);
            return;
        }
        match segment.code {
            id::ISA | id::IEA | id::GS | id::GE | id::ST | id::SE => {
                if segment.is_control() {
                    self.control(segment, at, placed.byte);
                } else {
                    let message =
                        "no such segment has elements like these: the segment is left out";
                    self.damage(at, part(segment), message);
                }
            }
            _ => self.body(segment, at),
        }
    }

    /// Where the next segment to be counted stands.
    fn position(&self, placed: &Placed<'_>) -> LocalPosition {
        let byte = self.unwrapped.original(placed.byte as u32);
        LocalPosition { number: self.output.segments, byte }
    }

    /// Whether what stands here is read: a set that is supported, or may be.
    fn is_read(&self) -> bool {
        self.section.as_ref().is_some_and(|open| open.kind != SectionKind::Unsupported)
    }

    /// Notes damage where it belongs: in a set that is skipped, nothing of it is said.
    fn damage(&mut self, at: LocalPosition, part: &str, message: &str) {
        match &mut self.section {
            Some(section) if section.kind == SectionKind::Unsupported => {}
            Some(section) => section.sink.fault(FaultKind::Damage, at, part, message),
            None => self.output.faults.fault(FaultKind::Damage, at, part, message),
        }
    }

    fn control(&mut self, segment: Segment<'a>, at: LocalPosition, byte: usize) {
        self.finish_claim();
        self.close_section();
        self.place = Loop::Header;
        // No party is in force over the edge of a set, group or interchange.
        self.parties.begin_billing();
        if self.keeps && matches!(segment.code, id::ISA | id::GS | id::ST) {
            let parts = [segment.id(), &[self.delimiters.element], segment.body()];
            self.output.faults.kept.push(Role::Control, at, &parts);
        }
        let text = |number| text::decode(segment.element(number)).into_owned();
        let control = match segment.code {
            id::ISA => {
                self.group_version = Some(Vec::new());
                self.check_header(at, byte);
                let party = |first| format!("{} {}", text(first), text(first + 1));
                ControlSegment::Isa { control: text(13), sender: party(5), receiver: party(7) }
            }
            id::IEA => {
                self.is_outside = true;
                self.group_version = Some(Vec::new());
                ControlSegment::Iea { count: text(1), control: text(2) }
            }
            id::GS => {
                self.group_version = Some(segment.element(8).to_vec());
                self.note_group_date(segment.element(4));
                ControlSegment::Gs { control: text(6), version: text(8) }
            }
            id::GE => {
                self.group_version = Some(Vec::new());
                ControlSegment::Ge { count: text(1), control: text(2) }
            }
            id::SE => ControlSegment::Se { count: text(1), control: text(2) },
            _ => {
                self.begin_set(segment, at);
                ControlSegment::St { kind: text(1), control: text(2), version: text(3) }
            }
        };
        self.output.events.push(Event::Control(control, at));
    }

    /// Says so where the delimiters of an interchange do not stand in their places.
    fn check_header(&mut self, at: LocalPosition, byte: usize) {
        let header = self.unwrapped.bytes.get(byte..).unwrap_or_default();
        let stated = by_place(header);
        let is_right = stated.is_ok_and(|stated| {
            let ours = self.delimiters;
            (stated.element, stated.component, stated.terminator)
                == (ours.element, ours.component, ours.terminator)
        });
        if is_right {
            return;
        }
        let end = header.iter().position(|found| *found == self.delimiters.terminator);
        let length = end.map_or(header.len(), |end| end + 1);
        let separators = header[..length].iter().filter(|found| **found == self.delimiters.element);
        if separators.count() == 16 && length != ISA_BYTES {
            let message = format!(
                "the ISA segment is of {length} bytes where {ISA_BYTES} are right; its delimiters \
                 were taken from what follows it",
            );
            self.output.faults.fault(FaultKind::Envelope, at, "ISA", &message);
        } else {
            let message = "the ISA segment is damaged: the segment is left out; the delimiters \
                were taken from what follows it";
            self.output.faults.fault(FaultKind::Damage, at, "ISA", message);
        }
    }

    fn begin_set(&mut self, st: Segment<'a>, at: LocalPosition) {
        let by_group = self.group_version.as_deref();
        let kind = match reads(st.element(1), st.element(3)) {
            Reads::Yes => SectionKind::Supported,
            Reads::No => SectionKind::Unsupported,
            Reads::ByGroup => {
                by_group.map_or(SectionKind::ByGroup, |group| supported(is_supported(group)))
            }
        };
        self.section = Some(Section::begin(kind, at));
    }

    fn note_group_date(&mut self, text: &[u8]) {
        let Some(day) = date::parse(text).filter(|day| *day <= self.wanted.today) else { return };
        self.output.newest_group_date = self.output.newest_group_date.max(Some(day));
    }

    /// A segment of loops. Of whatever is said here, [`BlockReader::pass_over`] must know: a claim
    /// of which anything would be said is not passed over.
    fn body(&mut self, segment: Segment<'a>, at: LocalPosition) {
        if segment.code == id::HL && trust::is_text(segment) {
            let message = "no HL segment has elements like these: the segment is left out";
            self.damage(at, "HL", message);
            return;
        }
        let is_start = matches!(segment.code, id::CLM | id::HL | id::SV1);
        if self.section.is_none() && is_start {
            self.begin_stray(at);
        }
        if !self.is_read() {
            if self.section.is_none() {
                self.unknown(segment, at);
            }
            return;
        }
        if self.keeps && self.place == Loop::Header && matches!(segment.code, id::BHT | id::NM1) {
            self.keep(Role::Header, segment, at);
        }
        match segment.code {
            id::HI | id::CL1 if trust::is_other(&segment, self.delimiters) => {
                self.damaged_start(segment, at);
            }
            id::NM1 | id::DTP | id::REF | id::HI | id::SV1 if trust::runs_on(&segment) => {
                let message = "the end of this segment is damaged, another follows within it: \
                    both are left out";
                self.damage(at, part(segment), message);
            }
            id::HL => self.hierarchical_level(segment, at),
            id::CLM => self.begin_claim(segment, at),
            id::SV1 => self.service(segment, at),
            id::LX => {
                self.place = Loop::ServiceLine;
                if let Some(claim) = &mut self.claim {
                    claim.begin_line(segment, at);
                    self.keep(Role::Line, segment, at);
                }
            }
            id::SBR if self.claim.is_some() => self.place = self.place.behind_sbr(),
            id::OI | id::AMT | id::CAS | id::MOA if self.place == Loop::Doubtful => {
                self.place = Loop::OtherPayer;
            }
            id::SVD if self.place == Loop::ServiceLine => self.place = Loop::LineAdjudication,
            id::NM1 if self.is_misplaced(segment, at) => {}
            id::NM1 | id::DMG if self.claim.is_none() => self.party(segment, at),
            id::NM1 | id::REF | id::HI | id::AMT | id::DTP => self.claim_detail(segment, at),
            _ => self.unknown(segment, at),
        }
    }

    fn begin_claim(&mut self, segment: Segment<'a>, at: LocalPosition) {
        self.finish_claim();
        self.place = Loop::Claim;
        self.mark_loops(at);
        self.keep(Role::Claim, segment, at);
        let parties = self.parties;
        self.claim = Some(match self.spare.take() {
            Some(mut spare) => {
                spare.begin_again(segment, parties);
                spare
            }
            None => Loop2300::begin(segment, parties),
        });
    }

    /// A segment that tells this reader nothing: one that it passes over, or a damaged one.
    fn unknown(&mut self, segment: Segment<'a>, at: LocalPosition) {
        if trust::is_known(segment.id()) || trust::is_service(&segment) {
            return;
        }
        self.damaged_start(segment, at);
    }

    /// A segment whose id is damaged: if it began a claim or a level, that one begins.
    fn damaged_start(&mut self, segment: Segment<'a>, at: LocalPosition) {
        let shape = trust::shape(&segment, self.delimiters);
        if self.section.is_none() && shape != Shape::Other {
            self.begin_stray(at);
        }
        match shape {
            Shape::Claim => {
                self.mark_loops(at);
                self.finish_claim();
                self.keep_mark(Role::End, at);
                // Its lines have no claim now, which is said of each; those of the claim before
                // must not grow by them.
                self.place = Loop::Claim;
                let message = "this looks like a CLM segment, but its id is damaged: the claim is \
                    left out";
                self.damage(at, "CLM", message);
            }
            Shape::Level(code) => {
                let message =
                    "this looks like an HL segment, but its id is damaged: it is read as one";
                self.damage(at, "HL", message);
                self.begin_level(code, at);
            }
            Shape::Other => {
                let message = "this is no segment of an 837P: the segment is left out";
                self.damage(at, "", message);
            }
        }
    }

    /// Loops without an ST: it was damaged, or is missing. Whether they are read, the follower
    /// decides by the group, and says it.
    fn begin_stray(&mut self, at: LocalPosition) {
        self.section = Some(Section::begin(SectionKind::Stray, at));
        self.parties.begin_billing();
    }

    /// A section that goes on over the start of the block begins, for messages, with its loops.
    fn mark_loops(&mut self, at: LocalPosition) {
        if let Some(section) = &mut self.section
            && !section.has_loops
        {
            section.has_loops = true;
            if section.kind == SectionKind::GoesOn {
                section.at = at;
            }
        }
    }

    /// Keeps a segment of the section at hand, where that is asked for.
    #[inline]
    fn keep(&mut self, role: Role, segment: Segment<'a>, at: LocalPosition) {
        if self.keeps {
            let separator = [self.delimiters.element];
            self.keep_parts(role, at, &[segment.id(), &separator, segment.body()]);
        }
    }

    #[inline]
    fn keep_mark(&mut self, role: Role, at: LocalPosition) {
        if self.keeps {
            self.keep_parts(role, at, &[]);
        }
    }

    #[cold]
    fn keep_parts(&mut self, role: Role, at: LocalPosition, parts: &[&[u8]]) {
        if let Some(section) = &mut self.section {
            section.sink.kept.push(role, at, parts);
        }
    }

    fn claim_detail(&mut self, segment: Segment<'a>, at: LocalPosition) {
        let Some(claim) = &mut self.claim else { return };
        match self.place {
            Loop::Claim => claim.claim_segment(segment),
            Loop::ServiceLine => claim.line_segment(segment),
            _ => return,
        }
        match (self.place, segment.code) {
            (Loop::Claim, id::REF) => self.keep(Role::ClaimDetail, segment, at),
            (Loop::ServiceLine, id::REF | id::DTP) => self.keep(Role::LineDetail, segment, at),
            _ => {}
        }
    }

    fn service(&mut self, segment: Segment<'a>, at: LocalPosition) {
        self.mark_loops(at);
        let Some(section) = &mut self.section else { return };
        section.sink.tally.service_lines += 1;
        match &mut self.claim {
            Some(claim) => {
                self.place = Loop::ServiceLine;
                if claim.service(segment, at) {
                    self.keep(Role::Line, segment, at);
                }
                self.keep(Role::Service, segment, at);
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

/// The id of a segment for a message; nothing if it is none that we know: it may be text.
fn part(segment: Segment<'_>) -> &str {
    let is_control = matches!(segment.code, id::ISA | id::IEA | id::GS | id::GE | id::ST | id::SE);
    let is_shown = is_control || trust::is_known(segment.id());
    if is_shown { str::from_utf8(segment.id()).unwrap_or_default() } else { "" }
}
