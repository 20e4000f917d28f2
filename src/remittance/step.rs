//! One segment on its way through the reader: what it begins, ends, or belongs to.

use super::balance;
use super::claim::OpenClaim;
use super::fault::{Fault, FaultKind};
use super::reader::{Met, Reader, State, Take, position, report, say};
use super::set::OpenSet;
use super::trust::{self, Shape};
use super::version;
use crate::model::text;
use crate::x12::envelope::{At, ControlSegment, shown};
use crate::x12::interchange::{self, ISA_BYTES};
use crate::x12::segments::Placed;
use crate::x12::{Delimiters, Segment};

/// Ids that begin something again behind an IEA.
const BEGINS: [&[u8]; 8] = [b"ISA", b"GS", b"ST", b"SE", b"GE", b"IEA", b"BPR", b"CLP"];

/// The segment.
pub struct Step<'r, 't> {
    /// Whose segment it is.
    pub reader: &'r mut Reader,
    /// In force.
    pub delimiters: Delimiters,
    /// Where it stands.
    pub at: At,
    /// Takes what is found.
    pub take: Take<'t>,
}

impl Step<'_, '_> {
    /// Takes it; `text` is the block from it on.
    pub fn segment(&mut self, placed: &Placed<'_>, is_last_block: bool, text: &[u8]) {
        let segment = placed.segment;
        if self.reader.is_outside && segment.id() != b"TA1" {
            // What stands behind an IEA is filler, but for what begins something.
            if !BEGINS.contains(&segment.id()) {
                return;
            }
            self.reader.is_outside = false;
        }
        self.reader.segments += 1;
        let is_end = is_last_block && segment.id() == b"IEA";
        if placed.is_broken {
            self.left_out(
                segment,
                "the end of this segment is damaged, another begins within it: the segment is \
                 left out, reading goes on with that one",
            );
        } else if !placed.is_terminated && !is_end {
            self.left_out(
                segment,
                "the file ends (or other delimiters begin) within this segment: the segment is \
                 left out",
            );
        } else if !matches!(segment.id(), b"ISA" | b"IEA" | b"GS" | b"GE" | b"ST" | b"SE") {
            self.body(segment);
        } else if segment.is_control() {
            self.control(segment, text);
        } else {
            self.left_out(
                segment,
                "no such segment has elements like these: the segment is left out",
            );
        }
    }

    fn say(&mut self, kind: FaultKind, part: &str, message: &str) {
        say(kind, self.at, part, message, &mut *self.take);
    }

    /// A segment whose id is right, and nothing else can be trusted.
    fn left_out(&mut self, segment: Segment<'_>, message: &str) {
        if matches!(self.reader.state, State::Skipped) {
            return;
        }
        if ends_claim(segment.id()) {
            self.finish_claim();
        }
        self.damage_here();
        match segment.id() {
            b"CLP" => self.lose_claim("CLP", message),
            b"SVC" => {
                if let Some(claim) = &mut self.reader.claim {
                    claim.lose_service();
                }
                self.say(FaultKind::Damage, "SVC", message);
            }
            id => {
                let part = str::from_utf8(id).unwrap_or_default();
                let is_control = matches!(id, b"ISA" | b"IEA" | b"GS" | b"GE" | b"ST" | b"SE");
                // An unknown id may be text.
                let part = if is_control || trust::is_known(id) { part } else { "" };
                self.say(FaultKind::Damage, part, message);
            }
        }
    }

    /// Notes that the claim, or set, that is open lacks something.
    fn damage_here(&mut self) {
        if let Some(claim) = &mut self.reader.claim {
            claim.damaged();
        }
        if let State::Open(set) = &mut self.reader.state {
            set.balance.is_damaged = true;
        }
    }

    /// A claim payment that cannot be used.
    fn lose_claim(&mut self, part: &str, message: &str) {
        self.reader.is_lost = true;
        self.reader.totals.claims += 1;
        self.reader.totals.unreadable += 1;
        self.damage_here();
        let message = format!("{message} (a claim payment, with its services)");
        self.say(FaultKind::Unusable, part, &message);
    }

    fn control(&mut self, segment: Segment<'_>, rest: &[u8]) {
        self.finish_claim();
        self.finish_set();
        let text = |number| text::decode(segment.element(number)).into_owned();
        let control = match segment.id() {
            b"ISA" => {
                self.check_header(rest);
                // Between whom it goes matters for claims alone.
                let (sender, receiver) = (String::new(), String::new());
                ControlSegment::Isa { control: text(13), sender, receiver }
            }
            b"IEA" => {
                self.reader.is_outside = true;
                ControlSegment::Iea { count: text(1), control: text(2) }
            }
            b"GS" => ControlSegment::Gs { control: text(6), version: text(8) },
            b"GE" => ControlSegment::Ge { count: text(1), control: text(2) },
            b"SE" => ControlSegment::Se { count: text(1), control: text(2) },
            _ => ControlSegment::St { kind: text(1), control: text(2), version: text(3) },
        };
        let mut found = Vec::new();
        self.reader.envelope.next(&control, self.at, &mut |fault, at| found.push((fault, at)));
        report(found, &mut *self.take);
        if segment.id() == b"ST" {
            self.begin_set(segment);
        }
    }

