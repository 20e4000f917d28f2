//! Values that many rows of a table share: held once.

use super::by_id::Id;
use foldhash::fast::RandomState;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Numbers values from 0 on, in the order in which they first come; equal ones have one number.
pub(super) struct Interner<T> {
    values: Vec<T>,
    numbers: HashMap<T, usize, RandomState>,
    /// The number that was given last: rows that share a value often follow each other.
    last: usize,
}

impl<T> Default for Interner<T> {
    fn default() -> Interner<T> {
        Interner { values: Vec::new(), numbers: HashMap::default(), last: 0 }
    }
}

impl<T: Clone + Eq + Hash> Interner<T> {
    /// The number of `value`, which is made one of ours where it is new.
    pub(super) fn number<Q>(&mut self, value: &Q, own: impl FnOnce(&Q) -> T) -> usize
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        if self.values.get(self.last).is_some_and(|last| last.borrow() == value) {
            return self.last;
        }
        self.last = match self.numbers.get(value) {
            Some(number) => *number,
            None => {
                let (number, own) = (self.values.len(), own(value));
                self.values.push(own.clone());
                self.numbers.insert(own, number);
                number
            }
        };
        self.last
    }

    /// The values, in the order of their numbers.
    pub(super) fn into_values(self) -> Vec<T> {
        self.values
    }
}

/// What the cells of a column hold: each that is written alike is read once and held once.
pub(super) struct SharedCells<T: ?Sized> {
    cells: Interner<Id>,
    read: Vec<Arc<T>>,
}

impl<T: ?Sized> Default for SharedCells<T> {
    fn default() -> SharedCells<T> {
        SharedCells { cells: Interner::default(), read: Vec::new() }
    }
}

impl<T: ?Sized> SharedCells<T> {
    /// What `cell` holds, by `read`, which is the same for all cells of the column.
    pub(super) fn get(&mut self, cell: &[u8], read: impl FnOnce(&[u8]) -> Arc<T>) -> Arc<T> {
        let number = self.cells.number(cell, Id::from_slice);
        if number == self.read.len() {
            self.read.push(read(cell));
        }
        Arc::clone(&self.read[number])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_number() {
        let mut interner = Interner::default();
        let numbers =
            ["b", "a", "a", "b", "c", "", "a"].map(|id| interner.number(id, str::to_owned));
        assert_eq!(numbers, [0, 1, 1, 0, 2, 3, 1]);
        assert_eq!(interner.into_values(), ["b", "a", "c", ""]);
    }

    #[test]
    fn a_cell_is_read_once() {
        let mut cells: SharedCells<str> = SharedCells::default();
        let mut readings = 0;
        let held = [&b"x"[..], b"y", b"x", b"x", b"y"].map(|cell| {
            cells.get(cell, |cell| {
                readings += 1;
                format!("{}!", String::from_utf8_lossy(cell)).into()
            })
        });
        assert_eq!(held.map(|text| text.to_string()), ["x!", "y!", "x!", "x!", "y!"]);
        assert_eq!(readings, 2);
    }
}
