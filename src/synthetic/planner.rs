//! Which cells a set has, and which stories each of them plays: all that must be known before the
//! cells are made, each alone and on any thread.
//!
//! Agencies come one after the other with heavy-tailed sizes; a large one is parted into cells. The
//! planner walks them in order with a few counters, so that a set of any size needs no list.

use super::random::{Random, seed_of};
use super::stories::{CATALOGUE, Story};
use super::world::{RULES, UNIT_RULES, World};

/// Service lines in a cell at most: an interchange takes 5,000 claims in a transaction set.
const CELL_LINES: u64 = 4_000;
/// Service lines of the smallest agency, the last one apart.
const AGENCY_LINES: u64 = 200;
/// Peer-support lines between two near misses of one rule.
const NEAR_MISS_LINES: f64 = 2_000.0;
/// Peer-support lines to one supervisor, about.
const LINES_A_SUPERVISOR: f64 = 50.0;
/// Stories that share one practitioner about whom there is nothing to find. A story bills at most
/// twelve of his units on a day, and 48 a day are plausible.
pub(super) const STORIES_A_PRACTITIONER: usize = 4;
/// Peer-support lines that a practitioner renders in a year, about.
const LINES_A_PRACTITIONER: u32 = 420;
/// Peer-support lines that a member uses in a year at most, on average over a cell.
const LINES_A_MEMBER: u32 = 40;

/// One cell to be made.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    pub(super) index: u64,
    pub(super) seed: u64,
    /// The agency's number; several cells may have the same.
    pub(super) agency: u64,
    pub(super) peer_lines: u32,
    pub(super) other_lines: u32,
    pub(super) members: u32,
    /// Practitioners and supervisors at most.
    pub(super) people: u32,
    pub(super) first_claim: u64,
    pub(super) first_member: u64,
    pub(super) first_person: u64,
    /// Claims that must be there so that each file's newest received date is its as-of date.
    pub(super) anchors: u32,
    /// Places in the catalogue, each with the how-manieth story of its kind it is.
    pub(super) stories: Vec<(usize, u64)>,
}

impl Spec {
    /// True where the anchors are peer-support lines.
    pub(super) fn anchors_are_peer(&self) -> bool {
        self.peer_lines >= self.anchors
    }
}

/// Positions (practitioners at work at one time) for so many peer-support lines of a cell.
pub(super) fn positions(peer_lines: u32, years: u32) -> u32 {
    peer_lines.div_ceil(LINES_A_PRACTITIONER * years)
}

/// Members that so many peer-support lines of a cell need at least.
pub(super) fn least_peer_members(peer_lines: u32, years: u32) -> u32 {
    peer_lines.div_ceil(LINES_A_MEMBER * years)
}

/// The stories of one rule that fire, or its near misses.
#[derive(Debug)]
struct Kind {
    rule: &'static str,
    fires: bool,
    /// Those of the catalogue that this set can hold.
    stories: Vec<usize>,
    total: u64,
    /// Moves the first story of the kind into the first half of the set; decides which comes first.
    offset: u64,
    given: u64,
    waiting: u64,
}

impl Kind {
    /// The next story in turn that so many lines have room for: one that never fits must not stop
    /// the others. The first one of the set is told in rows and on the wire alike, if any is.
    fn turn(&self, serial: u64, peer_lines: u32, other_lines: u32) -> Option<usize> {
        let count = self.stories.len() as u64;
        let from = serial.wrapping_add(self.offset);
        let in_turn =
            || (0..count).map(|step| self.stories[(from.wrapping_add(step) % count) as usize]);
        let fits = |place: &usize| CATALOGUE.story(*place).fits(peer_lines, other_lines);
        let alike = |place: &usize| {
            let story = CATALOGUE.story(*place);
            !story.wire && !story.rows_alone
        };
        let first = in_turn().filter(|_| serial == 0).find(|place| alike(place) && fits(place));
        first.or_else(|| in_turn().find(fits))
    }
}

