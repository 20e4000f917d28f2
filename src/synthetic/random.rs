//! Random numbers that are the same on every machine: the source of everything that varies.
//!
//! xoshiro256++ 1.0 and splitmix64 by David Blackman and Sebastiano Vigna (public domain,
//! <https://prng.di.unimi.it>). Integers only: floating-point logarithms and powers differ between
//! mathematical libraries, and one different bit would make another set.

/// One stream of random numbers. Two streams from different seeds have nothing in common.
#[derive(Clone, Debug)]
pub(super) struct Random {
    state: [u64; 4],
}

/// Mixes one word well: the step of splitmix64.
fn splitmix(word: &mut u64) -> u64 {
    *word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *word;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The seed of part `index` of a thing with seed `seed`.
pub(super) fn seed_of(seed: u64, index: u64) -> u64 {
    let mut word = seed ^ index.wrapping_mul(0xd6e8_feb8_6659_fd93);
    splitmix(&mut word);
    splitmix(&mut word)
}

impl Random {
    /// A stream that the seed alone decides.
    pub(super) fn new(seed: u64) -> Random {
        let mut word = seed;
        let state = std::array::from_fn(|_| splitmix(&mut word));
        Random { state }
    }

    /// The next 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        let (b, a) = (b ^ c, a ^ d);
        // The shifted word is the second one as it was before the step.
        let shifted = self.state[1] << 17;
        self.state = [a, b, c ^ shifted, d.rotate_left(45)];
        result
    }

    /// A number from 0 up to but without `bound`; 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        // Multiply and shift: the bias is under bound / 2^64, far below anything a set could show.
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included; `low` where the range is empty.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        if high <= low {
            return low;
        }
        let width = (i64::from(high) - i64::from(low) + 1) as u64;
        (i64::from(low) + self.below(width) as i64) as i32
    }

    /// True `per_thousand` times in a thousand.
    pub(super) fn chance(&mut self, per_thousand: u64) -> bool {
        self.below(1000) < per_thousand
    }

    /// One of the items, each as likely.
    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// A heavy-tailed number of at least `least`: each doubling is half as likely as the one before
    /// (a Pareto tail with exponent 1), at most `doublings` of them.
    pub(super) fn heavy(&mut self, least: u64, doublings: u32) -> u64 {
        let step = self.bits().trailing_zeros().min(doublings);
        let floor = least << step;
        floor + self.below(floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of the authors' C program for the state 1, 2, 3, 4.
    #[test]
    fn gives_the_numbers_of_the_reference_program() {
        let mut random = Random { state: [1, 2, 3, 4] };
        assert_eq!(random.bits(), 41_943_041);
        assert_eq!(random.bits(), 58_720_359);
        assert_eq!(random.bits(), 3_588_806_011_781_223);
        assert_eq!(random.bits(), 3_591_011_842_654_386);
    }

    #[test]
    fn stays_within_its_bounds() {
        let mut random = Random::new(7);
        for _ in 0..10_000 {
            assert!(random.below(6) < 6);
            assert!((-3..=3).contains(&random.between(-3, 3)));
            assert!((150..150 * 64).contains(&random.heavy(150, 5)));
        }
        assert_eq!(random.below(0), 0);
        assert_eq!(random.between(5, 4), 5);
    }
}
