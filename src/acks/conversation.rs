//! One file as it comes by, and what is said to each part of it.

mod section;

use super::claim_set::ClaimSet;
use super::envelope::{CLAIMS, GroupHeader, InterchangeHeader, Reply, SYNTAX};
use super::numbers::Numbers;
use super::pass::ReadBlock;
use super::syntax::{GroupSyntax, SetSyntax};
use super::verdict::Status;
use super::wire::{Out, Wire};
use super::{Answers, Context, Tally};
use crate::normalize::edi837p::follower::Met;
use crate::normalize::edi837p::{BlockPlace, Follower, Kept, Role};
use crate::normalize::sink::LocalFault;
use crate::x12::envelope::{At, ControlSegment, EnvelopeCheck, EnvelopeFault};
use crate::x12::{Delimiters, Segment};
use std::io::{self, Write};
use std::iter::Peekable;

/// Where no delimiters are known; nothing is read with them.
const NONE: Delimiters = Delimiters::USUAL;
/// Bytes of the 277CA that are collected before they go out.
const FLUSH_BYTES: usize = 128 << 10;

/// The interchange that is open.
struct Interchange {
    header: InterchangeHeader,
    /// TA105 and whether it rejects.
    note: Option<(&'static str, bool)>,
    groups: u64,
}

/// The group that is open.
struct Group {
    header: GroupHeader,
    /// `None`: an acknowledgement itself, which is not acknowledged.
    syntax: Option<GroupSyntax>,
    /// A 277CA group answers it.
    has_claims: bool,
}

/// Follows a file and answers it.
pub struct Conversation<'c> {
    follower: Follower,
    speaker: Speaker<'c>,
}

/// Everything that the follower's blocks are told to.
struct Speaker<'c> {
    context: &'c Context<'c>,
    numbers: &'c mut Numbers,
    file: u32,
    to: &'c mut dyn Write,
    delimiters: Delimiters,
    envelope: EnvelopeCheck,
    interchange: Option<Interchange>,
    group: Option<Group>,
    set: Option<SetSyntax>,
    /// The part whose delimiters cannot be told goes on.
    is_unreadable: bool,
    ta1: Out,
    syntax: Out,
    syntax_reply: Reply,
    claims: Out,
    claims_reply: Reply,
    claim_set: ClaimSet<'c>,
    statuses: Vec<Status>,
    tally: Tally,
}

impl<'c> Conversation<'c> {
    /// Begins with file `file` of the run; its 277CA goes to `to`.
    pub fn new(
        context: &'c Context<'c>,
        numbers: &'c mut Numbers,
        file: u32,
        to: &'c mut dyn Write,
    ) -> Conversation<'c> {
        let speaker = Speaker {
            context,
            numbers,
            file,
            to,
            delimiters: NONE,
            envelope: EnvelopeCheck::default(),
            interchange: None,
            group: None,
            set: None,
            is_unreadable: false,
            ta1: Out::default(),
            syntax: Out::default(),
            syntax_reply: Reply::default(),
            claims: Out::default(),
            claims_reply: Reply::default(),
            claim_set: ClaimSet::new(context, NONE),
            statuses: Vec::new(),
            tally: Tally::default(),
        };
        Conversation { follower: Follower::default(), speaker }
    }

    /// Takes the next block.
    pub fn block(&mut self, mut block: ReadBlock) -> io::Result<()> {
        let place = self.follower.place();
        let outside = std::mem::take(&mut block.output.faults.kept);
        let mut faults = block.output.faults.faults.clone();
        faults.sort_by_key(|fault| fault.at.number);
        let mut outside = Outside { kept: &outside, faults: faults.iter().peekable() };
        let speaker = &mut self.speaker;
        speaker.begin_block(block.delimiters, &outside)?;
        let mut spoken = Ok(());
        self.follower.next_seen(block.output, &mut |met| {
            if spoken.is_ok() {
                spoken = speaker.met(met, place, &mut outside);
            }
        });
        // What the follower says stands in the envelope and the sections, which were met.
        self.follower.faults.clear();
        spoken?;
        speaker.outside_faults(&mut outside, place, u64::MAX);
        speaker.flush(FLUSH_BYTES)
    }

    /// The file has ended.
    pub fn end(self) -> io::Result<Answers> {
        let mut speaker = self.speaker;
        let at = At { number: self.follower.place().number + 1, byte: 0 };
        let mut found = Vec::new();
        speaker.envelope.end(at, &mut |fault, _| found.push(fault));
        found.iter().for_each(|fault| speaker.envelope_fault(fault));
        speaker.end_interchange()?;
        speaker.flush(0)?;
        let own = speaker.claim_set.tally;
        speaker.tally.add(&own);
        Ok(Answers {
            interchanges: speaker.ta1.bytes,
            syntax: speaker.syntax.bytes,
            tally: speaker.tally,
        })
    }
}