/// Walks the cells of a set in order.
pub(super) struct Planner<'w> {
    world: &'w World,
    lines: u64,
    peer_lines: u64,
    members: u64,
    /// The request names their number; otherwise those of the stories come on top.
    members_are_given: bool,
    random: Random,
    kinds: Vec<Kind>,
    next: Spec,
    lines_given: u64,
    peer_given: u64,
    members_given: u64,
    /// Of the members that the set shall have, those that cells have by now.
    members_settled: u64,
    /// Lines of the agency now being parted that no cell has yet.
    agency_left: u64,
}

impl<'w> Planner<'w> {
    /// A planner for so many service lines, peer-support lines among them, and members (0 = as
    /// many as the lines suggest).
    pub(super) fn new(world: &'w World, lines: u64, peer_lines: u64, members: u64) -> Planner<'w> {
        let years = u64::from(world.years);
        let usual = peer_lines.div_ceil(14 * years) + (lines - peer_lines).div_ceil(10 * years);
        let mut random = Random::new(seed_of(world.seed, u64::MAX));
        let kinds = kinds(world, peer_lines, &mut random);
        let next = Spec {
            index: 0,
            seed: 0,
            agency: 0,
            peer_lines: 0,
            other_lines: 0,
            members: 0,
            people: 0,
            first_claim: 1,
            first_member: 1,
            first_person: 1,
            anchors: 0,
            stories: Vec::new(),
        };
        Planner {
            world,
            lines,
            peer_lines,
            members: if members == 0 { usual } else { members },
            members_are_given: members > 0,
            random,
            kinds,
            next,
            lines_given: 0,
            peer_given: 0,
            members_given: 0,
            members_settled: 0,
            agency_left: 0,
        }
    }

    /// Members, agencies and cells so far.
    pub(super) fn totals(&self) -> (u64, u64, u64) {
        let agencies = self.next.agency + u64::from(self.next.index > 0);
        (self.members_given, agencies, self.next.index)
    }

    /// Rules and how many of their stories found no room, near misses left out.
    pub(super) fn unplaced(&self) -> Vec<(&'static str, u64)> {
        let kinds = self.kinds.iter().filter(|kind| kind.fires);
        let missing = kinds.map(|kind| (kind.rule, kind.total + kind.waiting - kind.given));
        missing.filter(|(_, missing)| *missing > 0).collect()
    }

    /// Lines of the next cell; parts the agencies on the way.
    fn cell_lines(&mut self) -> u64 {
        let left = self.lines - self.lines_given;
        if self.agency_left == 0 {
            let first = self.next.index == 0;
            self.next.agency += u64::from(!first);
            let doublings = (self.lines / (6 * AGENCY_LINES)).max(1).ilog2();
            let size = match first {
                // The first agency is the state's largest: it has room for every story.
                true => (self.lines / 4).max(2 * AGENCY_LINES),
                false => self.random.heavy(AGENCY_LINES, doublings),
            };
            self.agency_left = size.min(left);
        }
        let lines = self.agency_left.min(CELL_LINES);
        self.agency_left -= lines;
        lines
    }

    /// Hands stories that are due to the next cell while they fit; returns members and people that
    /// they take.
    fn place_stories(&mut self) -> (u32, u32) {
        let anchors = self.next.anchors;
        let (mut peer, mut other) = (self.next.peer_lines, self.next.other_lines);
        if self.next.anchors_are_peer() {
            peer -= anchors
        } else {
            other -= anchors
        }
        let (mut members, mut people) = (0, 0);
        let turn = self.random.below(self.kinds.len().max(1) as u64) as usize;
        for step in 0..self.kinds.len() {
            let count = self.kinds.len();
            let kind = &mut self.kinds[(turn + step) % count];
            let due = due(kind, self.peer_given, self.peer_lines);
            kind.waiting += due - kind.given;
            kind.given = due;
            while kind.waiting > 0 {
                let serial = kind.given - kind.waiting;
                let Some(place) = kind.turn(serial, peer, other) else { break };
                let story = CATALOGUE.story(place);
                peer -= story.peer_lines;
                other -= story.other_lines;
                members += story.members;
                people += story.people;
                self.next.stories.push((place, serial));
                kind.waiting -= 1;
            }
        }
        (members, people)
    }
}

/// How many stories of a kind are due once so many of the peer-support lines are given.
fn due(kind: &Kind, peer_given: u64, peer_lines: u64) -> u64 {
    let reached = u128::from(peer_given) * u128::from(kind.total) + u128::from(kind.offset);
    (reached / u128::from(peer_lines.max(1))) as u64
}

/// What a set can hold of each rule, and how often.
fn kinds(world: &World, peer_lines: u64, random: &mut Random) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for rule in RULES.iter().chain(&UNIT_RULES) {
        for fires in [true, false] {
            let fits = |story: &Story| {
                story.rule == *rule
                    && story.fires == fires
                    && story.sides.iter().all(|side| world.breaks(side))
                    && (!story.nights || world.nights > 0)
            };
            let stories: Vec<usize> =
                (0..CATALOGUE.len()).filter(|place| fits(CATALOGUE.story(*place))).collect();
            let most = stories.iter().map(|place| CATALOGUE.story(*place).peer_lines).max();
            let most = most.unwrap_or(0);
            let long = most > 8;
            let rate = world.violations.rate(rule);
            // S005: a share of the supervisors, not of the lines.
            // Long stories (a year of visits, a full day) are counted by their lines.
            let lines = match most {
                _ if *rule == "S005" => peer_lines as f64 / LINES_A_SUPERVISOR,
                9.. if fires => peer_lines as f64 / f64::from(most),
                _ => peer_lines as f64,
            };
            let wanted = match fires {
                true if rate > 0.0 => (lines * rate).round().max(1.0),
                true => 0.0,
                // A small set has some of each kind too, those that take many lines apart.
                false if long => (lines / NEAR_MISS_LINES).round().max(1.0),
                false => (lines / NEAR_MISS_LINES).round().max((lines / 500.0).clamp(1.0, 3.0)),
            };
            let total = if stories.is_empty() || peer_lines == 0 { 0 } else { wanted as u64 };
            let offset = (peer_lines - 1.min(peer_lines)) - random.below(peer_lines / 2);
            kinds.push(Kind { rule, fires, stories, total, offset, given: 0, waiting: 0 });
        }
    }
    kinds.retain(|kind| kind.total > 0);
    kinds
}

