//! The rows of a table under the ids that service lines carry.

use foldhash::fast::RandomState;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::ops::Range;

/// An id as it stands in the input, trimmed; up to 16 bytes are held inline.
pub type Id = SmallVec<[u8; 16]>;

/// A map keyed by ids.
pub type IdMap<T> = HashMap<Id, T, RandomState>;

/// Rows of a table by id. They are one list, in which those of an id stand together: a list for
/// each of a hundred thousand ids would take as much memory again.
pub struct ById<T> {
    rows: Vec<T>,
    places: IdMap<Range<usize>>,
}

impl<T> ById<T> {
    /// The rows of `id`, at least one; `None`: it has none.
    pub fn get(&self, id: &[u8]) -> Option<&[T]> {
        self.places.get(id).map(|place| &self.rows[place.clone()])
    }

    /// Whether `id` has a row.
    pub fn contains(&self, id: &[u8]) -> bool {
        self.places.contains_key(id)
    }

    /// Each id that has a row, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &[u8]> {
        self.places.keys().map(|id| &id[..])
    }

    /// Each id with its rows, in no order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[T])> {
        self.places.iter().map(|(id, place)| (&id[..], &self.rows[place.clone()]))
    }

    /// All rows: those of an id together, the ids in the order of their first rows.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The same rows under other ids. No two ids may become one.
    pub fn renamed(self, name: impl Fn(&[u8]) -> Id) -> ById<T> {
        let places = self.places.into_iter().map(|(id, place)| (name(&id), place)).collect();
        ById { rows: self.rows, places }
    }
}

/// Takes the rows of a table one by one, in any order of their ids.
pub(super) struct Gathering<T> {
    rows: Vec<T>,
    /// Of each row, the number of its id.
    owners: Vec<usize>,
    /// Each id with its number (`start`), where the place of its rows is going to stand.
    numbers: IdMap<Range<usize>>,
    /// The id of the last row: the rows of one id often follow each other.
    last: Id,
}

impl<T> Default for Gathering<T> {
    fn default() -> Gathering<T> {
        Gathering {
            rows: Vec::new(),
            owners: Vec::new(),
            numbers: IdMap::default(),
            last: Id::new(),
        }
    }
}

impl<T> Gathering<T> {
    /// Takes a row.
    pub(super) fn push(&mut self, id: &[u8], row: T) {
        let owner = match self.owners.last() {
            Some(owner) if *self.last == *id => *owner,
            _ => self.number(id),
        };
        self.owners.push(owner);
        self.rows.push(row);
    }

    fn number(&mut self, id: &[u8]) -> usize {
        self.last = Id::from_slice(id);
        let next = self.numbers.len();
        match self.numbers.get(id) {
            Some(number) => number.start,
            None => {
                self.numbers.insert(self.last.clone(), next..next);
                next
            }
        }
    }

    /// The table; rows of an id stand in the order in which they came.
    pub(super) fn finish(self) -> ById<T> {
        self.finish_sorted(|_| ())
    }

    /// The table; rows of an id stand by `key`, and those of one key in the order in which they
    /// came.
    pub(super) fn finish_sorted<K: Ord>(self, key: impl Fn(&T) -> K) -> ById<T> {
        let Gathering { mut rows, owners, numbers: mut places, .. } = self;
        let by_number = group(&mut rows, owners, places.len());
        for place in &by_number {
            rows[place.clone()].sort_by_key(&key);
        }
        for place in places.values_mut() {
            *place = by_number[place.start].clone();
        }
        ById { rows, places }
    }
}

/// Brings the rows of each of `count` owners together, in place and without changing their order;
/// gives where they stand.
fn group<T>(rows: &mut [T], mut owners: Vec<usize>, count: usize) -> Vec<Range<usize>> {
    let mut places = vec![0..0; count];
    for owner in &owners {
        places[*owner].end += 1;
    }
    let mut start = 0;
    for place in &mut places {
        // Filled from its start on below.
        let end = start + place.end;
        *place = start..start;
        start = end;
    }
    // Where each row is to stand, in the place of whose it is.
    for owner in &mut owners {
        let place = &mut places[*owner].end;
        *owner = *place;
        *place += 1;
    }
    for row in 0..rows.len() {
        while owners[row] != row {
            let place = owners[row];
            rows.swap(row, place);
            owners.swap(row, place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_under_their_ids_in_table_order() {
        for owners in ["", "aaa", "aabbbc", "cabcbaac", "abababab", "edcbaabcde"] {
            let mut table = Gathering::default();
            for (row, id) in owners.bytes().enumerate() {
                table.push(&[id], (id, row));
            }
            let table = table.finish();
            assert_eq!(table.rows().len(), owners.len());
            for id in b'a'..=b'f' {
                let rows = owners.bytes().enumerate().filter(|(_, own)| *own == id);
                let rows: Vec<(u8, usize)> = rows.map(|(row, id)| (id, row)).collect();
                assert_eq!(table.get(&[id]).unwrap_or_default(), rows, "{owners}");
                assert_eq!(table.contains(&[id]), !rows.is_empty(), "{owners}");
            }
            let mut ids: Vec<u8> = table.ids().map(|id| id[0]).collect();
            ids.sort_unstable();
            let mut expected = owners.as_bytes().to_vec();
            expected.sort_unstable();
            expected.dedup();
            assert_eq!(ids, expected);
            assert!(table.iter().all(|(id, rows)| rows.iter().all(|row| row.0 == id[0])));
        }
    }

    #[test]
    fn rows_of_one_key_stay_in_table_order() {
        let mut table = Gathering::default();
        for (row, key) in [3, 1, 3, 2, 1, 1, 3].into_iter().enumerate() {
            table.push(if row % 2 == 0 { b"even" } else { b"odd" }, (key, row));
        }
        let table = table.finish_sorted(|(key, _)| *key);
        assert_eq!(table.get(b"even"), Some(&[(1, 4), (3, 0), (3, 2), (3, 6)][..]));
        assert_eq!(table.get(b"odd"), Some(&[(1, 1), (1, 5), (2, 3)][..]));
        let table = table.renamed(|id| [id, b"!"].concat().into());
        assert_eq!((table.get(b"odd"), table.get(b"odd!").map(<[_]>::len)), (None, Some(3)));
    }
}
