//! A part of a transaction set that is read: its claims for the 277CA, its faults for the 999.

use super::Speaker;
use crate::acks::claim::{ClaimFacts, LineFacts};
use crate::acks::verdict::{NO_CODE, Status};
use crate::normalize::Sink;
use crate::normalize::edi837p::{BlockPlace, Role};
use crate::normalize::sink::LocalFault;
use crate::x12::Segment;
use std::io;
use std::iter::Peekable;

impl Speaker<'_> {
    /// A part of a transaction set that is read.
    pub(super) fn section(&mut self, section: &Sink, place: BlockPlace) -> io::Result<()> {
        let number = |local: u32| place.number + u64::from(local) + 1;
        let mut faults: Vec<&LocalFault> = section.faults.iter().collect();
        faults.sort_by_key(|fault| fault.at.number);
        let mut faults = Faults { place, rest: faults.into_iter().peekable() };
        let mut claim: Option<ClaimFacts<'_>> = None;
        for kept in section.kept.segments() {
            let segment = Segment::of(kept.text, self.delimiters.element);
            let at = number(kept.at.number);
            let byte = place.byte + u64::from(kept.at.byte);
            match (kept.role, &mut claim) {
                (Role::Line, Some(claim)) => claim.line(at, segment),
                (Role::Service, Some(claim)) => claim.service(at, segment),
                (Role::LineDetail, Some(claim)) => claim.line_detail(segment),
                (Role::ClaimDetail, Some(claim)) => claim.detail(segment),
                (Role::Header, _) => {
                    self.open_claim_set();
                    self.claim_set.header(kept.text);
                }
                (Role::Party, _) => {
                    self.open_claim_set();
                    self.claim_set.party(kept.text)?;
                }
                (Role::Claim, _) => {
                    let lines = self.end_claim(claim.take(), at, &mut faults)?;
                    self.open_claim_set();
                    claim = Some(ClaimFacts::begin((at, byte), segment, lines));
                }
                (Role::End, _) => {
                    self.end_claim(claim.take(), at, &mut faults)?;
                }
                (
                    Role::BillingLevel
                    | Role::SubscriberLevel
                    | Role::PatientLevel
                    | Role::UnknownLevel,
                    _,
                ) => {
                    self.end_claim(claim.take(), at, &mut faults)?;
                    self.open_claim_set();
                    self.claim_set.level(kept.role)?;
                }
                _ => {}
            }
        }
        self.end_claim(claim, u64::MAX, &mut faults)?;
        Ok(())
    }

    /// Loops without an ST have a set of their own.
    fn open_claim_set(&mut self) {
        if !self.claims_reply.has_set() {
            self.begin_claim_set(b"");
        }
    }

    /// The claim at hand, if there is one, ends before segment `end`. Its memory comes back.
    fn end_claim<'a>(
        &mut self,
        claim: Option<ClaimFacts<'a>>,
        end: u64,
        faults: &mut Faults<'_>,
    ) -> io::Result<Vec<LineFacts<'a>>> {
        let wire = self.wire();
        self.statuses.clear();
        while let Some((number, fault)) = faults.before(end) {
            let own = claim.as_ref().filter(|claim| claim.number <= number);
            if let Some(claim) = own {
                // What could not be read is not accepted.
                let line = claim.line_at(number).map(|line| line.number);
                self.statuses.push(Status { code: NO_CODE, line });
            }
            if let Some(set) = &mut self.set {
                set.segment(number, fault, own, wire, &mut self.syntax);
            }
        }
        match claim {
            Some(claim) => {
                self.claim_set.claim(&claim, self.file, &mut self.statuses)?;
                Ok(claim.lines)
            }
            None => Ok(Vec::new()),
        }
    }
}

/// The faults of a section, in order.
struct Faults<'s> {
    place: BlockPlace,
    rest: Peekable<std::vec::IntoIter<&'s LocalFault>>,
}

impl<'s> Faults<'s> {
    /// The next one before segment `end`, with its number.
    fn before(&mut self, end: u64) -> Option<(u64, &'s LocalFault)> {
        let number = |fault: &LocalFault| self.place.number + u64::from(fault.at.number) + 1;
        let fault = self.rest.next_if(|fault| number(fault) < end)?;
        Some((number(fault), fault))
    }
}
