//! How many claims went where.

use super::place::Place;

/// Claims by where they went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// To `release/`.
    pub release: u64,
    /// To `hold/`.
    pub hold: u64,
    /// To neither.
    pub neither: u64,
}

impl Tally {
    /// Counts one claim.
    pub fn add(&mut self, place: Place) {
        *self.of(place) += 1;
    }

    /// Takes one claim back that was counted twice.
    pub fn take_back(&mut self, place: Place) {
        *self.of(place) -= 1;
    }

    /// Adds another count.
    pub fn add_all(&mut self, other: Tally) {
        self.release += other.release;
        self.hold += other.hold;
        self.neither += other.neither;
    }

    fn of(&mut self, place: Place) -> &mut u64 {
        match place {
            Place::Release => &mut self.release,
            Place::Hold => &mut self.hold,
            Place::Neither => &mut self.neither,
        }
    }

    /// All of them.
    pub fn claims(&self) -> u64 {
        self.release + self.hold + self.neither
    }
}
