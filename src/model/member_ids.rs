//! The ids of all members of a run, to be found within the numbers of claims: a claim id may be
//! made of the id of another member than its own.

use super::within::{LONG, MASK, SHORT, is_edge};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// The ids, and what stands in the place of each. They are members': no `Debug`, on purpose.
#[derive(Default)]
pub struct MemberIds {
    /// By id in upper case.
    shown: HashMap<Vec<u8>, Box<[u8]>, foldhash::fast::RandomState>,
    /// Lengths of ids, longest first.
    lengths: Vec<usize>,
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

    /// The ids, with [`MASK`] in the place of each.
    pub fn masked<'s>(members: impl Iterator<Item = &'s [u8]>) -> MemberIds {
        MemberIds::of(members.map(|id| (id, MASK.as_bytes())))
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
            let shown = self.shown.get(found)?;
            let is_told = length >= LONG && found.iter().any(u8::is_ascii_alphabetic);
            let is_word = is_edge(text, at) && is_edge(text, at + length);
            (is_told || is_word).then_some((length, &**shown))
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
}
