//! Values that many rows of a table share: held once.

use super::by_id::Id;
use foldhash::fast::RandomState;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Different values of which it is asked whether they repeat at all.
const ENOUGH: usize = 1 << 16;

/// Numbers values from 0 on, in the order in which they first come. Equal ones have one number,
/// unless most values of a column are different: looking for equal ones would then cost more time
/// and memory than it gives, and is given up.
pub(super) struct Interner<T> {
    values: Vec<T>,
    numbers: HashMap<T, usize, RandomState>,
    /// Values that were looked for.
    asked: usize,
    is_given_up: bool,
    /// The number that was given last: rows that share a value often follow each other.
    last: usize,
}

impl<T> Default for Interner<T> {
    fn default() -> Interner<T> {
        Interner {
            values: Vec::new(),
            numbers: HashMap::default(),
            asked: 0,
            is_given_up: false,
            last: 0,
        }
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
        self.asked += 1;
        self.last = match self.numbers.get(value) {
            Some(number) => *number,
            None => self.add(own(value)),
        };
        self.last
    }

    fn add(&mut self, value: T) -> usize {
        let number = self.values.len();
        if !self.is_given_up {
            self.numbers.insert(value.clone(), number);
            if self.numbers.len() >= ENOUGH && self.numbers.len() * 2 > self.asked {
                self.numbers = HashMap::default();
                self.is_given_up = true;
            }
        }
        self.values.push(value);
        number
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
        if self.cells.is_given_up {
            return read(cell);
        }
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
    fn values_that_do_not_repeat_are_no_longer_looked_for() {
        let mut interner = Interner::default();
        let mut cells: SharedCells<str> = SharedCells::default();
        for number in 0..ENOUGH + 100 {
            let value = format!("v{number}");
            assert_eq!(interner.number(value.as_str(), str::to_owned), number);
            let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned().into();
            assert_eq!(*cells.get(value.as_bytes(), text), *value);
        }
        assert!(interner.numbers.is_empty() && interner.is_given_up && cells.cells.is_given_up);
        assert_eq!(cells.read.len(), ENOUGH);
        // The one before is still known.
        let last = ENOUGH + 99;
        assert_eq!(interner.number(format!("v{last}").as_str(), str::to_owned), last);
        assert_eq!(interner.number("v0", str::to_owned), last + 1);
        assert_eq!(interner.into_values().len(), last + 2);
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