    /// Says so where the delimiters of an interchange do not stand in their places.
    fn check_header(&mut self, header: &[u8]) {
        let ours = self.delimiters;
        let is_right = interchange::delimiters(header).is_ok_and(|stated| {
            (stated.element, stated.component, stated.terminator)
                == (ours.element, ours.component, ours.terminator)
        });
        if is_right {
            return;
        }
        let end = header.iter().position(|found| *found == ours.terminator);
        let length = end.map_or(header.len(), |end| end + 1);
        let separators = header[..length].iter().filter(|found| **found == ours.element).count();
        if separators == 16 && length != ISA_BYTES {
            let message = format!(
                "the ISA segment is of {length} bytes where {ISA_BYTES} are right; its delimiters \
                 were taken from what follows it",
            );
            self.say(FaultKind::Envelope, "ISA", &message);
        } else {
            let message = "the ISA segment is damaged: the segment is left out; the delimiters \
                were taken from what follows it";
            self.say(FaultKind::Damage, "ISA", message);
        }
    }

    fn begin_set(&mut self, st: Segment<'_>) {
        let (kind, version) = (st.element(1), st.element(3));
        let group = self.reader.envelope.group_version().to_owned();
        let is_835 = version::is_read(kind, version, group.as_bytes());
        let (kind, version) = (text::decode(kind), text::decode(version));
        let (part, stated) =
            if version.is_empty() { ("GS08", &*group) } else { ("ST03", &*version) };
        if !is_835 {
            let (kind, stated) = (shown(&kind), shown(stated));
            let message = format!(
                "transaction set {kind} {stated}: not an 835 of version 005010X221, skipped whole",
            );
            self.reader.totals.other_sets += 1;
            self.reader.state = State::Skipped;
            self.say(FaultKind::OtherSet, "ST", &message);
            return;
        }
        if kind != "835" {
            let message = format!("ST01 says {} where \"835\" is right", shown(&kind));
            self.say(FaultKind::Envelope, "ST01", &message);
        }
        if !stated.is_empty() && !version::is_ours(stated.as_bytes()) {
            let message = format!("{part} says {}, which is no 835; ST01 decides", shown(stated));
            self.say(FaultKind::Envelope, part, &message);
        }
        self.open_set();
    }

    fn open_set(&mut self) {
        self.reader.totals.sets += 1;
        self.reader.is_lost = false;
        let mut set = Box::<OpenSet>::default();
        set.remittance.set_number = self.reader.totals.sets;
        self.reader.state = State::Open(set);
    }

    /// Segments of a set without an ST before them: its ST was damaged, or is missing.
    fn begin_stray(&mut self) {
        self.finish_claim();
        // Nothing of the header before holds here, and where that set ended nobody knows.
        self.reader.state = State::Between;
        let group = self.reader.envelope.group_version();
        if version::is_other(group.as_bytes()) {
            let message = "segments without an ST before them, in a group of another kind: left \
                out";
            self.reader.state = State::Skipped;
            self.say(FaultKind::Damage, "ST", message);
            return;
        }
        let message = "segments without an ST before them: ST is damaged or missing; read as 835 \
            all the same";
        self.say(FaultKind::Damage, "ST", message);
        self.open_set();
        self.damage_here();
    }

    fn body(&mut self, segment: Segment<'_>) {
        if matches!(self.reader.state, State::Skipped) || segment.id() == b"TA1" {
            return;
        }
        let is_open = match &self.reader.state {
            State::Open(set) => !begins_again(set, segment.id()),
            _ => false,
        };
        if !is_open {
            let group = self.reader.envelope.group_version();
            let is_other = version::is_other(group.as_bytes());
            let shape = trust::shape(&segment, self.delimiters);
            if !trust::is_known(segment.id()) && shape == Shape::Other && !is_other {
                self.unknown(segment);
                return;
            }
            self.begin_stray();
        }
        if ends_claim(segment.id()) {
            self.finish_claim();
        }
        let place = position(self.at);
        let State::Open(set) = &mut self.reader.state else { return };
        match segment.id() {
            b"BPR" | b"TRN" | b"N1" => set.header(segment, place),
            b"DTM" if !set.has_body => set.header(segment, place),
            b"LX" => set.begin_loop(),
            b"TS3" => set.provider(segment),
            b"CLP" => self.begin_claim(segment),
            b"PLB" => self.provider_adjustments(segment),
            b"CAS" | b"DTM" | b"NM1" | b"REF" | b"SVC" => self.detail(segment),
            id if trust::is_known(id) => {}
            _ => self.unknown(segment),
        }
    }

