//! Stories: small pieces of what happens in an agency, each with the findings it must give.
//!
//! A story that fires breaks one rule on purpose (and says which others it breaks on its way, its
//! `sides`); a near miss goes as far as the rule allows, and nothing must be found. Each has its
//! own members, and its own practitioners where the rule looks at them: what must be found follows
//! from the story alone. No rule of the engine is called here or anywhere in this room.

mod content;
mod corrections;
mod credentials;
mod members;
mod nights;
mod plans;
mod practice;
mod scene;
mod supervision;
mod units;
mod year;

use super::cell::{Cell, MAIN};
use super::planner::STORIES_A_PRACTITIONER;
use scene::Scene;

/// One story of the catalogue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Story {
    /// The rule it is about.
    pub(super) rule: &'static str,
    /// True where the rule must fire, false for a near miss.
    pub(super) fires: bool,
    /// Other rules that fire with it: the story is told only where they are planted too.
    pub(super) sides: &'static [&'static str],
    pub(super) peer_lines: u32,
    pub(super) other_lines: u32,
    pub(super) members: u32,
    /// Practitioners and supervisors of its own, at most.
    pub(super) people: u32,
    /// Only in a set with a history and nights.
    pub(super) nights: bool,
    /// Only the wire gives the finding; the rows of the same claims give none.
    pub(super) wire: bool,
    /// Its claims are left out of X12, which cannot say them.
    pub(super) rows_alone: bool,
    play: fn(&mut Scene),
}

impl Story {
    /// A story of one member with one peer-support line, in which the rule fires.
    const fn fires(rule: &'static str, play: fn(&mut Scene)) -> Story {
        Story {
            rule,
            fires: true,
            sides: &[],
            peer_lines: 1,
            other_lines: 0,
            members: 1,
            people: 0,
            nights: false,
            wire: false,
            rows_alone: false,
            play,
        }
    }

    /// The same, in which nothing is found.
    const fn silent(rule: &'static str, play: fn(&mut Scene)) -> Story {
        Story { fires: false, ..Story::fires(rule, play) }
    }

    /// True where so many peer-support lines and other lines are enough for it.
    pub(super) const fn fits(&self, peer_lines: u32, other_lines: u32) -> bool {
        self.peer_lines <= peer_lines && self.other_lines <= other_lines
    }

    const fn lines(self, peer_lines: u32) -> Story {
        Story { peer_lines, ..self }
    }

    const fn others(self, other_lines: u32) -> Story {
        Story { other_lines, ..self }
    }

    const fn members(self, members: u32) -> Story {
        Story { members, ..self }
    }

    const fn people(self, people: u32) -> Story {
        Story { people, ..self }
    }

    const fn with(self, sides: &'static [&'static str]) -> Story {
        Story { sides, ..self }
    }

    const fn across_nights(self) -> Story {
        Story { nights: true, ..self }
    }

    const fn in_rows_alone(self) -> Story {
        Story { rows_alone: true, ..self }
    }

    const fn on_the_wire(self) -> Story {
        Story { wire: true, ..self }
    }
}

/// All stories, file by file.
pub(super) struct Catalogue {
    parts: [&'static [Story]; 10],
}

/// The stories that a set can hold. New ones go to the end of their file: the place of a story
/// decides which seed tells it.
pub(super) static CATALOGUE: Catalogue = Catalogue {
    parts: [
        units::STORIES,
        year::STORIES,
        content::STORIES,
        corrections::STORIES,
        credentials::STORIES,
        members::STORIES,
        practice::STORIES,
        supervision::STORIES,
        plans::STORIES,
        nights::STORIES,
    ],
};

impl Catalogue {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// The story at a place below `len`.
    pub(super) fn story(&self, place: usize) -> &'static Story {
        let mut place = place;
        for part in self.parts {
            if place < part.len() {
                return &part[place];
            }
            place -= part.len();
        }
        unreachable!("the planner takes its places from this catalogue")
    }
}

/// Plays the stories that the plan gives a cell, and the anchors before them.
pub(super) fn play(cell: &mut Cell) {
    anchors(cell);
    let spec = cell.spec;
    let mut partner = None;
    let mut seasoned = 0;
    for (count, (place, serial)) in spec.stories.iter().enumerate() {
        if count % STORIES_A_PRACTITIONER == 0 {
            seasoned = cell.seasoned(MAIN);
            partner = None;
        }
        let story = CATALOGUE.story(*place);
        let mut scene = Scene::new(cell, seasoned, partner, *serial);
        (story.play)(&mut scene);
        partner = scene.partner_seasoned;
    }
}

/// One claim received on each file's last day: from it the as-of date of a run follows.
fn anchors(cell: &mut Cell) {
    let peer = cell.spec.anchors_are_peer();
    for anchor in 0..cell.spec.anchors {
        let on = cell.world.night_date(if cell.world.nights == 0 { 0 } else { anchor as u16 + 1 });
        let member = if peer { cell.adult() } else { cell.unplanned_adult() };
        if anchor % 10 == 0 {
            cell.staff_for_anchors = cell.seasoned(MAIN);
        }
        let rendering = cell.staff_for_anchors;
        cell.claim(member, on);
        let line = super::cell::peer(on - 1, 2, rendering);
        let procedure = if peer { line.procedure } else { "H2015" };
        cell.line(super::cell::ServiceLine { procedure, ..line });
    }
}
