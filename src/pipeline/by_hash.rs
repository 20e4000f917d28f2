//! Items brought together by a hash of theirs.
//!
//! They are parted by the upper bits of the hash first, on all threads; a part is then small enough
//! to be sorted within the cache of one core, where sorting all of them at once would go over the
//! whole memory many times.

use rayon::prelude::*;

const PART_BITS: u32 = 8;
const PARTS: usize = 1 << PART_BITS;

/// The items of `sources` sources in parts, each sorted by `key`. Items of one hash are in one
/// part, and the parts are in the order of the hashes.
pub(super) fn sorted<T, I, K>(
    sources: usize,
    items: impl Fn(usize) -> I + Sync,
    hash: impl Fn(&T) -> u64 + Sync,
    key: impl Fn(&T) -> K + Sync,
) -> Vec<Vec<T>>
where
    T: Copy + Send + Sync,
    I: Iterator<Item = T>,
    K: Ord,
{
    let no_items = || vec![Vec::new(); PARTS];
    let part = |mut parts: Vec<Vec<T>>, source: usize| {
        for item in items(source) {
            parts[(hash(&item) >> (u64::BITS - PART_BITS)) as usize].push(item);
        }
        parts
    };
    let parted: Vec<Vec<Vec<T>>> = (0..sources).into_par_iter().fold(no_items, part).collect();
    let mut pieces: Vec<Vec<Vec<T>>> = vec![Vec::new(); PARTS];
    for parts in parted {
        for (pieces, items) in pieces.iter_mut().zip(parts) {
            pieces.push(items);
        }
    }
    let sort = |pieces: Vec<Vec<T>>| {
        let mut items = pieces.concat();
        // Given back before the next part asks for memory.
        drop(pieces);
        items.sort_unstable_by_key(&key);
        items
    };
    pieces.into_par_iter().map(sort).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_a_hash_comes_together_in_order() {
        let hash = |number: &u64| (number % 1000).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let source =
            |source: usize| (0..50_000).rev().map(move |number| number * 3 + source as u64);
        let parts = sorted(3, source, hash, |number| (hash(number), *number));
        let found: Vec<u64> = parts.into_iter().flatten().collect();
        let mut expected: Vec<u64> = (0..150_000).collect();
        expected.sort_by_key(|number| (hash(number), *number));
        assert!(found == expected);
        let nothing = sorted(0, |_| std::iter::empty(), hash, |number| *number);
        assert!(nothing.iter().all(Vec::is_empty));
    }
}
