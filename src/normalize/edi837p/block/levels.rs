//! Hierarchical levels and the parties named in them, those of a level whose HL is lost too.

use super::super::hierarchy::{Known, Loop};
use super::super::kept::Role;
use super::BlockReader;
use crate::model::LocalPosition;
use crate::x12::{Segment, id};

impl<'a, 'o> BlockReader<'a, 'o>
where
    'o: 'a,
{
    pub(super) fn hierarchical_level(&mut self, segment: Segment<'a>, at: LocalPosition) {
        let code = segment.element(3);
        if !matches!(code, b"20" | b"22" | b"23") {
            let message = "HL03 is none of 20, 22, 23: the segment is left out, and who billed and \
                who is the member must be named again behind it";
            self.damage(at, "HL", message);
        }
        // A billing provider has no level above it: one that has may be a damaged subscriber, and
        // is told by the parties named in it.
        let has_parent = !segment.element(2).is_empty();
        self.begin_level(if has_parent && code == b"20" { b"" } else { code }, at);
    }

    pub(super) fn begin_level(&mut self, code: &[u8], at: LocalPosition) {
        self.finish_claim();
        self.mark_loops(at);
        let role = match code {
            b"20" => {
                self.place = Loop::Billing;
                self.parties.begin_billing();
                Role::BillingLevel
            }
            b"22" => {
                self.place = Loop::Subscriber;
                self.parties.begin_subscriber();
                Role::SubscriberLevel
            }
            b"23" => {
                self.place = Loop::Patient;
                self.parties.begin_patient();
                Role::PatientLevel
            }
            _ => {
                self.place = Loop::Unknown;
                self.parties.begin_subscriber();
                Role::UnknownLevel
            }
        };
        self.keep_mark(role, at);
    }

    /// Whether a party cannot stand where it does and is passed over. One that tells a lost level
    /// begins that level, so that the claims behind it do not go to the parties before it.
    pub(super) fn is_misplaced(&mut self, segment: Segment<'a>, at: LocalPosition) -> bool {
        let party = segment.element(1);
        if self.place.lacks_sbr(party) {
            let message = "this party belongs to another payer, but the SBR before it is lost: \
                the segment is left out";
            self.damage(at, "NM1", message);
            self.place = Loop::OtherPayer;
            return true;
        }
        if let Some(code) = self.place.lost_level(party) {
            let message = "this party cannot stand here: the HL of its level is lost or damaged; \
                who billed and who is the member are read from here on";
            self.damage(at, "HL", message);
            self.begin_level(code, at);
        }
        false
    }

    /// NM1 and DMG above the claims.
    pub(super) fn party(&mut self, segment: Segment<'a>, at: LocalPosition) {
        if self.keeps
            && segment.code == id::NM1
            && matches!(segment.element(1), b"85" | b"IL" | b"QC")
        {
            self.keep(Role::Party, segment, at);
        }
        match (self.place, segment.code, segment.element(1)) {
            (Loop::Billing | Loop::Unknown, id::NM1, b"85") => {
                self.parties.billing_npi = Known::Here(segment.element(9));
            }
            (Loop::Subscriber | Loop::Unknown, id::NM1, b"IL") => {
                self.parties.member_id = Known::Here(segment.element(9));
            }
            (Loop::Subscriber | Loop::Patient | Loop::Unknown, id::DMG, _) => {
                self.parties.birth = Known::Here(segment.element(2));
            }
            _ => {}
        }
    }
}
