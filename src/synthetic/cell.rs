//! One cell: a team of one agency with its members, staff, claims, and what must be found in them.
//!
//! A cell shares no member, practitioner, supervisor or claim number with another one, so that each
//! can be made alone, on any thread, and what must be found in it never depends on the others.

use super::calendar::Day;
use super::planner::Spec;
use super::random::Random;
use super::tables::Tables;
use super::text::{agency_npi, partner_npi};
use super::world::World;

/// The procedure that is peer support.
pub(super) const PEER_SUPPORT: &str = "H0038";

/// Where the cell's own agency stands in `Cell::agencies`.
pub(super) const MAIN: usize = 0;
/// Where the small agency that shares members with it stands.
pub(super) const PARTNER: usize = 1;

/// A quantity as the claim states it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Units {
    Whole(u32),
    /// Something else, which the wire can carry or not.
    Written(&'static str),
}

/// A service date as the claim states it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum When {
    On(Day),
    /// No date at all; only a CSV can say it.
    Written(&'static str),
}

/// One service line.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServiceLine {
    pub(super) procedure: &'static str,
    /// Joined by `:`.
    pub(super) modifiers: &'static str,
    pub(super) units: Units,
    /// Blank is `UN`.
    pub(super) basis: &'static str,
    pub(super) first: When,
    pub(super) last: Option<Day>,
    /// An NPI; 0 = not stated.
    pub(super) rendering: u64,
    pub(super) place: &'static str,
    pub(super) charge_cents: u32,
    pub(super) paid_cents: u32,
}

/// A peer-support line of one day.
pub(super) fn peer(first: Day, units: u32, rendering: u64) -> ServiceLine {
    ServiceLine {
        procedure: PEER_SUPPORT,
        modifiers: "",
        units: Units::Whole(units),
        basis: "UN",
        first: When::On(first),
        last: None,
        rendering,
        place: "53",
        charge_cents: units.min(400) * 1250,
        paid_cents: units.min(400) * 783,
    }
}

/// What the payer did with a claim, as far as an extract says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Status {
    Paid,
    Pending,
    /// Out of every rule; the wire never carries it.
    Denied,
}

/// The number that a correction names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Original {
    None,
    /// A claim by its own number.
    Claim(u64),
    /// A claim by the payer's number for it.
    Payer(u64),
    /// A number that no claim has.
    Unknown(u64),
}

/// One claim; its lines are `lines` of `Cell::lines`.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) number: u64,
    /// The payer's number for this claim.
    pub(super) payer_number: u64,
    pub(super) frequency: u8,
    pub(super) original: Original,
    pub(super) status: Status,
    /// Blank where `None`.
    pub(super) received: Option<Day>,
    /// Decides where the claim stands in the file, before the order in which claims were made.
    pub(super) place_in_file: Day,
    pub(super) member: usize,
    pub(super) agency: usize,
    /// The file: 0 the history or the only file, else the night.
    pub(super) night: u16,
    pub(super) supervising: u64,
    /// Joined by `:`, with dots.
    pub(super) diagnoses: &'static str,
    /// 0 = none.
    pub(super) authorization: u64,
    pub(super) patient_paid_cents: Option<u32>,
    /// True where the wire has no way to say what this claim says.
    pub(super) csv_only: bool,
    /// The row names no member: it cannot be used.
    pub(super) blank_member: bool,
    /// Added to the sum of the lines for the claim's total on the wire.
    pub(super) extra_total_cents: u32,
    pub(super) lines: std::ops::Range<usize>,
}

/// One member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) number: u64,
    pub(super) birth: Option<Day>,
}

/// What a finding concludes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    Fail,
    NotEvaluable,
    Pending,
}

/// In which of the two shapes of a set a finding must be there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Carrier {
    Both,
    Csv,
    X12,
}

/// A finding that a run on the set must give.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    pub(super) rule: &'static str,
    pub(super) outcome: Outcome,
    pub(super) at: Spot,
    /// 0 = the rule has none.
    pub(super) excess_units: u32,
    pub(super) carrier: Carrier,
}

/// A service line of the cell: its claim, and its number in it from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) claim: usize,
    pub(super) line: u32,
}

