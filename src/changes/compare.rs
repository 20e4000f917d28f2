//! Two bags of rows beside each other: what is in both, in one, or in both with other content.
//!
//! 1. The rows before: a hash of the key and one of the content are kept of each.
//! 2. The rows after: those with an equal one before are done with, the others are kept.
//! 3. The rows before again: those that were not met are kept, and paired by key.

use crate::earlier::EarlierError;
use crate::earlier::rows::Row;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::path::Path;
use xxhash_rust::xxh3::Xxh3;

/// Rows that can be gone through more than once, in the same order.
pub trait Rows<const COLUMNS: usize> {
    /// Hands over each row.
    fn each(&self, take: &mut dyn FnMut(&Row<COLUMNS>)) -> Result<(), EarlierError>;

    /// The file that they are from, for errors.
    fn name(&self) -> &Path;
}

/// A row that differs: at least one side is there.
pub struct Pair<const COLUMNS: usize> {
    /// As it was.
    pub before: Option<Row<COLUMNS>>,
    /// As it is.
    pub after: Option<Row<COLUMNS>>,
}

impl<const COLUMNS: usize> Pair<COLUMNS> {
    /// `came`, `went` or `changed`.
    pub fn change(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "came",
            (Some(_), None) => "went",
            (Some(_), Some(_)) => "changed",
        }
    }

    /// The row, of the side that is there; after it was changed, if both are.
    pub fn row(&self) -> Option<&Row<COLUMNS>> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// How rows are told apart.
pub(super) struct Telling<const COLUMNS: usize> {
    /// Feeds what a row is known by to a hash.
    pub(super) key: fn(&Row<COLUMNS>, &mut CellHash),
    /// The columns in which a row of the same key may differ.
    pub(super) content: &'static [usize],
}

/// A hash of cells in which no two cells run together.
#[derive(Default)]
pub(super) struct CellHash(Xxh3);

impl CellHash {
    pub(super) fn add(&mut self, cell: &str) {
        self.0.update(&(cell.len() as u64).to_le_bytes());
        self.0.update(cell.as_bytes());
    }
}

impl<const COLUMNS: usize> Telling<COLUMNS> {
    fn key_of(&self, row: &Row<COLUMNS>) -> u128 {
        let mut hash = CellHash::default();
        (self.key)(row, &mut hash);
        hash.0.digest128()
    }

    fn content_of(&self, row: &Row<COLUMNS>) -> u128 {
        let mut hash = CellHash::default();
        self.content.iter().for_each(|column| hash.add(row.cell(*column)));
        hash.0.digest128()
    }
}

/// A row before that was not met yet: hash of its content, and its number.
type Waiting = SmallVec<[(u128, u64); 1]>;

/// What is told of each row on the way.
pub(super) struct Met<'a, const COLUMNS: usize> {
    pub(super) before: &'a mut dyn FnMut(&Row<COLUMNS>),
    pub(super) after: &'a mut dyn FnMut(&Row<COLUMNS>),
}

/// Gives the rows that differ, in no particular order: a row after that is in none of the pairs is
/// in both, alike.
pub(super) fn compare<const COLUMNS: usize>(
    telling: &Telling<COLUMNS>,
    before: &dyn Rows<COLUMNS>,
    after: &dyn Rows<COLUMNS>,
    met: Met<'_, COLUMNS>,
) -> Result<Vec<Pair<COLUMNS>>, EarlierError> {
    let mut waiting: HashMap<u128, Waiting, foldhash::fast::RandomState> = HashMap::default();
    let mut count = 0_u64;
    before.each(&mut |row| {
        (met.before)(row);
        waiting.entry(telling.key_of(row)).or_default().push((telling.content_of(row), count));
        count += 1;
    })?;
    let mut others: Vec<(u128, Row<COLUMNS>)> = Vec::new();
    after.each(&mut |row| {
        (met.after)(row);
        let (key, content) = (telling.key_of(row), telling.content_of(row));
        let equal = waiting.get_mut(&key).and_then(|rows| {
            let place = rows.iter().position(|(known, _)| *known == content)?;
            Some(rows.remove(place))
        });
        if equal.is_none() {
            others.push((key, row.clone()));
        }
    })?;
    let mut left = left_over(telling, before, waiting)?;
    let mut pairs: Vec<Pair<COLUMNS>> = Vec::with_capacity(others.len());
    for (key, after) in others {
        let before = left.get_mut(&key).filter(|rows| !rows.is_empty());
        let before = before.map(|rows| rows.remove(0));
        pairs.push(Pair { before, after: Some(after) });
    }
    let went = left.into_values().flatten();
    pairs.extend(went.map(|before| Pair { before: Some(before), after: None }));
    Ok(pairs)
}

type LeftOver<const COLUMNS: usize> = HashMap<u128, SmallVec<[Row<COLUMNS>; 1]>>;

/// The rows before that were not met, whole.
fn left_over<const COLUMNS: usize>(
    telling: &Telling<COLUMNS>,
    before: &dyn Rows<COLUMNS>,
    waiting: HashMap<u128, Waiting, foldhash::fast::RandomState>,
) -> Result<LeftOver<COLUMNS>, EarlierError> {
    let numbers = waiting.into_iter().flat_map(|(key, rows)| {
        rows.into_iter().map(move |(_, number)| (number, key)).collect::<Vec<_>>()
    });
    let mut numbers: Vec<(u64, u128)> = numbers.collect();
    numbers.sort_unstable();
    let mut left = LeftOver::default();
    if numbers.is_empty() {
        return Ok(left);
    }
    let (mut next, mut number, mut is_other) = (0, 0_u64, false);
    before.each(&mut |row| {
        if let Some((_, key)) = numbers.get(next).filter(|(wanted, _)| *wanted == number) {
            is_other |= telling.key_of(row) != *key;
            left.entry(*key).or_default().push(row.clone());
            next += 1;
        }
        number += 1;
    })?;
    if is_other || next < numbers.len() {
        let why = "was changed while it was read: wait until it stays as it is, then try again";
        return Err(EarlierError::content(before.name(), why));
    }
    Ok(left)
}