/// What stands in a block outside of its transaction sets.
struct Outside<'b> {
    kept: &'b Kept,
    faults: Peekable<std::slice::Iter<'b, LocalFault>>,
}

impl Outside<'_> {
    /// The text of the control segment at that place of the block.
    fn text(&self, number: u32) -> &[u8] {
        let mut all = self.kept.segments();
        all.find(|kept| kept.at.number == number).map_or(&[], |kept| kept.text)
    }
}

impl Speaker<'_> {
    fn begin_block(
        &mut self,
        delimiters: Option<Delimiters>,
        outside: &Outside<'_>,
    ) -> io::Result<()> {
        match delimiters {
            Some(delimiters) => {
                self.is_unreadable = false;
                self.delimiters = delimiters;
                self.claim_set.reads(delimiters);
            }
            None if !self.is_unreadable => {
                let kept = outside.kept.segments().find(|kept| kept.role == Role::Unreadable);
                if let Some(kept) = kept {
                    self.is_unreadable = true;
                    self.unreadable(kept.text);
                }
            }
            None => {}
        }
        Ok(())
    }

    /// An interchange of which nothing can be read is rejected, if its sender can be told.
    fn unreadable(&mut self, text: &[u8]) {
        let Some(header) = InterchangeHeader::by_places(text) else {
            self.tally.nameless += 1;
            return;
        };
        // ISA16 or the terminator cannot be told from text or each other.
        let component = text.get(104).copied().unwrap_or_default();
        let is_text = component.is_ascii_alphanumeric() || !component.is_ascii();
        let is_component = is_text || component == b' ' || text.get(3) == Some(&component);
        self.acknowledge(&header, "R", if is_component { "027" } else { "004" });
    }

    fn acknowledge(&mut self, header: &InterchangeHeader, code: &str, note: &str) {
        let mut reply = Reply::default();
        reply.begin_interchange(header, self.context.as_of, self.numbers, &mut self.ta1);
        header.acknowledge(code, note, &mut self.ta1);
        reply.end_interchange(&mut self.ta1);
        self.tally.interchanges += 1;
    }

    fn met(
        &mut self,
        met: Met<'_>,
        place: BlockPlace,
        outside: &mut Outside<'_>,
    ) -> io::Result<()> {
        match met {
            Met::Control { segment, at, is_read } => {
                self.outside_faults(outside, place, at.number);
                let mut found = Vec::new();
                self.envelope.next(segment, at, &mut |fault, _| found.push(fault));
                found.iter().for_each(|fault| self.envelope_fault(fault));
                let text = outside.text((at.number - place.number - 1) as u32);
                self.control(segment, at, is_read, text)
            }
            Met::Section(section) => self.section(section, place),
        }
    }

    /// Damage outside of the sets, up to segment `number`.
    fn outside_faults(&mut self, outside: &mut Outside<'_>, place: BlockPlace, number: u64) {
        let is_before =
            |fault: &&LocalFault| place.number + u64::from(fault.at.number) + 1 < number;
        while outside.faults.next_if(|fault| is_before(fault)).is_some() {
            match (&mut self.group, &mut self.interchange) {
                (Some(Group { syntax: Some(syntax), .. }), _) => syntax.is_damaged = true,
                (_, Some(interchange)) => interchange.note("022", false),
                _ => {}
            }
        }
    }

    fn envelope_fault(&mut self, fault: &EnvelopeFault) {
        if let Some(set) = &mut self.set {
            set.fault(fault);
        }
        if let Some(Group { syntax: Some(syntax), .. }) = &mut self.group {
            syntax.fault(fault);
            syntax.is_damaged |= matches!(fault, EnvelopeFault::Stray { .. });
        }
        let Some(interchange) = &mut self.interchange else { return };
        match fault {
            EnvelopeFault::Mismatch { element: "IEA01", .. } => interchange.note("021", true),
            EnvelopeFault::Mismatch { element: "IEA02", .. } => interchange.note("001", true),
            EnvelopeFault::NoTrailer { trailer: "IEA", .. } => interchange.note("023", true),
            EnvelopeFault::Stray { .. } => interchange.note("022", false),
            _ => {}
        }
    }

    fn control(
        &mut self,
        segment: &ControlSegment,
        at: At,
        is_read: bool,
        text: &[u8],
    ) -> io::Result<()> {
        match segment {
            ControlSegment::Isa { .. } => {
                self.end_interchange()?;
                let header = InterchangeHeader::of(text, self.delimiters);
                self.interchange = Some(Interchange { header, note: None, groups: 0 });
                Ok(())
            }
            ControlSegment::Iea { .. } => self.end_interchange(),
            ControlSegment::Gs { .. } => {
                self.end_group()?;
                self.begin_group(GroupHeader::of(text, self.delimiters));
                Ok(())
            }
            ControlSegment::Ge { count, .. } => {
                if let Some(Group { syntax: Some(syntax), .. }) = &mut self.group {
                    syntax.stated = count.parse().ok();
                }
                self.end_group()
            }
            ControlSegment::St { .. } => {
                self.end_set()?;
                self.begin_set(text, at.number, is_read);
                Ok(())
            }
            ControlSegment::Se { .. } => self.end_set(),
        }
    }

    fn wire(&self) -> Wire {
        match &self.interchange {
            Some(interchange) => interchange.header.wire,
            None => Wire::of(Some(self.delimiters)),
        }
    }

    /// The header to be answered: of the interchange, else one made from the group.
    fn header(&self, group: &GroupHeader) -> InterchangeHeader {
        match &self.interchange {
            Some(interchange) => interchange.header.clone(),
            None => InterchangeHeader::of_group(group, Some(self.delimiters)),
        }
    }

    fn begin_group(&mut self, header: GroupHeader) {
        if let Some(interchange) = &mut self.interchange {
            interchange.groups += 1;
        }
        let answered = self.header(&header);
        let syntax = (header.kind != b"FA").then(|| {
            let (reply, out) = (&mut self.syntax_reply, &mut self.syntax);
            reply.begin_interchange(&answered, self.context.as_of, self.numbers, out);
            reply.begin_group(SYNTAX, &header, self.context.as_of, self.numbers, out);
            reply.begin_set(SYNTAX, out);
            self.tally.groups += 1;
            GroupSyntax::begin(&header, answered.wire, out)
        });
        self.group = Some(Group { header, syntax, has_claims: false });
    }

    fn begin_set(&mut self, text: &[u8], number: u64, is_read: bool) {
        let st = Segment::of(text, self.delimiters.element);
        let wire = self.wire();
        if let Some(Group { syntax: Some(_), .. }) = &self.group {
            let names = [st.element(1), st.element(2), st.element(3)];
            self.set = Some(SetSyntax::begin(number, names, is_read, wire, &mut self.syntax));
        }
        if is_read {
            self.begin_claim_set(st.element(2));
        }
    }

    fn begin_claim_set(&mut self, control: &[u8]) {
        let group = self.group.as_ref().map(|group| group.header.clone()).unwrap_or_default();
        let answered = self.header(&group);
        let (reply, out) = (&mut self.claims_reply, &mut self.claims);
        reply.begin_interchange(&answered, self.context.as_of, self.numbers, out);
        let begun = self.group.as_mut().map(|group| &mut group.has_claims);
        if !begun.is_some_and(|begun| std::mem::replace(begun, true)) {
            reply.begin_group(CLAIMS, &group, self.context.as_of, self.numbers, out);
        }
        reply.begin_set(CLAIMS, out);
        self.claim_set.begin(control, answered.wire);
    }

    fn end_set(&mut self) -> io::Result<()> {
        if self.claims_reply.has_set() {
            self.claim_set.end(&mut self.claims, self.to)?;
            self.claims_reply.end_set(&mut self.claims);
            if self.group.is_none() {
                // Claims outside of any group had one of their own.
                self.claims_reply.end_group(&mut self.claims);
            }
        }
        let wire = self.wire();
        if let (Some(set), Some(Group { syntax: Some(syntax), .. })) =
            (self.set.take(), &mut self.group)
        {
            set.end(wire, syntax, &mut self.syntax);
        }
        Ok(())
    }

    fn end_group(&mut self) -> io::Result<()> {
        self.end_set()?;
        let wire = self.wire();
        let Some(Group { header, syntax, .. }) = self.group.take() else { return Ok(()) };
        self.claims_reply.end_group(&mut self.claims);
        if let Some(syntax) = syntax {
            syntax.end(&header, wire, &mut self.syntax);
            self.syntax_reply.end_set(&mut self.syntax);
            self.syntax_reply.end_group(&mut self.syntax);
        }
        Ok(())
    }

    fn end_interchange(&mut self) -> io::Result<()> {
        self.end_group()?;
        self.claims_reply.end_interchange(&mut self.claims);
        self.syntax_reply.end_interchange(&mut self.syntax);
        let Some(mut interchange) = self.interchange.take() else { return Ok(()) };
        if interchange.groups == 0 {
            interchange.note("024", true);
        }
        let (code, note) = match interchange.note {
            None => ("A", "000"),
            Some((note, true)) => ("R", note),
            Some((note, false)) => ("E", note),
        };
        if interchange.header.asks || interchange.note.is_some() {
            self.acknowledge(&interchange.header, code, note);
        }
        Ok(())
    }

    /// Hands on what was collected of the 277CA, once it is more than that.
    fn flush(&mut self, most: usize) -> io::Result<()> {
        if self.claims.bytes.len() > most {
            self.to.write_all(&self.claims.bytes)?;
            self.claims.bytes.clear();
        }
        Ok(())
    }
}

impl Interchange {
    /// The first note stands, unless a later one rejects.
    fn note(&mut self, code: &'static str, rejects: bool) {
        let is_worse = self.note.is_none_or(|(_, rejected)| rejects && !rejected);
        if is_worse {
            self.note = Some((code, rejects));
        }
    }
}