/// A cell while it is being made.
pub(super) struct Cell<'w> {
    pub(super) world: &'w World,
    pub(super) spec: &'w Spec,
    pub(super) random: Random,
    /// NPIs of the billing providers; see `MAIN` and `PARTNER`.
    pub(super) agencies: Vec<u64>,
    pub(super) members: Vec<Member>,
    pub(super) claims: Vec<Claim>,
    pub(super) lines: Vec<ServiceLine>,
    pub(super) expected: Vec<Expected>,
    /// Findings of S005 that a run on the whole set must give.
    pub(super) supervisors_over_capacity: u64,
    pub(super) tables: Tables,
    pub(super) peer_lines: u32,
    pub(super) other_lines: u32,
    /// Practitioners and supervisors so far.
    pub(super) people: u64,
    /// Renders what the anchors bill.
    pub(super) staff_for_anchors: u64,
    /// The supervisor that new staff is put under, and how many he has.
    pub(super) staff_supervisor: (u64, u32),
}

impl<'w> Cell<'w> {
    pub(super) fn new(world: &'w World, spec: &'w Spec) -> Cell<'w> {
        let lines = (spec.peer_lines + spec.other_lines) as usize;
        Cell {
            world,
            spec,
            random: Random::new(spec.seed),
            agencies: vec![agency_npi(spec.agency), partner_npi(spec.index)],
            members: Vec::with_capacity(spec.members as usize),
            claims: Vec::with_capacity(lines),
            lines: Vec::with_capacity(lines),
            expected: Vec::new(),
            supervisors_over_capacity: 0,
            tables: Tables::default(),
            peer_lines: 0,
            other_lines: 0,
            people: 0,
            staff_for_anchors: 0,
            staff_supervisor: (0, u32::MAX),
        }
    }

    /// A new member; returns its place in `members`.
    pub(super) fn member(&mut self, birth: Option<Day>) -> usize {
        debug_assert!(self.members.len() < self.spec.members as usize, "more members than planned");
        let number = self.spec.first_member + self.members.len() as u64;
        self.members.push(Member { number, birth });
        self.members.len() - 1
    }

    /// A new original claim of the cell's agency; `line` adds to it until the next one is made.
    pub(super) fn claim(&mut self, member: usize, received: Day) -> usize {
        let number = self.spec.first_claim + self.claims.len() as u64;
        let at = self.lines.len();
        self.claims.push(Claim {
            number,
            payer_number: number,
            frequency: b'1',
            original: Original::None,
            status: Status::Paid,
            received: Some(received),
            place_in_file: received,
            member,
            agency: MAIN,
            night: self.world.night_of(received),
            supervising: 0,
            diagnoses: "F33.1",
            authorization: 0,
            patient_paid_cents: None,
            csv_only: false,
            blank_member: false,
            extra_total_cents: 0,
            lines: at..at,
        });
        self.claims.len() - 1
    }

    /// Adds a service line to the newest claim.
    pub(super) fn line(&mut self, line: ServiceLine) -> Spot {
        if line.procedure == PEER_SUPPORT {
            self.peer_lines += 1;
        } else {
            self.other_lines += 1;
        }
        self.lines.push(line);
        let claim = self.claims.len() - 1;
        self.claims[claim].lines.end = self.lines.len();
        Spot { claim, line: self.claims[claim].lines.len() as u32 }
    }

    /// A copy of a claim with its lines, under a new number, received on a day.
    pub(super) fn copy(&mut self, claim: usize, received: Day) -> usize {
        let source = self.claims[claim].clone();
        let made = self.claim(source.member, received);
        let fresh = self.claims[made].clone();
        self.claims[made] = Claim {
            number: fresh.number,
            payer_number: fresh.payer_number,
            received: fresh.received,
            place_in_file: fresh.place_in_file,
            night: fresh.night,
            lines: fresh.lines,
            ..source.clone()
        };
        for line in source.lines {
            self.line(self.lines[line]);
        }
        made
    }

    /// A billing provider of its own; returns its place in `agencies`.
    pub(super) fn agency(&mut self, npi: u64) -> usize {
        self.agencies.push(npi);
        self.agencies.len() - 1
    }

    /// The claims in the order in which they stand in the files: the cell's agency first, then by
    /// place, then as they were made.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.claims.len()).collect();
        order.sort_by_key(|claim| {
            let claim = &self.claims[*claim];
            (claim.agency, claim.place_in_file)
        });
        order
    }
}
