//! What the configuration says of a claim CSV: the names of its columns, and its codes.

use super::columns::Column;
use std::collections::BTreeMap;

/// The columns of the file that one column of ours is read from.
///
/// Of several, the first that is not blank counts; where our column holds a list (modifiers,
/// diagnoses), all of them are joined.
pub type Sources = Vec<String>;

/// Columns whose codes may be mapped: those that hold codes of ours.
pub const CODED: [(Column, &str); 5] = [
    (Column::FrequencyCode, "frequency_code"),
    (Column::ClaimStatus, "claim_status"),
    (Column::ProcedureCode, "procedure_code"),
    (Column::UnitBasis, "unit_basis"),
    (Column::PlaceOfService, "place_of_service"),
];

/// The file's codes to ours. A code that is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeMaps {
    maps: Vec<(Column, Vec<CodePair>)>,
}

/// A code of the file, and ours.
type CodePair = (Vec<u8>, Vec<u8>);

impl CodeMaps {
    /// From the names of our columns. A name that is none of [`CODED`] is given back.
    pub fn of(tables: &BTreeMap<String, BTreeMap<String, String>>) -> Result<CodeMaps, String> {
        let mut maps = Vec::new();
        for (name, codes) in tables {
            let Some((column, _)) = CODED.iter().find(|(_, known)| known == name) else {
                return Err(name.clone());
            };
            if codes.is_empty() {
                continue; // a heading of the template with nothing below it
            }
            let pairs =
                codes.iter().map(|(theirs, ours)| (theirs.clone().into(), ours.clone().into()));
            maps.push((*column, pairs.collect()));
        }
        Ok(CodeMaps { maps })
    }

    /// Whether no code is mapped.
    pub fn is_empty(&self) -> bool {
        self.maps.is_empty()
    }

    /// Our code for `value`, or the value. Codes compare without case.
    pub fn apply<'a>(&'a self, column: Column, value: &'a [u8]) -> &'a [u8] {
        let map = self.maps.iter().find(|(mapped, _)| *mapped == column);
        let pairs = map.map_or(&[][..], |(_, pairs)| pairs);
        pairs
            .iter()
            .find(|(theirs, _)| theirs.eq_ignore_ascii_case(value))
            .map_or(value, |(_, ours)| ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(column: &str, pairs: &[(&str, &str)]) -> BTreeMap<String, BTreeMap<String, String>> {
        let pairs = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        BTreeMap::from([(column.to_owned(), pairs)])
    }

    #[test]
    fn codes_are_mapped_and_others_stay() {
        let codes = [("0", "1"), ("1", "8"), ("4", "7"), ("x", "")];
        let maps = CodeMaps::of(&table("frequency_code", &codes)).expect("a coded column");
        let mapped = |value: &'static str| maps.apply(Column::FrequencyCode, value.as_bytes());
        assert_eq!([mapped("0"), mapped("1"), mapped("4")], [b"1", b"8", b"7"]);
        assert_eq!([mapped("5"), mapped("X")], [&b"5"[..], b""]);
        assert_eq!(maps.apply(Column::ClaimStatus, b"0"), b"0");
        assert_eq!(CodeMaps::of(&table("units", &codes)), Err("units".to_owned()));
    }
}