    fn begin_claim(&mut self, segment: Segment<'_>) {
        if let State::Open(set) = &mut self.reader.state {
            set.has_body = true;
        }
        match OpenClaim::begin(segment, position(self.at)) {
            Ok(claim) => {
                self.reader.totals.claims += 1;
                self.reader.is_lost = false;
                self.reader.claim = Some(claim);
            }
            Err((part, what)) => self.lose_claim(part, &format!("{what}: left out")),
        }
    }

    fn detail(&mut self, segment: Segment<'_>) {
        let (place, delimiters) = (position(self.at), self.delimiters);
        let Some(claim) = &mut self.reader.claim else {
            if segment.id() == b"SVC" && !self.reader.is_lost {
                let message = "a service without a claim payment before it: it is left out";
                self.say(FaultKind::Damage, "SVC", message);
                self.damage_here();
            }
            return;
        };
        let (at, take) = (self.at, &mut *self.take);
        let mut is_damaged = false;
        claim.detail(segment, delimiters, place, &mut |kind, part, message| {
            is_damaged = true;
            say(kind, at, part, message, take);
        });
        if is_damaged {
            self.damage_here();
        }
    }

    fn provider_adjustments(&mut self, segment: Segment<'_>) {
        let place = position(self.at);
        let State::Open(set) = &mut self.reader.state else { return };
        match set.adjustments(segment, self.delimiters, place) {
            Some(found) => {
                let remittance = set.remittance.clone();
                for adjustment in found {
                    (self.take)(Met::Adjustment(&remittance, adjustment));
                }
            }
            None => {
                self.damage_here();
                let message = "no pairs of a reason and an amount: the segment is left out";
                self.say(FaultKind::Damage, "PLB", message);
            }
        }
    }

    /// A segment that no 835 has: its id is damaged, or it is text.
    fn unknown(&mut self, segment: Segment<'_>) {
        match trust::shape(&segment, self.delimiters) {
            Shape::Claim => {
                self.finish_claim();
                let message = "this looks like a CLP segment, but its id is damaged: left out";
                self.lose_claim("CLP", message);
            }
            Shape::Service => {
                if let Some(claim) = &mut self.reader.claim {
                    claim.lose_service();
                }
                self.damage_here();
                let message = "this looks like an SVC segment, but its id is damaged: the \
                    service is left out";
                self.say(FaultKind::Damage, "SVC", message);
            }
            Shape::Other => {
                self.damage_here();
                let message = "this is no segment of an 835: the segment is left out";
                self.say(FaultKind::Damage, "", message);
            }
        }
    }

    fn finish_claim(&mut self) {
        let Some(claim) = self.reader.claim.take() else { return };
        let claim = claim.finish();
        for found in balance::of_claim(&claim) {
            let (position, part, message) = (found.position, found.part, found.message());
            let part = part.to_owned();
            let kind = FaultKind::Balance;
            (self.take)(Met::Fault(Fault { kind, position, part, message }));
        }
        if let State::Open(set) = &mut self.reader.state {
            set.balance.claim(claim.paid);
            self.reader.totals.handed_on += 1;
            (self.take)(Met::Claim(&set.remittance, Box::new(claim)));
        }
    }

    fn finish_set(&mut self) {
        let State::Open(set) = std::mem::replace(&mut self.reader.state, State::Between) else {
            return;
        };
        let (Some(stated), Some(place)) = (set.remittance.amount, set.bpr) else { return };
        if set.remittance.is_debit {
            return;
        }
        if let Some(found) = set.balance.of_set(stated, place) {
            let (position, part, message) =
                (found.position, found.part.to_owned(), found.message());
            let kind = FaultKind::Balance;
            (self.take)(Met::Fault(Fault { kind, position, part, message }));
        }
    }
}

/// Whether a claim payment is over where such a segment comes.
fn ends_claim(id: &[u8]) -> bool {
    matches!(id, b"CLP" | b"LX" | b"TS2" | b"TS3" | b"PLB")
}

/// Whether a header segment stands behind the header of the set that is open: the ST between them
/// is lost.
fn begins_again(set: &OpenSet, id: &[u8]) -> bool {
    let is_header = matches!(id, b"BPR" | b"TRN" | b"N1");
    is_header && (set.has_body || (id == b"BPR" && set.bpr.is_some()))
}
