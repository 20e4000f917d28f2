//! The ids of all members of a run, to be found within the numbers of claims: a claim id may be
//! made of the id of another member than its own.

use super::within::{LONG, MASK, SHORT, is_edge};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use xxhash_rust::xxh3::xxh3_64;

/// The ids, and what stands in the place of each. They are members': no `Debug`, on purpose.
#[derive(Default)]
pub struct MemberIds {
    /// What is shown, by id in upper case.
    shown: HashMap<Vec<u8>, Box<[u8]>, foldhash::fast::RandomState>,
    /// Hashes of ids in upper case, sorted, for [`MASK`] in the place of each that is not among
    /// those: a run may have millions of members. Two of 10⁸ ids and 10⁹ pieces of numbers are
    /// mistaken for each other with a chance of 1 %, and then a piece of a message is masked.
    masked: Vec<u64>,
    /// Lengths of ids, longest first.
    lengths: Vec<usize>,
}

/// Collects ids to be masked; one may come several times. Of eight bytes a member.
#[derive(Default)]
pub struct IdsToMask {
    hashes: Vec<u64>,
    /// So many were sorted, and each once.
    sorted: usize,
    lengths: BTreeSet<usize>,
    upper: Vec<u8>,
}

impl IdsToMask {
    /// All of these.
    pub fn of<'s>(members: impl Iterator<Item = &'s [u8]>) -> IdsToMask {
        let mut ids = IdsToMask::default();
        members.for_each(|id| ids.add(id));
        ids
    }

    /// All of these lists, which are gone through on all threads.
    pub fn of_lists<'s, L>(lists: impl ParallelIterator<Item = L>) -> IdsToMask
    where
        L: Iterator<Item = &'s [u8]>,
    {
        let add = |mut ids: IdsToMask, list: L| {
            list.for_each(|id| ids.add(id));
            ids
        };
        let join = |mut ids: IdsToMask, others: IdsToMask| {
            ids.add_all(&others);
            ids
        };
        lists.fold(IdsToMask::default, add).reduce(IdsToMask::default, join)
    }

    /// Adds an id, unless it cannot be told from other numbers.
    pub fn add(&mut self, id: &[u8]) {
        if id.len() < SHORT {
            return;
        }
        self.lengths.insert(id.len());
        self.upper.clear();
        self.upper.extend(id.iter().map(u8::to_ascii_uppercase));
        self.hashes.push(xxh3_64(&self.upper));
        if self.hashes.len() > 2 * self.sorted.max(1 << 16) {
            self.sort();
        }
    }

    /// Adds those that another collected.
    pub fn add_all(&mut self, other: &IdsToMask) {
        self.hashes.extend_from_slice(&other.hashes);
        self.lengths.extend(&other.lengths);
        self.sort();
    }

    /// All were added.
    pub fn finish(self) -> MemberIds {
        MemberIds::default().and(self)
    }

    fn sort(&mut self) {
        // Runs of them are sorted already, which a stable sort makes use of.
        self.hashes.sort();
        self.hashes.dedup();
        self.sorted = self.hashes.len();
    }
}

impl MemberIds {
    /// The ids that can be told from other numbers, each with what is shown for it.
    pub fn of<'s>(members: impl Iterator<Item = (&'s [u8], &'s [u8])>) -> MemberIds {
        let mut ids = MemberIds::default();
        let mut lengths = BTreeSet::new();
        for (id, shown) in members.filter(|(id, _)| id.len() >= SHORT) {
            lengths.insert(id.len());
            ids.shown.entry(id.to_ascii_uppercase()).or_insert_with(|| shown.into());
        }
        ids.lengths = lengths.into_iter().rev().collect();
        ids
    }

    /// These, and others that are masked.
    pub fn and(mut self, mut others: IdsToMask) -> MemberIds {
        others.sort();
        others.hashes.shrink_to_fit();
        self.masked = others.hashes;
        others.lengths.extend(self.lengths);
        self.lengths = others.lengths.into_iter().rev().collect();
        self
    }

    /// The ids, with [`MASK`] in the place of each.
    pub fn masked<'s>(members: impl Iterator<Item = &'s [u8]>) -> MemberIds {
        IdsToMask::of(members).finish()
    }

    /// `number` without the ids that stand in it; `None`: none does.
    pub fn without(&self, number: &[u8]) -> Option<Vec<u8>> {
        let upper = number.to_ascii_uppercase();
        let (mut changed, mut kept, mut at) = (Vec::new(), 0, 0);
        while at < upper.len() {
            let Some((length, shown)) = self.at(&upper, at) else {
                at += 1;
                continue;
            };
            changed.extend_from_slice(&number[kept..at]);
            changed.extend_from_slice(shown);
            at += length;
            kept = at;
        }
        if kept == 0 {
            return None;
        }
        changed.extend_from_slice(&number[kept..]);
        Some(changed)
    }

    /// The same of text.
    pub fn without_text<'t>(&self, number: &'t str) -> Cow<'t, str> {
        let shown = self.without(number.as_bytes());
        shown.map_or(Cow::Borrowed(number), |shown| {
            Cow::Owned(String::from_utf8_lossy(&shown).into_owned())
        })
    }

    /// The longest id that begins there. One of digits alone is looked for as a word: numbers of
    /// claims are full of digits.
    fn at(&self, text: &[u8], at: usize) -> Option<(usize, &[u8])> {
        self.lengths.iter().find_map(|&length| {
            let found = text.get(at..at + length)?;
            let shown = self.shown.get(found).map(|shown| &**shown).or_else(|| {
                let is_masked = self.masked.binary_search(&xxh3_64(found)).is_ok();
                is_masked.then_some(MASK.as_bytes())
            })?;
            let is_told = length >= LONG && found.iter().any(u8::is_ascii_alphabetic);
            let is_word = is_edge(text, at) && is_edge(text, at + length);
            (is_told || is_word).then_some((length, shown))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_others_are_found_where_they_can_be_told() {
        let ids: [(&[u8], &[u8]); 4] =
            [(b"MSM000777", b"P1"), (b"123456789", b"P2"), (b"M777", b"P3"), (b"M1", b"P4")];
        let ids = MemberIds::of(ids.into_iter());
        for (number, shown) in [
            ("A-msm000777-2", Some("A-P1-2")),
            ("AMSM0007772", Some("AP12")),
            ("123456789", Some("P2")),
            ("123456789/MSM000777", Some("P2/P1")),
            ("9123456789", None),
            ("C-M777", Some("C-P3")),
            ("CM777", None),
            ("C-M1", None),
            ("", None),
        ] {
            let found = ids.without(number.as_bytes());
            assert_eq!(found.as_deref(), shown.map(str::as_bytes), "{number}");
        }
    }

    #[test]
    fn masked_ids_are_found_as_others_are() {
        let members: [&[u8]; 4] = [b"MSM000777", b"123456789", b"m777", b"M1"];
        let many: Vec<String> = (0..200_000).map(|number| format!("Z{number:08}")).collect();
        let many = || many.iter().map(|id| id.as_bytes());
        // Each twice, so that what is collected is sorted on the way.
        let ids = MemberIds::masked(members.into_iter().chain(many()).chain(many()));
        let mask = |number: &str| ids.without_text(number).into_owned();
        assert_eq!(mask("A-msm000777-2"), format!("A-{MASK}-2"));
        assert_eq!(mask("C-M777/123456789"), format!("C-{MASK}/{MASK}"));
        assert_eq!(mask("Z00199999"), MASK);
        for number in ["9123456789", "CM777", "C-M1", "Z00200000", ""] {
            assert_eq!(mask(number), number);
        }
    }
}
