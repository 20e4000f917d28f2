//! Claims of other procedures, passed over at a glance.
//!
//! Most claims of a payer have no peer support in them, and all that is wanted of them is how many
//! there are. One that is whole, in which every segment is what its id says, and that corrects no
//! other claim, is counted and left. Any other is read segment by segment, as if nobody had glanced
//! at it: so a claim that is passed over is one of which `BlockReader::segment` would have said
//! nothing.

use super::super::hierarchy::Loop;
use super::super::output::SectionKind;
use super::super::trust;
use super::BlockReader;
use crate::model::LocalPosition;
use crate::x12::segment::component;
use crate::x12::segments::Placed;
use crate::x12::{Segment, Segments, id};
use std::mem;

/// A claim, as far as it was glanced at.
struct Glance {
    /// Its segments so far.
    segments: u32,
    /// Its service lines so far.
    lines: u32,
    place: Loop,
    /// An LX still waits for its SV1.
    is_open: bool,
}

impl<'a, 'o> BlockReader<'a, 'o>
where
    'o: 'a,
{
    /// Passes over the claim that begins with `clm`, if its count is all that matters of it:
    /// `segments` stand behind `clm`, and go on with what is returned, which ended the claim.
    pub(super) fn pass_over(
        &mut self,
        clm: &Placed<'a>,
        segments: &mut Segments<'a>,
    ) -> Option<Placed<'a>> {
        let is_read =
            self.section.as_ref().is_some_and(|open| open.kind != SectionKind::Unsupported);
        if !clm.is_whole() || !is_read || self.is_outside || self.keeps {
            return None;
        }
        // A correction matters whatever its procedures are: it may replace one with peer support.
        let frequency = component(clm.segment.element(5), 3, self.delimiters);
        if matches!(frequency, b"7" | b"8") {
            return None;
        }
        let mut behind = segments.clone();
        let (claim, end) = self.glance(&mut behind)?;
        *segments = behind;
        self.finish_claim();
        let byte = self.unwrapped.original(clm.byte as u32);
        self.mark_loops(LocalPosition { number: self.output.segments, byte });
        self.output.segments += claim.segments;
        if let Some(section) = &mut self.section {
            let tally = &mut section.sink.tally;
            tally.claims += 1;
            tally.service_lines += u64::from(claim.lines);
            tally.passed_over += u64::from(claim.lines);
        }
        self.place = claim.place;
        Some(end)
    }

    /// Looks at what follows a CLM, up to what ends the claim; `None`: it must be read.
    #[inline]
    fn glance(&self, segments: &mut Segments<'a>) -> Option<(Glance, Placed<'a>)> {
        let mut claim = Glance { segments: 1, lines: 0, place: Loop::Claim, is_open: false };
        loop {
            let placed = segments.next().filter(Placed::is_whole)?;
            let segment = &placed.segment;
            let is_plain = match segment.code {
                id::CLM => return claim.ended_by(placed),
                id::HL if !trust::is_text(*segment) => return claim.ended_by(placed),
                id::SE if segment.is_control() => return claim.ended_by(placed),
                id::LX => {
                    claim.place = Loop::ServiceLine;
                    !mem::replace(&mut claim.is_open, true)
                }
                id::SV1 => {
                    claim.place = Loop::ServiceLine;
                    claim.lines += 1;
                    mem::replace(&mut claim.is_open, false) && self.is_other_service(segment)
                }
                id::NM1 => claim.place.may_name(segment),
                id::REF | id::DTP => !trust::runs_on(segment),
                id::HI => !trust::is_other(segment, self.delimiters) && !trust::runs_on(segment),
                id::SBR => {
                    claim.place = claim.place.behind_sbr();
                    claim.place != Loop::Doubtful
                }
                id::SVD if claim.place == Loop::ServiceLine => {
                    claim.place = Loop::LineAdjudication;
                    true
                }
                id::HL | id::CL1 => false,
                _ => trust::is_known(segment.id()),
            };
            if !is_plain {
                return None;
            }
            claim.segments += 1;
        }
    }

    /// Whether an SV1 is whole, and of another procedure than those of the policy.
    fn is_other_service(&self, sv1: &Segment<'_>) -> bool {
        let procedure = component(sv1.element(1), 2, self.delimiters);
        !procedure.is_empty()
            && !self.wanted.policy.is_peer_support(procedure)
            && !trust::runs_on(sv1)
    }
}

impl Glance {
    fn ended_by<'a>(self, end: Placed<'a>) -> Option<(Glance, Placed<'a>)> {
        (!self.is_open).then_some((self, end))
    }
}

impl Loop {
    /// Whether a party is whole, and may stand here within a claim.
    fn may_name(self, nm1: &Segment<'_>) -> bool {
        let party = nm1.element(1);
        let is_of_other_payer = self == Loop::Claim && matches!(party, b"85" | b"IL");
        !is_of_other_payer && self.lost_level(party).is_none() && !trust::runs_on(nm1)
    }
}