impl Iterator for Planner<'_> {
    type Item = Spec;

    fn next(&mut self) -> Option<Spec> {
        if self.lines_given == self.lines {
            return None;
        }
        let lines = self.cell_lines();
        let years = self.world.years;
        self.lines_given += lines;
        let reached =
            u128::from(self.lines_given) * u128::from(self.peer_lines) / u128::from(self.lines);
        let peer = reached as u64 - self.peer_given;
        self.peer_given += peer;

        self.next.seed = seed_of(self.world.seed, self.next.index);
        self.next.peer_lines = peer as u32;
        self.next.other_lines = (lines - peer) as u32;
        let first = self.next.index == 0;
        self.next.anchors = if first { u32::from(self.world.nights).max(1) } else { 0 };
        self.next.stories.clear();
        let (story_members, story_people) = self.place_stories();
        let stories = self.next.stories.len() as u32;

        // A story may need fewer lines than it asks for, so all lines may turn out ordinary.
        let other = u32::from(self.next.other_lines > 0);
        let ordinary = least_peer_members(self.next.peer_lines, years).max(other);
        let least = story_members + self.next.anchors + ordinary;
        let reached =
            u128::from(self.lines_given) * u128::from(self.members) / u128::from(self.lines);
        let owed = (reached as u64).saturating_sub(self.members_settled) as u32;
        let told = if self.members_are_given { 0 } else { story_members };
        self.next.members = (owed + told).max(least);
        self.members_given += u64::from(self.next.members);
        self.members_settled += u64::from(self.next.members - told);

        let shared = 2 * (stories / STORIES_A_PRACTITIONER as u32 + 2);
        let staff = story_people
            + shared
            + positions(self.next.peer_lines, years) * (years + 3)
            + self.next.anchors / 10
            + 3;
        self.next.people = staff + staff / 4 + 8;

        let spec = self.next.clone();
        self.next.index += 1;
        self.next.first_claim += lines;
        self.next.first_member += u64::from(spec.members);
        self.next.first_person += u64::from(spec.people);
        Some(spec)
    }
}
